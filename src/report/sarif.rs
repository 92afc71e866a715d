//! The report in the form that tools for findings exchange: SARIF 2.1.0 (OASIS).
//!
//! One rule object for each rule that found something, one result for each finding. What SARIF has no place for (verdicts,
//! policy, keys) stands in the property bag of the run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::exact::escape_hidden;
use super::layout::cut;
use super::shape::{PolicyShape, SummaryShape, pair};
use super::{FoundIn, Judged, Report};
use crate::find::Place;
use crate::inspection::{About, sha256};
use crate::jose::PartRole;
use crate::jose::visible::visible;
use crate::judge::words::When;
use crate::judge::{Finding, Severity, catalogued};
use crate::keys::Key;

/// Where the schema of this form is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Of more places of a token the rest is counted.
const PLACES_SHOWN: usize = 50;

/// How a run ended, which only the program knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The exit status.
    pub exit_code: u8,
}

/// Writes a report as SARIF 2.1.0, ended by a line feed. With `ended` it tells of the run of a program, else of a session.
pub fn sarif(report: &Report<'_>, ended: Option<Ended>, out: &mut dyn Write) -> io::Result<()> {
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run::new(report, ended)],
    };
    let text = escape_hidden(serde_json::to_string_pretty(&log)?);
    writeln!(out, "{text}")
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Value,
    automation_details: Value,
    invocations: [Value; 1],
    artifacts: Vec<Value>,
    results: Results<'a>,
    column_kind: &'static str,
    properties: Properties<'a>,
}

impl<'a> Run<'a> {
    fn new(report: &'a Report<'a>, ended: Option<Ended>) -> Self {
        let rules = Rules::of(report);
        let artifacts = Artifacts::of(report);
        let version = env!("CARGO_PKG_VERSION");
        Self {
            tool: json!({"driver": {
                "name": "Tokenloupe",
                "version": version,
                "semanticVersion": version,
                "rules": rules.objects(),
            }}),
            automation_details: json!({"id": "tokenloupe/inspect/"}),
            invocations: [invocation(report, ended, &artifacts)],
            artifacts: artifacts.objects(),
            column_kind: "unicodeCodePoints",
            properties: Properties::of(report),
            results: Results {
                report,
                rules,
                artifacts,
            },
        }
    }
}

/// The machine's clock is the beginning of a run only where the judgement was not made as of another instant.
fn invocation(report: &Report<'_>, ended: Option<Ended>, artifacts: &Artifacts<'_>) -> Value {
    let is_held = report.options.when == When::Then;
    let mut invocation = json!({
        "executionSuccessful": true,
        "properties": {"clock": report.at.to_string(), "clockHeld": is_held},
    });
    let mut also = |name: &str, value: Value| {
        if let Some(members) = invocation.as_object_mut() {
            members.insert(name.to_owned(), value);
        }
    };
    if !is_held {
        also("startTimeUtc", report.at.to_string().into());
    }
    if let Some(Ended { exit_code }) = ended {
        also("exitCode", exit_code.into());
        let words = match exit_code {
            0 => "Every token is accepted, and no finding reaches the threshold",
            _ => "A token is not accepted, or a finding reaches the threshold",
        };
        also("exitCodeDescription", words.into());
    }
    if let Some(index) = artifacts.indices.get("stdin") {
        also("stdin", json!({"index": index}));
    }
    invocation
}

/// The rules that found something, in the order of their ids.
struct Rules {
    /// With the worst severity of what each found.
    found: BTreeMap<&'static str, Severity>,
    /// The position of each.
    indices: BTreeMap<&'static str, usize>,
}

impl Rules {
    fn of(report: &Report<'_>) -> Self {
        let mut found = BTreeMap::new();
        let of_tokens = report.tokens.iter().flat_map(|judged| {
            let layers = judged.judgement.layers();
            layers.flat_map(|layer| &layer.findings)
        });
        let of_keys = report.key_audits.iter().flat_map(|audit| &audit.findings);
        for finding in of_tokens.chain(of_keys) {
            let worst = found.entry(finding.rule).or_insert(finding.severity);
            *worst = finding.severity.max(*worst);
        }
        let indices = found.keys().enumerate();
        Self {
            indices: indices.map(|(index, rule)| (*rule, index)).collect(),
            found,
        }
    }

