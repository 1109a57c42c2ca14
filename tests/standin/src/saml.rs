//! SAML responses, in all forms that AWS accepts and some that it rejects. They are not signed: the stand-in's STS
//! remembers what it has issued.

use crate::clock::rfc3339;
use crate::state::State;
use crate::text::{BASE64_ALPHABET, HEX_ALPHABET, base64, escape_markup, parse_form, random, sha256_hex};

pub(crate) const ACS: &str = "https://signin.aws.amazon.com/saml";

/// What STS keeps of each response, by the SHA-256 of its base64.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    pub(crate) user: String,
    /// Role ARN and provider ARN.
    pub(crate) roles: Vec<(String, String)>,
    pub(crate) issued_at: i64,
}

/// The options in a query such as `roles=2&order=provider-first&prefix=none&big`.
#[derive(Clone, Debug)]
pub(crate) struct Wishes(Vec<(String, String)>);

impl Wishes {
    pub(crate) fn read(query: &str) -> Self {
        Self(parse_form(query))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    pub(crate) fn text<'w>(&'w self, name: &str, usual: &'w str) -> &'w str {
        self.0.iter().find(|(key, _)| key == name).map_or(usual, |(_, value)| value)
    }

    /// Returns the address to which the form posts the response.
    pub(crate) fn acs(&self) -> &str {
        match (self.has("evil"), self.has("encrypted")) {
            (true, _) => "https://evil.example/?signin.aws.amazon.com/saml",
            (_, true) => self.text("acs", "https://eu-west-1.signin.aws.amazon.com/saml/acs/SAMLSPEXAMPLE"),
            _ => self.text("acs", ACS),
        }
    }

    /// Returns the roles in the response: none, `External`, `External` and `Audit`, or a number of numbered ones.
    fn roles(&self) -> Vec<(String, String)> {
        let of_account = |account: &str, role: &str| {
            let provider = format!("arn:aws:iam::{account}:saml-provider/standin");
            (format!("arn:aws:iam::{account}:role/{role}"), provider)
        };
        match self.text("roles", "1").parse().unwrap_or(1) {
            0 => Vec::new(),
            1 => vec![of_account("444455556666", "External")],
            2 => vec![of_account("444455556666", "External"), of_account("555566667777", "Audit")],
            many => (1..=many)
                .map(|number: u64| {
                    of_account(&(600_000_000_000 + number / 10).to_string(), &format!("Role{number:03}"))
                })
                .collect(),
        }
    }
}

impl State {
    /// Issues a response, in base64, which STS then accepts.
    pub(crate) fn issue_saml_response(&mut self, wishes: &Wishes) -> String {
        let age = if wishes.has("expired") { 3_600_000 } else { 0 };
        let (issued_at, roles, user) = (self.now() - age, wishes.roles(), self.options.user.clone());
        let xml = spell(wishes, &roles, &user, issued_at, &format!("{}/idp", self.url));
        let response = self.secret(base64(xml.as_bytes()));
        self.assertions.insert(sha256_hex(response.as_bytes()), Assertion { user, roles, issued_at });
        response
    }
}

fn spell(wishes: &Wishes, roles: &[(String, String)], user: &str, issued_at: i64, issuer: &str) -> String {
    // Assertion and protocol namespace: their prefixes, and how they are declared.
    let (a, p, declarations) = match wishes.text("prefix", "saml2") {
        "none" => ("", "samlp:", ""),
        "saml" => ("saml:", "samlp:", " xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
        _ => ("saml2:", "saml2p:", " xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\""),
    };
    let protocol = format!(" xmlns:{}=\"urn:oasis:names:tc:SAML:2.0:protocol\"", p.trim_end_matches(':'));
    let own = if a.is_empty() { " xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"" } else { "" };
    let (id, instant, acs) = (random(HEX_ALPHABET, 32), rfc3339(issued_at), escape_markup(wishes.acs()));
    let body = if wishes.has("encrypted") {
        encrypted(a, own)
    } else {
        assertion(wishes, roles, user, issued_at, issuer).replace("{a}", a).replace("{own}", own)
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{p}Response{protocol}{declarations} Destination=\"{acs}\" \
         ID=\"_{id}\" IssueInstant=\"{instant}\" Version=\"2.0\"><{a}Issuer{own}>{issuer}</{a}Issuer><{p}Status>\
         <{p}StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></{p}Status>{body}</{p}Response>"
    )
}

fn assertion(wishes: &Wishes, roles: &[(String, String)], user: &str, issued_at: i64, issuer: &str) -> String {
    let (id, instant, end) = (random(HEX_ALPHABET, 32), rfc3339(issued_at), rfc3339(issued_at + 300_000));
    let (user, acs) = (escape_markup(user), escape_markup(wishes.acs()));
    let session_name = if wishes.has("big") {
        attribute("PrincipalTag:Note", &[random(BASE64_ALPHABET, 90_000)])
    } else {
        String::new()
    };
    let attributes = [
        if roles.is_empty() { String::new() } else { attribute("Role", &role_values(wishes, roles)) },
        attribute("RoleSessionName", std::slice::from_ref(&user)),
        attribute("SessionDuration", &["3600".into()]),
        session_name,
    ];
    format!(
        "<{{a}}Assertion{{own}} ID=\"_{id}\" IssueInstant=\"{instant}\" Version=\"2.0\"><{{a}}Issuer>{issuer}</{{a}}Issuer>\
         <{{a}}Subject><{{a}}NameID Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent\">{user}</{{a}}NameID>\
         <{{a}}SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\"><{{a}}SubjectConfirmationData \
         NotOnOrAfter=\"{end}\" Recipient=\"{acs}\"/></{{a}}SubjectConfirmation></{{a}}Subject><{{a}}Conditions \
         NotBefore=\"{instant}\" NotOnOrAfter=\"{end}\"><{{a}}AudienceRestriction><{{a}}Audience>urn:amazon:webservices\
         </{{a}}Audience></{{a}}AudienceRestriction></{{a}}Conditions><{{a}}AuthnStatement AuthnInstant=\"{instant}\" \
         SessionIndex=\"_{id}\"><{{a}}AuthnContext><{{a}}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
         </{{a}}AuthnContextClassRef></{{a}}AuthnContext></{{a}}AuthnStatement><{{a}}AttributeStatement>{}\
         </{{a}}AttributeStatement></{{a}}Assertion>",
        attributes.concat()
    )
}

fn role_values(wishes: &Wishes, roles: &[(String, String)]) -> Vec<String> {
    let first = wishes.text("order", "role-first");
    let pair = |(number, (role, provider)): (usize, &(String, String))| {
        let provider_first = first == "provider-first" || (first == "mixed" && number % 2 == 1);
        let (one, other) = if provider_first { (provider, role) } else { (role, provider) };
        if wishes.has("spaces") { format!("\n    {one} ,\n    {other}\n  ") } else { format!("{one},{other}") }
    };
    roles.iter().enumerate().map(pair).collect()
}

/// An attribute in AWS's namespace; the prefix is added later.
fn attribute(name: &str, values: &[String]) -> String {
    let values: String =
        values.iter().map(|value| format!("<{{a}}AttributeValue>{value}</{{a}}AttributeValue>")).collect();
    format!("<{{a}}Attribute Name=\"https://aws.amazon.com/SAML/Attributes/{name}\">{values}</{{a}}Attribute>")
}

fn encrypted(a: &str, own: &str) -> String {
    let cipher = random(BASE64_ALPHABET, 1200);
    format!(
        "<{a}EncryptedAssertion{own}><xenc:EncryptedData xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><xenc:EncryptionMethod \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#aes256-gcm\"/><xenc:CipherData><xenc:CipherValue>{cipher}\
         </xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></{a}EncryptedAssertion>"
    )
}
