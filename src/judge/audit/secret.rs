//! How well a secret of sufficient length can be guessed.

/// What makes a secret weak although it is long enough. The first that holds counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weakness {
    /// A block of at most eight bytes, over and over.
    Repeated,
    /// Each byte is one more, or one less, than that before it.
    Run,
    /// Digits only.
    Digits,
    /// A text that stands in the token.
    Told,
    /// The text of a UUID.
    Uuid,
    /// Hexadecimal text, used undecoded.
    Hex,
    /// Text of so little surprise that it can be searched for.
    Guessable {
        /// The estimate, in bits.
        bits: u32,
    },
    /// Base64 text, used undecoded.
    Base64,
}

/// The longest block whose repetition is looked for, in bytes.
const MAX_BLOCK: usize = 8;

/// Below this estimate (in bits) a text counts as guessable.
const ENOUGH_BITS: f64 = 112.0;

/// Longer secrets (in bytes) are judged by their beginning.
const MAX_LOOKED_AT: usize = 4096;

/// What makes a secret weak, if anything. `is_told` says whether a text stands in the token.
pub(super) fn weakness(secret: &[u8], is_told: impl Fn(&str) -> bool) -> Option<Weakness> {
    let secret = secret.get(..MAX_LOOKED_AT).unwrap_or(secret);
    if secret.is_empty() {
        return None;
    }
    if (1..=MAX_BLOCK).any(|block| repeats(secret, block)) {
        return Some(Weakness::Repeated);
    }
    for step in [1_u8, u8::MAX] {
        if secret
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if a.wrapping_add(step) == *b))
        {
            return Some(Weakness::Run);
        }
    }
    // Bytes that nobody can type are taken for random.
    let text = std::str::from_utf8(secret)
        .ok()
        .filter(|text| text.bytes().all(|byte| (0x20..0x7F).contains(&byte)))?;
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Weakness::Digits);
    }
    if is_told(text) {
        return Some(Weakness::Told);
    }
    if is_uuid(text) {
        return Some(Weakness::Uuid);
    }
    let bits = estimate(text);
    if bits < ENOUGH_BITS {
        return Some(Weakness::Guessable { bits: bits as u32 });
    }
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Some(Weakness::Hex);
    }
    is_base64(text).then_some(Weakness::Base64)
}

/// Whether a block of this length, over and over, makes the bytes; at least twice.
fn repeats(bytes: &[u8], block: usize) -> bool {
    bytes.len() >= block.saturating_mul(2)
        && bytes
            .iter()
            .zip(bytes.iter().skip(block))
            .all(|(a, b)| a == b)
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a text is plausibly base64 of random bytes: of its alphabet, and with capitals, small letters and digits.
fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let has = |is: fn(&u8) -> bool| body.bytes().any(|byte| is(&byte));
    body.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

/// The bits of surprise in a text: the smaller of what its character counts allow, and what a guesser of words needs.
fn estimate(text: &str) -> f64 {
    by_counts(text).min(by_words(text))
}

/// Length times the entropy of the character counts.
fn by_counts(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count = count.saturating_add(1);
        }
    }
    let length = text.len() as f64;
    let terms = counts.iter().filter(|count| **count > 0).map(|count| {
        let count = f64::from(*count);
        count * (length / count).log2()
    });
    terms.sum()
}

/// A common word is one of about so many (as a power of two).
const WORD_BITS: f64 = 14.0;
/// Bits of a letter that is no part of a word.
const LETTER_BITS: f64 = 4.7;
/// Bits of a digit.
const DIGIT_BITS: f64 = 3.32;
/// Bits of a sign between words.
const SIGN_BITS: f64 = 3.0;

