//! The [`Handover`] as JSON. It contains secrets, so one process passes it to the other through a pipe.

use super::Handover;
use crate::endpoint::directory::Directory;
use crate::endpoint::document::{self, EntryJson};
use crate::json::{self, SecretJson};
use crate::secret::Secret;
use crate::time::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::path::PathBuf;

#[derive(Serialize)]
struct HandoverJson<'a> {
    profile: &'a str,
    renewal: &'a [String],
    token: &'a str,
    directory: &'a str,
    watched: Option<u32>,
    until: Option<i64>,
    entry: EntryJson<'a>,
}

impl Handover {
    /// Returns the JSON that [`Handover::parse`] reads.
    pub(in super::super) fn into_json(self) -> Secret {
        json::secret_line(&HandoverJson {
            profile: &self.profile,
            renewal: &self.renewal,
            token: self.token.expose(),
            directory: self.directory.path().to_str().unwrap_or_default(),
            watched: self.watched,
            until: self.until.map(|until| until.0),
            entry: EntryJson::from(&self.entry),
        })
    }

    /// Reads the JSON; `None` if it is incomplete, for example because the process that wrote it was interrupted.
    pub(in super::super) fn parse(text: &[u8]) -> Option<Self> {
        let document = SecretJson::parse(text)?;
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let words = document.get("renewal")?.as_array()?.iter();
        Some(Self {
            profile: text("profile")?.into(),
            renewal: words.map(|word| word.as_str().map(String::from)).collect::<Option<_>>()?,
            token: Secret::new(text("token")?),
            directory: Directory::at(PathBuf::from(text("directory")?)),
            watched: document.get("watched").and_then(Value::as_u64).and_then(|id| u32::try_from(id).ok()),
            until: document.get("until").and_then(Value::as_i64).map(Timestamp),
            entry: document::read(document.get("entry")?)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoint::lifetime::tests::entry;

    #[test]
    fn the_server_reads_what_was_handed_over() {
        let handover = Handover {
            profile: "a b".into(),
            renewal: vec!["--".into(), "a b".into()],
            token: Secret::new("abc"),
            directory: Directory::at("/x/y".into()),
            watched: Some(7),
            until: Some(Timestamp(8)),
            entry: entry(Some(60)),
        };
        let read = Handover::parse(handover.into_json().expose().as_bytes()).unwrap();
        assert_eq!((read.profile.as_str(), read.token), ("a b", Secret::new("abc")));
        assert_eq!((read.watched, read.until), (Some(7), Some(Timestamp(8))));
        assert_eq!(read.renewal, ["--", "a b"]);
        assert_eq!((read.directory, read.entry), (Directory::at("/x/y".into()), entry(Some(60))));
        assert!(Handover::parse(b"").is_none());
    }
}
