//! Fetching keys from their issuer, when somebody asks for it and has confirmed whom to ask.
//!
//! The only room that reaches out; it is built with the feature `fetch` only. What it holds to:
//!
//! - `https` only. The system says which authorities count, as it does for browsers: a company's own are among them, and
//!   none has to be brought along and kept up to date.
//! - Addresses that are not of the open internet are refused until they are confirmed, one by one. What is checked is
//!   what the connection is made to: a name is resolved once for each connection, so that it cannot stand for another machine
//!   a moment later.
//! - Redirects are followed by hand, at most so many, to the confirmed places only.
//! - No proxy is used, even where the environment names one: it would resolve the name by itself, and what was checked
//!   would mean nothing. Whoever needs one has the [command](crate::keys::asking::KeyPlace::command).
//! - Nothing of the token is sent but what stands in the address; no cookies, no credentials, no compression.

mod address;
mod content;
mod error;

use std::fmt;
use std::io::Read as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ureq::http::{Response, Uri, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};
use zeroize::Zeroizing;

pub use address::AddressKind;
pub use content::{Content, ContentError};
pub use error::{CertificateFault, FetchError};

use crate::keys::MAX_KEY_FILE_BYTES;
use crate::keys::asking::{AddressFault, HttpsUrl};

/// What a server is told of who asks.
const USER_AGENT: &str = concat!("tokenloupe/", env!("CARGO_PKG_VERSION"));

const ACCEPT: &str = "application/jwk-set+json, application/json, */*;q=0.1";

/// Larger heads of answers, in bytes, are refused.
const MAX_HEAD_BYTES: usize = 64 << 10;

/// Between two looks at whether to go on, at most so many bytes are read.
const READ_BYTES: usize = 16 << 10;

/// What is fetched, and what was confirmed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The address to begin at.
    pub url: HttpsUrl,
    /// Further origins that may be asked, such as `https://keys.example`.
    origins: Vec<String>,
    /// Addresses that may be asked although they are not of the open internet.
    addresses: Vec<IpAddr>,
}

impl Request {
    /// A request for what is at this address, with nothing confirmed but its host.
    pub fn new(url: HttpsUrl) -> Self {
        Self {
            url,
            origins: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// The same request with what this error asks to be confirmed: another place, or an inner address. `None` for the
    /// other errors, in which there is nothing to confirm.
    #[must_use]
    pub fn confirm(&self, error: &FetchError) -> Option<Self> {
        let mut request = self.clone();
        match error {
            FetchError::InnerAddress { addresses, .. } => {
                let addresses = addresses.iter().map(|(address, _)| *address);
                request.addresses.extend(addresses);
            }
            FetchError::OtherPlace { to, .. } => request.origins.push(to.origin().to_owned()),
            _ => return None,
        }
        Some(request)
    }

    fn may_ask(&self, url: &HttpsUrl) -> bool {
        let origin = url.origin();
        origin == self.url.origin() || self.origins.iter().any(|known| known == origin)
    }
}

/// How much a fetch may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From the first question to the last byte, all redirects included.
    pub time: Duration,
    /// Of the body.
    pub bytes: u64,
    /// How many are followed.
    pub redirects: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(20),
            bytes: MAX_KEY_FILE_BYTES,
            redirects: 3,
        }
    }
}

/// What came.
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The address that it came from in the end.
    pub url: HttpsUrl,
    /// The addresses before that, each of which sent on to the next.
    pub redirects: Vec<HttpsUrl>,
    /// The body. A server may publish what should be secret.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Fetched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched")
            .field("url", &self.url)
            .field("redirects", &self.redirects)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// Whose certificates count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Authorities {
    /// These only, in DER.
    Only(Vec<Vec<u8>>),
    /// Those of the system.
    #[default]
    System,
}

/// The addresses of a host and port.
type LookUp = dyn Fn(&str, u16) -> Vec<SocketAddr> + Send + Sync;

/// How the name of a host becomes addresses.
#[derive(Clone, Default)]
pub enum Names {
    /// As a function says.
    Given(Arc<LookUp>),
    /// As the system says.
    #[default]
    System,
}

impl fmt::Debug for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Given(_) => "Given",
            Self::System => "System",
        })
    }
}

/// Fetches, as the system does by default.
#[derive(Debug, Clone, Default)]
pub struct Fetcher {
    /// Whose certificates count.
    pub authorities: Authorities,
    /// How names become addresses.
    pub names: Names,
}