/// What a guesser pays who tries words, digits and the signs between them. A word or sign that was there before is
/// nearly free.
fn by_words(text: &str) -> f64 {
    let mut seen: Vec<String> = Vec::new();
    let mut signs: Vec<u8> = Vec::new();
    let mut bits = 0.0;
    for run in runs(text) {
        let Some(first) = run.bytes().next() else {
            continue;
        };
        let length = run.len() as f64;
        bits += if first.is_ascii_digit() {
            length * DIGIT_BITS
        } else if !first.is_ascii_alphabetic() {
            if signs.contains(&first) {
                1.0
            } else {
                signs.push(first);
                SIGN_BITS * length
            }
        } else {
            let word = run.to_ascii_lowercase();
            if seen.contains(&word) {
                1.0
            } else {
                let cost = if is_wordlike(&word) {
                    WORD_BITS.min(length * LETTER_BITS)
                } else {
                    length * LETTER_BITS
                };
                seen.push(word);
                cost
            }
        };
    }
    bits
}

/// Cuts a text where the kind of character changes; a capital begins a word, unless it follows one.
fn runs(text: &str) -> Vec<&str> {
    fn kind(byte: u8) -> u8 {
        match byte {
            b'0'..=b'9' => 0,
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            _ => 3,
        }
    }
    let mut runs = Vec::new();
    let mut start = 0;
    let mut previous: Option<u8> = None;
    for (at, byte) in text.bytes().enumerate() {
        let current = kind(byte);
        let goes_on = match previous {
            None => true,
            // A capital and the small letters after it are one word.
            Some(2) if current == 1 => at.saturating_sub(start) == 1,
            Some(before) => before == current,
        };
        if !goes_on {
            runs.extend(text.get(start..at));
            start = at;
        }
        previous = Some(current);
    }
    runs.extend(text.get(start..));
    runs
}

/// Whether a run of letters could be a word: of common length, with vowels in it and few consonants in a row.
fn is_wordlike(word: &str) -> bool {
    let mut consonants = 0_usize;
    let mut most = 0_usize;
    for byte in word.bytes() {
        consonants = if b"aeiouy".contains(&byte) {
            0
        } else {
            consonants.saturating_add(1)
        };
        most = most.max(consonants);
    }
    (3..=14).contains(&word.len()) && most <= 4 && most < word.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(secret: &[u8]) -> Option<Weakness> {
        weakness(secret, |text| {
            text == "https://a.example/tenants/0123456789"
        })
    }

    #[test]
    fn patterns_are_seen() {
        for (secret, expected) in [
            (&[7; 32][..], Weakness::Repeated),
            (b"abcdefghabcdefghabcdefghabcdefghab", Weakness::Repeated),
            (&(0..32).collect::<Vec<u8>>(), Weakness::Run),
            (&(0..32).rev().collect::<Vec<u8>>(), Weakness::Run),
            (b"31415926535897932384626433832795", Weakness::Digits),
            (b"https://a.example/tenants/0123456789", Weakness::Told),
            (b"0d9488f6-7f2e-4a51-9c3b-52a6e1c77b0e", Weakness::Uuid),
            (
                b"9c41d07e33a815fb620dc9845aee279013b648f17d02ac69d53e8b54c01f76e2",
                Weakness::Hex,
            ),
            (
                b"nEHQfjOoFftiDcmEWu4nkBO2SPF9AqxpCOLVPotUwB924g==",
                Weakness::Base64,
            ),
        ] {
            assert_eq!(
                of(secret),
                Some(expected),
                "{}",
                String::from_utf8_lossy(secret)
            );
        }
    }

    #[test]
    fn words_are_guessed() {
        for secret in [
            "this is my very secret signing key",
            "MySuperSecretKeyForDevelopment2024",
            "change-me-please-change-me-please!",
            "correct horse battery staple correct",
        ] {
            let found = of(secret.as_bytes());
            assert!(
                matches!(found, Some(Weakness::Guessable { .. })),
                "{secret}: {found:?}"
            );
        }
    }

    #[test]
    fn random_bytes_and_random_signs_are_left_alone() {
        let bytes = b"\x9c\x41\xd0\x7e\x33\xa8\x15\xfb\x62\x0d\xc9\x84\x5a\xee\x27\x90";
        for secret in [&bytes[..], br"k7#Zq!2v@M9x^Lw$8RtB&hN*cP4eD~uJ", b""] {
            assert_eq!(of(secret), None, "{}", String::from_utf8_lossy(secret));
        }
    }
}
