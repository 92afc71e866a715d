//! What the table says of a token.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::query::{Field, Query};
use super::{Column, Grouping, Sort};
use crate::find::Place;
use crate::inspection::Inspection;
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole, Token};
use crate::judge::words::short_span;
use crate::judge::{Finding, Judgement, Severity, TimeState, VerdictOutcome};
use crate::verify::{Proof, Provenance};
use crate::window::model::Model;
use crate::window::panes::rail::label::{kind_label, shown, what};
use crate::window::widgets::grouped;

/// Where nothing can be said.
const NOTHING: &str = "\u{2013}";

/// As much of a text, in bytes, tells where it is sorted.
const SORTED_BY: usize = 200;

/// Of a token that was found more often, so many places are looked through.
const PLACES: usize = 8;

/// What the colour of a cell says; its words say it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Something is wrong.
    Bad,
    /// It is said by the way.
    Dim,
    /// Nothing.
    Plain,
    /// A finding.
    Severity(Severity),
    /// A verdict.
    Verdict(VerdictOutcome),
}

/// What a cell shows, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The text.
    pub text: String,
    /// Its colour.
    pub tone: Tone,
}

/// A token and its judgement.
#[derive(Clone, Copy)]
struct Facts<'m> {
    inspection: &'m Inspection,
    judgement: Option<&'m Judgement>,
}

fn facts(model: &Model, at: usize) -> Option<Facts<'_>> {
    Some(Facts {
        inspection: model.session.tokens.get(at)?,
        judgement: model.judgements.get(at),
    })
}

