//! What single claims say, or leave unsaid (catalogue 1.7, 1.11).

use super::profile::confidence;
use super::{Claim, Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject};
use crate::jose::json::{Json, Value};
use crate::judge::profile::{Place, Trait};
use crate::judge::words::capitalised;

/// The characters of claims.
fn evidence(subject: &Subject<'_>, names: &[&str]) -> Vec<Evidence> {
    let claims = names.iter().filter_map(|name| subject.case.claim(name));
    claims.map(|claim| claim.evidence()).collect()
}

/// `jti-missing`: nothing, or not enough, to notice a token that is sent again.
pub(super) struct JtiMissing;

/// A shorter id is too easily met twice, or guessed.
const SHORT: usize = 16;

impl Rule for JtiMissing {
    fn id(&self) -> &'static str {
        "jti-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || subject.is_key_binding {
            return Ruling::Unconcerned;
        }
        let twice = super::together::jti_twice(subject);
        let spec = subject.profile.spec;
        // Where the kind asks for it, `profile-claim-missing` says that it is not there, or is no text.
        let is_asked = spec.requires_claim("jti");
        let (title, detail) = match subject.claim("jti").map(|jti| &jti.value) {
            None if spec.has(Trait::UsedOnce) && !is_asked => (
                "No jti",
                "It should be used once, and without an id nobody can notice that it comes again.",
            ),
            Some(Value::String(jti)) if jti.len() < SHORT => (
                "jti is short",
                "So few characters are soon used twice, or guessed: who keeps a list of ids takes another token for one that was seen.",
            ),
            Some(Value::String(_)) | None => return Ruling::from(twice),
            Some(_) if is_asked => return Ruling::from(twice),
            Some(_) => (
                "jti is no text",
                "An id is a text. Numbers are counted up and rounded, and a list of ids may not find them again.",
            ),
        };
        let jti = evidence(subject, &["jti"]);
        let own = Finding {
            rule: self.id(),
            severity: Severity::Low,
            confidence: Confidence::Certain,
            title: title.to_owned(),
            detail: detail.to_owned(),
            remedy:
                "Write 128 random bits as jti, and remember those that were seen until they expire."
                    .to_owned(),
            references: vec!["RFC 7519 \u{A7}4.1.7", "CWE-294"],
            evidence: if jti.is_empty() {
                super::profile::whole(subject, Place::Claims)
            } else {
                jti
            },
            refusal: None,
        };
        Ruling::Ran(twice.into_iter().chain([own]).collect())
    }
}

/// `sub-too-long`: a subject that is longer than clients have room for.
pub(super) struct SubTooLong;

/// What an ID token allows, in ASCII characters.
const LONGEST_SUB: usize = 255;

impl Rule for SubTooLong {
    fn id(&self) -> &'static str {
        "sub-too-long"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || !subject.profile.spec.has(Trait::SignsIn) {
            return Ruling::Unconcerned;
        }
        let sub = subject.claim("sub").and_then(Json::str);
        let sub = sub.filter(|sub| sub.len() > LONGEST_SUB || !sub.is_ascii());
        Ruling::from(sub.map(|sub| Finding {
            rule: self.id(),
            severity: Severity::Low,
            confidence: confidence(subject),
            title: if sub.is_ascii() {
                format!("The subject has {} characters", sub.len())
            } else {
                "The subject is not ASCII".to_owned()
            },
            detail: format!(
                "In an ID token it has {LONGEST_SUB} ASCII characters at most. A client that cuts it off, or folds its letters, takes one person for another."
            ),
            remedy: "Name subjects by a short identifier.".to_owned(),
            references: vec!["OpenID Connect Core 1.0 \u{A7}2", "CWE-20"],
            evidence: evidence(subject, &["sub"]),
            refusal: None,
        }))
    }
}

/// `scope-wide`: an access token that may do everything, or for ever.
pub(super) struct ScopeWide;

