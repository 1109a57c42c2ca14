//! Parsing of SAML responses: all spellings that identity providers use, and texts that are not a response.

use super::*;
use crate::secret::{HUNTER2, assert_redacted};
use crate::time::tests::assert_cheap;

const ROLE: &str = "arn:aws:iam::444455556666:role/External";
const PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/corp";

struct Spelling {
    prefix: &'static str,
    declaration: &'static str,
    roles: Vec<String>,
}

impl Spelling {
    fn usual(roles: &[&str]) -> Self {
        let declaration = "xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\"";
        Self { prefix: "saml2:", declaration, roles: roles.iter().map(ToString::to_string).collect() }
    }

    fn xml(&self) -> String {
        let p = self.prefix;
        let values: String =
            self.roles.iter().map(|role| format!("<{p}AttributeValue>{role}</{p}AttributeValue>")).collect();
        format!(
            "<?xml version=\"1.0\"?><samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             Destination=\"https://signin.aws.amazon.com/saml\"><samlp:Status><samlp:StatusCode \
             Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status><{p}Assertion {}><{p}Subject>\
             <{p}SubjectConfirmationData NotOnOrAfter=\"2026-11-20T12:05:00.000Z\" Recipient=\"https://x/y\"/></{p}Subject>\
             <{p}Conditions NotOnOrAfter=\"2026-11-20T12:10:00Z\"/><{p}AttributeStatement>\
             <{p}Attribute Name=\"https://aws.amazon.com/SAML/Attributes/Role\">{values}</{p}Attribute>\
             <{p}Attribute Name=\"https://aws.amazon.com/SAML/Attributes/SessionDuration\"><{p}AttributeValue> 7200\n\
             </{p}AttributeValue></{p}Attribute></{p}AttributeStatement></{p}Assertion></samlp:Response>",
            self.declaration
        )
    }

    fn parse(&self) -> Result<Assertion> {
        Assertion::parse(&STANDARD.encode(self.xml()))
    }
}

fn response(content: &str) -> String {
    STANDARD.encode(format!("<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\">{content}</p:Response>"))
}

