//! What a member means now, in a few words.

use std::sync::Arc;

use jiff::Timestamp;

use super::super::times;
use super::told::Told;

use crate::inspection::Inspection;
use crate::jose::json::{Json, Value};
use crate::jose::registry::{self, Class, Meaning as Known};
use crate::jose::{Kind, PartRole};
use crate::judge::{CheckResult, Expectation, Judgement};
use crate::keys::Key;
use crate::verify::{Designation, algorithm};
use crate::window::model::{Model, Zone};

/// How a meaning is to be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// A verifier refuses for it.
    Bad,
    /// Good.
    Ok,
    /// Neither.
    #[default]
    Plain,
    /// Only just, or worth a look.
    Warn,
}

/// What a member means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    /// In words; empty when nothing is known.
    pub(super) text: String,
    /// How to take it.
    pub(super) tone: Tone,
    /// A word for a frame beside the value.
    pub(super) tag: Option<(&'static str, Tone)>,
    /// More, for a tooltip.
    pub(super) hover: Option<String>,
}

impl Meaning {
    fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// Of a member of an object in a part.
    pub(super) fn inner(told: &Told<'_>) -> Self {
        Self::plain(told.meaning.label.as_str()).with_misfit(told)
    }

    /// Says where the value is not what the name asks for.
    fn with_misfit(mut self, told: &Told<'_>) -> Self {
        if let Some(misfit) = &told.misfit {
            self.add(&misfit.words);
            if misfit.is_kind && self.tone == Tone::Plain {
                self.tone = Tone::Warn;
            }
        }
        self
    }

    /// Says something more.
    pub(super) fn add(&mut self, words: &str) {
        if !words.is_empty() {
            self.text = joined(&self.text, words);
        }
    }
}

/// What is needed to say what members mean.
pub(super) struct Context<'a> {
    inspection: &'a Inspection,
    judgement: &'a Judgement,
    now: Timestamp,
    zone: Zone,
}

impl<'a> Context<'a> {
    /// For the token on screen.
    pub(super) fn new(model: &Model, inspection: &'a Inspection, judgement: &'a Judgement) -> Self {
        Self {
            inspection,
            judgement,
            now: judgement.at,
            zone: model.zone,
        }
    }

    /// What a top member of a part means.
    pub(super) fn of(&self, role: PartRole, told: &Told<'_>, value: &Json) -> Meaning {
        let name = told.name;
        let meaning = match role {
            PartRole::ProtectedHeader | PartRole::UnprotectedHeader => self.header(told, value),
            _ => self.claim(told, value),
        };
        let mut meaning = meaning.with_misfit(told);
        let expectation = self.expectation(role, name);
        if let Some(expectation) = expectation.filter(|of| of.result != CheckResult::NotRun) {
            let (words, tone) = if expectation.is_met() {
                ("matches policy".to_owned(), Tone::Plain)
            } else {
                (
                    format!("policy expects {}", expectation.expected),
                    Tone::Bad,
                )
            };
            meaning.text = joined(&meaning.text, &words);
            if tone == Tone::Bad {
                meaning.tone = tone;
            }
        }
        meaning
    }

    fn expectation(&self, role: PartRole, name: &str) -> Option<&Expectation> {
        let is_header = matches!(name, "alg" | "typ");
        let is_of_header = matches!(
            role,
            PartRole::ProtectedHeader | PartRole::UnprotectedHeader
        );
        // Other checks may be called as a claim is.
        if !matches!(name, "alg" | "aud" | "iss" | "nonce" | "typ") {
            return None;
        }
        let mut expectations = self.judgement.expectations.iter();
        expectations.find(|expectation| {
            let is_own = expectation.name == name && !expectation.in_key_binding;
            is_own && is_header == is_of_header
        })
    }

    fn header(&self, told: &Told<'_>, value: &Json) -> Meaning {
        match (told.name, value.str()) {
            ("alg", Some(alg)) => algorithm_meaning(alg),
            ("enc", Some(enc)) if registry::algorithm(enc).is_none() => {
                Meaning::plain("Content encryption that is not registered")
            }
            ("kid", Some(_)) => Meaning {
                tag: Some(self.key_tag(value)),
                ..Meaning::plain(told.meaning.label.as_str())
            },
            _ => {
                let mut meaning = Meaning::plain(label(told));
                let is_jwe = self.inspection.token.kind == Kind::Jwe;
                let kind = if is_jwe { "JWE" } else { "JWS" };
                if let [other] = &told.meaning.of[..]
                    && other != kind
                {
                    meaning.add(&format!("of a {other} only"));
                }
                meaning
            }
        }
    }

