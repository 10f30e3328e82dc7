//! `healthcheck`: asks a running server whether it is ready; for containers, whose image has no HTTP client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

/// Longest wait for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks `/readyz` at `url`; what it answered.
pub(super) async fn run(url: &str) -> Result<String, String> {
    let url = format!("{}/readyz", url.trim_end_matches('/'));
    let failed = |error: &dyn std::error::Error| format!("{url}: {}", innermost(error));
    let client = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| failed(&error))?;
    let response = client.get(&url).send().await.map_err(|error| failed(&error))?;
    let status = response.status();
    let text = response.text().await.map_err(|error| failed(&error))?;
    let problem: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let detail = problem.as_ref().and_then(|it| it["detail"].as_str());
    let said = detail.or_else(|| text.lines().next()).unwrap_or_default();
    if status == reqwest::StatusCode::OK { Ok(said.to_owned()) } else { Err(format!("{url}: {status}: {said}")) }
}

/// The address of a listener as this machine reaches it.
pub(super) fn local(listen: SocketAddr) -> String {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    format!("http://{}", SocketAddr::new(ip, listen.port()))
}

/// The cause under all causes: the outer ones only repeat the address.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_address_is_reached_as_localhost() {
        for (listen, url) in [
            ("0.0.0.0:8080", "http://127.0.0.1:8080"),
            ("[::]:80", "http://[::1]:80"),
            ("10.0.0.1:8080", "http://10.0.0.1:8080"),
        ] {
            assert_eq!(local(listen.parse().unwrap()), url);
        }
    }
}
