//! The report for a person at a terminal: plain, aligned, without colour.
//!
//! Everything that may come from a token or a key file goes through [`visible()`], so that it cannot move the
//! cursor or pass for something else.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use jiff::Timestamp;

use super::findings::finding;
use super::layout::{bytes, prose, table, written};
use super::{Judged, Options, Report, Summary, disclosed, keys, related};
use crate::find::{Place, Where};
use crate::jose::json::Document;
use crate::jose::registry::{self, Class};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::judge::words::counted;
use crate::judge::{Check, CheckResult, Judgement, Profile, TimeState, Times, TokenId, words};
use crate::verify::{Facts, Proof, Provenance, SignatureProof};

/// How much of a payload that is no JSON is shown, in characters or bytes.
const OPAQUE_SHOWN: usize = 200;

/// Writes a report as text (format `text`).
pub fn text(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    writeln!(out, "Tokenloupe {version}, as of {}", report.at)?;
    keys::text(report, out)?;
    let count = report.tokens.len();
    let order: HashMap<_, _> = report
        .tokens
        .iter()
        .map(|judged| judged.inspection.id())
        .zip(1..)
        .collect();
    let number = |id: &TokenId| order.get(id).copied();
    for (index, judged) in report.tokens.iter().enumerate() {
        writeln!(out, "\nToken {} of {count}", index.saturating_add(1))?;
        token(judged, report.options, &number, out)?;
    }
    writeln!(out)?;
    summary(&report.summary(), out)
}

/// The place of a token in the report, from 1.
type Number<'a> = &'a dyn Fn(&TokenId) -> Option<usize>;

fn token(
    judged: &Judged<'_>,
    options: Options,
    number: Number<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let inspection = judged.inspection;
    let judgement = &judged.judgement;
    let sentence = words::sentence(judgement, &inspection.proof, options.when);
    writeln!(out, "{}", visible(&sentence.headline))?;
    prose(&sentence.explanation, "  ", out)?;
    writeln!(out)?;
    table(facts(judged, options), "  ", out)?;
    layer(
        &inspection.token,
        &inspection.proof,
        judgement,
        options.when,
        number,
        out,
    )
}

/// What a token says and what is said of it, and then the same of the tokens inside.
fn layer(
    token: &Token,
    proof: &Proof,
    judgement: &Judgement,
    when: words::When,
    number: Number<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    headers(token, out)?;
    // A payload that is a token is shown as one.
    if proof.inner.is_none() {
        payload(token, out)?;
    }
    if let Some(shown) = &proof.sd_jwt {
        disclosed::text(shown, out)?;
    }
    times(&judgement.times, judgement.at, out)?;
    faults(token, out)?;
    related::text(judgement, number, out)?;
    checks(&judgement.checks, out)?;
    findings(judgement, out)?;
    for (name, layer_of, judgement_of) in [
        ("Nested token", &proof.inner, &judgement.inner),
        (
            "Key binding JWT",
            &proof.key_binding,
            &judgement.key_binding,
        ),
    ] {
        if let (Some(inside), Some(judgement)) = (layer_of, judgement_of) {
            let sentence = words::sentence(judgement, &inside.proof, when);
            writeln!(out, "\n  {name}: {}", visible(&sentence.headline))?;
            prose(&sentence.explanation, "    ", out)?;
            layer(&inside.token, &inside.proof, judgement, when, number, out)?;
        }
    }
    Ok(())
}

/// What all signatures or recipients share before what each has for itself, and of that what is protected first.
fn headers(token: &Token, out: &mut dyn Write) -> io::Result<()> {
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
            members(title, part.json.as_ref(), token, out)?;
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
                members(&title, part.json.as_ref(), token, out)?;
            }
        }
    }
    Ok(())
}

