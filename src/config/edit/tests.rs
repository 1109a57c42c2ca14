use super::*;
use crate::config::files::tests::text;
use crate::config::{ConfigFiles, Section, WhichFile};
use crate::secret::{HUNTER2, assert_redacted};
use proptest::prelude::*;

fn config(text: &str) -> File {
    File::new("config".into(), text.into(), WhichFile::Config)
}

fn edited(text: &str, edit: impl FnOnce(&mut Edits)) -> String {
    let file = config(text);
    let mut edits = Edits::new(&file).unwrap();
    edit(&mut edits);
    edits.finish().expose().to_string()
}

fn set(text: &str, key: &str, value: &str) -> String {
    edited(text, |edits| edits.set(SectionKind::Profile, "p", key, value).unwrap())
}

#[test]
fn a_value_is_replaced_and_nothing_else() {
    let table = [
        ("[profile p]\nregion = a\n", "[profile p]\nregion = x\n"),
        ("\u{feff}[profile p]\r\nREGION\t:\ta \t# c\r\n", "\u{feff}[profile p]\r\nREGION\t:\tx \t# c\r\n"),
        ("[profile p]\nregion=a", "[profile p]\nregion=x"),
        ("[profile p]\nregion =\n", "[profile p]\nregion = x\n"),
        ("[profile p]\nregion = \n", "[profile p]\nregion = x\n"),
        ("[profile p]\nregion=\n", "[profile p]\nregion=x\n"),
        ("[profile p]\nregion = # c\n", "[profile p]\nregion = x # c\n"),
        ("[profile p]\n  region = a\n    b\n  # c\n    d\n  k = v\n", "[profile p]\n  region = x\n  k = v\n"),
        ("[profile p]\nregion =\n  a = b\nk = v", "[profile p]\nregion = x\nk = v"),
        ("[profile p]\nregion = a\nregion = b\n", "[profile p]\nregion = a\nregion = x\n"),
        ("[profile p]\nregion = a\n[profile 'p']\nk = v\n", "[profile p]\nregion = x\n[profile 'p']\nk = v\n"),
    ];
    for (before, after) in table {
        assert_eq!(set(before, "region", "x"), after, "{before:?}");
    }
}

#[test]
fn a_new_key_follows_the_last_one_in_the_style_of_the_file() {
    let table = [
        (
            "[profile p]\nk = v\n\n# about q\n[profile q]\n",
            "[profile p]\nk = v\nregion = x\n\n# about q\n[profile q]\n",
        ),
        ("[profile p]\r\nk = v", "[profile p]\r\nk = v\r\nregion = x\r\n"),
        ("[profile p]", "[profile p]\nregion = x\n"),
        ("[profile p]\n# c\n\n[profile q]\n", "[profile p]\nregion = x\n# c\n\n[profile q]\n"),
        ("[profile p]\n  k = v\n    w\n", "[profile p]\n  k = v\n    w\n  region = x\n"),
        ("[profile p]\n  [profile q]\n", "[profile p]\n  region = x\n  [profile q]\n"),
        ("[profile p]\n[profile q]\n[profile p]\n", "[profile p]\n[profile q]\n[profile p]\nregion = x\n"),
        ("[profile q]\nk = v", "[profile q]\nk = v\n\n[profile p]\nregion = x\n"),
        ("[profile q]\nk = v\n\n", "[profile q]\nk = v\n\n[profile p]\nregion = x\n"),
        ("", "[profile p]\nregion = x\n"),
        ("\u{feff}", "\u{feff}[profile p]\nregion = x\n"),
        ("[p]\n", "[p]\n\n[profile p]\nregion = x\n"),
    ];
    for (before, after) in table {
        assert_eq!(set(before, "region", "x"), after, "{before:?}");
    }
}

#[test]
fn a_key_is_removed_with_all_its_lines() {
    let table = [
        ("[profile p]\nregion = a # c\n# d\nk = v\n", "[profile p]\n# d\nk = v\n"),
        ("[profile p]\nregion =\n  a = b\n\n  c = d\nk = v\n", "[profile p]\nk = v\n"),
        ("[profile p]\nregion = a\n[profile p]\nRegion = b", "[profile p]\n[profile p]\n"),
        ("[profile q]\nregion = a\n", "[profile q]\nregion = a\n"),
    ];
    for (before, after) in table {
        let unset = edited(before, |edits| edits.unset(SectionKind::Profile, "p", "region"));
        assert_eq!(unset, after, "{before:?}");
    }
}

