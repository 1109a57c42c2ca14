//! Plans what `ssox configure populate` changes. Asks neither AWS nor a person, and writes nothing.

use super::assigned::{Assignment, Scope};
use super::keys::Keys;
use super::managed::{Managed, References, matched};
use super::naming::{self, NameFormat, Names};
use super::placement::Placement;
use crate::account_names::AccountNames;
use crate::arn::AccountId;
use crate::assignments::Listing;
use crate::config::{ConfigFiles, Edits, SectionKind};
use crate::error::{Error, Result};
use crate::secret::Secret;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// What the options of `ssox configure populate` ask for.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) keys: Keys<'a>,
    pub(super) format: &'a NameFormat,
    pub(super) scope: Scope,
    pub(super) renaming: Renaming,
    pub(super) stale: Stale,
}

/// What happens to a profile whose name is not the one that the format gives, for example because the account has
/// another name now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renaming {
    Keep,
    Rename,
}

/// What happens to a profile that `ssox configure populate` wrote and whose role is not assigned to the person any
/// more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stale {
    Keep,
    Remove,
}

/// The changes of the config file, and the names of the profiles that these changes concern.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The new text of the config file.
    pub(super) text: Secret,
    pub(super) added: Vec<String>,
    /// The names of the changed profiles. For a renamed profile, this is its new name.
    pub(super) changed: Vec<String>,
    /// The old and the new name of each renamed profile.
    pub(super) renamed: Vec<(String, String)>,
    pub(super) removed: Vec<String>,
    pub(super) kept: Vec<String>,
    /// Names that new or renamed profiles did not get, because other profiles have them.
    pub(super) skipped: Vec<String>,
    /// Profiles that are neither removed nor renamed, because other profiles name them as `source_profile`.
    pub(super) referenced: Vec<String>,
}

/// Plans the changes. `account_names` has the last known names of accounts that are not listed any more.
///
/// # Errors
/// `Configuration`: a glob matches nothing, nothing is chosen, names are not unique, or the file cannot be edited.
pub(super) fn plan(
    files: &ConfigFiles,
    listing: &Listing,
    account_names: &AccountNames,
    request: &Request,
) -> Result<Plan> {
    let assignments = Assignment::all(listing)?;
    let names = naming::names(&assignments, request.format, request.keys.session);
    let managed = Managed::all(&files.config, request.keys.session);
    let owned = matched(&managed, &assignments, &names);
    let identities: Vec<(&AccountId, &str)> = managed.iter().filter_map(Managed::identity).collect();
    request.scope.check(listing, &identities, account_names)?;
    Planner { files, listing, account_names, request, assignments, names, managed, owned }.plan()
}

struct Planner<'a> {
    files: &'a ConfigFiles,
    listing: &'a Listing,
    account_names: &'a AccountNames,
    request: &'a Request<'a>,
    assignments: Vec<Assignment<'a>>,
    names: Vec<Names>,
    managed: Vec<Managed<'a>>,
    /// For each profile in `managed`, the index of its assignment in `assignments`; `None` if the profile has none,
    /// usually because its role is not assigned any more.
    owned: Vec<Option<usize>>,
}

