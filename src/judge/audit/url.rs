//! Addresses in a token that point somewhere bad (catalogue 1.3). Nothing here looks a name up or fetches anything.

use super::kid::percent_decoded;
use super::{
    Confidence, Finding, Rule, Ruling, Severity, Subject, header_evidence, named_evidence,
};
use crate::jose::PartRole;
use crate::jose::json::Json;

/// Schemes that name other things than pages, which fetchers follow all the same.
const OTHER_SCHEMES: [&str; 6] = ["data", "file", "ftp", "gopher", "jar", "ldap"];

/// Addresses are looked at up to this length in bytes.
const MAX_URL: usize = 1 << 16;

/// `header-url-dangerous`: an address in the token points somewhere bad.
pub(super) struct HeaderUrlDangerous;

impl Rule for HeaderUrlDangerous {
    fn id(&self) -> &'static str {
        "header-url-dangerous"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        let header = |name| subject.header(name).and_then(Json::str);
        let members = [
            ("jku", header("jku")),
            ("x5u", header("x5u")),
            ("kid", header("kid").filter(|kid| is_address(kid))),
            (
                "iss",
                subject
                    .claim("iss")
                    .and_then(Json::str)
                    .filter(|iss| is_address(iss)),
            ),
        ];
        let findings = members.into_iter().filter_map(|(name, url)| {
            let faults = faults(url?);
            let worst = faults.iter().map(|fault| fault.weight).max()?;
            let is_issuer = name == "iss";
            let severity = match (is_issuer, worst) {
                (true, Weight::InnerName) => Severity::Info,
                (true, Weight::Any) => Severity::Low,
                (false, _) => Severity::High,
            };
            let what: Vec<&str> = faults.iter().map(|fault| fault.text).collect();
            let consequence = if is_issuer {
                "A verifier that looks for keys at its issuer goes there."
            } else {
                "A verifier that follows it fetches what the sender wants fetched, from inside your network."
            };
            let payload = token.part(PartRole::Payload);
            Some(Finding {
                rule: self.id(),
                severity,
                confidence: Confidence::Certain,
                title: format!("The address in {name} is a dangerous one"),
                detail: format!("{}. {consequence}", crate::judge::words::capitalised(&what.join("; "))),
                remedy: "Fetch keys from a fixed list of addresses only, without following redirects.".to_owned(),
                references: vec!["RFC 8725 \u{A7}3.10", "CWE-918"],
                evidence: if is_issuer {
                    named_evidence(payload, name)
                } else {
                    header_evidence(subject, name)
                },
                refusal: None,
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// How much a fault weighs where nothing is fetched for certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// A name that only an inner network knows, which is usual there.
    InnerName,
    /// Anything else.
    Any,
}

/// Something that is wrong with an address.
struct Fault {
    text: &'static str,
    weight: Weight,
}

impl Fault {
    fn any(text: &'static str) -> Self {
        Self {
            text,
            weight: Weight::Any,
        }
    }
}

/// Whether a text is shaped like an address that something could fetch.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    is_scheme(scheme)
        && (rest.starts_with("//") || OTHER_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()))
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// Everything that is wrong with an address.
fn faults(url: &str) -> Vec<Fault> {
    let url = url.get(..MAX_URL).unwrap_or(url);
    let mut faults = Vec::new();
    let Some((scheme, rest)) = url.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return vec![Fault::any("it is no absolute URL")];
    };
    if !scheme.eq_ignore_ascii_case("https") {
        faults.push(Fault::any("its scheme is not https"));
    }
    if url.contains('\\') {
        faults.push(Fault::any(
            "it holds a backslash, which some readers take for a slash",
        ));
    }
    if !["http", "https"]
        .iter()
        .any(|web| scheme.eq_ignore_ascii_case(web))
    {
        return faults;
    }
    let Some(rest) = rest.strip_prefix("//") else {
        if faults.is_empty() {
            faults.push(Fault::any("it names no host"));
        }
        return faults;
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment)),
        None => (rest, None),
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if fragment.is_some() {
        faults.push(Fault::any("it has a fragment"));
    }
    let host_and_port = match authority.rsplit_once('@') {
        Some((_, host)) => {
            faults.push(Fault::any("a user name stands before its host"));
            host
        }
        None => authority,
    };
    if authority.contains('%') {
        faults.push(Fault::any("its host is written with percent signs"));
    }
    let (host, port) = split_port(host_and_port);
    if !matches!(port, "" | "443") {
        faults.push(Fault::any("its port is not 443"));
    }
    faults.extend(host_fault(&host.to_lowercase()));
    let path = percent_decoded(path);
    if path.split(['/', '\\']).any(|element| element == "..") {
        faults.push(Fault::any("its path climbs upwards"));
    }
    let query = percent_decoded(query);
    if query.contains("://") || query.contains("=//") {
        faults.push(Fault::any(
            "another address stands in its query, as for a redirect",
        ));
    }
    faults
}

fn split_port(authority: &str) -> (&str, &str) {
    if let Some((host, rest)) = authority.split_once(']') {
        return (host, rest.strip_prefix(':').unwrap_or(rest));
    }
    authority.split_once(':').unwrap_or((authority, ""))
}

/// What is wrong with a host in lower case; of an IPv6 address the bracket before it is still there.
fn host_fault(host: &str) -> Option<Fault> {
    if let Some(address) = host.strip_prefix('[') {
        return Some(Fault::any(ipv6_words(address)));
    }
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.is_empty() {
        return Some(Fault::any("it names no host"));
    }
    if let Some(address) = ipv4(host) {
        return Some(Fault::any(ipv4_words(address)));
    }
    if host == "localhost" || host.ends_with(".localhost") {
        return Some(Fault::any("its host is the machine of whoever fetches it"));
    }
    let is_inner = [".local", ".internal"]
        .iter()
        .any(|suffix| host.ends_with(suffix))
        || !host.contains('.');
    is_inner.then_some(Fault {
        text: "its host is a name of an inner network",
        weight: Weight::InnerName,
    })
}

/// An IPv4 address in any spelling that fetchers know: one to four numbers, decimal, octal or hexadecimal.
fn ipv4(host: &str) -> Option<u32> {
    let parts: Vec<u64> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|part| *part > 255) {
        return None;
    }
    // The last number fills the bytes that are left.
    let mut address = 0_u64;
    for (index, part) in first.iter().enumerate() {
        let shift = 24_u32.checked_sub(u32::try_from(index).ok()?.checked_mul(8)?)?;
        address = address.checked_add(part.checked_shl(shift)?)?;
    }
    u32::try_from(address.checked_add(*last)?).ok()
}

fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None if text.len() > 1 && text.starts_with('0') => (text, 8),
        None => (text, 10),
    };
    if digits.starts_with('+') {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

const OWN_MACHINE: &str = "its host is an address of the machine that fetches it";
const CLOUD_METADATA: &str = "its host is a link-local address, where clouds keep credentials";
const INNER_ADDRESS: &str = "its host is an address of an inner network";
const ADDRESS: &str = "its host is an IP address";

fn ipv4_words(address: u32) -> &'static str {
    match address.to_be_bytes() {
        [0 | 127, ..] => OWN_MACHINE,
        [169, 254, ..] => CLOUD_METADATA,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] => INNER_ADDRESS,
        _ => ADDRESS,
    }
}

fn ipv6_words(address: &str) -> &'static str {
    // ::ffff:10.0.0.1 is an IPv4 address in the clothes of IPv6.
    let mapped = address.rsplit(':').next().filter(|last| last.contains('.'));
    if let Some(address) = mapped.and_then(ipv4) {
        return ipv4_words(address);
    }
    match address.as_bytes() {
        b"::1" | b"::" => OWN_MACHINE,
        [b'f', b'e', b'8'..=b'9' | b'a' | b'b', ..] => CLOUD_METADATA,
        [b'f', b'c' | b'd', ..] => INNER_ADDRESS,
        _ => ADDRESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(url: &str) -> Vec<&'static str> {
        faults(url).into_iter().map(|fault| fault.text).collect()
    }

    #[test]
    fn plain_addresses_are_left_alone() {
        for url in [
            "https://a.example",
            "https://a.example/jwks.json?v=2",
            "https://a.example:443/.well-known/jwks.json",
            "HTTPS://A.example./x",
            "https://1.2.3.4.example/",
            "https://a.example/a..b",
        ] {
            assert_eq!(texts(url), [""; 0], "{url}");
        }
    }

    #[test]
    fn each_trick_is_seen() {
        for (url, text) in [
            ("http://a.example/", "its scheme is not https"),
            ("file:///etc/passwd", "its scheme is not https"),
            ("data:application/json,{}", "its scheme is not https"),
            ("keys/1", "it is no absolute URL"),
            ("https:a.example", "it names no host"),
            ("https:///x", "it names no host"),
            (
                "https://a.example@b.example/",
                "a user name stands before its host",
            ),
            (
                "https://a.example\\@b.example/",
                "it holds a backslash, which some readers take for a slash",
            ),
            ("https://a.example/#x", "it has a fragment"),
            (
                "https://a%2eb.example/",
                "its host is written with percent signs",
            ),
            ("https://a.example:8443/", "its port is not 443"),
            ("https://a.example/x/../y", "its path climbs upwards"),
            ("https://a.example/x/%2e%2e/y", "its path climbs upwards"),
            (
                "https://a.example/r?to=https://b.example",
                "another address stands in its query, as for a redirect",
            ),
            (
                "https://a.example/r?to=%2f%2fb.example",
                "another address stands in its query, as for a redirect",
            ),
            (
                "https://localhost/",
                "its host is the machine of whoever fetches it",
            ),
            (
                "https://kubernetes.default.svc.cluster.local",
                "its host is a name of an inner network",
            ),
            ("https://idp/", "its host is a name of an inner network"),
            ("https://8.8.8.8/", ADDRESS),
            ("https://127.0.0.1/", OWN_MACHINE),
            ("https://2130706433/", OWN_MACHINE),
            ("https://0x7f.1/", OWN_MACHINE),
            ("https://0177.0.0.1/", OWN_MACHINE),
            ("https://169.254.169.254/latest", CLOUD_METADATA),
            ("https://10.1.2.3/", INNER_ADDRESS),
            ("https://172.31.0.1/", INNER_ADDRESS),
            ("https://[::1]/", OWN_MACHINE),
            ("https://[::ffff:192.168.0.1]:443/", INNER_ADDRESS),
            ("https://[fe80::1]/", CLOUD_METADATA),
            ("https://[fd00::1]/", INNER_ADDRESS),
            ("https://[2001:db8::1]/", ADDRESS),
        ] {
            assert_eq!(texts(url), [text], "{url}");
        }
    }

    #[test]
    fn only_addresses_are_looked_at_in_names() {
        for text in ["https://a", "file:x", "HTTP://a"] {
            assert!(is_address(text), "{text}");
        }
        for text in ["accounts.example", "urn:x:y", "did:web:a", "a:b", ""] {
            assert!(!is_address(text), "{text}");
        }
    }
}
