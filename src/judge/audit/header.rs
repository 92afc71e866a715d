//! What a header asks to be trusted (catalogue 1.3).

use std::ops::Range;

use super::signature::signature;
use super::{
    Confidence, Evidence, Finding, Path, ProfileName, Reason, Rule, Ruling, Severity, Subject,
    header_evidence,
};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole};
use crate::judge::profile::Trait;
use crate::verify::{Outcome, Provenance};

/// Parameters that RFC 7515, 7516 and 7518 define, which `crit` must not name (RFC 7515 section 4.1.11).
const DEFINED_BY_JOSE: [&str; 20] = [
    "alg", "apu", "apv", "crit", "cty", "enc", "epk", "iv", "jku", "jwk", "kid", "p2c", "p2s",
    "tag", "typ", "x5c", "x5t", "x5t#S256", "x5u", "zip",
];

/// `jwk-embedded`: the token brings its own key.
pub(super) struct JwkEmbedded;

impl Rule for JwkEmbedded {
    fn id(&self) -> &'static str {
        "jwk-embedded"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.header("jwk").is_none() {
            return Ruling::Ran(Vec::new());
        }
        // Holding the key is what some kinds prove.
        let is_expected = subject.profile.spec.has(Trait::HoldersOwnKey)
            || subject.profile.spec.has(Trait::BringsKey)
            // ACME (RFC 8555 section 6.2), and an ID token that its own subject issued.
            || (subject.protected("url").is_some() && subject.protected("nonce").is_some())
            || subject.claim("sub_jwk").is_some();
        if is_expected {
            return Ruling::Ran(Vec::new());
        }
        let Some(proof) = signature(subject) else {
            return Ruling::Ran(vec![Finding {
                rule: self.id(),
                severity: Severity::Info,
                confidence: Confidence::Certain,
                title: "The token shows its recipient\u{2019}s key (jwk)".to_owned(),
                detail: "In an encrypted token this is the public key that it was encrypted to, and nothing is verified with it.".to_owned(),
                remedy: "Name the key by kid.".to_owned(),
                references: vec!["RFC 7516 \u{A7}4.1.5"],
                evidence: header_evidence(subject, "jwk"),
                refusal: None,
            }]);
        };
        let only_with_it = proof.outcome == Outcome::Valid
            && proof
                .key
                .as_ref()
                .is_some_and(|used| used.provenance == Provenance::Token);
        let (severity, confidence, detail) = if only_with_it {
            (
                Severity::Critical,
                Confidence::Proven,
                "The signature verifies with the key in the token's own header and with none of yours. Whoever wrote the token chose that key, so it proves nothing.",
            )
        } else {
            (
                Severity::High,
                Confidence::Certain,
                "A verifier that uses the key in the header lets the sender choose it.",
            )
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity,
            confidence,
            title: "The token brings its own key (jwk)".to_owned(),
            detail: detail.to_owned(),
            remedy: "Ignore keys in the header unless they match one that is pinned.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.3", "CVE-2018-0114", "CWE-345"],
            evidence: header_evidence(subject, "jwk"),
            refusal: None,
        }])
    }
}

/// `jwk-embedded-secret`: the token shows a private or a shared key.
pub(super) struct JwkEmbeddedSecret;

/// Members of a JWK that nobody but its owner may see (RFC 7518 section 6, RFC 9964).
const SECRET_MEMBERS: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

impl Rule for JwkEmbeddedSecret {
    fn id(&self) -> &'static str {
        "jwk-embedded-secret"
    }

    fn silences_member(&self) -> &'static [&'static str] {
        &["data-secret"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let mut evidence = Vec::new();
        for part in &subject.case.token.parts {
            let root = part.json.as_ref().and_then(|json| json.root.as_ref());
            if let Some(root) = root {
                secrets(part, root, Path::Root, false, &mut evidence);
            } else if part.role == PartRole::Payload {
                let bytes = part.bytes();
                evidence.extend(pem_block(bytes).map(|range| Evidence::in_part(part, None, range)));
            }
        }
        evidence.truncate(MAX_SECRETS);
        Ruling::from((!evidence.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Certain,
            title: "The token shows a secret key".to_owned(),
            detail: "It holds the private half of a key pair, or a shared secret. Everybody who has seen the token has that key, and can sign or decrypt with it.".to_owned(),
            remedy: "Revoke the key, and write public members only.".to_owned(),
            references: vec!["RFC 9449 \u{A7}4.2", "CWE-522"],
            evidence,
            refusal: None,
        }))
    }
}

