//! The notices of the crates in the binary, as their licences ask of those who hand on a binary.
//!
//! A crate that offers Apache-2.0 is taken under it: one text for all of them, and each crate's NOTICE. Any other
//! crate's own files are printed, equal texts once. Build scripts and procedural macros are not in the binary.

use crate::Result;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const APACHE: &str = include_str!("../../LICENSE-APACHE");
const MIT: &str = include_str!("../../LICENSE-MIT");
const HEADER: &str = "ssox contains the crates named below. Those with `Apache-2.0` among their licences are used under it (the \
    text is LICENSE-APACHE), the others under the texts that follow. The Rust standard library is used under Apache-2.0.\n";
/// Static builds contain musl's C library, whose licence wants its notice kept.
const MUSL: &str = "musl, the C library of static builds: MIT, Copyright (c) 2005-2024 Rich Felker, et al.\n";

/// Returns the notices for one target.
pub(crate) fn notices(target: Option<&str>) -> Result<String> {
    let host = host()?;
    let target = target.unwrap_or(&host);
    let metadata = metadata(target)?;
    let crates = linked(&metadata)?;
    let mut text = HEADER.to_owned();
    if target.contains("musl") {
        text += MUSL;
    }
    text.push('\n');
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for found in &crates {
        let (name, version) = (word(found, "name"), word(found, "version"));
        writeln!(text, "{name} {version}: {} <{}>", word(found, "license"), word(found, "repository"))?;
        for file in licence_files(found)? {
            texts.entry(file).or_default().push(format!("{name} {version}"));
        }
    }
    for (file, names) in texts {
        write!(text, "\n---- {}\n\n{}\n", names.join(", "), file.trim_matches('\n'))?;
    }
    Ok(text)
}

fn host() -> Result<String> {
    let version = String::from_utf8(Command::new("rustc").arg("-vV").output()?.stdout)?;
    Ok(version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?.to_owned())
}

fn metadata(target: &str) -> Result<Value> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo.args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--manifest-path",
        manifest,
        "--filter-platform",
        target,
    ]);
    let output = cargo.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("cargo metadata ended with {}", output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Returns the packages that are linked into ssox, ordered by name and version.
fn linked(metadata: &Value) -> Result<Vec<&Value>> {
    let packages: BTreeMap<&str, &Value> = list(metadata, "packages").map(|found| (word(found, "id"), found)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"], "nodes").map(|node| (word(node, "id"), node)).collect();
    let root = metadata["resolve"]["root"].as_str().ok_or("there is no root package")?;
    let (mut seen, mut open) = (BTreeSet::new(), vec![root]);
    while let Some(id) = open.pop() {
        let of_kind = |dependency: &&Value| list(dependency, "dep_kinds").any(|kind| kind["kind"].is_null());
        let normal = list(nodes[id], "deps").filter(of_kind).map(|dependency| word(dependency, "pkg"));
        open.extend(normal.filter(|id| !is_macro(packages[id]) && seen.insert(*id)));
    }
    let mut crates: Vec<&Value> = seen.into_iter().map(|id| packages[id]).collect();
    crates.sort_by_key(|found| (word(found, "name"), word(found, "version")));
    Ok(crates)
}

fn is_macro(package: &Value) -> bool {
    list(package, "targets").any(|target| list(target, "kind").any(|kind| kind == "proc-macro"))
}

/// Returns the texts that must go with a crate: its NOTICE, and its licences where Apache-2.0 is not on offer.
fn licence_files(package: &Value) -> Result<Vec<String>> {
    let directory = Path::new(word(package, "manifest_path")).parent().ok_or("a manifest is in a directory")?;
    let licence = word(package, "license");
    let with_apache =
        licence.split([' ', '/', '(', ')']).any(|part| part == "Apache-2.0") && !licence.contains(" AND ");
    let wanted: &[&str] =
        if with_apache { &["NOTICE"] } else { &["NOTICE", "LICENSE", "LICENCE", "COPYING", "UNLICENSE"] };
    let mut names: Vec<_> = fs::read_dir(directory)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    names.sort();
    let mut texts = Vec::new();
    for path in names.into_iter().filter(|path| path.is_file()) {
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        let text = fs::read_to_string(&path).map(|text| text.replace("\r\n", "\n"));
        if wanted.iter().any(|start| name.starts_with(start)) {
            texts.push(text.map_err(|cause| format!("{}: {cause}", path.display()))?);
        }
    }
    if texts.is_empty() && !with_apache {
        texts.push(spelled_out(package)?);
    }
    Ok(texts.into_iter().filter(|text| text.trim() != APACHE.trim()).collect())
}

/// Returns the MIT licence for a crate that names it and comes without its text.
fn spelled_out(package: &Value) -> Result<String> {
    let (name, licence) = (word(package, "name"), word(package, "license"));
    if !licence.split([' ', '/']).any(|part| part == "MIT") {
        return Err(format!("{name} ({licence}) has no licence file").into());
    }
    let authors: Vec<&str> = list(package, "authors").filter_map(Value::as_str).collect();
    let holders = if authors.is_empty() { format!("the authors of {name}") } else { authors.join(", ") };
    Ok(MIT.replace("2026 the ssox contributors", &holders))
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
