//! The rules, and the engine that runs them.
//!
//! A rule is one struct in the file of its subject and one line in [`RULES`]. It sees a [`Subject`] and yields
//! findings, or says that its input is missing.

mod algorithm;
mod catalogue;
mod certificates;
mod certified;
mod curves;
mod disclosed;
mod encoding;
mod flaw;
mod form;
mod header;
mod held;
mod hmac;
mod inconsistent;
mod jwe;
mod key_binding;
mod keys;
mod kid;
mod kind;
mod loaded;
mod modulus;
mod profile;
mod published;
mod rsa;
mod sd_jwt;
mod secret;
mod serialization;
mod sets;
mod signature;
mod times;
mod types;
mod url;

use std::borrow::Cow;

pub use catalogue::{Catalogued, catalogued};
pub use loaded::{KeyAudit, Passed, audit_key, audit_keys};

use super::policy::media_type;
use super::profile::short_type;
use super::{Case, Evidence, Profile, ProfileName, Reason, Times};
use crate::jose::Part;
use crate::jose::json::{Document, Json, Member, escape_pointer};
use crate::verify::Presentation;

/// What was found out is remembered of so many keys.
const MOST_KEYS: usize = 10_000;

/// How bad a finding is. Ordered: the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Context the reviewer wants to see.
    Info,
    /// Hygiene.
    Low,
    /// Weakens a control, or breaks a MUST without a direct attack.
    Medium,
    /// A conforming verifier must reject, or a common verifier fault turns it into forging.
    High,
    /// Forging or key recovery is possible with what is in front of us.
    Critical,
}

impl Severity {
    /// All, the worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Info,
    ];

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
        }
    }

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

/// How sure a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// A plain fact of the bytes.
    Certain,
    /// A pattern.
    Likely,
    /// Recomputed: a MAC matched, a factor was found.
    Proven,
}

impl Confidence {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Proven => "proven",
        }
    }
}

/// Something that is wrong with a token or key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's stable id.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// What, in a few words.
    pub title: String,
    /// Why it matters here.
    pub detail: String,
    /// What to do.
    pub remedy: String,
    /// RFC sections and the like.
    pub references: Vec<&'static str>,
    /// The bytes that it rests on.
    pub evidence: Vec<Evidence>,
    /// The refusal that it makes of the verdict, if it is one of the strict rules (and not in a form that refuses nothing).
    pub refusal: Option<Reason>,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// Token, proof, policy and instant.
    pub case: Case<'a>,
    /// The kind of token.
    pub profile: &'a Profile,
    /// Its times.
    pub times: &'a Times,
    /// Whether it is the key binding JWT of an SD-JWT, whose form is looked at with that one.
    pub is_key_binding: bool,
}

impl Subject<'_> {
    /// Whether the rules about claims apply: there is a claims set, and the profile looks at claims.
    fn has_claims(&self) -> bool {
        self.profile.name != ProfileName::Jws && self.case.token.claims().is_some()
    }

    /// The header's `typ` in lower case, without `application/`; empty when there is none.
    fn typ(&self) -> Cow<'_, str> {
        let header = self.case.token.header();
        let typ = header
            .and_then(|header| header.str("typ"))
            .unwrap_or_default();
        let short = short_type(typ);
        if short.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(short.to_ascii_lowercase())
        } else {
            Cow::Borrowed(short)
        }
    }

    /// A header parameter, from the protected header or else from one that nothing protects.
    fn header(&self, name: &str) -> Option<&Json> {
        self.case.token.parameter(name)
    }

    /// A member of the protected header.
    fn protected(&self, name: &str) -> Option<&Json> {
        self.case.token.header()?.get(name)
    }

    /// A claim, disclosed ones included, where the profile looks at claims.
    fn claim(&self, name: &str) -> Option<&Json> {
        let claim = self.has_claims().then(|| self.case.claim(name));
        claim.flatten().map(|claim| claim.value)
    }

    /// The SD-JWT that it is.
    fn sd_jwt(&self) -> Option<&Presentation> {
        self.case.proof.sd_jwt.as_deref()
    }
}