impl<'m> Facts<'m> {
    fn header(self, name: &str) -> Option<&'m str> {
        self.inspection.token.header()?.str(name)
    }

    fn claim(self, name: &str) -> Option<&'m str> {
        self.inspection.holder().claims()?.str(name)
    }

    fn outcome(self) -> Option<VerdictOutcome> {
        Some(self.judgement?.verdict.outcome)
    }

    fn place(self) -> Option<&'m Place> {
        self.inspection.places.first()
    }

    /// The text of a column, as found; `None` where there is none. Columns of numbers have none.
    fn text(self, column: Column) -> Option<Cow<'m, str>> {
        let borrowed = |text: Option<&'m str>| text.map(Cow::Borrowed);
        match column {
            Column::Name => Some(match &self.inspection.name {
                Some(name) => Cow::Borrowed(name),
                None => what(self.inspection, self.judgement),
            }),
            Column::Alg => borrowed(self.header("alg")),
            Column::Key => self.key().map(|(key, _)| key),
            Column::Issuer => borrowed(self.claim("iss")),
            Column::Subject => borrowed(self.claim("sub").or_else(|| self.claim("client_id"))),
            Column::Where => self.place().map(|place| Cow::Owned(where_words(place))),
            Column::Verdict | Column::Time | Column::Findings | Column::Seen => None,
        }
    }

    /// The key, and whether it verified.
    fn key(self) -> Option<(Cow<'m, str>, bool)> {
        let proof = self.proof();
        let signed = proof.signatures.iter().map(|signature| &signature.key);
        let opened = proof.decryption.iter().map(|opened| &opened.key);
        let used = || signed.clone().chain(opened.clone()).flatten();
        // Of several signatures the one that counts.
        let yours = used().find(|used| used.provenance == Provenance::Yours);
        let used = yours.or_else(|| used().next());
        let named = || Some((Cow::Borrowed(self.header("kid")?), false));
        used.map_or_else(named, |used| {
            let key = match used.provenance {
                Provenance::Yours => Cow::Borrowed(used.key.id.as_str()),
                Provenance::Confusion => Cow::Borrowed("(a public key)"),
                Provenance::PublicDefault => Cow::Borrowed("(a public secret)"),
                Provenance::Confirmed => Cow::Borrowed("(the holder\u{2019}s own)"),
                Provenance::Token if self.accepts_own_key() => {
                    Cow::Borrowed("(the holder\u{2019}s own)")
                }
                Provenance::Token => Cow::Borrowed("(its own)"),
            };
            Some((key, used.provenance == Provenance::Yours))
        })
    }

    /// What was found out, as the policy sees it once it is judged.
    fn proof(self) -> &'m Proof {
        let own = &self.inspection.proof;
        self.judgement.map_or(own, |judgement| judgement.proof(own))
    }

    /// Whether holding the key in it is what the token proves.
    fn accepts_own_key(self) -> bool {
        let judgement = self.judgement;
        judgement.is_some_and(|judgement| judgement.profile.accepts_own_key())
    }

    /// Of the tokens inside too.
    fn findings(self) -> impl Iterator<Item = &'m Finding> {
        let layers = self.judgement.into_iter().flat_map(Judgement::layers);
        layers.flat_map(|layer| &layer.findings)
    }

    fn worst(self) -> Option<(Severity, usize)> {
        let worst = self.findings().map(|finding| finding.severity).max()?;
        let count = self.findings().filter(|finding| finding.severity == worst);
        Some((worst, count.count()))
    }

    /// The judgement on the token that holds the claims.
    fn judged_claims(self) -> Option<&'m Judgement> {
        self.judgement.map(Judgement::innermost)
    }

    fn time(self) -> Cell {
        let bad = |text: String| Cell {
            text,
            tone: Tone::Bad,
        };
        let Some(judgement) = self.judged_claims() else {
            return dim(NOTHING);
        };
        let times = &judgement.times;
        let apart = |claim: &str| {
            let at = times.mark(claim)?.at?.as_second();
            let apart = at.saturating_sub(judgement.at.as_second()).saturating_abs();
            Some(first_unit(&short_span(apart)))
        };
        let with = |word: &str, claim: &str| match apart(claim) {
            Some(apart) => format!("{word} {apart}"),
            None => word.to_owned(),
        };
        match times.state {
            TimeState::Expired => bad(with("expired", "exp")),
            TimeState::NotYetValid => bad(with("from in", "nbf")),
            TimeState::Unreadable => bad("unreadable".to_owned()),
            TimeState::Valid if times.within_leeway => dim("by the leeway"),
            TimeState::Valid => {
                dim(&apart("exp").map_or_else(|| "valid".to_owned(), |left| format!("{left} left")))
            }
            TimeState::Unlimited => dim("no limits"),
            TimeState::None if is_closed(self.inspection.holder()) => dim("not opened"),
            TimeState::None => dim(NOTHING),
        }
    }

    /// What is compared with other tokens.
    fn sort_value(self, column: Column) -> Option<Value> {
        let number = |number: usize| Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
        match column {
            Column::Verdict => Some(Value::Number(rank(self.outcome()?))),
            Column::Time => {
                let times = &self.judged_claims()?.times;
                let exp = times.mark("exp").and_then(|mark| mark.at);
                exp.map(|exp| Value::Number(exp.as_second()))
            }
            Column::Findings => {
                let (worst, count) = self.worst()?;
                let count = i64::try_from(count).unwrap_or(i64::MAX).min(9_999);
                let worst = (worst as i64).saturating_mul(10_000);
                Some(Value::Number(worst.saturating_add(count)))
            }
            Column::Seen => Some(number(self.inspection.places.len())),
            _ => {
                let text = self.text(column)?;
                let end = text.floor_char_boundary(SORTED_BY);
                let text = text.get(..end).unwrap_or_default();
                Some(Value::Text(text.to_lowercase()))
            }
        }
    }

    fn holds(self, field: Field, wanted: &str) -> bool {
        let has = |text: &str| contains(text, wanted);
        let column = |column| self.text(column).is_some_and(|text| has(&text));
        let verdict = || {
            self.outcome()
                .is_some_and(|outcome| has(outcome_word(outcome)))
        };
        let found = || {
            let reasons = self.judgement.map(|judgement| &judgement.verdict.reasons);
            let mut reasons = reasons.into_iter().flatten();
            reasons.any(|reason| has(reason.name()))
                || self
                    .findings()
                    .any(|finding| has(finding.rule) || has(finding.severity.name()))
        };
        let mut places = self.inspection.places.iter().take(PLACES);
        match field {
            Field::Alg => column(Column::Alg),
            Field::Finding => found(),
            Field::Issuer => column(Column::Issuer),
            Field::Key => column(Column::Key),
            Field::Kind => has(kind_label(self.inspection.token.kind)),
            Field::Name => column(Column::Name),
            Field::Source => places.any(|place| has(&place.name)),
            Field::Subject => column(Column::Subject),
            Field::Verdict => verdict(),
            Field::Where => {
                places.any(|place| has(&where_words(place)) || has(place.where_.name()))
            }
            Field::Any => {
                Column::ALL.into_iter().any(column)
                    || has(kind_label(self.inspection.token.kind))
                    || verdict()
                    || self.judgement.is_some_and(|judgement| {
                        let mut reasons = judgement.verdict.reasons.iter();
                        reasons.any(|reason| has(reason.name()))
                    })
            }
        }
    }
}

