//! What a member means now, in a few words.

use jiff::Timestamp;

use super::super::times;
use crate::inspection::Inspection;
use crate::jose::json::{Json, Value};
use crate::jose::{Kind, PartRole, registry};
use crate::judge::{Expectation, Judgement, Policy};
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
    expectations: Vec<Expectation>,
    now: Timestamp,
    zone: Zone,
}

impl<'a> Context<'a> {
    /// For the token on screen.
    pub(super) fn new(model: &Model, inspection: &'a Inspection, judgement: &'a Judgement) -> Self {
        let policy: &Policy = &model.session.policy;
        Self {
            inspection,
            judgement,
            expectations: policy.expectations(&inspection.token),
            now: judgement.at,
            zone: model.zone,
        }
    }

    /// What a top member of a part means.
    pub(super) fn of(&self, role: PartRole, name: &str, value: &Json) -> Meaning {
        let mut meaning = match role {
            PartRole::ProtectedHeader | PartRole::UnprotectedHeader => self.header(name, value),
            _ => self.claim(name, value),
        };
        if let Some(expectation) = self.expectation(role, name) {
            let (words, tone) = if expectation.met {
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
        self.expectations.iter().find(|expectation| {
            expectation.name == name
                && is_header
                    == matches!(
                        role,
                        PartRole::ProtectedHeader | PartRole::UnprotectedHeader
                    )
        })
    }

    fn header(&self, name: &str, value: &Json) -> Meaning {
        let is_jwe = self.inspection.token.kind == Kind::Jwe;
        let label = || {
            let note =
                registry::header_parameter(name, is_jwe).map(|parameter| parameter.note.as_str());
            registry::label(name)
                .or(note.filter(|note| !note.is_empty()))
                .unwrap_or_default()
        };
        match (name, value.str()) {
            ("alg", Some(alg)) => algorithm_meaning(alg),
            ("enc", Some(enc)) if registry::algorithm(enc).is_none() => {
                Meaning::plain("Content encryption that is not registered")
            }
            ("kid", Some(_)) => Meaning {
                text: label().to_owned(),
                tag: Some(self.key_tag()),
                ..Meaning::default()
            },
            _ => {
                let label = label();
                Meaning::plain(if label.is_empty() {
                    "Not registered"
                } else {
                    label
                })
            }
        }
    }

    fn key_tag(&self) -> (&'static str, Tone) {
        let signature = self.inspection.proof.signatures.first();
        let designated = signature.and_then(|proof| proof.designated.as_ref());
        match designated {
            Some((_, Designation::KeyId)) => ("among your keys", Tone::Ok),
            _ => ("not among your keys", Tone::Plain),
        }
    }

    fn claim(&self, name: &str, value: &Json) -> Meaning {
        if registry::is_numeric_date(name) {
            return self.time(name, value);
        }
        let label = registry::label(name).map(str::to_owned).or_else(|| {
            let registered =
                registry::claim(name).map(|claim| format!("Registered, {}", claim.reference));
            registered.or_else(|| registry::vendor_claim(name).map(str::to_owned))
        });
        let label = label.unwrap_or_else(|| "Not registered".to_owned());
        Meaning::plain(if is_personal(name) {
            joined(&label, "personal data")
        } else {
            label
        })
    }

    fn time(&self, name: &str, value: &Json) -> Meaning {
        let label = registry::label(name).unwrap_or("Time");
        if !matches!(value.value, Value::Number(_)) {
            return Meaning {
                text: format!(
                    "{label}: expected a number of seconds, found {}",
                    value.kind()
                ),
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