impl Fetcher {
    /// Gets what is at the address of the request. Blocks for as long as the limits allow. `cancel` is looked at before each
    /// connection and between reads.
    ///
    /// # Errors
    ///
    /// When nothing came, too much, or something has to be [confirmed](Request::confirm) first.
    pub fn fetch(
        &self,
        request: &Request,
        limits: &Limits,
        cancel: &AtomicBool,
    ) -> Result<Fetched, FetchError> {
        let start = Instant::now();
        let mut url = request.url.clone();
        let mut redirects = Vec::new();
        loop {
            let host = url.host().to_owned();
            if cancel.load(Ordering::Relaxed) {
                return Err(FetchError::Cancelled { host });
            }
            let left = limits.time.saturating_sub(start.elapsed());
            if left.is_zero() {
                let limit = limits.time;
                return Err(FetchError::Timeout { host, limit });
            }
            let answer = self.ask(&url, request, left);
            let answer = answer.map_err(|error| error::from_ureq(error, &host, limits.time))?;
            let Some(to) = location(&url, &answer)? else {
                let bytes = body(answer, &host, limits, cancel)?;
                return Ok(Fetched {
                    url,
                    redirects,
                    bytes,
                });
            };
            if redirects.len() >= limits.redirects {
                let limit = limits.redirects;
                return Err(FetchError::TooManyRedirects { host, limit });
            }
            if !request.may_ask(&to) {
                return Err(FetchError::OtherPlace { host, to });
            }
            redirects.push(std::mem::replace(&mut url, to));
        }
    }

    /// Asks once, over a connection of its own.
    fn ask(
        &self,
        url: &HttpsUrl,
        request: &Request,
        time: Duration,
    ) -> Result<Response<Body>, ureq::Error> {
        let roots = match &self.authorities {
            Authorities::Only(certificates) => {
                let certificates = certificates.iter();
                let certificates = certificates.map(|der| Certificate::from_der(der).to_owned());
                RootCerts::Specific(Arc::new(certificates.collect()))
            }
            Authorities::System => RootCerts::PlatformVerifier,
        };
        let primitives = rustls::crypto::ring::default_provider();
        let tls = TlsConfig::builder()
            .root_certs(roots)
            .unversioned_rustls_crypto_provider(Arc::new(primitives))
            .build();
        let config = Agent::config_builder()
            .accept(ACCEPT)
            .accept_encoding("identity")
            .http_status_as_error(false)
            .https_only(true)
            .max_idle_connections(0)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_response_header_size(MAX_HEAD_BYTES)
            .proxy(None)
            .timeout_global(Some(time))
            .tls_config(tls)
            .user_agent(USER_AGENT)
            .build();
        let guard = Guard {
            names: self.names.clone(),
            confirmed: request.addresses.clone(),
        };
        let agent = Agent::with_parts(config, DefaultConnector::default(), guard);
        agent.get(url.as_str()).call()
    }
}

/// Resolves names, and lets nothing pass that is neither of the open internet nor confirmed. The connection is made to what
/// it gives.
#[derive(Debug)]
struct Guard {
    names: Names,
    confirmed: Vec<IpAddr>,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let found = match &self.names {
            Names::Given(look_up) => {
                let mut found = self.empty();
                let port = uri.port_u16().unwrap_or(443);
                for address in look_up(host, port).into_iter().take(MAX_ADDRESSES) {
                    found.push(address);
                }
                found
            }
            Names::System => {
                let found = DefaultResolver::default().resolve(uri, config, timeout);
                found.map_err(|error| match error {
                    ureq::Error::Io(_) => ureq::Error::HostNotFound,
                    other => other,
                })?
            }
        };
        if found.is_empty() {
            return Err(ureq::Error::HostNotFound);
        }
        let addresses: Vec<(IpAddr, AddressKind)> = found
            .iter()
            .map(SocketAddr::ip)
            .filter(|address| !self.confirmed.contains(address))
            .filter_map(|address| Some((address, AddressKind::of(address)?)))
            .collect();
        if addresses.is_empty() {
            return Ok(found);
        }
        let refused = FetchError::InnerAddress {
            host: host.to_owned(),
            addresses,
        };
        Err(ureq::Error::Other(Box::new(refused)))
    }
}

/// As many as [`ResolvedSocketAddrs`] holds.
const MAX_ADDRESSES: usize = 16;

/// Where an answer sends on to, if it does.
fn location(url: &HttpsUrl, answer: &Response<Body>) -> Result<Option<HttpsUrl>, FetchError> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(to) = answer.headers().get(header::LOCATION) else {
        return Ok(None);
    };
    let to = String::from_utf8_lossy(to.as_bytes());
    let fault = |fault| FetchError::Redirect {
        host: url.host().to_owned(),
        fault,
    };
    join(url, &to).map(Some).map_err(fault)
}

