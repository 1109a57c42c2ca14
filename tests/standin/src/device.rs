//! Device codes: a client requests one, a person or the test confirms it, the client polls for the token.

use crate::clock::milliseconds;
use crate::fields::oidc_fields;
use crate::http::{Request, Response};
use crate::oidc::no;
use crate::options::Person;
use crate::pages;
use crate::registration::{Client, DEVICE_CODE, known_client, start_url_exists};
use crate::state::{Answer, State};
use crate::text::{URL_ALPHABET, random};
use serde_json::json;

#[derive(Debug)]
pub(crate) struct DeviceCode {
    user_code: String,
    client: String,
    expires_at: i64,
    polls: u32,
    polled_at: i64,
    decision: Option<Person>,
    used: bool,
}

pub(crate) fn start_device_authorization(state: &mut State, request: &Request) -> Answer {
    let fields = oidc_fields(state, request, &["clientId", "clientSecret", "startUrl"], &[])?;
    let client = known_client(state, &fields)?;
    if !client.may(DEVICE_CODE) {
        return Err(no(400, "UnauthorizedClientException", "client is not registered for device codes"));
    }
    if !start_url_exists(state, fields.text("startUrl")) {
        return Err(no(400, "InvalidRequestException", "start URL is not valid"));
    }
    let (user_code, code) = (new_user_code(), state.secret(random(URL_ALPHABET, 80)));
    let lifetime = milliseconds(state.options.device_code);
    let device = DeviceCode {
        user_code: user_code.clone(),
        client: client.id,
        expires_at: state.now() + lifetime,
        polls: 0,
        polled_at: 0,
        decision: None,
        used: false,
    };
    state.consents.devices.insert(code.clone(), device);
    let page = format!("{}/device", state.url);
    Ok(Response::json(
        200,
        &json!({
            "deviceCode": code,
            "userCode": user_code,
            "verificationUri": page,
            "verificationUriComplete": format!("{page}?user_code={user_code}"),
            "expiresIn": lifetime / 1000,
            "interval": state.options.device_interval,
        }),
    ))
}

/// The page at `verificationUri`.
pub(crate) fn device_page(state: &mut State, request: &Request) -> Answer {
    match request.query_value("user_code") {
        Some(code) if state.waiting_device(&code).is_some() => {
            Ok(pages::consent(&state.options.user, "/device/decision", &[("user_code", &code)]))
        }
        Some(_) => Err(pages::sorry("This code is unknown, used or too old.")),
        None => Ok(pages::enter_code()),
    }
}

/// Handles the button that the person clicked.
pub(crate) fn decide(state: &mut State, request: &Request) -> Answer {
    let code = request.form_value("user_code").unwrap_or_default();
    let Some(device) = state.waiting_device(&code) else {
        return Err(pages::sorry("This code is unknown, used or too old."));
    };
    match request.form_value("decision").as_deref() {
        Some("allow") => {
            device.decision = Some(Person::Approves);
            Ok(pages::done("Request approved. You can close this window and go back to your terminal."))
        }
        _ => {
            device.decision = Some(Person::Refuses);
            Ok(pages::done("Request denied. You can close this window."))
        }
    }
}

impl State {
    /// Decides on every pending code; returns how many there were.
    pub(crate) fn decide_devices(&mut self, decision: Person) -> usize {
        let devices = self.consents.devices.values_mut();
        devices.filter(|device| device.decision.is_none()).map(|device| device.decision = Some(decision)).count()
    }

    /// Answers a poll: confirmed (the code is then used up), or the reason why not.
    pub(crate) fn redeem_device_code(&mut self, code: &str, client: &Client) -> Result<(), Response> {
        let now = self.now();
        let (script, needed, slow_downs) =
            (self.options.device, self.options.device_polls, self.options.device_slow_downs);
        let interval = i64::try_from(self.options.device_interval).unwrap_or(0) * 1000;
        let device = self.consents.devices.get_mut(code).filter(|device| device.client == client.id && !device.used);
        let device = device.ok_or_else(|| no(400, "InvalidGrantException", "device code is not valid"))?;
        if device.expires_at <= now {
            return Err(no(400, "ExpiredTokenException", "device code has expired"));
        }
        device.polls += 1;
        // The AWS CLI polls twice before its first pause; later polls that come too early are counted.
        let too_soon = device.polls > 2 && now - device.polled_at < interval * 9 / 10;
        device.polled_at = now;
        let scripted = (script != Person::AtPage && device.polls > needed + slow_downs).then_some(script);
        let decision = device.decision.or(scripted);
        let slow_down = device.polls <= slow_downs;
        device.used = !slow_down && decision == Some(Person::Approves);
        if too_soon {
            self.count("polled_too_soon");
        }
        match decision {
            _ if slow_down => Err(no(400, "SlowDownException", "polled too often")),
            Some(Person::Approves) => Ok(()),
            Some(Person::Refuses) => Err(no(400, "AccessDeniedException", "the user refused the request")),
            _ => Err(no(400, "AuthorizationPendingException", "the user has not answered yet")),
        }
    }

    fn waiting_device(&mut self, user_code: &str) -> Option<&mut DeviceCode> {
        let now = self.now();
        let mut devices = self.consents.devices.values_mut();
        devices.find(|device| device.user_code == user_code && device.decision.is_none() && device.expires_at > now)
    }
}

fn new_user_code() -> String {
    const CONSONANTS: &str = "BCDFGHJKLMNPQRSTVWXZ";
    format!("{}-{}", random(CONSONANTS, 4), random(CONSONANTS, 4))
}
