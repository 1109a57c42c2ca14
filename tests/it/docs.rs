//! The documentation and the code agree, as far as a program can tell: each variable, key and module is documented, and
//! no link is broken.

use crate::home::{Home, SSOX};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

fn repository(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(below)
}

fn text(below: &str) -> String {
    fs::read_to_string(repository(below)).unwrap_or_else(|cause| panic!("{below}: {cause}"))
}

/// Returns the texts of all files below a folder.
fn texts(below: &str) -> Vec<String> {
    let entries = fs::read_dir(repository(below)).unwrap().map(|entry| entry.unwrap());
    let read = |entry: fs::DirEntry| {
        let path = format!("{below}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() { texts(&path) } else { vec![text(&path)] }
    };
    entries.flat_map(read).collect()
}

/// Returns the words of a text that begin with `start` and continue with such characters.
fn words<'a>(text: &'a str, start: &'a str, goes_on: fn(char) -> bool) -> impl Iterator<Item = &'a str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = move |at: &usize| !text[..*at].ends_with(is_word);
    let found = text.match_indices(start).map(|(at, _)| at).filter(begins);
    found.map(move |at| text[at..].split(|c| !goes_on(c)).next().unwrap_or_default())
}

fn is_constant(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

fn variables(texts: &[String]) -> BTreeSet<&str> {
    let found = texts.iter().flat_map(|text| words(text, "SSOX_", is_constant));
    found.filter(|name| *name != "SSOX_").collect()
}

#[test]
fn every_variable_of_ssox_is_documented_and_none_that_is_not_there() {
    let (sources, documented) = ([texts("src"), texts("shell")].concat(), [text("docs/settings.md")]);
    assert_eq!(variables(&documented), variables(&sources));
}

#[test]
fn every_profile_key_of_ssox_is_documented() {
    let (sources, documented) = (texts("src"), text("docs/settings.md"));
    let is_key = |c: char| c.is_ascii_lowercase() || c == '_';
    let keys: BTreeSet<&str> = sources
        .iter()
        .flat_map(|text| words(text, "ssox_", is_key).map(move |key| (text, key)))
        .filter(|(text, key)| text.contains(&format!("\"{key}\"")))
        .map(|(_, key)| key)
        .collect();
    assert!(keys.contains("ssox_protected"), "{keys:?}");
    for key in keys {
        assert!(documented.contains(&format!("| `{key}`")), "`{key}` is missing in docs/settings.md");
    }
}

#[test]
fn every_folder_in_the_state_directory_is_documented() {
    let (sources, documented) = (texts("src").concat(), text("docs/settings.md"));
    let after = sources.split("state_dir()").skip(1).filter_map(|rest| rest.split('\n').next());
    let names: BTreeSet<&str> =
        after.filter_map(|line| line.split("join(\"").nth(1)).filter_map(|rest| rest.split('"').next()).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let is_there = [format!("`{name}/`"), format!("`{name}`")].iter().any(|name| documented.contains(name));
        assert!(is_there, "`{name}` is missing in docs/settings.md");
    }
}

#[test]
fn doctor_knows_every_key_that_is_read_from_a_profile() {
    let (sources, known) = (texts("src"), text("src/config/check/known.rs"));
    let read = |text: &str| {
        let methods = ["section.value(\"", "section.get(\"", "section.entry(\""];
        let keys = methods.iter().flat_map(|method| text.split(*method).skip(1));
        keys.filter_map(|rest| rest.split('"').next()).map(String::from).collect::<Vec<_>>()
    };
    // These are keys of `.ssox` files.
    let of_directory = ["profile", "profile_only"];
    let keys: BTreeSet<String> = sources.iter().flat_map(|text| read(text)).collect();
    assert!(keys.contains("role_arn"), "{keys:?}");
    for key in keys.iter().filter(|key| !of_directory.contains(&key.as_str())) {
        assert!(known.contains(&format!("\"{key}\"")), "`{key}` is missing in src/config/check/known.rs");
    }
}