/// Places of secrets beyond this number say nothing new.
const MAX_SECRETS: usize = 100;

/// Where a value holds secret members of a JWK, or the text of a private key.
///
/// `is_key` says whether the value stands where a JWK does.
fn secrets(part: &Part, value: &Json, path: Path<'_>, is_key: bool, found: &mut Vec<Evidence>) {
    match &value.value {
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                secrets(part, element, Path::Element(&path, index), is_key, found);
            }
        }
        Value::Object(members) => {
            let has_type = value.get("kty").is_some();
            for member in members {
                let inner = Path::Member(&path, &member.name);
                if is_key && has_type && SECRET_MEMBERS.contains(&member.name.as_str()) {
                    found.push(Evidence::in_part(part, inner.pointer(), member.range()));
                    continue;
                }
                let holds_keys = matches!(
                    member.name.as_str(),
                    "jwk" | "epk" | "sub_jwk" | "keys" | "attested_keys"
                );
                secrets(part, &member.value, inner, holds_keys, found);
            }
        }
        Value::String(text) if pem_block(text.as_bytes()).is_some() => {
            found.push(Evidence::in_part(part, path.pointer(), value.range.clone()));
        }
        _ => {}
    }
}

/// The first line of a private key in PEM form, whatever its type.
pub(super) fn pem_block(text: &[u8]) -> Option<Range<usize>> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"PRIVATE KEY-----";
    // Most texts are shorter than that.
    if text.len() < BEGIN.len().saturating_add(END.len()) {
        return None;
    }
    let mut at = 0_usize;
    loop {
        let rest = text.get(at..)?;
        let start = at.saturating_add(memchr::memmem::find(rest, BEGIN)?);
        let after = start.saturating_add(BEGIN.len());
        let line = text.get(after..)?;
        let line = line.split(|byte| matches!(byte, b'\n' | b'\r')).next()?;
        let line = line.get(..80).unwrap_or(line);
        if let Some(length) = memchr::memmem::find(line, END) {
            return Some(start..after.saturating_add(length).saturating_add(END.len()));
        }
        at = after;
    }
}

/// `jku-x5u-untrusted`: the token says where to fetch its key.
pub(super) struct JkuX5uUntrusted;

impl Rule for JkuX5uUntrusted {
    fn id(&self) -> &'static str {
        "jku-x5u-untrusted"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let issuer = || {
            let issuer = subject.claim("iss").and_then(Json::str);
            issuer.and_then(https_host)
        };
        let findings = ["jku", "x5u"].into_iter().filter_map(|name| {
            let value = subject.header(name)?;
            let host = value.str().and_then(https_host);
            let same_host = host.is_some() && host == issuer();
            let what = if name == "jku" { "key URL" } else { "certificate URL" };
            let whose = if same_host {
                " It is on the issuer's own host, which only helps if the verifier checks that."
            } else {
                ""
            };
            Some(Finding {
                rule: self.id(),
                severity: if same_host { Severity::Medium } else { Severity::High },
                confidence: Confidence::Certain,
                title: format!("Header names its own {what} ({name})"),
                detail: format!("A verifier that follows {name} lets the sender choose the key, and fetches what the sender wants fetched.{whose}"),
                remedy: format!("Pin the issuer\u{2019}s key set and ignore {name}, or allow-list this exact URL."),
                references: vec!["RFC 8725 \u{A7}3.10", "CWE-918", "CWE-345"],
                evidence: header_evidence(subject, name),
                refusal: None,
            })
        });
        Ruling::Ran(findings.collect())
    }
}

