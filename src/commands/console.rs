//! `ssox console`: opens the web console with the role of a profile. `aws::console` and `aws::signin` build the URLs.

use super::options::{Consent, Fetch, region};
use super::protected;
use super::selected_profile::selected_profile;
use super::verb::{Done, VerbArgs};
use crate::account_names::AccountNames;
use crate::aws::partition::{self, Partition};
use crate::aws::{console, signin};
use crate::browser::{self, Extension, Opener, Separation};
use crate::context::Context;
use crate::error::{Error, Result, as_argument};
use crate::identity::is_in_use;
use crate::profile::Profile;
use crate::region::Region;
use crate::secret::Secret;
use crate::session::{self, start_url};
use crate::source::sso::SsoRole;
use crate::source::{Request, Source};
use crate::terminal;
use clap::{Args, ValueEnum};

#[derive(Args, Debug, Default)]
#[command(
    after_help = "Examples:\n  ssox console dev --service s3\n  ssox console dev --container\n  ssox console --print"
)]
pub(crate) struct Console {
    /// Profile, ACCOUNT/ROLE, or a role ARN
    profile: Option<String>,
    /// Service whose console to open: a short form (`cw`, `ddb`), or the name in the URL of its console (`systems-manager`)
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// Region of the console
    #[arg(long, value_name = "REGION", value_parser = region)]
    region: Option<String>,
    /// URL of the console page to open, copied from the address bar
    #[arg(long, value_name = "URL", conflicts_with_all = ["service", "region"])]
    url: Option<String>,
    /// Open the console in a Firefox container, or a browser profile of Chrome or Edge, that only this account uses
    #[arg(long, value_name = "EXTENSION", num_args = 0..=1, require_equals = true, default_missing_value = "granted")]
    container: Option<ContainerExtension>,
    /// Print the URL instead of opening it
    #[arg(long, conflicts_with = "container")]
    print: bool,
    #[command(flatten)]
    consent: Consent,
    #[command(flatten)]
    fetch: Fetch,
}

/// The Firefox extension that opens a URL in a container.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ContainerExtension {
    /// The extension `Granted Containers` of Firefox
    Granted,
    /// The extension `Open external links in a container` of Firefox
    OpenUrl,
}

impl VerbArgs for Console {
    /// Opens the console in a browser; with `--print`, returns its URL for stdout. Without `--print`, also shows the
    /// URL to the person if it contains no secret.
    ///
    /// # Errors
    /// `Usage`: the name of the service is invalid. `Configuration`: `--region` or `--url` is invalid or belongs to
    /// another partition than the role, or the profile has long-term access keys. `NeedsPerson`: the person did not
    /// agree to use a protected profile, or no browser opened a URL that contains a secret. `Configuration`,
    /// `NeedsPerson`, `Refused`, `Unreachable`: the profile cannot be loaded, or its credentials cannot be fetched.
    fn run(&self, ctx: &Context) -> Result<Done> {
        check_arguments(self)?;
        let profile = selected_profile(ctx, self.profile.as_deref(), &self.fetch)?;
        let (partition, region) = partition_and_region(ctx, self, &profile)?;
        protected::confirm(ctx, "console", &profile, &self.consent)?;
        let page = match &self.url {
            Some(url) => console::without_session(partition, url).ok_or_else(|| not_in_console(partition, url))?,
            None => console::page(partition, region, self.service.as_deref()),
        };
        let browser = browser(ctx, self, &profile)?;
        let printed = match &profile.source {
            Source::Sso(role) => through_portal(ctx, self, &browser, role, &page)?,
            _ => with_credentials(ctx, self, &browser, &profile, partition, region, &page)?,
        };
        Ok(printed.into())
    }
}

fn check_arguments(args: &Console) -> Result<()> {
    if let Some(region) = &args.region {
        Region::parse("--region", region)?;
    }
    if let Some(service) = args.service.as_deref().filter(|service| !console::is_service(service)) {
        return Err(Error::usage(format!("`{service}` is not a valid service in a console URL"))
            .hint("use a short form (`s3`, `cw`), or the name from the service's URL: `systems-manager/parameters`"));
    }
    Ok(())
}

fn not_in_console(partition: &Partition, url: &str) -> Error {
    let message = format!("--url: `{url}` is not a page of the console in partition `{}`", partition.name);
    Error::configuration(message).hint(format!("console URLs begin with `https://REGION.{}/`", partition.console_host))
}

