//! The certificate authorities that TLS trusts: those of the system, or those in a CA bundle.
//!
//! Invariant: certificates are always verified; no setting turns that off.

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

/// A PEM file of certificates, and the setting that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaBundle {
    pub(crate) path: PathBuf,
    pub(crate) origin: Origin,
}

/// Returns the TLS settings with the trusted authorities. A CA bundle replaces the system's authorities, as in the AWS
/// CLI.
///
/// Without TLS the system's authorities are not loaded: loading them takes milliseconds, and some containers have none.
///
/// # Errors
/// `Configuration`: the bundle cannot be read, or has no usable certificate.
pub(super) fn context(ca_bundle: Option<&CaBundle>, is_tls: bool) -> Result<TlsContext> {
    let trust = match ca_bundle {
        Some(bundle) => TrustStore::empty().with_pem_certificate(usable_certificates(bundle)?),
        None => TrustStore::empty().with_native_roots(is_tls),
    };
    TlsContext::builder().with_trust_store(trust).build().map_err(|cause| Error::other(cause.to_string()))
}

/// Returns those certificates of a bundle that can be trusted as authorities, as PEM.
///
/// The other certificates are skipped, because the TLS library panics when it gets a certificate that it cannot use.
/// The system's certificates are filtered in the same way.
fn usable_certificates(bundle: &CaBundle) -> Result<Vec<u8>> {
    let CaBundle { path, origin } = bundle;
    let hint = format!("set {origin} to a PEM file of certificates");
    let invalid = |what: &str| Error::configuration(format!("the CA bundle `{}` {what}", path.display())).hint(&hint);
    let bytes = files::read(path).map_err(|error| error.only_hint(&hint))?.ok_or_else(|| invalid("does not exist"))?;
    let certificates = CertificateDer::pem_slice_iter(&bytes).filter_map(std::result::Result::ok);
    let is_usable = |certificate: &CertificateDer| RootCertStore::empty().add(certificate.clone()).is_ok();
    let pem: Vec<String> = certificates.filter(is_usable).map(|certificate| pem(&certificate)).collect();
    if pem.is_empty() {
        return Err(invalid("has no usable certificate"));
    }
    Ok(pem.concat().into_bytes())
}

fn pem(certificate: &[u8]) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(certificate))
}