#[test]
fn a_section_is_removed_with_the_comments_inside() {
    let table = [
        ("[x]\nk = v\n\n[profile p]\n# c\nk = v\n  w\n\n[profile q]\n", "[x]\nk = v\n\n[profile q]\n"),
        ("[x]\nk = v\n\n[profile p]\nk = v\n", "[x]\nk = v\n"),
        ("[x]\r\nk = v\r\n\r\n[profile p]\r\nk = v", "[x]\r\nk = v\r\n"),
        ("[x]\n[profile p]\nk = v\n[y]\n", "[x]\n[y]\n"),
        ("\u{feff}[profile p]\nk = v\n\n[y]\n", "\u{feff}[y]\n"),
        ("[x]\n\n# about p\n[profile p]\nk = v\n\n# about y\n[y]\n", "[x]\n\n# about p\n\n# about y\n[y]\n"),
        ("[x]\n\n[profile p]\nk = v\n# about y\n[y]\n", "[x]\n\n# about y\n[y]\n"),
        ("[x]\n\n[profile p]\nk = v\n# about p\n\n[y]\n", "[x]\n\n[y]\n"),
        ("[x]\n\n[profile p]\nk = v\n; c\n", "[x]\n"),
        ("  [profile p]\n    k = v\n", ""),
        ("[profile p]\nk = v\n\n[y]\n\n[profile 'p']\nl = w\n", "[y]\n"),
        ("[x]\rk = v\r\r[profile p]\rk = v\r\r[y]\r", "[x]\rk = v\r\r[y]\r"),
        ("[profile q]\n", "[profile q]\n"),
    ];
    for (before, after) in table {
        let removed = edited(before, |edits| edits.remove(SectionKind::Profile, "p").unwrap());
        assert_eq!(removed, after, "{before:?}");
    }
}

#[test]
fn a_header_that_would_become_part_of_a_value_keeps_what_is_above_it() {
    let file = config("[x]\nk = v\n[profile p]\n  k = v\n  [y]\n");
    let error = Edits::new(&file).unwrap().remove(SectionKind::Profile, "p").unwrap_err();
    assert_eq!(error.hints, ["remove the blanks before the section header in line 5 of `config`"]);
}

#[test]
fn a_section_gets_another_name_and_nothing_else() {
    let table = [
        ("[profile p]\nk = v\n", "[profile new]\nk = v\n"),
        ("\t[ profile  'p' ] # c\r\nk = v", "\t[profile new] # c\r\nk = v"),
        ("[profile p]x\n[profile p]", "[profile new]x\n[profile new]"),
        ("[profile q]", "[profile q]"),
    ];
    for (before, after) in table {
        let renamed = edited(before, |edits| edits.rename(SectionKind::Profile, "p", "new").unwrap());
        assert_eq!(renamed, after, "{before:?}");
    }
    let file = config("[profile p]");
    assert!(Edits::new(&file).unwrap().rename(SectionKind::Profile, "p", "a b").is_err());
}

#[test]
fn added_sections_stand_at_the_end_also_with_a_name_that_was_removed() {
    let after = edited("[profile p]\nk = v\n\n[profile q]\nl = w", |edits| {
        edits.remove(SectionKind::Profile, "p").unwrap();
        edits.rename(SectionKind::Profile, "q", "p").unwrap();
        edits.add(SectionKind::Profile, "q", &[("region", "x"), ("output", "y")]).unwrap();
        edits.set(SectionKind::Profile, "q", "m", "z").unwrap();
    });
    assert_eq!(after, "[profile p]\nl = w\nm = z\n\n[profile q]\nregion = x\noutput = y\n");
    let file = config("");
    let mut edits = Edits::new(&file).unwrap();
    assert!(edits.add(SectionKind::Profile, "a b", &[]).is_err());
    assert!(edits.add(SectionKind::Profile, "a", &[("k", "v\nw = x")]).is_err());
}

