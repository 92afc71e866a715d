//! Key binding of an SD-JWT (catalogue 1.10): whether the holder is proven.

use std::ops::Range;

use jiff::Timestamp;

use super::{Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject};
use crate::jose::sd_jwt::key_binding::{Confirmation, KeyBinding, confirmation};
use crate::jose::visible::visible;
use crate::jose::{Part, PartRole};
use crate::judge::words::span;
use crate::verify::{Holder, Layer, Outcome, Presentation};

/// How far the time of a key binding may lie from the instant, in seconds.
const WINDOW_SECONDS: i128 = 300;

/// How many faults a finding spells out.
const MAX_SPELLED: usize = 3;

/// `sd-kb-mismatch`.
pub(super) struct SdKbMismatch;

impl Rule for SdKbMismatch {
    fn id(&self) -> &'static str {
        "sd-kb-mismatch"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(shown) = subject.sd_jwt() else {
            return Ruling::Unconcerned;
        };
        let case = subject.case;
        let layer = case.proof.key_binding.as_deref();
        if layer.is_some() && shown.key_binding.is_none() {
            // No JWT at all, which is said as such.
            return Ruling::Ran(Vec::new());
        }
        let signature = signature(layer, shown);
        let bound = Bound {
            binding: shown.key_binding.as_ref().map(|own| (own, signature)),
            confirmation: shown.claims().and_then(confirmation),
            is_required: case.policy.nonce.is_some(),
            at: case.at,
        };
        let token = case.token;
        let everything = || Evidence {
            part: PartRole::Token,
            pointer: None,
            range: 0..token.text().len(),
        };
        let payload = token.part(PartRole::Payload);
        let places = Places {
            confirmation: case
                .claim("cnf")
                .map(|cnf| cnf.evidence())
                .or_else(|| payload.map(Evidence::whole_part))
                .unwrap_or_else(everything),
            in_binding: &|in_header, range| {
                let role = if in_header {
                    PartRole::ProtectedHeader
                } else {
                    PartRole::Payload
                };
                let inside =
                    layer
                        .and_then(|layer| layer.token.part(role))
                        .map(|part| match range {
                            Some(range) => Evidence::in_part(part, None, range),
                            None => Evidence::whole_part(part),
                        });
                let around = token.part(PartRole::KeyBinding);
                match (around, inside) {
                    (Some(around), Some(inside)) => within(around, &inside),
                    (Some(around), None) => Evidence::whole_part(around),
                    (None, _) => everything(),
                }
            },
        };
        let findings = mismatch(&bound, &places);
        let is_open = bound.binding.is_some() && signature == HolderSignature::NotChecked;
        if findings.is_empty() && is_open {
            return Ruling::NotRun;
        }
        Ruling::Ran(findings)
    }
}

/// The characters of a presentation that these of its key binding JWT stand at.
pub(super) fn within(around: &Part, inside: &Evidence) -> Evidence {
    Evidence {
        part: around.role,
        pointer: None,
        range: around.text_range(inside.range.clone()),
    }
}

fn signature(layer: Option<&Layer>, shown: &Presentation) -> HolderSignature {
    let proof = layer.and_then(|layer| layer.proof.signatures.first());
    match (proof.map(|proof| proof.outcome), &shown.holder) {
        (Some(Outcome::Valid), Holder::Key(_)) => HolderSignature::Valid,
        (Some(Outcome::Invalid), Holder::Key(_)) => HolderSignature::Invalid,
        _ => HolderSignature::NotChecked,
    }
}

/// Whether the holder's key made the key binding JWT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HolderSignature {
    /// The key in `cnf` did not.
    Invalid,
    /// The key is not known here: `cnf` only names it, or its kind is not supported.
    NotChecked,
    /// The key in `cnf` did.
    Valid,
}

/// What is known of the key binding of a presentation.
pub(super) struct Bound<'a> {
    /// The key binding JWT, where there is one, and whether the holder's key made it.
    pub(super) binding: Option<(&'a KeyBinding, HolderSignature)>,
    /// The issuer's `cnf`.
    pub(super) confirmation: Option<Confirmation<'a>>,
    /// Whether the reviewer asks for key binding, as an expected nonce does.
    pub(super) is_required: bool,
    /// The instant.
    pub(super) at: Timestamp,
}