/// What it is, where it was found and what verified it.
fn facts(judged: &Judged<'_>, options: Options) -> Vec<[String; 3]> {
    let token = &judged.inspection.token;
    let mut rows = Vec::new();
    let mut row = |name: &str, value: String| {
        rows.push([name.to_owned(), visible(&value), String::new()]);
    };
    for place in &judged.inspection.places {
        row("Found", found(place));
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
    rows
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

fn proof(proof: &Proof, profile: &Profile, row: &mut impl FnMut(&str, String)) {
    for signature in &proof.signatures {
        row("Signature", signature_text(signature, profile));
        for diagnosis in &signature.diagnosis {
            row("", diagnosis.text.clone());
            row(
                "",
                format!("For the developer: {}", diagnosis.for_developer),
            );
        }
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
        for diagnosis in &decryption.diagnosis {
            row("", diagnosis.text.clone());
            row(
                "",
                format!("For the developer: {}", diagnosis.for_developer),
            );
        }
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

/// The members of an object, every one of them, in order.
fn members(
    title: &str,
    document: Option<&Document>,
    token: &Token,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(members) = document.and_then(Document::object) else {
        return Ok(());
    };
    writeln!(out, "\n  {title}")?;
    if members.is_empty() {
        return writeln!(out, "    No members");
    }
    let in_header = title != "Claims";
    let rows = members.iter().map(|member| {
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
            visible(&member.name),
            visible(&written(&member.value)),
            label.unwrap_or_default(),
        ]
    });
    table(rows.collect(), "    ", out)
}

fn payload(token: &Token, out: &mut dyn Write) -> io::Result<()> {
    if token.claims().is_some() {
        return members("Claims", token.claims(), token, out);
    }
    let Some(part) = token.part(PartRole::Payload) else {
        return Ok(());
    };
    writeln!(out, "\n  Payload, {}", counted(part.bytes().len(), "byte"))?;
    match opaque(part) {
        shown if shown.is_empty() => Ok(()),
        shown => writeln!(out, "    {shown}"),
    }
}

/// The beginning of a payload that is no object: as text when it is UTF-8, else in hexadecimal.
fn opaque(part: &Part) -> String {
    let (mut shown, cut) = if let Some(text) = part.utf8() {
        let beginning: String = text.chars().take(OPAQUE_SHOWN).collect();
        (visible(&beginning), beginning.len() < text.len())
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

fn times(times: &Times, at: Timestamp, out: &mut dyn Write) -> io::Result<()> {
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
    writeln!(out, "\n  Time: {state}, leeway {leeway}")?;
    let rows = times.marks.iter().map(|mark| {
        let [date, distance] = match mark.at {
            Some(mark) => [mark.to_string(), distance(mark, at)],
            None => [
                "beyond the years that can be shown".to_owned(),
                String::new(),
            ],
        };
        [visible(&mark.claim), date, distance]
    });
    table(rows.collect(), "    ", out)?;
    match times.lifetime_seconds {
        Some(lifetime) if lifetime >= 0 => {
            writeln!(out, "    Lifetime {}", words::span(lifetime))
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

fn faults(token: &Token, out: &mut dyn Write) -> io::Result<()> {
    if token.faults.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  Faults")?;
    for fault in &token.faults {
        let (part, range) = (fault.part.label(), bytes(&fault.range));
        let text = format!("{part}, {range}: {} ({})", fault.kind, fault.code());
        prose(&text, "    ", out)?;
    }
    Ok(())
}

fn checks(checks: &[Check], out: &mut dyn Write) -> io::Result<()> {
    if checks.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n  Checks")?;
    for check in checks {
        let sign = match check.result {
            CheckResult::Failed => "\u{2717} failed ",
            CheckResult::NotRun => "\u{2013} not run",
            CheckResult::Passed => "\u{2713} passed ",
        };
        writeln!(out, "    {sign}  {}", visible(&check.title))?;
        prose(&check.text, "               ", out)?;
    }
    Ok(())
}

fn findings(judgement: &Judgement, out: &mut dyn Write) -> io::Result<()> {
    if !judgement.findings.is_empty() {
        writeln!(out, "\n  Findings")?;
    }
    for found in &judgement.findings {
        finding(found, out)?;
    }
    if !judgement.not_run.is_empty() {
        let rules = judgement.not_run.join(", ");
        writeln!(out)?;
        prose(
            &format!("Rules not run, their input was missing: {rules}"),
            "  ",
            out,
        )?;
    }
    Ok(())
}

fn summary(summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let Summary {
        occurrences,
        accept,
        reject,
        undetermined,
        ..
    } = summary;
    let tokens = counted(summary.tokens, "token");
    let places = counted(*occurrences, "place");
    writeln!(
        out,
        "{tokens} in {places}: {accept} accepted, {reject} rejected, {undetermined} undetermined"
    )?;
    let found: Vec<_> = summary
        .findings()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.name()))
        .collect();
    match &found[..] {
        [] => writeln!(out, "No findings"),
        found => writeln!(out, "Findings: {}", found.join(", ")),
    }
}