/// What a rule says.
pub enum Ruling {
    /// Its input was missing.
    NotRun,
    /// It looked; here is what it found, which may be nothing.
    Ran(Vec<Finding>),
    /// It is not about this kind of token.
    Unconcerned,
}

impl From<Option<Finding>> for Ruling {
    fn from(finding: Option<Finding>) -> Self {
        Self::Ran(finding.into_iter().collect())
    }
}

/// A rule of the catalogue.
pub trait Rule: Sync {
    /// The stable id.
    fn id(&self) -> &'static str;

    /// The ids of the rules that say nothing beside this one, so that one fault does not give six findings.
    fn silences(&self) -> &'static [&'static str] {
        &[]
    }

    /// The ids of the rules that say nothing about a member that this one found at fault (info is no fault).
    fn silences_member(&self) -> &'static [&'static str] {
        &[]
    }

    /// Looks at a token.
    fn look(&self, subject: &Subject<'_>) -> Ruling;
}

/// Every rule, in the order of the catalogue.
pub static RULES: &[&dyn Rule] = &[
    &encoding::B64Nonstandard,
    &encoding::B64TrailingBits,
    &encoding::JsonDuplicateMember,
    &encoding::JsonCaseVariantMember,
    &encoding::JsonBadEncoding,
    &serialization::JwtJsonSerialization,
    &form::JwsPolyglot,
    &serialization::JwsHeaderOverlap,
    &serialization::JwsAlgUnprotected,
    &form::TokenSize,
    &algorithm::AlgNone,
    &algorithm::AlgNoneVariant,
    &algorithm::AlgUnregistered,
    &algorithm::AlgProhibited,
    &signature::SigEmpty,
    &signature::SigLength,
    &signature::SigDer,
    &signature::SigPsychic,
    &signature::SigMalleable,
    &signature::SigInvalid,
    &hmac::HmacKeyConfusion,
    &hmac::HmacEmptyKey,
    &hmac::HmacKnownSecret,
    &hmac::HmacShortSecret,
    &hmac::HmacWeakSecret,
    &hmac::HmacWithAsymmetricIssuer,
    &header::JwkEmbedded,
    &header::JwkEmbeddedSecret,
    &header::JkuX5uUntrusted,
    &url::HeaderUrlDangerous,
    &certificates::X5cUntrusted,
    &certificates::X5cChain,
    &certificates::X5cValidity,
    &certificates::X5cIdentity,
    &certificates::X5cAnchorIncluded,
    &header::X5tSha1,
    &certificates::X5tMismatch,
    &kid::KidPathTraversal,
    &kid::KidSqlInjection,
    &kid::KidCommandInjection,
    &kid::KidUnusual,
    &header::CritMalformed,
    &header::CritUnknown,
    &header::B64Unencoded,
    &types::HeaderType,
    &kind::TypMismatch,
    &kind::TypMissing,
    &kind::CrossJwtAmbiguous,
    &modulus::RsaSmallModulus,
    &modulus::RsaBadExponent,
    &rsa::RsaRoca,
    &rsa::RsaFactorable,
    &curves::EcPointInvalid,
    &curves::OkpLowOrder,
    &keys::KeyAlgMismatch,
    &keys::KeyUseMismatch,
    &sets::JwksSymmetric,
    &sets::JwksDuplicateKid,
    &inconsistent::JwkInconsistent,
    &published::KeyPubliclyKnown,
    &jwe::JweP2cHigh,
    &jwe::JweP2cLow,
    &jwe::JweZip,
    &jwe::JweZipBomb,
    &jwe::JweRsa15,
    &jwe::JweEpkInvalid,
    &jwe::JweNotAuthenticated,
    &jwe::CtyNesting,
    &times::ExpMissing,
    &times::OutsideValidity,
    &times::IatFuture,
    &times::TimeOrder,
    &times::LifetimeLong,
    &times::NumericDateType,
    &times::NumericDateUnit,
    &profile::ProfileClaimMissing,
    &profile::ProfileClaimForbidden,
    &sd_jwt::SdFormat,
    &sd_jwt::SdDisclosureInvalid,
    &sd_jwt::SdHashWeak,
    &disclosed::SdSaltWeak,
    &disclosed::SdValidityHidden,
    &key_binding::SdKbMismatch,
];