/// Where things stand.
pub(super) struct Places<'a> {
    /// The issuer's `cnf`, or where there is none, the payload.
    pub(super) confirmation: Evidence,
    /// Bytes of the key binding's header (`true`) or claims; `None` shows all of them.
    pub(super) in_binding: &'a dyn Fn(bool, Option<Range<usize>>) -> Evidence,
}

/// `sd-kb-mismatch`: the key binding is missing, malformed, or for something else.
pub(super) fn mismatch(bound: &Bound<'_>, places: &Places<'_>) -> Vec<Finding> {
    let finding = |title: &str, detail: String, evidence| Finding {
        rule: "sd-kb-mismatch",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: title.to_owned(),
        detail,
        remedy: "Refuse the presentation, and ask for one with a fresh nonce.".to_owned(),
        references: vec!["RFC 9901 \u{A7}4.3", "RFC 9901 \u{A7}7.3"],
        evidence,
        refusal: Some(Reason::Rule("sd-kb-mismatch")),
    };
    let Some((binding, signature)) = bound.binding else {
        let missing = bound.confirmation.as_ref().map(|_| Finding {
            // Only the presentation to a verifier needs one; between issuer and holder there is none.
            refusal: bound.is_required.then_some(Reason::Rule("sd-kb-mismatch")),
            ..finding(
                "The holder is not proven",
                "The issuer bound the token to a key (cnf), and nothing shows that whoever sends it has that key. Anybody who came by the token can send it so. On its way from the issuer to the holder it is as it must be.".to_owned(),
                vec![places.confirmation.clone()],
            )
        });
        return missing.into_iter().collect();
    };
    let mut findings = Vec::new();
    if bound.confirmation.is_none() {
        findings.push(finding(
            "Key binding to no key",
            "A key binding JWT came along, but the issuer named no key of the holder (cnf), so any key could have made it.".to_owned(),
            vec![(places.in_binding)(false, None)],
        ));
    }
    if signature == HolderSignature::Invalid {
        findings.push(finding(
            "The holder\u{2019}s key did not sign",
            "The key binding JWT does not verify with the key that the issuer bound the token to (cnf).".to_owned(),
            vec![
                (places.in_binding)(true, None),
                places.confirmation.clone(),
            ],
        ));
    }
    if !binding.faults.is_empty() {
        let words = binding.faults.iter().take(MAX_SPELLED);
        let words: Vec<_> = words
            .map(|fault| visible(&fault.kind.to_string()))
            .collect();
        let more = binding.faults.len().saturating_sub(MAX_SPELLED);
        let more = match more {
            0 => String::new(),
            more => format!("; {more} more"),
        };
        let cause = match &binding.instead {
            Some(instead) => format!(" {}", instead.sentence()),
            None if binding.binds() == Some(false) => {
                " Disclosures were added, taken away or changed after the holder signed, or the key binding is from another presentation.".to_owned()
            }
            None => String::new(),
        };
        let title = if binding.binds() == Some(false) {
            "The key binding is for another presentation"
        } else {
            "No well-formed key binding JWT"
        };
        findings.push(finding(
            title,
            format!("In the key binding JWT: {}{more}.{cause}", words.join("; ")),
            binding
                .faults
                .iter()
                .map(|fault| (places.in_binding)(fault.in_header, fault.range.clone()))
                .collect(),
        ));
    }
    findings.extend(off_time(binding, bound.at).map(|words| {
        finding(
            "The key binding is not of this time",
            format!("A key binding counts for minutes; this one was made {words} (iat). It may be a copy of an earlier presentation."),
            vec![(places.in_binding)(false, None)],
        )
    }));
    findings
}

