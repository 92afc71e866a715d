//! Personal data (catalogue 1.8).

use super::names::Name;
use super::{Text, What, evidence, kind, listed, readers, ruling};
use crate::jose::json::{Json, Value};
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};
use crate::judge::profile::Trait;

/// Names of personal data, without separators, and what they hold.
const NAMES: [(&str, &str); 24] = [
    ("email", "e-mail address"),
    ("emailaddress", "e-mail address"),
    ("mail", "e-mail address"),
    ("phonenumber", "phone number"),
    ("phone", "phone number"),
    ("mobilephone", "phone number"),
    ("msisdn", "phone number"),
    ("address", "postal address"),
    ("streetaddress", "postal address"),
    ("postaladdress", "postal address"),
    ("birthdate", "date of birth"),
    ("birthday", "date of birth"),
    ("dateofbirth", "date of birth"),
    ("dob", "date of birth"),
    ("gender", "gender"),
    ("placeofbirth", "place of birth"),
    ("birthplace", "place of birth"),
    ("ssn", "national identity number"),
    ("socialsecuritynumber", "national identity number"),
    ("nationalid", "national identity number"),
    ("nationalidnumber", "national identity number"),
    ("taxid", "tax number"),
    ("passportnumber", "passport number"),
    ("iban", "bank account"),
];

/// Names of what says who somebody is to the issuer, an address or not.
const IDENTIFIERS: [&str; 10] = [
    "sub",
    "iss",
    "aud",
    "azp",
    "clientid",
    "preferredusername",
    "username",
    "upn",
    "uniquename",
    "loginhint",
];

/// Ends of domains that are nobody's (RFC 2606), and of accounts that are no person's.
const NOBODYS: [&str; 8] = [
    ".example",
    ".test",
    ".invalid",
    ".localhost",
    "example.com",
    "example.net",
    "example.org",
    ".gserviceaccount.com",
];

/// `data-pii`: personal data that anybody can read.
pub(in super::super) struct DataPii;

