//! What kind of token one is: by explicit type, else by the best clue.
//!
//! A clue asks for claims first. Which claims a token has is found out once, as a set of bits, so that the clues of all kinds
//! cost little more than those of one.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::facts::Facts;
use super::spec::{Clue, Level, Likeness, Place, Spec, Trait, Typing};
use super::{ChosenBy, Profile, ProfileChoice, ProfileName, RunnerUp};
use crate::judge::Case;

/// Explicit types of kinds that there is no profile for, and what they are.
const OTHER_TYPES: [(&str, &str); 8] = [
    (
        "explicit-registration-response+jwt",
        "its typ says that it is the answer to a registration in a federation",
    ),
    (
        "jwk-set+jwt",
        "its typ says that it is a signed key set of a federation",
    ),
    (
        "key-attestation+jwt",
        "its typ says that it is an attestation of keys",
    ),
    (
        "resolve-response+jwt",
        "its typ says that it is an answer of a federation\u{2019}s resolver",
    ),
    (
        "trust-mark+jwt",
        "its typ says that it is a trust mark of a federation",
    ),
    (
        "trust-mark-delegation+jwt",
        "its typ says that it delegates a trust mark",
    ),
    (
        "trust-mark-status-response+jwt",
        "its typ says that it is the status of a trust mark",
    ),
    (
        "txn_token+jwt",
        "its typ says that it is a transaction token",
    ),
];

/// Two guesses that are no further apart, in percent, are told both.
const SMALL_GAP: u8 = 10;

/// A set of claims, a bit for each name that some clue asks for.
pub(super) type Names = u128;

/// What is asked of the claims, ready to be compared.
struct Knowledge {
    names: Index,
    clues: Vec<Known>,
    likenesses: Vec<Alike>,
}

struct Known {
    name: ProfileName,
    spec: &'static Spec,
    clue: &'static Clue,
    all: Names,
    any: Names,
    none: Names,
}

struct Alike {
    name: ProfileName,
    spec: &'static Spec,
    likeness: &'static Likeness,
    needs: Names,
    own: Names,
}

static KNOWLEDGE: LazyLock<Knowledge> = LazyLock::new(|| {
    let specs = || {
        let all = ProfileName::ALL.iter();
        all.flat_map(|name| name.forms().iter().map(|spec| (*name, *spec)))
    };
    let needs = |spec: &'static Spec| {
        let required = spec.required.iter().filter(|requirement| {
            requirement.place == Place::Claims
                && requirement.level == Level::Must
                && requirement.when.is_empty()
        });
        required.filter_map(|requirement| match requirement.names {
            [one] => Some(*one),
            _ => None,
        })
    };
    let mut names: Vec<&'static str> = Vec::new();
    for (_, spec) in specs() {
        for clue in spec.clues {
            for list in [clue.all, clue.any, clue.none] {
                names.extend(list);
            }
        }
        if let Some(likeness) = &spec.likeness {
            names.extend(likeness.own);
            names.extend(needs(spec));
        }
    }
    let names = Index::new(names);
    let bits = |list: &mut dyn Iterator<Item = &'static str>| {
        list.fold(0, |bits, name| bits | names.bit(name))
    };
    let clues = specs().flat_map(|(name, spec)| {
        let known = move |clue: &'static Clue| (name, spec, clue);
        spec.clues.iter().map(known)
    });
    let clues = clues.map(|(name, spec, clue)| Known {
        name,
        spec,
        clue,
        all: bits(&mut clue.all.iter().copied()),
        any: bits(&mut clue.any.iter().copied()),
        none: bits(&mut clue.none.iter().copied()),
    });
    let likenesses = specs().filter_map(|(name, spec)| {
        let likeness = spec.likeness.as_ref()?;
        Some(Alike {
            name,
            spec,
            likeness,
            needs: bits(&mut needs(spec)),
            own: bits(&mut likeness.own.iter().copied()),
        })
    });
    Knowledge {
        clues: clues.collect(),
        likenesses: likenesses.collect(),
        names,
    }
});

/// The names that bits stand for, in as many drawers as make it likely that a drawer holds one name or none.
struct Index {
    drawers: Vec<Vec<(&'static str, Names)>>,
}

impl Index {
    const DRAWERS: usize = 512;

    fn new(mut names: Vec<&'static str>) -> Self {
        names.sort_unstable();
        names.dedup();
        let mut drawers = vec![Vec::new(); Self::DRAWERS];
        for (at, name) in names.into_iter().enumerate() {
            let bit = u32::try_from(at).ok().and_then(|at| 1_u128.checked_shl(at));
            if let (Some(drawer), Some(bit)) = (drawers.get_mut(Self::drawer(name)), bit) {
                drawer.push((name, bit));
            }
        }
        Self { drawers }
    }

