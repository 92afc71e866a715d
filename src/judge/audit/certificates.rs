//! The certificates that a header carries (catalogue 1.3).

use super::header::https_host;
use super::signature::signature;
use super::{Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::judge::profile::Trait;
use crate::judge::validity;
use crate::keys::Certificate;
use crate::verify::algorithm::find;
use crate::verify::{Chain, ChainFault, Designation, Outcome, Provenance, SignatureProof};

/// The signature and the chain beside it; `Err` is what a rule about chains says where there is none.
fn chain<'a>(subject: &Subject<'a>) -> Result<(&'a SignatureProof, &'a Chain), Ruling> {
    let proof = signature(subject).ok_or(Ruling::Unconcerned)?;
    let chain = proof.chain.as_ref();
    Ok((proof, chain.ok_or(Ruling::Ran(Vec::new()))?))
}

/// The evidence of one entry of `x5c`, or of the whole.
fn entry_evidence(subject: &Subject<'_>, entry: Option<usize>) -> Vec<Evidence> {
    let x5c = subject.case.token.parameter_in("x5c");
    let one = entry.zip(x5c).and_then(|(at, (part, x5c))| {
        let json = x5c.array()?.get(at)?;
        Some(Evidence::in_part(
            part,
            format!("/x5c/{at}"),
            json.range.clone(),
        ))
    });
    one.map_or_else(|| header_evidence(subject, "x5c"), |one| vec![one])
}

/// `x5c-untrusted`: a chain that leads to no certificate of the reviewer's.
pub(super) struct X5cUntrusted;

impl Rule for X5cUntrusted {
    fn id(&self) -> &'static str {
        "x5c-untrusted"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (proof, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        if chain.anchor.is_some() || chain.is_pinned {
            return Ruling::Ran(Vec::new());
        }
        let leaf = chain
            .links
            .first()
            .and_then(|leaf| leaf.thumbprint.as_ref());
        let only_with_it = proof.outcome == Outcome::Valid
            && proof.key.as_ref().is_some_and(|used| {
                used.provenance == Provenance::Token && used.key.thumbprint.as_ref() == leaf
            });
        let is_built_on_it = subject.profile.spec.has(Trait::BuiltOnChain);
        let (severity, confidence) = if only_with_it && chain.anchors == 0 {
            (Severity::Critical, Confidence::Proven)
        } else if is_built_on_it {
            (Severity::Info, Confidence::Certain)
        } else {
            (Severity::Medium, Confidence::Certain)
        };
        let anchors = match (chain.anchors, chain.objection) {
            (0, _) => "no CA certificate was loaded to check it against".to_owned(),
            (_, Some(objection)) => {
                format!("it leads to none of the CA certificates that were loaded ({objection})")
            }
            _ => "it leads to none of the CA certificates that were loaded".to_owned(),
        };
        let verifies = if only_with_it {
            "The signature verifies with the certificate in the token\u{2019}s own header and with none of your keys. Whoever wrote the token chose it, so it proves nothing."
        } else {
            "A verifier that takes the certificate for a proof of itself lets the sender choose the key."
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence,
            title: "Nobody vouches for the certificates in the token (x5c)".to_owned(),
            detail: format!("The header brings a chain of certificates, and {anchors}. {verifies}"),
            remedy: "Check the chain against a pinned CA, and that the leaf belongs to the issuer."
                .to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.6", "RFC 8725 \u{A7}3.8", "CWE-295"],
            evidence: header_evidence(subject, "x5c"),
            refusal: None,
        }])
    }
}

/// `x5c-chain`: a chain that is malformed, or whose certificates do not certify each other.
pub(super) struct X5cChain;

impl Rule for X5cChain {
    fn id(&self) -> &'static str {
        "x5c-chain"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (_, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        if chain.faults.is_empty() {
            return Ruling::Ran(Vec::new());
        }
        let said: Vec<String> = chain
            .faults
            .iter()
            .map(|ChainFault { entry, kind }| match entry {
                Some(at) => format!("certificate {}: {kind}", at.saturating_add(1)),
                None => kind.to_string(),
            })
            .collect();
        let mut places: Vec<_> = chain.faults.iter().map(|fault| fault.entry).collect();
        places.sort_unstable();
        places.dedup();
        let evidence = places.into_iter();
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "The certificate chain is broken (x5c)".to_owned(),
            detail: format!(
                "The leaf must come first, and each certificate be certified by the next: {}.",
                said.join("; ")
            ),
            remedy: "Send the leaf first, then each certificate that certifies the one before."
                .to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.6", "RFC 5280 \u{A7}6", "CWE-296"],
            evidence: evidence
                .flat_map(|entry| entry_evidence(subject, entry))
                .collect(),
            refusal: None,
        }])
    }
}

