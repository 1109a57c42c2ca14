use super::*;
use proptest::prelude::*;

#[test]
fn profiles_are_found_by_a_text_and_by_a_key() {
    let files = ConfigFiles::parse(
        "[profile a]\nx = 1\nSSO_Start_URL = u\n[profile d]\nx= sso_start_url\n[sso-session s]\nsso_start_url = u\n[profile b]\nx = u\n",
        "[a]\nsso_start_url = u\n[c]\n  sso_start_url=u\n",
    );
    assert_eq!(files.names_with_key("sso_start_url"), ["a", "c"]);
    assert_eq!(files.names_with("x = "), ["a", "b"]);
    assert!(files.may_have_key("sso_start_url") && !files.may_have_key("sso_region"));
}

#[test]
fn sections_merge_and_credentials_take_precedence() {
    let config = "x = 1\n[default]\nregion = no\n[profile p]\nregion = a\noutput = json\n[profile p]\nregion = b\n\
        [profile default]\nregion = yes\n[default]\nregion = never\noutput = never";
    let files = ConfigFiles::parse(config, "[p]\noutput = text\n[only here]\nregion = c\n[p]\nca_bundle = d");
    let p = files.profile("p").unwrap();
    assert_eq!((p.get("region"), p.get("output"), p.get("ca_bundle")), (Some("b"), Some("text"), Some("d")));
    assert_eq!(p.entry("output").unwrap().which, WhichFile::Credentials);
    let default = files.profile("default").unwrap();
    assert_eq!((default.get("region"), default.get("output")), (Some("yes"), None));
    assert_eq!(files.profile_names().collect::<Vec<_>>(), ["default", "p", "only here"]);
    assert!(files.profile("q").is_none());
}

#[test]
fn sections_are_found_by_a_text_in_them() {
    let config = "[profile a]\nrole_arn = X\nregion = e\n[profile X]\n[services b]\nrole_arn = X\n[profile c]\n";
    let files = ConfigFiles::parse(config, "[a]\nmfa_serial = X\n[d]\n");
    let found: Vec<_> =
        files.profiles_with("X").map(|section| (section.name.to_string(), section.keys().count())).collect();
    assert_eq!(found, [("a".into(), 2), ("X".into(), 0), ("a".into(), 1)]);
    assert!(files.is_repeated("X") && !files.is_repeated("region") && !files.is_repeated("none"));
}

#[test]
fn sessions_and_services_are_read_from_config_only() {
    let files = ConfigFiles::parse("[sso-session a]\n[services b]\n", "[sso-session c]\n");
    assert!(files.sso_session("a").is_some() && files.services("b").is_some());
    assert!(files.sso_session("c").is_none() && files.profile("a").is_none());
    assert_eq!(files.sso_session_names().collect::<Vec<_>>(), ["a"]);
    assert_eq!(files.profile_names().collect::<Vec<_>>(), ["sso-session c"]);
}

#[test]
fn capital_default_adds_the_keys_a_section_lacks() {
    let config = "[profile p]\nregion = a\n[DEFAULT]\nregion = z\noutput = json\n[default]\n";
    let files = ConfigFiles::parse(config, "[DEFAULT]\nca_bundle = c\n[q]\n");
    let get = |name: &str, key: &str| files.profile(name).unwrap().get(key).map(String::from);
    assert_eq!(get("p", "region").as_deref(), Some("a"));
    assert_eq!(get("p", "output").as_deref(), Some("json"));
    assert_eq!(get("default", "region").as_deref(), Some("z"));
    assert_eq!((get("p", "ca_bundle"), get("q", "ca_bundle").as_deref()), (None, Some("c")));
    assert_eq!(files.profile_names().collect::<Vec<_>>(), ["p", "default", "q"]);
}

