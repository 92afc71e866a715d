//! What to ask for: where the keys of a token's issuer are usually published, and the command that gets them.
//!
//! Nothing here reaches out. The issuer is text that anybody can write, so an address is made of it only where it is a
//! plain one ([`HttpsUrl`]), and whoever runs the command should know the issuer.

mod address;
mod discovery;
mod table;

use std::fmt;

pub use address::{AddressFault, HttpsUrl, MAX_ADDRESS_BYTES};
pub use discovery::{DocumentFault, InDocument, MAX_DOCUMENT_BYTES, read_document};

use address::start;
use table::{CLUSTER, ROWS, without_slash};

use super::MAX_KEY_FILE_BYTES;
use crate::jose::json::{Document, Json};
use crate::jose::{Kind, Token, registry};

/// Longer issuers, in bytes, are not looked at.
pub const MAX_ISSUER_BYTES: usize = 1024;

/// What to ask for to verify a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Whose token it seems to be. Anybody can write any issuer.
    pub vendor: Option<String>,
    /// The usual places, the likeliest first. Those that the token chose by itself come last.
    pub places: Vec<KeyPlace>,
    /// Why there is no place, or what to know before asking there.
    pub notes: Vec<AskingNote>,
}

/// A place where keys, or a document that names them, usually are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPlace {
    /// Where.
    pub source: KeySource,
    /// What is there.
    pub answer: Answer,
    /// Why the keys should be there: one sentence.
    pub why: String,
    /// What to look at before asking there.
    pub cautions: Vec<Caution>,
}

/// Whom to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// The API server of a Kubernetes cluster, for this path.
    Cluster {
        /// Such as `/openid/v1/jwks`.
        path: String,
    },
    /// A web server.
    Url(HttpsUrl),
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// A certificate in DER.
    Certificate,
    /// The metadata of an issuer, which name the keys in `jwks_uri` or hold them in `jwks`.
    Document,
    /// A signed entity statement with the keys in its claim `jwks`; they sign statements, and their holder names further
    /// ones.
    EntityStatement,
    /// One public key as PEM.
    Key,
    /// A JWK Set.
    KeySet,
}

impl Answer {
    /// What comes back, and what to do with it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Certificate => "Answers with a certificate; add the file.",
            Self::Document => "Answers with metadata; paste them to see where the keys are.",
            Self::EntityStatement => {
                "Answers with a signed statement; paste it, its keys are in the claim jwks."
            }
            Self::Key => "Answers with a public key; paste it.",
            Self::KeySet => "Answers with the keys; paste them.",
        }
    }
}

/// What to look at before asking at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caution {
    /// The token names the place itself, in this header parameter.
    ChosenByToken(&'static str),
    /// The name of the host belongs to an inner network.
    InnerName,
    /// The document is about this issuer (escaped and shortened), and the token says another one.
    OtherIssuer(String),
    /// The document came from this host, and its keys are on another one.
    OtherHost(String),
    /// The port is not the usual one.
    Port(u16),
    /// The name of the host stands for letters of other scripts.
    Punycode,
}

impl fmt::Display for Caution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChosenByToken(name) => write!(
                f,
                "The token chose this place in {name}: whoever made the token, genuine or not, owns the answer."
            ),
            Self::InnerName => f.write_str(
                "The host is a name of an inner network: the answer comes from whatever has that name where you ask.",
            ),
            Self::OtherIssuer(issuer) => write!(
                f,
                "The document is about the issuer {issuer}, and the token says another one; a verifier must refuse that."
            ),
            Self::OtherHost(host) => write!(f, "The document came from {host}; the keys are on another host."),
            Self::Port(port) => write!(f, "The port is {port}, not the usual one of https."),
            Self::Punycode => f.write_str(
                "The host stands for letters of other scripts, which can look like another name.",
            ),
        }
    }
}

