//! Addresses that keys may be asked at. They come from tokens and documents, so everything odd is refused.

use std::fmt;

use crate::jose::visible::visible;

/// Longer addresses, in bytes, are refused.
pub const MAX_ADDRESS_BYTES: usize = 2048;

/// What an address begins with.
const SCHEME: &str = "https://";

/// The characters of a path or query that are taken, beside letters and digits. None of them means anything to a
/// shell between single quotes.
const PLAIN: &[u8] = b"-._~/:@+,=&?%";

/// An `https` address with a plain host: its text holds printable ASCII only, no quote, no backslash, no user name,
/// no IP address, no fragment, and no step upwards. The host is in lower case, the port 443 is left out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HttpsUrl {
    text: String,
    /// Where the host ends in the text.
    host_end: usize,
    /// Where the path begins.
    path_start: usize,
    port: Option<u16>,
}

/// Why a text is no such address. `Display` says what was expected and what was found, in one line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// A character that has no place there.
    #[error("expected letters, digits and plain punctuation, found {} at byte {at}", character_words(*.character))]
    Character {
        /// The character.
        character: char,
        /// Its place in bytes, from 0.
        at: usize,
    },
    /// `.` or `..` as a step of the path, or a percent sign before something other than a plain character.
    #[error("expected a plain path, found {found}, which can lead elsewhere")]
    Climbing {
        /// What was found.
        found: &'static str,
    },
    /// A `#`.
    #[error("expected an address without a fragment, found #")]
    Fragment,
    /// The host is not one or more labels of letters, digits and hyphens.
    #[error("expected a host name, found {}", quoted(.host))]
    Host {
        /// What stands there, escaped and shortened.
        host: String,
    },
    /// The host has letters that are not ASCII.
    #[error("expected a host name of ASCII letters, found {}: letters of other scripts can look the same", quoted(.host))]
    HostScript {
        /// What stands there, escaped and shortened.
        host: String,
    },
    /// An IP address in any spelling.
    #[error("expected a host name, found the IP address {}", quoted(.host))]
    IpAddress {
        /// What stands there, escaped and shortened.
        host: String,
    },
    /// Longer than [`MAX_ADDRESS_BYTES`].
    #[error("expected an address of at most {MAX_ADDRESS_BYTES} bytes, found {bytes}")]
    Long {
        /// Its length.
        bytes: usize,
    },
    /// No number from 1 to 65535.
    #[error("expected a port from 1 to 65535, found {}", quoted(.port))]
    Port {
        /// What stands there, escaped and shortened.
        port: String,
    },
    /// A `?` where an issuer has none (RFC 8414 section 2).
    #[error("expected an issuer without a query, found ?")]
    Query,
    /// It does not begin with `https://`.
    #[error("expected an address that begins with https://, found {}", quoted(.found))]
    Scheme {
        /// How it begins, escaped and shortened.
        found: String,
    },
    /// A user name before the host.
    #[error("expected a host right after https://, found a user name before it")]
    UserName,
}

impl HttpsUrl {
    /// Reads an absolute address.
    ///
    /// # Errors
    ///
    /// When it is longer than [`MAX_ADDRESS_BYTES`], of another scheme, or odd in any way.
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        if text.len() > MAX_ADDRESS_BYTES {
            return Err(AddressFault::Long { bytes: text.len() });
        }
        let scheme = text.get(..SCHEME.len());
        let rest = match scheme.filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME)) {
            Some(_) => text.get(SCHEME.len()..).unwrap_or_default(),
            None => return Err(AddressFault::Scheme { found: start(text) }),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let (host, port) = authority_of(authority)?;
        check_rest(rest, text.len().saturating_sub(rest.len()))?;
        let mut text = format!("{SCHEME}{host}");
        let host_end = text.len();
        if let Some(port) = port {
            text = format!("{text}:{port}");
        }
        let path_start = text.len();
        text.push_str(rest);
        Ok(Self {
            text,
            host_end,
            path_start,
            port,
        })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, in lower case.
    pub fn host(&self) -> &str {
        let host = self.text.get(SCHEME.len()..self.host_end);
        host.unwrap_or_default()
    }

    /// The port, where it is not 443.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Scheme, host and port, such as `https://id.example:8443`.
    pub fn origin(&self) -> &str {
        self.text.get(..self.path_start).unwrap_or_default()
    }

    /// Path and query; may be empty.
    pub fn path_and_query(&self) -> &str {
        self.text.get(self.path_start..).unwrap_or_default()
    }

    /// Whether there is a query.
    pub fn has_query(&self) -> bool {
        self.path_and_query().contains('?')
    }

    /// Whether the host is a name that only an inner network knows, or the machine itself.
    pub fn is_inner(&self) -> bool {
        let host = self.host();
        let inner = [".internal", ".local", ".localhost", ".svc"];
        !host.contains('.') || inner.iter().any(|end| host.ends_with(end))
    }

    /// Whether a label of the host stands for letters of other scripts (RFC 5890 section 2.3.2.1).
    pub fn is_punycode(&self) -> bool {
        self.host()
            .split('.')
            .any(|label| label.starts_with("xn--"))
    }
}

