//! Whether a token has what its kind must have, and nothing that it must not (catalogue 1.9). What that is stands with each
//! kind under `judge/profile/known`.

use std::borrow::Cow;

use super::{
    Confidence, Evidence, Finding, Reason, Rule, Ruling, Severity, Subject, header_evidence,
};
use crate::jose::PartRole;
use crate::jose::json::{Json, escape_pointer};
use crate::judge::claims::Claim;
use crate::judge::profile::{Ban, Facts, Level, Place, Requirement, Typing, is_plain};
use crate::judge::words::capitalised;

/// `profile-claim-missing`: something that its kind must or should have is not there, or is of another form.
pub(super) struct ProfileClaimMissing;

/// `profile-claim-forbidden`: something that its kind must not or should not have is there.
pub(super) struct ProfileClaimForbidden;

impl Rule for ProfileClaimMissing {
    fn id(&self) -> &'static str {
        "profile-claim-missing"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !is_of_a_kind(subject) {
            return Ruling::Unconcerned;
        }
        if subject.case.token.claims().is_none() {
            // Nothing opened it.
            return Ruling::NotRun;
        }
        let facts = Facts::new(subject.case);
        let mut findings = Vec::new();
        findings.extend(untyped(subject, self.id()));
        for requirement in subject.profile.spec.required {
            let lapse = lapse(subject, &facts, requirement);
            findings.extend(lapse.map(|lapse| missing(subject, self.id(), requirement, lapse)));
        }
        Ruling::Ran(findings)
    }
}

impl Rule for ProfileClaimForbidden {
    fn id(&self) -> &'static str {
        "profile-claim-forbidden"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let bans = subject.profile.spec.forbidden;
        if !is_of_a_kind(subject) || bans.is_empty() {
            return Ruling::Unconcerned;
        }
        if subject.case.token.claims().is_none() {
            return Ruling::NotRun;
        }
        let is_broken = |ban: &&Ban| {
            value(subject, ban.place, ban.name).is_some_and(|value| {
                ban.inside.is_empty() || ban.inside.iter().any(|name| value.get(name).is_some())
            }) && (ban.when.is_empty() || Facts::new(subject.case).all(ban.when))
        };
        let broken = bans.iter().filter(is_broken);
        Ruling::Ran(
            broken
                .map(|ban| forbidden(subject, self.id(), ban))
                .collect(),
        )
    }
}

/// Whether the token is of a kind that has rules, and is looked at as one. A key binding JWT is looked at with its SD-JWT.
fn is_of_a_kind(subject: &Subject<'_>) -> bool {
    !subject.profile.name.is_general() && !subject.is_key_binding
}

/// The value of a member where it is required or forbidden.
fn value<'a>(subject: &Subject<'a>, place: Place, name: &str) -> Option<&'a Json> {
    match place {
        Place::Claims => subject.case.claim(name).map(|claim| claim.value),
        Place::Header => subject.case.token.parameter(name),
    }
}

/// How a requirement is not met.
enum Lapse<'a> {
    /// Nothing of that name is there.
    Absent,
    /// What is there under this name is of another form.
    Form {
        name: &'a str,
        expected: &'static str,
        found: String,
    },
}

fn lapse(
    subject: &Subject<'_>,
    facts: &Facts<'_>,
    requirement: &'static Requirement,
) -> Option<Lapse<'static>> {
    if !facts.all(requirement.when) {
        return None;
    }
    let mut there = requirement.names.iter().filter_map(|name| {
        let value = value(subject, requirement.place, name)?;
        Some((*name, value))
    });
    let Some((name, value)) = there.next() else {
        return Some(Lapse::Absent);
    };
    let beside: Vec<&str> = there.map(|(name, _)| name).collect();
    let breach = facts.breach(requirement.form, value, &beside)?;
    Some(Lapse::Form {
        name,
        expected: breach.expected,
        found: breach.found,
    })
}

/// How bad it is: a MUST is high and a SHOULD low, one step less where the kind is not sure.
pub(super) fn severity(subject: &Subject<'_>, level: Level) -> Severity {
    match (level, subject.profile.is_sure()) {
        (Level::Must, true) => Severity::High,
        (Level::Must, false) => Severity::Medium,
        (Level::Should, true) => Severity::Low,
        (Level::Should, false) => Severity::Info,
    }
}

/// The refusal: only where the kind is certain, and never for what should be.
pub(super) fn refusal(subject: &Subject<'_>, level: Level, rule: &'static str) -> Option<Reason> {
    (subject.profile.is_fixed() && level == Level::Must).then_some(Reason::Rule(rule))
}

/// How sure the finding is: as sure as the kind.
pub(super) fn confidence(subject: &Subject<'_>) -> Confidence {
    if subject.profile.is_sure() {
        Confidence::Certain
    } else {
        Confidence::Likely
    }
}

/// What is said of a kind before it is held against the token: "An access token", "If this is an access token, it".
pub(super) fn told(subject: &Subject<'_>) -> Cow<'static, str> {
    let profile = subject.profile;
    if profile.is_sure() {
        Cow::Owned(capitalised(profile.phrase()))
    } else {
        Cow::Owned(format!(
            "It looks like {} ({}). If this is one, it",
            profile.phrase(),
            profile.why
        ))
    }
}

/// How a requirement or a ban is said.
fn verb(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
    }
}

