//! Which modules and files in `src` import which others: only a few, and never in a circle.

use crate::house::{code, files, module, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The modules that were there first, on which the newer ones are built.
const FIRST: [&str; 23] = [
    "account_names",
    "aws",
    "browser",
    "cache",
    "commands",
    "completion",
    "config",
    "context",
    "credentials",
    "environment",
    "error",
    "files",
    "json",
    "percent",
    "profile",
    "run",
    "secret",
    "session",
    "shell",
    "source",
    "terminal",
    "time",
    "usage",
];
/// The most uses among them. Before you raise it, look for the code that is in the wrong module.
const MOST_USES: usize = 103;

/// A path such as `crate::config::File`, in its parts.
type Name = Vec<String>;

/// The module of a file, e.g. `config::edit` for `src/config/edit/mod.rs`.
fn name_of(path: &Path) -> Name {
    let below = path.strip_prefix(root()).expect("it is in src").with_extension("");
    let parts = below.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| part != "mod" && part != "lib").collect()
}

fn without_comments(code: &str) -> String {
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

/// The code of every module.
fn modules() -> BTreeMap<Name, String> {
    let files = files(&root()).into_iter().filter(|path| !path.iter().any(|part| part == "tests"));
    files.map(|path| (name_of(&path), without_comments(&code(&path)))).collect()
}

/// Takes a use-tree apart: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else { return vec![tree.to_string()] };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, c) in rest.char_indices() {
        if (c == ',' || c == '}') && depth == 0 {
            found.extend(expanded(&rest[start..at]).into_iter().map(|inner| format!("{before}{inner}")));
            start = at + 1;
        }
        depth += i32::from(c == '{') - i32::from(c == '}');
        if depth < 0 {
            break;
        }
    }
    found.retain(|name| !name.ends_with("::"));
    found
}

/// The `use` statements of a module, each name on its own.
fn uses(code: &str) -> Vec<Name> {
    let statements = code.split("use ").skip(1).filter_map(|rest| rest.split(';').next());
    let trees = statements.map(|tree| tree.split_whitespace().collect::<Vec<_>>().join(" "));
    let names = trees.flat_map(|tree| expanded(&tree.replace(' ', "")));
    names.map(|name| name.trim_end_matches("::self").split("::").map(String::from).collect()).collect()
}

/// Names that stand in the code: `super::page::render(…)`.
fn inline(code: &str) -> Vec<Name> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !is_part(c)).filter(|word| word.starts_with("super::") || word.starts_with("crate::"));
    words.map(|word| word.split("::").map(String::from).collect()).collect()
}

/// The module that defines what a name in a module stands for; `None` for names of other crates.
fn defined_in(modules: &BTreeMap<Name, String>, from: &[String], name: &[String], depth: usize) -> Option<Name> {
    let mut at = from.to_vec();
    for (position, part) in name.iter().enumerate() {
        let below = [at.clone(), vec![part.clone()]].concat();
        match part.as_str() {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            "self" => {}
            _ if modules.contains_key(&below) => at = below,
            _ if position == 0 => return None,
            _ => {
                let is_it = |used: &Name| used.last() == Some(part) && used.len() > 1;
                let handed_on = uses(&modules[&at]).into_iter().find(is_it).filter(|_| depth < 5);
                let behind = handed_on.and_then(|used| defined_in(modules, &at, &used, depth + 1));
                return Some(behind.unwrap_or(at));
            }
        }
    }
    Some(at)
}

/// The modules that each module uses. A module and those below it are one, as are a file and its folder.
fn used_modules() -> BTreeMap<Name, BTreeSet<Name>> {
    let modules = modules();
    let used = |from: &Name, code: &String| {
        // An index uses nothing of what it hands on.
        let own = code.replace("pub(crate) use ", "").replace("pub(super) use ", "");
        let names: Vec<Name> = uses(&own).into_iter().chain(inline(&own)).collect();
        let found = names.iter().filter_map(|name| defined_in(&modules, from, name, 0));
        found.filter(|used| !from.starts_with(used) && !used.is_empty()).collect()
    };
    modules.iter().map(|(name, code)| (name.clone(), used(name, code))).collect()
}

#[test]
fn the_first_modules_use_few_others() {
    let mut uses = BTreeSet::new();
    for path in files(&root()) {
        let (module, code) = (module(&path), without_comments(&code(&path)));
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let used = code.match_indices("crate::").map(|(at, word)| &code[at + word.len()..]);
        let used = used.map(|rest| rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())].to_string());
        let is_first = |name: &String| FIRST.contains(&name.as_str());
        let used = used.filter(|used| *used != module && is_first(used) && is_first(&module));
        uses.extend(used.map(|used| format!("{module} → {used}")));
    }
    assert!(uses.len() <= MOST_USES, "{} uses of one module by another: {uses:#?}", uses.len());
}

#[test]
fn no_file_uses_itself_through_others() {
    let mut used = used_modules();
    let mut left = used.len() + 1;
    while used.len() < left {
        left = used.len();
        // What uses nothing that is left is in no circle, nor is what nothing uses.
        used.retain(|_, used| !used.is_empty());
        let names: BTreeSet<Name> = used.keys().cloned().collect();
        used.values_mut().for_each(|used| used.retain(|name| names.contains(name)));
        let all: BTreeSet<Name> = used.values().flatten().cloned().collect();
        used.retain(|name, _| all.contains(name));
    }
    let lines = used.iter().map(|(name, used)| {
        let used: Vec<String> = used.iter().map(|name| name.join("::")).collect();
        format!("{} → {}", name.join("::"), used.join(", "))
    });
    assert!(used.is_empty(), "in a circle, or between two:\n{}", lines.collect::<Vec<_>>().join("\n"));
}