/// How far the key binding's time is from the instant, in words, where that is too far.
fn off_time(binding: &KeyBinding, at: Timestamp) -> Option<String> {
    let now = at.as_nanosecond();
    let issued = binding.issued_at.as_ref()?;
    let window = WINDOW_SECONDS.saturating_mul(1_000_000_000);
    // What no clock counts is as far away as can be.
    let issued = issued.to_nanoseconds().unwrap_or(i128::MAX);
    let age = now.saturating_sub(issued);
    let seconds =
        |nanoseconds: i128| i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX);
    if age > window {
        Some(format!("{} ago", span(seconds(age))))
    } else if age < window.saturating_neg() {
        Some(match issued {
            i128::MAX => "at no time that a clock knows".to_owned(),
            _ => format!("{} ahead", span(seconds(age.saturating_neg()))),
        })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::json::{self, Document};
    use crate::jose::sd_jwt::key_binding::key_binding;
    use crate::jose::sd_jwt::{HashAlgorithm, SHA_256};

    const PRESENTED: &str = "a.b.c~d~";
    const NOW: i64 = 1_748_537_300;

    fn binding(header: &str, claims: &str) -> KeyBinding {
        key_binding(
            &json::read(header.as_bytes()),
            &json::read(claims.as_bytes()),
            PRESENTED,
            Some(&SHA_256),
        )
    }

    fn good() -> KeyBinding {
        issued("1748537244", &SHA_256)
    }

    fn issued(iat: &str, hash: &HashAlgorithm) -> KeyBinding {
        let hash = hash.digest(PRESENTED).unwrap_or_default();
        binding(
            r#"{"alg":"ES256","typ":"kb+jwt"}"#,
            &format!(r#"{{"iat":{iat},"aud":"v","nonce":"n","sd_hash":"{hash}"}}"#),
        )
    }

    fn titles(
        binding: Option<(&KeyBinding, HolderSignature)>,
        issuer: &Document,
        is_required: bool,
    ) -> Vec<String> {
        let shown = |_: bool, _: Option<Range<usize>>| Evidence {
            part: PartRole::Token,
            pointer: None,
            range: 0..0,
        };
        let bound = Bound {
            binding,
            confirmation: confirmation(issuer),
            is_required,
            at: Timestamp::from_second(NOW).unwrap_or_default(),
        };
        let places = Places {
            confirmation: shown(false, None),
            in_binding: &shown,
        };
        let found = mismatch(&bound, &places);
        let refuses = is_required || binding.is_some();
        for finding in &found {
            assert_eq!(
                finding.refusal,
                refuses.then_some(Reason::Rule("sd-kb-mismatch"))
            );
            assert!(!finding.evidence.is_empty());
        }
        found.into_iter().map(|finding| finding.title).collect()
    }

    fn issuer() -> Document {
        json::read(br#"{"cnf":{"jwk":{"kty":"EC"}}}"#)
    }

    #[test]
    fn a_good_binding_is_left_alone() {
        for signature in [HolderSignature::Valid, HolderSignature::NotChecked] {
            let found = titles(Some((&good(), signature)), &issuer(), true);
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn a_binding_that_is_missing_refuses_where_somebody_asks_for_it() {
        assert_eq!(titles(None, &issuer(), true), ["The holder is not proven"]);
        assert_eq!(titles(None, &issuer(), false), ["The holder is not proven"]);
        assert!(titles(None, &json::read(b"{}"), true).is_empty());
    }

    #[test]
    fn each_mismatch_is_told() {
        let valid = HolderSignature::Valid;
        assert_eq!(
            titles(Some((&good(), valid)), &json::read(b"{}"), false),
            ["Key binding to no key"]
        );
        assert_eq!(
            titles(Some((&good(), HolderSignature::Invalid)), &issuer(), false),
            ["The holder\u{2019}s key did not sign"]
        );
        let other = HashAlgorithm::named("sha-512").unwrap_or(&SHA_256);
        assert_eq!(
            titles(
                Some((&issued("1748537244", other), valid)),
                &issuer(),
                false
            ),
            ["The key binding is for another presentation"]
        );
        assert_eq!(
            titles(Some((&binding("{}", "{}"), valid)), &issuer(), false),
            ["No well-formed key binding JWT"]
        );
    }

    #[test]
    fn the_time_may_be_five_minutes_off() {
        for (iat, is_off) in [
            (NOW - 300, false),
            (NOW - 301, true),
            (NOW + 300, false),
            (NOW + 301, true),
        ] {
            let found = titles(
                Some((&issued(&iat.to_string(), &SHA_256), HolderSignature::Valid)),
                &issuer(),
                false,
            );
            assert_eq!(!found.is_empty(), is_off, "{iat}");
        }
        for never in ["1e400", "-1e400"] {
            let found = titles(
                Some((&issued(never, &SHA_256), HolderSignature::Valid)),
                &issuer(),
                false,
            );
            assert_eq!(found.len(), 1, "{never}");
        }
    }
}
