//! Tests of reading many expirations with the index.

use super::*;
use crate::context::Clock;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const MANY: u64 = index::MANY as u64 + 10;
/// The first expiration of each entry. This time has passed, because the AWS CLI overwrites only expired credentials in
/// place.
const FIRST: &str = "2020-11-20T12:00:00Z";
/// The expiration of an entry after a test has written the entry again.
const SECOND: &str = "2037-11-20T12:00:00Z";
/// The expiration of an entry after a test has written the entry once more.
const THIRD: &str = "2038-11-20T12:00:00Z";

struct Cache {
    home: tempfile::TempDir,
    ctx: Context,
}

impl Cache {
    /// Fills a cache, and moves the clock ahead, so that the files of the cache are old enough for the index.
    fn filled() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut ctx = Context::new([("HOME".into(), home.path().into())]);
        ctx.clock = Clock::ahead(Arc::default());
        let cache = Self { home, ctx };
        fs::create_dir_all(cache.home.path().join(".aws/cli/cache")).unwrap();
        (0..MANY).for_each(|number| cache.write(number, FIRST));
        cache.ctx.sleep(Duration::from_secs(60));
        cache
    }

    fn key(number: u64) -> Key {
        Key::sso(&(111_122_223_333 + number).to_string(), "R", Some("corp"), "")
    }

    fn file(&self, number: u64) -> PathBuf {
        self.home.path().join(".aws/cli/cache").join(Self::key(number).file_name())
    }

    /// Overwrites an entry in place, as the AWS CLI does.
    fn write(&self, number: u64, expiration: &str) {
        let content = format!(
            r#"{{"Credentials": {{"AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "{expiration}"}}}}"#
        );
        fs::write(self.file(number), content).unwrap();
    }

    /// Overwrites an entry in place, as [`Self::write`] does. This write keeps the inode and the size, so only the
    /// times differ. Some file systems store times in coarse steps, so the file is written until the times differ.
    fn write_at_another_time(&self, number: u64, expiration: &str) {
        let directory = Directory::open(self.home.path().join(".aws/cli/cache"));
        let stamp = || directory.stamp(&Self::key(number).file_name()).unwrap().bytes();
        let before = stamp();
        while stamp() == before {
            self.write(number, expiration);
        }
    }

    /// Reads all expirations; returns those of the entries with the numbers in `wanted`, and how many files
    /// were opened.
    fn list<const N: usize>(&self, wanted: [u64; N]) -> ([Option<Timestamp>; N], usize) {
        let names = EntryNames::read(&self.ctx);
        let mut expirations = names.expirations();
        (0..MANY).for_each(|number| {
            expirations.get(&Self::key(number));
        });
        let opened = expirations.read.len();
        let found = wanted.map(|number| expirations.get(&Self::key(number)));
        drop(expirations);
        names.renew_index();
        (found, opened)
    }

    fn index(&self) -> PathBuf {
        self.ctx.state_dir().unwrap().join("expirations")
    }
}

#[test]
fn an_unchanged_file_is_not_opened_again() {
    let cache = Cache::filled();
    let (first, second) = (Timestamp::parse(FIRST), Timestamp::parse(SECOND));
    assert_eq!(cache.list([5]), ([first], index::MANY + 10));
    assert_eq!(cache.list([5]), ([first], 0));
    let text = fs::read(cache.index()).unwrap();
    assert!(memchr::memmem::find(&text, b"SecretAccessKey").is_none());
    assert!(!crate::files::is_open_to_others(&cache.index()));

    cache.write_at_another_time(5, SECOND);
    fs::remove_file(cache.file(6)).unwrap();
    cache.write(MANY - 1, "soon");
    cache.ctx.sleep(Duration::from_secs(60));
    assert_eq!(cache.list([4, 5, 6, MANY - 1]), ([first, second, None, None], 1));
    cache.write(6, SECOND);
    assert_eq!(cache.list([6]).0, [second]);
}

#[test]
fn a_file_with_its_old_times_is_read_again() {
    let cache = Cache::filled();
    cache.list([]);
    let file = fs::File::open(cache.file(5)).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    cache.write(5, SECOND);
    file.set_modified(modified).unwrap();
    assert_eq!(cache.list([5]).0, [Timestamp::parse(SECOND)]);
}

#[test]
fn files_that_were_written_just_now_are_not_in_the_index() {
    let cache = Cache::filled();
    let ctx = Context::new([("HOME".into(), cache.home.path().into())]);
    let cache = Cache { ctx, ..cache };
    assert_eq!(cache.list([5]), ([Timestamp::parse(FIRST)], 0));
    assert!(!cache.index().exists());
}

#[test]
fn an_index_that_is_not_one_is_replaced() {
    let cache = Cache::filled();
    cache.list([]);
    let good = fs::read(cache.index()).unwrap();
    let other = [b"ssox expirations 1\n", &good[19..]].concat();
    for content in [b"".as_slice(), b"garbage", &good[..good.len() - 1], &other] {
        fs::write(cache.index(), content).unwrap();
        assert_eq!(cache.list([5]), ([Timestamp::parse(FIRST)], index::MANY + 10));
        assert!(fs::read(cache.index()).unwrap() == good);
    }
}

#[test]
fn while_the_directory_is_unchanged_only_files_that_may_be_overwritten_are_looked_at() {
    let cache = Cache::filled();
    let soon = Timestamp(cache.ctx.now().0 + 600).to_string();
    cache.write(3, SECOND);
    cache.write(4, &soon);
    cache.ctx.sleep(Duration::from_secs(60));
    let (first, second) = (Timestamp::parse(FIRST), Timestamp::parse(SECOND));
    assert_eq!(cache.list([2, 3, 4]).0, [first, second, Timestamp::parse(&soon)]);
    // No program overwrites credentials that are valid for years: the change of this file shows that it is not read.
    [2, 4].into_iter().for_each(|number| cache.write_at_another_time(number, THIRD));
    cache.write_at_another_time(3, THIRD);
    let third = Timestamp::parse(THIRD);
    assert_eq!(cache.list([2, 3, 4]).0, [third, second, third]);
    // A replaced, a new and a removed file change the directory.
    for change in [
        |cache: &Cache| fs::write(cache.file(MANY), "").unwrap(),
        |cache: &Cache| fs::remove_file(cache.file(MANY)).unwrap(),
        |cache: &Cache| fs::rename(cache.file(0), cache.file(1)).unwrap(),
    ] {
        change(&cache);
        cache.ctx.sleep(Duration::from_secs(60));
        assert_eq!(cache.list([2, 3, 4]).0, [third; 3]);
    }
}

#[test]
fn files_are_found_after_a_change_of_the_directory() {
    let cache = Cache::filled();
    cache.list([]);
    cache.write(MANY, SECOND);
    let new = || EntryNames::read(&cache.ctx).has(&Cache::key(MANY));
    assert!(new());
    cache.ctx.sleep(Duration::from_secs(60));
    cache.list([]);
    assert!(EntryNames::read(&cache.ctx).hashes.is_none() && new());
    fs::remove_file(cache.file(MANY)).unwrap();
    assert!(!new());
}
