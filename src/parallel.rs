//! Does work on all processors, for verbs that read tens of thousands of profiles.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// The most items in a part. With larger parts, the allocator would return the memory of each result to the system,
/// which takes time.
const PART: usize = 100;
/// With at most this many items, a second thread costs more time than it saves.
const FEW: usize = 2000;
/// The most threads that work at the same time.
const MOST_THREADS: usize = 8;
/// How many results may wait for an earlier result, for example because the thread that computes the earlier result is
/// not running. This limits the memory of the waiting results.
const MOST_WAITING: usize = 32;

/// Splits the items into parts, calls `work` with each part, and returns the results in the order of the parts. Uses
/// several threads if there are many items.
pub(crate) fn in_parts<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let mut results = Vec::new();
    each_part(items, work, |result| results.push(result));
    results
}

/// Splits the items into parts, and calls `work` with each part. Calls `take` with the results in the order of the
/// parts, each as soon as all earlier results exist. Uses several threads if there are many items.
pub(crate) fn each_part<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync, take: impl FnMut(R) + Send) {
    let parts: Vec<&[T]> = items.chunks(PART).collect();
    if items.len() <= FEW {
        return parts.into_iter().map(work).for_each(take);
    }
    let threads = available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS).min(parts.len());
    let (next, in_order) = (AtomicUsize::new(0), InOrder::new(take));
    let run = || {
        let parts = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            Some((at, *parts.get(at)?))
        });
        parts.for_each(|(at, part)| in_order.add(at, work(part)));
    };
    // If no thread can be started, this thread does all of the work.
    scope(|scope| {
        (1..threads).for_each(|_| drop(Builder::new().spawn_scoped(scope, run)));
        run();
    });
}

/// Passes results on in the order of their parts. One thread at a time passes results on; the others go on working.
struct InOrder<R, F> {
    results: Mutex<Results<R, F>>,
    was_taken: Condvar,
}

/// The function that takes the results (`take`), how many it has taken, and the results that wait for earlier ones, by
/// the number of their part.
struct Results<R, F> {
    /// `None` while a thread passes results on.
    take: Option<F>,
    taken: usize,
    waiting: BTreeMap<usize, R>,
    /// The number of threads that wait until more results are taken.
    early: usize,
}

impl<R, F: FnMut(R)> InOrder<R, F> {
    fn new(take: F) -> Self {
        let results = Results { take: Some(take), taken: 0, waiting: BTreeMap::new(), early: 0 };
        Self { results: Mutex::new(results), was_taken: Condvar::new() }
    }

    fn add(&self, at: usize, result: R) {
        let mut results = self.lock();
        while at > results.taken + MOST_WAITING {
            results.early += 1;
            results = self.was_taken.wait(results).unwrap_or_else(PoisonError::into_inner);
            results.early -= 1;
        }
        results.waiting.insert(at, result);
        if let Some(take) = results.take.take() {
            self.pass_on(results, take);
        }
    }

    /// Calls `take` with one result after the other, in order, until the next result does not exist yet. The lock is
    /// not held during a call.
    fn pass_on<'a>(&'a self, mut results: MutexGuard<'a, Results<R, F>>, mut take: F) {
        while let Some(result) = results.next() {
            drop(results);
            take(result);
            results = self.lock();
            results.taken += 1;
            if results.early > 0 {
                self.was_taken.notify_all();
            }
        }
        results.take = Some(take);
    }

    fn lock(&self) -> MutexGuard<'_, Results<R, F>> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<R, F> Results<R, F> {
    fn next(&mut self) -> Option<R> {
        self.waiting.remove(&self.taken)
    }
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
        for count in [0, 1, PART, PART + 1, FEW, FEW + 1, 20 * PART + 7] {
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
