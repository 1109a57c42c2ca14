//! Tests of the changes that `ssox configure populate` plans.

use super::*;
use crate::arn::AccountId;
use crate::assignments::AccountRoles;
use crate::config::SectionKind;
use crate::secret::{HUNTER2, assert_redacted};
use crate::time::Timestamp;
use proptest::prelude::*;
use std::collections::BTreeSet;

const OWN: &str = "# mine\n[profile dev]\nregion = x # c\n\n[sso-session corp]\nsso_region = eu-west-1\n";

fn account(id: &str, name: &str, roles: Option<&[&str]>) -> AccountRoles {
    let roles = roles.map(|roles| roles.iter().map(ToString::to_string).collect());
    AccountRoles { id: AccountId::parse(id).unwrap(), name: Some(name.into()), email: None, roles }
}

fn listing(accounts: Vec<AccountRoles>) -> Listing {
    Listing { session: Some("corp".into()), start_url: "u".into(), listed_at: Timestamp(0), accounts }
}

fn two() -> Listing {
    listing(vec![
        account("111122223333", "Data", Some(&["Admin", "ReadOnly"])),
        account("222233334444", "Shop", Some(&["ReadOnly"])),
    ])
}

/// The options of one `ssox configure populate`.
struct Options<'a> {
    format: &'a str,
    accounts: &'a [&'a str],
    roles: &'a [&'a str],
    region: Option<&'a str>,
    form: Form,
    renaming: Renaming,
    stale: Stale,
}

const DEFAULT: Options = Options {
    format: NameFormat::DEFAULT,
    accounts: &[],
    roles: &[],
    region: None,
    form: Form::Sso,
    renaming: Renaming::Keep,
    stale: Stale::Keep,
};
const PRUNE: Options = Options { stale: Stale::Remove, ..DEFAULT };
const RENAME: Options = Options { renaming: Renaming::Rename, ..DEFAULT };

fn planned(text: &str, listing: &Listing, options: &Options) -> Result<Plan> {
    let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
    let format = NameFormat::parse(options.format).unwrap();
    let request = Request {
        keys: Keys { session: "corp", form: options.form.clone(), region: options.region, output: None },
        format: &format,
        scope: Scope::new(&texts(options.accounts), &texts(options.roles)),
        renaming: options.renaming,
        stale: options.stale,
    };
    plan(&ConfigFiles::parse(text, ""), listing, &AccountNames::default(), &request)
}

fn populated(text: &str, listing: &Listing, options: &Options) -> String {
    planned(text, listing, options).unwrap().text.expose().to_string()
}

#[test]
fn new_profiles_stand_at_the_end_by_name() {
    let plan = planned(OWN, &two(), &Options { region: Some("eu-west-1"), ..DEFAULT }).unwrap();
    let profile = |name: &str, id: &str, role: &str| {
        format!(
            "\n[profile {name}]\nsso_session = corp\nsso_account_id = {id}\nsso_role_name = {role}\nregion = eu-west-1\nssox_managed = corp\n"
        )
    };
    let expected = [
        OWN.to_string(),
        profile("Data.Admin", "111122223333", "Admin"),
        profile("Data.ReadOnly", "111122223333", "ReadOnly"),
        profile("Shop.ReadOnly", "222233334444", "ReadOnly"),
    ];
    assert_eq!(plan.text.expose(), expected.concat());
    assert_eq!(plan.added, ["Data.Admin", "Data.ReadOnly", "Shop.ReadOnly"]);
}

#[test]
fn a_credential_process_profile_has_no_sso_keys() {
    let process = Options { form: Form::CredentialProcess("/bin/ssox".into()), roles: &["Admin"], ..DEFAULT };
    let text = populated("", &two(), &process);
    let expected = "[profile Data.Admin]\ncredential_process = /bin/ssox credential-process Data.Admin\n\
        ssox_managed = corp\nssox_account_id = 111122223333\nssox_role_name = Admin\n";
    assert_eq!(text, expected);
    // The options of this run, and not those of the last run, choose between `sso_` settings and `credential_process`.
    let sso = Options { roles: &["Admin"], ..DEFAULT };
    let there = populated(&text, &two(), &sso);
    let expected = "[profile Data.Admin]\nssox_managed = corp\n\
        sso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Admin\n";
    assert_eq!(there, expected);
    let back = planned(&there, &two(), &process).unwrap();
    assert!(!back.text.expose().contains("sso_session") && back.changed == ["Data.Admin"], "{}", back.text.expose());
    for line in ["mine", "granted credential-process --profile x", "/bin/ssox export Data.Admin --format process"] {
        let own =
            there.replace("[profile Data.Admin]\n", &format!("[profile Data.Admin]\ncredential_process = {line}\n"));
        assert_eq!(populated(&own, &two(), &sso), own);
    }
}

