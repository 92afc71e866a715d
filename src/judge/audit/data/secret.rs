//! Credentials, keys and passwords (catalogue 1.8).

use super::names::Name;
use super::{Text, What, evidence, kind, listed, readers, ruling};
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::judge::audit::header::pem_block;
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};

/// `data-secret`: something that opens doors.
pub(in super::super) struct DataSecret;

impl Rule for DataSecret {
    fn id(&self) -> &'static str {
        "data-secret"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| matches!(what, What::Secret(..)),
            |seen| {
                let secrets = || {
                    seen.iter().filter_map(|sight| match sight.what {
                        What::Secret(words, severity) => Some((words, severity)),
                        _ => None,
                    })
                };
                let worst = secrets().map(|(_, severity)| severity).max();
                Finding {
                    rule: self.id(),
                    severity: worst.unwrap_or(Severity::High),
                    confidence: Confidence::Likely,
                    title: format!(
                        "A secret among the claims ({})",
                        listed(secrets().map(|(words, _)| words))
                    ),
                    detail: format!(
                        "It is shown here no further than in the token itself. {}",
                        readers(subject)
                    ),
                    remedy: "Revoke or change it, and write a reference in its place.".to_owned(),
                    references: vec!["CWE-312", "CWE-522", "CWE-532"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// Ends of names under which secrets stand, without separators, and what they are.
const ENDS: [(&str, &str, Severity); 12] = [
    ("password", "password", Severity::High),
    ("passwd", "password", Severity::High),
    ("passphrase", "password", Severity::High),
    ("pwd", "password", Severity::High),
    ("secret", "secret", Severity::High),
    ("apikey", "API key", Severity::High),
    (
        "secretaccesskey",
        "secret key of a cloud",
        Severity::Critical,
    ),
    ("accesskey", "access key", Severity::High),
    ("privatekey", "private key", Severity::Critical),
    ("totpseed", "seed of one-time passwords", Severity::High),
    ("refreshtoken", "refresh token", Severity::High),
    ("securitycode", "security code", Severity::High),
];

/// Whole names of the same, too short to be ends.
const WHOLE: [(&str, &str); 6] = [
    ("pin", "PIN"),
    ("userpin", "PIN"),
    ("cardpin", "PIN"),
    ("otp", "one-time password"),
    ("cvv", "card verification code"),
    ("cvc", "card verification code"),
];

/// Values that stand for a secret which is not there.
const PLACEHOLDERS: [&str; 10] = [
    "none",
    "null",
    "true",
    "false",
    "undefined",
    "redacted",
    "hidden",
    "removed",
    "required",
    "expired",
];

/// A text under the name of a secret has as many characters at least.
const LEAST: usize = 4;

/// What a member of this name holds.
pub(super) fn by_name(name: &Name, json: &Json) -> Option<What> {
    let ending = || {
        // The longest end says most.
        let ends = ENDS.iter().filter(|(end, ..)| name.ends_with(end));
        ends.max_by_key(|(end, ..)| end.len())
            .map(|(_, words, severity)| (*words, *severity))
    };
    let whole = || {
        let known = WHOLE.iter().find(|(known, _)| name.is(known));
        known.map(|(_, words)| (*words, Severity::High))
    };
    let text = json.str()?;
    let (words, severity) = ending().or_else(whole)?;
    let is_secret = text.len() >= LEAST && !is_placeholder(text) && !is_date(text);
    is_secret.then_some(What::Secret(words, severity))
}

/// Whether a text says that there is a secret and not which.
fn is_placeholder(text: &str) -> bool {
    let is_masked = text
        .chars()
        .all(|character| matches!(character, '*' | 'x' | 'X' | '.' | '-' | '\u{2022}'));
    let bare = text.trim_matches(|character: char| !character.is_ascii_alphanumeric());
    let is_template = text.starts_with(['<', '$', '{', '[']) && text.ends_with(['>', '}', ']']);
    // An address is where a secret is found or changed.
    let is_address = text.starts_with("https://") && !text.contains('@');
    is_masked
        || is_template
        || is_address
        || PLACEHOLDERS
            .iter()
            .any(|known| bare.eq_ignore_ascii_case(known))
}

/// Whether a text is a date: `2026-11-21` or longer.
fn is_date(text: &str) -> bool {
    let mut bytes = text.bytes().take(8).enumerate();
    bytes.len() == 8
        && bytes.all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// What follows the start of a secret.
#[derive(Clone, Copy)]
enum Then {
    /// So many capitals and digits, and no more.
    Capitals(usize),
    /// At least so many letters, digits, dashes and underscores.
    Word(usize),
    /// Anything: the start says enough.
    Anything,
}

/// A form of secret that is known by its start.
struct Form {
    start: &'static str,
    then: Then,
    words: &'static str,
    severity: Severity,
}

const fn form(start: &'static str, then: Then, words: &'static str, severity: Severity) -> Form {
    Form {
        start,
        then,
        words,
        severity,
    }
}

/// How the text of a hashed password begins.
const fn password_hash(start: &'static str) -> Form {
    form(start, Then::Anything, "hash of a password", Severity::High)
}

/// The forms, as their makers document them.
const FORMS: [Form; 29] = [
    form(
        "AKIA",
        Then::Capitals(16),
        "access key of AWS",
        Severity::High,
    ),
    form(
        "ASIA",
        Then::Capitals(16),
        "access key of AWS",
        Severity::High,
    ),
    form("AIza", Then::Word(35), "API key of Google", Severity::High),
    form(
        "ghp_",
        Then::Word(36),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "gho_",
        Then::Word(36),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "ghu_",
        Then::Word(36),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "ghs_",
        Then::Word(36),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "ghr_",
        Then::Word(36),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "github_pat_",
        Then::Word(22),
        "token of GitHub",
        Severity::Critical,
    ),
    form(
        "glpat-",
        Then::Word(20),
        "token of GitLab",
        Severity::Critical,
    ),
    form("xoxa-", Then::Word(10), "token of Slack", Severity::High),
    form("xoxb-", Then::Word(10), "token of Slack", Severity::High),
    form("xoxp-", Then::Word(10), "token of Slack", Severity::High),
    form("xoxr-", Then::Word(10), "token of Slack", Severity::High),
    form("xoxs-", Then::Word(10), "token of Slack", Severity::High),
    form(
        "sk_live_",
        Then::Word(16),
        "live key of Stripe",
        Severity::Critical,
    ),
    form(
        "rk_live_",
        Then::Word(16),
        "live key of Stripe",
        Severity::Critical,
    ),
    form(
        "AccountKey=",
        Then::Word(16),
        "storage key of Azure",
        Severity::Critical,
    ),
    password_hash("$2a$"),
    password_hash("$2b$"),
    password_hash("$2y$"),
    password_hash("$argon2"),
    password_hash("$pbkdf2"),
    password_hash("$scrypt$"),
    password_hash("$5$"),
    password_hash("$6$"),
    password_hash("$y$"),
    password_hash("{SSHA}"),
    password_hash("{SHA}"),
];

/// The shortest secret that a form knows.
const SHORTEST: usize = 12;

/// What a text is by its form. A private key in PEM form is for `jwk-embedded-secret` to tell.
pub(super) fn in_text(name: &Name, text: &Text<'_>) -> Option<What> {
    let bytes = text.whole.as_bytes();
    if bytes.len() < SHORTEST {
        return None;
    }
    let mut before = b' ';
    // A random text of that length has digits, and so have the names of hashes.
    let looked_at = if text.digits > 0 { bytes } else { &[] };
    for (at, byte) in looked_at.iter().copied().enumerate() {
        let may_start = matches!(byte, b'A' | b'g' | b'x' | b's' | b'r' | b'$' | b'{')
            && !before.is_ascii_alphanumeric();
        before = byte;
        // A hash is the whole value.
        if !may_start || at > 0 && matches!(byte, b'$' | b'{') {
            continue;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let known = FORMS.iter().find(|form| form.begins(rest));
        if let Some(form) = known {
            return Some(What::Secret(form.words, form.severity));
        }
    }
    if text.has(kind::AT | kind::COLON) && has_password(text.whole) {
        return Some(What::Secret("password in an address", Severity::High));
    }
    if is_hidden_pem(text.whole) {
        return Some(What::Secret("private key", Severity::Critical));
    }
    let is_hash = matches!(bytes.len(), 32 | 40 | 64)
        && is_of_password(name)
        && bytes.iter().all(u8::is_ascii_hexdigit);
    is_hash.then_some(What::Secret("hash of a password", Severity::High))
}

impl Form {
    fn begins(&self, text: &[u8]) -> bool {
        let Some(rest) = text.strip_prefix(self.start.as_bytes()) else {
            return false;
        };
        let while_it = |is_it: fn(&u8) -> bool| rest.iter().take_while(|byte| is_it(byte)).count();
        let word = while_it(|byte| byte.is_ascii_alphanumeric() || b"_-+/".contains(byte));
        match self.then {
            Then::Anything => !rest.is_empty(),
            Then::Capitals(count) => {
                let capitals = while_it(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                capitals == count && word == count
            }
            Then::Word(least) => word >= least,
        }
    }
}

fn is_of_password(name: &Name) -> bool {
    let is_in = |piece: &[u8]| {
        name.bytes()
            .windows(piece.len())
            .any(|window| window == piece)
    };
    is_in(b"pass") || is_in(b"pwd") || name.is("hash")
}

/// Whether a text holds a URL with a password: `scheme://user:password@host`.
fn has_password(text: &str) -> bool {
    text.match_indices("://").any(|(at, mark)| {
        let rest = text
            .get(at.saturating_add(mark.len())..)
            .unwrap_or_default();
        let authority = rest
            .split(['/', '?', '#', ' ', '"'])
            .next()
            .unwrap_or_default();
        let password = authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .map(|(_, password)| password);
        password.is_some_and(|password| !password.is_empty() && !is_placeholder(password))
    })
}

/// Whether a text is a private key in PEM form that base64 wraps once more.
fn is_hidden_pem(text: &str) -> bool {
    /// How `-----BEGIN ` looks then.
    const START: &str = "LS0tLS1CRUdJTi";
    /// Enough for the first line.
    const LINE: usize = 128;
    text.starts_with(START) && {
        let start = text.get(..LINE).unwrap_or(text);
        pem_block(&base64url::decode(start).bytes).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, text: &str) -> Option<&'static str> {
        match in_text(&Name::new(name), &Text::new(text)) {
            Some(What::Secret(words, _)) => Some(words),
            _ => None,
        }
    }

    #[test]
    fn secrets_are_known_by_their_form() {
        let long = "0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F6a7B8c9D";
        for (text, words) in [
            ("AKIAIOSFODNN7EXAMPLE".to_owned(), "access key of AWS"),
            ("key=ASIAIOSFODNN7EXAMPLE;".to_owned(), "access key of AWS"),
            (format!("AIza{}", &long[..35]), "API key of Google"),
            (format!("ghp_{}", &long[..36]), "token of GitHub"),
            (format!("github_pat_{long}"), "token of GitHub"),
            (format!("sk_live_{}", &long[..24]), "live key of Stripe"),
            (format!("xoxb-{long}"), "token of Slack"),
            (
                format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={long}"),
                "storage key of Azure",
            ),
            (
                "jdbc:postgresql://app:hunter22@db/x".to_owned(),
                "password in an address",
            ),
            (format!("$2b$12${long}"), "hash of a password"),
            ("$argon2id$v=19$m=65536".to_owned(), "hash of a password"),
            (
                "{SSHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=".to_owned(),
                "hash of a password",
            ),
        ] {
            assert_eq!(seen("x", &text), Some(words), "{text}");
        }
        let digest = "5f4dcc3b5aa765d61d8327deb882cf99";
        assert_eq!(seen("password_md5", digest), Some("hash of a password"));
        assert_eq!(seen("commit_hash", digest), None);
    }

    #[test]
    fn what_only_looks_like_one_is_left_alone() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE7",
            "AKIAIOSFODNN7EXAMPL",
            "MAKIAIOSFODNN7EXAMPLE",
            "sk_test_0a1B2c3D4e5F6a7B8c9D",
            "https://user@host.example/path:80",
            "https://host.example:8443/a@b",
            "amqp://app:***@host/x",
            "costs $6$ or so",
            "ghp_short",
            "AccountKey=short",
        ] {
            assert_eq!(seen("x", text), None, "{text}");
        }
    }

    #[test]
    fn base64_hides_no_private_key() {
        // `-----BEGIN PRIVATE KEY-----` and `-----BEGIN PUBLIC KEY-----`, each with a line more.
        let private = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2Z0lCQURBTkJn";
        let public = "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0KTUlJQklqQU5CZ2txaGtp";
        assert_eq!(seen("x", private), Some("private key"));
        assert_eq!(seen("x", public), None);
    }

    #[test]
    fn values_that_stand_for_no_secret() {
        for text in [
            "********",
            "<password>",
            "${SECRET}",
            "[REDACTED]",
            "https://a.example/reset",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        assert!(!is_placeholder("correct horse"));
        assert!(is_date("2026-11-21T22:40:13Z") && !is_date("2026-11") && !is_date("20261121"));
    }
}
