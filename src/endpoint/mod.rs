//! The local server for credentials ("endpoint"): it serves them over HTTP on 127.0.0.1, in the way in which SDKs get
//! them in a container, and renews them while programs run.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html>
//!
//! Invariant: the process that serves never calls AWS and never asks a person. Another process renews the credentials,
//! see `renewal`.

mod connections;
mod directory;
mod document;
mod handover;
mod lifetime;
mod renewal;
mod request;
mod response;
mod server;
#[cfg(unix)]
mod start;
mod stop;
mod supply;

pub(crate) use directory::Directory;
pub(crate) use document::secret_document;
pub(crate) use handover::Handover;
pub(crate) use lifetime::{is_servable, renewed_when_left};
#[cfg(not(unix))]
pub(crate) use server::serve;
#[cfg(unix)]
pub(crate) use start::{StartingServer, become_server, run};

use crate::context::Context;
use crate::error::{Error, Result, cause_text};
use crate::secret::Secret;
use std::net::{Ipv4Addr, TcpListener};

/// The listening socket of a local server for credentials, before ssox has written the server's files: the token and
/// the configuration files.
pub(crate) struct Listening {
    pub(crate) listener: TcpListener,
    port: u16,
    token: Secret,
    /// The name of the directory with the server's files, without a prefix.
    name: String,
}

/// A local server for credentials: its socket, the token that clients send, and the directory with its files.
pub(crate) struct Endpoint {
    pub(crate) listener: TcpListener,
    port: u16,
    pub(crate) token: Secret,
    pub(crate) directory: Directory,
}

impl Listening {
    /// Listens on a port of 127.0.0.1; port 0 is any free one. Connections wait until the server starts.
    ///
    /// # Errors
    /// `Configuration`: the port cannot be opened, for example because it is in use. `Other`: the system does not
    /// return random bytes.
    pub(crate) fn on_port(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|cause| not_listening(port, &cause))?;
        let port = listener.local_addr().map_err(|cause| not_listening(port, &cause))?.port();
        let token = Secret::new(hex::encode(random::<32>()?));
        Ok(Self { listener, port, token, name: hex::encode(random::<8>()?) })
    }

    /// Writes the files for the programs that use this server.
    ///
    /// # Errors
    /// `Configuration`: the files cannot be written.
    pub(crate) fn with_files(self, ctx: &Context, region: Option<&str>) -> Result<Endpoint> {
        let Self { listener, port, token, name } = self;
        let directory = Directory::create(ctx, &name, &token, region)?;
        Ok(Endpoint { listener, port, token, directory })
    }
}

impl Endpoint {
    /// Returns the URL for `AWS_CONTAINER_CREDENTIALS_FULL_URI`. SDKs accept plain HTTP only for a loopback address.
    pub(crate) fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|cause| Error::other(format!("could not get random bytes from the system: {cause}")))?;
    Ok(bytes)
}

fn not_listening(port: u16, cause: &std::io::Error) -> Error {
    let error = Error::configuration(format!("could not listen on 127.0.0.1:{port}: {}", cause_text(cause)));
    // Port 0 is any free port: only `ssox serve --port N` asks for another one.
    if port == 0 {
        error
    } else {
        error.hint("choose another port with `--port`, or leave out `--port` to use any free port")
    }
}