/// Whether nothing opened it.
fn is_closed(token: &Token) -> bool {
    token.kind == Kind::Jwe && token.part(PartRole::Payload).is_none()
}

/// Whether a text holds another, which is in lower case.
fn contains(text: &str, wanted: &str) -> bool {
    if text.is_ascii() && wanted.is_ascii() {
        let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
        return wanted.is_empty()
            || text
                .windows(wanted.len())
                .any(|window| window.eq_ignore_ascii_case(wanted));
    }
    text.to_lowercase().contains(wanted)
}

/// What a cell of the token at a position shows.
pub fn cell(model: &Model, at: usize, column: Column) -> Option<Cell> {
    let facts = facts(model, at)?;
    let plain = |text: String| Cell {
        text,
        tone: Tone::Plain,
    };
    Some(match column {
        Column::Verdict => match facts.outcome() {
            Some(outcome) => Cell {
                text: outcome_word(outcome).to_owned(),
                tone: Tone::Verdict(outcome),
            },
            None => dim("not judged"),
        },
        Column::Time => facts.time(),
        Column::Findings => match facts.worst() {
            Some((worst, count)) => Cell {
                text: format!("{count} {}", worst.name()),
                tone: Tone::Severity(worst),
            },
            None => dim(NOTHING),
        },
        Column::Seen => dim(&format!(
            "\u{00D7} {}",
            grouped(facts.inspection.places.len())
        )),
        Column::Where => facts
            .text(column)
            .map_or_else(|| dim(NOTHING), |text| dim(&shown(&text))),
        Column::Key => match facts.key() {
            Some((key, true)) => plain(shown(&key)),
            Some((key, false)) => dim(&shown(&key)),
            None => dim(NOTHING),
        },
        _ => match facts.text(column) {
            Some(text) if !text.is_empty() => plain(shown(&text)),
            _ => dim(NOTHING),
        },
    })
}

/// The value of a field of the query that the token at a position has.
pub(in crate::window) fn value_of(model: &Model, at: usize, field: &str) -> Option<String> {
    let facts = facts(model, at)?;
    let text = match field {
        "alg" => facts.text(Column::Alg)?.into_owned(),
        "issuer" => facts.text(Column::Issuer)?.into_owned(),
        "kind" => kind_label(facts.inspection.token.kind).to_owned(),
        "source" => facts.place()?.name.clone(),
        "where" => facts.place()?.where_.name().to_owned(),
        _ => return None,
    };
    // What cannot be typed cannot be asked for.
    (!text.is_empty() && !text.contains(['"', '\n', '\r'])).then_some(text)
}

/// Rows for a spreadsheet: tabulators between the values; with a heading where they are several.
pub(in crate::window) fn rows_text(model: &Model, tokens: &[usize]) -> String {
    let mut lines = Vec::with_capacity(tokens.len().saturating_add(1));
    if tokens.len() > 1 {
        lines.push(Column::ALL.map(Column::label).join("\t"));
    }
    for &at in tokens {
        let Some(facts) = facts(model, at) else {
            continue;
        };
        let value = |column| match column {
            Column::Seen => facts.inspection.places.len().to_string(),
            Column::Verdict | Column::Time | Column::Findings => cell(model, at, column)
                .map(|cell| cell.text)
                .unwrap_or_default(),
            // Characters that would end the row, or not be seen, are escaped.
            _ => facts
                .text(column)
                .map(|text| visible(&text))
                .unwrap_or_default(),
        };
        lines.push(Column::ALL.map(value).join("\t"));
    }
    lines.join("\n")
}

/// Where a token stands among the others. What has no value is last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Standing {
    pub(super) group: Option<GroupName>,
    is_missing: bool,
    value: Option<Directed>,
    pub(super) at: usize,
}

/// A group in the order of groups.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupName {
    is_missing: bool,
    rank: i64,
    pub(super) name: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Directed {
    Up(Value),
    Down(Reverse<Value>),
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(i64),
    Text(String),
}

