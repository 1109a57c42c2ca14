//! OIDC: signing in with a device code, and OAuth's error codes.

use super::{REGION, assert_says, context, network};
use crate::aws::Network;
use crate::aws::oidc::{self, Grant, RegistrationRequest, TokenResponse};
use crate::error::ErrorKind;
use crate::secret::Secret;
use ssox_standin::{Fault, Standin, Times};

fn registration() -> RegistrationRequest {
    RegistrationRequest {
        client_name: "ssox-corp".into(),
        scopes: vec!["sso:account:access".into()],
        grant_types: vec![],
        redirect_uris: vec![],
        issuer_url: None,
    }
}

#[test]
fn a_failed_registration_says_what_ssox_registers_with() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let network = network(&format!("http://{free}"));
    let error = oidc::register_client(&context(&[]), &network, &REGION.into(), &registration()).unwrap_err();
    let message = format!(
        "could not register ssox as a client of IAM Identity Center: `{free}` refused the connection; \
         AWS_ENDPOINT_URL sends requests to `http://{free}`, not to AWS"
    );
    assert_eq!(error.message, message);
}

#[test]
fn a_device_signs_in_and_refreshes() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let client = oidc::register_client(&ctx, &network, &REGION.into(), &registration()).unwrap();
    assert!(client.expires_at.seconds_after(ctx.now()) > 80 * 86_400);
    let start = |url: &str| {
        oidc::start_device_authorization(&ctx, &network, &REGION.into(), &client.client_id, &client.client_secret, url)
    };
    let device = start(ssox_standin::START_URL).unwrap().unwrap();
    assert!(device.verification_uri_complete.unwrap().contains(&device.user_code));
    let token = |grant: &Grant| {
        oidc::create_token(&ctx, &network, &REGION.into(), &client.client_id, &client.client_secret, grant).unwrap()
    };
    let code = Grant::DeviceCode(device.device_code);
    assert!(matches!(token(&code), TokenResponse::Pending));
    standin.approve_devices();
    standin.configure(|options| options.clock_offset += device.interval);
    let TokenResponse::Token { refresh_token: Some(refresh_token), expires_in, .. } = token(&code) else {
        panic!("the device was approved")
    };
    assert_eq!(expires_in, 3600);
    let refresh = Grant::RefreshToken(refresh_token);
    assert!(matches!(token(&refresh), TokenResponse::Token { .. }));
    assert!(matches!(token(&refresh), TokenResponse::InvalidGrant));
    assert_says(&start("https://d-9999999999.awsapps.com/start").unwrap_err(), ErrorKind::Configuration, "sso_region");
}

#[test]
fn errors_of_the_protocol_are_responses() {
    let standin = Standin::start();
    let (ctx, network) = (context(&[]), network(&standin.url()));
    let response = |fault: Fault| {
        standin.fault("CreateToken", fault, Times::Next(1));
        oidc::create_token(
            &ctx,
            &network,
            &REGION.into(),
            "id",
            &Secret::new("s"),
            &Grant::DeviceCode(Secret::new("d")),
        )
    };
    let exception = |name: &str| Fault::Exception(name.into());
    assert!(matches!(response(exception("SlowDownException")), Ok(TokenResponse::SlowDown)));
    assert!(matches!(response(exception("ExpiredTokenException")), Ok(TokenResponse::Expired)));
    assert!(matches!(response(exception("InvalidClientException")), Ok(TokenResponse::InvalidClient)));
    assert!(matches!(response(exception("UnauthorizedClientException")), Ok(TokenResponse::InvalidClient)));
    match response(exception("AccessDeniedException")) {
        Ok(TokenResponse::Denied(why)) => assert_eq!(why, "as the test asked"),
        other => panic!("{other:?}"),
    }
    assert_says(&response(exception("InvalidRequestException")).unwrap_err(), ErrorKind::Configuration, "sso_region");
    assert_says(&response(Fault::Html).unwrap_err(), ErrorKind::Unreachable, "not to AWS");
    assert_says(&response(Fault::Status(500)).unwrap_err(), ErrorKind::Unreachable, "the service failed");
}

#[test]
fn the_authorize_page_is_on_the_host_of_the_service() {
    let table = [
        (Network::default(), "https://oidc.eu-west-1.amazonaws.com"),
        (Network { dual_stack: true, ..Network::default() }, "https://oidc.eu-west-1.api.aws"),
        (network("http://127.0.0.1:8/x/"), "http://127.0.0.1:8/x"),
    ];
    for (network, base) in table {
        assert_eq!(oidc::authorize_base(&network, &REGION.into()), base);
    }
}