impl Planner<'_> {
    fn plan(&self) -> Result<Plan> {
        let chosen: Vec<usize> = (0..self.assignments.len()).filter(|at| self.is_chosen(*at)).collect();
        let profiles: Vec<usize> = (0..self.managed.len()).filter(|at| self.is_looked_at(*at)).collect();
        if chosen.is_empty() && profiles.is_empty() {
            return Err(Error::configuration("no assigned account and role match the options")
                .hint("`ssox list --assigned` shows every account and role"));
        }
        let named: Vec<(&Assignment, &Names)> =
            chosen.iter().map(|at| (&self.assignments[*at], &self.names[*at])).collect();
        naming::check(&named, self.request.format)?;
        let references = References::of(self.files);
        let mut plan = Plan::default();
        let removed = self.removed(&profiles, &references, &mut plan);
        let renames = self.wanted_renames(&profiles, &references, &removed, &mut plan);
        let owned: HashSet<usize> = self.owned.iter().flatten().copied().collect();
        let new: Vec<usize> = chosen.into_iter().filter(|at| !owned.contains(at)).collect();
        let others = self.names_of_others();
        let placement = Placement::new(&others, &self.managed, &removed, renames, &new, &self.names);
        self.edit(&profiles, &removed, placement, &mut plan)?;
        Ok(plan)
    }

    fn is_chosen(&self, at: usize) -> bool {
        let Assignment { account, role } = self.assignments[at];
        self.request.scope.contains(&account.id, account.name.as_deref(), role)
    }

    /// Tells whether the options choose a managed profile.
    fn is_looked_at(&self, at: usize) -> bool {
        match (self.owned[at], self.managed[at].identity()) {
            (Some(assignment), _) => self.is_chosen(assignment),
            (None, Some((account_id, role))) => {
                let listed = self.listing.account(account_id).and_then(|account| account.name.as_deref());
                let name = listed.or_else(|| self.account_names.get(account_id));
                self.request.scope.contains(account_id, name, role)
            }
            (None, None) => false,
        }
    }

    /// Returns the names of the profiles to remove; none without `--prune`, or if the listing is incomplete or empty.
    /// Adds to `plan.referenced` the profiles that are kept because another profile needs them.
    fn removed(&self, profiles: &[usize], references: &References, plan: &mut Plan) -> HashSet<&str> {
        let can_remove = self.listing.is_complete() && !self.assignments.is_empty();
        if self.request.stale == Stale::Keep || !can_remove {
            return HashSet::new();
        }
        let stale = profiles.iter().filter(|at| self.owned[**at].is_none());
        let mut removed: HashSet<&str> = stale.map(|at| self.managed[*at].name.as_str()).collect();
        // A profile that another profile needs as its `source_profile` is kept, unless that other profile is removed,
        // too.
        while let Some(name) = removed.iter().find(|name| references.has(name, &removed)).copied() {
            removed.remove(name);
            plan.referenced.push(name.into());
        }
        removed
    }

    fn wanted_renames(
        &self,
        profiles: &[usize],
        references: &References,
        removed: &HashSet<&str>,
        plan: &mut Plan,
    ) -> BTreeMap<usize, String> {
        let mut renames = BTreeMap::new();
        if self.request.renaming == Renaming::Keep {
            return renames;
        }
        let mut has_name: HashSet<usize> = HashSet::new();
        let with_assignment = || profiles.iter().filter_map(|at| Some((*at, self.owned[*at]?)));
        has_name.extend(
            with_assignment().filter(|(at, of)| self.managed[*at].name == self.names[*of].wanted).map(|(_, of)| of),
        );
        for (at, assignment) in with_assignment() {
            // If several profiles have the same role, only one of them can get the name `wanted` of this role,
            // and the others keep their names.
            if !has_name.insert(assignment) {
                continue;
            }
            let name = &self.managed[at].name;
            if references.has(name, removed) {
                plan.referenced.push(name.clone());
            } else {
                renames.insert(at, self.names[assignment].wanted.clone());
            }
        }
        renames
    }

    fn names_of_others(&self) -> HashSet<String> {
        let managed: HashSet<&str> = self.managed.iter().map(|managed| managed.name.as_str()).collect();
        let names = self.files.unmerged_profile_names().filter(|name| !managed.contains(name.as_ref()));
        names.map(Cow::into_owned).collect()
    }

    fn edit(&self, profiles: &[usize], removed: &HashSet<&str>, placement: Placement, plan: &mut Plan) -> Result<()> {
        let mut edits = Edits::new(&self.files.config)?;
        for at in profiles {
            let managed = &self.managed[*at];
            if removed.contains(managed.name.as_str()) {
                edits.remove(SectionKind::Profile, &managed.name)?;
                plan.removed.push(managed.name.clone());
                continue;
            }
            let new_name = placement.renames.get(at);
            let name = new_name.unwrap_or(&managed.name);
            let mut is_changed = new_name.is_some();
            if let Some(assignment) = self.owned[*at] {
                is_changed |= self.request.keys.correct(&mut edits, managed, name, &self.assignments[assignment])?;
            }
            if let Some(to) = new_name {
                edits.rename(SectionKind::Profile, &managed.name, to)?;
                plan.renamed.push((managed.name.clone(), to.clone()));
            }
            if is_changed { &mut plan.changed } else { &mut plan.kept }.push(name.clone());
        }
        for (name, assignment) in placement.new {
            self.request.keys.add(&mut edits, &name, &self.assignments[assignment])?;
            plan.added.push(name);
        }
        plan.skipped = placement.skipped;
        for names in [&mut plan.changed, &mut plan.removed, &mut plan.kept, &mut plan.skipped, &mut plan.referenced] {
            names.sort_unstable();
        }
        plan.renamed.sort_unstable();
        plan.text = edits.finish();
        Ok(())
    }
}
