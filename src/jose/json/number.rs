//! Numbers compared exactly, whatever their size.

use std::cmp::Ordering;

/// The exact value of a JSON number: `±0.d₁d₂… × 10^exponent`, without leading or trailing zeros.
///
/// Exponents beyond what `i64` holds are kept at its ends, which leaves every comparison with a point in
/// time right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    /// Digit values 0 to 9; empty for zero.
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// Reads the text of a JSON number (RFC 8259 section 6). `None` when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_value(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() || (mantissa.contains('.') && fraction.is_empty()) {
            return None;
        }
        let mut digits = Vec::with_capacity(mantissa.len());
        for character in whole.bytes().chain(fraction.bytes()) {
            if !character.is_ascii_digit() {
                return None;
            }
            digits.push(character - b'0');
        }
        let point = i64::try_from(whole.len()).unwrap_or(i64::MAX);
        Some(Self::normal(
            negative,
            digits,
            exponent.saturating_add(point),
        ))
    }

    /// A count of nanoseconds as seconds.
    pub fn from_nanoseconds(nanoseconds: i128) -> Self {
        let digits: Vec<u8> = nanoseconds
            .unsigned_abs()
            .to_string()
            .bytes()
            .map(|digit| digit - b'0')
            .collect();
        let exponent = i64::try_from(digits.len()).unwrap_or(i64::MAX) - 9;
        Self::normal(nanoseconds < 0, digits, exponent)
    }

    /// Whether it is a whole number, however written.
    pub fn is_integer(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|length| self.exponent >= length)
            || self.digits.is_empty()
    }

    /// The value in nanoseconds if it is a count of seconds, rounded towards zero; `None` beyond `i128`.
    pub fn to_nanoseconds(&self) -> Option<i128> {
        let wanted = self.exponent.checked_add(9)?;
        if wanted > 36 {
            return (self.digits.is_empty()).then_some(0);
        }
        let wanted = usize::try_from(wanted.max(0)).ok()?;
        let digits = self.digits.get(..wanted).unwrap_or(&self.digits);
        let mut value = 0_i128;
        // So many digits fit into 64 bits, which are quicker to multiply.
        for group in digits.chunks(18) {
            let low = group
                .iter()
                .fold(0_u64, |low, digit| low * 10 + u64::from(*digit));
            value = shifted(value, group.len())?.checked_add(i128::from(low))?;
        }
        let value = shifted(value, wanted.saturating_sub(digits.len()))?;
        Some(if self.negative { -value } else { value })
    }

    /// This count of seconds beside a count of nanoseconds: exactly, and without writing that down in digits.
    pub fn cmp_nanoseconds(&self, nanoseconds: i128) -> Ordering {
        let Some(truncated) = self.to_nanoseconds() else {
            return self.cmp(&Self::from_nanoseconds(nanoseconds));
        };
        let places = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let rest = if self.exponent.saturating_add(9) >= places {
            Ordering::Equal
        } else if self.negative {
            Ordering::Less
        } else {
            Ordering::Greater
        };
        truncated.cmp(&nanoseconds).then(rest)
    }

    fn normal(negative: bool, mut digits: Vec<u8>, mut exponent: i64) -> Self {
        let zeros = digits.iter().take_while(|&&digit| digit == 0).count();
        digits.drain(..zeros);
        exponent = exponent.saturating_sub(i64::try_from(zeros).unwrap_or(i64::MAX));
        while digits.last() == Some(&0) {
            digits.pop();
        }
        if digits.is_empty() {
            return Self {
                negative: false,
                digits,
                exponent: 0,
            };
        }
        Self {
            negative,
            digits,
            exponent,
        }
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What a reader that keeps numbers as doubles (IEEE 754 binary64, as JavaScript does) makes of the text of a JSON number, as
/// such readers print it; `None` where that is the same number, or the text is none. RFC 8259 section 6 warns of it.
pub fn as_double(text: &str) -> Option<String> {
    let exact = Decimal::parse(text)?;
    let double: f64 = text.parse().ok()?;
    if double.is_infinite() {
        return Some("infinity".to_owned());
    }
    let magnitude = double.abs();
    let printed = if double != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        format!("{double:e}")
    } else {
        double.to_string()
    };
    (Decimal::parse(&printed)? != exact).then_some(printed)
}