impl Rule for DataPii {
    fn id(&self) -> &'static str {
        "data-pii"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if subject.is_sealed {
            // Encryption is the remedy.
            return Ruling::Unconcerned;
        }
        ruling(
            subject,
            |what| matches!(what, What::Personal(_)),
            |seen| {
                let (severity, more) = grade(subject);
                let words = listed(seen.iter().filter_map(|sight| match sight.what {
                    What::Personal(words) => Some(words),
                    _ => None,
                }));
                Finding {
                    rule: self.id(),
                    severity,
                    confidence: Confidence::Likely,
                    title: format!("Personal data ({words})"),
                    detail: format!("{}{more}", readers(subject)),
                    remedy: "Leave it to the UserInfo endpoint or to introspection, or encrypt the token.".to_owned(),
                    references: vec!["RFC 7519 \u{A7}12", "CWE-359"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// How bad it is in a token of this kind.
fn grade(subject: &Subject<'_>) -> (Severity, &'static str) {
    let profile = subject.profile;
    if profile.spec.has(Trait::AboutPerson) {
        (
            Severity::Info,
            " To say something about a person is what tokens of this kind are for.",
        )
    } else if profile.is_fixed() && profile.spec.has(Trait::Access) {
        (
            Severity::Medium,
            " An access token goes to every service that it opens, whether that one needs to know the person or not.",
        )
    } else {
        (Severity::Low, "")
    }
}

/// `sub-is-email`: the subject is named by an e-mail address.
pub(in super::super) struct SubIsEmail;

impl Rule for SubIsEmail {
    fn id(&self) -> &'static str {
        "sub-is-email"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let claim = subject.case.claim("sub").filter(|claim| {
            let text = claim.value.str().unwrap_or_default();
            text.contains('@') && address(text).is_some()
        });
        Ruling::from(claim.map(|claim| Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Likely,
            title: "The subject is an e-mail address".to_owned(),
            detail: "Addresses change hands: who gets this one next gets what was kept under it. And whoever holds the token reads it.".to_owned(),
            remedy: "Name subjects by an identifier that is never given to another.".to_owned(),
            references: vec!["OpenID Connect Core 1.0 \u{A7}5.7"],
            evidence: vec![claim.evidence()],
            refusal: None,
        }))
    }
}

/// What a member of this name holds, if it holds anything.
pub(super) fn by_name(name: &Name, json: &Json) -> Option<What> {
    let (_, words) = NAMES.iter().find(|(known, _)| name.is(known))?;
    let is_something = match &json.value {
        Value::String(text) => !text.is_empty() && !is_nobodys(text),
        Value::Object(members) => !members.is_empty(),
        Value::Array(elements) => elements
            .iter()
            .any(|one| !one.str().is_some_and(is_nobodys)),
        Value::Number(_) => true,
        Value::Bool(_) | Value::Null => false,
    };
    is_something.then_some(What::Personal(words))
}

/// What a text is by its form.
pub(super) fn in_text(name: &Name, text: &Text<'_>) -> Option<What> {
    let words = if text.has(kind::AT | kind::DOT) {
        let mut words = text.whole.split([' ', '<', '>', ',', ';', '(', ')', '"']);
        words
            .any(|word| address(word).is_some())
            .then_some("e-mail address")
    } else if text.digits >= LEAST_DIGITS && text.whole.len() <= LONGEST {
        numbered(name, text)
    } else {
        None
    }?;
    (!name.is_one_of(&IDENTIFIERS)).then_some(What::Personal(words))
}

/// Phone numbers, accounts and identity numbers have as many digits at least.
const LEAST_DIGITS: usize = 8;

/// And with separators they are no longer than this.
const LONGEST: usize = 48;

fn numbered(name: &Name, text: &Text<'_>) -> Option<&'static str> {
    let plain = text.whole.strip_prefix("tel:").unwrap_or(text.whole);
    if let Some(number) = plain.strip_prefix('+') {
        let is_phone = (8..=15).contains(&text.digits)
            && number.starts_with(|first: char| ('1'..='9').contains(&first))
            && number
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b" -().".contains(&byte));
        return is_phone.then_some("phone number");
    }
    if name.is_identifier() {
        return None;
    }
    if is_iban(plain) {
        return Some("bank account");
    }
    is_social_security_number(plain).then_some("national identity number")
}

/// The e-mail address that a text is, of somebody.
fn address(text: &str) -> Option<&str> {
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    let is_local = !local.is_empty()
        && local.len() <= 64
        && local
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+-_=^~|".contains(&byte));
    let mut labels = domain.split('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_domain = domain.len() <= 253
        && domain.contains('.')
        && labels.all(is_label)
        && domain.ends_with(|last: char| last.is_ascii_alphabetic());
    (is_local && is_domain && !is_nobodys(text)).then_some(text)
}

/// Whether an address belongs to nobody: it is an example, or a program's.
fn is_nobodys(text: &str) -> bool {
    let Some((_, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let domain = domain.to_ascii_lowercase();
    NOBODYS.iter().any(|end| {
        domain.strip_suffix(end).is_some_and(|before| {
            end.starts_with('.') || before.is_empty() || before.ends_with('.')
        })
    })
}

/// An international bank account number (ISO 13616): its two check digits hold.
fn is_iban(text: &str) -> bool {
    let mut compact: Vec<u8> = Vec::with_capacity(34);
    for byte in text.bytes().filter(|byte| *byte != b' ') {
        if !(byte.is_ascii_digit() || byte.is_ascii_uppercase()) || compact.len() >= 34 {
            return false;
        }
        compact.push(byte);
    }
    let Some((start, rest)) = compact.split_at_checked(4) else {
        return false;
    };
    let is_form = compact.len() >= 15
        && matches!(start, [a, b, c, d] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    // Letters count from 10, the first four characters come last, and 97 leaves 1.
    let remainder = rest.iter().chain(start).fold(0_u32, |sum, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or_default();
        let shift = if value > 9 { 100 } else { 10 };
        sum.saturating_mul(shift).saturating_add(value) % 97
    });
    is_form && remainder == 1
}

/// `ddd-dd-dddd` in the ranges that the United States give out.
fn is_social_security_number(text: &str) -> bool {
    let mut groups = text.split('-');
    let mut next = |length: usize| {
        let group = groups.next()?;
        let is_it = group.len() == length && group.bytes().all(|byte| byte.is_ascii_digit());
        is_it.then(|| group.parse::<u16>().ok())?
    };
    let (area, group, serial) = (next(3), next(2), next(4));
    let is_area = area.is_some_and(|area| !matches!(area, 0 | 666 | 900..));
    is_area
        && group.is_some_and(|group| group > 0)
        && serial.is_some_and(|serial| serial > 0)
        && groups.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_somebody() {
        for text in ["jane@corp.io", "mailto:j.d+x@mail.corp.co.uk"] {
            assert!(address(text).is_some(), "{text}");
        }
        for text in [
            "jane@corp",
            "https://jane@corp.io/",
            "@corp.io",
            "jane@example.com",
            "jane@mail.example.org",
            "jane@a.example",
            "x@p.iam.gserviceaccount.com",
            "a@b@c.io",
            "jane@corp..io",
            "npm@10.0.0",
        ] {
            assert!(address(text).is_none(), "{text}");
        }
        assert!(!is_nobodys("jane@notexample.com"));
    }

    /// The examples of the registry of IBAN formats.
    #[test]
    fn accounts_whose_check_digits_hold() {
        for text in [
            "GB29 NWBK 6016 1331 9268 19",
            "DE89370400440532013000",
            "NO9386011117947",
            "FR1420041010050500013M02606",
        ] {
            assert!(is_iban(text), "{text}");
        }
        for text in [
            "DE89370400440532013001",
            "DE8937040044",
            "de89370400440532013000",
            "",
        ] {
            assert!(!is_iban(text), "{text}");
        }
    }

    #[test]
    fn social_security_numbers_that_are_given_out() {
        assert!(is_social_security_number("123-45-6789"));
        for text in [
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "123-00-6789",
            "123-45-0000",
            "123-456-789",
            "123-45-6789-1",
        ] {
            assert!(!is_social_security_number(text), "{text}");
        }
    }
}
