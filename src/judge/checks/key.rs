//! The key: which one is meant and how that is known, and whether it may do what the header asks of it.

use std::borrow::Cow;

use super::{Case, Check, CheckResult, Judged, claim_range, header_range, parameter_range};
use crate::jose::PartRole;
use crate::jose::visible::visible;
use crate::judge::words::counted;
use crate::judge::{Finding, Profile, Reason, Severity};
use crate::keys::{Certificate, Key, KeyKind};
use crate::verify::algorithm::find;
use crate::verify::decrypt::algorithms::key_management;
use crate::verify::{
    DecryptionOutcome, DecryptionProof, Designation, Outcome, Provenance, SignatureProof,
};

/// How the key that was meant is said to be known, and what says it.
fn designated(how: Designation) -> (&'static str, &'static str) {
    match how {
        Designation::Certificate => ("Key chosen by x5c", "x5c"),
        Designation::Confirmation => ("The key that the issuer confirms", "alg"),
        Designation::Issuer => ("Key of the issuer, by the policy", "iss"),
        Designation::KeyId => ("Key chosen by kid", "kid"),
        Designation::OnlyKey => ("The only key that fits", "alg"),
        Designation::Thumbprint => ("Key chosen by certificate thumbprint", "x5t"),
    }
}

fn named(key: &Key) -> String {
    format!(
        "\u{201C}{}\u{201D} from {}, {}",
        visible(&key.id),
        visible(&key.source),
        key.kind
    )
}

fn check(
    case: Case<'_>,
    result: CheckResult,
    title: &'static str,
    text: impl Into<Cow<'static, str>>,
    parameters: &[&str],
) -> Check {
    let mut named = parameters
        .iter()
        .filter_map(|name| header_range(case, name));
    Check {
        title: title.into(),
        text: text.into(),
        byte_range: named.next().or_else(|| parameter_range(case, "alg")),
        ..Check::new("key", result)
    }
}

/// The key that was meant, by what says so.
fn meant(case: Case<'_>, key: &Key, how: Designation) -> Check {
    let (title, parameter) = designated(how);
    let meant = check(
        case,
        CheckResult::Passed,
        title,
        named(key),
        &[parameter, "x5t#S256"],
    );
    if how == Designation::Issuer {
        let byte_range = claim_range(case, "iss");
        return Check {
            byte_range,
            ..meant
        };
    }
    meant
}

/// Which key is meant to verify a signature, and how that is known.
pub(super) fn of_signature(
    case: Case<'_>,
    proof: &SignatureProof,
    profile: &Profile,
    spoilt: Option<&Certificate>,
) -> Check {
    if proof.outcome == Outcome::Unsecured {
        let text = "The token is unsecured";
        return check(case, CheckResult::NotRun, "No key needed", text, &[]);
    }
    if let Some(certificate) = spoilt {
        let text = format!(
            "The certificate of \u{201C}{}\u{201D} is outside its validity: as long as it is, the key is the token\u{2019}s own",
            visible(&certificate.subject)
        );
        let title = "Key not vouched for";
        return check(case, CheckResult::Failed, title, text, &["x5c"]);
    }
    let is_tokens_own = proof
        .key
        .as_ref()
        .is_some_and(|used| used.provenance == Provenance::Token);
    match (&proof.designated, &proof.key) {
        (Some((key, how)), _) => meant(case, key, *how),
        (None, Some(_)) if is_tokens_own && profile.accepts_own_key() => {
            let text = format!(
                "The key came inside the token, and holding it is what {} proves",
                profile.phrase()
            );
            let title = "The holder\u{2019}s own key";
            check(case, CheckResult::Passed, title, text, &["jwk", "x5c"])
        }
        (None, Some(_)) if is_tokens_own => {
            let text = "The key came inside the token: anybody could have put it there";
            let title = "Only the token\u{2019}s own key";
            check(case, CheckResult::Failed, title, text, &["jwk", "x5c"])
        }
        (None, Some(used)) => {
            let title = "Key found by trying";
            check(case, CheckResult::Passed, title, named(&used.key), &["kid"])
        }
        (None, None) => {
            let text = match (&proof.kid, proof.tried.len()) {
                (Some(kid), 0) => Cow::Owned(format!(
                    "No loaded key is called \u{201C}{}\u{201D} or can do the algorithm",
                    visible(kid)
                )),
                (None, 0) => {
                    Cow::Borrowed("No loaded key can do the algorithm, and the header names none")
                }
                (_, 1) => {
                    Cow::Borrowed("1 key could do the algorithm; the header does not name it")
                }
                (_, tried) => Cow::Owned(format!(
                    "{tried} keys can do the algorithm; the header names none of them"
                )),
            };
            check(case, CheckResult::NotRun, "No key chosen", text, &["kid"])
        }
    }
}

/// Which key is meant to open a token, and how that is known.
pub(super) fn of_decryption(case: Case<'_>, proof: &DecryptionProof) -> Check {
    match (&proof.designated, &proof.key) {
        (Some((key, how)), _) => meant(case, key, *how),
        (None, Some(used)) => {
            let title = "Key found by trying";
            check(case, CheckResult::Passed, title, named(&used.key), &["kid"])
        }
        (None, None) => {
            let text = match proof.tried.len() {
                0 => "No loaded key can do the algorithm".to_owned(),
                tried => format!(
                    "{} could do the algorithm; the header names none of them",
                    counted(tried, "key")
                ),
            };
            check(case, CheckResult::NotRun, "No key chosen", text, &["kid"])
        }
    }
}