#[test]
fn the_last_of_several_changes_of_a_key_counts() {
    let before = "[profile p]\nsso_start_url = u\nsso_region = r\nregion = a\n\n[profile q]\nk = v";
    let after = edited(before, |edits| {
        edits.set(SectionKind::Profile, "p", "region", "b").unwrap();
        edits.set(SectionKind::Profile, "p", "sso_session", "s").unwrap();
        edits.set(SectionKind::Profile, "p", "region", "c").unwrap();
        edits.unset(SectionKind::Profile, "p", "sso_start_url");
        edits.unset(SectionKind::Profile, "p", "sso_region");
        edits.set(SectionKind::SsoSession, "s", "sso_region", "r").unwrap();
        edits.set(SectionKind::Profile, "default", "output", "json").unwrap();
        edits.set(SectionKind::Profile, "my prof", "output", "").unwrap();
    });
    let expected = "[profile p]\nregion = c\nsso_session = s\n\n[profile q]\nk = v\n\n[sso-session s]\nsso_region = r\n\n\
        [default]\noutput = json\n\n[profile 'my prof']\noutput =\n";
    assert_eq!(after, expected);
}

#[test]
fn what_tools_would_read_differently_is_refused() {
    let file = config("[profile été]\n");
    let mut edits = Edits::new(&file).unwrap();
    for value in ["a\nb", "a\rb", "a\u{1b}", " a", "a ", "a # b", "a\u{a0}; b ;", "#a", ";"] {
        assert!(edits.set(SectionKind::Profile, "p", "region", value).is_err(), "{value:?}");
    }
    for value in ["https://h/start#/", "a;b", "", "naïve"] {
        assert!(edits.set(SectionKind::Profile, "p", "region", value).is_ok(), "{value:?}");
    }
    for name in ["", "a]b", "a'b", "a\"b", "a#b", "a\nb", "a\tb", "naïve", "a\\b"] {
        assert!(edits.set(SectionKind::Profile, name, "region", "x").is_err(), "{name:?}");
    }
    assert!(edits.set(SectionKind::Profile, "p", "a = b", "x").is_err());
    assert!(
        edits.set(SectionKind::Profile, "été", "region", "x").is_ok(),
        "a section that already exists keeps its name"
    );
}

#[test]
fn what_cannot_be_written_back_is_not_changed() {
    let lossy = File::new("config".into(), b"[profile \xff]\n".into(), WhichFile::Config);
    assert!(Edits::new(&lossy).unwrap_err().hints[0].contains("UTF-8"));
    let nowhere = File::new("".into(), Vec::new(), WhichFile::Credentials);
    assert_eq!(
        Edits::new(&nowhere).unwrap_err().hints[0],
        "unset AWS_SHARED_CREDENTIALS_FILE, or set it to the path of a file"
    );
}

#[test]
fn credentials_have_bare_names() {
    let file = File::new("credentials".into(), Vec::new(), WhichFile::Credentials);
    let mut edits = Edits::new(&file).unwrap();
    edits.set(SectionKind::Profile, "my prof", "region", "x").unwrap();
    assert!(edits.set(SectionKind::Profile, "DEFAULT", "region", "x").is_err());
    assert!(edits.set(SectionKind::SsoSession, "s", "region", "x").is_err());
    assert_eq!(edits.finish().expose(), "[my prof]\nregion = x\n");
}

/// Returns the sections and entries of a text. Leaves out the section `name`, or only its key `key` if one is given.
fn rest(text: &str, name: &str, key: Option<&str>) -> Vec<String> {
    let file = config(text);
    let mut all = Vec::new();
    for header in file.headers() {
        let is_it = file.name(header).is_some_and(|(kind, of)| kind == SectionKind::Profile && of == name);
        let mut section = Section::new("");
        file.add_to(&mut section, &[header]);
        let entries = section.entries().iter().filter(|entry| !(is_it && key.is_none_or(|key| entry.key == key)));
        let said = entries.map(|entry| format!("{}\u{1}{}", entry.key, entry.value)).collect::<Vec<_>>();
        if !is_it || key.is_some() {
            all.push(format!("{:?} {said:?}", file.name(header)));
        }
    }
    all
}