    fn objects(&self) -> Vec<Value> {
        let found = self.found.iter();
        found
            .map(|(rule, worst)| rule_object(rule, *worst))
            .collect()
    }
}

fn rule_object(rule: &str, worst: Severity) -> Value {
    let words = rule.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    let severity = catalogued(rule).map_or(worst, |about| about.severity);
    let mut object = json!({
        "id": rule,
        "name": words.collect::<String>(),
        "defaultConfiguration": {"level": level(severity)},
        "properties": {
            "security-severity": security_severity(worst),
            "tags": ["security", "token"],
        },
    });
    if let (Some(about), Some(members)) = (catalogued(rule), object.as_object_mut()) {
        let title = message(&about.title);
        let full = message(&format!("{}. {}", about.title, about.remedy));
        members.insert("shortDescription".to_owned(), title);
        members.insert("fullDescription".to_owned(), full);
        members.insert("help".to_owned(), message(&about.remedy));
    }
    object
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// On the scale of CVSS, within the bounds that code scanning reads as critical, high, medium and low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.0",
    }
}

/// What tokens were found in. What is no file has no address.
struct Artifacts<'a> {
    names: Vec<&'a str>,
    indices: BTreeMap<&'a str, usize>,
}

impl<'a> Artifacts<'a> {
    fn of(report: &'a Report<'_>) -> Self {
        let mut known = BTreeSet::new();
        let places = report
            .tokens
            .iter()
            .flat_map(|token| &token.inspection.places);
        let names: Vec<&str> = places
            .map(|place| place.name.as_str())
            .filter(|name| known.insert(*name))
            .collect();
        let indices = names.iter().enumerate();
        Self {
            indices: indices.map(|(index, name)| (*name, index)).collect(),
            names,
        }
    }

    fn objects(&self) -> Vec<Value> {
        let names = self.names.iter().copied();
        names
            .map(|name| match file_uri(name) {
                Some(uri) => json!({"location": {"uri": uri}, "roles": ["analysisTarget"]}),
                None => json!({"description": message(name), "roles": ["analysisTarget"]}),
            })
            .collect()
    }

    fn location(&self, name: &str) -> Value {
        let mut location = Map::new();
        location.extend(file_uri(name).map(|uri| ("uri".to_owned(), uri.into())));
        let index = self.indices.get(name);
        location.extend(index.map(|index| ("index".to_owned(), (*index).into())));
        Value::Object(location)
    }
}

/// The address of a file; `None` of what has another name than a path.
fn file_uri(name: &str) -> Option<String> {
    let is_argument = name.strip_prefix("argument ").is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if is_argument || matches!(name, "clipboard" | "stdin") {
        return None;
    }
    let path = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.to_owned()
    };
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    } else if cfg!(windows) && path.as_bytes().get(1) == Some(&b':') {
        uri.push_str("file:///");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    Some(uri)
}

/// One result for each finding, made as it is written.
struct Results<'a> {
    report: &'a Report<'a>,
    rules: Rules,
    artifacts: Artifacts<'a>,
}

impl Serialize for Results<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of_tokens = self.report.tokens.iter().flat_map(|judged| {
            let found = judged.findings().into_iter();
            found.map(|found| self.of_token(judged, &found))
        });
        let keys = self.report.keys.keys().iter().zip(&self.report.key_audits);
        let of_keys = keys.flat_map(|(key, audit)| {
            let findings = audit.findings.iter();
            findings.map(|finding| self.of_key(key, finding))
        });
        serializer.collect_seq(of_tokens.chain(of_keys))
    }
}

