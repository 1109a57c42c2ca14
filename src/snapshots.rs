//! Finds out which variables direnv and mise have set in this shell. Both keep a snapshot in a variable, so that they
//! can undo their changes later. <https://direnv.net/>, `DIRENV_DIFF`; <https://mise.jdx.dev/>, `__MISE_DIFF`.

use crate::bytes::find;
use crate::context::Context;
use crate::json::SecretJson;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use std::cell::OnceCell;
use zeroize::Zeroizing;

/// The largest snapshot in bytes, after unpacking.
const LONGEST: usize = 4 << 20;

/// The snapshots of direnv and mise in this shell. A snapshot may be large, so it is unpacked when it is first needed,
/// and only once for all variables.
pub(crate) struct Snapshots<'a> {
    ctx: &'a Context,
    /// The snapshot of direnv: JSON with two maps of variables. `p` contains the values before direnv set them, and `n`
    /// contains the values that direnv set.
    direnv: OnceCell<Option<SecretJson>>,
    /// The snapshot of mise: MessagePack with two maps of variables. First comes `old`, with the values before mise set
    /// them, and then `new`, with the values that mise set.
    mise: OnceCell<Option<Zeroizing<Vec<u8>>>>,
}

impl<'a> Snapshots<'a> {
    pub(crate) fn of(ctx: &'a Context) -> Self {
        Self { ctx, direnv: OnceCell::new(), mise: OnceCell::new() }
    }

    /// Returns the value that direnv or mise has set, even if the variable was changed since then; `None` if neither
    /// tool has set the variable.
    pub(crate) fn value(&self, name: &str) -> Option<Secret> {
        self.of_direnv("n", name).or_else(|| self.of_mise("new", name))
    }

    /// Returns the value that a variable had before direnv or mise set it; `None` if neither tool has a value for it.
    pub(crate) fn before(&self, name: &str) -> Option<Secret> {
        self.all_before(name).next()
    }

    /// Returns the values that a variable had before direnv and before mise set it. The two tools will restore these
    /// values.
    pub(crate) fn all_before(&self, name: &str) -> impl Iterator<Item = Secret> {
        self.of_direnv("p", name).into_iter().chain(self.of_mise("old", name))
    }

    /// Returns which tool set the variable to its current value: `direnv (/its/directory)` or `mise`; `None` if neither
    /// did.
    pub(crate) fn owner(&self, name: &str) -> Option<String> {
        let current = self.ctx.var(name)?;
        if self.of_direnv("n", name).is_some_and(|value| value.expose() == current) {
            let directory = self.ctx.var("DIRENV_DIR").map(|directory| directory.trim_start_matches('-'));
            return Some(directory.map_or_else(|| "direnv".into(), |directory| format!("direnv ({directory})")));
        }
        self.of_mise("new", name).is_some_and(|value| value.expose() == current).then(|| "mise".into())
    }

    fn of_direnv(&self, map: &str, name: &str) -> Option<Secret> {
        let json = || SecretJson::parse(&unpacked(self.ctx.var("DIRENV_DIFF")?)?);
        self.direnv.get_or_init(json).as_ref()?[map][name].as_str().map(Secret::new)
    }

    /// Returns the value of a variable in mise's snapshot. `map` is `old`, for the previous values, or `new`, for those
    /// that mise set. MessagePack writes a map as names, each followed by its value, and writes the length of a string
    /// before the string. So ssox needs no complete parser: it searches for the name with its length, and reads the
    /// string after the name.
    fn of_mise(&self, map: &str, name: &str) -> Option<Secret> {
        let snapshot = self.mise.get_or_init(|| unpacked(self.ctx.var("__MISE_DIFF")?)).as_ref()?;
        let (old, new) = snapshot.split_at(find(snapshot, b"\xa3new")?);
        let map = if map == "old" { old } else { new };
        let name = packed(name)?;
        string(&map[find(map, &name)? + name.len()..])
    }
}

/// Returns a string in MessagePack; `None` if it has more than 31 bytes.
fn packed(text: &str) -> Option<Vec<u8>> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length < 32)?;
    Some([&[0xa0 | length], text.as_bytes()].concat())
}

/// Reads the MessagePack string at the beginning of `packed`.
fn string(packed: &[u8]) -> Option<Secret> {
    let (start, length) = match packed {
        [head @ 0xa0..=0xbf, ..] => (1, usize::from(head & 0x1f)),
        [0xd9, length, ..] => (2, usize::from(*length)),
        [0xda, high, low, ..] => (3, usize::from(u16::from_be_bytes([*high, *low]))),
        _ => return None,
    };
    str::from_utf8(packed.get(start..start + length)?).ok().map(Secret::new)
}

/// Decodes and unpacks zlib data in either alphabet of base64.
fn unpacked(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let text = text.trim_end_matches('=').replace('-', "+").replace('_', "/");
    decompress_to_vec_zlib_with_limit(&STANDARD_NO_PAD.decode(text).ok()?, LONGEST).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    // The variables that direnv and mise write if a directory sets AWS_PROFILE=x and AWS_REGION=eu-north-1, and
    // AWS_PROFILE was `outer` before.
    const DIRENV: &str = "eJyrVipQsqpWcgwPjg8I8nfz9HFVslLKLy1JLVKq1VHKw5SrUNIBiwS5unv6-wEFUkt18_KLSjJ0DYEyLp5Brn5h8UAKKKOrX5JboJ-iVFsLAPVZHZA=";
    const MISE: &str = "eAFrXpyfk9K42jE8OD4gyN/N08d1aX5pSWrR4rzU8iZk4YUVq0CKglzdPf39VqWW6ublF5Vk6BouKUgsyZgAAANgHCI";

    fn context(variables: &[(&str, &str)]) -> Context {
        Context::new(variables.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    #[test]
    fn the_snapshots_tell_which_tool_set_a_variable() {
        for variable in [("DIRENV_DIFF", DIRENV), ("__MISE_DIFF", MISE)] {
            let ctx = context(&[variable, ("AWS_PROFILE", "x"), ("AWS_REGION", "mine"), ("DIRENV_DIR", "-/d")]);
            let found = Snapshots::of(&ctx);
            assert_eq!(found.value("AWS_PROFILE").as_ref().map(Secret::expose), Some("x"), "{variable:?}");
            assert_eq!(found.value("AWS_REGION").as_ref().map(Secret::expose), Some("eu-north-1"), "{variable:?}");
            assert_eq!(found.before("AWS_PROFILE").as_ref().map(Secret::expose), Some("outer"), "{variable:?}");
            assert_eq!((found.value("AWS_ACCESS_KEY_ID"), found.before("AWS_REGION")), (None, None));
            assert!(found.owner("AWS_PROFILE").is_some() && found.owner("AWS_REGION").is_none());
        }
    }

    #[test]
    fn a_malformed_snapshot_has_no_values() {
        for text in ["", "x", "eJw", "eJyrVkrLz1eyUkpKLFKqBQAdegSM", "!!!!", &MISE[..40]] {
            let ctx = context(&[("DIRENV_DIFF", text), ("__MISE_DIFF", text), ("AWS_PROFILE", "x")]);
            let found = Snapshots::of(&ctx);
            assert_eq!((found.value("AWS_PROFILE"), found.before("AWS_PROFILE")), (None, None), "{text}");
        }
    }
}
