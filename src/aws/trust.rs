//! Which certificate authorities are trusted: the system's, or those of a CA bundle. There is no way to trust any
//! certificate.

use super::Origin;
use crate::error::{Error, Result};
use crate::files;
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use std::path::PathBuf;

/// A file of certificates, and what names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaBundle {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
}

/// Returns whom TLS trusts. A bundle replaces the system's authorities, as with the AWS CLI. Where no TLS is spoken
/// nobody is: reading the system's authorities takes time, and some containers have none.
///
/// # Errors
/// Configuration: a bundle that cannot be used.
pub(super) fn context(ca_bundle: Option<&CaBundle>, is_tls: bool) -> Result<TlsContext> {
    let trust = match ca_bundle {
        Some(bundle) => TrustStore::empty().with_pem_certificate(usable(bundle)?),
        None => TrustStore::empty().with_native_roots(is_tls),
    };
    TlsContext::builder().with_trust_store(trust).build().map_err(|cause| Error::other(cause.to_string()))
}

/// Returns the certificates of a bundle that can stand for an authority. The others are left out, as they are of the
/// system's: the TLS library panics when it is given one.
fn usable(bundle: &CaBundle) -> Result<Vec<u8>> {
    let CaBundle { path, origin } = bundle;
    let hint = format!("{origin} has to name a PEM file of certificates");
    let bad = |what: &str| Error::configuration(format!("the CA bundle `{}` {what}", path.display())).hint(&hint);
    let bytes = files::read(path).map_err(|error| error.hint(&hint))?.ok_or_else(|| bad("does not exist"))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes).filter_map(std::result::Result::ok);
    let is_usable = |certificate: &CertificateDer| RootCertStore::empty().add(certificate.clone()).is_ok();
    let pem: Vec<String> = certificates.filter(is_usable).map(|certificate| pem(&certificate)).collect();
    match pem.is_empty() {
        true => Err(bad("holds no certificate that can be used")),
        false => Ok(pem.concat().into_bytes()),
    }
}

fn pem(certificate: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
}
