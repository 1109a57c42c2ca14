//! `ssox console`: the web console, as the role of a profile.
//!
//! Deliberately not here: the shapes of the addresses (`aws::console`, `aws::signin`).

use crate::aws::partition::{self, Partition};
use crate::aws::{console, signin};
use crate::browser;
use crate::cli::Console;
use crate::config::as_argument;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::profile::{Profile, check_region};
use crate::session::{self, start_url};
use crate::source::sso::SsoRole;
use crate::source::{Request, Source};
use crate::terminal;

/// Opens the console, or returns its address to be printed.
///
/// # Errors
/// Usage: no such service. Those of the profile and its source; AWS refuses, or there is no browser.
pub(super) fn run(ctx: &Context, args: &Console) -> Result<String> {
    check(args)?;
    let profile = super::meant_profile(ctx, args.profile.as_deref(), &args.fetch)?;
    let (partition, region) = place(ctx, args, &profile)?;
    let page = console::page(partition, region, args.service.as_deref());
    match &profile.source {
        Source::Sso(role) => through_portal(ctx, args, role, &page),
        _ => with_credentials(ctx, args, &profile, partition, region, &page),
    }
}

fn check(args: &Console) -> Result<()> {
    if let Some(region) = &args.region {
        check_region("--region", region)?;
    }
    match args.service.as_deref().filter(|service| !console::is_service(service)) {
        Some(service) => Err(Error::usage(format!("`{service}` cannot be a service in an address of the console"))
            .hint("a service is named as in its address: `s3`, `ec2`, `systems-manager/parameters`")),
        None => Ok(()),
    }
}

/// Returns where the page is: in the region asked for, the profile's, or the shell's, as far as it is in the partition of
/// the role. Without a name, the region this shell holds goes with the role it holds.
fn place<'a>(
    ctx: &'a Context,
    args: &'a Console,
    profile: &'a Profile,
) -> Result<(&'static Partition, Option<&'a str>)> {
    let is_region = |region: &&str| check_region("", region).is_ok();
    let of_shell = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| ctx.var(name)).filter(is_region);
    let of_profile = profile.region.as_deref();
    let held = of_shell.filter(|_| args.profile.is_none() && ctx.var("SSOX_PROFILE").is_some());
    let found = args.region.as_deref().or(held).or(of_profile).or(of_shell);
    let (source, arn) = (&profile.source, profile.source.role_arn());
    let partition = partition::home(arn, source.region().or(found));
    match args.region.as_deref().filter(|region| !partition.has(region)) {
        Some(region) => Err(Error::configuration(format!(
            "--region: `{region}` is not a region of the partition `{}`, where the role is",
            partition.name
        ))
        .hint(format!("--region {}", partition.global_region))),
        None => Ok((partition, found.filter(|region| partition.has(region)))),
    }
}

/// The access portal signs in by itself: nothing in this address is a secret, and no credentials are needed.
fn through_portal(ctx: &Context, args: &Console, role: &SsoRole, page: &str) -> Result<String> {
    start_url::check(&role.session.start_url)?;
    let url =
        console::shortcut(&start_url::canonical(&role.session.start_url), &role.account_id, &role.role_name, page);
    if args.print {
        return Ok(format!("{url}\n"));
    }
    let what = format!("the console of `{}` in {}", role.role_name, role.account_id);
    match !ctx.no_input && browser::can_open(ctx) && browser::open(ctx, &url).is_some() {
        true => terminal::say(&format!("opening {what}; if nothing opens, go to")),
        false => terminal::say(&format!("there is no browser here; {what} is at")),
    }
    terminal::show_address(ctx, &url);
    Ok(String::new())
}

fn with_credentials(
    ctx: &Context,
    args: &Console,
    profile: &Profile,
    partition: &'static Partition,
    region: Option<&str>,
    page: &str,
) -> Result<String> {
    let credentials = profile.source.credentials(ctx, &Request::from(&args.fetch))?.credentials;
    if credentials.session_token.is_none() {
        let name = &profile.name;
        return Err(Error::configuration(format!(
            "profile `{name}` has the long-term keys of a user, and those cannot sign in to the console"
        ))
        .hint(format!("ssox console --role-arn arn:aws:iam::ACCOUNT:role/NAME {}", as_argument(name))));
    }
    let region = region.unwrap_or(partition.global_region);
    let base = signin::base(&profile.network, region)?;
    let token = signin::get_signin_token(ctx, &profile.network, region, &credentials)?;
    let url = console::federated(&base, issuer(&profile.source), page, &token);
    if args.print {
        return Ok(format!("{}\n", url.expose()));
    }
    session::hand_over(ctx, &url, &format!("ssox console --print {}", as_argument(&profile.name)))?;
    terminal::say(&format!("opened the console of `{}`", profile.name));
    Ok(String::new())
}

/// Where the console sends a person when the session there is over.
fn issuer(source: &Source) -> &str {
    match source {
        Source::Saml(saml) => &saml.url,
        _ => source.session().map_or("ssox", |session| session.start_url.as_str()),
    }
}