/// `x5c-anchor-included`: the root stands in the chain.
pub(super) struct X5cAnchorIncluded;

impl Rule for X5cAnchorIncluded {
    fn id(&self) -> &'static str {
        "x5c-anchor-included"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (_, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        let last = chain.links.len().checked_sub(1);
        Ruling::from(chain.holds_root.then(|| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Certain,
            title: "The chain brings its own root (x5c)".to_owned(),
            detail: "The last certificate is signed with its own key. A verifier must have it from elsewhere to trust it, so here it only takes room.".to_owned(),
            remedy: "Leave the root out of x5c.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.6"],
            evidence: entry_evidence(subject, last),
            refusal: None,
        }))
    }
}

/// `x5c-validity`: a certificate outside its time.
pub(super) struct X5cValidity;

impl Rule for X5cValidity {
    fn id(&self) -> &'static str {
        "x5c-validity"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (_, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        let at = subject.case.at;
        let signed_at = validity::signed_at(subject.times, subject.profile, at);
        let outlived = || {
            let exp = subject
                .times
                .mark("exp")
                .filter(|_| subject.has_claims())?
                .at?;
            let leaf = chain.links.first()?.certificate.as_ref()?;
            (exp > leaf.not_after?).then_some(leaf)
        };
        let (severity, certificate, what) = if let Some(spoilt) = chain.invalid_at(signed_at) {
            let what = if signed_at == at {
                "is not valid now"
            } else {
                "was not valid when the token was issued, by its iat"
            };
            (Severity::High, spoilt, what)
        } else if let Some(leaf) = outlived() {
            (Severity::Medium, leaf, "ends before the token does")
        } else if let Some(spoilt) = chain.invalid_at(at) {
            let what = "was valid when the token was issued, by its iat, and is not now";
            (Severity::Low, spoilt, what)
        } else {
            return Ruling::Ran(Vec::new());
        };
        let own = chain
            .links
            .iter()
            .position(|link| link.certificate.as_ref() == Some(certificate));
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence: Confidence::Certain,
            title: "A certificate is outside its validity (x5c)".to_owned(),
            detail: format!("{} {what}.", named(certificate)),
            remedy: "Renew the certificate, and let no token live longer.".to_owned(),
            references: vec!["RFC 5280 \u{A7}4.1.2.5", "CWE-298"],
            evidence: entry_evidence(subject, own),
            refusal: None,
        }])
    }
}

/// A certificate and its time, for people.
fn named(certificate: &Certificate) -> String {
    let end = |time: Option<jiff::Timestamp>| {
        time.map_or_else(|| "no end".to_owned(), |time| time.to_string())
    };
    format!(
        "The certificate of \u{201C}{}\u{201D}, from {} to {},",
        visible(&certificate.subject),
        end(certificate.not_before),
        end(certificate.not_after)
    )
}

/// `x5c-identity`: a leaf that does not name the issuer, or should not sign.
pub(super) struct X5cIdentity;

impl Rule for X5cIdentity {
    fn id(&self) -> &'static str {
        "x5c-identity"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (proof, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        let Some((leaf, certificate)) = chain
            .links
            .first()
            .and_then(|leaf| Some((leaf, leaf.certificate.as_ref()?)))
        else {
            return Ruling::NotRun;
        };
        let mut said = Vec::new();
        let issuer = subject.claim("iss").and_then(Json::str);
        let issuer = issuer.and_then(https_host);
        let host = issuer.as_deref().map(|host| {
            let port = host.rsplit_once(':');
            port.map_or(host, |(host, _port)| host)
        });
        if let Some(host) = host.filter(|host| !certificate.hosts().any(|own| fits(&own, host))) {
            said.push(format!(
                "the issuer is on the host {}, which the certificate does not name",
                visible(host)
            ));
        }
        if certificate.may_sign == Some(false) {
            said.push("its keyUsage does not allow signatures".to_owned());
        }
        if certificate.is_ca {
            said.push("it is a CA\u{2019}s, which should sign certificates only".to_owned());
        }
        if let Some(algorithm) = proof.alg.as_deref().and_then(find)
            && leaf.is_usable()
            && !algorithm.fits(leaf.kind)
        {
            said.push(format!(
                "its key ({}) cannot do {}",
                leaf.kind, algorithm.name
            ));
        }
        let certificates = chain
            .links
            .iter()
            .filter_map(|link| link.certificate.as_ref());
        // Nobody relies on the signature of a root.
        let signed = certificates.filter(|one| one.issuer != one.subject);
        for (hash, subject) in signed.filter_map(|one| Some((one.broken_hash?, &one.subject))) {
            let whose = visible(subject);
            said.push(format!(
                "the certificate of {whose} is signed with {hash}, which is broken"
            ));
        }
        Ruling::from((!said.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "The certificate is not one for this token (x5c)".to_owned(),
            detail: format!(
                "About the certificate of \u{201C}{}\u{201D}: {}.",
                visible(&certificate.subject),
                said.join("; ")
            ),
            remedy: "Sign with a certificate that names the issuer and is meant for signatures, or pin it.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.8", "RFC 5280 \u{A7}4.2.1.3", "CWE-297"],
            evidence: entry_evidence(subject, Some(0)),
            refusal: None,
        }))
    }
}

