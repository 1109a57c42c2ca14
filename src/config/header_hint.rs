//! Hints for a section that seems to be missing, because no AWS tool reads its header as it is written.

use super::check::header;
use super::file::File;
use super::files::ConfigFiles;
use super::name::SectionKind;
use super::scan::Header;

impl ConfigFiles {
    /// Returns a hint if the files have a header that was probably meant for this section, but that AWS tools do not
    /// read as its header. Examples for the profile `dev`: `[prof dev]` or `[dev]` in `config`, `[profile dev]` in
    /// `credentials`.
    pub(crate) fn header_hint(&self, kind: SectionKind, name: &str) -> Option<String> {
        let unread = self.config.headers().filter(|header| self.config.name(*header).is_none());
        let hint = |header: Header| {
            let inner = self.config.inner(header)?;
            let meant =
                header::meant(&self.config, header, inner).filter(|meant| meant.kind == kind && meant.name == name);
            let bare = || (kind == SectionKind::Profile && inner == name).then(|| format!("write `[profile {name}]`"));
            let hint = meant.map(|meant| meant.hint).or_else(bare)?;
            Some(hint_at(&self.config, header, inner, &hint))
        };
        unread.filter_map(hint).next().or_else(|| self.prefixed_in_credentials(kind, name))
    }

    /// Returns the hint for `[profile NAME]` in `credentials`, where headers have only the name.
    fn prefixed_in_credentials(&self, kind: SectionKind, name: &str) -> Option<String> {
        let inner = format!("profile {name}");
        let header =
            *self.credentials.find(SectionKind::Profile, &inner).first().filter(|_| kind == SectionKind::Profile)?;
        Some(hint_at(&self.credentials, header, &inner, &format!("write `[{name}]`")))
    }
}

fn hint_at(file: &File, header: Header, inner: &str, hint: &str) -> String {
    let header = format!("`[{inner}]` in line {} of `{}`", file.line_number(header.start), file.path.display());
    if hint.starts_with("write ") { format!("{hint} instead of {header}") } else { format!("{hint}: {header}") }
}