/// A header's algorithm and the key for it.
struct Pair<'a> {
    alg: &'a str,
    /// The kind of key that it takes; `None` for an algorithm that is not known here.
    takes: Option<(String, bool)>,
    key: Option<&'a Key>,
    /// Whether the key verified or opened, so that what is wrong with it counts.
    has_served: bool,
}

/// Whether the key of a signature may do what the header asks of it.
pub(super) fn fit_of_signature(
    case: Case<'_>,
    proof: &SignatureProof,
    judged: &Judged<'_>,
) -> Check {
    if proof.outcome == Outcome::Unsecured {
        let text = "The token is unsecured";
        return fit_check(case, CheckResult::NotRun, NOT_CHECKED, text);
    }
    let used = proof.key.as_ref().map(|used| &*used.key);
    let meant = proof.designated.as_ref().map(|(key, _)| &**key);
    let key = used.or(meant);
    let algorithm = proof.alg.as_deref().and_then(find);
    let fits = |kind: KeyKind| algorithm.is_some_and(|algorithm| algorithm.fits(kind));
    let pair = Pair {
        alg: proof.alg.as_deref().unwrap_or_default(),
        takes: algorithm.map(|algorithm| {
            let fits = key.is_some_and(|key| fits(key.kind));
            (algorithm.key_description(), fits)
        }),
        key,
        has_served: used.is_some(),
    };
    fit(case, &pair, judged)
}

/// Whether the key of an encryption may do what the header asks of it.
pub(super) fn fit_of_decryption(
    case: Case<'_>,
    proof: &DecryptionProof,
    judged: &Judged<'_>,
) -> Check {
    let opened = proof.outcome == DecryptionOutcome::Decrypted;
    let used = proof.key.as_ref().filter(|_| opened);
    let meant = proof.designated.as_ref().map(|(key, _)| &**key);
    let key = used.map(|used| &*used.key).or(meant);
    let algorithm = proof.alg.as_deref().and_then(key_management);
    let pair = Pair {
        alg: proof.alg.as_deref().unwrap_or_default(),
        takes: algorithm.map(|algorithm| {
            let fits = key.is_some_and(|key| algorithm.fits(key.kind));
            (algorithm.key_description().to_owned(), fits)
        }),
        key,
        has_served: used.is_some(),
    };
    fit(case, &pair, judged)
}

const NOT_CHECKED: &str = "Key not held against the algorithm";

/// The rules that say of a key that it must not be used as it is, and that a lenient policy lets pass.
const FORGIVEN: [&str; 4] = [
    "hmac-short-secret",
    "key-alg-mismatch",
    "key-use-mismatch",
    "rsa-small-modulus",
];

fn fit(case: Case<'_>, pair: &Pair<'_>, judged: &Judged<'_>) -> Check {
    let not_run = |text: String| fit_check(case, CheckResult::NotRun, NOT_CHECKED, text);
    let Some((takes, fits)) = &pair.takes else {
        return not_run(match pair.alg {
            "" => "The header names no algorithm".to_owned(),
            alg => format!(
                "Which keys \u{201C}{}\u{201D} takes is not known here",
                visible(alg)
            ),
        });
    };
    let Some(key) = pair.key else {
        return not_run(format!("There is none; {} takes {takes}", pair.alg));
    };
    if !fits {
        return fit_check(
            case,
            CheckResult::Failed,
            "Key of another kind",
            format!("{} takes {takes}, found {}", pair.alg, key.kind),
        );
    }
    let of_this = |finding: &&&Finding| is_about(case, finding);
    let refusing = judged.findings.iter().filter(|finding| {
        let reason = finding.refusal;
        reason == Some(Reason::KeyNotAllowed) || reason == Some(Reason::KeyTooWeak)
    });
    if let Some(finding) = refusing.collect::<Vec<_>>().iter().find(of_this) {
        let title = match finding.refusal {
            Some(Reason::KeyTooWeak) => "Key too weak",
            _ => "Key must not be used for this",
        };
        return fit_check(case, CheckResult::Failed, title, finding.title.clone());
    }
    let forgiven = judged.findings.iter().filter(|finding| {
        FORGIVEN.contains(&finding.rule) && finding.severity > Severity::Low && pair.has_served
    });
    let text = match forgiven.collect::<Vec<_>>().iter().find(of_this) {
        Some(finding) => format!("{}; the policy lets it pass", finding.title),
        None => format!("{} takes {takes}: {}", pair.alg, key.kind),
    };
    fit_check(case, CheckResult::Passed, "Key fits the algorithm", text)
}

/// Whether what a rule found about a key is about that of this signature: it rests on its header, or on itself.
fn is_about(case: Case<'_>, finding: &Finding) -> bool {
    let own = || {
        let parts = case.token.parts.iter();
        parts.filter(|part| part.role != PartRole::Payload)
    };
    let mut evidence = finding.evidence.iter();
    finding.evidence.is_empty()
        || evidence.any(|evidence| {
            own().any(|part| {
                part.range.start <= evidence.range.start && evidence.range.end <= part.range.end
            })
        })
}

fn fit_check(
    case: Case<'_>,
    result: CheckResult,
    title: &'static str,
    text: impl Into<Cow<'static, str>>,
) -> Check {
    Check {
        title: title.into(),
        text: text.into(),
        byte_range: parameter_range(case, "alg"),
        ..Check::new("key-fit", result)
    }
}