/// Returns the browser to use. With `--container`, this browser opens pages in a separate container or browser profile
/// for the account.
fn browser(ctx: &Context, args: &Console, profile: &Profile) -> Result<Opener> {
    let account_id = profile.source.account_id();
    let names = AccountNames::load(ctx);
    let separation = args.container.map(|extension| Separation {
        key: account_id.unwrap_or(&profile.name),
        name: account_id.map_or(profile.name.as_str(), |id| names.get(id).unwrap_or(id)),
        is_protected: profile.protection.is_highlighted(),
        extension: match extension {
            ContainerExtension::Granted => Extension::Granted,
            ContainerExtension::OpenUrl => Extension::OpenUrl,
        },
    });
    browser::of_console(ctx, separation.as_ref())
}

/// Returns the partition of the role, and the region of the console page. The region is taken from the first of these
/// that has a region: `--region`, the profile, the shell. If the command line names no profile and a profile is in use,
/// the shell comes before the profile. A region of another partition is an error if it is from `--region`; otherwise
/// `None` is returned in its place.
fn partition_and_region<'a>(
    ctx: &'a Context,
    args: &'a Console,
    profile: &'a Profile,
) -> Result<(&'static Partition, Option<&'a str>)> {
    let is_region = |region: &&str| Region::of(region).is_some();
    let of_shell = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find_map(|name| ctx.var(name)).filter(is_region);
    let of_profile = profile.region.as_deref();
    let held = of_shell.filter(|_| args.profile.is_none() && is_in_use(ctx));
    let found = args.region.as_deref().or(held).or(of_profile).or(of_shell);
    let (source, arn) = (&profile.source, profile.source.role_arn());
    let partition = partition::of_role_or_region(arn, source.region().or(found));
    if let Some(region) = args.region.as_deref().filter(|region| !partition.has(region)) {
        let message =
            format!("--region: `{region}` is not in partition `{}`, which the role belongs to", partition.name);
        return Err(Error::configuration(message).hint(format!("--region {}", partition.global_region())));
    }
    Ok((partition, found.filter(|region| partition.has(region))))
}

/// Opens the console through the access portal, which signs the person in; with `--print`, only returns the URL. The
/// URL contains no secret, and ssox needs no credentials.
fn through_portal(ctx: &Context, args: &Console, browser: &Opener, role: &SsoRole, page: &str) -> Result<Secret> {
    start_url::check(&role.session.start_url)?;
    let url =
        console::shortcut(&start_url::canonical(&role.session.start_url), &role.account_id, &role.role_name, page);
    if args.print {
        return Ok(Secret::new(format!("{url}\n")));
    }
    let what = format!("the console of `{}` in {}", role.role_name, role.account_id);
    if !ctx.no_input && browser.can_open(ctx) && browser.open(ctx, &url).is_some() {
        terminal::say(&format!("opening {what}; if no browser opens, open this URL:"));
    } else {
        terminal::say(&format!("no browser is opened here; {what} is at this URL:"));
    }
    terminal::show_address(ctx, &url);
    Ok(Secret::default())
}

fn with_credentials(
    ctx: &Context,
    args: &Console,
    browser: &Opener,
    profile: &Profile,
    partition: &'static Partition,
    region: Option<&str>,
    page: &str,
) -> Result<Secret> {
    let credentials = profile.credentials(ctx, &Request::from(&args.fetch))?.credentials;
    if credentials.session_token.is_none() {
        let name = &profile.name;
        return Err(Error::configuration(format!(
            "profile `{name}` has long-term access keys of a user, which cannot open the console"
        ))
        .hint(format!("ssox console --role-arn arn:aws:iam::ACCOUNT:role/NAME {}", as_argument(name))));
    }
    let region = partition::first_region(Some(partition), [region]);
    let base = signin::base(&profile.network, &region);
    let token = signin::get_signin_token(ctx, &profile.network, &region, &credentials)?;
    let url = console::federated(&base, issuer(&profile.source), page, &token);
    if args.print {
        let mut line = url;
        line.push_str("\n");
        return Ok(line);
    }
    let role = profile.ad_hoc_role_arn.as_deref().map(|arn| format!("--role-arn {arn} ")).unwrap_or_default();
    let hint = format!("ssox console --print {role}{}", as_argument(&profile.name));
    session::open_secret_url(ctx, browser, &url, &hint)?;
    terminal::say(&format!("opened the console of `{}`", profile.name));
    Ok(Secret::default())
}

/// Returns the issuer: the URL that the console links to when its session has expired, or `ssox` if no such URL is
/// known.
fn issuer(source: &Source) -> &str {
    match source {
        Source::Saml(saml) => &saml.url,
        _ => source.session().map_or("ssox", |session| session.start_url.as_str()),
    }
}