/// The address that a reference means (RFC 3986 section 5.2). One that climbs is refused, as everything odd is.
fn join(base: &HttpsUrl, reference: &str) -> Result<HttpsUrl, AddressFault> {
    let origin = base.origin();
    let path = base.path_and_query();
    let path = path.split('?').next().unwrap_or_default();
    let is_absolute = reference
        .split(['/', '?', '#'])
        .next()
        .is_some_and(|first| first.contains(':'));
    let text = if is_absolute {
        reference.to_owned()
    } else if reference.starts_with("//") {
        format!("https:{reference}")
    } else if reference.starts_with('/') {
        format!("{origin}{reference}")
    } else if reference.is_empty() || reference.starts_with('?') {
        format!("{origin}{path}{reference}")
    } else {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{origin}{folder}/{reference}")
    };
    HttpsUrl::parse(&text)
}

/// Reads the body of an answer with the status 200.
fn body(
    answer: Response<Body>,
    host: &str,
    limits: &Limits,
    cancel: &AtomicBool,
) -> Result<Zeroizing<Vec<u8>>, FetchError> {
    let host = host.to_owned();
    let status = answer.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status { host, status });
    }
    let encoding = answer.headers().get(header::CONTENT_ENCODING);
    let encoding = encoding.map(|value| String::from_utf8_lossy(value.as_bytes()));
    if let Some(encoding) = encoding.filter(|name| !name.eq_ignore_ascii_case("identity")) {
        let encoding = encoding.chars().take(40).collect::<String>();
        return Err(FetchError::Compressed {
            host,
            encoding: crate::jose::visible::visible(&encoding),
        });
    }
    let limit = limits.bytes;
    let body = answer.into_body();
    if body.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge { host, limit });
    }
    let mut reader = body.into_reader();
    let mut bytes = Zeroizing::new(Vec::new());
    let mut buffer = Zeroizing::new(vec![0; READ_BYTES]);
    loop {
        if cancel.load(Ordering::Relaxed) {
            return Err(FetchError::Cancelled { host });
        }
        let came = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let read = match reader.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            Err(error) => {
                return Err(match ureq::Error::from(error) {
                    ureq::Error::Timeout(_) => FetchError::Timeout {
                        host,
                        limit: limits.time,
                    },
                    _ => FetchError::BrokenOff { host, bytes: came },
                });
            }
        };
        let more = u64::try_from(read.len()).unwrap_or(u64::MAX);
        if came.saturating_add(more) > limit {
            return Err(FetchError::TooLarge { host, limit });
        }
        bytes.extend_from_slice(read);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_joined_or_refused() {
        let base = HttpsUrl::parse("https://id.example:8443/a/b?c=d").unwrap();
        for (reference, expected) in [
            ("https://other.example/x", "https://other.example/x"),
            ("//other.example/x", "https://other.example/x"),
            ("/x", "https://id.example:8443/x"),
            ("x", "https://id.example:8443/a/x"),
            ("?x=y", "https://id.example:8443/a/b?x=y"),
            ("x/y:z", "https://id.example:8443/a/x/y:z"),
        ] {
            let joined = join(&base, reference).unwrap();
            assert_eq!(joined.as_str(), expected, "{reference}");
        }
        for reference in [
            "http://id.example/x",
            "ftp://id.example/x",
            "file:///etc/passwd",
            "data:application/json,{}",
            "../x",
            "/x/../y",
            "//127.0.0.1/",
            "//u@other.example/",
            "/x#y",
            "\\\\other.example\\x",
        ] {
            assert!(join(&base, reference).is_err(), "{reference}");
        }
        let bare = HttpsUrl::parse("https://id.example").unwrap();
        assert_eq!(join(&bare, "x").unwrap().as_str(), "https://id.example/x");
    }

    #[test]
    fn only_what_can_be_confirmed_is() {
        let url = |text| HttpsUrl::parse(text).unwrap();
        let request = Request::new(url("https://id.example/k"));
        let other = url("https://keys.example/k");
        assert!(!request.may_ask(&other) && request.may_ask(&url("https://id.example/x")));
        assert!(!request.may_ask(&url("https://id.example:8443/x")));
        let host = "id.example".to_owned();
        let to = other.clone();
        let error = FetchError::OtherPlace { host, to };
        assert!(request.confirm(&error).unwrap().may_ask(&other));
        let host = "id.example".to_owned();
        assert_eq!(request.confirm(&FetchError::NoSuchHost { host }), None);
    }
}