#[test]
fn keys_of_populate_are_put_right_and_others_stay() {
    let text = populated(OWN, &two(), &DEFAULT);
    let edited = text
        .replacen("sso_session = corp\nsso_account_id = 111122223333", "# mine\nregion = mine\nsso_session = x", 1)
        .replacen("sso_role_name = ReadOnly", "sso_role_name = ReadOnly # c", 1);
    let plan = planned(&edited, &two(), &DEFAULT).unwrap();
    let right = edited.replacen("sso_session = x", "sso_session = corp", 1).replacen(
        "sso_role_name = Admin\nssox_managed = corp\n",
        "sso_role_name = Admin\nssox_managed = corp\nsso_account_id = 111122223333\n",
        1,
    );
    assert_eq!(plan.text.expose(), right);
    assert_eq!((plan.changed, plan.added.len(), plan.kept.len()), (vec!["Data.Admin".into()], 0, 2));
}

#[test]
fn a_profile_whose_role_a_person_changed_is_that_of_the_new_role() {
    let text = populated("", &two(), &Options { roles: &["Admin"], ..DEFAULT });
    let edited = text.replace("= Admin\n", "= ReadOnly\n");
    let plan = planned(&edited, &two(), &DEFAULT).unwrap();
    assert!(plan.text.expose().starts_with(&edited));
    assert_eq!(plan.added, ["Data.Admin-111122223333", "Shop.ReadOnly"]);
}

#[test]
fn a_profile_that_is_not_managed_is_skipped() {
    let own = "[profile Data.Admin]\nsso_role_name = Admin\n\n[profile Shop.ReadOnly]\nssox_managed = other\n";
    let plan = planned(own, &two(), &PRUNE).unwrap();
    assert!(plan.text.expose().starts_with(own));
    assert_eq!(
        (plan.skipped, plan.added),
        (vec!["Data.Admin".into(), "Shop.ReadOnly".into()], vec!["Data.ReadOnly".into()])
    );
    // A setting in `[DEFAULT]` does not make a profile a managed profile.
    let own = "[DEFAULT]\nssox_managed = corp\nsso_account_id = 999999999999\nsso_role_name = R\n[profile own]\n";
    assert!(planned(own, &two(), &PRUNE).unwrap().removed.is_empty());
}

#[test]
fn exactly_the_changed_profiles_change() {
    let text = populated(OWN, &two(), &DEFAULT).replace("[profile Data.Admin]\n", "[profile Data.Admin]\n# why\n");
    let now = listing(vec![
        account("111122223333", "Platform", Some(&["Admin"])),
        account("222233334444", "Shop", Some(&["ReadOnly", "Audit"])),
    ]);
    let plan = planned(&text, &now, &PRUNE).unwrap();
    assert_eq!((&plan.added, &plan.removed), (&vec!["Shop.Audit".to_string()], &vec!["Data.ReadOnly".to_string()]));
    assert_eq!((plan.kept.len(), plan.changed.len()), (2, 0));
    let gone = "\n[profile Data.ReadOnly]\nsso_session = corp\nsso_account_id = 111122223333\n\
        sso_role_name = ReadOnly\nssox_managed = corp\n";
    let new = "\n[profile Shop.Audit]\nsso_session = corp\nsso_account_id = 222233334444\n\
        sso_role_name = Audit\nssox_managed = corp\n";
    assert_eq!(plan.text.expose(), text.replace(gone, "") + new);
    let renamed = planned(plan.text.expose(), &now, &RENAME).unwrap();
    assert_eq!(renamed.renamed, [("Data.Admin".to_string(), "Platform.Admin".to_string())]);
    assert_eq!((&renamed.changed, renamed.kept.len()), (&vec!["Platform.Admin".to_string()], 2));
    assert_eq!(renamed.text.expose(), plan.text.expose().replace("[profile Data.Admin]", "[profile Platform.Admin]"));
}

#[test]
fn names_that_change_places_are_renamed_at_once() {
    let text = populated("", &two(), &Options { roles: &["ReadOnly"], ..DEFAULT });
    let swapped = listing(vec![
        account("111122223333", "Shop", Some(&["ReadOnly"])),
        account("222233334444", "Data", Some(&["ReadOnly"])),
    ]);
    let plan = planned(&text, &swapped, &RENAME).unwrap();
    assert_eq!(plan.renamed.len(), 2);
    assert_eq!(populated(plan.text.expose(), &swapped, &RENAME), plan.text.expose());
    assert_eq!(populated(&text, &swapped, &DEFAULT), text);
}