#[test]
fn every_prefix_and_order_is_parsed() {
    let spellings = [
        ("saml2:", "xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
        ("saml:", "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
        ("", "xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
    ];
    for (prefix, declaration) in spellings {
        for value in [
            format!("{ROLE},{PROVIDER}"),
            format!("\n {PROVIDER},\n {ROLE} "),
            format!("<![CDATA[{ROLE},{PROVIDER}]]>"),
        ] {
            let roles = vec![value.clone(), value.clone()];
            let assertion = Spelling { prefix, declaration, roles }.parse().unwrap();
            assert_eq!(assertion.roles, [SamlRole { role_arn: ROLE.into(), provider_arn: PROVIDER.into() }], "{value}");
        }
    }
}

#[test]
fn duration_expiry_and_destination_are_parsed() {
    let assertion = Spelling::usual(&[]).parse().unwrap();
    assert_eq!(assertion.session_duration, Some(7200));
    assert_eq!(assertion.not_on_or_after, Timestamp::parse("2026-11-20T12:05:00Z"));
    assert_eq!(assertion.destination.as_deref(), Some("https://signin.aws.amazon.com/saml"));
    assert!(!assertion.is_encrypted && assertion.roles.is_empty());
}

#[test]
fn the_response_is_one_line_of_padded_base64() {
    let xml = Spelling::usual(&[]).xml();
    let text = STANDARD.encode(format!("{xml}{}", " ".repeat(2 - (xml.len() + 1) % 3)));
    assert!(text.ends_with('='), "the case has padding");
    let lines: Vec<String> =
        text.trim_end_matches('=').as_bytes().chunks(76).map(|line| String::from_utf8_lossy(line).into()).collect();
    let assertion = Assertion::parse(&lines.join("\r\n")).unwrap();
    assert_eq!(assertion.response.expose(), text);
    assert!(!format!("{assertion:?}").contains(&text[..20]));
}

#[test]
fn other_texts_are_not_a_response() {
    let deep = "<a>".repeat(20_000);
    let cases = [
        String::new(),
        "hello, world!".into(),
        STANDARD.encode("hello"),
        STANDARD.encode([0xff, 0xfe, 0]),
        STANDARD.encode("<html/>"),
        STANDARD.encode("<Response"),
        STANDARD.encode(&deep),
        STANDARD.encode("<!DOCTYPE x [<!ENTITY e \"e\">]><Response>&e;</Response>"),
    ];
    for case in cases {
        let error = Assertion::parse(&case).unwrap_err();
        assert_eq!(error.kind.exit_status(), 4, "{case}");
        assert!(error.message.contains("not a SAML response") && !error.hints.is_empty(), "{}", error.message);
    }
    let request = Assertion::parse(&STANDARD.encode("<p:AuthnRequest xmlns:p=\"x\"/>")).unwrap_err();
    assert!(request.message.contains("SAMLRequest"));
}

#[test]
fn a_response_that_is_too_long_for_sts_has_its_own_error() {
    let error = Assertion::parse(&"A".repeat(100_004)).unwrap_err();
    assert!(error.message.contains("100004 characters, and AWS accepts at most 100000"), "{}", error.message);
    assert_eq!(error.kind.exit_status(), 4);
}

#[test]
fn the_error_quotes_the_identity_provider() {
    let status = "<p:Status><p:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><p:StatusCode \
                  Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"/></p:StatusCode>\
                  <p:StatusMessage>no such user</p:StatusMessage></p:Status>";
    let error = Assertion::parse(&response(status)).unwrap_err();
    assert_eq!(error.message, "the identity provider refused the sign-in: `AuthnFailed`, `no such user`");
    assert_eq!(error.kind.exit_status(), 3);
}

#[test]
fn an_encrypted_response_is_recognized() {
    let assertion =
        Assertion::parse(&response("<EncryptedAssertion><CipherValue>x</CipherValue></EncryptedAssertion>")).unwrap();
    assert!(assertion.is_encrypted);
}

#[test]
fn an_unreadable_role_is_skipped_unless_it_is_the_only_one() {
    let good = format!("{ROLE},{PROVIDER}");
    assert_eq!(Spelling::usual(&["rubbish", &good]).parse().unwrap().roles.len(), 1);
    let error = Spelling::usual(&["rubbish"]).parse().unwrap_err();
    assert!(error.message.contains("`rubbish`"));
}

proptest::proptest! {
    #[test]
    fn no_input_panics(text in "\\PC*", inner in "[<>/a-zA-Z:=\" ]{0,80}") {
        let _ = Assertion::parse(&text);
        let _ = Assertion::parse(&response(&inner));
    }
}

/// The inputs are as large as AWS accepts. In these shapes, the time that a parser needs may grow with the square of
/// the size, or faster.
#[test]
fn malicious_responses_take_linear_time() {
    let many = |count: u32, make: &dyn Fn(u32) -> String| (0..count).map(make).collect::<String>();
    let declared = many(1500, &|n| format!(" xmlns:a{n}=\"b{n}\""));
    let nested = many(2500, &|n| format!("<a xmlns:b{n}=\"c\">")) + &"</a>".repeat(2500);
    let values = many(3500, &|n| format!("<a xmlns=\"c{n}\"/>"));
    for (name, inside, is_read) in [
        ("many namespaces in scope", format!("<b{declared}>{}</b>", "<a xmlns:q='r'/>".repeat(2500)), false),
        ("one more namespace in each level", nested, false),
        ("many default namespaces", values, true),
        ("deep", format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000)), false),
        ("wide", "<a/>".repeat(18_000), true),
        ("many attributes", format!("<a{}/>", many(6000, &|n| format!(" a{n}=''"))), true),
    ] {
        let response = STANDARD.encode(format!("<Response>{inside}</Response>"));
        let read = assert_cheap(name, || Assertion::parse(&response));
        assert_eq!(read.is_ok(), is_read, "{name}");
    }
}

#[test]
fn debug_does_not_show_the_response() {
    let assertion =
        Assertion::parse(&STANDARD.encode(Spelling::usual(&[&format!("{ROLE},{PROVIDER}")]).xml())).unwrap();
    assert_redacted(&Assertion { response: Secret::new(HUNTER2), ..assertion });
}
