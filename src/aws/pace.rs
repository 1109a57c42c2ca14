//! How fast a listing sends requests: all requests of one listing share one rate.
//!
//! The rate starts at what AWS allows, falls when AWS throttles, and then rises to the allowed rate step by step. The
//! limit of a custom endpoint is unknown, so the rate for a custom endpoint rises until the first request is throttled.

use std::time::{Duration, Instant};

/// The allowed rate, in requests per second. AWS allows 20 for all users of an organization together. This is a little
/// less, because requests that are sent at equal intervals do not arrive at equal intervals.
/// <https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html>
const ALLOWED: f64 = 19.2;
/// When AWS throttles, the rate of a listing does not fall below this many requests per second.
const LOWEST: f64 = 2.0;
/// The rate of a listing from a custom endpoint does not rise above this many requests per second.
const HIGHEST: f64 = 2000.0;
/// The factor for the rate when AWS throttles once. It reduces the rate only a little, because a short burst of
/// requests is enough for AWS to throttle.
const SMALL_CUT: f64 = 0.9;
/// The factor for the rate when AWS throttles again within [`SOON`] after a cut.
const LARGE_CUT: f64 = 0.7;
/// The time after a cut of the rate within which the next cut is a [`LARGE_CUT`].
const SOON: Duration = Duration::from_secs(5);
/// How fast the rate rises after a cut: requests per second, each second.
const RECOVERY: f64 = 1.0;
/// The factor for the rate after each successful response of a custom endpoint: the rate doubles every 20 responses.
const GROWTH: f64 = 1.035;
/// How many successful responses a custom endpoint must send at the allowed rate before the rate rises by [`GROWTH`].
const PROBATION: u32 = 20;
/// Responses that are throttled within this time after a cut of the rate do not cut the rate again: their requests were
/// sent before the cut.
const ECHO: Duration = Duration::from_secs(1);
/// The longest pause after failures, as a multiple of the first pause (`back_off`).
const LONGEST_BACK_OFF: u32 = 16;

/// How fast the requests of one listing may be sent (`rate`, in requests per second), and when the next one may be
/// sent.
#[derive(Debug)]
pub(super) struct Pace {
    rate: f64,
    /// The rate, in requests per second, to which `rate` rises again after AWS has throttled requests.
    allowed: f64,
    /// Whether ssox may send more requests per second than `allowed`. True until the first request is throttled, and
    /// only for a custom endpoint.
    is_unlimited: bool,
    next: Instant,
    /// The shortest pause after failures in a row; it doubles with each further failure.
    back_off: Duration,
    /// The number of successful responses since the listing started.
    responses: u32,
    failures_in_a_row: u32,
    cut_at: Option<Instant>,
    succeeded_at: Instant,
}

impl Pace {
    /// Makes a pace that starts at the rate that AWS allows, and never exceeds it.
    pub(super) fn allowed(now: Instant) -> Self {
        Self {
            rate: ALLOWED,
            allowed: ALLOWED,
            is_unlimited: false,
            next: now,
            back_off: Duration::from_millis(500),
            responses: 0,
            failures_in_a_row: 0,
            cut_at: None,
            succeeded_at: now,
        }
    }

    /// Makes a pace without an upper limit. It starts at the rate that AWS is known to allow, and rises until AWS
    /// throttles a request.
    pub(super) fn unlimited(now: Instant) -> Self {
        Self { is_unlimited: true, ..Self::allowed(now) }
    }

    /// Makes a pace with a high rate and very short pauses, for tests.
    #[cfg(test)]
    pub(super) fn hurried(now: Instant) -> Self {
        Self { rate: HIGHEST, allowed: HIGHEST, back_off: Duration::from_millis(1), ..Self::unlimited(now) }
    }