#[test]
fn the_code_map_names_every_module() {
    let map = text("docs/architecture.md");
    for entry in fs::read_dir(repository("src")).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.trim_end_matches(".rs");
        let named = [format!("`src/{stem}/`"), format!("`src/{stem}.rs`")].iter().any(|name| map.contains(name));
        assert!(named, "src/{name} is missing in docs/architecture.md");
    }
}

#[test]
fn every_key_of_the_json_is_documented() {
    let home = Home::signed_in();
    type Row<'a> = (&'a str, &'a [&'a str], &'a [(&'a str, &'a str)]);
    let verbs: [Row; 11] = [
        ("list", &["list", "--json"], &[]),
        ("list --assigned", &["list", "--assigned", "--json"], &[]),
        ("configure populate", &["configure", "populate", "--dry-run", "--json"], &[]),
        ("sessions", &["sessions", "--json"], &[]),
        ("status", &["status", "--json"], &[]),
        ("status", &["status", "--verify", "--json"], &[("AWS_PROFILE", "dev")]),
        ("status --tools", &["status", "--tools", "--json"], &[]),
        ("doctor", &["doctor", "--json"], &[("AWS_VAULT", "x")]),
        ("each", &["each", "dev", "--json", "--", "true"], &[]),
        ("export", &["export", "dev", "--format", "json"], &[]),
        ("serve", &["serve", "dev", "--json"], &[]),
    ];
    for (heading, arguments, variables) in verbs {
        let section = section(heading);
        let document = first_document(&home, arguments, variables);
        let object = if document.is_array() { &document[0] } else { &document };
        for key in object.as_object().unwrap_or_else(|| panic!("{arguments:?}: {document}")).keys() {
            assert!(section.contains(&format!("`{key}`")), "{arguments:?}: `{key}` is not under `{heading}`");
        }
    }
}

/// Returns the text under a heading of docs/output.md.
fn section(heading: &str) -> String {
    let output = text("docs/output.md");
    let (_, rest) = output.split_once(&format!("\n### {heading}\n")).unwrap_or_else(|| panic!("no heading {heading}"));
    rest.split("\n#").next().unwrap_or_default().to_string()
}

/// Returns the JSON document that ssox prints first. `serve` runs on after it, and is ended.
fn first_document(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Value {
    let mut command = home.command(SSOX);
    command.args(arguments).envs(variables.iter().copied()).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let document = serde_json::Deserializer::from_reader(stdout).into_iter().next();
    let _ = child.kill();
    child.wait().unwrap();
    document.unwrap_or_else(|| panic!("{arguments:?} prints nothing")).unwrap()
}

#[test]
fn every_link_leads_to_a_file() {
    let pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(String::from);
    let docs = fs::read_dir(repository("docs")).unwrap().map(|entry| entry.unwrap().file_name());
    let docs = docs.map(|name| format!("docs/{}", name.to_string_lossy())).filter(|name| name.ends_with(".md"));
    for page in pages.into_iter().chain(docs) {
        let text = text(&page);
        for link in links(&text) {
            let file = link.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") || file.starts_with('$') {
                continue;
            }
            assert!(repository(&page).parent().unwrap().join(file).exists(), "{page}: {link}");
        }
    }
}

fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}

#[cfg(unix)]
#[test]
fn the_pictures_of_the_readme_can_be_made_again() {
    use crate::package::run;
    use crate::sandbox::without_cargo;
    if !["tmux", "zsh", "aws", "python3"].map(crate::shells::installed).iter().all(|there| *there) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mut make = std::process::Command::new(repository("docs/pictures/make"));
    without_cargo(&mut make);
    run(make.arg(directory.path()));
    let readme = text("README.md");
    let pictures: Vec<&str> = links(&readme).filter_map(|link| link.strip_prefix("docs/pictures/")).collect();
    assert_eq!(pictures.len(), 4, "{pictures:?}");
    for (picture, shown) in pictures.iter().zip(["dev:ReadOnly", "prod-admin", "data-lake", "hint: "]) {
        assert!(fs::read_to_string(directory.path().join(picture)).unwrap().contains(shown), "{picture}");
    }
}
