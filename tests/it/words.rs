//! The words of the project: messages, help, comments, scripts and documentation use the words of AWS, shells and Rust,
//! and one word for each thing.

use std::fs;
use std::path::{Path, PathBuf};

/// Phrases that are hard to understand or have another name here, each with what to write instead.
const PHRASES: [(&str, &str); 29] = [
    ("is over", "has expired, has ended"),
    ("are over", "have expired"),
    ("was over", "had expired"),
    ("token has ended", "the token has expired"),
    ("credentials have ended", "the credentials have expired"),
    ("lives", "is valid for, is in"),
    ("dies", "expires, is revoked, panics"),
    ("died", "expired, was revoked"),
    ("anew", "again"),
    ("in vain", "without success"),
    ("overdue", "due, after the time limit"),
    ("at it", "doing it"),
    ("which is none", "unknown, invalid"),
    ("that is none", "unknown, invalid"),
    ("what is none", "unknown, invalid"),
    ("no answer of", "not a response of"),
    ("what is no answer", "not an AWS response"),
    ("nobody is as", "must be at least"),
    ("left alone", "kept, not changed"),
    ("leave alone", "keep, do not change"),
    ("leaves alone", "keeps, does not change"),
    ("lies in", "is in"),
    ("lie in", "are in"),
    ("come to an end", "end, are limited"),
    ("comes to an end", "ends, is limited"),
    ("is said", "is reported"),
    ("are said", "are reported"),
    ("patience", "a time limit, a retry policy"),
    ("deliberately not here", "Invariant: …, if it is one"),
];

fn files(below: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(below).unwrap_or_else(|cause| panic!("{}: {cause}", below.display()));
    let paths = entries.map(|entry| entry.expect("a directory can be listed").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Returns every text of the project, except this file and the binary ones.
fn texts() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["src", "shell", "completions", "docs", "tests"].map(|folder| files(&root.join(folder)));
    let pages = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(|page| root.join(page));
    let paths = folders.into_iter().flatten().chain(pages).filter(|path| !path.ends_with(file!()));
    paths.filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

/// Returns the words of a line in lower case, with one blank around each; the parts of identifiers are words, comment
/// markers are not.
fn words(line: &str) -> String {
    let line = line.trim_start().trim_start_matches(['/', '!', '#', '*', '>']).to_lowercase();
    let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// Returns the phrases in a text, each with the number of the line in which it begins.
fn found(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let lines: Vec<String> = text.lines().map(words).collect();
    let mut found = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let next = lines.get(n + 1).map_or("", String::as_str);
        let with_next = format!("{}{}", line.trim_end(), next);
        for (phrase, instead) in PHRASES {
            let phrase_alone = format!(" {phrase} ");
            if line.contains(&phrase_alone) || with_next.contains(&phrase_alone) && !next.contains(&phrase_alone) {
                found.push((n + 1, phrase, instead));
            }
        }
    }
    found
}

#[test]
fn no_text_has_a_phrase_that_is_hard_to_understand() {
    let mut all = Vec::new();
    for (path, text) in texts() {
        for (line, phrase, instead) in found(&text) {
            all.push(format!("{}:{line}: `{phrase}`; write: {instead}", path.display()));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn a_phrase_is_found_across_lines_and_in_identifiers() {
    let phrases = |text: &str| found(text).into_iter().map(|(line, phrase, _)| (line, phrase)).collect::<Vec<_>>();
    assert_eq!(phrases("a\n/// the token is\n/// over, and\n"), [(2, "is over")]);
    assert_eq!(phrases("fn is_over() {}"), [(1, "is over")]);
    assert_eq!(phrases("this overlaps bodies, it is overwritten"), []);
}
