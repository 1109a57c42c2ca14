//! The pages of the local listener: the one that the person sees at the end, and those for other requests.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

const TEMPLATE: &str = include_str!("../pages/page.html");

/// An HTTP response of the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) status: &'static str,
    is_good: bool,
    title: &'static str,
    text: String,
    detail: String,
    /// An additional header line, or nothing.
    extra_header: String,
}

impl Page {
    /// Makes the page for a person who is signed in.
    pub(super) fn signed_in(label: &str) -> Self {
        let text = "You can close this tab and go back to your terminal.".into();
        Self { detail: format!("Session: {label}"), ..Self::new("200 OK", "You are signed in", text) }
    }

    /// Makes the page for a sign-in that failed.
    pub(super) fn not_signed_in(why: &str) -> Self {
        let text = "ssox received no token. Your terminal shows what to do next.".into();
        let page = Self::new("200 OK", "You are not signed in", text);
        Self { is_good: false, detail: why.replace('`', ""), ..page }
    }

    /// Makes the page for a request that does not belong to the sign-in, which continues.
    pub(super) fn unrelated(status: &'static str, why: &str) -> Self {
        let text = "This request does not belong to the sign-in in your terminal, which is still waiting.".into();
        Self { is_good: false, detail: why.into(), ..Self::new(status, "Not part of this sign-in", text) }
    }

    /// Makes the page for a browser of another user.
    pub(super) fn other_user() -> Self {
        let text = "This URL is for the user who runs ssox, and this browser belongs to another user.".into();
        let detail =
            "If you are both users, type: `ssox login --device-code`, or `ssox console --print`".replace('`', "");
        Self { is_good: false, detail, ..Self::new("403 Forbidden", "Another user", text) }
    }

    /// Makes the page for a method other than `GET`.
    pub(super) fn wrong_method() -> Self {
        let page = Self::unrelated("405 Method Not Allowed", "Only GET is allowed here.");
        Self { extra_header: "Allow: GET\r\n".into(), ..page }
    }

    /// Makes a redirect to another URL.
    pub(super) fn redirect(url: &str) -> Self {
        let page = Self::new("302 Found", "Redirecting", "Your browser opens the next page.".into());
        Self { extra_header: format!("Location: {url}\r\n"), ..page }
    }

    fn new(status: &'static str, title: &'static str, text: String) -> Self {
        Self { status, is_good: true, title, text, detail: String::new(), extra_header: String::new() }
    }

    /// Writes the page and closes the connection; errors are ignored.
    pub(super) fn send(&self, mut stream: &TcpStream) {
        let sent = stream.write_all(self.response().as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
        if sent.is_ok() {
            // The kernel resets a connection that is closed with unread data, and the page could be lost.
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            let _ = stream.read(&mut [0; 4096]);
        }
    }

    fn response(&self) -> String {
        let body = self.html();
        format!(
            "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
             Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'\r\n{}\r\n{body}",
            self.status,
            body.len(),
            self.extra_header
        )
    }

    fn html(&self) -> String {
        // The detail may hold text of others: it is inserted last, so that no placeholder in it is replaced.
        TEMPLATE
            .replace("{{tone}}", if self.is_good { "good" } else { "bad" })
            .replace("{{title}}", self.title)
            .replace("{{text}}", &self.text)
            .replace("{{detail}}", &escape(&self.detail))
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::error::printable(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_others_is_escaped() {
        let html = Page::not_signed_in("<script>alert('1')</script> & \"{{title}}\"").html();
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;{{title}}&quot;"));
        assert!(!html.contains("<script"));
    }

    #[test]
    fn a_page_is_not_cached_and_loads_nothing() {
        let response = Page::signed_in("corp").response();
        for header in ["Cache-Control: no-store\r\n", "Referrer-Policy: no-referrer\r\n", "default-src 'none'"] {
            assert!(response.contains(header), "{header}");
        }
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
        assert!(!body.contains("{{"), "{body}");
        assert!(body.contains("Session: corp"));
    }
}
