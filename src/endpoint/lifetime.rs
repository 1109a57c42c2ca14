//! How long the local server serves credentials, and when it renews them.

use crate::cache::Entry;
use crate::time::Timestamp;
use std::time::Duration;

/// Credentials that expire within this many seconds are not served, unless more than half of their lifetime is left: a
/// program could not finish a request with them.
const LEAST_LEFT: i64 = 60;
/// For access keys without an expiration, the server says that they expire after this many seconds: SDKs reject a
/// response without an expiration, and some reject a very late one.
const VALIDITY_OF_ENDLESS: i64 = 3600;
/// Access keys without an expiration are read again after this many seconds, because they may have been replaced.
const REREAD_ENDLESS_AFTER: i64 = 45 * 60;

/// Tells whether credentials are served: more than a minute is left, or more than half of their lifetime if that is
/// shorter. Credentials that never expire are always served.
pub(crate) fn is_servable(entry: &Entry, now: Timestamp) -> bool {
    servable_until(entry).is_none_or(|until| now < until)
}

/// Returns the moment from which credentials are not served; `None` if they never expire.
fn servable_until(entry: &Entry) -> Option<Timestamp> {
    let end = entry.credentials.expiration?;
    let half_lifetime = end.seconds_after(entry.issued_at).max(0) / 2;
    Some(end.plus(-LEAST_LEFT.min(half_lifetime)))
}

/// Returns the moment from which credentials are renewed: a little before the time when 15 minutes are left until they
/// expire (or half of their lifetime, if that is shorter). With less time left, SDKs ask the server at every call.
/// Access keys without an expiration are read again 45 minutes after ssox got them.
pub(super) fn due_at(entry: &Entry) -> Timestamp {
    entry.renewable_from().unwrap_or_else(|| entry.issued_at.plus(REREAD_ENDLESS_AFTER))
}

/// Returns the time from [`due_at`] to the expiration. `None`: it is not yet time to renew, or the credentials never
/// expire. The renewing process renews cached credentials that have less time left than this.
pub(crate) fn renewed_when_left(entry: &Entry, now: Timestamp) -> Option<Duration> {
    let due_at = entry.renewable_from().filter(|due_at| *due_at <= now)?;
    let left = entry.credentials.expiration?.seconds_after(due_at);
    u64::try_from(left).ok().map(Duration::from_secs)
}

/// Returns the expiration that clients are told; an hour from now if the credentials never expire.
pub(super) fn told_expiration(entry: &Entry, now: Timestamp) -> Timestamp {
    entry.credentials.expiration.unwrap_or_else(|| now.plus(VALIDITY_OF_ENDLESS))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::credentials::RoleCredentials;
    use crate::secret::Secret;

    /// Credentials that were issued at second 1000 and are valid for `lifetime` seconds.
    pub(in super::super) fn entry(lifetime: Option<i64>) -> Entry {
        let credentials = RoleCredentials {
            access_key_id: "ASIAEXAMPLE".into(),
            secret_access_key: Secret::new("secret"),
            session_token: lifetime.map(|_| Secret::new("token")),
            expiration: lifetime.map(|seconds| Timestamp(1000 + seconds)),
            account_id: crate::arn::AccountId::parse("111122223333"),
            role_name: None,
        };
        Entry { credentials, issued_at: Timestamp(1000) }
    }

    #[test]
    fn credentials_are_served_down_to_a_minute_or_half_of_a_short_lifetime() {
        // The lifetime of the credentials, and how many seconds before their expiration the server stops serving them.
        for (lifetime, least) in [(3600, 60), (900, 60), (120, 60), (100, 50), (8, 4)] {
            let (entry, end) = (entry(Some(lifetime)), Timestamp(1000 + lifetime));
            assert!(is_servable(&entry, end.plus(-least - 1)), "{lifetime}");
            assert!(!is_servable(&entry, end.plus(-least)), "{lifetime}");
        }
        assert!(is_servable(&entry(None), Timestamp(i64::MAX)));
    }

    #[test]
    fn credentials_are_renewed_before_a_quarter_of_an_hour_or_half_of_a_short_lifetime_is_left() {
        for (lifetime, left) in [(43_200, 960), (3600, 960), (1000, 525), (120, 63), (8, 4)] {
            let due_at = due_at(&entry(Some(lifetime)));
            assert_eq!(Timestamp(1000 + lifetime).seconds_after(due_at), left, "{lifetime}");
            let asked = |now| renewed_when_left(&entry(Some(lifetime)), now);
            assert_eq!((asked(due_at), asked(due_at.plus(-1))), (Some(Duration::from_secs(left.unsigned_abs())), None));
        }
    }

    #[test]
    fn keys_without_an_expiry_are_told_one_and_are_read_again() {
        assert_eq!(told_expiration(&entry(None), Timestamp(5000)), Timestamp(8600));
        assert_eq!(told_expiration(&entry(Some(60)), Timestamp(1000)), Timestamp(1060));
        assert_eq!(due_at(&entry(None)), Timestamp(1000 + 2700));
        assert_eq!(renewed_when_left(&entry(None), Timestamp(9000)), None);
    }
}