/// Scopes that leave nothing out, in lower case; and what they are.
const WIDE: [(&str, &str); 9] = [
    ("*", "everything"),
    ("all", "everything"),
    ("admin", "administration"),
    ("root", "everything"),
    ("superuser", "everything"),
    ("full_access", "everything"),
    ("full-access", "everything"),
    ("user_impersonation", "to act as the user everywhere"),
    ("offline_access", "new tokens while the user is away"),
];

impl Rule for ScopeWide {
    fn id(&self) -> &'static str {
        "scope-wide"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let mut found: Vec<(&str, &str)> = Vec::new();
        let mut names = Vec::new();
        for name in ["scope", "scp"] {
            let scopes: Vec<&str> = match subject.claim(name).map(|scope| &scope.value) {
                Some(Value::String(text)) => text.split(' ').collect(),
                Some(Value::Array(all)) => all.iter().filter_map(Json::str).collect(),
                _ => continue,
            };
            let wide = WIDE
                .iter()
                .filter(|(wide, _)| scopes.iter().any(|scope| scope.eq_ignore_ascii_case(wide)));
            let before = found.len();
            found.extend(wide);
            if found.len() > before {
                names.push(name);
            }
        }
        Ruling::from((!found.is_empty()).then(|| {
            let scopes: Vec<&str> = found.iter().map(|(scope, _)| *scope).collect();
            let mut meant: Vec<&str> = found.iter().map(|(_, meant)| *meant).collect();
            meant.dedup();
            Finding {
                rule: self.id(),
                severity: Severity::Info,
                confidence: Confidence::Likely,
                title: format!("A wide scope ({})", scopes.join(", ")),
                detail: format!(
                    "By its name it allows {}. Whoever gets hold of the token may do all of that.",
                    meant.join(", and ")
                ),
                remedy: "Ask for the narrowest scopes that do, and check what this one opens."
                    .to_owned(),
                references: vec!["RFC 9700 \u{A7}2.3", "CWE-272"],
                evidence: evidence(subject, &names),
                refusal: None,
            }
        }))
    }
}

/// `priv-claims`: a claim that makes its bearer an administrator.
pub(super) struct PrivClaims;

/// Claims that are true of administrators.
const FLAGS: [&str; 8] = [
    "admin",
    "is_admin",
    "isAdmin",
    "superuser",
    "is_superuser",
    "root",
    "is_staff",
    "https://hasura.io/jwt/claims/admin",
];

/// Claims that name roles.
const ROLES: [&str; 3] = ["role", "roles", "groups"];

/// Roles of administrators, in lower case.
const POWERFUL: [&str; 8] = [
    "admin",
    "administrator",
    "root",
    "superuser",
    "super_admin",
    "superadmin",
    "service_role",
    "system:masters",
];

impl Rule for PrivClaims {
    fn id(&self) -> &'static str {
        "priv-claims"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let is_powerful = |role: &str| POWERFUL.iter().any(|own| role.eq_ignore_ascii_case(own));
        let claims = subject
            .case
            .claims()
            .filter(|claim| match &claim.value.value {
                Value::Bool(is_set) => *is_set && FLAGS.contains(&claim.name),
                Value::String(role) => ROLES.contains(&claim.name) && is_powerful(role),
                Value::Array(all) => {
                    ROLES.contains(&claim.name) && all.iter().filter_map(Json::str).any(is_powerful)
                }
                _ => false,
            });
        let evidence: Vec<Evidence> = claims.map(|claim| claim.evidence()).collect();
        Ruling::from((!evidence.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Likely,
            title: "The token makes its bearer an administrator".to_owned(),
            detail: "A service that goes by this claim allows everything until the token expires, also when the role was taken away in between.".to_owned(),
            remedy: "Look up powerful roles when they are used, and keep such tokens short-lived.".to_owned(),
            references: vec!["CWE-269"],
            evidence,
            refusal: None,
        }))
    }
}

/// `nonce-missing`: an ID token that came through the browser without what binds it to the request.
pub(super) struct NonceMissing;