impl fmt::Display for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for HttpsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

fn authority_of(authority: &str) -> Result<(String, Option<u16>), AddressFault> {
    if authority.contains('@') {
        return Err(AddressFault::UserName);
    }
    if authority.starts_with('[') {
        let host = start(authority);
        return Err(AddressFault::IpAddress { host });
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let host = host_of(host)?;
    let port = match port {
        None => None,
        Some(text) => {
            let is_plain = (1..=5).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_digit())
                && !text.starts_with('0');
            let number = text.parse::<u16>().ok().filter(|_| is_plain);
            Some(number.ok_or_else(|| AddressFault::Port { port: start(text) })?)
        }
    };
    Ok((host, port.filter(|port| *port != 443)))
}

/// The host in lower case: labels as of RFC 1123 section 2.1, the last of which is no number, as that makes an IPv4
/// address of all of it (WHATWG URL section 3.5).
fn host_of(text: &str) -> Result<String, AddressFault> {
    if !text.is_ascii() {
        return Err(AddressFault::HostScript { host: start(text) });
    }
    let host = text.to_ascii_lowercase();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if host.len() > 253 || !host.split('.').all(is_label) {
        return Err(AddressFault::Host { host: start(text) });
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x");
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if is_number {
        return Err(AddressFault::IpAddress { host });
    }
    Ok(host)
}

/// Looks at path, query and fragment, which begin at this byte of the address.
fn check_rest(rest: &str, at: usize) -> Result<(), AddressFault> {
    for (offset, character) in rest.char_indices() {
        if character == '#' {
            return Err(AddressFault::Fragment);
        }
        let byte = u8::try_from(character).unwrap_or_default();
        if !byte.is_ascii_alphanumeric() && !PLAIN.contains(&byte) {
            let at = at.saturating_add(offset);
            return Err(AddressFault::Character { character, at });
        }
    }
    let mut pieces = rest.split('%');
    pieces.next();
    for piece in pieces {
        let digits = piece.get(..2).filter(|digits| {
            let mut bytes = digits.bytes();
            bytes.all(|byte| byte.is_ascii_hexdigit())
        });
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match byte {
            None => {
                return Err(AddressFault::Climbing {
                    found: "a percent sign without two digits",
                });
            }
            Some(b'.' | b'/' | b'\\' | b'%') => {
                return Err(AddressFault::Climbing {
                    found: "a dot, slash or percent sign that is written with a percent sign",
                });
            }
            Some(byte) if byte.is_ascii_control() => {
                return Err(AddressFault::Climbing {
                    found: "a control character that is written with a percent sign",
                });
            }
            Some(_) => {}
        }
    }
    let path = rest.split('?').next().unwrap_or_default();
    if path.split('/').any(|step| matches!(step, "." | "..")) {
        return Err(AddressFault::Climbing {
            found: "a step of dots",
        });
    }
    Ok(())
}

/// How a hostile text begins, in at most some forty characters, hidden ones escaped.
pub(super) fn start(text: &str) -> String {
    const CHARACTERS: usize = 40;
    let mut characters = text.chars();
    let shown: String = characters.by_ref().take(CHARACTERS).collect();
    let more = if characters.next().is_some() {
        "…"
    } else {
        ""
    };
    visible(&shown) + more
}

/// A text in words about it.
fn quoted(text: &str) -> String {
    match text {
        "" => "nothing".to_owned(),
        _ => format!("“{text}”"),
    }
}

fn character_words(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        _ => format!("“{}”", visible(&character.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_put_into_one_spelling() {
        for (text, host, port, rest) in [
            ("https://id.example", "id.example", None, ""),
            ("HTTPS://ID.Example:443/", "id.example", None, "/"),
            (
                "https://id.example:8443/realms/Main",
                "id.example",
                Some(8443),
                "/realms/Main",
            ),
            (
                "https://a.example/k?appid=1&x=a@b",
                "a.example",
                None,
                "/k?appid=1&x=a@b",
            ),
            ("https://idp/my%20realm", "idp", None, "/my%20realm"),
            ("https://1.2.3.4.example", "1.2.3.4.example", None, ""),
            ("https://a.example/a..b", "a.example", None, "/a..b"),
        ] {
            let url = HttpsUrl::parse(text).unwrap();
            assert_eq!(
                (url.host(), url.port(), url.path_and_query()),
                (host, port, rest),
                "{text}"
            );
            assert_eq!(HttpsUrl::parse(url.as_str()), Ok(url));
        }
    }

    #[test]
    fn what_is_odd_is_refused_with_its_reason() {
        use AddressFault as Fault;
        let climbing = |text: &str| matches!(HttpsUrl::parse(text), Err(Fault::Climbing { .. }));
        for text in [
            "https://a.example/../b",
            "https://a.example/./b",
            "https://a.example/..",
            "https://a.example/%2e%2e/b",
            "https://a.example/a%2Fb",
            "https://a.example/%5c",
            "https://a.example/%0d%0aHost:b",
            "https://a.example/%7f",
            "https://a.example/%252e",
            "https://a.example/%",
            "https://a.example/%2",
            "https://a.example/%zz",
        ] {
            assert!(climbing(text), "{text}");
        }
        let ip = |text: &str| matches!(HttpsUrl::parse(text), Err(Fault::IpAddress { .. }));
        for text in [
            "https://127.0.0.1/",
            "https://10.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0x7f.0x1/",
            "https://0177.0.0.1",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]:8443/",
            "https://169.254.169.254",
        ] {
            assert!(ip(text), "{text}");
        }
        let host = |text: &str| matches!(HttpsUrl::parse(text), Err(Fault::Host { .. }));
        for text in [
            "https://",
            "https:///x",
            "https://a..b/",
            "https://a.example./",
            "https://-a.example/",
            "https://a_b.example/",
            "https://a%2eb.example/",
            "https://a b.example/",
            "https://a'b.example/",
            "https://$(id).example/",
            "https://a\n.example/",
        ] {
            assert!(host(text), "{text:?}");
        }
        let port = |text: &str| matches!(HttpsUrl::parse(text), Err(Fault::Port { .. }));
        for text in [
            "https://a.example:/",
            "https://a.example:0/",
            "https://a.example:0443/",
            "https://a.example:65536/",
            "https://a.example:+1/",
            "https://a.example:80:80/",
        ] {
            assert!(port(text), "{text}");
        }
        let character = |text: &str| matches!(HttpsUrl::parse(text), Err(Fault::Character { .. }));
        for text in [
            "https://a.example/'; id; '",
            "https://a.example/\"",
            "https://a.example/`id`",
            "https://a.example/$HOME",
            "https://a.example/a b",
            "https://a.example/\u{7}",
            "https://a.example/\u{202e}x",
            "https://a.example\\@b.example/",
            "https://a.example/a\\b",
            "https://a.example/é",
            "https://a.example/!!",
            "https://a.example/;a",
            "https://a.example/{a}",
            "https://a.example/\n",
        ] {
            assert!(character(text), "{text:?}");
        }
        for (text, fault) in [
            ("https://a.example@b.example/", Fault::UserName),
            ("https://u:p@b.example/", Fault::UserName),
            ("https://a.example/#x", Fault::Fragment),
        ] {
            assert_eq!(HttpsUrl::parse(text), Err(fault), "{text}");
        }
        for text in [
            "",
            "http://a.example",
            "file:///etc/passwd",
            "a.example",
            "é",
        ] {
            let fault = HttpsUrl::parse(text);
            assert!(matches!(fault, Err(Fault::Scheme { .. })), "{text}");
        }
        // A Cyrillic letter.
        let fault = HttpsUrl::parse("https://\u{430}pple.com/");
        assert!(matches!(fault, Err(Fault::HostScript { .. })));
        let long = format!("https://a.example/{}", "a".repeat(MAX_ADDRESS_BYTES));
        assert!(matches!(HttpsUrl::parse(&long), Err(Fault::Long { .. })));
    }

    #[test]
    fn what_is_found_is_told_escaped_and_short() {
        let long = format!("javascript:\u{202e}{}", "x".repeat(1000));
        let text = HttpsUrl::parse(&long).unwrap_err().to_string();
        assert!(text.contains("\\u{202E}") && text.len() < 160, "{text}");
    }

    #[test]
    fn inner_and_encoded_names_are_known() {
        let url = |text| HttpsUrl::parse(text).unwrap();
        for text in [
            "https://localhost/",
            "https://a.localhost",
            "https://idp",
            "https://kubernetes.default.svc",
            "https://kubernetes.default.svc.cluster.local",
            "https://metadata.google.internal",
        ] {
            assert!(url(text).is_inner(), "{text}");
        }
        assert!(!url("https://a.example").is_inner());
        assert!(url("https://xn--pple-43d.com").is_punycode());
        assert!(!url("https://a.example").is_punycode());
    }
}
