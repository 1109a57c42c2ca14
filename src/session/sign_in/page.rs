//! The page a person ends on in the browser, and the answers for those who are not that person.
//!
//! Deliberately not here: what is asked for (`callback`).

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

const TEMPLATE: &str = include_str!("../pages/answer.html");

/// One answer of the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) status: &'static str,
    is_good: bool,
    title: &'static str,
    text: String,
    detail: String,
    /// A header line of its own.
    extra: String,
}

impl Page {
    /// Says that it is done.
    pub(super) fn signed_in(label: &str) -> Self {
        let text = "You can close this tab and go back to your terminal.".into();
        Self { detail: format!("Session: {label}"), ..Self::new("200 OK", "You are signed in", text) }
    }

    /// Says that it failed, and why.
    pub(super) fn not_signed_in(why: &str) -> Self {
        let text = "Nothing was handed out. Your terminal says what to do next.".into();
        let page = Self::new("200 OK", "You are not signed in", text);
        Self { is_good: false, detail: why.replace('`', ""), ..page }
    }

    /// Says why a request is no answer to the sign-in that waits.
    pub(super) fn no_answer(status: &'static str, why: &str) -> Self {
        let text = "This is not the answer your terminal is waiting for. It goes on waiting.".into();
        Self { is_good: false, detail: why.into(), ..Self::new(status, "Not this one", text) }
    }

    /// Says that it is somebody else's.
    pub(super) fn another_user() -> Self {
        let text = "This address is for the browser of the user who runs ssox, and you are another one.".into();
        let detail = "If both are you: `ssox login --device-code`, or `ssox console --print`".replace('`', "");
        Self { is_good: false, detail, ..Self::new("403 Forbidden", "Not yours", text) }
    }

    /// Says which method there is.
    pub(super) fn wrong_method() -> Self {
        let page = Self::no_answer("405 Method Not Allowed", "Only GET is answered here.");
        Self { extra: "Allow: GET\r\n".into(), ..page }
    }

    /// Sends the same tab to another address.
    pub(super) fn elsewhere(url: &str) -> Self {
        let page = Self::new("302 Found", "Once more", "AWS wants to be asked again.".into());
        Self { extra: format!("Location: {url}\r\n"), ..page }
    }

    fn new(status: &'static str, title: &'static str, text: String) -> Self {
        Self { status, is_good: true, title, text, detail: String::new(), extra: String::new() }
    }

    /// Writes the page and ends the connection. Whether it arrives is the browser's business.
    pub(super) fn send(&self, mut stream: &TcpStream) {
        let sent = stream.write_all(self.response().as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
        if sent.is_ok() {
            // What came unread would make the kernel reset the connection before the page is read.
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
            self.extra
        )
    }

    fn html(&self) -> String {
        // What others wrote comes last: nothing in it is a place to fill any more.
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
    fn what_others_wrote_is_only_text() {
        let html = Page::not_signed_in("<script>alert('1')</script> & \"{{title}}\"").html();
        assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;{{title}}&quot;"));
        assert!(!html.contains("<script"));
    }

    #[test]
    fn a_page_is_kept_nowhere_and_loads_nothing() {
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