/// The host (with port) of an `https` URL without user information, in lower case.
pub(super) fn https_host(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://")?;
    let authority = rest.split(['/', '?', '#', '\\']).next()?;
    let is_plain = !authority.is_empty() && !authority.contains(['@', '%']) && !rest.contains('\\');
    is_plain.then(|| authority.to_ascii_lowercase())
}

/// `x5t-sha1`: a certificate named by its SHA-1 thumbprint.
pub(super) struct X5tSha1;

impl Rule for X5tSha1 {
    fn id(&self) -> &'static str {
        "x5t-sha1"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let token = subject.case.token;
        if token.part(PartRole::ProtectedHeader).is_none()
            && token.part(PartRole::UnprotectedHeader).is_none()
        {
            return Ruling::NotRun;
        }
        let own = token.parameter_in("x5t").and_then(|(part, _)| {
            let root = part.json.as_ref()?.root.as_ref()?;
            Some((part, String::new(), root))
        });
        let key = token.parameter_in("jwk");
        let key = key.map(|(part, key)| (part, "/jwk".to_owned(), key));
        let is_custom = subject.profile.has(Trait::Sha1Thumbprints);
        let findings = own
            .into_iter()
            .chain(key)
            .filter_map(|(part, pointer, object)| {
                let member = object.member("x5t")?;
                let has_both = object.get("x5t#S256").is_some()
                    || (pointer.is_empty() && subject.header("x5t#S256").is_some());
                let (severity, more) = if has_both {
                    (
                        Severity::Info,
                        "The SHA-256 thumbprint stands beside it; compare that one.",
                    )
                } else if is_custom {
                    (
                        Severity::Info,
                        "This issuer always names its certificates so.",
                    )
                } else {
                    (
                        Severity::Low,
                        "It must not be the only thing that ties the token to a certificate.",
                    )
                };
                Some(Finding {
                    rule: self.id(),
                    severity,
                    confidence: Confidence::Certain,
                    title: "Certificate named by SHA-1 (x5t)".to_owned(),
                    detail: format!(
                        "Two certificates with one SHA-1 thumbprint can be made. {more}"
                    ),
                    remedy: "Send x5t#S256.".to_owned(),
                    references: vec!["RFC 7515 \u{A7}4.1.7", "CWE-328"],
                    evidence: vec![Evidence::in_part(
                        part,
                        format!("{pointer}/x5t"),
                        member.range(),
                    )],
                    refusal: None,
                })
            });
        Ruling::Ran(findings.collect())
    }
}

/// `crit-malformed`: `crit` breaks its own rules.
pub(super) struct CritMalformed;

impl Rule for CritMalformed {
    fn id(&self) -> &'static str {
        "crit-malformed"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["crit-unknown"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let found = match subject.protected("crit") {
            Some(crit) => crit_fault(subject, crit),
            None => None,
        };
        // In an unprotected header it binds nobody, whatever it says.
        let mut outside = subject.case.token.all(PartRole::UnprotectedHeader);
        let outside = outside.any(|part| {
            let header = part.json.as_ref();
            header.is_some_and(|header| header.get("crit").is_some())
        });
        let found = found.or_else(|| outside.then(|| "it where nothing protects it".to_owned()));
        Ruling::from(found.map(|found| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "crit breaks its own rules".to_owned(),
            detail: format!("Expected a list of extension names that stand in this header, found {found}. A verifier must refuse it; one that does not probably ignores crit altogether."),
            remedy: "Refuse the token.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.11", "CWE-347"],
            evidence: header_evidence(subject, "crit"),
            refusal: Some(Reason::Malformed),
        }))
    }
}