/// Returns how many bytes of the first text are missing in the second one, if the texts differ in one place only.
fn missing_bytes(one: &str, other: &str) -> usize {
    let before = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    let left = one.len().min(other.len()) - before;
    let after = one.bytes().rev().zip(other.bytes().rev()).take(left).take_while(|(one, other)| one == other).count();
    one.len() - before - after
}

proptest! {
    #[test]
    fn a_set_value_is_read_back_and_the_rest_is_unchanged(
        text in text(),
        name in prop_oneof![Just("p"), Just("default"), Just("my prof"), Just("new")],
        key in prop_oneof![Just("region"), Just("s3")],
        value in prop_oneof![Just(String::new()), "[a-z#/:.]{0,9}", any::<String>()],
    ) {
        let file = config(&text);
        let mut edits = Edits::new(&file).unwrap();
        prop_assume!(edits.set(SectionKind::Profile, name, key, &value).is_ok());
        let after = edits.finish().expose().to_string();
        let files = ConfigFiles::parse(&after, "");
        let profile = files.profile(name).unwrap();
        prop_assert_eq!(profile.get(key), Some(value.as_str()));
        let mut others = rest(&after, name, Some(key));
        let was_there = !file.find(SectionKind::Profile, name).is_empty();
        if !was_there {
            others.pop();
        }
        prop_assert_eq!(others, rest(&text, name, Some(key)));
        let before = ConfigFiles::parse(&text, "");
        let replaced = match before.profile(name) {
            Some(section) if was_there => section.entry(key).filter(|entry| entry.value_span.end > 0).map_or(0, |entry| entry.value_span.len()),
            _ => 0,
        };
        prop_assert!(missing_bytes(&text, &after) <= replaced, "{:?} {:?}", text, after);
    }

    #[test]
    fn a_removed_key_is_absent_and_the_rest_is_unchanged(text in text(), key in prop_oneof![Just("region"), Just("s3")]) {
        let after = edited(&text, |edits| edits.unset(SectionKind::Profile, "p", key));
        let file = config(&after);
        let mut section = Section::new("");
        file.add_to(&mut section, &file.find(SectionKind::Profile, "p"));
        prop_assert_eq!(section.get(key), None);
        prop_assert_eq!(rest(&after, "p", Some(key)), rest(&text, "p", Some(key)));
    }

    #[test]
    fn a_removed_section_is_absent_and_the_rest_is_unchanged(text in text()) {
        let file = config(&text);
        let mut edits = Edits::new(&file).unwrap();
        prop_assume!(edits.remove(SectionKind::Profile, "p").is_ok());
        let after = edits.finish().expose().to_string();
        prop_assert!(config(&after).find(SectionKind::Profile, "p").is_empty());
        prop_assert_eq!(rest(&after, "p", None), rest(&text, "p", None), "{:?} {:?}", text, after);
    }

    #[test]
    fn a_renamed_section_has_the_same_keys_and_the_rest_is_unchanged(text in text()) {
        let after = edited(&text, |edits| edits.rename(SectionKind::Profile, "p", "renamed").unwrap());
        let (before, file) = (config(&text), config(&after));
        let keys = |file: &File, name| file.section(SectionKind::Profile, name).map(|section| format!("{:?}", section.keys().collect::<Vec<_>>()));
        prop_assert_eq!(keys(&file, "renamed"), keys(&before, "p"));
        prop_assert_eq!(rest(&after, "renamed", None), rest(&text, "p", None));
    }
}

#[test]
fn debug_shows_no_value_of_a_file_a_section_or_an_edit() {
    let files = ConfigFiles::parse("", &format!("[p]\naws_secret_access_key = {HUNTER2}\n"));
    let mut edits = Edits::new(&files.credentials).unwrap();
    edits.set(SectionKind::Profile, "p", "aws_session_token", HUNTER2).unwrap();
    assert_redacted(&files);
    assert_redacted(&edits);
    assert_redacted(&edits.finish());
    assert_redacted(&files.profile("p").unwrap());
}
