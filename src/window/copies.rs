//! What can be copied out of a token, and what of it is secret.

use std::ops::Range;

use zeroize::Zeroizing;

use super::manager::ExportForm;
use super::model::{Model, Selection};
use super::table;
use crate::jose::json::{Document, Json, Value};
use crate::jose::visible::visible;
use crate::jose::{Kind, Part, PartRole, Token};
use crate::judge::Judgement;
use crate::keys::asking::what_to_ask_for;
use crate::report;
use crate::window::panes::explained::Explained;
use crate::window::panes::members::told::Told;
use crate::window::panes::{checks, findings, links, timeline, verdict};

/// Stands for what was left out of a redacted token.
const REDACTED: &str = "[redacted]";

/// Something to copy. A new form is a line here and one in `text`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyOf {
    /// The check at this position, in words.
    Check(usize),
    /// What these characters mean: the text of a string, the JSON text of anything else.
    Decoded(Selection),
    /// The finding at this position, in words.
    Finding(usize),
    /// What explains the check at this position, and what the developer of the service can do about it.
    ForDeveloper(usize),
    /// These characters, as found.
    Found(Selection),
    /// The exact JSON text of a part, or of the member that these characters carry.
    Json(Selection),
    /// What the member or element of exactly these characters means, in words.
    Meaning(Selection),
    /// The command that gets the keys of the issuer, of the place at this position; `None`: of the one that a pasted
    /// document named.
    AskFor(Option<usize>),
    /// The key of this id, written so.
    Key(String, ExportForm),
    /// The finding at this position about the key of this id, in words.
    KeyFinding(String, usize),
    /// The secret of this id, as text where it is text, else in hexadecimal.
    KeySecret(String),
    /// The RFC 7638 thumbprint of the key of this id.
    KeyThumbprint(String),
    /// Every place where the token at this position was found, one a line.
    Places(usize),
    /// The token without what makes it usable: its signature, or the tag and keys of what is encrypted.
    Redacted,
    /// The policy in force, as a file.
    Policy,
    /// A member as a row for a spreadsheet: name, tabulator, exact value.
    Row(Selection),
    /// The chosen tokens as rows for a spreadsheet, in the order of the table; without any the one on screen.
    Rows,
    /// All times of the token and the clock, in words.
    Times,
    /// The whole token, as found.
    Token,
    /// The verdict, in words, with its instant.
    Verdict,
}

/// A text for the clipboard.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CopyText {
    /// The text.
    pub(super) text: Zeroizing<String>,
    /// What it is, after "Copied".
    pub(super) what: &'static str,
    /// Whether it is to be taken off the clipboard again.
    pub(super) is_secret: bool,
}