impl Rule for NonceMissing {
    fn id(&self) -> &'static str {
        "nonce-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() || !subject.profile.spec.has(Trait::SignsIn) {
            return Ruling::Unconcerned;
        }
        // c_hash stands only where a code came beside the token, in the address of a page.
        let is_missing = subject.claim("c_hash").is_some() && subject.claim("nonce").is_none();
        Ruling::from(is_missing.then(|| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            confidence: Confidence::Certain,
            title: "No nonce, although it came through the browser".to_owned(),
            detail: "c_hash says that a code came beside it, and what comes that way must have nonce: without it a client cannot tell its own answer from one that was slipped in.".to_owned(),
            remedy: "Send a nonce with the request, and refuse answers without it.".to_owned(),
            references: vec!["OpenID Connect Core 1.0 \u{A7}3.3.2.11", "CWE-294"],
            evidence: evidence(subject, &["c_hash"]),
            refusal: None,
        }))
    }
}

/// `acr-amr-contradiction`: the class of the sign-in and its methods do not fit.
pub(super) struct AcrAmrContradiction;

/// Words in names of classes that promise more than one factor, in lower case.
const SEVERAL_FACTORS: [&str; 4] = ["multi-factor", "multifactor", "mfa", "2fa"];

/// Methods of one factor, what one knows (RFC 8176 section 2).
const KNOWN_BY_HEART: [&str; 3] = ["pwd", "pin", "kba"];

impl Rule for AcrAmrContradiction {
    fn id(&self) -> &'static str {
        "acr-amr-contradiction"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let acr = subject.claim("acr").and_then(Json::str);
        let methods = subject.claim("amr").and_then(Json::array);
        let (Some(acr), Some(methods)) = (acr, methods) else {
            return Ruling::Ran(Vec::new());
        };
        let methods: Vec<&str> = methods.iter().filter_map(Json::str).collect();
        let lower = acr.to_ascii_lowercase();
        let promises = SEVERAL_FACTORS.iter().any(|word| lower.contains(word));
        let is_one_factor =
            !methods.is_empty() && methods.iter().all(|method| KNOWN_BY_HEART.contains(method));
        let detail = if promises && is_one_factor {
            "acr promises several factors, and amr lists only what a person knows."
        } else if acr == "0" && methods.contains(&"mfa") {
            "acr 0 says that nothing is sure of the sign-in, and amr that several factors were used."
        } else {
            return Ruling::Ran(Vec::new());
        };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Likely,
            title: "acr and amr contradict each other".to_owned(),
            detail: format!(
                "{} Services that ask for strong sign-ins get another answer from each.",
                capitalised(detail)
            ),
            remedy: "Correct the issuer, and ask for one of the two as the service.".to_owned(),
            references: vec!["RFC 8176 \u{A7}1", "OpenID Connect Core 1.0 \u{A7}2"],
            evidence: evidence(subject, &["acr", "amr"]),
            refusal: None,
        }])
    }
}

/// `status-unchecked`: whether it was revoked stands in a list elsewhere.
pub(super) struct StatusUnchecked;

impl Rule for StatusUnchecked {
    fn id(&self) -> &'static str {
        "status-unchecked"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let names = ["status", "credentialStatus"];
        let is_reference = |claim: &Claim<'_>| match claim.name {
            "status" => claim.value.get("status_list").is_some(),
            _ => claim.value.object().is_some() || claim.value.array().is_some(),
        };
        let named = names.iter().filter_map(|name| subject.case.claim(name));
        let evidence: Vec<Evidence> = named
            .filter(is_reference)
            .map(|claim| claim.evidence())
            .collect();
        Ruling::from((!evidence.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Certain,
            title: "Whether it was revoked is not known here".to_owned(),
            detail: "It points to a status list, which a verifier must fetch and look into; nothing was fetched for this judgement.".to_owned(),
            remedy: "Get the list that it names, verify that, and look up the entry.".to_owned(),
            references: vec!["CWE-299"],
            evidence,
            refusal: None,
        }))
    }
}
