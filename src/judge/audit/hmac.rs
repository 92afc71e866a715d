//! Message authentication codes and their secrets (catalogue 1.2).

use super::flaw::Flaw;
use super::inconsistent::whose;
use super::secret::{Weakness, weakness};
use super::signature::{alg_evidence, signature, signature_evidence};
use super::{Confidence, Finding, Reason, Rule, Ruling, Severity, Subject, header_evidence};
use crate::jose::json::{Json, Value};
use crate::jose::visible::visible;
use crate::judge::words::capitalised;
use crate::keys::{Key, KeyKind};
use crate::verify::algorithm::find;
use crate::verify::{Designation, Family, KnownSecret, Provenance, SignatureProof, UsedKey};

/// Whether the token has a MAC, for rules that are about nothing else.
fn is_hmac(subject: &Subject<'_>) -> bool {
    signature(subject).is_some_and(SignatureProof::is_mac)
}

fn known_secret(subject: &Subject<'_>) -> Option<KnownSecret> {
    signature(subject)?.key.as_ref()?.known
}

/// `hmac-key-confusion`: the MAC is right under the bytes of a public key.
pub(super) struct HmacKeyConfusion;

impl Rule for HmacKeyConfusion {
    fn id(&self) -> &'static str {
        "hmac-key-confusion"
    }

    fn silences(&self) -> &'static [&'static str] {
        &[
            "hmac-short-secret",
            "hmac-with-asymmetric-issuer",
            "sig-invalid",
        ]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        // Trying the forms of a public key is the proof's work; it says so as a diagnosis.
        let confusion = signature(subject).and_then(|proof| {
            let mut all = proof.diagnosis.iter();
            all.find(|diagnosis| diagnosis.code == "hmac-key-confusion")
        });
        Ruling::from(confusion.map(|confusion| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "A public key was used as the secret".to_owned(),
            detail: format!(
                "{} Everybody has the public key, so anyone can sign tokens for a verifier that lets the header choose the algorithm.",
                confusion.text
            ),
            remedy: "Bind each key to one algorithm, and take the algorithm from the key.".to_owned(),
            references: vec![
                "RFC 8725 \u{A7}3.1",
                "CVE-2015-9235",
                "CVE-2016-10555",
                "CWE-347",
            ],
            evidence: [alg_evidence(subject), signature_evidence(subject)].concat(),
            refusal: Some(Reason::KeyNotAllowed),
        }))
    }
}

/// `hmac-empty-key`: the MAC is right under the empty secret or what a missing one turns into.
pub(super) struct HmacEmptyKey;

impl Rule for HmacEmptyKey {
    fn id(&self) -> &'static str {
        "hmac-empty-key"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["hmac-short-secret"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let fires = known_secret(subject) == Some(KnownSecret::Empty);
        Ruling::from(fires.then(|| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "Signed with an empty or zero secret".to_owned(),
            detail: "The MAC is right under a secret that is empty, all zero, or the text of a missing value. Anyone can sign tokens for this service.".to_owned(),
            remedy: "Refuse to start without a secret; use 32 or more random bytes.".to_owned(),
            references: vec!["CWE-1391", "CWE-798"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::PubliclyKnownKey),
        }))
    }
}

/// `hmac-known-secret`: the MAC is right under a secret out of documentation.
pub(super) struct HmacKnownSecret;

impl Rule for HmacKnownSecret {
    fn id(&self) -> &'static str {
        "hmac-known-secret"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["hmac-short-secret"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let used = signature(subject).and_then(|proof| proof.key.as_ref());
        let known = used.and_then(|used| Some((used, used.known?)));
        let detail = known.and_then(|(used, known)| match known {
            KnownSecret::Documented => Some(format!(
                "The MAC is right under a default that documentation or examples print: {}. Anyone can sign tokens for this service.",
                visible(&used.key.id)
            )),
            // Which word it is stays unsaid: reports are passed on.
            KnownSecret::Listed => Some(format!(
                "The MAC is right under a secret of a word list: {}. Anyone who tries such a list can sign tokens for this service.",
                visible(&used.key.id)
            )),
            KnownSecret::Empty => None,
        });
        Ruling::from(detail.map(|detail| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            confidence: Confidence::Proven,
            title: "Signed with a publicly known secret".to_owned(),
            detail,
            remedy: "Rotate to 32 or more random bytes, and treat every token ever issued as forgeable.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.5", "CWE-798"],
            evidence: signature_evidence(subject),
            refusal: Some(Reason::PubliclyKnownKey),
        }))
    }
}

/// `hmac-short-secret`: the secret is shorter than the hash.
pub(super) struct HmacShortSecret;

impl Rule for HmacShortSecret {
    fn id(&self) -> &'static str {
        "hmac-short-secret"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let Some(used) = &proof.key else {
            return Ruling::NotRun;
        };
        let Some((wanted, found)) = find(proof.alg.as_deref().unwrap_or_default())
            .and_then(|algorithm| algorithm.signature_bytes(None))
            .zip(used.secret().map(|secret| secret.bytes().len()))
        else {
            return Ruling::NotRun;
        };
        let whose = if used.provenance == Provenance::Token {
            "the token's own secret"
        } else {
            "the secret that signed this token"
        };
        Ruling::from(short(found, wanted, whose).map(|flaw| {
            flaw.beside_token(
                self.id(),
                signature_evidence(subject),
                Some(Reason::KeyTooWeak),
            )
        }))
    }
}