impl CopyOf {
    /// The text, out of the token on screen where nothing else is named. `None` where there is none such.
    pub(super) fn text(&self, model: &Model) -> Option<CopyText> {
        let text = |text: String, what, is_secret| {
            (!text.is_empty()).then(|| CopyText {
                text: Zeroizing::new(text),
                what,
                is_secret,
            })
        };
        let token = || Some(&*model.current()?.0.token);
        match self {
            Self::Check(at) => {
                let (inspection, judgement) = model.current()?;
                let check = judgement.checks.get(*at)?;
                let proof = judgement.proof(&inspection.proof);
                let explained = Explained::of((&judgement.checks, *at), proof);
                let words = checks::text_of(check, &explained);
                text(dated(words, model, judgement), "the check", false)
            }
            Self::Decoded(selection) => {
                text(decoded(token()?, selection)?, "the decoded text", false)
            }
            Self::Finding(at) => {
                let (_, judgement) = model.current()?;
                let words = findings::text_of(judgement.findings.get(*at)?);
                text(dated(words, model, judgement), "the finding", false)
            }
            Self::ForDeveloper(at) => {
                let (inspection, judgement) = model.current()?;
                let explained =
                    Explained::of((&judgement.checks, *at), judgement.proof(&inspection.proof));
                text(
                    explained.for_developer(),
                    "what to tell the developer",
                    false,
                )
            }
            Self::Found(selection) => {
                let found = token()?.text().get(selection.range.clone())?.to_owned();
                text(found, "the selection", makes_usable(selection.part))
            }
            Self::Json(selection) => text(json(token()?, selection)?, "the JSON", false),
            Self::Meaning(selection) => text(meaning(token()?, selection)?, "the meaning", false),
            Self::AskFor(at) => {
                let asking;
                let place = match at {
                    None => model.manager.answered.as_ref()?,
                    Some(at) => {
                        asking = what_to_ask_for(token()?);
                        asking.places.get(*at)?
                    }
                };
                text(place.command(), "the command", false)
            }
            Self::Key(id, form) => {
                let keys = &model.session.keys;
                Some(CopyText {
                    text: form.text(keys.get(id)?, keys).ok()?,
                    what: form.what(),
                    is_secret: form.is_private(),
                })
            }
            Self::KeyFinding(id, at) => {
                let finding = model.audits.get(id)?.findings.get(*at)?;
                text(findings::text_of(finding), "the finding", false)
            }
            Self::KeySecret(id) => {
                let secret = model.session.keys.get(id)?.secret()?.bytes();
                Some(CopyText {
                    text: secret_text(secret).0,
                    what: "the secret",
                    is_secret: true,
                })
            }
            Self::KeyThumbprint(id) => {
                let thumbprint = model.session.keys.get(id)?.thumbprint.clone()?;
                text(thumbprint, "the thumbprint", false)
            }
            Self::Places(at) => {
                let places = model.session.tokens.get(*at)?.places.iter();
                let lines: Vec<_> = places.map(|place| visible(&report::found(place))).collect();
                text(lines.join("\n"), "the places", false)
            }
            Self::Policy => text(model.session.policy.to_json(), "the policy", false),
            Self::Redacted => text(redacted(token()?), "the token without its signature", false),
            Self::Row(selection) => text(row(token()?, selection)?, "the row", false),
            Self::Rows => {
                let meant = model.table.meant(model.current);
                let listed = &model.table.listed;
                let all = listed.tokens(0..listed.len(model.session.tokens.len()));
                let rows: Vec<usize> = all.filter(|at| meant.contains(at)).collect();
                let what = if rows.len() == 1 {
                    "the row"
                } else {
                    "the rows"
                };
                text(table::rows_text(model, &rows), what, false)
            }
            Self::Times => {
                let (_, judgement) = model.current()?;
                let times = timeline::facts(model, judgement);
                text(times, "the times", false)
            }
            Self::Token => text(token()?.text().to_owned(), "the token", true),
            Self::Verdict => {
                let (inspection, judgement) = model.outermost()?;
                let words = verdict::text_of(model, inspection, judgement);
                text(words, "the verdict", false)
            }
        }
    }
}

/// What is said of a token, with its instant where that is not the present.
fn dated(mut words: String, model: &Model, judgement: &Judgement) -> String {
    if let Some(as_of) = verdict::as_of(model, judgement) {
        words.truncate(words.trim_end().len());
        words.push('\n');
        words.push_str(&as_of);
    }
    words
}

/// A secret as text, and whether that is hexadecimal because its bytes are no text that could be seen.
pub(super) fn secret_text(bytes: &[u8]) -> (Zeroizing<String>, bool) {
    let text = std::str::from_utf8(bytes).ok();
    let is_seen = |c: char| !c.is_control() && visible(c.encode_utf8(&mut [0; 4])).chars().eq([c]);
    match text.filter(|text| text.chars().all(is_seen)) {
        Some(text) => (Zeroizing::new(text.to_owned()), false),
        None => (Zeroizing::new(crate::jose::hex(bytes)), true),
    }
}

/// A signature is what makes a token usable; header and payload only tell.
fn makes_usable(part: PartRole) -> bool {
    !matches!(
        part,
        PartRole::ProtectedHeader | PartRole::UnprotectedHeader | PartRole::Payload
    )
}

