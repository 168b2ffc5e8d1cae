//! Which client a request comes from, as far as that can be known without trusting the client.

use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// The client as a number for [`crate::limits`]; `None` if it is unknown.
///
/// Behind `proxies` web servers it is the address that the outermost of them saw: that many entries
/// from the right of `X-Forwarded-For`. Anything left of that was written by the client. Otherwise
/// it is the peer, if that has a public address: a peer on this machine or in its network is one of
/// the shop's web servers, and carries all shoppers at once.
pub(super) fn client_key(peer: Option<IpAddr>, headers: &HeaderMap, proxies: usize) -> Option<u64> {
    forwarded(headers, proxies).or(peer.filter(is_public)).map(key)
}

fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let from_right = proxies.checked_sub(1)?;
    let lines = headers.get_all("x-forwarded-for").iter();
    let lines = lines.map(|line| line.to_str().unwrap_or_default());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    address(hops.iter().rev().nth(from_right)?)
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']').parse().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// Whether it is a public internet address.
pub(super) fn is_public(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let is_carriers = first == 100 && second & 0b1100_0000 == 64;
            let is_local = v4.is_loopback() || v4.is_private() || v4.is_link_local();
            !is_local && !v4.is_unspecified() && !is_carriers
        }
        IpAddr::V6(v6) => {
            let is_local = v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local();
            !is_local && !v6.is_unspecified()
        }
    }
}

/// An IPv4 address, or the first 64 bits of an IPv6 address, which one household has: it can choose
/// the rest freely. No IPv6 network begins with 32 zero bits, so the two do not collide.
fn key(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => u64::try_from(v6.to_bits() >> 64).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn of(peer: &str, forwarded: &[&str], proxies: usize) -> Option<u64> {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).expect("a header"));
        }
        client_key(peer.parse().ok(), &headers, proxies)
    }

    fn is(address: &str) -> Option<u64> {
        Some(key(address.parse().expect("an address")))
    }

    #[test]
    fn without_proxies_the_peer_counts_and_no_header() {
        assert_eq!(of("203.0.113.7", &["198.51.100.1"], 0), is("203.0.113.7"));
        assert_eq!(of("::ffff:203.0.113.7", &[], 0), is("203.0.113.7"));
    }

    #[test]
    fn behind_proxies_the_address_that_the_outermost_saw_counts() {
        let lie = "198.51.100.1";
        for (forwarded, proxies, expected) in [
            (&["198.51.100.1, 203.0.113.7"][..], 1, "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7, 192.0.2.1"], 2, "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7,192.0.2.1"], 2, "203.0.113.7"),
            (&["203.0.113.7:4711"], 1, "203.0.113.7"),
            (&["[2001:db8:1:2::9]:4711"], 1, "2001:db8:1:2::"),
            (&["2001:db8:1:2::9"], 1, "2001:db8:1:2::"),
            (&["10.1.2.3"], 1, "10.1.2.3"),
        ] {
            let found = of("127.0.0.1", forwarded, proxies);
            assert_eq!(found, is(expected), "{forwarded:?}");
            assert_ne!(found, is(lie));
        }
    }

    #[test]
    fn a_header_that_says_too_little_leaves_the_peer() {
        for forwarded in [&[][..], &["198.51.100.1"], &["unknown, 192.0.2.1"], &["", ""]] {
            assert_eq!(of("203.0.113.7", forwarded, 2), is("203.0.113.7"), "{forwarded:?}");
            assert_eq!(of("127.0.0.1", forwarded, 2), None, "{forwarded:?}");
        }
    }

    #[test]
    fn a_web_server_of_the_shop_is_not_taken_for_a_shopper() {
        for peer in ["127.0.0.1", "10.0.0.2", "172.17.0.1", "192.168.1.1", "100.64.0.1", "::1"] {
            assert_eq!(of(peer, &["203.0.113.7"], 0), None, "{peer}");
        }
        for peer in ["fd00::1", "fe80::1", "::ffff:10.0.0.2", "", "0.0.0.0"] {
            assert_eq!(of(peer, &[], 0), None, "{peer}");
        }
    }

    #[test]
    fn one_household_is_one_client() {
        assert_eq!(of("2001:db8:1:2::9", &[], 0), of("2001:db8:1:2:ffff::1", &[], 0));
        assert_ne!(of("2001:db8:1:2::9", &[], 0), of("2001:db8:1:3::9", &[], 0));
    }
}
