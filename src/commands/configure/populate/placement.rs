//! Decides which name each profile gets. Existing profiles keep their names unless they are renamed, and no two
//! profiles get the same name. Managed profiles are those that `ssox configure populate` wrote for this session.

use super::managed::Managed;
use super::naming::Names;
use std::collections::{BTreeMap, HashSet};

/// Which of the profiles that `ssox configure populate` wrote are renamed, and which profiles are new.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// The new names of managed profiles. Each key is the index of the profile in the list of managed profiles.
    pub(super) renames: BTreeMap<usize, String>,
    /// The new profiles in the order of their names, each with the index of its assignment in the list of
    /// assignments.
    pub(super) new: BTreeMap<String, usize>,
    /// Names that new or renamed profiles did not get, because other profiles have them.
    pub(super) skipped: Vec<String>,
}

/// The profiles whose names cannot be given to another profile.
struct Taken<'a> {
    /// The names of all profiles that are not in `managed`.
    others: &'a HashSet<String>,
    managed: &'a [Managed<'a>],
    removed: &'a HashSet<&'a str>,
}

impl Taken<'_> {
    /// Returns the names that other profiles have after these renames: the names of all profiles that are neither
    /// renamed nor removed.
    fn names(&self, renames: &BTreeMap<usize, String>) -> HashSet<String> {
        let stays = |(at, managed): &(usize, &Managed)| {
            !renames.contains_key(at) && !self.removed.contains(managed.name.as_str())
        };
        let managed = self.managed.iter().enumerate().filter(stays).map(|(_, managed)| managed.name.clone());
        self.others.iter().cloned().chain(managed).collect()
    }
}

impl Placement {
    /// Decides the names of the profiles that are written. The keys of `wanted_renames` are positions in `managed`, and
    /// its values are the names that these profiles should get. `new` lists the assignments that have no profile yet,
    /// by their positions in `names`.
    pub(super) fn new(
        others: &HashSet<String>,
        managed: &[Managed],
        removed: &HashSet<&str>,
        wanted_renames: BTreeMap<usize, String>,
        new: &[usize],
        names: &[Names],
    ) -> Self {
        let taken = Taken { others, managed, removed };
        let mut placement = Self { renames: wanted_renames, ..Self::default() };
        let mut taken_names = taken.names(&placement.renames);
        // A profile that cannot be renamed keeps its name, so another profile cannot get that name.
        while let Some(at) = placement.blocked(&taken_names) {
            let name = placement.renames.remove(&at).expect("it was just found");
            if others.contains(&name) {
                placement.skipped.push(name);
            }
            taken_names = taken.names(&placement.renames);
        }
        taken_names.extend(placement.renames.values().cloned());
        for at in new {
            placement.add(*at, &names[*at], others, &mut taken_names);
        }
        placement
    }

    fn blocked(&self, taken: &HashSet<String>) -> Option<usize> {
        self.renames.iter().find(|(_, name)| taken.contains(*name)).map(|(at, _)| *at)
    }

    fn add(&mut self, at: usize, names: &Names, others: &HashSet<String>, taken: &mut HashSet<String>) {
        let Names { wanted, numbered, .. } = names;
        let is_free = |name: &&String| !taken.contains(*name);
        // If another managed profile has the name `wanted`, the new profile gets the name with the account ID. If a
        // profile that is not managed has the name `wanted`, the new profile is skipped.
        let name = if others.contains(wanted) { None } else { [wanted, numbered].into_iter().find(is_free).cloned() };
        match name {
            Some(name) => {
                taken.insert(name.clone());
                self.new.insert(name, at);
            }
            None => self.skipped.push(if others.contains(wanted) { wanted.clone() } else { numbered.clone() }),
        }
    }
}