/// What all rules together said.
pub(super) struct Audit {
    /// The worst first; of equals, in the order of [`RULES`].
    pub(super) findings: Vec<Finding>,
    /// Ids of the rules whose input was missing.
    pub(super) not_run: Vec<&'static str>,
}

/// Runs every rule.
pub(super) fn run(subject: &Subject<'_>) -> Audit {
    let mut findings = Vec::new();
    let mut not_run = Vec::new();
    let mut silenced: Vec<&str> = Vec::new();
    let mut silenced_members: Vec<(&[&str], Evidence)> = Vec::new();
    for rule in RULES {
        match rule.look(subject) {
            Ruling::NotRun => not_run.push(rule.id()),
            Ruling::Ran(found) if found.is_empty() => {}
            Ruling::Ran(found) => {
                silenced.extend(rule.silences());
                let others = rule.silences_member();
                if !others.is_empty() {
                    let faults = found
                        .iter()
                        .filter(|finding| finding.severity > Severity::Info);
                    let members = faults.flat_map(|finding| &finding.evidence);
                    silenced_members.extend(members.map(|member| (others, member.clone())));
                }
                findings.extend(found);
            }
            Ruling::Unconcerned => {}
        }
    }
    let is_about = |finding: &Finding, member: &Evidence| {
        member.pointer.is_some()
            && finding
                .evidence
                .iter()
                .any(|own| (own.part, &own.pointer) == (member.part, &member.pointer))
    };
    findings.retain(|finding: &Finding| {
        !silenced.contains(&finding.rule)
            && !silenced_members
                .iter()
                .any(|(rules, member)| rules.contains(&finding.rule) && is_about(finding, member))
    });
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Audit { findings, not_run }
}

/// The way to a value in a document, which is written down only where something is found there.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Element(&'a Self, usize),
    Member(&'a Self, &'a str),
}

impl Path<'_> {
    /// The JSON pointer.
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Element(above, index) => format!("{}/{index}", above.pointer()),
            Self::Member(above, name) => format!("{}/{}", above.pointer(), escape_pointer(name)),
        }
    }
}

/// The evidence of a member of a part's top object.
fn member_evidence(part: &Part, member: &Member) -> Evidence {
    Evidence::in_part(
        part,
        format!("/{}", escape_pointer(&member.name)),
        member.range(),
    )
}

/// The evidence of a header parameter, in the header that [`Subject::header`] takes it from.
fn header_evidence(subject: &Subject<'_>, name: &str) -> Vec<Evidence> {
    let header = subject.case.token.parameter_in(name).map(|(part, _)| part);
    named_evidence(header, name)
}

/// The evidence of the last top member of this name.
fn named_evidence(part: Option<&Part>, name: &str) -> Vec<Evidence> {
    part.and_then(|part| {
        let member = top_member(part.json.as_ref()?, name)?;
        Some(member_evidence(part, member))
    })
    .into_iter()
    .collect()
}

/// The last top member of this name.
pub(super) fn top_member<'a>(document: &'a Document, name: &str) -> Option<&'a Member> {
    document.root.as_ref()?.member(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_an_id_of_its_own_and_silences_rules_that_exist() {
        let ids: Vec<_> = RULES.iter().map(|rule| rule.id()).collect();
        for (index, rule) in RULES.iter().enumerate() {
            assert_eq!(ids.iter().position(|id| *id == rule.id()), Some(index));
            for silenced in rule.silences().iter().chain(rule.silences_member()) {
                assert!(ids.contains(silenced), "{} silences {silenced}", rule.id());
            }
        }
    }
}
