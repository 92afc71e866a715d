//! Token, proof, policy and clock to a [`Judgement`]: would a correct verifier accept this, at this instant,
//! and what is wrong with it.

pub mod audit;
mod checks;
mod claims;
mod policy;
mod profile;
mod time;
mod validity;
mod verdict;
pub mod words;

use std::borrow::Cow;
use std::ops::Range;

use jiff::Timestamp;

use crate::jose::json::JsonFaultKind;
use crate::jose::{Fault, FaultKind, Kind, Part, PartRole, Token};
use crate::verify::{Layer, Proof};

pub use audit::{
    Catalogued, Confidence, Finding, KeyAudit, Passed, Severity, audit_key, audit_keys, catalogued,
};
pub use checks::{Check, CheckResult, ToldCheck, told};
pub use policy::{
    ClaimPath, ClaimRule, ClaimValue, ClaimValueError, Expectation, Issuer, KeyChoice, MAX_LISTED,
    MAX_POLICY_BYTES, MAX_REVOKED, MAX_REVOKED_BYTES, MAX_REVOKED_LISTED, POLICY_VERSION, Policy,
    PolicyError, PolicyFault, Revoked, RevokedError, RevokedFile, Strictness,
};
pub use profile::{ChosenBy, Profile, ProfileChoice, ProfileName, RunnerUp};
pub use time::{MAX_INNER, Mark, TimeState, Times};
pub use verdict::{Reason, Verdict, VerdictOutcome};

/// What the judgement is made from. Cheap to make; nothing in it is owned.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The token.
    pub token: &'a Token,
    /// What was found out about it.
    pub proof: &'a Proof,
    /// What the reviewer expects.
    pub policy: &'a Policy,
    /// The instant.
    pub at: Timestamp,
}

/// Bytes that a statement rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The part they are in.
    pub part: PartRole,
    /// The member, as a JSON pointer (RFC 6901) in the decoded part.
    pub pointer: Option<String>,
    /// The characters: bytes of the token's text.
    pub range: Range<usize>,
}

impl Evidence {
    /// The characters that carry these decoded bytes of a part.
    pub fn in_part(part: &Part, pointer: impl Into<Option<String>>, bytes: Range<usize>) -> Self {
        Self {
            part: part.role,
            pointer: pointer.into(),
            range: part.text_range(bytes),
        }
    }

    /// All characters of a part.
    pub fn whole_part(part: &Part) -> Self {
        Self {
            part: part.role,
            pointer: None,
            range: part.range.clone(),
        }
    }
}

/// Everything that can be said of a token at one instant.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The instant.
    pub at: Timestamp,
    /// The kind of token, and how that is known.
    pub profile: Profile,
    /// Whether a correct verifier would accept it.
    pub verdict: Verdict,
    /// What a verifier checks, in its order.
    pub checks: Vec<Check>,
    /// What is wrong, the worst first.
    pub findings: Vec<Finding>,
    /// Ids of the rules for this kind of token whose input was missing.
    pub not_run: Vec<&'static str>,
    /// Its times.
    pub times: Times,
    /// What the policy expects of it.
    pub expectations: Vec<Expectation>,
    /// What was found out as the policy sees it, where that is not what was found out without it: see [`Judgement::proof`].
    under_policy: Option<Box<Proof>>,
    /// Of the token that its payload is.
    pub inner: Option<Box<Self>>,
    /// Of its key binding JWT.
    pub key_binding: Option<Box<Self>>,
}

impl Judgement {
    /// What was found out about the token, as the policy sees it: where the policy says which keys are the issuer's, and none of
    /// those that were tried verifies, a signature is invalid and not just unchecked.
    pub fn proof<'a>(&'a self, own: &'a Proof) -> &'a Proof {
        self.under_policy.as_deref().unwrap_or(own)
    }

    /// The judgement on the token that holds the claims: what lies in a payload, as deep as that goes.
    pub fn innermost(&self) -> &Self {
        let mut judgement = self;
        while let Some(inner) = &judgement.inner {
            judgement = inner;
        }
        judgement
    }

    /// This judgement and those of the tokens inside, from the outermost inwards.
    pub fn layers(&self) -> impl Iterator<Item = &Self> {
        let mut open = vec![self];
        std::iter::from_fn(move || {
            let next = open.pop()?;
            let inside = [&next.key_binding, &next.inner].into_iter().flatten();
            open.extend(inside.map(|inside| &**inside));
            Some(next)
        })
    }
}

/// Judges a token and those inside of it.
pub fn judge(case: Case<'_>) -> Judgement {
    judge_as(case, false)
}

/// `is_key_binding`: the token ends an SD-JWT.
fn judge_as(case: Case<'_>, is_key_binding: bool) -> Judgement {
    let inside = |layer: &Option<Box<Layer>>, policy: &Policy, is_key_binding| {
        let layer = layer.as_deref()?;
        let case = Case {
            token: &layer.token,
            proof: &layer.proof,
            policy,
            at: case.at,
        };
        Some(Box::new(judge_as(case, is_key_binding)))
    };
    let inner = inside(&case.proof.inner, case.policy, false);
    let binding = &case.proof.key_binding;
    let key_binding = binding.as_ref().and_then(|_| {
        let of_holder = case.policy.of_holder();
        inside(binding, &of_holder, true)
    });
    let under_policy = policy::designated(case).map(Box::new);
    let case = Case {
        proof: under_policy.as_deref().unwrap_or(case.proof),
        ..case
    };
    let profile = profile::determine(case, is_key_binding);
    let times = time::times(case, &profile);
    let views = case.views();
    let objections = policy::objections(case, &views);
    let audit::Audit { findings, not_run } =
        audit(case, &views, &profile, &times, &objections, is_key_binding);
    let inside: Vec<&Judgement> = [&inner, &key_binding]
        .into_iter()
        .filter_map(|judgement| judgement.as_deref())
        .collect();
    let expectations = case
        .policy
        .expectations(case, &views, &profile, &times, &objections);
    let verdict = verdict::verdict(
        case,
        &verdict::Grounds {
            views: &views,
            profile: &profile,
            times: &times,
            findings: &findings,
            inside: &inside,
            expectations: &expectations,
            objections: &objections,
        },
    );
    let checks = checks::checks(
        case,
        &checks::Judged {
            views: &views,
            profile: &profile,
            times: &times,
            findings: &findings,
            expectations: &expectations,
            is_key_binding,
            inner: inner.as_deref(),
            key_binding: key_binding.as_deref(),
        },
    );
    Judgement {
        at: case.at,
        profile,
        verdict,
        checks,
        findings,
        not_run,
        times,
        expectations,
        under_policy,
        inner,
        key_binding,
    }
}