    /// Whether the key of this id was found, for any signature or for the encryption.
    fn key_tag(&self, id: &Json) -> (&'static str, Tone) {
        let proof = self.judgement.proof(&self.inspection.proof);
        let of_signatures = proof.signatures.iter().map(|proof| &proof.designated);
        let of_encryption = proof.decryption.iter().map(|proof| &proof.designated);
        let is_it = |(key, designation): &&(Arc<Key>, Designation)| {
            *designation == Designation::KeyId && key.members.kid.as_deref() == id.str()
        };
        let designated = of_signatures.chain(of_encryption).flatten().find(is_it);
        match designated {
            Some(_) => ("among your keys", Tone::Ok),
            _ => ("not among your keys", Tone::Plain),
        }
    }

    fn claim(&self, told: &Told<'_>, value: &Json) -> Meaning {
        if registry::is_numeric_date(told.name) {
            return self.time(told, value);
        }
        let mut meaning = Meaning::plain(label(told));
        let Known { class, of, .. } = told.meaning;
        if let (Class::Private | Class::Public, [_] | [_, _]) = (class, &of[..]) {
            meaning.add(&of.join(", "));
        }
        if is_personal(told.name) {
            meaning.add("personal data");
        }
        meaning
    }

    fn time(&self, told: &Told<'_>, value: &Json) -> Meaning {
        let (name, label) = (told.name, label(told));
        if !matches!(value.value, Value::Number(_)) {
            return Meaning {
                text: label.to_owned(),
                tone: if matches!(name, "exp" | "nbf") {
                    Tone::Bad
                } else {
                    Tone::Warn
                },
                ..Meaning::default()
            };
        }
        let Some(at) = value
            .decimal()
            .and_then(|seconds| seconds.to_nanoseconds())
            .and_then(|nanoseconds| Timestamp::from_nanosecond(nanoseconds).ok())
        else {
            return Meaning::plain(format!("{label}: beyond the years that can be shown"));
        };
        let absolute = times::instant(at, self.zone);
        let relative = times::relative(at, self.now);
        let judged = &self.judgement.times;
        let (text, tone) = match name {
            "exp" if judged.expired => (format!("Expired {absolute} · {relative}"), Tone::Bad),
            "exp" if at <= self.now => (
                format!("Expired {absolute} · {relative}, saved by the leeway"),
                Tone::Warn,
            ),
            "nbf" if judged.not_yet_valid => {
                (format!("Not before {absolute} · {relative}"), Tone::Bad)
            }
            "nbf" if at > self.now => (
                format!("Not before {absolute} · {relative}, saved by the leeway"),
                Tone::Warn,
            ),
            "nbf" => (format!("Not before {absolute} · passed"), Tone::Plain),
            "iat" if at > self.now => (
                format!("Issued {absolute} · {relative}: in the future"),
                Tone::Warn,
            ),
            "auth_time" => (self.sign_in(at, &absolute, &relative), Tone::Plain),
            _ => (format!("{label} {absolute} · {relative}"), Tone::Plain),
        };
        Meaning {
            text,
            tone,
            tag: None,
            hover: Some(times::both_zones(at)),
        }
    }

    fn sign_in(&self, at: Timestamp, absolute: &str, relative: &str) -> String {
        let issued = self.judgement.times.mark("iat").and_then(|mark| mark.at);
        match issued.map(|issued| issued.duration_since(at).as_secs()) {
            Some(0) => "User signed in at issue".to_owned(),
            Some(seconds @ 1..) => {
                let span = crate::judge::words::short_span(seconds);
                format!("User signed in {span} before issue")
            }
            _ => format!("User signed in {absolute} · {relative}"),
        }
    }
}

fn label(told: &Told<'_>) -> &'static str {
    if told.meaning.is_known() {
        &told.meaning.label
    } else {
        "Not registered"
    }
}

fn algorithm_meaning(alg: &str) -> Meaning {
    if let Some(known) = algorithm::find(alg) {
        return Meaning::plain(known.description());
    }
    if alg.eq_ignore_ascii_case("none") {
        return Meaning {
            text: "No signature at all".to_owned(),
            tone: Tone::Bad,
            ..Meaning::default()
        };
    }
    match registry::algorithm(alg) {
        Some(registered) if registered.usage == "alg/enc" => Meaning::plain("Key management"),
        Some(registered) => Meaning::plain(format!("Registered, {}", registered.reference)),
        None => Meaning {
            text: "Not a registered algorithm".to_owned(),
            tone: Tone::Warn,
            ..Meaning::default()
        },
    }
}

fn joined(first: &str, second: &str) -> String {
    if first.is_empty() {
        return second.to_owned();
    }
    format!("{first} · {second}")
}

/// Claims that tell of a person (`OpenID` Connect Core 1.0 section 5.1).
fn is_personal(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "birthdate"
            | "email"
            | "family_name"
            | "gender"
            | "given_name"
            | "middle_name"
            | "name"
            | "nickname"
            | "phone_number"
            | "picture"
            | "preferred_username"
            | "profile"
            | "website"
    )
}
