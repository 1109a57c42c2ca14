//! The responses of the local HTTP server: the page that the person sees after signing in, redirects, and pages for
//! other requests.

use crate::browser::page::{Page, Tone};
use crate::secret::Secret;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// An HTTP response with a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpPage {
    pub(super) status: &'static str,
    page: Page,
    /// An additional HTTP header line, or empty. It may contain a secret URL.
    extra_header: Secret,
}

impl HttpPage {
    /// Makes the page that tells the person that the sign-in succeeded.
    pub(super) fn signed_in(label: &str) -> Self {
        Self::new(
            "200 OK",
            Page {
                tone: Tone::Good,
                title: "You are signed in",
                text: "You can close this tab and go back to your terminal.",
                detail: format!("Session: {label}"),
            },
        )
    }

    /// Makes the page that tells the person that the sign-in failed.
    pub(super) fn not_signed_in(why: &str) -> Self {
        let text = "ssox received no token. Your terminal shows what to do next.";
        Self::bad("200 OK", "You are not signed in", text, why.replace('`', ""))
    }

    /// Makes the page for a request that does not belong to the sign-in. The sign-in continues.
    pub(super) fn unrelated(status: &'static str, why: &str) -> Self {
        let text = "This request does not belong to the sign-in in your terminal, which is still waiting.";
        Self::bad(status, "Not part of this sign-in", text, why.into())
    }

    /// Makes the page for a browser that another user of this machine runs.
    pub(super) fn other_user() -> Self {
        let text = "This URL is for the user who runs ssox, and this browser belongs to another user.";
        let detail = "If both users are you, type: ssox login --device-code, or ssox console --print";
        Self::bad("403 Forbidden", "Another user", text, detail.into())
    }

    /// Makes the page for a request with another method than `GET`.
    pub(super) fn wrong_method() -> Self {
        let page = Self::unrelated("405 Method Not Allowed", "Only GET is allowed here.");
        Self { extra_header: Secret::new("Allow: GET\r\n"), ..page }
    }

    /// Makes a response that redirects the browser to a URL.
    pub(super) fn redirect(url: &str) -> Self {
        let (title, text) = ("Redirecting", "Your browser opens the next page.");
        let page = Self::new("302 Found", Page { tone: Tone::Good, title, text, detail: String::new() });
        let mut extra_header = Secret::new("Location: ");
        [url, "\r\n"].iter().for_each(|text| extra_header.push_str(text));
        Self { extra_header, ..page }
    }

    fn bad(status: &'static str, title: &'static str, text: &'static str, detail: String) -> Self {
        Self::new(status, Page { tone: Tone::Bad, title, text, detail })
    }

    fn new(status: &'static str, page: Page) -> Self {
        Self { status, page, extra_header: Secret::default() }
    }

    /// Sends the page and closes the connection. Errors are ignored.
    pub(super) fn send(&self, mut stream: &TcpStream) {
        let sent =
            stream.write_all(self.response().expose().as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
        if sent.is_ok() {
            // If a connection is closed while it has unread data, the kernel resets it, and the page may be lost.
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            let _ = stream.read(&mut [0; 4096]);
        }
    }

    fn response(&self) -> Secret {
        let body = self.page.html();
        let mut response = Secret::default();
        let written = write!(
            response,
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'\r\n{}\r\n{body}",
            self.status,
            body.len(),
            self.extra_header.expose()
        );
        written.expect("writing to a string cannot fail");
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::{HUNTER2, assert_redacted};

    #[test]
    fn debug_does_not_show_where_a_page_redirects_to() {
        let page = HttpPage::redirect(&format!("https://x/?SigninToken={HUNTER2}"));
        assert!(page.response().expose().contains(HUNTER2));
        assert_redacted(&page);
    }

    #[test]
    fn a_page_is_not_cached_and_loads_nothing() {
        let response = HttpPage::signed_in("corp").response();
        let response = response.expose();
        for header in ["Cache-Control: no-store\r\n", "Referrer-Policy: no-referrer\r\n", "default-src 'none'"] {
            assert!(response.contains(header), "{header}");
        }
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
        assert!(!body.contains("{{"), "{body}");
        assert!(body.contains("Session: corp"));
    }
}