impl Results<'_> {
    fn of_token(&self, judged: &Judged<'_>, found: &FoundIn<'_>) -> Value {
        let inspection = judged.inspection;
        // Places are of the outermost token: what rests on one inside of it is in there somewhere.
        let is_outermost = found.sha256 == inspection.sha256;
        let token = is_outermost.then(|| inspection.token.text());
        let places = inspection.places.iter().take(PLACES_SHOWN);
        let mut locations: Vec<Value> = places
            .map(|place| self.location(place, token, found.finding))
            .collect();
        let others = locations.split_off(locations.len().min(1));
        let mut result = self.result(found.finding, &found.sha256, found.note);
        if let Some(members) = result.as_object_mut() {
            members.insert("locations".to_owned(), locations.into());
            if !others.is_empty() {
                members.insert("relatedLocations".to_owned(), others.into());
            }
            let seen = inspection.places.len().max(1);
            members.insert("occurrenceCount".to_owned(), seen.into());
            if let Some(Value::Object(properties)) = members.get_mut("properties") {
                properties.insert("tokenSha256".to_owned(), found.sha256.clone().into());
            }
        }
        result
    }

    /// Where the evidence stands in the input; where the text there is not the token's own, the token as a whole.
    fn location(&self, place: &Place, token: Option<&str>, finding: &Finding) -> Value {
        let as_found =
            token.filter(|text| place.repairs.is_empty() && place.byte_range.len() == text.len());
        let evidence = finding.evidence.first();
        let evidence = evidence.filter(|evidence| evidence.part != PartRole::Key);
        let inside = as_found.zip(evidence).and_then(|(text, evidence)| {
            let before = text.as_bytes().get(..evidence.range.start)?;
            Some((
                evidence.range.clone(),
                memchr::memchr_iter(b'\n', before).count(),
            ))
        });
        let start = place.byte_range.start;
        let (range, lines): (Range<usize>, usize) = match inside {
            Some((range, lines)) => {
                let in_input = |at: usize| start.saturating_add(at);
                (in_input(range.start)..in_input(range.end), lines)
            }
            None => (place.byte_range.clone(), 0),
        };
        let logical = evidence.map(|evidence| {
            let part = evidence.part.name();
            let name = format!("{part}{}", evidence.pointer.as_deref().unwrap_or_default());
            json!({"fullyQualifiedName": visible(&cut(&name)), "kind": "member"})
        });
        let mut location = json!({"physicalLocation": {
            "artifactLocation": self.artifacts.location(&place.name),
            "region": {
                "startLine": place.line.saturating_add(lines),
                "byteOffset": range.start,
                "byteLength": range.len(),
            },
        }});
        if let (Some(logical), Some(members)) = (logical, location.as_object_mut()) {
            members.insert("logicalLocations".to_owned(), json!([logical]));
        }
        location
    }

    fn of_key(&self, key: &Key, finding: &Finding) -> Value {
        let about = About::key(key);
        let note = self.report.dismissals.note(&about, finding);
        let (About::Key(name) | About::Token(name)) = &about;
        let mut result = self.result(finding, name, note);
        if let Some(members) = result.as_object_mut() {
            let id = visible(&cut(&key.id));
            let named = format!("{}: {id}", visible(&cut(&key.source)));
            let mut location = json!({
                "logicalLocations": [{"name": id, "fullyQualifiedName": named, "kind": "key"}],
            });
            if let (Some(uri), Some(location)) = (file_uri(&key.source), location.as_object_mut()) {
                let physical = json!({"artifactLocation": {"uri": uri}});
                location.insert("physicalLocation".to_owned(), physical);
            }
            members.insert("locations".to_owned(), json!([location]));
        }
        result
    }

    /// `of`: what tells the token or key from all others.
    fn result(&self, finding: &Finding, of: &str, note: Option<&str>) -> Value {
        let evidence = finding.evidence.iter().map(|evidence| {
            json!({
                "part": evidence.part.name(),
                "pointer": evidence.pointer.as_deref().map(visible),
                "byteRange": pair(&evidence.range),
            })
        });
        let mut print = format!("{of}\n{}", finding.rule);
        for evidence in &finding.evidence {
            let pointer = evidence.pointer.as_deref().unwrap_or_default();
            print.extend(["\n", evidence.part.name(), pointer]);
        }
        let words = format!("{}. {} {}", finding.title, finding.detail, finding.remedy);
        let mut result = json!({
            "ruleId": finding.rule,
            "ruleIndex": self.rules.indices.get(finding.rule),
            "kind": "fail",
            "level": level(finding.severity),
            "message": message(&words),
            "partialFingerprints": {"tokenloupe/v1": sha256(&print)},
            "properties": {
                "severity": finding.severity.name(),
                "security-severity": security_severity(finding.severity),
                "confidence": finding.confidence.name(),
                "references": &finding.references,
                "evidence": evidence.collect::<Vec<_>>(),
            },
        });
        let suppressions = note.map(|note| {
            let note = visible(&cut(note));
            json!([{"kind": "external", "status": "accepted", "justification": note}])
        });
        if let Some(members) = result.as_object_mut() {
            let none = json!([]);
            members.insert("suppressions".to_owned(), suppressions.unwrap_or(none));
        }
        result
    }
}

