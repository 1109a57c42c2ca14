//! Tests both sign-in flows with a test server in place of Identity Center. The server also acts for the person: it
//! approves, denies, or does nothing.

use super::*;
use crate::aws::Network;
use crate::aws::tests::endpoint;
use crate::context::Clock;
use crate::session::{valid_token as current, with_token};
use ssox_standin::{Fault, Grant as Seed, Options, Person, START_URL, Standin, Times, token_file};
use std::sync::Arc;
use std::thread;
use tempfile::TempDir;

struct World {
    standin: Standin,
    home: TempDir,
    ctx: Context,
    session: Session,
}

/// Makes a test environment: `curl` is the browser, and the options decide what the person does.
fn world(configure: impl FnOnce(&mut Options)) -> World {
    let (standin, home) = (Standin::start(), tempfile::tempdir().unwrap());
    standin.configure(configure);
    let session = Session {
        name: Some("corp".into()),
        profile: None,
        start_url: START_URL.into(),
        region: "eu-west-1".into(),
        scopes: vec!["sso:account:access".into()],
        store: crate::store::Store::Files,
        network: Network {
            sso: Some(endpoint(&standin.url())),
            sso_oidc: Some(endpoint(&standin.url())),
            ..Network::default()
        },
    };
    let home_path = home.path().as_os_str().to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let browser = ("BROWSER".into(), "curl -sL --noproxy *".into());
    let mut ctx = Context::new([("HOME".to_string(), home_path), ("PATH".into(), path), browser]);
    ctx.clock = Clock::ahead(standin.clock());
    World { standin, home, ctx, session }
}

fn approving() -> World {
    world(|options| {
        options.authorize = Person::Approves;
        options.device = Person::Approves;
    })
}

const DEVICE: SignInOptions = SignInOptions {
    flow: Some(Flow::DeviceCode),
    port: None,
    no_browser: true,
    copy: false,
    timeout: None,
    fresh: false,
};

impl World {
    fn sign_in(&self, options: &SignInOptions) -> Result<Token> {
        sign_in(&self.ctx, &self.session, options)
    }

    fn refusal(&self, options: &SignInOptions) -> String {
        let error = self.sign_in(options).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NeedsPerson, "{}", error.message);
        assert!(
            error.first_hint().is_some_and(|hint| hint.starts_with("ssox login --sso-session corp")),
            "{}",
            error.message
        );
        assert!(!token_file(self.home.path(), "corp").exists());
        error.message
    }

    fn counts<const N: usize>(&self, what: [&str; N]) -> [u64; N] {
        assert_eq!(self.standin.violations(), [""; 0]);
        what.map(|what| self.standin.count(what))
    }
}

#[test]
fn a_browser_on_this_machine_brings_the_token() {
    let world = approving();
    let token = world.sign_in(&SignInOptions::default()).unwrap();
    assert!(token.is_valid(world.ctx.now().plus(3000)) && token.is_refreshable(world.ctx.now()));
    assert_eq!(world.counts(["RegisterClient", "Authorize", "CreateToken.authorization_code"]), [1, 1, 1]);
    let file = std::fs::read_to_string(token_file(world.home.path(), "corp")).unwrap();
    let expected = format!(
        "{{\"startUrl\": \"{START_URL}\", \"region\": \"eu-west-1\", \"accessToken\": \"{}\", \"expiresAt\": \"{}\", ",
        token.access_token.expose(),
        token.expires_at
    );
    assert!(file.starts_with(&expected), "{file}");
    assert_eq!(current(&world.ctx, &world.session).unwrap(), token);
}

#[test]
fn a_registration_is_used_again_and_kept_apart_by_flow() {
    let world = approving();
    let fresh = SignInOptions { fresh: true, ..SignInOptions::default() };
    let tokens = [world.sign_in(&fresh).unwrap(), world.sign_in(&fresh).unwrap()];
    assert_ne!(tokens[0].access_token, tokens[1].access_token);
    assert_eq!(tokens[0].client_id, tokens[1].client_id);
    world.sign_in(&SignInOptions { fresh: true, ..DEVICE }).unwrap();
    assert_eq!(world.counts(["RegisterClient", "CreateToken"]), [2, 3]);
}