/// Why there is no place, or what to know before asking at one. `Display` has two lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskingNote {
    /// The issuer is a decentralized identifier.
    #[error("The issuer {} is a DID, whose document holds the keys.\nResolve it with a tool for DIDs, and paste the publicKeyJwk of the kid.", start(.issuer))]
    Did {
        /// As the token says, at most [`MAX_ISSUER_BYTES`] long.
        issuer: String,
    },
    /// It is encrypted, and the claims cannot be read.
    #[error(
        "The token is encrypted: what it needs is the private or shared key of the one that it is for.\nAsk the service that receives the token; it is published nowhere."
    )]
    Encrypted,
    /// No issuer that is a text.
    #[error(
        "The token does not say in iss who issued it.\nAsk whoever gave you the token where its keys are published."
    )]
    NoIssuer,
    /// The issuer is no address that could be asked.
    #[error(
        "No address can be made of the issuer: {fault}.\nAsk whoever runs the issuer where its keys are published."
    )]
    NoAddress {
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// `jku` or `x5u` is no address that could be asked.
    #[error(
        "The address that the token names in {name} is odd: {fault}.\nDo not follow it by hand either."
    )]
    OddAddress {
        /// The header parameter.
        name: &'static str,
        /// What is wrong with it.
        fault: AddressFault,
    },
    /// The algorithm is a MAC.
    #[error(
        "The header says {alg}, which needs the secret that issuer and receiver share; it is published nowhere.\nAdd the secret. Published keys show only whether one of them was misused as the secret."
    )]
    Secret {
        /// The name of the algorithm.
        alg: String,
    },
}

impl KeyPlace {
    /// The command that gets it, for a POSIX shell or `PowerShell`, without a line break.
    ///
    /// `curl` follows no redirect, speaks nothing but https, and stops after 20 seconds or at the size of a key file.
    pub fn command(&self) -> String {
        match &self.source {
            KeySource::Cluster { path } => format!("kubectl get --raw {path}"),
            KeySource::Url(url) => {
                let save = match self.answer {
                    Answer::Certificate => " --remote-name",
                    _ => "",
                };
                format!(
                    "curl -sSf --proto '=https' --max-time 20 --max-filesize {MAX_KEY_FILE_BYTES}{save} '{url}'"
                )
            }
        }
    }

    /// The address, where a web server is asked.
    pub fn url(&self) -> Option<&HttpsUrl> {
        match &self.source {
            KeySource::Cluster { .. } => None,
            KeySource::Url(url) => Some(url),
        }
    }

    fn new(source: KeySource, answer: Answer, why: impl Into<String>) -> Self {
        let mut cautions = Vec::new();
        if let KeySource::Url(url) = &source {
            if url.is_inner() {
                cautions.push(Caution::InnerName);
            }
            cautions.extend(url.port().map(Caution::Port));
            if url.is_punycode() {
                cautions.push(Caution::Punycode);
            }
        }
        Self {
            source,
            answer,
            why: why.into(),
            cautions,
        }
    }
}

/// What to ask for to verify this token; of one that was opened, give the token inside.
pub fn what_to_ask_for(token: &Token) -> Asking {
    let said = Said {
        issuer: token.claims().and_then(|claims| claims.str("iss")),
        token: Some(token),
    };
    if token.kind == Kind::Jwe && said.claims().is_none() {
        return Asking {
            vendor: None,
            places: Vec::new(),
            notes: vec![AskingNote::Encrypted],
        };
    }
    asking(&said)
}

/// What to ask for to verify tokens of this issuer.
pub fn what_to_ask_issuer_for(issuer: &str) -> Asking {
    asking(&Said {
        issuer: Some(issuer),
        token: None,
    })
}

/// What a token says of where it is from.
struct Said<'a> {
    issuer: Option<&'a str>,
    token: Option<&'a Token>,
}

impl<'a> Said<'a> {
    fn claims(&self) -> Option<&'a Document> {
        self.token?.claims()
    }

    fn claim(&self, name: &str) -> Option<&'a Json> {
        self.claims()?.get(name)
    }

    fn claim_text(&self, name: &str) -> Option<&'a str> {
        self.claim(name)?.str()
    }

    fn header_text(&self, name: &str) -> Option<&'a str> {
        self.token?.parameter(name)?.str()
    }

    /// The media type in `typ`, short and in lower case (RFC 7515 section 4.1.9).
    fn typ(&self) -> String {
        let typ = self.header_text("typ").unwrap_or_default();
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ).to_owned()
    }
}

