//! Refreshes tokens at a stand-in for Identity Center.

use super::super::{Session, valid_token as current};
use super::*;
use crate::aws::Network;
use crate::aws::tests::endpoint;
use crate::session::token::tests::context;
use ssox_standin::{Fault, Grant as Seed, Options, Rotation, START_URL, Standin, Times};
use std::thread;
use std::time::{Duration, UNIX_EPOCH};
use tempfile::TempDir;

struct World {
    standin: Standin,
    home: TempDir,
    ctx: Context,
    session: Session,
}

fn world() -> World {
    let (standin, home) = (Standin::start(), tempfile::tempdir().unwrap());
    let (ctx, session) = (context(home.path()), session(&standin, Some("corp")));
    World { standin, home, ctx, session }
}

fn session(standin: &Standin, name: Option<&str>) -> Session {
    Session {
        name: name.map(String::from),
        profile: None,
        start_url: START_URL.into(),
        region: "eu-west-1".into(),
        scopes: Vec::new(),
        store: crate::store::Store::Files,
        network: Network {
            sso: Some(endpoint(&standin.url())),
            sso_oidc: Some(endpoint(&standin.url())),
            ..Network::default()
        },
    }
}

impl World {
    fn seed(&self, expires_in: i64) -> String {
        self.seed_with(&Seed { expires_in, ..Seed::default() })
    }

    fn seed_with(&self, seed: &Seed) -> String {
        self.standin.seed_token(self.home.path(), "corp", seed).access_token
    }

    /// Sets the time of the token file back to 2001.
    fn age(&self) {
        let file = std::fs::File::options().write(true).open(ssox_standin::token_file(self.home.path(), "corp"));
        file.unwrap().set_modified(UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    }

    fn refreshes(&self) -> u64 {
        self.standin.count("CreateToken.refresh_token")
    }

    fn file(&self) -> serde_json::Value {
        let path = ssox_standin::token_file(self.home.path(), "corp");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }
}

#[test]
fn a_valid_token_is_used_as_it_is() {
    let world = world();
    let token = world.seed(301);
    assert_eq!(current(&world.ctx, &world.session).unwrap().access_token.expose(), token);
    assert_eq!(world.standin.total(), 0);
}

#[test]
fn a_token_about_to_expire_is_refreshed_in_the_format_of_the_aws_cli() {
    let world = world();
    let old = world.seed(299);
    world.age();
    let before = world.file();
    let token = current(&world.ctx, &world.session).unwrap();
    assert_ne!(token.access_token.expose(), old);
    let after = world.file();
    assert_eq!(after["accessToken"], token.access_token.expose());
    assert_ne!(after["refreshToken"], before["refreshToken"]);
    let keys = |file: &serde_json::Value| file.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&after), keys(&before));
    assert_eq!((world.refreshes(), world.standin.violations()), (1, vec![]));
}

#[test]
fn the_old_refresh_token_is_kept_when_there_is_no_new_one_and_so_are_unknown_keys() {
    let world = world();
    world.standin.configure(|options: &mut Options| options.rotation = Rotation::Stays);
    world.seed(-1);
    let mut before = world.file();
    before["receivedAt"] = "2026-11-20T12:00:00Z".into();
    std::fs::write(ssox_standin::token_file(world.home.path(), "corp"), before.to_string()).unwrap();
    current(&world.ctx, &world.session).unwrap();
    assert_eq!(world.file()["refreshToken"], before["refreshToken"]);
    assert_eq!(world.file()["receivedAt"], before["receivedAt"]);
}

#[test]
fn a_failing_server_is_asked_once_a_minute_while_the_token_is_valid() {
    // The SDK sends a request three times after an error inside AWS.
    for (fault, requests) in [
        (Fault::Status(500), 3),
        (Fault::Exception("SlowDownException".into()), 1),
        (Fault::Exception("AccessDeniedException".into()), 1),
    ] {
        let world = world();
        let token = world.seed(240);
        world.age();
        world.standin.fault("CreateToken", fault.clone(), Times::Forever);
        for _ in 0..3 {
            assert_eq!(current(&world.ctx, &world.session).unwrap().access_token.expose(), token);
        }
        assert_eq!(world.refreshes(), requests, "{fault:?}");
    }
}