    /// By length, first and last byte, which names rarely share.
    fn drawer(name: &str) -> usize {
        let byte = |byte: Option<&u8>| usize::from(byte.copied().unwrap_or_default());
        let bytes = name.as_bytes();
        let mixed = byte(bytes.first())
            .wrapping_mul(31)
            .wrapping_add(byte(bytes.last()).wrapping_mul(7))
            .wrapping_add(bytes.len());
        mixed % Self::DRAWERS
    }

    /// The bit of a name; none for a name that nothing asks for.
    fn bit(&self, name: &str) -> Names {
        let drawer = self.drawers.get(Self::drawer(name));
        let mut names = drawer.into_iter().flatten();
        names
            .find(|(known, _)| *known == name)
            .map_or(0, |(_, bit)| *bit)
    }
}

/// The best clue to a kind, and how far behind the best of another kind is.
#[derive(Clone, Copy)]
struct Guess {
    known: &'static Known,
    runner_up: Option<&'static Known>,
}

impl Knowledge {
    fn seen(&self, case: Case<'_>) -> Names {
        let claims = case.claims();
        claims.fold(0, |seen, claim| seen | self.names.bit(claim.name))
    }

    /// The clues that hold, of which the best of each kind counts.
    fn guess(
        &'static self,
        facts: &Facts<'_>,
        seen: Names,
        may_be: impl Fn(&Known) -> bool,
    ) -> Option<Guess> {
        let mut best: Option<&'static Known> = None;
        let mut second: Option<&'static Known> = None;
        for known in &self.clues {
            let has_names = seen & known.all == known.all
                && seen & known.none == 0
                && (known.any == 0 || seen & known.any != 0);
            if !has_names {
                continue;
            }
            let confidence = known.clue.confidence;
            let is_better =
                |than: Option<&Known>| than.is_none_or(|than| confidence > than.clue.confidence);
            let is_same = best.is_some_and(|best| best.name == known.name);
            if !is_better(best) && (is_same || !is_better(second)) {
                continue;
            }
            if !may_be(known) || !facts.all(known.clue.facts) {
                continue;
            }
            if is_better(best) {
                if !is_same {
                    second = best;
                }
                best = Some(known);
            } else {
                second = Some(known);
            }
        }
        let known = best?;
        let runner_up = second.filter(|second| {
            known.clue.confidence.saturating_sub(second.clue.confidence) <= SMALL_GAP
        });
        Some(Guess { known, runner_up })
    }

