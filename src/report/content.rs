//! What a report for people tells, and in which order. How it looks is the [`Page`]'s.
//!
//! Text out of tokens and key files is given to the page as it is, cut where it is long: the page makes it harmless.

use std::borrow::Cow;
use std::io;

use jiff::Timestamp;

use super::findings::{dismissed, findings, not_run};
use super::layout::{bytes, cut, written};
use super::page::{Fact, Line, Page};
use super::{Judged, Options, Report, Summary, disclosed, keys};
use crate::find::{Place, Where};
use crate::inspection::{About, Dismissals, sha256};
use crate::jose::json::Document;
use crate::jose::registry::{self, Class};
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::judge::words::{When, counted};
use crate::judge::{Judgement, Profile, TimeState, Times, told, words};
use crate::verify::{Diagnosis, Facts, Proof, Provenance, SignatureProof};

/// How much of a payload that is no JSON is shown, in characters or bytes.
const OPAQUE_SHOWN: usize = 200;

/// Of more members, faults or disclosures the rest is counted.
pub(super) const ROWS_SHOWN: usize = 500;

/// Of more places the rest is counted.
const PLACES_SHOWN: usize = 50;

/// The title and anchor of what is said of the policy.
const POLICY: (&str, &str) = ("Policy", "policy");

/// Of what is said of the keys.
pub(super) const KEYS: (&str, &str) = ("Keys", "keys");

/// Tells a report in the order of a page that is read from its top: what came of it all is first.
pub(super) fn from_the_top(report: &Report<'_>, page: &mut dyn Page) -> io::Result<()> {
    page.title("Token report", &about(report))?;
    let summary = report.summary();
    for line in summary_lines(&summary) {
        page.prose(&line)?;
    }
    if report.tokens.len() > 1 {
        let lines: Vec<Line> = (1..)
            .zip(&report.tokens)
            .map(|(number, judged)| line(number, judged, report.options))
            .collect();
        let mut parts = vec![POLICY];
        parts.extend((!report.keys.is_empty()).then_some(KEYS));
        page.overview(&lines, &parts)?;
    }
    page.part(POLICY.0, POLICY.1)?;
    policy(report, page)?;
    tokens(report, page, |number| format!("Token {number}"))?;
    keys::told_of_keys(report, page)?;
    page.end()
}

/// Tells a report in the order of a terminal, where the end is what is seen: what came of it all is last.
pub(super) fn to_the_end(report: &Report<'_>, page: &mut dyn Page) -> io::Result<()> {
    page.title("Token report", &about(report))?;
    if report.policy.name.is_some() || report.policy.expected() > 0 {
        page.part(POLICY.0, POLICY.1)?;
        policy(report, page)?;
    }
    keys::told_of_keys(report, page)?;
    let count = report.tokens.len();
    tokens(report, page, |number| format!("Token {number} of {count}"))?;
    page.end()?;
    let lines = summary_lines(&report.summary());
    lines.iter().try_for_each(|line| page.prose(line))
}

/// What made it, and as of when.
fn about(report: &Report<'_>) -> String {
    let held = match report.options.when {
        When::Now => "",
        When::Then => ", where the clock was held",
    };
    let version = env!("CARGO_PKG_VERSION");
    format!("Tokenloupe {version}, as of {}{held}", report.at)
}

fn policy(report: &Report<'_>, page: &mut dyn Page) -> io::Result<()> {
    if let Some(name) = &report.policy.name {
        page.prose(&format!("Policy \u{201C}{}\u{201D}", cut(name)))?;
    }
    if report.policy.expected() == 0 {
        page.prose("Nothing is expected beside what the standards ask for.")?;
    }
    let lines = report.policy.described();
    let facts = lines
        .into_iter()
        .map(|(name, value)| Fact::new(name, cut(&value)));
    page.facts(&facts.collect::<Vec<_>>())
}

fn tokens(
    report: &Report<'_>,
    page: &mut dyn Page,
    title: impl Fn(usize) -> String,
) -> io::Result<()> {
    for (number, judged) in (1..).zip(&report.tokens) {
        page.part(&title(number), &anchor(number))?;
        token(judged, report.options, page)?;
    }
    Ok(())
}