fn asking(said: &Said<'_>) -> Asking {
    let too_long = said.issuer.is_some_and(|iss| iss.len() > MAX_ISSUER_BYTES);
    let known = Said {
        issuer: said.issuer.filter(|_| !too_long),
        token: said.token,
    };
    let mut notes = Vec::new();
    let mac = known.header_text("alg").filter(|alg| is_mac(alg));
    notes.extend(mac.map(|alg| AskingNote::Secret {
        alg: alg.to_owned(),
    }));
    let mut vendor = known
        .issuer
        .and_then(registry::of_issuer)
        .map(str::to_owned);
    let mut places = Vec::new();
    for row in ROWS.iter() {
        let Some(place) = row.place(&known) else {
            continue;
        };
        let source = match place.strip_prefix(CLUSTER) {
            Some(path) => Some(KeySource::Cluster {
                path: path.to_owned(),
            }),
            None => HttpsUrl::parse(&place).ok().map(KeySource::Url),
        };
        let Some(source) = source else { continue };
        vendor.get_or_insert_with(|| row.vendor.clone());
        push(
            &mut places,
            KeyPlace::new(source, row.answer, row.why.as_str()),
        );
    }
    match issuer_url(said.issuer, too_long) {
        Ok(Some(issuer)) => general(&issuer, &known, &mut places),
        // A vendor's place needs no issuer that is an address.
        _ if !places.is_empty() => {}
        Ok(None) => notes.push(AskingNote::NoIssuer),
        Err(note) => notes.push(note),
    }
    for name in ["jku", "x5u"] {
        let Some(url) = known.header_text(name) else {
            continue;
        };
        match HttpsUrl::parse(url) {
            Ok(url) => {
                let answer = if name == "jku" {
                    Answer::KeySet
                } else {
                    Answer::Key
                };
                let why = format!("The header names it in {name}.");
                let mut place = KeyPlace::new(KeySource::Url(url), answer, why);
                place.cautions.insert(0, Caution::ChosenByToken(name));
                push(&mut places, place);
            }
            Err(fault) => notes.push(AskingNote::OddAddress { name, fault }),
        }
    }
    Asking {
        vendor,
        places,
        notes,
    }
}

/// The issuer as an address. RFC 8414 section 2: no query, no fragment.
fn issuer_url(issuer: Option<&str>, too_long: bool) -> Result<Option<HttpsUrl>, AskingNote> {
    let Some(issuer) = issuer.filter(|issuer| !issuer.is_empty()) else {
        return Ok(None);
    };
    let no_address = |fault| AskingNote::NoAddress { fault };
    if too_long {
        let bytes = issuer.len();
        return Err(no_address(AddressFault::Long { bytes }));
    }
    if issuer.starts_with("did:") {
        return Err(AskingNote::Did {
            issuer: issuer.to_owned(),
        });
    }
    let url = HttpsUrl::parse(issuer).map_err(no_address)?;
    if url.has_query() {
        return Err(no_address(AddressFault::Query));
    }
    Ok(Some(url))
}

/// The places that hold for every issuer, by the standards.
fn general(issuer: &HttpsUrl, said: &Said<'_>, places: &mut Vec<KeyPlace>) {
    let path = without_slash(issuer.path_and_query());
    // RFC 8414 section 3.1 puts the well-known path before that of the issuer; OpenID Connect Discovery after it.
    let before = |name: &str| format!("{}/.well-known/{name}{path}", issuer.origin());
    let after = |name: &str| format!("{}{path}/.well-known/{name}", issuer.origin());
    let mut add = |text: String, answer, why: &str| {
        if let Ok(url) = HttpsUrl::parse(&text) {
            push(places, KeyPlace::new(KeySource::Url(url), answer, why));
        }
    };
    let typ = said.typ();
    if matches!(typ.as_str(), "dc+sd-jwt" | "vc+sd-jwt")
        || said.token.is_some_and(|token| token.kind == Kind::SdJwt)
    {
        add(
            before("jwt-vc-issuer"),
            Answer::Document,
            "Issuers of SD-JWT credentials publish their metadata there (SD-JWT VC, JWT VC Issuer Metadata).",
        );
    }
    let is_federated = typ == "entity-statement+jwt"
        || said.claim("authority_hints").is_some()
        || said
            .token
            .is_some_and(|token| token.parameter("trust_chain").is_some());
    if is_federated {
        add(
            after("openid-federation"),
            Answer::EntityStatement,
            "Members of a federation publish a statement about themselves there (OpenID Federation 1.0 §9).",
        );
    }
    add(
        after("openid-configuration"),
        Answer::Document,
        "OpenID providers publish their metadata there (OpenID Connect Discovery 1.0 §4).",
    );
    add(
        before("oauth-authorization-server"),
        Answer::Document,
        "OAuth authorization servers publish their metadata there (RFC 8414 §3).",
    );
    add(
        after("jwks.json"),
        Answer::KeySet,
        "Many issuers publish their keys there; it is a habit and no standard.",
    );
}

/// Adds a place that is not there yet.
fn push(places: &mut Vec<KeyPlace>, place: KeyPlace) {
    if places.iter().all(|other| other.source != place.source) {
        places.push(place);
    }
}

/// Whether an algorithm of this name takes a shared secret (RFC 7518 section 3.2).
fn is_mac(alg: &str) -> bool {
    matches!(alg, "HS256" | "HS384" | "HS512")
}

#[cfg(test)]
mod tests;
