//! Values and names that contain any byte and shell syntax: each shell gets exactly the bytes in the files, or an
//! error.

use crate::shells::{Home, Shell, installed, shells};

/// Text that is special in shells, and every character of Latin-1 that a line of a file can contain.
fn hostile() -> Vec<String> {
    let each = ('\u{1}'..='\u{ff}').filter(|c| !matches!(c, '\n' | '\r')).map(|c| format!("a{c}b"));
    let said = [
        "$(touch PWNED)",
        "`touch PWNED`",
        "';touch PWNED;'",
        "\\",
        "a\\'b",
        "%F{red}%n",
        "~",
        "*",
        "=ls",
        "-n",
        "’;calc;‘",
        "é😀",
    ];
    each.chain(said.map(String::from)).collect()
}

/// Makes a home with a profile `p0`, `p1` … for each value, which is its secret key.
fn hostile_home() -> (Vec<String>, Home) {
    let home = Home::new();
    let values = hostile();
    let section = |(n, value)| format!("[p{n}]\naws_access_key_id = AKIA{n}\naws_secret_access_key = {value}\n");
    home.write(".aws/credentials", &values.iter().enumerate().map(section).collect::<String>());
    (values, home)
}

#[test]
fn a_value_with_any_bytes_arrives_unchanged_or_is_an_error() {
    let (values, home) = hostile_home();
    let expected: Vec<Option<String>> = (0..values.len())
        .map(|n| {
            let output = home.command("ssox").args(["export", &format!("p{n}"), "--format", "json"]).output().unwrap();
            let json: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
            json["secret_access_key"].as_str().filter(|value| !value.contains(char::is_control)).map(String::from)
        })
        .collect();
    assert!(expected.iter().flatten().count() > 150, "nearly everything is refused");
    for shell in shells() {
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        let uses = (0..values.len())
            .map(|n| format!("ssox use p{n} 2>/dev/null; printf '%s %s\\0' {status} \"$AWS_SECRET_ACCESS_KEY\"\n"));
        let output = home.script(shell, &format!("LOAD\n{}", uses.collect::<String>()));
        let told: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        assert_eq!(told.len(), values.len() + 1, "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        for ((value, expected), told) in values.iter().zip(&expected).zip(told) {
            let told = String::from_utf8_lossy(told);
            match expected {
                Some(expected) => assert_eq!(told, format!("0 {expected}"), "{shell:?} {value:?}"),
                None => assert!(told.starts_with("4 "), "{shell:?} {value:?}: {told}"),
            }
        }
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn a_profile_with_any_name_works_or_is_an_error() {
    let home = Home::new();
    let names: Vec<String> =
        hostile().into_iter().filter(|name| !name.contains(['[', ']', '"', '\\', '#', ';', '\''])).collect();
    let keys = "aws_access_key_id = AKIA\naws_secret_access_key = secret\n";
    let quoted = |name: &String| format!("[profile \"{name}\"]\n{keys}");
    home.write(".aws/config", &names.iter().map(quoted).collect::<String>());
    for shell in shells() {
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        let uses = (0..names.len()).map(|n| {
            format!("ssox use -- \"$NAME{n}\" 2>/dev/null; printf '%s %s\\0' {status} \"$AWS_SSO_PROFILE\"\n")
        });
        home.write("uses", &format!("{}\n{}", shell.load(), uses.collect::<String>()));
        let mut command = home.command(shell.name());
        command.arg("uses").envs(names.iter().enumerate().map(|(n, name)| (format!("NAME{n}"), name)));
        let output = command.output().unwrap();
        let told: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        assert_eq!(told.len(), names.len() + 1, "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
        let mut used = 0;
        for (name, told) in names.iter().zip(told) {
            let told = String::from_utf8_lossy(told);
            match told.split_once(' ') {
                Some(("0", got)) => assert_eq!(got, name, "{shell:?}"),
                _ => assert!(told.starts_with("4 "), "{shell:?} {name:?}: {told}"),
            }
            used += usize::from(told.starts_with('0'));
        }
        assert!(used > 100, "{shell:?}: only {used} of {} names are used", names.len());
        assert!(!home.path("PWNED").exists(), "{shell:?}");
    }
}

#[test]
fn a_value_with_any_bytes_is_exported_unchanged_or_is_an_error() {
    let (values, home) = hostile_home();
    let export = |n: usize, format: &str| {
        let output = home.command("ssox").args(["export", &format!("p{n}"), "--format", format]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        match output.status.code() {
            Some(0) => Some(text),
            status => {
                assert_eq!((status, text.as_str()), (Some(4), ""), "{format}");
                None
            }
        }
    };
    for (format, readers) in
        [("env", &["sh", "bash", "zsh"][..]), ("env-no-export", &["sh", "zsh"]), ("fish", &["fish"])]
    {
        let mut expected = Vec::new();
        let mut script = String::new();
        for n in 0..values.len() {
            let (Some(text), Some(json)) = (export(n, format), export(n, "json")) else { continue };
            let json: serde_json::Value = serde_json::from_str(&json).unwrap();
            expected.push(json["secret_access_key"].as_str().unwrap().to_owned());
            script.push_str(&text);
            script.push_str("printf '%s\\0' \"$AWS_SECRET_ACCESS_KEY\"\n");
        }
        assert!(expected.len() > 60, "{format} refuses nearly everything");
        home.write("exported", &script);
        for reader in readers.iter().filter(|reader| installed(reader)) {
            let output = home.command(reader).arg("exported").output().unwrap();
            let told: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
            let expected: Vec<&[u8]> = expected.iter().map(String::as_bytes).chain([&b""[..]]).collect();
            assert_eq!(told, expected, "{reader}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    assert!(!home.path("PWNED").exists());
}
