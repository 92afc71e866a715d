//! What a certificate says (RFC 5280).

use jiff::Timestamp;

/// What a certificate says, for display. All text is as it stands there: it may be hostile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Certificate {
    /// The subject's distinguished name.
    pub subject: String,
    /// The issuer's distinguished name.
    pub issuer: String,
    /// The serial number, in lower-case hexadecimal, two digits a byte.
    pub serial: String,
    /// Valid from.
    pub not_before: Option<Timestamp>,
    /// Valid until.
    pub not_after: Option<Timestamp>,
    /// Whether basicConstraints says that it is a CA.
    pub is_ca: bool,
    /// Whether keyUsage allows to sign documents (digitalSignature or nonRepudiation); `None` without keyUsage.
    pub may_sign: Option<bool>,
    /// Whether keyUsage allows to sign certificates (keyCertSign); `None` without keyUsage.
    pub may_issue: Option<bool>,
    /// What keyUsage allows (RFC 5280 section 4.2.1.3), by its names there; `None` without keyUsage.
    pub usage: Option<Vec<&'static str>>,
    /// The alternative names of the subject, in order.
    pub names: Vec<AlternativeName>,
    /// The algorithm that it was signed with: its name, or the object identifier of one without.
    pub signature_algorithm: String,
    /// The hash that it was signed with, where nobody should trust that any more.
    pub broken_hash: Option<&'static str>,
    /// SHA-256 of the whole certificate, in lower-case hexadecimal.
    pub sha256: String,
}

/// An alternative name of a subject (RFC 5280 section 4.2.1.6).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlternativeName {
    /// A host name, or one with a wildcard.
    Dns(String),
    /// An e-mail address.
    Email(String),
    /// An address of the internet protocol.
    Ip(String),
    /// A name of another kind, which is not shown: the name of the kind.
    Other(&'static str),
    /// A URI.
    Uri(String),
}

impl Certificate {
    /// Whether it says to be issued by its own subject, as roots do. Its signature is not looked at.
    pub fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// The hosts of its alternative names, in lower case: of dNSName as they stand (a wildcard included), of
    /// uniformResourceIdentifier the host in it.
    pub fn hosts(&self) -> impl Iterator<Item = String> {
        let hosts = self.names.iter().filter_map(|name| match name {
            AlternativeName::Dns(host) => Some(host.as_str()),
            AlternativeName::Uri(uri) => {
                let (_, rest) = uri.split_once("://")?;
                let authority = rest.split(['/', '?', '#']).next()?;
                let host = authority.rsplit('@').next()?;
                Some(host.split_once(':').map_or(host, |(host, _port)| host))
            }
            AlternativeName::Email(_) | AlternativeName::Ip(_) | AlternativeName::Other(_) => None,
        });
        hosts.map(str::to_ascii_lowercase)
    }
}

/// For people: the kind of name before the name, but for host names.
impl std::fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(host) => f.write_str(host),
            Self::Email(address) => write!(f, "e-mail {address}"),
            Self::Ip(address) => write!(f, "IP {address}"),
            Self::Other(kind) => write!(f, "another name ({kind})"),
            Self::Uri(uri) => write!(f, "URI {uri}"),
        }
    }
}

/// The common name in a distinguished name, else all of it.
pub fn common_name(name: &str) -> &str {
    let parts = name.split(", ");
    let common = parts.filter_map(|part| part.trim().strip_prefix("CN="));
    common.last().unwrap_or(name)
}
