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

/// Differences are written down to so many digits.
const MAX_DIFFERENCE_DIGITS: usize = 4_096;

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

    /// The exact difference. `None` where writing it down would take more than 4 096 digits.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        let last = |number: &Self| {
            let length = i64::try_from(number.digits.len()).unwrap_or(i64::MAX);
            number.exponent.saturating_sub(length)
        };
        let numbers = [self, other].into_iter();
        let numbers: Vec<&Self> = numbers.filter(|number| !number.digits.is_empty()).collect();
        let Some(top) = numbers.iter().map(|number| number.exponent).max() else {
            return Some(self.clone());
        };
        let bottom = numbers.iter().map(|number| last(number)).min()?;
        let width = usize::try_from(top.checked_sub(bottom)?).ok()?;
        if width > MAX_DIFFERENCE_DIGITS {
            return None;
        }
        let aligned = |number: &Self| -> Option<Vec<u8>> {
            if number.digits.is_empty() {
                return Some(vec![0; width]);
            }
            let before = usize::try_from(top.checked_sub(number.exponent)?).ok()?;
            let mut digits = vec![0; before];
            digits.extend(&number.digits);
            digits.resize(width, 0);
            Some(digits)
        };
        let (a, b) = (aligned(self)?, aligned(other)?);
        if self.negative != other.negative {
            let (carry, mut digits) = sum(&a, &b);
            digits.insert(0, carry);
            return Some(Self::normal(self.negative, digits, top.checked_add(1)?));
        }
        let (digits, is_turned) = if a >= b {
            (difference(&a, &b), false)
        } else {
            (difference(&b, &a), true)
        };
        Some(Self::normal(self.negative != is_turned, digits, top))
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

/// The sum of two numbers of as many digits, and what is carried over.
fn sum(a: &[u8], b: &[u8]) -> (u8, Vec<u8>) {
    let mut carry = 0;
    let digits = a.iter().zip(b).rev().map(|(a, b)| {
        let digit = a + b + carry;
        carry = digit / 10;
        digit % 10
    });
    let mut digits: Vec<u8> = digits.collect();
    digits.reverse();
    (carry, digits)
}

/// The difference of two numbers of as many digits, of which the first is not the smaller one.
fn difference(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrowed = 0;
    let digits = a.iter().zip(b).rev().map(|(a, b)| {
        let digit = 10 + a - b - borrowed;
        borrowed = u8::from(digit < 10);
        digit % 10
    });
    let mut digits: Vec<u8> = digits.collect();
    digits.reverse();
    digits
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
    fn differences_are_exact() {
        for (a, b, difference) in [
            ("5", "3", "2"),
            ("3", "5", "-2"),
            ("-3", "5", "-8"),
            ("3", "-5", "8"),
            ("-3", "-5", "2"),
            ("-5", "-3", "-2"),
            ("0", "7", "-7"),
            ("7", "0", "7"),
            ("0", "-7", "7"),
            ("1000", "1", "999"),
            ("999.5", "-0.5", "1000"),
            (
                "1e30",
                "1e-30",
                "999999999999999999999999999999.999999999999999999999999999999",
            ),
            ("1e400", "1e400", "0"),
            ("0", "0", "0"),
        ] {
            let found = decimal(a).checked_sub(&decimal(b));
            assert_eq!(found, Some(decimal(difference)), "{a} - {b}");
        }
        for (a, b) in [
            ("1e5000", "1"),
            ("1", "1e-5000"),
            ("1e9223372036854775807", "-1e-9"),
        ] {
            assert_eq!(decimal(a).checked_sub(&decimal(b)), None, "{a} - {b}");
        }
        // Against whole numbers, with every carry that a few digits can have.
        for a in (-2_000..2_000_i128).step_by(37) {
            for b in -1_100..1_100_i128 {
                let of = Decimal::from_nanoseconds;
                assert_eq!(of(a).checked_sub(&of(b)), Some(of(a - b)), "{a} - {b}");
            }
        }
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