/// What is wrong with the length of a secret, found and wanted (in bytes).
fn short(found: usize, wanted: usize, whose: &str) -> Option<Flaw> {
    (found < wanted).then(|| Flaw {
        severity: if found < 16 {
            Severity::High
        } else {
            Severity::Medium
        },
        confidence: Confidence::Certain,
        title: format!("HMAC secret too short: {found} of {wanted} bytes"),
        detail: format!(
            "{} has {found} {}, the hash {wanted}. A captured token is enough to guess a short secret offline.",
            capitalised(whose),
            if found == 1 { "byte" } else { "bytes" }
        ),
        remedy: format!("Use {wanted} or more random bytes."),
        references: vec!["RFC 7518 \u{A7}3.2", "CWE-326"],
        members: vec!["k"],
        refuses: true,
    })
}

/// The bytes that a MAC's secret needs, by the `alg` of a key.
fn declared(key: &Key) -> Option<usize> {
    let algorithm = find(key.members.alg.as_deref()?)?;
    matches!(algorithm.family, Family::Hmac(_)).then(|| algorithm.signature_bytes(None))?
}

/// The form of `hmac-short-secret` that needs no token: of a key that names its algorithm.
pub(super) fn short_secret(key: &Key) -> Option<Flaw> {
    let found = key.secret()?.bytes().len();
    short(found, declared(key)?, &whose(key))
}

/// Whether a secret may be one of a MAC: nothing says that it is for something else.
pub(super) fn may_be_for_macs(key: &Key) -> bool {
    key.secret().is_some() && (key.members.alg.is_none() || declared(key).is_some())
}

/// The form of `hmac-empty-key` and of `hmac-known-secret` that needs no token. Which of the secrets it is stays unsaid.
pub(super) fn known(key: &Key, kind: KnownSecret) -> Option<Flaw> {
    let is_it = may_be_for_macs(key) && KnownSecret::of(key.secret()?) == Some(kind);
    let whose = whose(key);
    let (title, detail, remedy, references) = match kind {
        KnownSecret::Documented | KnownSecret::Listed => (
            "A publicly known secret",
            format!(
                "{whose} is a default that documentation or examples print. Anyone can sign for a service that uses it."
            ),
            "Rotate to 32 or more random bytes, and treat every token ever issued as forgeable.",
            vec!["RFC 8725 \u{A7}3.5", "CWE-798"],
        ),
        KnownSecret::Empty => (
            "An empty or zero secret",
            format!(
                "{whose} is empty, all zero, or the text of a missing value. Anyone can sign for a service that uses it."
            ),
            "Refuse to start without a secret; use 32 or more random bytes.",
            vec!["CWE-1391", "CWE-798"],
        ),
    };
    is_it.then(|| Flaw {
        severity: Severity::Critical,
        confidence: Confidence::Certain,
        title: title.to_owned(),
        detail,
        remedy: remedy.to_owned(),
        references,
        members: vec!["k"],
        refuses: true,
    })
}

/// `hmac-weak-secret`: long enough, and yet to be guessed.
pub(super) struct HmacWeakSecret;

/// Claims and parameters that make no secret.
const TOLD_BY_TOKEN: [&str; 4] = ["iss", "aud", "sub", "client_id"];

impl Rule for HmacWeakSecret {
    fn id(&self) -> &'static str {
        "hmac-weak-secret"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let Some(proof) = signature(subject) else {
            return Ruling::Unconcerned;
        };
        let used = proof.key.as_ref();
        if used.is_some_and(|used| used.provenance == Provenance::PublicDefault) {
            // A secret that everybody knows needs no guessing.
            return Ruling::Ran(Vec::new());
        }
        let designated = proof.designated.as_ref().map(|(key, _)| key);
        let Some(secret) = used
            .and_then(UsedKey::secret)
            .or_else(|| designated?.secret())
        else {
            return Ruling::NotRun;
        };
        let wanted = find(proof.alg.as_deref().unwrap_or_default())
            .and_then(|algorithm| algorithm.signature_bytes(None));
        if wanted.is_none_or(|wanted| secret.bytes().len() < wanted) {
            // That is for `hmac-short-secret` to say.
            return Ruling::Ran(Vec::new());
        }
        let weak = weakness(secret.bytes(), |text| {
            told_by(subject).iter().any(|told| told == text)
        });
        let flaw = weak.map(|weak| guessable(weak, "The secret for this token", "the token"));
        Ruling::from(
            flaw.map(|flaw| flaw.beside_token(self.id(), signature_evidence(subject), None)),
        )
    }
}

/// Without an `alg` a secret counts as long enough from here on (in bytes): that is the least for HS256.
const LEAST_LENGTH: usize = 32;

