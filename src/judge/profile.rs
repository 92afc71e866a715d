//! The kind of token, and how that is known.

use super::Case;

/// The kinds of token that are told apart so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfileName {
    /// A signed message with any payload: no claim, time or payload JSON rules.
    Jws,
    /// Claims and times, no particular kind.
    Jwt,
}

impl ProfileName {
    /// The name in reports and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jws => "jws",
            Self::Jwt => "jwt",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Jws => "Signed message",
            Self::Jwt => "JWT",
        }
    }

    /// The profile of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Jws, Self::Jwt]
            .into_iter()
            .find(|profile| profile.name() == name)
    }
}

/// What the reviewer says of the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ProfileChoice {
    /// Find out.
    #[default]
    Auto,
    /// It is this.
    Named(ProfileName),
}

/// How the kind is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChosenBy {
    /// It looks like it.
    Guess,
    /// The reviewer said so.
    Option,
    /// The header's `typ` says so.
    Typ,
}

impl ChosenBy {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Option => "option",
            Self::Typ => "typ",
        }
    }
}

/// The kind of a token, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The kind.
    pub name: ProfileName,
    /// How it is known.
    pub chosen_by: ChosenBy,
    /// What spoke for it.
    pub why: String,
}

/// Finds out the kind of a token.
pub(super) fn determine(case: Case<'_>) -> Profile {
    let token = case.token;
    if case.is_envelope() {
        return Profile {
            name: ProfileName::Jws,
            chosen_by: ChosenBy::Guess,
            why: "the payload is a token of its own".to_owned(),
        };
    }
    match case.policy.profile {
        ProfileChoice::Named(name) => Profile {
            name,
            chosen_by: ChosenBy::Option,
            why: "chosen".to_owned(),
        },
        ProfileChoice::Auto => {
            let (name, why) = match (token.payload(), token.claims()) {
                (_, Some(_)) => (ProfileName::Jwt, "the payload is a JSON object"),
                (Some(_), None) => (ProfileName::Jws, "the payload is no JSON object"),
                (None, None) if case.is_closed() => (ProfileName::Jwt, "the payload is encrypted"),
                (None, None) => (ProfileName::Jws, "the payload is no JSON"),
            };
            Profile {
                name,
                chosen_by: ChosenBy::Guess,
                why: why.to_owned(),
            }
        }
    }
}
