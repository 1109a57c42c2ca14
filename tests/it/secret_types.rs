//! Each secret has a type that is wiped and never shown. The test reads the source code, so that it also finds new
//! fields.

use super::house::{files, module, root};
use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// Names of fields whose value is secret.
const SECRET: [&str; 16] = [
    "secret_access_key",
    "session_token",
    "access_token",
    "refresh_token",
    "client_secret",
    "device_code",
    "code_verifier",
    "verifier",
    "code",
    "mfa_code",
    "token_code",
    "token",
    "assertion",
    "body",
    "password",
    "secret",
];
/// Types that are wiped when they are dropped, and that `Debug` does not show.
const WIPED: [&str; 5] = ["Secret", "SecretJson", "Zeroizing", "RoleCredentials", "Token"];
/// Fields with a name of the list whose value is not secret.
const NOT_SECRET: [(&str, &str); 1] = [("Error", "code")];

/// A struct or an enum of the source.
struct Type {
    module: String,
    name: String,
    /// Its fields, without comments.
    body: String,
    has_debug: bool,
}

/// Returns the words of a text, as identifiers.
fn words(text: &str) -> HashSet<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}

/// Returns the text without the unit tests, and the unit tests.
fn parts(path: &Path) -> (String, String) {
    let text = fs::read_to_string(path).expect("source is text");
    let is_test_file = path.ends_with("tests.rs") || path.components().any(|part| part.as_os_str() == "tests");
    let tests = ["#[cfg(test)]\nmod tests {", "#[cfg(all(test, unix))]\nmod tests {"];
    let at = if is_test_file { Some(0) } else { tests.iter().find_map(|start| text.find(start)) };
    let (code, tests) = text.split_at(at.unwrap_or(text.len()));
    (code.to_string(), tests.to_string())
}

fn types() -> Vec<Type> {
    let mut types = Vec::new();
    for path in files(&root()) {
        let (code, _) = parts(&path);
        let lines: Vec<&str> = code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let without = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
            let Some(rest) = without.strip_prefix("struct ").or_else(|| without.strip_prefix("enum ")) else {
                continue;
            };
            let name = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_string();
            let length = lines[at..].iter().position(|line| *line == "}" || line.ends_with(';')).unwrap_or_default();
            let body = lines[at..=at + length].iter().filter(|line| !line.trim_start().starts_with("//"));
            let attributes =
                lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("///"));
            let has_debug = attributes.into_iter().any(|line| line.starts_with("#[derive(") && line.contains("Debug"));
            let body = body.copied().collect::<Vec<_>>().join("\n");
            types.push(Type { module: module(&path), name, body, has_debug });
        }
    }
    assert!(types.len() > 300, "only {} types were found", types.len());
    types
}

/// Returns the words in the functions that call `assert_redacted`, with the module that they are in.
fn redaction_tests() -> HashSet<(String, String)> {
    let mut all = HashSet::new();
    for path in files(&root()) {
        let (_, tests) = parts(&path);
        for function in tests.split("fn ").filter(|function| function.contains("assert_redacted(")) {
            all.extend(words(function).into_iter().map(|word| (module(&path), word.to_string())));
        }
    }
    all
}

#[test]
fn a_value_that_is_secret_has_a_type_that_is_wiped() {
    for Type { name, body, has_debug, .. } in types() {
        for line in body.lines() {
            let field = line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
            let Some((field, of)) = field.split_once(": ") else { continue };
            // Borrowed texts belong to a secret, and are only written.
            let is_borrowed = of.contains("&'a ") && !has_debug;
            let is_text = ["String", "str", "u8", "Cow", "Value"].iter().any(|text| words(of).contains(text));
            if SECRET.contains(&field) && is_text && !is_borrowed && !NOT_SECRET.contains(&(&name, field)) {
                assert!(WIPED.iter().any(|wiped| words(of).contains(wiped)), "`{field}` of `{name}` is `{of}`");
            }
        }
    }
}

#[test]
fn a_test_says_of_each_type_with_a_secret_that_debug_does_not_show_it() {
    let (types, tests) = (types(), redaction_tests());
    let is_named = |of: &Type, name: &str| tests.contains(&(of.module.clone(), name.to_string()));
    let mut tested: HashSet<(&str, &str)> = HashSet::new();
    // What a tested type holds is tested with it.
    loop {
        let before = tested.len();
        for of in types.iter().filter(|of| is_named(of, &of.name)) {
            tested.insert((&of.module, &of.name));
        }
        for of in &types {
            if tested.contains(&(&*of.module, &*of.name)) {
                tested.extend(words(&of.body).into_iter().map(|word| (&*of.module, word)));
            }
        }
        if tested.len() == before {
            break;
        }
    }
    let holds_a_secret = |of: &&Type| words(&of.body).iter().any(|word| WIPED[..3].contains(word));
    for of in types.iter().filter(holds_a_secret).filter(|of| of.has_debug) {
        let is_tested = tested.contains(&(&*of.module, &*of.name));
        assert!(is_tested, "`{}` in `{}` holds a secret: no test has it in `assert_redacted`", of.name, of.module);
    }
}