#[test]
fn a_partial_or_empty_listing_removes_nothing() {
    let text = populated(OWN, &two(), &DEFAULT);
    let partial = listing(vec![account("111122223333", "Data", Some(&[])), account("222233334444", "Shop", None)]);
    let plan = planned(&text, &partial, &PRUNE).unwrap();
    assert_eq!((plan.text.expose(), plan.removed.len(), plan.kept.len()), (text.as_str(), 0, 3));
    let empty = listing(vec![account("111122223333", "Data", Some(&[]))]);
    assert_eq!(planned(&text, &empty, &PRUNE).unwrap().text.expose(), text);
}

#[test]
fn a_source_profile_is_neither_removed_nor_renamed() {
    let text = populated("[profile own]\nSource_Profile = Data.Admin\n", &two(), &DEFAULT);
    let without = listing(vec![account("222233334444", "Shop", Some(&["ReadOnly"]))]);
    let plan = planned(&text, &without, &PRUNE).unwrap();
    assert_eq!((plan.referenced, plan.removed), (vec!["Data.Admin".into()], vec!["Data.ReadOnly".into()]));
    let renamed = listing(vec![account("111122223333", "Platform", Some(&["Admin"]))]);
    let plan = planned(&text, &renamed, &RENAME).unwrap();
    assert_eq!((plan.referenced.len(), plan.renamed.len()), (1, 0));
    // A profile is removed, too, if only removed profiles have it as their `source_profile`.
    let text = text.replace(
        "[profile own]\n",
        "[profile own]\nSSOX_Managed = corp\nsso_account_id = 999999999999\nsso_role_name = R\n",
    );
    assert_eq!(planned(&text, &without, &PRUNE).unwrap().removed, ["Data.Admin", "Data.ReadOnly", "own"]);
}

#[test]
fn globs_choose_what_is_written_and_what_is_removed() {
    let text = populated("", &two(), &DEFAULT);
    let without = listing(vec![account("222233334444", "Shop", Some(&["Audit"]))]);
    let only = |accounts, roles| planned(&text, &without, &Options { accounts, roles, ..PRUNE }).unwrap().removed;
    assert_eq!(only(&["1111*"], &[]), ["Data.Admin", "Data.ReadOnly"]);
    assert_eq!(only(&[], &["Read*"]), ["Data.ReadOnly", "Shop.ReadOnly"]);
    assert_eq!(only(&["1111*", "S[gh]op"], &["Read?nly"]), ["Data.ReadOnly", "Shop.ReadOnly"]);
    for (accounts, roles, message, hint) in [
        (&["Shpo"][..], &[][..], "no account matches `Shpo`", "did you mean `Shop`?"),
        (&[], &["ReadOnyl"], "no role matches `ReadOnyl`", "did you mean `ReadOnly`?"),
        (&["Shop"], &["Admin"], "no assigned account and role match the options", "ssox list --assigned"),
    ] {
        let error = planned("", &two(), &Options { accounts, roles, ..DEFAULT }).unwrap_err();
        assert_eq!(error.message, message);
        assert!(error.hints[0].contains(hint), "{error}");
    }
}

#[test]
fn a_name_does_not_depend_on_the_globs() {
    let twins = listing(vec![account("111122223333", "X", Some(&["R"])), account("222233334444", "X", Some(&["R"]))]);
    let one = planned("", &twins, &Options { accounts: &["1*"], ..DEFAULT }).unwrap();
    assert_eq!(one.added, ["X.R-111122223333"]);
    // If two accounts would get the same profile name, an existing profile with that name keeps it.
    let first = listing(vec![twins.accounts[0].clone()]);
    let text = populated("", &first, &DEFAULT);
    assert_eq!(planned(&text, &twins, &DEFAULT).unwrap().added, ["X.R-222233334444"]);
}

