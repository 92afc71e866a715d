//! What must hold for any bytes. The fuzz targets and `tests/core/corpus.rs` run the same.

use jiff::Timestamp;
use tokenloupe::find::{Candidate, Limits, Stream, find};
use tokenloupe::inspection::{Inspection, load_keys};
use tokenloupe::jose::{MAX_TOKEN_BYTES, Serialization, Token};
use tokenloupe::judge::Policy;
use tokenloupe::keys::{KeyRing, Passphrase, SecretEncoding, Unlock, load_secret};
use tokenloupe::verify::Setting;

/// Tokens beyond this number in one input are found, but not inspected.
const INSPECTED: usize = 20;

/// What opens the seeds.
const PASSPHRASE: &[u8] = b"open sesame";

/// The iterations that one key may ask for here; enough for a round of bcrypt.
const CEILING: u32 = 40_000;

/// Finds, takes apart, verifies and judges every token in these bytes.
///
/// # Panics
///
/// When a range is not inside of its text, or the parts of a token are not all of it.
pub fn token(bytes: &[u8]) {
    let found = find(bytes, "fuzz");
    let mut end = 0;
    for candidate in &found {
        let range = &candidate.place.byte_range;
        assert!(end <= range.start && range.start < range.end && range.end <= bytes.len());
        end = range.end;
        assert!(candidate.place.line > 0);
        assert!(candidate.place.repairs.is_sorted_by(|a, b| a < b));
    }
    streamed(bytes);
    for candidate in found.into_iter().take(INSPECTED) {
        let inspection = Inspection::new(candidate, &KeyRing::default(), &Setting::default());
        parts(&inspection.token);
        let length = inspection.token.text().len();
        let judgement = inspection.judge(&Policy::default(), Timestamp::UNIX_EPOCH);
        for finding in &judgement.findings {
            assert!(
                finding
                    .evidence
                    .iter()
                    .all(|evidence| evidence.range.end <= length)
            );
        }
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        parts(&Token::parse(text));
    }
}

/// Tokens of a text that comes in pieces stand in it, one after the other.
///
/// # Panics
///
/// When they do not.
fn streamed(bytes: &[u8]) {
    for chunk in CHUNKS {
        let mut end = 0;
        for candidate in pieces(bytes, chunk) {
            let range = candidate.place.byte_range;
            assert!(end <= range.start && range.start < range.end);
            // What was packed is another text.
            assert!(range.end <= bytes.len() || bytes.starts_with(GZIP));
            end = range.end;
        }
    }
}

/// However a text is cut, the same is found in it. Not so in odd texts with JSON forms, where the member that tells one comes late,
/// so that it is no part of [`token`].
///
/// # Panics
///
/// When another thing is found.
pub fn cuts(bytes: &[u8]) {
    if bytes.starts_with(GZIP) {
        return;
    }
    let found = find(bytes, "fuzz");
    for chunk in CHUNKS {
        let streamed: Vec<_> = pieces(bytes, chunk).collect();
        assert!(streamed == found, "cut into pieces of {chunk} bytes");
    }
}

/// Bytes that are read at once.
const CHUNKS: [usize; 2] = [7, 600];

const GZIP: &[u8] = b"\x1F\x8B";

fn pieces(bytes: &[u8], chunk: usize) -> impl Iterator<Item = Candidate> {
    let limits = Limits {
        chunk,
        ..Limits::default()
    };
    let Ok(stream) = Stream::with_limits(bytes, "fuzz", limits) else {
        panic!("bytes can be read");
    };
    stream.map_while(Result::ok)
}

/// Loads these bytes as a key file, without and with a passphrase, and as a secret.
///
/// # Panics
///
/// When a file without a fault yields no key, or an error has not two lines.
pub fn key(bytes: &[u8]) {
    let two_lines = |error: tokenloupe::keys::LoadError| {
        assert_eq!(error.to_string().lines().count(), 2);
    };
    let passphrase = Passphrase::new(PASSPHRASE.to_vec());
    for passphrase in [None, Some(&passphrase)] {
        let unlock = Unlock {
            passphrase,
            ceiling: CEILING,
            ..Unlock::without()
        };
        match load_keys("fuzz", bytes, &unlock, &KeyRing::default()) {
            Ok(keys) => {
                for key in &keys {
                    assert_eq!(key.is_usable(), key.fault.is_none());
                }
                assert!(keys.iter().any(|key| key.fault.is_none()));
                assert_eq!(KeyRing::new(keys.clone()).keys().len(), keys.len());
            }
            Err(error) => two_lines(error),
        }
    }
    if let Err(error) = load_secret("fuzz", bytes, SecretEncoding::Auto) {
        two_lines(error);
    }
}

/// The parts of a token, put together, are its text, or lie in its text where that is JSON; faults lie inside of it.
fn parts(token: &Token) {
    let text = token.text();
    for fault in &token.faults {
        assert!(fault.range.start <= fault.range.end && fault.range.end <= text.len());
        assert!(text.is_char_boundary(fault.range.start));
    }
    for view in token.views() {
        assert!(view.parts.len() <= token.parts.len());
    }
    if token.serialization != Serialization::Compact {
        assert!(token.parts.is_sorted_by_key(|part| part.range.start));
        for part in &token.parts {
            assert!(text.get(part.range.clone()).is_some());
            let held = part.text_range(0..part.bytes().len());
            assert!(part.range.start <= held.start && held.end <= part.range.end);
        }
        return;
    }
    let mut end = None;
    for part in &token.parts {
        let between = match end {
            None => text.get(..part.range.start),
            Some(end) => text.get(end..part.range.start),
        };
        let expected: &[&str] = if end.is_none() { &[""] } else { &[".", "~"] };
        assert!(between.is_some_and(|between| expected.contains(&between)));
        end = Some(part.range.end);
        let bytes = part.bytes().len();
        let held = part.text_range(0..bytes);
        assert!(part.range.start <= held.start && held.end <= part.range.end);
        if bytes > 0 && text.len() <= MAX_TOKEN_BYTES {
            assert_eq!(part.byte_range(held), 0..bytes);
        }
    }
    let rest = text.get(end.unwrap_or_default()..);
    assert!(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('~')));
}