#[test]
fn an_unreachable_server_does_not_ask_to_sign_in() {
    let world = world();
    world.seed(-1);
    world.standin.fault("CreateToken", Fault::Status(500), Times::Forever);
    assert_eq!(current(&world.ctx, &world.session).unwrap_err().kind, ErrorKind::Unreachable);
    world.standin.clear_faults("*");
    current(&world.ctx, &world.session).unwrap();
}

#[test]
fn only_what_rejects_the_refresh_token_is_remembered_as_expired() {
    for (exception, kind) in [
        ("InvalidGrantException", ErrorKind::NeedsPerson),
        ("ExpiredTokenException", ErrorKind::NeedsPerson),
        ("InvalidClientException", ErrorKind::NeedsPerson),
        ("UnauthorizedClientException", ErrorKind::NeedsPerson),
        ("SlowDownException", ErrorKind::Unreachable),
        ("InternalServerException", ErrorKind::Unreachable),
        ("AuthorizationPendingException", ErrorKind::Refused),
        ("AccessDeniedException", ErrorKind::Refused),
        ("UnknownOperationException", ErrorKind::Refused),
        ("InvalidRequestException", ErrorKind::Configuration),
    ] {
        let world = world();
        let rejected = Secret::new(world.seed(3600));
        let file = ssox_standin::token_file(world.home.path(), "corp");
        world.standin.fault("CreateToken", Fault::Exception(exception.into()), Times::Forever);
        let error = token_after_rejection(&world.ctx, &world.session, &rejected).unwrap_err();
        assert_eq!((error.kind, file.exists()), (kind, kind != ErrorKind::NeedsPerson), "{exception}: {error}");

        world.seed(-1);
        assert_eq!(current(&world.ctx, &world.session).unwrap_err().kind, kind, "{exception}");
        world.standin.clear_faults("*");
        let result = current(&world.ctx, &world.session).map_err(|error| error.kind);
        assert_eq!(result.is_ok(), kind != ErrorKind::NeedsPerson, "{exception}: {result:?}");
    }
}

#[test]
fn a_throttled_refresh_says_so() {
    let world = world();
    world.seed(-1);
    world.standin.fault("CreateToken", Fault::Exception("SlowDownException".into()), Times::Next(1));
    let error = current(&world.ctx, &world.session).unwrap_err();
    assert!(error.message.contains("is throttling: too many requests"), "{error}");
    world.standin.fault("CreateToken", Fault::Exception("AccessDeniedException".into()), Times::Next(1));
    let error = current(&world.ctx, &world.session).unwrap_err();
    assert!(error.message.starts_with("could not refresh the token of `corp`: "), "{error}");
    assert_eq!(error.hints, ["ssox login --sso-session corp --fresh"]);
}

#[test]
fn an_expired_session_needs_a_person_and_its_refresh_token_is_sent_once() {
    let world = world();
    world.seed(-1);
    world.standin.end_sessions();
    for _ in 0..3 {
        let error = current(&world.ctx, &world.session).unwrap_err();
        assert_eq!((error.kind, error.first_hint()), (ErrorKind::NeedsPerson, Some("ssox login --sso-session corp")));
    }
    assert_eq!(world.refreshes(), 1);
}

#[test]
fn a_token_that_is_not_refreshable_is_not_sent() {
    let cases = [
        Seed { expires_in: -1, refreshable: false, ..Seed::default() },
        Seed { expires_in: -1, registration_expires_in: -1, ..Seed::default() },
    ];
    for seed in cases {
        let world = world();
        world.seed_with(&seed);
        assert_eq!(current(&world.ctx, &world.session).unwrap_err().kind, ErrorKind::NeedsPerson);
        let valid = world.seed_with(&Seed { expires_in: 60, ..seed });
        world.age();
        assert_eq!(current(&world.ctx, &world.session).unwrap().access_token.expose(), valid);
        assert_eq!(world.standin.total(), 0);
    }
}

