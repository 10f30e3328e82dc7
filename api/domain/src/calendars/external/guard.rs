//! Which addresses this server asks on behalf of somebody: none of its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address belongs to the public internet: not to this machine, a local network, a carrier, a group or a
/// translation between the two kinds of addresses.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => is_public_v6(it),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(a == 0
        || a == 10
        || a == 127
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113))
}

/// Only global unicast (2000::/3), and nothing in it that stands for an address of the other kind or is for examples.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    let teredo_and_special = a == 0x2001 && b < 0x200;
    let example = (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000);
    (a & 0xe000) == 0x2000 && a != 0x2002 && !teredo_and_special && !example
}

/// Looks names up and gives only addresses that may be asked; the connection goes to those, so that a name cannot mean
/// another address a moment later.
#[derive(Clone, Debug)]
pub struct AddressGuard {
    allowed: Arc<[IpAddr]>,
}

impl AddressGuard {
    /// Beside the public internet, `allowed` may be asked.
    pub fn new(allowed: &[IpAddr]) -> Self {
        Self { allowed: allowed.into() }
    }

    /// Whether an address may be asked.
    pub fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed.contains(&address)
    }

    /// Whether a web address may be asked, so far as it tells without looking its name up.
    pub fn permits_url(&self, url: &Url, allow_http: bool) -> bool {
        let scheme = url.scheme() == "https" || (allow_http && url.scheme() == "http");
        // The parser has brought every way to write an address into one form.
        let host = url.host_str().is_some_and(|it| match it.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => self.permits(address),
            Err(_name) => !it.is_empty(),
        });
        scheme && host && url.username().is_empty() && url.password().is_none()
    }
}

impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let permitted: Vec<_> = addresses.iter().copied().filter(|it| guard.permits(it.ip())).collect();
            if permitted.is_empty() {
                return Err(AddressRefused.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

/// A name that means no address which may be asked.
#[derive(Debug)]
pub struct AddressRefused;

impl std::fmt::Display for AddressRefused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name means no public address")
    }
}

impl std::error::Error for AddressRefused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_asked() {
        for public in
            ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "2a00:1450::1", "2620:fe::fe"]
        {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "127.0.0.1",
            "127.255.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:10::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "4000::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }

    #[test]
    fn addresses_that_name_a_machine_are_judged_before_they_are_asked() {
        let guard = AddressGuard::new(&["127.0.0.1".parse().unwrap()]);
        let permits = |text: &str, http| guard.permits_url(&Url::parse(text).unwrap(), http);
        assert!(permits("https://calendar.example/a.ics", false) && permits("http://127.0.0.1:8080/a.ics", true));
        for refused in [
            "http://calendar.example/a.ics",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://0x7f.1.2.3/",
            "https://2130706434/",
            "https://user:word@calendar.example/",
            "file:///etc/passwd",
            "ftp://calendar.example/",
            "https://[::ffff:10.0.0.1]/",
        ] {
            assert!(!permits(refused, false), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_refused() {
        let name = || "localhost".parse::<Name>().unwrap();
        assert!(AddressGuard::new(&[]).resolve(name()).await.is_err());
        assert!(AddressGuard::new(&["127.0.0.1".parse().unwrap()]).resolve(name()).await.is_ok());
    }
}
