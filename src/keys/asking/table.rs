//! The vendors' places of `assets/registry/key-places.csv`: one line a place.
//!
//! A pattern is a text with placeholders: `{name}` stands for one step, which is letters, digits, hyphens and
//! underscores, and in a path also dots, `~` and percent signs; `{name..}` for a whole host with its port. A place may use them,
//! `{iss}` for the issuer without a final slash, and `{claim:NAME}` or `{header:NAME}` for a member of the token.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::{Answer, Said};

/// A placeholder stands for at most so many bytes.
const MAX_STEP_BYTES: usize = 253;

/// Where a vendor's keys are.
pub(super) struct Row {
    pub(super) vendor: String,
    r#where: Where,
    /// What the member must look like; of [`Where::Claim`] the name of the claim.
    pattern: String,
    place: String,
    pub(super) answer: Answer,
    pub(super) why: String,
}

/// What tells that a line is about a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    /// A claim of this name is there.
    Claim,
    /// A header parameter of this name has the form of the pattern.
    Header(&'static str),
    /// The issuer has the form of the pattern.
    Issuer,
}

/// What a place begins with that a cluster is asked for.
pub(super) const CLUSTER: &str = "cluster:";

pub(super) static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let table = include_str!("../../../assets/registry/key-places.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let records = reader.records().filter_map(Result::ok);
    records
        .filter_map(|record| row(&record.iter().collect::<Vec<_>>()))
        .collect()
});

fn row(cells: &[&str]) -> Option<Row> {
    let [vendor, r#where, pattern, place, answer, why] = *cells else {
        return None;
    };
    Some(Row {
        vendor: vendor.to_owned(),
        r#where: match r#where {
            "claim" => Where::Claim,
            "header signer" => Where::Header("signer"),
            "iss" => Where::Issuer,
            _ => return None,
        },
        pattern: pattern.to_owned(),
        place: place.to_owned(),
        answer: match answer {
            "certificate" => Answer::Certificate,
            "key" => Answer::Key,
            "keys" => Answer::KeySet,
            _ => return None,
        },
        why: why.to_owned(),
    })
}

impl Row {
    /// Where the keys are, when the line is about this token and everything is there that the place is made of.
    pub(super) fn place(&self, said: &Said<'_>) -> Option<String> {
        let names = match self.r#where {
            Where::Claim => {
                said.claim(&self.pattern)?;
                BTreeMap::new()
            }
            Where::Header(name) => matched(&self.pattern, said.header_text(name)?)?,
            Where::Issuer => matched(&self.pattern, said.issuer?)?,
        };
        filled(&self.place, |name| match name.split_once(':') {
            Some(("claim", name)) => said.claim_text(name).filter(|text| is_label(text)),
            Some(("header", name)) => said.header_text(name).filter(|text| is_label(text)),
            Some(_) => None,
            None if name == "iss" => Some(without_slash(said.issuer?)),
            None => names.get(name).copied(),
        })
    }
}

/// An issuer without the slash at its end.
pub(super) fn without_slash(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

/// What the placeholders of a pattern stand for, when the text has its form. A slash at the end of a URL makes no
/// difference; neither do capitals before the third slash.
fn matched<'a>(pattern: &'a str, text: &'a str) -> Option<BTreeMap<&'a str, &'a str>> {
    let is_url = pattern.starts_with("https://");
    let (mut pattern, mut text) = if is_url {
        (without_slash(pattern), without_slash(text))
    } else {
        (pattern, text)
    };
    let mut names = BTreeMap::new();
    let mut slashes = 0_u8;
    while let Some(next) = pattern.chars().next() {
        if next == '{' {
            let (name, rest) = pattern.strip_prefix('{')?.split_once('}')?;
            let (name, is_host) = match name.strip_suffix("..") {
                Some(name) => (name, true),
                None => (name, false),
            };
            let in_host = is_url && slashes < 3;
            let is_part = |c: char| match c {
                '-' => true,
                '.' | ':' => is_host,
                '_' => !in_host,
                '%' | '~' => is_url && !in_host,
                _ => c.is_ascii_alphanumeric(),
            };
            let is_step = |c: char| is_part(c) || is_url && !in_host && c == '.';
            let length = text.find(|c| !is_step(c)).unwrap_or(text.len());
            let (value, left) = text.split_at_checked(length)?;
            if value.is_empty() || value.len() > MAX_STEP_BYTES {
                return None;
            }
            names.insert(name, value);
            (pattern, text) = (rest, left);
        } else {
            let found = text.chars().next()?;
            let is_same = if is_url && slashes < 3 {
                found.eq_ignore_ascii_case(&next)
            } else {
                found == next
            };
            if !is_same {
                return None;
            }
            slashes = slashes.saturating_add(u8::from(next == '/'));
            pattern = pattern.get(next.len_utf8()..)?;
            text = text.get(found.len_utf8()..)?;
        }
    }
    text.is_empty().then_some(names)
}

/// A place with its placeholders filled.
fn filled<'a>(place: &str, value: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let mut text = String::with_capacity(place.len());
    let mut rest = place;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, left) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(value(name)?);
        rest = left;
    }
    text.push_str(rest);
    Some(text)
}

/// Whether a member of the token can stand as one label of a host or one step of a path, and nothing else.
fn is_label(text: &str) -> bool {
    (1..=MAX_STEP_BYTES).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let table = include_str!("../../../assets/registry/key-places.csv");
        assert_eq!(ROWS.len(), table.lines().count() - 1);
        for row in ROWS.iter() {
            let place = row.place.as_str();
            let is_known = ["https://", "{iss}/", CLUSTER]
                .iter()
                .any(|start| place.starts_with(start));
            assert!(is_known, "{place}");
            assert!(row.why.ends_with('.') && !row.vendor.is_empty(), "{place}");
        }
    }

    #[test]
    fn a_pattern_fits_the_whole_text_only() {
        let fits = |pattern, text| matched(pattern, text).is_some();
        let okta = "https://{org}.okta.com/oauth2/{server}";
        assert!(fits(okta, "https://dev-1.okta.com/oauth2/default"));
        assert!(fits(okta, "HTTPS://Dev-1.Okta.com/oauth2/aus1/"));
        for text in [
            "https://dev-1.okta.com/oauth2/",
            "https://dev-1.okta.com/oauth2/a/b",
            "https://dev-1.okta.com/OAUTH2/default",
            "https://.okta.com/oauth2/a",
            "https://a.b.okta.com/oauth2/a",
            "https://okta.com/oauth2/a",
            "https://a.okta.com.evil.example/oauth2/a",
            "https://evil.example/a.okta.com/oauth2/a",
            "https://evil.example#.okta.com/oauth2/a",
            "https://a.okta.com@evil.example/oauth2/a",
            "http://a.okta.com/oauth2/a",
            "https://a.okta.com/oauth2/a?b",
            "",
        ] {
            assert!(!fits(okta, text), "{text}");
        }
        let realm = "https://{host..}/realms/{realm}";
        let names = matched(realm, "https://id.example:8443/realms/my%20realm").unwrap();
        assert_eq!(
            (names["host"], names["realm"]),
            ("id.example:8443", "my%20realm")
        );
        assert!(!fits(realm, "https://id.example/auth/realms/a"));
    }

    #[test]
    fn members_stand_as_one_label_only() {
        for text in ["", ".", "a.b", "a/b", "a:b", "a b", "a%2f", "ä"] {
            assert!(!is_label(text), "{text}");
        }
        assert!(is_label("B2C_1_sign-in") && !is_label(&"a".repeat(254)));
    }
}