#[test]
fn a_valid_token_is_used_unless_a_fresh_one_is_wanted() {
    let world = approving();
    let known = world.standin.seed_token(world.home.path(), "corp", &Seed::default());
    let signed_in = |fresh| world.sign_in(&SignInOptions { fresh, ..SignInOptions::default() }).unwrap();
    assert_eq!(signed_in(false).access_token.expose(), known.access_token);
    assert_eq!(world.standin.total(), 0);
    assert_ne!(signed_in(true).access_token.expose(), known.access_token);
}

#[test]
fn a_refusal_in_the_browser_ends_the_sign_in() {
    let world = world(|options| options.authorize = Person::Refuses);
    let message = world.refusal(&SignInOptions::default());
    assert_eq!(message, "signing in to `corp` was refused: access_denied: The user refused the request");
    assert_eq!(world.counts(["Authorize", "CreateToken"]), [1, 0]);
}

#[test]
fn a_sign_in_without_a_person_times_out() {
    let world = world(|options| options.device_code = Duration::from_secs(3600));
    let clock = world.ctx.clock;
    thread::scope(|scope| {
        scope.spawn(move || {
            clock.wait_for_waiter();
            clock.advance(DEFAULT_TIMEOUT);
        });
        assert_eq!(world.refusal(&SignInOptions::default()), "nobody signed in to `corp` within 10m");
    });
    let timeout = Some(Duration::from_secs(90));
    assert_eq!(world.refusal(&SignInOptions { timeout, ..DEVICE }), "nobody signed in to `corp` within 1m");
}

#[test]
fn a_client_that_aws_does_not_know_registers_again_once() {
    for options in [SignInOptions::default(), DEVICE] {
        let world = approving();
        let forgotten = Fault::Exception("InvalidClientException".into());
        let operation = if options.flow.is_some() { "StartDeviceAuthorization" } else { "CreateToken" };
        world.standin.fault(operation, forgotten.clone(), Times::Next(1));
        world.sign_in(&options).unwrap();
        assert_eq!(world.counts(["RegisterClient"]), [2], "{operation}");
        world.standin.fault(operation, forgotten, Times::Forever);
        assert!(world.sign_in(&SignInOptions { fresh: true, ..options }).is_err());
        assert_eq!(world.counts(["RegisterClient"]), [3], "{operation}");
    }
}

#[test]
fn a_registration_that_only_the_token_request_rejects_is_not_used_again() {
    let world = approving();
    world.standin.fault("CreateToken", Fault::Exception("InvalidClientException".into()), Times::Next(1));
    assert_eq!(world.refusal(&DEVICE), "AWS rejected the client registration of ssox for `corp`");
    world.sign_in(&DEVICE).unwrap();
    assert_eq!(world.counts(["RegisterClient"]), [2]);
}

/// `ssox doctor` cannot check a session that is not in the config file yet, as in `ssox configure sso`.
#[test]
fn the_hint_about_the_region_says_which_region_is_right() {
    let world = approving();
    world.standin.fault("RegisterClient", Fault::Exception("InvalidRequestException".into()), Times::Forever);
    let error = world.sign_in(&DEVICE).unwrap_err();
    assert!(error.hints[0].contains("it must be the region of IAM Identity Center"), "{error}");
}

#[test]
fn a_code_is_confirmed_after_three_polls() {
    let world = world(|options| {
        options.device = Person::Approves;
        options.device_polls = 3;
    });
    world.sign_in(&DEVICE).unwrap();
    let counts = world.counts(["StartDeviceAuthorization", "CreateToken.device_code", "polled_too_soon", "Authorize"]);
    assert_eq!(counts, [1, 4, 0, 0]);
}

#[test]
fn slow_down_is_obeyed() {
    let world = world(|options| {
        options.device = Person::Approves;
        options.device_slow_downs = 1;
    });
    let before = world.ctx.now();
    world.sign_in(&DEVICE).unwrap();
    let waited = world.ctx.now().seconds_after(before);
    assert!(waited >= 6, "{waited}");
}