/// A number with so many zeros behind it.
fn shifted(value: i128, zeros: usize) -> Option<i128> {
    value.checked_mul(*POWERS_OF_TEN.get(zeros)?)
}

/// All that `i128` holds.
#[expect(
    clippy::indexing_slicing,
    reason = "the compiler evaluates it, and would say so"
)]
const POWERS_OF_TEN: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

fn exponent_value(text: &str) -> Option<i64> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value
            .saturating_mul(10)
            .saturating_add(i64::from(digit - b'0'));
    }
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn spellings_of_one_value_are_equal() {
        for text in [
            "1795035600",
            "1795035600.0",
            "1.7950356e9",
            "17950356E+2",
            "0.017950356e11",
        ] {
            assert_eq!(
                decimal(text),
                Decimal::from_nanoseconds(1_795_035_600_000_000_000),
                "{text}"
            );
        }
        assert_eq!(decimal("-0.0"), decimal("0"));
    }

    #[test]
    fn a_double_changes_what_it_cannot_hold_and_nothing_else() {
        for same in [
            "0",
            "-0",
            "3.0",
            "1795032000",
            "0.1",
            "1e3",
            "-2.5e-3",
            "1e20",
        ] {
            assert_eq!(as_double(same), None, "{same}");
        }
        for (text, double) in [
            ("9007199254740993", "9007199254740992"),
            ("100002348117421473", "100002348117421470"),
            ("0.1000000000000000000001", "0.1"),
            ("18446744073709551617", "18446744073709552000"),
            ("1e400", "infinity"),
            ("1e-400", "0"),
            ("123456789012345678901234", "1.2345678901234569e23"),
        ] {
            assert_eq!(as_double(text).as_deref(), Some(double), "{text}");
        }
        assert_eq!(as_double("x"), None);
    }

    #[test]
    fn order_is_exact_where_a_double_is_not() {
        let rising = [
            "-1e999999999999999999999",
            "-1.5",
            "-1",
            "0",
            "1e-400",
            "0.1",
            "0.1000000000000000055",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1e999999999999999999999",
        ];
        for pair in rising.windows(2) {
            let [low, high] = pair else { continue };
            assert!(decimal(low) < decimal(high), "{low} < {high}");
        }
    }

    #[test]
    fn nanoseconds_are_compared_as_decimals_are() {
        let numbers = [
            "-1e999999999999999999999",
            "-1e30",
            "-1795035600.0000000001",
            "-1",
            "-1e-9",
            "-1e-10",
            "0",
            "1e-400",
            "1e-10",
            "1e-9",
            "1795035600",
            "1795035600.000000000999",
            "1795035600.000000001",
            "9007199254740993",
            "1e27",
            "1.7e29",
            "1e30",
            "1e999999999999999999999",
        ];
        let counts = [
            i128::MIN,
            -1_795_035_600_000_000_000,
            -1_000_000_000,
            -1,
            0,
            1,
            1_795_035_600_000_000_000,
            1_795_035_600_000_000_001,
            i128::from(i64::MAX),
            i128::MAX,
        ];
        for text in numbers {
            for count in counts {
                assert_eq!(
                    decimal(text).cmp_nanoseconds(count),
                    decimal(text).cmp(&Decimal::from_nanoseconds(count)),
                    "{text} {count}"
                );
            }
        }
    }

    #[test]
    fn nanoseconds_come_back() {
        for value in [
            0,
            1,
            -1,
            1_500_000_000,
            1_795_035_600_123_456_789,
            i128::from(i64::MIN),
        ] {
            assert_eq!(
                Decimal::from_nanoseconds(value).to_nanoseconds(),
                Some(value)
            );
        }
        assert_eq!(
            decimal("1.0000000009").to_nanoseconds(),
            Some(1_000_000_000)
        );
        assert_eq!(decimal("1e300").to_nanoseconds(), None);
        assert_eq!(decimal("1e-300").to_nanoseconds(), Some(0));
    }

    #[test]
    fn whole_numbers_are_told_from_fractions() {
        assert!(decimal("3.0").is_integer());
        assert!(decimal("1.7e9").is_integer());
        assert!(decimal("0").is_integer());
        assert!(!decimal("1.5").is_integer());
        assert!(!decimal("1e-1").is_integer());
    }
}