/// Runs the rules for each signature or recipient. What two of them find alike is said once.
fn audit(
    case: Case<'_>,
    views: &[View<'_>],
    profile: &Profile,
    times: &Times,
    objections: &[Option<Reason>],
    is_key_binding: bool,
) -> audit::Audit {
    let run = |case: Case<'_>| {
        let mut audit = audit::run(&audit::Subject {
            case,
            profile,
            times,
            is_key_binding,
        });
        for finding in &mut audit.findings {
            if case.policy.strictness.forgives_rule(finding.rule) {
                finding.refusal = None;
            }
        }
        audit
    };
    if views.len() == 1 {
        return run(case);
    }
    let is_settled = verdict::is_settled(case, profile, times, objections);
    let mut all = audit::Audit {
        findings: Vec::new(),
        not_run: Vec::new(),
    };
    for (index, view) in views.iter().enumerate() {
        let own = view.case(case);
        let audit::Audit { findings, not_run } = run(own);
        let is_open = !case.proof.signatures.is_empty() && verdict::is_open(own, profile, times);
        for mut finding in findings {
            // The key of a signature that nobody counts on is no reason to refuse the one that settles it.
            if is_settled && is_open && finding.refusal == Some(Reason::KeyNotAllowed) {
                finding.refusal = None;
            }
            if !all.findings.contains(&finding) {
                all.findings.push(finding);
            }
        }
        // What one signature's rule could look at was run.
        if index == 0 {
            all.not_run = not_run;
        } else {
            all.not_run.retain(|rule| not_run.contains(rule));
        }
    }
    all.findings
        .sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    all
}

/// The token as it is for one of its signatures or recipients, with what was found out about that one.
struct View<'a> {
    token: Cow<'a, Token>,
    proof: Cow<'a, Proof>,
}

impl View<'_> {
    fn case<'a>(&'a self, whole: Case<'a>) -> Case<'a> {
        Case {
            token: &self.token,
            proof: &self.proof,
            ..whole
        }
    }
}

impl<'a> Case<'a> {
    fn views(self) -> Vec<View<'a>> {
        if self.token.entries() == 1 {
            return vec![View {
                token: Cow::Borrowed(self.token),
                proof: Cow::Borrowed(self.proof),
            }];
        }
        let views = self.token.views().into_iter().enumerate();
        views
            .map(|(index, token)| {
                let signature = self.proof.signatures.get(index);
                // What was found out about one recipient says nothing of the others.
                let decryption = self.proof.decryption.as_ref();
                let decryption = decryption.filter(|proof| proof.recipient == Some(index));
                let inner = self.proof.inner.as_ref().filter(|_| decryption.is_some());
                View {
                    token,
                    proof: Cow::Owned(Proof {
                        signatures: signature.cloned().into_iter().collect(),
                        decryption: decryption.cloned(),
                        inner: inner.cloned(),
                        // Disclosures belong to the first signature (RFC 9901 section 8.1).
                        sd_jwt: self.proof.sd_jwt.clone().filter(|_| index == 0),
                        key_binding: self.proof.key_binding.clone().filter(|_| index == 0),
                        ..Proof::default()
                    }),
                }
            })
            .collect()
    }

    /// Whether the payload is a token of its own, so that claims and times are in that one.
    fn is_envelope(&self) -> bool {
        self.proof.inner.is_some()
    }

    /// Whether there are no claims because nothing opened the token.
    fn is_closed(&self) -> bool {
        self.token.kind == Kind::Jwe && self.token.part(PartRole::Payload).is_none()
    }
}

/// Whether a fault is one of encoding or JSON that profile and policy mind: in opaque payloads JSON is nobody's business.
fn spoils_encoding(case: Case<'_>, fault: &Fault, profile: &Profile) -> bool {
    match (&fault.kind, fault.part) {
        (FaultKind::Encoding { .. } | FaultKind::Json(_), PartRole::Payload)
            if case.token.is_unencoded() =>
        {
            false
        }
        (FaultKind::Encoding { kind, .. }, _)
            if case.policy.strictness.forgives_spelling(*kind) =>
        {
            false
        }
        (FaultKind::Encoding { .. }, part) => part != PartRole::Disclosure,
        // Depth is a limit of this program, and no fault of the token.
        (FaultKind::Json(JsonFaultKind::Depth), _) => false,
        (FaultKind::Json(_), PartRole::Payload) => profile.name != ProfileName::Jws,
        (
            FaultKind::Json(_),
            PartRole::ProtectedHeader | PartRole::UnprotectedHeader | PartRole::Token,
        ) => true,
        _ => false,
    }
}