#[test]
fn a_refused_or_expired_code_ends_the_sign_in() {
    let refusing = world(|options| {
        options.device = Person::Refuses;
        options.device_polls = 1;
    });
    assert!(refusing.refusal(&DEVICE).contains("was refused"));
    let slow = world(|options| options.device_code = Duration::from_secs(120));
    assert_eq!(slow.refusal(&DEVICE), "the code expired before the sign-in to `corp` was complete");
}

#[test]
fn a_failed_poll_is_repeated() {
    let world = world(|options| {
        options.device = Person::Approves;
        options.device_polls = 1;
    });
    world.standin.fault("CreateToken", Fault::Exception("AuthorizationPendingException".into()), Times::Next(1));
    world.standin.fault("CreateToken", Fault::Html, Times::Next(1));
    world.sign_in(&DEVICE).unwrap();
}

#[test]
fn without_a_person_no_browser_is_opened() {
    let world = approving();
    let mut ctx = world.ctx.clone();
    ctx.no_input = true;
    let error = sign_in(&ctx, &world.session, &SignInOptions::default()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NeedsPerson);
    let error = with_token(&ctx, &world.session, None, |_| Ok(())).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NeedsPerson, "not signed in to `corp`"));
    assert_eq!(world.standin.total(), 0);
}

#[test]
fn fifty_processes_ask_the_person_once() {
    let world = approving();
    world.standin.fault("CreateToken", Fault::Delay(Duration::from_millis(500)), Times::Forever);
    let tokens: Vec<Token> = thread::scope(|scope| {
        let all: Vec<_> = (0..50).map(|_| scope.spawn(|| world.sign_in(&SignInOptions::default()).unwrap())).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0]));
    assert_eq!(world.counts(["RegisterClient", "Authorize", "CreateToken"]), [1, 1, 1]);
}

#[test]
fn all_waiting_processes_time_out_together() {
    let world = world(|_| {});
    let clocks: Vec<_> = (0..10).map(|_| Clock::ahead(Arc::default())).collect();
    thread::scope(|scope| {
        for clock in &clocks {
            let mut ctx = world.ctx.clone();
            ctx.clock = *clock;
            let session = &world.session;
            scope.spawn(move || {
                let error = sign_in(&ctx, session, &SignInOptions::default()).unwrap_err();
                assert_eq!(error.kind, ErrorKind::NeedsPerson);
            });
        }
        clocks.iter().for_each(|clock| clock.wait_for_waiter());
        while world.standin.count("Authorize") == 0 {
            thread::sleep(Duration::from_millis(1));
        }
        clocks.iter().for_each(|clock| clock.advance(DEFAULT_TIMEOUT));
    });
    assert_eq!(world.counts(["RegisterClient", "Authorize"]), [1, 1]);
}

#[test]
fn a_token_that_aws_rejects_leads_to_one_sign_in() {
    let world = approving();
    world.standin.seed_token(world.home.path(), "corp", &Seed::default());
    let refused = current(&world.ctx, &world.session).unwrap();
    world.standin.end_sessions();
    let ask = |token: &Token| if *token == refused { Err(Error::needs_person("401")) } else { Ok(token.clone()) };
    let token = || with_token(&world.ctx, &world.session, None, ask).unwrap();
    let tokens: Vec<Token> = thread::scope(|scope| {
        let all: Vec<_> = (0..10).map(|_| scope.spawn(token)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token == tokens[0] && *token != refused));
    assert_eq!(world.counts(["Authorize", "CreateToken.refresh_token"]), [1, 1]);
}

#[test]
fn a_legacy_session_signs_in_with_a_code_that_opens_the_browser() {
    let world = approving();
    world.standin.configure(|options| options.device_polls = 1);
    let session = Session { name: None, scopes: Vec::new(), ..world.session.clone() };
    let token = sign_in(&world.ctx, &session, &SignInOptions::default()).unwrap();
    assert!(token.is_refreshable(world.ctx.now()));
    assert!(token_file(world.home.path(), START_URL).exists());
    // The sign-in does not wait until the browser has opened the page, so the test waits for that.
    while world.standin.count("DevicePage") == 0 {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(world.counts(["DevicePage", "Authorize"]), [1, 0]);
}