/// Whether a key is a secret that should be hard to guess, and is long enough for that. Passwords for PBES2 are meant to
/// be remembered, so they are left alone; so is what is too short in any case.
pub(super) fn is_worth_guessing(key: &Key) -> bool {
    let alg = key.members.alg.as_deref();
    let least = declared(key).or_else(|| alg.is_none().then_some(LEAST_LENGTH));
    let is_password = alg.is_some_and(|alg| alg.starts_with("PBES2-"));
    let length = key.secret().map(|secret| secret.bytes().len());
    !is_password && length >= Some(least.unwrap_or(1))
}

/// The form of `hmac-weak-secret` that needs no token.
pub(super) fn weak_secret(key: &Key) -> Option<Flaw> {
    let secret = key.secret().filter(|_| is_worth_guessing(key))?.bytes();
    let kid = key.members.kid.as_deref();
    let weak = weakness(secret, |text| kid == Some(text))?;
    Some(guessable(weak, &whose(key), "its kid"))
}

fn guessable(weak: Weakness, whose: &str, teller: &str) -> Flaw {
    let (severity, what) = match weak {
        Weakness::Repeated => (Severity::Medium, "it repeats a few bytes".to_owned()),
        Weakness::Run => (Severity::Medium, "its bytes count up or down".to_owned()),
        Weakness::Digits => (Severity::Medium, "it is all digits".to_owned()),
        Weakness::Told => (Severity::Medium, format!("{teller} itself tells it")),
        Weakness::Guessable { bits } => (
            Severity::Medium,
            format!("it reads like words, worth about {bits} bits"),
        ),
        Weakness::Uuid => (
            Severity::Low,
            "it is a UUID, which holds 122 random bits at best".to_owned(),
        ),
        Weakness::Hex => (
            Severity::Info,
            "it is hexadecimal text used as it stands, so it holds half of what its length promises".to_owned(),
        ),
        Weakness::Base64 => (
            Severity::Info,
            "it is base64 text used as it stands, so it holds three quarters of what its length promises".to_owned(),
        ),
    };
    Flaw {
        severity,
        confidence: match weak {
            Weakness::Guessable { .. } | Weakness::Base64 => Confidence::Likely,
            _ => Confidence::Certain,
        },
        title: if severity == Severity::Info {
            "Secret shorter than it looks".to_owned()
        } else {
            "Secret can be guessed".to_owned()
        },
        detail: format!(
            "{whose} is long enough, but {what}. A captured token is enough to try guesses offline."
        ),
        remedy: "Generate the secret with a random number generator.".to_owned(),
        references: vec!["RFC 8725 \u{A7}3.5", "CWE-521"],
        members: vec!["k"],
        refuses: false,
    }
}

/// The texts in the token that make bad secrets: who it is from and for, the key's name, and the hosts in them.
fn told_by(subject: &Subject<'_>) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    let claims = TOLD_BY_TOKEN.iter().filter_map(|name| subject.claim(name));
    for value in claims.chain(subject.header("kid")) {
        match &value.value {
            Value::Array(elements) => {
                told.extend(elements.iter().filter_map(Json::str).map(str::to_owned));
            }
            Value::String(text) => told.push(text.clone()),
            _ => {}
        }
    }
    let hosts: Vec<String> = told
        .iter()
        .filter_map(|text| text.split_once("://"))
        .filter_map(|(_, rest)| rest.split(['/', ':', '?', '#']).next())
        .map(str::to_owned)
        .collect();
    told.extend(hosts);
    told
}

/// `hmac-with-asymmetric-issuer`: a MAC where the key of that name is for signatures.
pub(super) struct HmacWithAsymmetricIssuer;

impl Rule for HmacWithAsymmetricIssuer {
    fn id(&self) -> &'static str {
        "hmac-with-asymmetric-issuer"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_hmac(subject) {
            return Ruling::Unconcerned;
        }
        let named = signature(subject).and_then(|proof| {
            let (key, how) = proof.designated.as_ref()?;
            (*how == Designation::KeyId).then_some(key)
        });
        let Some(key) = named else {
            // A name that no loaded key bears may be that of a key pair.
            return match subject.header("kid") {
                Some(_) => Ruling::NotRun,
                None => Ruling::Ran(Vec::new()),
            };
        };
        let is_asymmetric = !matches!(key.kind, KeyKind::Oct { .. } | KeyKind::Unknown);
        Ruling::from(is_asymmetric.then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "A shared secret where the issuer has a key pair".to_owned(),
            detail: format!(
                "The header says HMAC and names key \u{201C}{}\u{201D}, which is {}. A verifier that obeys would use the public key as the secret, and everybody has that.",
                visible(&key.id),
                key.kind
            ),
            remedy: "Take the algorithm from the key, not from the header.".to_owned(),
            references: vec!["RFC 8725 \u{A7}3.1", "CVE-2026-22817", "CWE-347"],
            evidence: [alg_evidence(subject), header_evidence(subject, "kid")].concat(),
            refusal: None,
        }))
    }
}