fn part_of<'a>(token: &'a Token, selection: &Selection) -> Option<(&'a Part, Range<usize>)> {
    let part = token.part_at(selection.range.start)?;
    Some((part, links::bytes_of(part, &selection.range)?))
}

fn decoded(token: &Token, selection: &Selection) -> Option<String> {
    if selection.part == PartRole::Token {
        return decoded_parts(token, &selection.range);
    }
    let (part, bytes) = part_of(token, selection)?;
    if let Some((_, value)) = member(part, &bytes)
        && let Value::String(text) = &value.value
    {
        return Some(text.clone());
    }
    text_of(part, &bytes)
}

/// A selection across parts: what of each is text, a line each.
fn decoded_parts(token: &Token, range: &Range<usize>) -> Option<String> {
    let lines: Vec<String> = token
        .parts
        .iter()
        .filter_map(|part| text_of(part, &links::bytes_of(part, range)?))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn json(token: &Token, selection: &Selection) -> Option<String> {
    let (part, bytes) = part_of(token, selection)?;
    if let Some((_, value)) = member(part, &bytes) {
        return text_of(part, &value.range);
    }
    // A piece of a part is no JSON; a part that was read as JSON is, whatever is wrong with it.
    let root = part.json.as_ref()?.root.as_ref()?;
    let is_whole = bytes.start <= root.range.start && root.range.end <= bytes.end;
    let is_one = selection.part != PartRole::Token;
    text_of(part, &bytes).filter(|_| is_whole && is_one)
}

fn row(token: &Token, selection: &Selection) -> Option<String> {
    let (part, bytes) = part_of(token, selection)?;
    let (name, value) = member(part, &bytes)?;
    // Characters that would end the row, or not be seen, are escaped.
    let value = visible(&text_of(part, &value.range)?);
    Some(format!("{}\t{value}", visible(name)))
}

fn meaning(token: &Token, selection: &Selection) -> Option<String> {
    let (part, bytes) = part_of(token, selection)?;
    let root = part.json.as_ref()?.root.as_ref()?;
    let told = Told::of(token, part.role, root, &bytes)?;
    Some(told.lines(None).join("\n"))
}

/// Decoded bytes as text; `None` when they are none.
fn text_of(part: &Part, bytes: &Range<usize>) -> Option<String> {
    let bytes = part.bytes().get(bytes.clone())?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// The member or element that exactly these bytes are, with its name (empty for an element).
fn member<'a>(part: &'a Part, bytes: &Range<usize>) -> Option<(&'a str, &'a Json)> {
    let root = part.json.as_ref()?.root.as_ref()?;
    let mut open = vec![root];
    while let Some(json) = open.pop() {
        let holds = |range: &Range<usize>| range.start <= bytes.start && bytes.end <= range.end;
        match &json.value {
            Value::Array(elements) => {
                let element = elements.iter().find(|element| holds(&element.range));
                if let Some(element) = element {
                    if element.range == *bytes {
                        return Some(("", element));
                    }
                    open.push(element);
                }
            }
            Value::Object(members) => {
                if let Some(member) = members.iter().find(|member| holds(&member.range())) {
                    if member.range() == *bytes || member.value.range == *bytes {
                        return Some((&member.name, &member.value));
                    }
                    open.push(&member.value);
                }
            }
            _ => {}
        }
    }
    None
}

/// The name and the text of the member or element whose value is a string, where exactly these characters carry it.
pub(super) fn string_at(token: &Token, selection: &Selection) -> Option<(String, String)> {
    let (part, bytes) = part_of(token, selection)?;
    let (name, value) = member(part, &bytes)?;
    Some((name.to_owned(), value.str()?.to_owned()))
}

/// What makes a token usable, by the names that it has in JSON.
const USABLE: [&str; 7] = [
    "ciphertext",
    "disclosures",
    "encrypted_key",
    "iv",
    "kb_jwt",
    "signature",
    "tag",
];

/// Every part that makes the token usable is left out, whatever it is.
fn redacted(token: &Token) -> String {
    if token.kind == Kind::Unreadable {
        return REDACTED.to_owned();
    }
    let parts = token.parts.iter();
    let mut left_out: Vec<Range<usize>> = parts
        .filter(|part| makes_usable(part.role) && !part.range.is_empty())
        .map(|part| part.range.clone())
        .chain(token.envelope().map(usable_in).unwrap_or_default())
        .collect();
    left_out.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut text = String::new();
    let mut at = 0;
    for range in left_out {
        if range.start < at {
            continue;
        }
        text.push_str(token.text().get(at..range.start).unwrap_or_default());
        text.push_str(REDACTED);
        at = range.end;
    }
    text.push_str(token.text().get(at..).unwrap_or_default());
    text
}

/// What is left out of JSON beside its parts: what was not taken for a part because there is one too many of it, or in
/// the wrong place, is a signature all the same. After a fault that ended the reading nothing is known.
fn usable_in(envelope: &Document) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Vec<&Json> = envelope.root.iter().collect();
    while let Some(json) = open.pop() {
        match &json.value {
            Value::Array(elements) => open.extend(elements),
            Value::Object(members) => {
                for member in members {
                    match &member.value.value {
                        _ if !USABLE.contains(&member.name.as_str()) => open.push(&member.value),
                        // The quotes stay, as they do around parts.
                        Value::String(_) => {
                            let range = &member.value.range;
                            let inner = range.start.saturating_add(1)..range.end.saturating_sub(1);
                            found.push(inner);
                        }
                        _ => found.push(member.value.range.clone()),
                    }
                }
            }
            _ => {}
        }
    }
    found.retain(|range| range.start < range.end);
    let end = envelope.faults.iter().find(|fault| fault.kind.is_fatal());
    found.extend(end.map(|fault| fault.range.start..usize::MAX));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    // {"alg":"none","a":{"b":[1,"\u0041\t"]}} . {"sub":"x"} . AAAA
    const TOKEN: &str = "eyJhbGciOiJub25lIiwiYSI6eyJiIjpbMSwiXHUwMDQxXHQiXX19.eyJzdWIiOiJ4In0.AAAA";

    fn selected(text: &str) -> (Token, Selection) {
        let token = Token::parse(TOKEN);
        let part = token.part(PartRole::ProtectedHeader).expect("a header");
        let start = part.utf8().expect("text").find(text).expect("there");
        let selection = links::select(part, start..start + text.len());
        (token, selection)
    }

    #[test]
    fn a_string_is_copied_without_its_escapes_and_anything_else_as_its_json() {
        let (token, string) = selected(r#""\u0041\t""#);
        assert_eq!(decoded(&token, &string).as_deref(), Some("A\t"));
        assert_eq!(json(&token, &string).as_deref(), Some(r#""\u0041\t""#));
        let (token, member) = selected(r#""b":[1,"\u0041\t"]"#);
        assert_eq!(
            decoded(&token, &member).as_deref(),
            Some(r#""b":[1,"\u0041\t"]"#)
        );
        assert_eq!(
            row(&token, &member).as_deref(),
            Some("b\t[1,\"\\u0041\\t\"]")
        );
    }

    #[test]
    fn what_is_no_json_is_not_copied_as_json() {
        let (token, piece) = selected(r#""none","a":{"b""#);
        assert_eq!(json(&token, &piece), None);
        assert_eq!(
            decoded(&token, &piece).as_deref(),
            Some(r#""none","a":{"b""#)
        );
        let whole = token.part(PartRole::ProtectedHeader).expect("a header");
        let all = Selection {
            part: whole.role,
            range: whole.range.clone(),
        };
        assert_eq!(json(&token, &all).as_deref(), whole.utf8());
    }

    #[test]
    fn a_selection_across_parts_is_decoded_part_by_part_and_bytes_are_no_text() {
        // The signature is the bytes 0 0 0, which are text; 255 255 255 are none.
        let token = Token::parse(TOKEN.replace("AAAA", "____"));
        let selection = Selection {
            part: PartRole::Token,
            range: 0..token.text().len(),
        };
        assert_eq!(
            decoded(&token, &selection).as_deref(),
            Some("{\"alg\":\"none\",\"a\":{\"b\":[1,\"\\u0041\\t\"]}}\n{\"sub\":\"x\"}")
        );
        let signature = token.part(PartRole::Signature).expect("a signature");
        let selection = Selection {
            part: signature.role,
            range: signature.range.clone(),
        };
        assert_eq!(decoded(&token, &selection), None);
    }

    #[test]
    fn the_meaning_of_a_member_is_copied_in_words() {
        let (token, member) = selected(r#""alg":"none""#);
        let words = meaning(&token, &member).expect("known");
        let lines: Vec<&str> = words.lines().collect();
        assert_eq!(lines.first(), Some(&"alg: Algorithm"));
        assert_eq!(
            lines.last(),
            Some(&"Registered name · string · JWS · RFC 7515 §4.1.1")
        );
        assert!(words.contains("none: No signature at all"));
        let (token, element) = selected(r#""\u0041\t""#);
        assert!(meaning(&token, &element).is_some_and(|words| words.starts_with("b\n")));
    }

    #[test]
    fn what_makes_a_token_usable_is_redacted_and_nothing_else() {
        assert_eq!(
            redacted(&Token::parse(TOKEN)),
            TOKEN.replace("AAAA", "[redacted]")
        );
        // RFC 7516, appendix A.2, shortened.
        let jwe = Token::parse(
            "eyJhbGciOiJSU0ExXzUiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.UGhIOg.AxY8DC.KDlTtX.9hH0vg",
        );
        let left = redacted(&jwe);
        assert!(left.starts_with("eyJhbGciOiJSU0ExXzUi"), "{left}");
        for part in ["UGhIOg", "9hH0vg", "KDlTtX"] {
            assert!(!left.contains(part), "{left}");
        }
        assert_eq!(redacted(&Token::parse("not.a token")), REDACTED);
    }

    #[test]
    fn of_json_every_signature_is_left_out_wherever_it_is() {
        let header = "eyJhbGciOiJub25lIn0";
        let of = |text: &str| redacted(&Token::parse(text));
        let two = format!(
            r#"{{"payload":"e30","signatures":[{{"protected":"{header}","signature":"AAAA"}},{{"header":{{"alg":"HS256"}},"signature":"BBBB"}}]}}"#
        );
        assert_eq!(
            of(&two),
            two.replace("AAAA", REDACTED).replace("BBBB", REDACTED)
        );
        // One too many, one in the wrong place, one that is no string, and one after what cannot be read.
        for (odd, secret) in [
            (
                format!(
                    r#"{{"payload":"e30","protected":"{header}","signature":"SSSS","signature":"AAAA"}}"#
                ),
                "SSSS",
            ),
            (
                format!(
                    r#"{{"payload":"e30","signature":"SSSS","signatures":[{{"protected":"{header}","signature":"AAAA"}}]}}"#
                ),
                "SSSS",
            ),
            (
                format!(r#"{{"payload":"e30","protected":"{header}","signature":["SSSS"]}}"#),
                "SSSS",
            ),
            (
                format!(
                    r#"{{"payload":"e30","protected":"{header}","signature":"AAAA"}} {{"signature":"SSSS"}}"#
                ),
                "SSSS",
            ),
        ] {
            let left = of(&odd);
            assert!(!left.contains(secret) && !left.contains("AAAA"), "{left}");
        }
        let many: Vec<String> = (0..crate::jose::MAX_ENTRIES + 20)
            .map(|_| format!(r#"{{"protected":"{header}","signature":"SSSS"}}"#))
            .collect();
        let many = format!(r#"{{"payload":"e30","signatures":[{}]}}"#, many.join(","));
        assert!(!of(&many).contains("SSSS"));
    }
}