#[test]
fn without_a_token_a_person_is_needed() {
    let world = world();
    let error = current(&world.ctx, &world.session).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NeedsPerson, "not signed in to `corp`"));
    std::fs::create_dir_all(world.home.path().join(".aws/sso/cache")).unwrap();
    std::fs::write(ssox_standin::token_file(world.home.path(), "corp"), "{\"accessTok").unwrap();
    assert_eq!(current(&world.ctx, &world.session).unwrap_err().kind, ErrorKind::NeedsPerson);
}

#[test]
fn a_legacy_token_is_refreshed() {
    let world = world();
    let old = world.standin.seed_token(world.home.path(), START_URL, &Seed { expires_in: -1, ..Seed::default() });
    let token = current(&world.ctx, &session(&world.standin, None)).unwrap();
    assert_ne!(token.access_token.expose(), old.access_token);
}

#[test]
fn two_hundred_at_once_refresh_once() {
    let world = world();
    world.seed(-1);
    let token = || current(&world.ctx, &world.session).unwrap().access_token.expose().to_string();
    let tokens: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = (0..200).map(|_| scope.spawn(token)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.windows(2).all(|two| two[0] == two[1]));
    assert_eq!((world.refreshes(), world.standin.count("reused_refresh_token")), (1, 0));
}

#[test]
fn a_new_token_is_not_refreshed_however_short_its_lifetime() {
    let world = world();
    world.standin.configure(|options: &mut Options| options.access_token = Duration::from_secs(200));
    world.seed(-1);
    let token = || current(&world.ctx, &world.session).unwrap().access_token.expose().to_string();
    let tokens: Vec<String> = thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(token)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|one| *one == token()));
    assert_eq!(world.refreshes(), 1);
    world.age();
    assert_ne!(token(), tokens[0], "it is refreshed when half of its lifetime is left");
}

#[test]
fn a_failure_counts_for_all_that_waited() {
    let world = world();
    world.seed(-1);
    world.standin.fault("CreateToken", Fault::Status(500), Times::Forever);
    thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| assert_eq!(current(&world.ctx, &world.session).unwrap_err().kind, ErrorKind::Unreachable));
        }
    });
    assert!(world.refreshes() <= 6, "{}", world.refreshes());
}

#[test]
fn a_rejected_token_is_refreshed_once_for_all() {
    let world = world();
    let rejected = Secret::new(world.seed(3600));
    world.standin.end_access_tokens();
    let token = || token_after_rejection(&world.ctx, &world.session, &rejected).unwrap().access_token;
    let tokens: Vec<Secret> = thread::scope(|scope| {
        let all: Vec<_> = (0..20).map(|_| scope.spawn(token)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(tokens.iter().all(|token| *token != rejected && *token == tokens[0]));
    assert_eq!(world.refreshes(), 1);
    world.standin.end_sessions();
    assert_eq!(token_after_rejection(&world.ctx, &world.session, &tokens[0]).unwrap_err().kind, ErrorKind::NeedsPerson);
}

#[test]
fn a_rejected_token_that_cannot_be_refreshed_is_removed() {
    for refreshable in [true, false] {
        let world = world();
        let rejected = Secret::new(world.seed_with(&Seed { refreshable, ..Seed::default() }));
        let file = ssox_standin::token_file(world.home.path(), "corp");
        world.standin.fault("CreateToken", Fault::Status(500), Times::Forever);
        let error = token_after_rejection(&world.ctx, &world.session, &rejected).unwrap_err();
        assert_eq!((error.kind == ErrorKind::Unreachable, file.exists()), (refreshable, refreshable));
        world.standin.clear_faults("*");
        world.standin.end_sessions();
        assert_eq!(
            token_after_rejection(&world.ctx, &world.session, &rejected).unwrap_err().kind,
            ErrorKind::NeedsPerson
        );
        assert!(!file.exists());
    }
}
