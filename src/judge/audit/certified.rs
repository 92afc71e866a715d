//! The certificate that a loaded key came in, as far as it matters for the key (catalogue 1.3). Beside a token its chain is
//! judged by the rules of `certificates`.

use jiff::Timestamp;

use super::flaw::Flaw;
use super::{Confidence, Severity};
use crate::jose::visible::visible;
use crate::keys::{Certificate, Key};

/// `x5c-validity`: the certificate is not valid at this instant. What it signed while it was valid still counts, so it is
/// mild.
pub(super) fn validity(certificate: &Certificate, at: Timestamp) -> Option<Flaw> {
    let subject = visible(&certificate.subject);
    let (title, detail) = if let Some(end) = certificate.not_after.filter(|end| *end < at) {
        (
            "The certificate of the key has expired",
            format!(
                "The certificate of \u{201C}{subject}\u{201D} was valid until {end}. What is signed later should be signed with another key."
            ),
        )
    } else if let Some(start) = certificate.not_before.filter(|start| *start > at) {
        (
            "The certificate of the key is not valid yet",
            format!("The certificate of \u{201C}{subject}\u{201D} is valid from {start}."),
        )
    } else {
        return None;
    };
    Some(Flaw {
        severity: Severity::Low,
        confidence: Confidence::Certain,
        title: title.to_owned(),
        detail,
        remedy: "Renew the certificate, and load the new one.".to_owned(),
        references: vec!["RFC 5280 \u{A7}4.1.2.5", "CWE-298"],
        members: vec!["x5c"],
        refuses: false,
    })
}

/// `x5c-identity`: the certificate was signed with a hash that others can make collide.
pub(super) fn broken_hash(key: &Key) -> Option<Flaw> {
    let certificate = key.certificate.as_ref()?;
    let hash = certificate.broken_hash?;
    let is_self_issued = certificate.is_self_issued();
    Some(Flaw {
        severity: if is_self_issued {
            Severity::Info
        } else {
            Severity::Medium
        },
        confidence: Confidence::Certain,
        title: format!("A certificate signed with {hash}"),
        detail: format!(
            "The certificate of \u{201C}{}\u{201D} was signed with {hash}. {}",
            visible(&certificate.subject),
            if is_self_issued {
                "It is its own issuer, so its signature proves nothing in any case."
            } else {
                "Two certificates can be made to share such a signature, so it does not prove whose key this is."
            }
        ),
        remedy: "Have it issued anew, with SHA-256 or better.".to_owned(),
        references: vec!["RFC 8725 \u{A7}3.8", "CWE-328"],
        members: vec!["x5c"],
        refuses: false,
    })
}
