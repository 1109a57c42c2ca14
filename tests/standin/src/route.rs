//! Finds the operation that a request is for.

use crate::http::{Request, Response};
use crate::refusal::{Protocol, refusal};
use crate::state::{Answer, State};
use crate::{authorize, control, device, federated, idp, oidc, portal, registration, s3, signin, sts};

pub(crate) struct Route {
    pub(crate) name: String,
    pub(crate) protocol: Protocol,
    /// The test's own requests: neither counted nor recorded, and without faults.
    pub(crate) is_control: bool,
    pub(crate) work: fn(&mut State, &Request) -> Answer,
}

impl Route {
    fn new(name: &str, protocol: Protocol, work: fn(&mut State, &Request) -> Answer) -> Self {
        Self { name: name.into(), protocol, is_control: false, work }
    }
}

pub(crate) fn route(request: &Request) -> Route {
    use Protocol::{Oidc, Page, Portal};
    match (request.method.as_str(), request.path()) {
        ("POST", "/client/register") => Route::new("RegisterClient", Oidc, registration::register_client),
        ("POST", "/device_authorization") => {
            Route::new("StartDeviceAuthorization", Oidc, device::start_device_authorization)
        }
        ("POST", "/token") => Route::new(&create_token_name(request), Oidc, oidc::create_token),
        ("GET", "/authorize") => Route::new("Authorize", Page, authorize::authorize),
        ("POST", "/authorize/decision") => Route::new("AuthorizeDecision", Page, authorize::decide),
        ("GET", "/device") => Route::new("DevicePage", Page, device::device_page),
        ("POST", "/device/decision") => Route::new("DeviceDecision", Page, device::decide),
        ("GET", "/assignment/accounts") => Route::new("ListAccounts", Portal, portal::list_accounts),
        ("GET", "/assignment/roles") => Route::new("ListAccountRoles", Portal, portal::list_account_roles),
        ("GET", "/federation/credentials") => Route::new("GetRoleCredentials", Portal, portal::get_role_credentials),
        ("POST", "/logout") => Route::new("Logout", Portal, portal::logout),
        ("POST", "/") => query_route(request),
        (_, "/federation") if request.query_value("Action").as_deref() == Some("login") => {
            Route::new("ConsoleLogin", Page, signin::login)
        }
        (_, "/federation") => Route::new("GetSigninToken", Page, signin::get_signin_token),
        ("GET", "/idp/saml") => Route::new("IdpPage", Page, idp::saml_page),
        ("POST", "/idp/login") => Route::new("IdpLogin", Page, idp::login),
        ("HEAD", path) if path != "/" => Route::new("HeadObject", Protocol::Query, s3::head_object),
        ("GET", "/favicon.ico") => Route::new("Favicon", Page, |_, _| Ok(Response::html(404, ""))),
        (_, path) if path.starts_with("/_standin/") => {
            Route { is_control: true, ..Route::new("control", Page, control::control) }
        }
        (method, path) => Route::new(&format!("{method} {path}"), Page, unknown),
    }
}

/// STS and IAM name the operation in the form.
fn query_route(request: &Request) -> Route {
    let action = request.form_value("Action").unwrap_or_default();
    let work: fn(&mut State, &Request) -> Answer = match action.as_str() {
        "GetCallerIdentity" => sts::get_caller_identity,
        "AssumeRole" => sts::assume_role,
        "GetSessionToken" => sts::get_session_token,
        "AssumeRoleWithSAML" => federated::assume_role_with_saml,
        "AssumeRoleWithWebIdentity" => federated::assume_role_with_web_identity,
        "ListAccountAliases" => sts::list_account_aliases,
        _ => |state, request| Err(state.violation(Protocol::Query, request, "there is no such action")),
    };
    Route::new(if action.is_empty() { "Action missing" } else { &action }, Protocol::Query, work)
}

/// `CreateToken.refresh_token`, `CreateToken.device_code`, `CreateToken.authorization_code`.
fn create_token_name(request: &Request) -> String {
    match oidc::grant_type(request).rsplit(':').next() {
        Some(grant) if !grant.is_empty() => format!("CreateToken.{grant}"),
        _ => "CreateToken".into(),
    }
}

fn unknown(state: &mut State, request: &Request) -> Answer {
    state.violations.push(format!("{}: there is no such operation", request.operation));
    Err(refusal(Protocol::Page, 404, "UnknownOperationException", "There is no such operation"))
}