    /// Of the forms of a kind the one with the best clue, else the first.
    fn best_form(
        &'static self,
        facts: &Facts<'_>,
        seen: Names,
        forms: &[&'static Spec],
    ) -> Option<&'static Spec> {
        if let [only] = forms {
            return Some(only);
        }
        let is_form = |known: &Known| forms.iter().any(|form| std::ptr::eq(*form, known.spec));
        let guess = self.guess(facts, seen, is_form);
        let best = guess.map(|guess| guess.known.spec);
        best.or_else(|| forms.first().copied())
    }
}

impl Known {
    /// The reason in words.
    fn why(&self, seen: Names) -> Cow<'static, str> {
        let words = self.clue.words;
        if self.any == 0 {
            return Cow::Borrowed(words);
        }
        let is_there = |name: &&&str| seen & KNOWLEDGE.names.bit(name) != 0;
        let there: Vec<&str> = self.clue.any.iter().filter(is_there).copied().collect();
        let list = match &there[..] {
            [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
            _ => there.concat(),
        };
        Cow::Owned(list + words)
    }
}

/// A `typ` without `application/`, which may be left out (RFC 7515 section 4.1.9).
pub(in crate::judge) fn short_type(typ: &str) -> &str {
    const APPLICATION: &str = "application/";
    match typ.split_at_checked(APPLICATION.len()) {
        Some((start, rest)) if start.eq_ignore_ascii_case(APPLICATION) => rest,
        _ => typ,
    }
}

/// Whether a `typ` names no kind: none, or one that any JWT or JWS may have.
pub(in crate::judge) fn is_plain(typ: &str) -> bool {
    let short = short_type(typ);
    let any = ["", "jwt", "jose", "jose+json"];
    any.iter().any(|plain| short.eq_ignore_ascii_case(plain))
}

/// Whether one of a kind's explicit types is this.
pub(in crate::judge) fn has_type(spec: &Spec, typ: &str) -> bool {
    let short = short_type(typ);
    spec.types.iter().any(|own| short.eq_ignore_ascii_case(own))
}

/// Finds out the kind of a token. `is_key_binding` says that it ends an SD-JWT.
pub(in crate::judge) fn determine(case: Case<'_>, is_key_binding: bool) -> Profile {
    let plainly = |name: ProfileName, chosen_by, why: &'static str| Profile {
        name,
        chosen_by,
        why: Cow::Borrowed(why),
        confidence: 100,
        runner_up: None,
        spec: name.first_form(),
        vendor: None,
        seen: 0,
    };
    if case.is_envelope() {
        return plainly(
            ProfileName::Jws,
            ChosenBy::Guess,
            "the payload is a token of its own",
        );
    }
    let knowledge = &*KNOWLEDGE;
    let facts = Facts::new(case);
    let seen = knowledge.seen(case);
    let with = |name, chosen_by, why, spec| Profile {
        spec,
        vendor: facts.vendor().and_then(of_vendor),
        seen,
        ..plainly(name, chosen_by, why)
    };
    let typ = case.token.header().and_then(|header| header.str("typ"));
    let typ = typ.unwrap_or_default();
    if let ProfileChoice::Named(name) = case.policy.profile {
        let typed = name.forms().iter().find(|form| has_type(form, typ));
        let own = typed.filter(|form| form.types != name.first_form().types);
        let best = || knowledge.best_form(&facts, seen, name.forms());
        let form = own.copied().or_else(best);
        let spec = form.unwrap_or(name.first_form());
        return with(name, ChosenBy::Option, "chosen", spec);
    }
    if case.token.claims().is_none() {
        let (name, why) = match case.token.payload() {
            Some(_) => (ProfileName::Jws, "the payload is no JSON object"),
            None if case.is_closed() => (ProfileName::Jwt, "the payload is encrypted"),
            None => (ProfileName::Jws, "the payload is no JSON"),
        };
        return plainly(name, ChosenBy::Guess, why);
    }
    if !is_plain(typ)
        && let Some(profile) = by_type(&facts, seen, typ, with)
    {
        return profile;
    }
    if is_key_binding {
        let spec = ProfileName::KbJwt.first_form();
        return with(
            ProfileName::KbJwt,
            ChosenBy::Guess,
            "it ends an SD-JWT",
            spec,
        );
    }
    // A type that is not known here names a kind that is not known here, so it is none of those that have a type, or none. One
    // without suffix is more likely a mistake.
    let may_be = |known: &Known| match known.spec.typing {
        Typing::Open => true,
        Typing::Recommended | Typing::Required => !typ.contains('+'),
        Typing::Untyped => is_plain(typ),
    };
    let Some(Guess { known, runner_up }) = knowledge.guess(&facts, seen, may_be) else {
        let spec = ProfileName::Jwt.first_form();
        let why = "the payload is a JSON object";
        return with(ProfileName::Jwt, ChosenBy::Guess, why, spec);
    };
    Profile {
        why: known.why(seen),
        confidence: known.clue.confidence,
        runner_up: runner_up.map(|second| RunnerUp {
            name: second.name,
            why: second.why(seen),
            confidence: second.clue.confidence,
        }),
        ..with(known.name, ChosenBy::Guess, "", known.spec)
    }
}

