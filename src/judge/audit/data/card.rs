//! Payment card numbers (catalogue 1.8).

use super::names::Name;
use super::{Text, What, evidence, listed, readers, ruling};
use crate::judge::audit::{Confidence, Finding, Rule, Ruling, Severity, Subject};

/// `data-card-number`: the number of a payment card.
pub(in super::super) struct DataCardNumber;

impl Rule for DataCardNumber {
    fn id(&self) -> &'static str {
        "data-card-number"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        ruling(
            subject,
            |what| matches!(what, What::Card(_)),
            |seen| {
                let networks = listed(seen.iter().filter_map(|sight| match sight.what {
                    What::Card(network) => Some(network),
                    _ => None,
                }));
                Finding {
                    rule: self.id(),
                    severity: Severity::High,
                    confidence: Confidence::Likely,
                    title: format!("Payment card number ({networks})"),
                    detail: format!(
                        "The digits have a length, a beginning and a check digit of that network. {}",
                        readers(subject)
                    ),
                    remedy: "Take it out, and write a reference to the card in its place."
                        .to_owned(),
                    references: vec!["CWE-312"],
                    evidence: evidence(seen),
                    refusal: None,
                }
            },
        )
    }
}

/// The numbers of a network: how they begin (from and to, of as many digits), and how long they are.
struct Network {
    name: &'static str,
    from: &'static str,
    to: &'static str,
    lengths: &'static [usize],
}

const NETWORKS: [Network; 12] = [
    network("Visa", "4", "4", &[13, 16, 19]),
    network("Mastercard", "51", "55", &[16]),
    network("Mastercard", "2221", "2720", &[16]),
    network("American Express", "34", "34", &[15]),
    network("American Express", "37", "37", &[15]),
    network("Discover", "6011", "6011", &[16, 19]),
    network("Discover", "644", "649", &[16, 19]),
    network("Discover", "65", "65", &[16, 19]),
    network("JCB", "3528", "3589", &[16, 19]),
    network("Diners Club", "300", "305", &[14, 16, 19]),
    network("Diners Club", "38", "39", &[14, 16, 19]),
    network("UnionPay", "62", "62", &[16, 17, 18, 19]),
];

const fn network(
    name: &'static str,
    from: &'static str,
    to: &'static str,
    lengths: &'static [usize],
) -> Network {
    Network {
        name,
        from,
        to,
        lengths,
    }
}

/// Card numbers have as many digits at least, and at most.
const LENGTHS: [usize; 2] = [13, 19];

/// A card number in a text, with spaces or dashes between its groups or without.
pub(super) fn in_text(name: &Name, text: &Text<'_>) -> Option<What> {
    let [least, most] = LENGTHS;
    if text.digits < least || name.is_identifier() {
        return None;
    }
    let mut digits: Vec<u8> = Vec::with_capacity(most);
    let mut separator = None;
    let mut before = b' ';
    let mut bytes = text.whole.bytes().chain([b' ']).peekable();
    // A run of digits that touches a letter, a dot or more digits is part of something else.
    let mut is_part = false;
    while let Some(byte) = bytes.next() {
        let next = bytes.peek().copied().unwrap_or(b' ');
        let goes_on = !digits.is_empty() && before.is_ascii_digit() && next.is_ascii_digit();
        if byte.is_ascii_digit() {
            if digits.is_empty() {
                is_part = touches(before);
            }
            if digits.len() > most {
                is_part = true;
            } else {
                digits.push(byte);
            }
        } else if matches!(byte, b' ' | b'-') && goes_on && separator.is_none_or(|own| own == byte)
        {
            separator = Some(byte);
        } else {
            let network = (!is_part && !touches(byte))
                .then(|| network_of(&digits))
                .flatten();
            if let Some(network) = network {
                return Some(What::Card(network));
            }
            digits.clear();
            separator = None;
        }
        before = byte;
    }
    None
}

