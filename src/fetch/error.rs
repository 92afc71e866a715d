//! Why nothing came.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use super::AddressKind;
use crate::jose::visible::visible;
use crate::keys::asking::{AddressFault, HttpsUrl};

/// Why nothing came. `Display` has two lines: what is wrong and where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The answer was broken off, or is not what HTTP allows.
    #[error(
        "{host}: expected a whole answer, found one that ends after {bytes} bytes\nTry again; if it stays so, get the keys with the command instead."
    )]
    BrokenOff {
        /// Who answered.
        host: String,
        /// What came, in bytes.
        bytes: u64,
    },
    /// Somebody called it off.
    #[error("{host}: the fetch was called off\nNothing was added.")]
    Cancelled {
        /// Who was asked.
        host: String,
    },
    /// The certificate does not prove that the host is the one that was asked for.
    #[error(
        "{host}: expected a certificate that this system trusts for the host, found {fault}\nIf your network reads https, add its authority to those of the system; else do not trust the answer."
    )]
    Certificate {
        /// Who was asked.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The answer is compressed, although none was asked for that is.
    #[error(
        "{host}: expected an answer without compression, found {encoding}\nGet the keys with the command instead."
    )]
    Compressed {
        /// Who answered.
        host: String,
        /// What it says it is, escaped.
        encoding: String,
    },
    /// No connection.
    #[error(
        "{host}: expected a connection, found {found}\nCheck the network. A proxy is not used: where you need one, get the keys with the command instead."
    )]
    Connection {
        /// Who was asked.
        host: String,
        /// What the system says.
        found: String,
    },
    /// The host has an address that is not one of the open internet, and that was not [confirmed](super::Request::confirm).
    #[error("{host}: expected an address of the open internet, found {}\nFetch from there only if you know that the keys are on that machine.", list(.addresses))]
    InnerAddress {
        /// Who was to be asked.
        host: String,
        /// The addresses that are not.
        addresses: Vec<(IpAddr, AddressKind)>,
    },
    /// The name of the host has no address.
    #[error(
        "{host}: expected a host with an address, found none\nCheck the spelling of the issuer, and whether you are online."
    )]
    NoSuchHost {
        /// Who was to be asked.
        host: String,
    },
    /// What came is no HTTP.
    #[error(
        "{host}: expected an answer in HTTP, found something else\nGet the keys with the command instead."
    )]
    NotHttp {
        /// Who answered.
        host: String,
    },
    /// The host sends on to another one, which was not [confirmed](super::Request::confirm).
    #[error(
        "{host}: expected the keys, found a redirect to another place: {to}\nFollow it only if the keys of this issuer may come from there."
    )]
    OtherPlace {
        /// Who answered.
        host: String,
        /// Where it sends.
        to: HttpsUrl,
    },
    /// A redirect to something that is not asked.
    #[error(
        "{host}: found a redirect to an odd address: {fault}\nAsk whoever runs the issuer where its keys are published."
    )]
    Redirect {
        /// Who answered.
        host: String,
        /// What is wrong with the address.
        fault: AddressFault,
    },
    /// Another status than 200.
    #[error("{host}: expected the status 200, found {status}\n{}", advice(*.status))]
    Status {
        /// Who answered.
        host: String,
        /// The status.
        status: u16,
    },
    /// It took too long.
    #[error("{host}: expected an answer within {} s, found none or only a part of one\nTry again later, or get the keys with the command instead.", .limit.as_secs_f32())]
    Timeout {
        /// Who was asked.
        host: String,
        /// How long it may take.
        limit: Duration,
    },
    /// TLS failed for another reason than the certificate.
    #[error(
        "{host}: expected a connection with TLS, found {found}\nGet the keys with the command instead."
    )]
    Tls {
        /// Who was asked.
        host: String,
        /// What is wrong.
        found: String,
    },
    /// The answer is larger than the limit.
    #[error(
        "{host}: expected an answer of at most {limit} bytes, found more\nAsk for a key set that holds the keys of one issuer only."
    )]
    TooLarge {
        /// Who answered.
        host: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// More redirects than the limit.
    #[error(
        "{host}: expected at most {limit} redirects, found more\nAsk whoever runs the issuer where its keys are published."
    )]
    TooManyRedirects {
        /// Who answered last.
        host: String,
        /// The limit.
        limit: usize,
    },
}

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateFault {
    /// It is no longer valid.
    Expired,
    /// It is for another host.
    OtherHost,
    /// Anything else.
    Other,
    /// It is not valid yet.
    NotYetValid,
    /// It was revoked.
    Revoked,
    /// No authority that is trusted stands above it.
    UnknownAuthority,
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "one that has expired",
            Self::OtherHost => "one for another host",
            Self::Other => "one that cannot be checked",
            Self::NotYetValid => "one that is not valid yet",
            Self::Revoked => "one that was revoked",
            Self::UnknownAuthority => "one of an authority that it does not trust",
        })
    }
}

fn list(addresses: &[(IpAddr, AddressKind)]) -> String {
    let words: Vec<String> = addresses
        .iter()
        .map(|(address, kind)| format!("{address} ({kind})"))
        .collect();
    words.join(", ")
}

fn advice(status: u16) -> &'static str {
    match status {
        401 | 403 => "The issuer gives it to some only: get it the way that it asks for.",
        404 | 410 => "There is nothing there: try another of the usual places.",
        429 | 500..=599 => "Try again later.",
        _ => "Ask whoever runs the issuer where its keys are published.",
    }
}

/// What made `ureq` stop, of a request to this host.
pub(super) fn from_ureq(error: ureq::Error, host: &str, limit: Duration) -> FetchError {
    let host = host.to_owned();
    match error {
        ureq::Error::Timeout(_) => FetchError::Timeout { host, limit },
        ureq::Error::HostNotFound => FetchError::NoSuchHost { host },
        ureq::Error::Rustls(error) => from_rustls(&error, host),
        ureq::Error::Tls(text) => FetchError::Tls {
            host,
            found: text.to_owned(),
        },
        ureq::Error::Other(error) => match error.downcast::<FetchError>() {
            Ok(error) => *error,
            Err(error) => FetchError::Connection {
                host,
                found: visible(&error.to_string()),
            },
        },
        ureq::Error::Io(error) => {
            let rustls = error.get_ref().and_then(|inner| inner.downcast_ref());
            match rustls {
                Some(error) => from_rustls(error, host),
                None => FetchError::Connection {
                    host,
                    found: visible(&error.kind().to_string()),
                },
            }
        }
        ureq::Error::ConnectionFailed => FetchError::Connection {
            host,
            found: "none".to_owned(),
        },
        _ => FetchError::NotHttp { host },
    }
}

fn from_rustls(error: &rustls::Error, host: String) -> FetchError {
    use rustls::CertificateError as Fault;
    let rustls::Error::InvalidCertificate(fault) = error else {
        return FetchError::Tls {
            host,
            found: visible(&error.to_string()),
        };
    };
    let fault = match fault {
        Fault::Expired | Fault::ExpiredContext { .. } => CertificateFault::Expired,
        Fault::NotValidYet | Fault::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        Fault::NotValidForName | Fault::NotValidForNameContext { .. } => {
            CertificateFault::OtherHost
        }
        Fault::Revoked => CertificateFault::Revoked,
        Fault::UnknownIssuer | Fault::BadSignature => CertificateFault::UnknownAuthority,
        _ => CertificateFault::Other,
    };
    FetchError::Certificate { host, fault }
}
