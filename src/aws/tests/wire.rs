//! The connection to AWS: host names, URLs, proxies, certificate authorities.

use super::{assert_says, fails, get_with, network, token};
use crate::aws::{CaBundle, Network, Origin};
use crate::error::ErrorKind;
use ssox_standin::Standin;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

#[test]
fn an_unknown_host_is_named() {
    // A label of a host name has at most 63 characters, so the name is invalid and no DNS server is asked.
    let host = "a".repeat(64);
    let error = fails(&Network { max_attempts: None, ..network(&format!("http://{host}.invalid")) }, &[]);
    assert_says(&error, ErrorKind::Unreachable, &format!("could not resolve the host name of `{host}.invalid`"));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = fails(&network(&format!("http://{free}")), &[]);
    assert_says(&error, ErrorKind::Unreachable, &format!("`{free}` refused the connection"));
}

#[test]
fn an_invalid_url_is_a_configuration_error() {
    for url in ["localhost:8080", "ftp://h", "https://", "", "http://a b"] {
        assert_says(&fails(&network(url), &[]), ErrorKind::Configuration, "AWS_ENDPOINT_URL");
    }
    let fips = Network { fips: true, ..network("http://127.0.0.1:9") };
    assert_says(&fails(&fips, &[]), ErrorKind::Configuration, "FIPS");
}

/// Starts a proxy that sends the same response to each of `times` requests, and then ends. Returns its address, and a
/// thread handle whose result is the list of requests.
fn proxy(response: &'static str, times: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = std::thread::spawn(move || {
        let asked = listener.incoming().take(times).map(|stream| {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4096];
            let length = stream.read(&mut bytes).unwrap();
            stream.write_all(response.as_bytes()).unwrap();
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        });
        asked.collect()
    });
    (address, asked)
}

#[test]
fn requests_are_sent_through_the_proxy() {
    let (address, asked) = proxy("HTTP/1.1 407 Who\r\ncontent-length: 0\r\nconnection: close\r\n\r\n", 2);
    let with_password = format!("http://jane:s3cret%21@{address}");
    let error = fails(&network("http://portal.example"), &[("HTTP_PROXY", &with_password)]);
    assert_says(&error, ErrorKind::Configuration, "`HTTP_PROXY` requires a user name and a password");
    let error = fails(&network("https://portal.example"), &[("HTTPS_PROXY", &with_password)]);
    assert_says(&error, ErrorKind::Configuration, "`HTTPS_PROXY` requires a user name and a password");
    assert!(!error.to_string().contains("s3cret"), "{error}");
    let asked = asked.join().unwrap();
    assert!(asked[0].starts_with("GET http://portal.example/federation/credentials?"), "{asked:?}");
    assert!(asked[1].starts_with("CONNECT portal.example:443 "), "{asked:?}");
    for head in asked {
        assert!(head.to_lowercase().contains("proxy-authorization: basic amfuztpzm2nyzxqh"), "{head}");
    }
}

#[test]
fn no_proxy_bypasses_the_proxy() {
    let standin = Standin::start();
    let bypass = [("HTTP_PROXY", "http://127.0.0.1:9"), ("NO_PROXY", "example.com,127.0.0.1")];
    get_with(&bypass, &network(&standin.url()), &token(&standin)).unwrap();
    let error = fails(&network(&standin.url()), &[("HTTP_PROXY", "http://127.0.0.1:9")]);
    assert_says(&error, ErrorKind::Unreachable, "the proxy `127.0.0.1:9` (from HTTP_PROXY) refused the connection");
}

fn bundle(path: &Path) -> Option<CaBundle> {
    Some(CaBundle { path: path.into(), origin: Origin::Variable("AWS_CA_BUNDLE".into()) })
}

#[test]
fn an_invalid_ca_bundle_is_reported() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let block = |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    let network = Network { ca_bundle: bundle(file.path()), ..network("http://127.0.0.1:9") };
    for content in [String::new(), "nonsense".into(), block("!!"), block("MAMCAQE="), "\u{0}".into()] {
        std::fs::write(file.path(), &content).unwrap();
        assert_says(&fails(&network, &[]), ErrorKind::Configuration, "has no usable certificate");
        assert_says(&fails(&network, &[]), ErrorKind::Configuration, "AWS_CA_BUNDLE");
    }
    let absent = Network { ca_bundle: bundle(Path::new("/none/such")), ..network.clone() };
    assert_says(&fails(&absent, &[]), ErrorKind::Configuration, "does not exist");
    let directory = Network { ca_bundle: bundle(&std::env::temp_dir()), ..network };
    assert_says(&fails(&directory, &[]), ErrorKind::Configuration, "AWS_CA_BUNDLE");
}