fn touches(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'/' | b'%' | b'=' | b'+')
}

/// A card number that is a number, where the name says that it is one.
pub(super) fn in_number(name: &Name, text: &str) -> Option<What> {
    let [least, _] = LENGTHS;
    if text.len() < least || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let is_said = [
        "card",
        "pan",
        "cc",
        "account",
        "cardnumber",
        "accountnumber",
    ]
    .iter()
    .any(|end| name.ends_with(end));
    let network = is_said.then(|| network_of(text.as_bytes()))?;
    network.map(What::Card)
}

/// Milliseconds of the years in which tokens live.
const MILLISECONDS: [u64; 2] = [631_152_000_000, 4_102_444_800_000];

/// The network whose number these digits are.
fn network_of(digits: &[u8]) -> Option<&'static str> {
    let [least, most] = LENGTHS;
    if !(least..=most).contains(&digits.len()) || !passes_luhn(digits) {
        return None;
    }
    let text = std::str::from_utf8(digits).ok()?;
    let [from, to] = MILLISECONDS;
    if text
        .parse()
        .is_ok_and(|time: u64| (from..=to).contains(&time))
    {
        return None;
    }
    let network = NETWORKS.iter().find(|network| {
        let start = text.get(..network.from.len());
        // Of as many digits, numbers are in the order of their texts.
        start.is_some_and(|start| (network.from..=network.to).contains(&start))
            && network.lengths.contains(&digits.len())
    });
    network.map(|network| network.name)
}

/// The check digit (ISO/IEC 7812-1). All digits equal pass for some lengths, and are no card.
fn passes_luhn(digits: &[u8]) -> bool {
    let mut sum = 0_u32;
    for (place, digit) in digits.iter().rev().enumerate() {
        let digit = char::from(*digit).to_digit(10).unwrap_or_default();
        let doubled = digit.saturating_mul(2);
        let counts = match place % 2 {
            0 => digit,
            _ if doubled > 9 => doubled.saturating_sub(9),
            _ => doubled,
        };
        sum = sum.saturating_add(counts);
    }
    let is_same = digits
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b));
    sum.is_multiple_of(10) && !is_same
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(name: &str, text: &str) -> Option<What> {
        in_text(&Name::new(name), &Text::new(text))
    }

    /// Numbers that the networks publish for tests.
    #[test]
    fn numbers_of_each_network() {
        for (text, network) in [
            ("4111111111111111", "Visa"),
            ("4222222222222", "Visa"),
            ("5555 5555 5555 4444", "Mastercard"),
            ("2223-0031-2200-3222", "Mastercard"),
            ("378282246310005", "American Express"),
            ("6011111111111117", "Discover"),
            ("3530111333300000", "JCB"),
            ("30569309025904", "Diners Club"),
            ("6200000000000005", "UnionPay"),
            ("card 4111 1111 1111 1111, exp 12/29", "Visa"),
        ] {
            assert_eq!(seen("x", text), Some(What::Card(network)), "{text}");
        }
    }

    #[test]
    fn digits_that_are_no_card() {
        for text in [
            "4111111111111112",
            "0000000000000000",
            "9111111111111111",
            "41111111111111111111",
            "a4111111111111111",
            "4111111111111111.apps.host",
            "41111111-1111-1111-a111-111111111111",
            "4111 1111-1111 1111",
            "1795300000",
        ] {
            assert_eq!(seen("x", text), None, "{text}");
        }
        for name in ["sub", "jti", "order_id", "oid"] {
            assert_eq!(seen(name, "4111111111111111"), None, "{name}");
        }
        let number = |name: &str| in_number(&Name::new(name), "4111111111111111");
        assert_eq!(number("cardNumber"), Some(What::Card("Visa")));
        assert_eq!(number("count"), None);
        // A Visa number of 13 digits that is a time too, in milliseconds: May 2098.
        assert_eq!(seen("at", "4050000000001"), None);
    }
}