/// What the part of a token is called in links; what renderers make of the heading `Token 1`.
fn anchor(number: usize) -> String {
    format!("token-{number}")
}

fn line(number: usize, judged: &Judged<'_>, options: Options) -> Line {
    let Judged {
        inspection,
        judgement,
        ..
    } = judged;
    let found = match inspection.places.as_slice() {
        [] => String::new(),
        [one] => place(one),
        [first, rest @ ..] => {
            let more = counted(rest.len(), "more place");
            format!("{}; {more}", place(first))
        }
    };
    let mut summary = Summary::default();
    summary.count(judged);
    Line {
        anchor: anchor(number),
        title: format!("Token {number}"),
        outcome: judgement.verdict.outcome,
        headline: words::sentence(judgement, &inspection.proof, options.when).headline,
        found: cut(&found),
        findings: summary.findings_in_words().unwrap_or_default(),
    }
}

/// Where a token was found, in short.
fn place(place: &Place) -> String {
    format!("{}, line {}", place.name, place.line)
}

fn token(judged: &Judged<'_>, options: Options, page: &mut dyn Page) -> io::Result<()> {
    let Judged {
        inspection,
        judgement,
        dismissals,
    } = judged;
    let sentence = words::sentence(judgement, &inspection.proof, options.when);
    let outcome = judgement.verdict.outcome;
    page.verdict(outcome, &sentence.headline, &sentence.explanation)?;
    page.facts(&facts(judged, options))?;
    let of = Of {
        sha256: &inspection.sha256,
        token: &inspection.token,
        proof: &inspection.proof,
        judgement,
        dismissals,
        options,
    };
    layer(of, page)
}

/// A token, or one inside of it.
#[derive(Clone, Copy)]
struct Of<'a> {
    sha256: &'a str,
    token: &'a Token,
    proof: &'a Proof,
    judgement: &'a Judgement,
    dismissals: &'a Dismissals,
    options: Options,
}

/// What a token says and what is said of it, and then the same of the tokens inside.
fn layer(of: Of<'_>, page: &mut dyn Page) -> io::Result<()> {
    let Of {
        token,
        proof,
        judgement,
        dismissals,
        options,
        ..
    } = of;
    headers(token, options, page)?;
    // A payload that is a token is shown as one.
    if proof.inner.is_none() {
        payload(token, options, page)?;
    }
    if let Some(shown) = &proof.sd_jwt {
        disclosed::told(shown, options, page)?;
    }
    times(&judgement.times, judgement.at, page)?;
    faults(token, page)?;
    if !judgement.checks.is_empty() {
        page.section("Checks")?;
        page.checks(&told(&judgement.checks))?;
    }
    let about = About::token(of.sha256);
    let (set_aside, open): (Vec<_>, Vec<_>) = judgement
        .findings
        .iter()
        .map(|finding| (finding, dismissals.note(&about, finding)))
        .partition(|(_, note)| note.is_some());
    findings("Findings", &open, page)?;
    dismissed(&set_aside, page)?;
    not_run(&judgement.not_run, page)?;
    for (name, layer_of, judgement_of) in [
        ("Nested token", &proof.inner, &judgement.inner),
        (
            "Key binding JWT",
            &proof.key_binding,
            &judgement.key_binding,
        ),
    ] {
        if let (Some(inside), Some(judgement)) = (layer_of, judgement_of) {
            let sentence = words::sentence(judgement, &inside.proof, options.when);
            page.section(&format!("{name}: {}", sentence.headline))?;
            page.prose(&sentence.explanation)?;
            let inside = Of {
                sha256: &sha256(inside.token.text()),
                token: &inside.token,
                proof: &inside.proof,
                judgement,
                ..of
            };
            layer(inside, page)?;
        }
    }
    Ok(())
}

