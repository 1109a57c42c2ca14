//! Parses a SAML response: which roles it offers, when it expires, and whether STS can accept it.
//!
//! Signatures are not checked here. STS checks them, and ssox grants nothing because of what a response says.

mod shape;

use super::SamlRole;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::time::Timestamp;
use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use roxmltree::{Document, Node};
use zeroize::Zeroizing;

/// The longest response that STS accepts, in base64 characters.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
const MAX_LENGTH: usize = 100_000;

const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";

/// A base64 decoder that accepts missing padding, because some identity providers omit it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A SAML response that reports success. Invariant: ssox keeps it in memory only, never in a file.
#[derive(Clone, Debug)]
pub(crate) struct Assertion {
    /// The response in the form that STS accepts: base64 in one line.
    pub(crate) response: Secret,
    /// The roles that the response offers, in its order. A role that it contains several times is here once.
    pub(crate) roles: Vec<SamlRole>,
    /// The session duration that the identity provider wants, in seconds.
    pub(crate) session_duration: Option<i32>,
    /// The time when the response expires; `None` if it does not say.
    pub(crate) not_on_or_after: Option<Timestamp>,
    /// The URL that the response is to be posted to.
    pub(crate) destination: Option<String>,
    /// Whether the assertion in the response is encrypted. Only AWS can read it then.
    pub(crate) is_encrypted: bool,
}

impl Assertion {
    /// Parses a SAML response in base64.
    ///
    /// # Errors
    /// `Configuration`: the text is not a SAML response, it is longer than STS accepts, or none of its `Role`
    /// attributes has the form that AWS requires. `NeedsPerson`: the identity provider refused the sign-in.
    pub(crate) fn parse(base64: &str) -> Result<Self> {
        let packed: Zeroizing<String> = Zeroizing::new(base64.split_ascii_whitespace().collect());
        let bytes = Zeroizing::new(LENIENT.decode(packed.as_bytes()).map_err(|_| invalid("it is not base64"))?);
        let response = Secret::new(STANDARD.encode(&*bytes));
        check_length(response.expose().len())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| invalid("the decoded base64 is not text"))?;
        shape::check(text)?;
        let document = Document::parse(text).map_err(|cause| invalid(&format!("its XML is invalid: {cause}")))?;
        let root = document.root_element();
        check_root(root)?;
        check_status(root)?;
        Ok(Self {
            response,
            roles: roles(root)?,
            session_duration: session_duration(root),
            not_on_or_after: not_on_or_after(root),
            destination: destination(root),
            is_encrypted: all(root, "EncryptedAssertion").next().is_some(),
        })
    }
}

/// Returns the error for a text that is not a SAML response.
pub(super) fn invalid(why: &str) -> Error {
    Error::configuration(format!("this is not a SAML response: {why}")).hint(
        "pass the value of the form field `SAMLResponse`, which the identity provider's page posts to AWS, in base64",
    )
}

fn check_length(length: usize) -> Result<()> {
    if length <= MAX_LENGTH {
        return Ok(());
    }
    Err(Error::configuration(format!(
        "the SAML response has {length} characters, and AWS accepts at most {MAX_LENGTH}"
    ))
    .hint("configure the identity provider to send fewer groups, roles or attributes to this application"))
}

fn check_root(root: Node) -> Result<()> {
    match root.tag_name().name() {
        "Response" => Ok(()),
        "AuthnRequest" => Err(invalid("it is a `SAMLRequest`")),
        "Assertion" => Err(invalid("it is an `Assertion` without the `Response` around it")),
        other => Err(invalid(&format!("its root element is `{}`", shortened(other)))),
    }
}

/// Checks that the response reports success. The error quotes the identity provider's status.
fn check_status(root: Node) -> Result<()> {
    let codes: Vec<&str> = all(root, "StatusCode").filter_map(|code| code.attribute("Value")).collect();
    if codes.first().is_none_or(|code| code.ends_with(":Success")) {
        return Ok(());
    }
    // Status codes are nested. The innermost one is the most specific, e.g. `AuthnFailed` within `Responder`.
    let code = codes.last().and_then(|code| code.rsplit(':').next()).unwrap_or_default();
    let message = all(root, "StatusMessage").next().map(text_of).filter(|message| !message.is_empty());
    let message = message.map(|message| format!(", `{}`", shortened(&message))).unwrap_or_default();
    Err(Error::needs_person(format!("the identity provider refused the sign-in: `{}`{message}", shortened(code)))
        .hint("sign in again; if it still fails, ask the administrator of the identity provider"))
}

fn roles(root: Node) -> Result<Vec<SamlRole>> {
    let mut roles = Vec::new();
    let mut unreadable = None;
    for value in values(root, "Role").filter(|value| !value.is_empty()) {
        match SamlRole::parse(&value) {
            Some(role) if roles.contains(&role) => {}
            Some(role) => roles.push(role),
            None => unreadable = Some(value),
        }
    }
    if let Some(value) = unreadable.filter(|_| roles.is_empty()) {
        let message = format!("the attribute `Role` of the SAML response is `{}`", shortened(&value));
        return Err(Error::configuration(message).hint("the identity provider must send `ROLE_ARN,PROVIDER_ARN`"));
    }
    Ok(roles)
}

fn session_duration(root: Node) -> Option<i32> {
    values(root, "SessionDuration").find_map(|value| value.parse().ok())
}

/// Returns the earliest of the expiration times in the response; `None` if it has none.
fn not_on_or_after(root: Node) -> Option<Timestamp> {
    let ends = ["SubjectConfirmationData", "Conditions"].into_iter().flat_map(|name| all(root, name));
    ends.filter_map(|node| Timestamp::parse(node.attribute("NotOnOrAfter")?)).min()
}

fn destination(root: Node) -> Option<String> {
    let recipient = || all(root, "SubjectConfirmationData").find_map(|node| node.attribute("Recipient"));
    let url = root.attribute("Destination").filter(|url| !url.is_empty()).or_else(recipient)?;
    Some(url.trim().to_string())
}

/// Returns the trimmed values of the attribute that AWS defines with this name, e.g. `Role`.
fn values<'a>(root: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = String> + 'a {
    let is_it = move |node: &Node| node.attribute("Name").and_then(|n| n.strip_prefix(ATTRIBUTES)) == Some(name);
    all(root, "Attribute").filter(is_it).flat_map(|attribute| all(attribute, "AttributeValue")).map(text_of)
}

/// Returns the descendants that are elements with this local name. Their prefix is ignored, because each identity
/// provider uses its own.
fn all<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |node| node.is_element() && node.tag_name().name() == name)
}

fn text_of(node: Node) -> String {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    text.trim().to_string()
}

/// Cuts a text to 200 characters, for messages.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests;