fn accounts() -> impl Strategy<Value = Vec<AccountRoles>> {
    let names = prop::sample::select(vec!["Data", "Shop", "a b", "default", "-x", "é"]);
    let roles =
        prop::option::weighted(0.9, prop::collection::btree_set(prop::sample::select(vec!["R", "S", "T"]), 0..3));
    let accounts = prop::collection::btree_map(prop::sample::select(vec!["1", "2", "3", "4"]), (names, roles), 1..4);
    accounts.prop_map(|accounts| {
        let make = |(digit, (name, roles)): (&str, (&str, Option<BTreeSet<&str>>))| {
            let roles: Option<Vec<&str>> = roles.map(|roles| roles.into_iter().collect());
            account(&digit.repeat(12), name, roles.as_deref())
        };
        accounts.into_iter().map(make).collect()
    })
}

/// Generates configurations with sections of ssox and of a person.
fn text() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "# c\n",
        "\n",
        "[profile own]\nregion = x\n",
        "[profile own]\nsource_profile = Data.R\n",
        "[profile Data.R]\nregion = y\n",
        "[profile Shop.S]\r\nssox_managed = other\r\n",
        "[profile m1]\nssox_managed = corp\nsso_account_id = 111111111111\nsso_role_name = R\n# in\nregion = z\n",
        "[profile Data.S]\n  ssox_managed = corp\n  sso_account_id = 222222222222\n  sso_role_name = S\n",
        "[profile Shop.R]\nssox_managed = corp\nsso_account_id = 333333333333\n",
        "[profile Data.T]\nssox_managed = corp\nssox_account_id = 444444444444\nssox_role_name = T\ncredential_process = /bin/ssox credential-process y\n",
        "[profile gone]\nssox_managed = corp\nsso_account_id = 999999999999\nsso_role_name = R\nsource_profile = m1\n",
        "[default]\nregion = d\n",
        "[services s]\ns3 =\n  a = b\n",
    ]);
    prop::collection::vec(parts, 0..9).prop_map(|parts| parts.concat())
}

/// Returns the lines of all sections that populate does not manage. Leaves out comments: they may belong to the next
/// section.
fn unmanaged(text: &str) -> Vec<String> {
    let mut kept = Vec::new();
    let mut is_managed = false;
    for part in text.split_inclusive('\n') {
        if part.starts_with('[') {
            let name = part.trim_end().trim_start_matches("[profile ").trim_end_matches(']');
            let files = ConfigFiles::parse(text, "");
            is_managed = files
                .config
                .section(SectionKind::Profile, name)
                .is_some_and(|section| section.value("ssox_managed") == Some("corp"));
        }
        if !is_managed && !part.trim().is_empty() && !part.starts_with('#') {
            kept.push(part.to_string());
        }
    }
    kept
}

proptest! {
    #[test]
    fn twice_is_as_once_and_what_is_not_managed_stays(
        text in text(),
        accounts in accounts(),
        is_rename: bool,
        is_prune: bool,
        is_process: bool,
        has_region: bool,
    ) {
        let options = Options {
            renaming: if is_rename { Renaming::Rename } else { Renaming::Keep },
            stale: if is_prune { Stale::Remove } else { Stale::Keep },
            form: if is_process { Form::CredentialProcess("/bin/ssox".into()) } else { Form::Sso },
            region: has_region.then_some("eu-west-1"),
            ..DEFAULT
        };
        let listing = listing(accounts);
        let Ok(once) = planned(&text, &listing, &options) else { return Ok(()) };
        let twice = planned(once.text.expose(), &listing, &options).unwrap();
        prop_assert_eq!(twice.text.expose(), once.text.expose());
        prop_assert!(twice.added.is_empty() && twice.changed.is_empty() && twice.removed.is_empty(), "{:?}", twice);
        prop_assert_eq!(unmanaged(once.text.expose()), unmanaged(&text));
        let is_changed = !(once.added.is_empty() && once.changed.is_empty() && once.removed.is_empty());
        prop_assert_eq!(is_changed, once.text.expose() != text);
        if !listing.is_complete() {
            prop_assert!(once.removed.is_empty());
        }
        // Each assignment has a profile, or is reported.
        let files = ConfigFiles::parse(once.text.expose(), "");
        let all = listing.accounts.iter().flat_map(|account| account.known_roles().iter().map(move |role| (&*account.id, role.as_str())));
        let sections: Vec<_> = files.profiles().collect();
        let with: BTreeSet<(&str, &str)> = sections.iter().filter(|section| section.value("ssox_managed") == Some("corp")).filter_map(crate::source::sso::account_and_role).collect();
        let without = all.filter(|role| !with.contains(role)).count();
        prop_assert!(without <= once.skipped.len(), "{:?}", once);
    }
}

#[test]
fn debug_does_not_show_the_new_text() {
    assert_redacted(&Plan { text: Secret::new(HUNTER2), ..Plan::default() });
}