/// What all signatures or recipients share before what each has for itself, and of that what is protected first.
fn headers(token: &Token, options: Options, page: &mut dyn Page) -> io::Result<()> {
    let views = token.views();
    let several = views.len() > 1;
    let of_all = |part: &Part| {
        let is_there = |view: &Cow<'_, Token>| view.parts.iter().any(|own| **own == *part);
        views.iter().all(is_there)
    };
    for role in [PartRole::ProtectedHeader, PartRole::UnprotectedHeader] {
        for part in token.all(role).filter(|part| !several || of_all(part)) {
            let title = match role {
                PartRole::ProtectedHeader if token.serialization == Serialization::Compact => {
                    "Header"
                }
                PartRole::ProtectedHeader => "Protected header",
                _ => "Unprotected header",
            };
            members(title, part.json.as_ref(), token, options, page)?;
        }
    }
    let what = match token.kind {
        Kind::Jwe => "Recipient",
        _ => "Signature",
    };
    for (index, view) in views.iter().enumerate().filter(|_| several) {
        let number = index.saturating_add(1);
        for (role, kind) in [
            (PartRole::ProtectedHeader, "protected header"),
            (PartRole::UnprotectedHeader, "unprotected header"),
        ] {
            for part in view.all(role).filter(|part| !of_all(part)) {
                let title = format!("{what} {number}, {kind}");
                members(&title, part.json.as_ref(), token, options, page)?;
            }
        }
    }
    Ok(())
}

/// What it is, where it was found and what verified it.
fn facts(judged: &Judged<'_>, options: Options) -> Vec<Fact> {
    let token = &judged.inspection.token;
    let mut facts: Vec<Fact> = Vec::new();
    // Without a name it belongs to what is before it.
    let mut row = |name: &'static str, value: String| match facts.last_mut() {
        Some(before) if name.is_empty() => before.lines.push(value),
        _ => facts.push(Fact::new(name, value)),
    };
    let places = &judged.inspection.places;
    for place in places.iter().take(PLACES_SHOWN) {
        row("Found", cut(&found(place)));
    }
    let more = places.len().saturating_sub(PLACES_SHOWN);
    if more > 0 {
        row("", counted(more, "more place"));
    }
    let kind = match token.kind {
        Kind::Jwe => "JWE",
        Kind::Jws => "JWS",
        Kind::SdJwt => "SD-JWT",
        Kind::Unreadable => "Unreadable",
    };
    let serialization = token.serialization.name();
    row(
        "Form",
        format!(
            "{kind}, {serialization}, {}",
            counted(token.text().len(), "byte")
        ),
    );
    row("SHA-256", judged.inspection.sha256.clone());
    if !options.redact {
        row("Text", token.text().to_owned());
    }
    let profile = &judged.judgement.profile;
    let chosen_by = profile.chosen_by.name();
    row(
        "Kind",
        format!("{} ({chosen_by}: {})", profile.name.label(), profile.why),
    );
    proof(
        judged.judgement.proof(&judged.inspection.proof),
        profile,
        &mut row,
    );
    let reasons = &judged.judgement.verdict.reasons;
    if !reasons.is_empty() {
        let names: Vec<_> = reasons.iter().map(|reason| reason.name()).collect();
        row("Reasons", names.join(", "));
    }
    facts
}

/// Where a token was found, in words: the source, the line, the bytes, what it stood in and what was repaired. It may
/// hold text of the source as it is.
pub fn found(place: &Place) -> String {
    let Place {
        name, byte_range, ..
    } = place;
    let mut words = vec![format!(
        "{name}, line {}, {}",
        place.line,
        bytes(byte_range)
    )];
    words.push(match (place.where_, &place.name_in) {
        (Where::AuthorizationHeader, Some(name)) if !name.eq_ignore_ascii_case("authorization") => {
            format!("Authorization header, {name}")
        }
        (Where::AuthorizationHeader, _) => "Authorization header".to_owned(),
        (where_, Some(name)) => format!("{} {name}", where_.name()),
        (where_, None) => where_.name().to_owned(),
    });
    if !place.repairs.is_empty() {
        let repairs: Vec<_> = place.repairs.iter().map(|repair| repair.name()).collect();
        words.push(format!("repaired: {}", repairs.join(", ")));
    }
    words.join(", ")
}

