//! Addresses that no issuer on the internet has.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is not one of the open internet (IANA's registries of special-purpose addresses, RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// An IPv6 address that stands for an IPv4 address: mapped, translated or tunnelled.
    Embedding,
    /// Of the own link; clouds keep credentials there.
    LinkLocal,
    /// This machine.
    Loopback,
    /// Of a group of machines.
    Multicast,
    /// Of an inner network.
    Private,
    /// Kept for examples, tests, or a later time.
    Reserved,
    /// Between a provider and its customers (RFC 6598).
    Shared,
    /// None, which means this machine to many systems.
    Unspecified,
}

impl AddressKind {
    /// Of an address; `None` for one of the open internet.
    pub fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        match address.octets() {
            [0, 0, 0, 0] => Some(Self::Unspecified),
            [127, ..] => Some(Self::Loopback),
            [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(Self::Private),
            [169, 254, ..] => Some(Self::LinkLocal),
            [100, 64..=127, ..] => Some(Self::Shared),
            [224..=239, ..] => Some(Self::Multicast),
            [0 | 240..=255, ..]
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18..=19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _] => Some(Self::Reserved),
            _ => None,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        match address.segments() {
            [0, 0, 0, 0, 0, 0, 0, 0] => Some(Self::Unspecified),
            [0, 0, 0, 0, 0, 0, 0, 1] => Some(Self::Loopback),
            // Compatible and mapped (RFC 4291 section 2.5.5), SIIT (RFC 2765), NAT64 (RFC 6052, RFC 8215), Teredo (RFC
            // 4380), 6to4 (RFC 3056).
            [0, 0, 0, 0, 0, 0 | 0xffff, ..]
            | [0, 0, 0, 0, 0xffff, 0, ..]
            | [0x64, 0xff9b, 0 | 1, ..]
            | [0x2001, 0, ..]
            | [0x2002, ..] => Some(Self::Embedding),
            [0xfe80..=0xfebf, ..] => Some(Self::LinkLocal),
            [0xfc00..=0xfdff | 0xfec0..=0xfeff, ..] => Some(Self::Private),
            [0xff00..=0xffff, ..] => Some(Self::Multicast),
            // Everything else of the internet is below 2000::/3; of that examples and identifiers are not.
            [0x2001, 0x1..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Some(Self::Reserved),
            [0x2000..=0x3fff, ..] => None,
            _ => Some(Self::Reserved),
        }
    }
}

impl fmt::Display for AddressKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Embedding => "an IPv6 address that stands for an IPv4 address",
            Self::LinkLocal => "of the own link, where clouds keep credentials",
            Self::Loopback => "this machine",
            Self::Multicast => "a group of machines",
            Self::Private => "of an inner network",
            Self::Reserved => "kept for examples, tests or later",
            Self::Shared => "of a provider's inner network",
            Self::Unspecified => "no address, which often means this machine",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_internet_are_open() {
        use AddressKind as Kind;
        for (kind, addresses) in [
            (
                None,
                "8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 169.253.1.1 223.255.255.255 192.0.1.1 \
                 2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888 2001:200::1",
            ),
            (Some(Kind::Unspecified), "0.0.0.0 ::"),
            (Some(Kind::Loopback), "127.0.0.1 127.255.255.255 ::1"),
            (
                Some(Kind::Private),
                "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 fc00::1 fdff::1 fec0::1",
            ),
            (Some(Kind::LinkLocal), "169.254.169.254 fe80::1 febf::1"),
            (Some(Kind::Shared), "100.64.0.0 100.127.255.255"),
            (Some(Kind::Multicast), "224.0.0.1 239.255.255.255 ff02::1"),
            (
                Some(Kind::Reserved),
                "0.1.2.3 240.0.0.1 255.255.255.255 192.0.0.1 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255 198.51.100.1 \
                 203.0.113.1 2001:db8::1 2001:10::1 100::1 4000::1 3fff:fff::1 5f00::1",
            ),
            (
                Some(Kind::Embedding),
                "::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::2 ::ffff:0:10.0.0.1 64:ff9b::10.0.0.1 64:ff9b:1::1 2002:7f00:1:: \
                 2001:0:1::1",
            ),
        ] {
            for address in addresses.split_whitespace() {
                let of = AddressKind::of(address.parse().unwrap());
                assert_eq!(of, kind, "{address}");
            }
        }
    }
}