/// The verdict of the token at a position, when it holds what is asked for.
pub(super) fn found(model: &Model, at: usize, query: &Query) -> Option<VerdictOutcome> {
    let facts = facts(model, at)?;
    let is_met = query.is_met(|field, text| facts.holds(field, text));
    // What is not judged yet is an open question.
    is_met.then(|| facts.outcome().unwrap_or(VerdictOutcome::Undetermined))
}

pub(super) fn standing(
    model: &Model,
    at: usize,
    sort: Option<Sort>,
    grouping: Option<Grouping>,
) -> Option<Standing> {
    let facts = facts(model, at)?;
    let value = sort.and_then(|sort| {
        let value = facts.sort_value(sort.column)?;
        Some(if sort.is_descending {
            Directed::Down(Reverse(value))
        } else {
            Directed::Up(value)
        })
    });
    Some(Standing {
        group: grouping.map(|grouping| group(facts, grouping)),
        is_missing: value.is_none(),
        value,
        at,
    })
}

fn group(facts: Facts<'_>, grouping: Grouping) -> GroupName {
    let named = |name: Option<&str>, without: &str| GroupName {
        is_missing: name.is_none(),
        rank: 0,
        name: name.map_or_else(|| without.to_owned(), shown),
    };
    match grouping {
        Grouping::Alg => named(facts.header("alg"), "No algorithm"),
        Grouping::Issuer => named(facts.claim("iss"), "No issuer"),
        Grouping::Source => named(facts.place().map(|place| place.name.as_str()), "Nowhere"),
        Grouping::Verdict => {
            let outcome = facts.outcome().unwrap_or(VerdictOutcome::Undetermined);
            GroupName {
                is_missing: false,
                rank: rank(outcome),
                name: crate::judge::words::capitalised(outcome_word(outcome)),
            }
        }
    }
}

/// A verdict in a word.
fn outcome_word(outcome: VerdictOutcome) -> &'static str {
    match outcome {
        VerdictOutcome::Undetermined => "open",
        decided => decided.name(),
    }
}

fn rank(outcome: VerdictOutcome) -> i64 {
    match outcome {
        VerdictOutcome::Reject => 0,
        VerdictOutcome::Undetermined => 1,
        VerdictOutcome::Accept => 2,
    }
}

/// `request.http:4 · Authorization`; of a file of records the record says more than its line.
fn where_words(place: &Place) -> String {
    if let Some(name) = place.name_in.as_ref().filter(|_| place.is_in_record()) {
        return name.clone();
    }
    let name = place.name_in.as_deref().unwrap_or(place.where_.name());
    format!("{}:{} \u{00B7} {name}", place.name, place.line)
}

/// `3 d` of `3 d 1 h`.
fn first_unit(span: &str) -> String {
    span.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

fn dim(text: &str) -> Cell {
    Cell {
        text: text.to_owned(),
        tone: Tone::Dim,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{Issuer, KeyChoice};

    /// What the policy makes of a signature is what the table shows: a token that only its own key verifies has no key, once
    /// the policy says whose key was meant.
    #[test]
    fn the_key_is_that_of_the_proof_as_the_policy_sees_it() {
        // RFC 8032 section 7.1, the public keys of the first two tests.
        let keys = r#"{"keys":[
            {"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
            {"kty":"OKP","crv":"Ed25519","kid":"b","x":"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"}
        ]}"#;
        let mut model = Model::default();
        let session = &mut model.session;
        session
            .keys
            .add(crate::keys::load("keys.json", keys.as_bytes()).unwrap());
        let text = include_bytes!("../../../assets/samples/own-key.jwt");
        let found = crate::find::find(text, "own-key.jwt").remove(0);
        let inspection = Inspection::new(found, &session.keys, &session.setting);
        let judgement = inspection.judge(&session.policy, model.now);
        session.tokens.push(inspection);
        model.judgements.push(judgement);
        let key = |model: &Model| {
            let facts = facts(model, 0).unwrap();
            facts.key().map(|(key, _)| key.into_owned())
        };
        assert_eq!(key(&model).as_deref(), Some("(its own)"));
        model.session.policy.issuers = vec![Issuer {
            iss: "https://shop.example".to_owned(),
            keys: vec![KeyChoice::Id("a".to_owned())],
        }];
        model.judgements = vec![model.session.tokens[0].judge(&model.session.policy, model.now)];
        assert_eq!(key(&model), None);
    }
}