    /// Returns the time when the next request may be sent.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// Returns the time since the last successful request, or since the listing started if no request has succeeded.
    pub(super) fn without_success(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.succeeded_at)
    }

    /// Records that a request was sent. The next request may be sent one interval after this request was due, even if
    /// this request was sent up to one interval late: small delays do not lower the rate.
    pub(super) fn sent(&mut self, now: Instant) {
        let interval = Duration::from_secs_f64(1.0 / self.rate);
        self.next = self.next.max(now.checked_sub(interval).unwrap_or(now)) + interval;
    }

    /// Records that a request succeeded, or that AWS refused it for a reason that affects only this request.
    pub(super) fn succeeded(&mut self, now: Instant) {
        (self.failures_in_a_row, self.succeeded_at) = (0, now);
        self.responses = self.responses.saturating_add(1);
        if self.is_unlimited && self.responses > PROBATION {
            self.rate = (self.rate * GROWTH).min(HIGHEST);
        } else if self.rate < self.allowed {
            self.rate = (self.rate + RECOVERY / self.rate).min(self.allowed);
        }
    }

    /// Records that a request was throttled. Reduces the rate, at most once in [`ECHO`]. All requests wait for the time
    /// in `retry_after`; without it, for a pause that doubles with each failure in a row.
    pub(super) fn throttled(&mut self, now: Instant, retry_after: Option<Duration>) {
        let since_cut = self.cut_at.map(|cut_at| now.saturating_duration_since(cut_at));
        if since_cut.is_none_or(|since| since > ECHO) {
            let cut = if since_cut.is_some_and(|since| since < SOON) { LARGE_CUT } else { SMALL_CUT };
            self.rate = if self.rate > self.allowed { self.allowed } else { (self.rate * cut).max(LOWEST) };
            self.cut_at = Some(now);
            self.failures_in_a_row += 1;
        }
        self.is_unlimited = false;
        let pause = retry_after.unwrap_or_else(|| self.pause(self.failures_in_a_row));
        self.next = self.next.max(now + pause);
    }

    /// Records that a request failed because of the network or an error inside AWS. After one failure the request is
    /// sent again at once; from the second failure in a row, all requests wait.
    pub(super) fn failed(&mut self, now: Instant) {
        self.failures_in_a_row += 1;
        if self.failures_in_a_row > 1 {
            self.next = self.next.max(now + self.pause(self.failures_in_a_row - 1));
        }
    }

    /// Returns the pause after this number of failures in a row, plus a random time of at most a quarter of the pause.
    fn pause(&self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX).clamp(1, LONGEST_BACK_OFF);
        let pause = self.back_off * factor;
        pause + pause.mul_f64(f64::from(getrandom::u32().unwrap_or_default() % 256) / 1024.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Simulates requests that are answered at once, for some seconds. More than `limit` requests in a second are
    /// throttled. Returns how many succeeded and how many were throttled.
    fn run(mut pace: Pace, start: Instant, seconds: u32, limit: usize) -> (usize, usize) {
        let (mut sent, mut throttled) = (Vec::new(), 0);
        while pace.next() < start + Duration::from_secs(seconds.into()) {
            let now = pace.next();
            pace.sent(now);
            let within = |at: &&Instant| now.saturating_duration_since(**at) < 1000 * MS;
            if sent.iter().rev().take_while(within).count() >= limit {
                throttled += 1;
                pace.throttled(now, None);
            } else {
                sent.push(now);
                pace.succeeded(now);
            }
        }
        (sent.len(), throttled)
    }

    #[test]
    fn the_allowed_rate_is_used_and_not_exceeded() {
        let now = Instant::now();
        let (sent, throttled) = run(Pace::allowed(now), now, 100, 20);
        assert!((1900..=2000).contains(&sent) && throttled == 0, "{sent} {throttled}");
    }

    #[test]
    fn an_unknown_limit_is_found_with_few_requests_too_many() {
        let now = Instant::now();
        let (sent, throttled) = run(Pace::unlimited(now), now, 50, 20);
        assert!(sent > 920 && throttled <= 3, "{sent} {throttled}");
        let (sent, _) = run(Pace::unlimited(now), now, 4, usize::MAX);
        assert!(sent > 1000, "{sent}");
    }

    #[test]
    fn a_lower_limit_slows_down_but_does_not_stop() {
        let now = Instant::now();
        let (sent, throttled) = run(Pace::allowed(now), now, 100, 5);
        assert!((250..=500).contains(&sent) && throttled < 100, "{sent} {throttled}");
    }

    #[test]
    fn retry_after_is_obeyed_by_all_requests() {
        let now = Instant::now();
        let mut pace = Pace::allowed(now);
        pace.throttled(now, Some(Duration::from_secs(7)));
        pace.throttled(now + MS, Some(Duration::from_secs(1)));
        assert_eq!(pace.next(), now + Duration::from_secs(7));
    }

    #[test]
    fn a_single_failure_does_not_delay_and_more_in_a_row_do() {
        let now = Instant::now();
        let mut pace = Pace::allowed(now);
        pace.failed(now);
        assert_eq!(pace.next(), now);
        pace.failed(now);
        assert!(pace.next() >= now + 500 * MS);
        pace.succeeded(now);
        pace.failed(now);
        assert!(pace.next() < now + 1000 * MS);
    }
}
