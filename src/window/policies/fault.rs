//! What is wrong with a policy as it is typed, and where.

use crate::jose::visible::visible;
use crate::judge::words::span;
use crate::judge::{ClaimPath, ClaimRule, Issuer, Policy};

/// A member of a policy that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    /// `name`.
    Name,
    /// `alg`.
    Algorithms,
    /// `issuers`.
    Issuers,
    /// `aud`.
    Audiences,
    /// `typ`.
    Types,
    /// `nonce`.
    Nonce,
    /// `leeway_seconds`.
    Leeway,
    /// `max_age_seconds`.
    MaxAge,
    /// `max_lifetime_seconds`.
    MaxLifetime,
    /// `required_claims`.
    Required,
    /// `forbidden_claims`.
    Forbidden,
    /// The list in `revoked`.
    Revoked,
    /// The file in `revoked`.
    RevokedFile,
}

impl Member {
    /// One entry of it.
    pub fn one(self) -> &'static str {
        match self {
            Self::Name => "a name",
            Self::Algorithms => "an algorithm",
            Self::Issuers => "an issuer",
            Self::Audiences => "an audience",
            Self::Types => "a type",
            Self::Nonce => "a nonce",
            Self::Leeway | Self::MaxAge | Self::MaxLifetime => "seconds",
            Self::Required | Self::Forbidden => "a claim",
            Self::Revoked => "a jti",
            Self::RevokedFile => "a file",
        }
    }

    /// What holds of it while something is wrong with what is typed.
    pub fn in_force(self, policy: &Policy) -> String {
        let list = |texts: Vec<&str>| match texts.len() {
            0 => "nothing is expected".to_owned(),
            1..=3 => texts
                .iter()
                .map(|text| visible(text))
                .collect::<Vec<_>>()
                .join(", "),
            count => format!("{count} entries as before"),
        };
        let limit = |seconds: Option<u32>| {
            seconds.map_or_else(|| "no limit".to_owned(), |seconds| span(seconds.into()))
        };
        let claims = |rules: &[ClaimRule]| {
            list(
                rules
                    .iter()
                    .map(|rule| ClaimPath::label(&rule.path))
                    .collect(),
            )
        };
        let texts = |texts: &[String]| list(texts.iter().map(String::as_str).collect());
        match self {
            Self::Name => policy
                .name
                .as_deref()
                .map_or_else(|| "no name".to_owned(), visible),
            Self::Algorithms => texts(&policy.algorithms),
            Self::Issuers => list(
                policy
                    .issuers
                    .iter()
                    .map(|Issuer { iss, .. }| iss.as_str())
                    .collect(),
            ),
            Self::Audiences => texts(&policy.audiences),
            Self::Types => texts(&policy.types),
            Self::Nonce => policy
                .nonce
                .as_deref()
                .map_or_else(|| "any nonce".to_owned(), visible),
            Self::Leeway => span(policy.leeway_seconds.into()),
            Self::MaxAge => limit(policy.max_age_seconds),
            Self::MaxLifetime => limit(policy.max_lifetime_seconds),
            Self::Required => claims(&policy.required_claims),
            Self::Forbidden => claims(&policy.forbidden_claims),
            Self::Revoked => match policy.revoked.in_policy().len() {
                0 => "none is revoked".to_owned(),
                count => format!("{count} as before"),
            },
            Self::RevokedFile => policy
                .revoked
                .file()
                .map_or_else(|| "no file".to_owned(), |file| visible(file.name())),
        }
    }
}

/// A row of a member that is a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    member: Member,
    row: usize,
}

impl Row {
    /// The row at this position.
    pub fn new(member: Member, row: usize) -> Self {
        Self { member, row }
    }

    /// Beside its first field: the key at this position of an issuer, the value of a claim.
    pub fn part(self, part: usize) -> Line {
        Line {
            part: Some(part),
            ..self.into()
        }
    }
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    /// Of this member.
    pub member: Member,
    /// The row; `None` where it is about all of the member.
    pub row: Option<usize>,
    /// What is beside the first field of a row.
    pub part: Option<usize>,
}

impl From<Member> for Line {
    fn from(member: Member) -> Self {
        Self {
            member,
            row: None,
            part: None,
        }
    }
}

impl From<Row> for Line {
    fn from(row: Row) -> Self {
        Self {
            row: Some(row.row),
            ..row.member.into()
        }
    }
}

/// Something that is wrong with what is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: Line,
    /// What was expected, what was found, and what to do.
    pub what: String,
}

impl Fault {
    pub(super) fn new(member: Member, what: String) -> Self {
        Self {
            at: member.into(),
            what,
        }
    }

    /// Nothing in a row where something belongs.
    pub(super) fn empty(at: Line, expected: &str) -> Self {
        Self {
            at,
            what: format!("Expected {expected}, found nothing. Fill it in, or remove it."),
        }
    }
}