/// What a verifier is told.
fn consequence(level: Level) -> &'static str {
    match level {
        Level::Must => " A verifier of that kind must refuse it.",
        Level::Should => "",
    }
}

fn missing(
    subject: &Subject<'_>,
    rule: &'static str,
    requirement: &'static Requirement,
    lapse: Lapse<'_>,
) -> Finding {
    let level = requirement.level;
    let severity = match (&lapse, subject.profile.is_sure()) {
        // What only looks like its kind may be of another that does without.
        (Lapse::Absent, false) => severity(subject, level).min(Severity::Low),
        _ => severity(subject, level),
    };
    let names = requirement.names.join(" or ");
    let note = if requirement.note.is_empty() {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!(" {}", requirement.note))
    };
    let (title, said, evidence, remedy) = match lapse {
        Lapse::Absent => (
            format!("No {names}"),
            format!("{} have {names}, and there is none", verb(level)),
            whole(subject, requirement.place),
            format!("Add {names} as the issuer, and require it as the verifier."),
        ),
        Lapse::Form {
            name,
            expected,
            found,
        } => (
            format!("{name} is of another form"),
            format!("{} have {name} as {expected}; found {found}", verb(level)),
            member(subject, requirement.place, name),
            format!("Write {name} as the specification says, and check its form as the verifier."),
        ),
    };
    Finding {
        rule,
        severity,
        confidence: confidence(subject),
        title,
        detail: format!("{} {said}.{note}{}", told(subject), consequence(level)),
        remedy,
        references: vec![subject.profile.spec.reference],
        evidence,
        refusal: refusal(subject, level, rule),
    }
}

/// No explicit type although the kind must have one. Where the kind is not sure, `typ-missing` says so instead.
fn untyped(subject: &Subject<'_>, rule: &'static str) -> Option<Finding> {
    let spec = subject.profile.spec;
    let typ = subject.protected("typ");
    if spec.typing != Typing::Required || typ.is_some() || !subject.profile.is_sure() {
        return None;
    }
    let types = spec.types.join(" or ");
    Some(Finding {
        rule,
        severity: severity(subject, Level::Must),
        confidence: confidence(subject),
        title: "No typ".to_owned(),
        detail: format!(
            "{} must have typ {types}, and there is none. Nothing else keeps it apart from other tokens of its issuer.{}",
            told(subject),
            consequence(Level::Must)
        ),
        remedy: format!("Write typ {types} as the issuer, and require it as the verifier."),
        references: vec![spec.reference, "RFC 8725 \u{A7}3.11"],
        evidence: whole(subject, Place::Header),
        refusal: refusal(subject, Level::Must, rule),
    })
}

fn forbidden(subject: &Subject<'_>, rule: &'static str, ban: &'static Ban) -> Finding {
    let level = ban.level;
    let name = ban.name;
    let inner: Vec<&str> = value(subject, ban.place, name)
        .map(|value| {
            let names = ban.inside.iter();
            names
                .filter(|name| value.get(name).is_some())
                .copied()
                .collect()
        })
        .unwrap_or_default();
    let what = if inner.is_empty() {
        name.to_owned()
    } else {
        format!("{} in {name}", inner.join(", "))
    };
    Finding {
        rule,
        severity: severity(subject, level),
        confidence: confidence(subject),
        title: format!("{what} must not be there").replacen(
            "must",
            verb(level),
            usize::from(level == Level::Should),
        ),
        detail: format!(
            "{} {} not have {what}. {}{}",
            told(subject),
            verb(level),
            ban.why,
            consequence(level)
        ),
        remedy: format!("Leave out {what}; verifiers of other kinds rely on its absence."),
        references: vec![subject.profile.spec.reference],
        evidence: if inner.is_empty() {
            member(subject, ban.place, name)
        } else {
            inner_members(subject, name, &inner)
        },
        refusal: refusal(subject, level, rule),
    }
}

/// The characters of the part in which something is missing.
pub(super) fn whole(subject: &Subject<'_>, place: Place) -> Vec<Evidence> {
    let role = match place {
        Place::Claims => PartRole::Payload,
        Place::Header => PartRole::ProtectedHeader,
    };
    let part = subject.case.token.part(role);
    part.map(Evidence::whole_part).into_iter().collect()
}

fn member(subject: &Subject<'_>, place: Place, name: &str) -> Vec<Evidence> {
    match place {
        Place::Claims => {
            let claim = subject.case.claim(name);
            claim.iter().map(Claim::evidence).collect()
        }
        Place::Header => header_evidence(subject, name),
    }
}

/// The characters of members of a header parameter that is an object.
fn inner_members(subject: &Subject<'_>, name: &str, inner: &[&str]) -> Vec<Evidence> {
    let Some((part, object)) = subject.case.token.parameter_in(name) else {
        return Vec::new();
    };
    let members = inner.iter().filter_map(|inner| {
        let member = object.member(inner)?;
        let pointer = format!("/{}/{}", escape_pointer(name), escape_pointer(inner));
        Some(Evidence::in_part(part, pointer, member.range()))
    });
    members.collect()
}

/// Whether the header has a `typ` that says more than that it is a JWT.
pub(super) fn explicit_type<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    let typ = subject.case.token.header()?.str("typ")?;
    (!is_plain(typ)).then_some(typ)
}
