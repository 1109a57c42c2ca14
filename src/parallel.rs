//! Does work on all processors, for verbs that read tens of thousands of profiles.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{Builder, available_parallelism, scope};

/// The most items in a part. Up to so many items, a second thread costs more than it saves.
const PART: usize = 2000;
const MOST_THREADS: usize = 8;

/// Splits the items into parts, calls `work` with each part, and returns the results in the order of the parts. It uses
/// several threads if there is more than one part.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let parts: Vec<&[T]> = items.chunks(PART).collect();
    if parts.len() < 2 {
        return parts.into_iter().map(work).collect();
    }
    let threads = available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS).min(parts.len());
    let next = AtomicUsize::new(0);
    let run = || {
        let parts = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            Some((at, *parts.get(at)?))
        });
        parts.map(|(at, part)| (at, work(part))).collect::<Vec<_>>()
    };
    let mut done = scope(|scope| {
        // If no thread can be started, this thread does all of the work.
        let others: Vec<_> = (1..threads).filter_map(|_| Builder::new().spawn_scoped(scope, run).ok()).collect();
        let mut done = run();
        others.into_iter().for_each(|other| done.extend(other.join().expect("a panic ends the process")));
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Calls both functions at the same time, and returns both results.
pub(crate) fn both<A: Send, B>(one: impl Fn() -> A + Sync, other: impl FnOnce() -> B) -> (A, B) {
    scope(|scope| {
        let thread = Builder::new().spawn_scoped(scope, &one).ok();
        let other = other();
        // If no thread can be started, this thread calls both.
        let one = thread.map_or_else(&one, |thread| thread.join().expect("a panic ends the process"));
        (one, other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_are_in_the_order_of_the_items() {
        for count in [0, 1, PART, PART + 1, 20 * PART + 7] {
            let items: Vec<usize> = (0..count).collect();
            let parts = in_parts(&items, <[usize]>::to_vec);
            assert!(parts.iter().all(|part| part.len() <= PART));
            assert_eq!(parts.concat(), items);
        }
    }

    #[test]
    fn two_things_are_done() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
    }
}