fn crit_fault(subject: &Subject<'_>, crit: &Json) -> Option<String> {
    let Some(entries) = crit.array() else {
        return Some(format!("a value of type {}", crit.kind()));
    };
    if entries.is_empty() {
        return Some("an empty list".to_owned());
    }
    let mut seen = Vec::new();
    for entry in entries {
        let Some(name) = entry.str() else {
            return Some(format!("an entry of type {}", entry.kind()));
        };
        let shown = visible(name);
        if seen.contains(&name) {
            return Some(format!("\u{201C}{shown}\u{201D} twice"));
        }
        if DEFINED_BY_JOSE.contains(&name) {
            return Some(format!("\u{201C}{shown}\u{201D}, which is no extension"));
        }
        if subject.protected(name).is_none() {
            return Some(format!(
                "\u{201C}{shown}\u{201D}, which does not stand in the protected header"
            ));
        }
        seen.push(name);
    }
    None
}

/// `crit-unknown`: an extension that must be understood and is not.
pub(super) struct CritUnknown;

impl Rule for CritUnknown {
    fn id(&self) -> &'static str {
        "crit-unknown"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        // RFC 7797 is about signed tokens only.
        let is_jwe = subject.case.token.kind == Kind::Jwe;
        let names: Vec<String> = subject
            .protected("crit")
            .and_then(Json::array)
            .unwrap_or_default()
            .iter()
            .filter_map(Json::str)
            .filter(|name| is_jwe || *name != "b64")
            .map(visible)
            .collect();
        Ruling::from((!names.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: format!("Critical extension nobody here understands: {}", names.join(", ")),
            detail: "The header says that a verifier which does not understand this extension must refuse the token. A service that takes it ignores crit.".to_owned(),
            remedy: "Refuse the token, and check that the library does.".to_owned(),
            references: vec!["RFC 7515 \u{A7}4.1.11", "CWE-347"],
            evidence: header_evidence(subject, "crit"),
            refusal: Some(Reason::Rule(self.id())),
        }))
    }
}

/// `b64-unencoded`: the option for unencoded payloads, misused.
pub(super) struct B64Unencoded;

impl Rule for B64Unencoded {
    fn id(&self) -> &'static str {
        "b64-unencoded"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.case.token.kind == Kind::Jwe {
            return Ruling::Unconcerned;
        }
        let Some(b64) = subject.protected("b64") else {
            return Ruling::Ran(Vec::new());
        };
        let is_critical = subject
            .protected("crit")
            .and_then(Json::array)
            .is_some_and(|names| names.iter().any(|name| name.str() == Some("b64")));
        let is_jwt = subject.profile.name != ProfileName::Jws
            || subject.typ() == "jwt"
            || subject.typ().ends_with("+jwt")
            || holds_claims(subject);
        let found = match b64.value {
            Value::Bool(false) if !is_critical => "b64 is false, but crit does not name it",
            Value::Bool(false) if is_jwt => "b64 is false in a JWT",
            Value::Bool(_) => return Ruling::Ran(Vec::new()),
            _ => "b64 is no boolean",
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "Unencoded payload option misused (b64)".to_owned(),
            detail: format!(
                "{}. Readers disagree on what the payload is: its characters, or what they decode to.",
                crate::judge::words::capitalised(found)
            ),
            remedy: "Do not use b64 in a JWT; elsewhere name it in crit.".to_owned(),
            references: vec!["RFC 7797 \u{A7}6", "CWE-347"],
            evidence: header_evidence(subject, "b64"),
            refusal: Some(Reason::Malformed),
        }])
    }
}

/// Whether the payload is a claims set, as it stands or for a reader who decodes it.
fn holds_claims(subject: &Subject<'_>) -> bool {
    let Some(text) = subject
        .case
        .token
        .part(PartRole::Payload)
        .and_then(|payload| payload.utf8())
    else {
        return false;
    };
    let is_claims = |bytes: &[u8]| {
        let claims = crate::jose::json::read(bytes);
        ["iss", "sub", "aud", "exp", "iat"]
            .iter()
            .any(|name| claims.get(name).is_some())
    };
    is_claims(text.as_bytes()) || is_claims(&crate::jose::base64url::decode(text).bytes)
}