#[test]
fn a_set_but_empty_variable_is_a_file_that_does_not_exist() {
    let home = tempfile::tempdir().unwrap();
    let aws = home.path().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    std::fs::write(aws.join("config"), "[default]\n").unwrap();
    std::fs::write(aws.join("other"), b"[profile \xff]\n").unwrap();
    let load = |value: Option<&str>| {
        let variable = value.map(|value| ("AWS_CONFIG_FILE".to_string(), value.into()));
        ConfigFiles::load(&Context::new([("HOME".to_string(), home.path().into())].into_iter().chain(variable)))
    };
    assert_eq!(load(None).unwrap().profile_names().count(), 1);
    assert_eq!(load(Some("")).unwrap().profile_names().count(), 0);
    assert_eq!(load(Some("~/.aws/none")).unwrap().profile_names().count(), 0);
    let lossy = load(Some("$HOME/.aws/other")).unwrap();
    assert!(lossy.config.is_lossy && lossy.profile("\u{fffd}").is_some());
    assert!(load(Some("~/.aws")).unwrap_err().message.contains("is a directory"));
}

proptest! {
    #[test]
    fn any_text_can_be_read(config in text(), credentials in text()) {
        let files = ConfigFiles::parse(&config, &credentials);
        let alone: Vec<String> = ["default", "p", "my prof"].into_iter().filter(|name| files.profile(name).is_some()).map(String::from).collect();
        let names: Vec<String> = files.profile_names().collect();
        prop_assert!(alone.iter().all(|name| names.contains(name)));
        // `profile_names` has built an index, which these look-ups use. The look-ups above searched the text.
        let indexed = ["default", "p", "my prof"].into_iter().filter(|name| files.profile(name).is_some());
        prop_assert_eq!(indexed.count(), alone.len());
        prop_assert!(names.iter().enumerate().all(|(at, name)| !names[..at].contains(name)));
        let described = |section: Section| {
            let entries = section.entries().iter();
            let entries = entries.map(|entry| (entry.key.to_string(), entry.value.to_string(), entry.span.clone()));
            (section.name.to_string(), entries.collect::<Vec<_>>())
        };
        let one_by_one: Vec<_> = names.iter().filter_map(|name| files.profile(name)).map(described).collect();
        prop_assert_eq!(files.profiles().map(described).collect::<Vec<_>>(), one_by_one);
        for header in files.profile_headers() {
            let values: Vec<(&str, &str)> = files.values_below(&header).into_iter().flatten().collect();
            if !values.is_empty() && values.iter().all(|(key, _)| !key.is_empty()) {
                let section = files.profile_below(&header).expect("the profile exists");
                let in_lower_case = values.iter().map(|(key, value)| (key.to_ascii_lowercase(), value.to_string()));
                let expected = section.values().map(|(key, value)| (key.to_string(), value.to_string()));
                prop_assert_eq!(in_lower_case.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            }
        }
        for section in files.profiles() {
            for entry in section.entries() {
                let text = if entry.which == WhichFile::Config { &config } else { &credentials };
                let key = text.get(entry.key_span.clone()).expect("on char boundaries");
                prop_assert_eq!(key.to_ascii_lowercase(), entry.key.as_ref());
                prop_assert!(text.get(entry.span.clone()).is_some_and(|lines| lines.contains(key)));
                let value = text.get(entry.value_span.clone()).expect("on char boundaries");
                prop_assert!(entry.value.contains('\n') || value.starts_with(entry.value.as_ref()));
                prop_assert!(entry.span.start <= entry.key_span.start && entry.value_span.end <= entry.span.end);
            }
        }
    }
}

/// Generates texts that resemble config files, and some that do not.
pub(in crate::config) fn text() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "[profile p]",
        "[p]",
        "[default]",
        "[DEFAULT]",
        "[profile 'my prof']",
        "[",
        "]",
        "region",
        "s3",
        "=",
        ":",
        " = a",
        "#",
        " # c",
        ";",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\n  ",
        "\t",
        " ",
        "é",
        "\u{feff}",
        "\u{1}",
        "\"",
    ]);
    let lines = prop::collection::vec(parts, 0..50).prop_map(|parts| parts.concat());
    prop_oneof![1 => any::<String>(), 7 => lines]
}