/// Whether a name of a certificate is this host; its wildcard stands for one label (RFC 6125 section 6.4.3).
fn fits(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(parent) => host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => name == host,
    }
}

/// `x5t-mismatch`: a thumbprint of another certificate.
pub(super) struct X5tMismatch;

impl Rule for X5tMismatch {
    fn id(&self) -> &'static str {
        "x5t-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let hashes = [("x5t", 20_usize), ("x5t#S256", 32)];
        let findings = hashes.into_iter().filter_map(|(name, length)| {
            let given = base64url::decode(subject.case.token.parameter(name)?.str()?).bytes;
            let is_hex =
                given.len() == length.saturating_mul(2) && given.iter().all(u8::is_ascii_hexdigit);
            let said = if is_hex {
                "It is the hexadecimal text of a hash, encoded once more".to_owned()
            } else if given.len() != length {
                format!("Expected a hash of {length} bytes, found {}", given.len())
            } else {
                let (own, whose) = certificate_thumbprint(subject, name)?;
                if own == *given {
                    return None;
                }
                format!("Expected the hash of {whose}, found another")
            };
            Some(Finding {
                rule: self.id(),
                severity: Severity::High,
                confidence: Confidence::Certain,
                title: format!("The thumbprint is not the certificate\u{2019}s ({name})"),
                detail: format!(
                    "{said}. Verifiers that look certificates up by it find another one, or none."
                ),
                remedy: "Compute the thumbprint anew, over the certificate in DER.".to_owned(),
                references: vec!["RFC 7515 \u{A7}4.1.7", "RFC 7515 \u{A7}4.1.8", "CWE-345"],
                evidence: header_evidence(subject, name),
                refusal: None,
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// The thumbprint of the certificate that is meant: the first of `x5c`, else the one that `kid` names.
fn certificate_thumbprint(subject: &Subject<'_>, name: &str) -> Option<(Vec<u8>, &'static str)> {
    let proof = signature(subject)?;
    let leaf = proof.chain.as_ref().and_then(|chain| chain.links.first());
    let by_kid = proof.designated.as_ref().and_then(|(key, how)| {
        let is_named = *how == Designation::KeyId && key.certificate.is_some();
        is_named.then_some(key)
    });
    let (key, whose) = match leaf {
        Some(leaf) => (leaf, "the first certificate of x5c"),
        None => (by_kid?, "the loaded certificate that kid names"),
    };
    let own = match name {
        "x5t" => &key.members.x5t,
        _ => &key.members.x5t_s256,
    };
    Some((base64url::decode(own.as_deref()?).bytes.to_vec(), whose))
}

/// `x5c-revocation-unknown`: whether a certificate was revoked is not known here.
pub(super) struct X5cRevocationUnknown;

impl Rule for X5cRevocationUnknown {
    fn id(&self) -> &'static str {
        "x5c-revocation-unknown"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let (_, chain) = match chain(subject) {
            Ok(both) => both,
            Err(ruling) => return ruling,
        };
        // Of a chain that leads nowhere `x5c-untrusted` speaks.
        Ruling::from(chain.anchor.is_some().then(|| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Certain,
            title: "Revocation of the certificates was not looked up".to_owned(),
            detail: "The chain leads to a CA certificate of yours. Whether one of its certificates was revoked since stands in lists and at responders, and none was asked.".to_owned(),
            remedy: "Have the verifier ask for revocation, or use certificates that live for days.".to_owned(),
            references: vec!["RFC 5280 \u{A7}6.3", "CWE-299"],
            evidence: header_evidence(subject, "x5c"),
            refusal: None,
        }))
    }
}
