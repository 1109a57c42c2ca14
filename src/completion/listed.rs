//! Completes `--account` and `--role` with the accounts and roles in the stored listings: those that AWS last listed
//! for each session. These options take patterns, so each name is written as a pattern that matches only that name.

use super::matching::MAX_NAMES;
use crate::assignments;
use crate::context::Context;
use crate::profile::NameGlob;
use crate::shell::completion::{Candidate, Completions, is_insertable, starts_with_in_any_case};
use std::collections::BTreeMap;

/// Returns the accounts in the stored listings: their IDs if the typed text starts with a digit; otherwise their names,
/// or the ID of an account without a name.
pub(super) fn accounts(ctx: &Context, typed: &str) -> Completions {
    let is_number = typed.starts_with(|c: char| c.is_ascii_digit());
    let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for account in assignments::all_configured(ctx).into_iter().flat_map(|listing| listing.accounts) {
        let (id, name) = (account.id.to_string(), account.name.unwrap_or_default());
        let (offered, other) = if is_number || name.is_empty() { (id, name) } else { (name, id) };
        let others = others.entry(offered).or_default();
        if !others.contains(&other) {
            others.push(other);
        }
    }
    candidates("account", typed, others.iter().map(|(offered, others)| (offered.as_str(), others.join(" "))))
}

/// Returns the names of the roles in the stored listings, each with the number of accounts that have it.
pub(super) fn roles(ctx: &Context, typed: &str) -> Completions {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let accounts = assignments::all_configured(ctx).into_iter().flat_map(|listing| listing.accounts);
    accounts.flat_map(|account| account.roles).flatten().for_each(|role| *counts.entry(role).or_default() += 1);
    let described = |count: &usize| if *count == 1 { "1 account".into() } else { format!("{count} accounts") };
    candidates("role", typed, counts.iter().map(|(role, count)| (role.as_str(), described(count))))
}

/// Returns the values that start with what was typed, at most [`MAX_NAMES`].
fn candidates<'a>(kind: &'static str, typed: &str, described: impl Iterator<Item = (&'a str, String)>) -> Completions {
    let candidate = |(name, description): (&str, String)| {
        let glob = NameGlob::literal(name);
        let is_offered = is_insertable(name) && starts_with_in_any_case(&glob, typed);
        is_offered.then(|| Candidate::new(glob, description))
    };
    let candidates = described.filter_map(candidate).take(MAX_NAMES).collect();
    Completions::Candidates { kind, are_prefixes: false, candidates }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = r#"{"session":"corp","startUrl":"https://corp.awsapps.com/start","listedAt":"2026-11-20T12:00:00Z",
        "complete":false,"accounts":[
        {"accountId":"111122223333","accountName":"Data [x]","email":null,"roles":["ReadOnly","Admin"]},
        {"accountId":"222233334444","accountName":"twins","email":null,"roles":["ReadOnly"]},
        {"accountId":"333344445555","accountName":"twins","email":null,"roles":null},
        {"accountId":"444455556666","accountName":null,"email":null,"roles":[]}]}"#;

    fn shown(completions: Completions) -> Vec<String> {
        let Completions::Candidates { candidates, .. } = completions else { panic!("no candidates") };
        candidates.iter().map(|candidate| format!("{}: {}", candidate.value, candidate.description)).collect()
    }

    #[test]
    fn listed_accounts_and_roles_are_offered_as_globs_that_match_them() {
        let home = tempfile::tempdir().unwrap();
        let ctx = Context::new([("HOME".to_string(), home.path().into())]);
        let assignments = ctx.state_dir().unwrap().join("assignments");
        [home.path().join(".aws"), assignments.clone()].iter().for_each(|path| std::fs::create_dir_all(path).unwrap());
        assert!(shown(accounts(&ctx, "")).is_empty() && shown(roles(&ctx, "")).is_empty());
        let config = "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
        std::fs::write(home.path().join(".aws/config"), config).unwrap();
        std::fs::write(assignments.join("a.json"), LISTING).unwrap();
        let all = ["444455556666: ", "Data [[]x[]]: 111122223333", "twins: 222233334444 333344445555"];
        assert_eq!(shown(accounts(&ctx, "")), all);
        assert_eq!(shown(accounts(&ctx, "da")), all[1..2]);
        assert_eq!(shown(accounts(&ctx, "1")), ["111122223333: Data [x]"]);
        assert_eq!(shown(roles(&ctx, "")), ["Admin: 1 account", "ReadOnly: 2 accounts"]);
        assert_eq!(shown(roles(&ctx, "r")), ["ReadOnly: 2 accounts"]);
        assert!(NameGlob::new("Data [[]x[]]").matches("Data [x]"));
    }
}