/// A message in plain text. Braces would be placeholders and brackets could be links (SARIF sections 3.11.5 and 3.11.6).
fn message(text: &str) -> Value {
    let text = visible(&cut(text));
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '{' => safe.push_str("{{"),
            '}' => safe.push_str("}}"),
            '[' | ']' | '\\' => {
                safe.push('\\');
                safe.push(character);
            }
            _ => safe.push(character),
        }
    }
    json!({"text": safe})
}

/// What SARIF has no place for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    policy: PolicyShape<'a>,
    keys: Vec<Value>,
    tokens: Tokens<'a>,
    summary: SummaryShape,
}

impl<'a> Properties<'a> {
    fn of(report: &'a Report<'a>) -> Self {
        let keys = report.keys.keys().iter().map(|key| {
            json!({
                "id": visible(&cut(&key.id)),
                "source": visible(&cut(&key.source)),
                "holds": key.holds.name(),
                "thumbprint": key.thumbprint,
            })
        });
        Self {
            policy: PolicyShape::new(report.policy),
            keys: keys.collect(),
            tokens: Tokens(report),
            summary: SummaryShape::new(&report.summary()),
        }
    }
}

/// What became of each token, made as it is written.
struct Tokens<'a>(&'a Report<'a>);

impl Serialize for Tokens<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_open = !self.0.options.redact;
        serializer.collect_seq(self.0.tokens.iter().map(|judged| {
            let verdict = &judged.judgement.verdict;
            let reasons = verdict.reasons.iter().map(|reason| reason.name());
            let mut token = json!({
                "sha256": judged.inspection.sha256,
                "verdict": verdict.outcome.name(),
                "reasons": reasons.collect::<Vec<_>>(),
                "occurrences": judged.inspection.places.len(),
            });
            if let Some(members) = token.as_object_mut().filter(|_| is_open) {
                let text = judged.inspection.token.text();
                members.insert("text".to_owned(), text.into());
            }
            token
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address_that_needs_no_reading() {
        for (name, expected) in [
            ("a/b.jwt", Some("a/b.jwt")),
            ("/srv/a b#c?.jwt", Some("file:///srv/a%20b%23c%3F.jwt")),
            ("\u{E9}:\u{202E}", Some("%C3%A9%3A%E2%80%AE")),
            ("stdin", None),
            ("argument 2", None),
            ("argument two", Some("argument%20two")),
        ] {
            assert_eq!(file_uri(name).as_deref(), expected);
        }
    }

    #[test]
    fn a_message_has_no_links_and_no_placeholders() {
        let text = message("see [here](https://evil.example) {0} \u{202E}");
        assert_eq!(
            text["text"],
            r"see \[here\](https://evil.example) {{0}} \\u{{202E}}"
        );
    }

    #[test]
    fn the_name_of_a_rule_is_written_as_one_word() {
        let object = rule_object("jku-x5u-untrusted", Severity::Critical);
        assert_eq!(object["name"], "JkuX5uUntrusted");
        assert_eq!(object["properties"]["security-severity"], "9.5");
        assert_eq!(object["defaultConfiguration"]["level"], "error");
    }
}
