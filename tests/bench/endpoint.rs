//! One request to the endpoint, beside a file of the same size from nginx; and how much memory the server needs.

use super::print;
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const REQUESTS: usize = 2_000;
/// The requests after which the server must not have grown.
const MANY: usize = 10_000;
const NGINX_PORT: u16 = 48_713;

/// Measures requests to both in turns, each with a connection of its own.
pub(crate) fn requests(mut serve: Command, directory: &Path) {
    let mut child = serve.stdout(Stdio::piped()).spawn().expect("ssox starts");
    let mut text = String::new();
    child.stdout.take().expect("it is piped").read_to_string(&mut text).expect("it is text");
    let served: Value = serde_json::from_str(&text).expect("it is JSON");
    let address = served["uri"].as_str().and_then(|uri| uri.split('/').nth(2)).expect("a URI").to_string();
    let token = served["token"].as_str().expect("a token");
    let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nAuthorization: {token}\r\n\r\n");
    let body = ask(&address, &request).expect("the endpoint answers");
    let nginx = start_nginx(directory, body.len());
    if nginx.is_none() {
        println!("  NOT MEASURED: a file from nginx, which is not installed (Debian: nginx-light)");
    }
    let static_file = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", nginx_address());
    let (mut endpoint, mut file) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS {
        endpoint.push(time(&address, &request));
        if nginx.is_some() {
            file.push(time(&nginx_address(), &static_file));
        }
    }
    let own = median(&mut endpoint);
    let reference = if nginx.is_some() { median(&mut file) } else { own };
    if nginx.is_some() {
        print("a file from nginx", reference, reference);
    }
    print("a request to the endpoint (at most 2 x)", own, reference);
    let before = memory(child.id(), "VmRSS:");
    for _ in 0..MANY {
        time(&address, &request);
    }
    if let (Some(before), Some(after)) = (before, memory(child.id(), "VmRSS:")) {
        println!("  memory of the server (at most 5,120 KiB): {before} KiB, after {MANY} requests {after} KiB");
        let own = memory(child.id(), "RssAnon:").unwrap_or_default();
        println!("  of that, its own (the rest are mapped pages of the program and of libraries): {own} KiB");
    }
    nginx.into_iter().chain([child]).for_each(|mut child| {
        let _ = child.kill().and_then(|()| child.wait());
    });
}

/// Returns a part of the memory of a process in KiB; only Linux tells.
fn memory(process: u32, part: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(part))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn time(address: &str, request: &str) -> Duration {
    let start = Instant::now();
    assert!(ask(address, request).is_some_and(|answer| answer.starts_with("HTTP/1.1 200")), "{address} fails");
    start.elapsed()
}

fn ask(address: &str, request: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok().map(|_| answer)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn nginx_address() -> String {
    format!("127.0.0.1:{NGINX_PORT}")
}

/// Starts nginx with a file of so many bytes, where it is installed.
fn start_nginx(directory: &Path, size: usize) -> Option<Child> {
    let path = |name: &str| directory.join(name).display().to_string();
    fs::create_dir_all(directory.join("web")).ok()?;
    fs::write(directory.join("web/index.html"), "x".repeat(size)).ok()?;
    let configuration = format!(
        "daemon off; master_process off; pid {}; error_log stderr crit; user root;\nevents {{}}\n\
         http {{ access_log off; keepalive_timeout 0; server {{ listen 127.0.0.1:{NGINX_PORT}; root {}; }} }}\n",
        path("nginx.pid"),
        path("web")
    );
    fs::write(directory.join("nginx.conf"), configuration).ok()?;
    let child = Command::new("nginx").args(["-p", &path(""), "-c", &path("nginx.conf")]).spawn().ok()?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(nginx_address()).is_err() {
        assert!(Instant::now() < deadline, "nginx does not listen");
    }
    Some(child)
}