/// The kind that an explicit type names.
fn by_type(
    facts: &Facts<'_>,
    seen: Names,
    typ: &str,
    with: impl Fn(ProfileName, ChosenBy, &'static str, &'static Spec) -> Profile,
) -> Option<Profile> {
    let short = short_type(typ);
    let is_it = |(other, _): &&(&str, _)| short.eq_ignore_ascii_case(other);
    if let Some((_, why)) = OTHER_TYPES.iter().find(is_it) {
        let spec = ProfileName::Jwt.first_form();
        return Some(with(ProfileName::Jwt, ChosenBy::Typ, why, spec));
    }
    let all = ProfileName::ALL.iter();
    let typed: Vec<(ProfileName, &'static Spec)> = all
        .flat_map(|name| name.forms().iter().map(|spec| (*name, *spec)))
        .filter(|(_, spec)| has_type(spec, typ))
        .collect();
    let forms: Vec<&'static Spec> = typed.iter().map(|(_, spec)| *spec).collect();
    let spec = KNOWLEDGE.best_form(facts, seen, &forms)?;
    let (name, _) = typed.iter().find(|(_, form)| std::ptr::eq(*form, spec))?;
    let own = spec
        .types
        .iter()
        .find(|own| short.eq_ignore_ascii_case(own));
    Some(Profile {
        why: Cow::Owned(format!("its typ is {}", own?)),
        ..with(*name, ChosenBy::Typ, "", spec)
    })
}

/// Whether some kind has this explicit type.
pub(in crate::judge) fn is_of_a_kind(typ: &str) -> bool {
    let short = short_type(typ);
    let other = OTHER_TYPES.iter();
    let mut names = ProfileName::ALL.iter();
    names.any(|name| name.forms().iter().any(|spec| has_type(spec, typ)))
        || other
            .map(|(other, _)| other)
            .any(|other| short.eq_ignore_ascii_case(other))
}

/// The profile of a vendor whose issuers' names have a form of their own.
fn of_vendor(vendor: &'static str) -> Option<ProfileName> {
    Some(match vendor {
        "Apple" => ProfileName::Apple,
        "Auth0" => ProfileName::Auth0,
        "Cognito" => ProfileName::Cognito,
        "Entra" => ProfileName::Entra,
        "Firebase" => ProfileName::Firebase,
        "GitHub" => ProfileName::GitHubActions,
        "GitLab" => ProfileName::GitLabCi,
        "Google" => ProfileName::Google,
        "Keycloak" => ProfileName::Keycloak,
        "Kubernetes" => ProfileName::Kubernetes,
        "Okta" => ProfileName::Okta,
        "Supabase" => ProfileName::Supabase,
        _ => return None,
    })
}

/// The kinds that a token without explicit type passes as, where its claims do not settle which of them it is; else none.
pub(in crate::judge) fn rivals(case: Case<'_>, seen: Names) -> Vec<ProfileName> {
    let knowledge = &*KNOWLEDGE;
    let has_claims = |alike: &&Alike| seen & alike.needs == alike.needs;
    let mut alike = knowledge.likenesses.iter().filter(has_claims);
    let (Some(first), Some(second)) = (alike.next(), alike.next()) else {
        return Vec::new();
    };
    let facts = Facts::new(case);
    let passes = |alike: &&Alike| {
        let is_banned = |ban: &super::spec::Ban| {
            ban.place == Place::Claims
                && ban.level == Level::Must
                && facts.claim(ban.name).is_some()
                && facts.all(ban.when)
        };
        facts.all(alike.likeness.facts) && !alike.spec.forbidden.iter().any(is_banned)
    };
    let rivals: Vec<&Alike> = [first, second]
        .into_iter()
        .chain(alike)
        .filter(passes)
        .collect();
    let is_settled = |alike: &&&Alike| {
        let settled = alike.likeness.settled;
        seen & alike.own != 0 || !settled.is_empty() && facts.all(settled)
    };
    if rivals.len() < 2 || rivals.iter().filter(is_settled).count() == 1 {
        return Vec::new();
    }
    rivals.iter().map(|alike| alike.name).collect()
}

impl Profile {
    /// Whether this holds of the kind, or of the vendor that the issuer's name is of.
    pub(in crate::judge) fn has(&self, wanted: Trait) -> bool {
        let forms = self.vendor.map(ProfileName::forms).unwrap_or_default();
        self.spec.has(wanted) || forms.iter().any(|form| form.has(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_fit_into_the_bits() {
        let forms = ProfileName::ALL.iter().flat_map(|name| name.forms());
        for clue in forms.flat_map(|form| form.clues) {
            for name in [clue.all, clue.any, clue.none].concat() {
                assert_ne!(KNOWLEDGE.names.bit(name), 0, "{name}");
            }
        }
        let mut drawers = KNOWLEDGE.names.drawers.iter();
        assert!(drawers.all(|drawer| drawer.len() <= 4));
        assert_eq!(KNOWLEDGE.names.bit("a name of nobody"), 0);
    }

    #[test]
    fn every_kind_but_the_general_ones_is_recognised_by_something() {
        for name in ProfileName::ALL {
            let is_general = matches!(name, ProfileName::Jws | ProfileName::Jwt);
            for form in name.forms() {
                let is_known = !form.clues.is_empty() || !form.types.is_empty();
                assert_ne!(is_known, is_general, "{name:?}");
            }
        }
    }

    #[test]
    fn types_are_short_and_in_lower_case() {
        for form in ProfileName::ALL.iter().flat_map(|name| name.forms()) {
            for typ in form.types {
                assert_eq!(*typ, short_type(typ).to_ascii_lowercase());
                assert!(!is_plain(typ));
            }
            let needs_one = matches!(form.typing, Typing::Required | Typing::Recommended);
            assert_eq!(needs_one, !form.types.is_empty(), "{}", form.phrase);
        }
    }
}