fn proof(proof: &Proof, profile: &Profile, row: &mut impl FnMut(&'static str, String)) {
    for signature in &proof.signatures {
        row("Signature", signature_text(signature, profile));
        explained(&signature.diagnosis, row);
        for line in signature.facts.iter().flat_map(Facts::lines) {
            row("", line);
        }
    }
    if let Some(decryption) = &proof.decryption {
        let name = |name: &Option<String>| name.clone().unwrap_or_else(|| "none".to_owned());
        let (alg, enc) = (name(&decryption.alg), name(&decryption.enc));
        let outcome = decryption.outcome.name().replace('-', " ");
        let key = decryption.key.as_ref().map(|used| {
            let read_as = used
                .read_as
                .map_or(String::new(), |reading| format!(", read as {reading}"));
            format!(
                ", with your key: {} ({}){read_as}",
                used.key.id, used.key.source
            )
        });
        let key = key.unwrap_or_default();
        row(
            "Decryption",
            format!("{outcome}, alg {alg}, enc {enc}{key}"),
        );
        explained(&decryption.diagnosis, row);
    }
    let shown = proof
        .sd_jwt
        .as_deref()
        .filter(|shown| !shown.diagnosis.is_empty());
    if let Some(shown) = shown {
        row("Presentation", "not as it must be".to_owned());
        explained(&shown.diagnosis, row);
    }
}

fn explained(all: &[Diagnosis], row: &mut impl FnMut(&'static str, String)) {
    for diagnosis in all {
        row("", diagnosis.text.clone());
        row(
            "",
            format!("For the developer: {}", diagnosis.for_developer),
        );
    }
}

fn signature_text(signature: &SignatureProof, profile: &Profile) -> String {
    let mut words = vec![signature.outcome.name().replace('-', " ")];
    words.push(match &signature.alg {
        Some(alg) => format!("alg {alg}"),
        None => "no alg".to_owned(),
    });
    if let Some(used) = &signature.key {
        let whose = match used.provenance {
            Provenance::Confirmed => "with the holder's own key, which the issuer confirms",
            Provenance::Confusion => "with a public key as the shared secret",
            Provenance::PublicDefault => "with a secret that everybody knows",
            Provenance::Token if profile.accepts_own_key() => {
                "with the token's own key, which is the holder's: holding it is what it proves"
            }
            Provenance::Token => "with the token's own key, which proves nothing",
            Provenance::Yours => "with your key",
        };
        words.push(format!("{whose}: {} ({})", used.key.id, used.key.source));
        words.extend(used.read_as.map(|reading| format!("read as {reading}")));
    } else if let Some((key, _)) = &signature.designated {
        words.push(format!("meant for your key: {} ({})", key.id, key.source));
    }
    words.join(", ")
}

/// The members of an object in order.
fn members(
    title: &str,
    document: Option<&Document>,
    token: &Token,
    options: Options,
    page: &mut dyn Page,
) -> io::Result<()> {
    let Some(members) = document.and_then(Document::object) else {
        return Ok(());
    };
    page.section(title)?;
    if members.is_empty() {
        return page.prose("No members");
    }
    let in_header = title != "Claims";
    let rows = members.iter().take(ROWS_SHOWN).map(|member| {
        let place = if in_header {
            registry::Place::Header {
                is_jwe: token.kind == Kind::Jwe,
            }
        } else {
            registry::Place::Claims { issuer: None }
        };
        let meaning = registry::look_up(place, &member.name);
        let is_registered = meaning.class == Class::Registered;
        let label = is_registered.then(|| meaning.label.clone());
        [
            cut(&member.name),
            cut(&written(&member.value, options.redact)),
            label.unwrap_or_default(),
        ]
    });
    let first = if in_header { "Parameter" } else { "Claim" };
    page.table([first, "Value", "Meaning"], &rows.collect::<Vec<_>>())?;
    more(members.len(), "member", page)
}

/// How many more there are than are shown.
pub(super) fn more(count: usize, noun: &str, page: &mut dyn Page) -> io::Result<()> {
    match count.saturating_sub(ROWS_SHOWN) {
        0 => Ok(()),
        more => page.prose(&format!("and {}", counted(more, &format!("more {noun}")))),
    }
}

fn payload(token: &Token, options: Options, page: &mut dyn Page) -> io::Result<()> {
    if token.claims().is_some() {
        return members("Claims", token.claims(), token, options, page);
    }
    let Some(part) = token.part(PartRole::Payload) else {
        return Ok(());
    };
    let length = counted(part.bytes().len(), "byte");
    page.section(&format!("Payload, {length}"))?;
    match opaque(part) {
        shown if shown.is_empty() => Ok(()),
        shown => page.verbatim(&shown),
    }
}

/// The beginning of a payload that is no object: as text when it is UTF-8, else in hexadecimal.
fn opaque(part: &Part) -> String {
    let (mut shown, cut) = if let Some(text) = part.utf8() {
        let beginning: String = text.chars().take(OPAQUE_SHOWN).collect();
        let is_cut = beginning.len() < text.len();
        (beginning, is_cut)
    } else {
        let beginning = part.bytes().iter().take(OPAQUE_SHOWN / 4);
        let hex: Vec<_> = beginning.map(|byte| format!("{byte:02x}")).collect();
        (hex.join(" "), hex.len() < part.bytes().len())
    };
    if cut {
        shown.push_str(" \u{2026}");
    }
    shown
}

fn times(times: &Times, at: Timestamp, page: &mut dyn Page) -> io::Result<()> {
    let state = match times.state {
        TimeState::None => return Ok(()),
        TimeState::Expired => "expired",
        TimeState::NotYetValid => "not yet valid",
        TimeState::Unlimited => "without an end",
        TimeState::Unreadable => "unreadable",
        TimeState::Valid if times.within_leeway => "valid by the leeway alone",
        TimeState::Valid => "valid",
    };
    let leeway = counted(
        usize::try_from(times.leeway_seconds).unwrap_or(usize::MAX),
        "second",
    );
    page.section(&format!("Time: {state}, leeway {leeway}"))?;
    let rows = times.marks.iter().map(|mark| {
        let [date, distance] = match mark.at {
            Some(mark) => [mark.to_string(), distance(mark, at)],
            None => [
                "beyond the years that can be shown".to_owned(),
                String::new(),
            ],
        };
        [mark.claim.clone(), date, distance]
    });
    let rows: Vec<_> = rows.collect();
    if !rows.is_empty() {
        page.table(["Claim", "Instant", "Distance"], &rows)?;
    }
    match times.lifetime_seconds {
        Some(lifetime) if lifetime >= 0 => {
            page.prose(&format!("Lifetime {}", words::span(lifetime)))
        }
        _ => Ok(()),
    }
}

fn distance(mark: Timestamp, at: Timestamp) -> String {
    let seconds = mark.as_second().saturating_sub(at.as_second());
    match seconds {
        0 => "at this instant".to_owned(),
        1.. => format!("in {}", words::span(seconds)),
        _ => format!("{} ago", words::span(seconds.saturating_neg())),
    }
}

fn faults(token: &Token, page: &mut dyn Page) -> io::Result<()> {
    if token.faults.is_empty() {
        return Ok(());
    }
    page.section("Faults")?;
    let faults = token.faults.iter().take(ROWS_SHOWN).map(|fault| {
        let (part, range) = (fault.part.label(), bytes(&fault.range));
        format!("{part}, {range}: {} ({})", fault.kind, fault.code())
    });
    page.items(&faults.collect::<Vec<_>>())?;
    more(token.faults.len(), "fault", page)
}

fn summary_lines(summary: &Summary) -> [String; 2] {
    let Summary {
        occurrences,
        accept,
        reject,
        undetermined,
        ..
    } = summary;
    let tokens = counted(summary.tokens, "token");
    let places = counted(*occurrences, "place");
    let came_to = format!(
        "{tokens} in {places}: {accept} accepted, {reject} rejected, {undetermined} undetermined"
    );
    let found = summary.findings_in_words();
    let found = found.map_or_else(
        || "No findings".to_owned(),
        |found| format!("Findings: {found}"),
    );
    let set_aside = match summary.dismissed {
        0 => String::new(),
        count => format!("; {count} dismissed"),
    };
    [came_to, found + &set_aside]
}
