//! Compressed content (`zip`: `DEF`, RFC 7516 section 4.1.3, RFC 1951), with a ceiling.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use zeroize::Zeroizing;

/// More bytes than this do not come out of a compressed plaintext.
pub const MAX_INFLATED_BYTES: usize = 250_000;

/// Why compressed content was not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// Not DEFLATE, or cut short.
    #[error("expected compressed content (DEFLATE), found bytes that are not, or not to the end")]
    Corrupt,
    /// More comes out than the limit allows. Nothing is said of the rest.
    #[error("expected at most {ceiling} bytes of compressed content, found more")]
    TooLarge {
        /// The limit in bytes.
        ceiling: usize,
        /// How much compressed content it came out of, in bytes.
        consumed: u64,
    },
    /// Something follows the end of the compressed content.
    #[error("expected nothing after the compressed content, found {bytes} bytes")]
    Trailing {
        /// How much.
        bytes: u64,
    },
}

/// The content that was compressed, of at most `ceiling` bytes.
pub fn inflate(compressed: &[u8], ceiling: usize) -> Result<Zeroizing<Vec<u8>>, InflateError> {
    // All at once, so that nothing is copied and left behind; one byte more shows that there is more.
    let mut plain = Zeroizing::new(vec![0; ceiling.saturating_add(1)]);
    let mut decoder = DeflateDecoder::new(compressed);
    let mut length = 0_usize;
    loop {
        let room = plain.get_mut(length..).unwrap_or_default();
        if room.is_empty() {
            return Err(InflateError::TooLarge {
                ceiling,
                consumed: decoder.total_in(),
            });
        }
        match decoder.read(room) {
            Ok(0) => break,
            Ok(more) => length = length.saturating_add(more),
            Err(_corrupt) => return Err(InflateError::Corrupt),
        }
    }
    let whole = u64::try_from(compressed.len()).unwrap_or(u64::MAX);
    match whole.saturating_sub(decoder.total_in()) {
        0 => {
            plain.truncate(length);
            Ok(plain)
        }
        bytes => Err(InflateError::Trailing { bytes }),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::DeflateEncoder;
    use proptest::prelude::*;

    use super::*;

    fn deflate(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_gibibyte_stops_at_the_ceiling() {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..1 << 10 {
            encoder.write_all(&zeros).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 2 << 20);
        let start = std::time::Instant::now();
        let Err(InflateError::TooLarge { ceiling, consumed }) = inflate(&bomb, MAX_INFLATED_BYTES)
        else {
            panic!("too large");
        };
        assert_eq!(ceiling, MAX_INFLATED_BYTES);
        assert!((1..1000).contains(&consumed), "{consumed}");
        assert!(start.elapsed().as_secs() < 1);
    }

    #[test]
    fn the_ceiling_itself_is_taken() {
        for length in [0, 1, 999, 1000] {
            let plain = vec![7; length];
            assert_eq!(inflate(&deflate(&plain), 1000).unwrap().as_slice(), plain);
        }
        assert!(matches!(
            inflate(&deflate(&[7; 1001]), 1000),
            Err(InflateError::TooLarge { ceiling: 1000, .. })
        ));
    }

    #[test]
    fn what_is_cut_or_goes_on_is_told() {
        let whole = deflate(b"You can trust us to stick with you through thick and thin");
        for length in 0..whole.len() {
            assert_eq!(
                inflate(&whole[..length], 1000),
                Err(InflateError::Corrupt),
                "{length}"
            );
        }
        assert_eq!(
            inflate(&[whole.as_slice(), b"abc"].concat(), 1000),
            Err(InflateError::Trailing { bytes: 3 })
        );
        assert_eq!(
            inflate(b"\x78\x9c\x03\x00\x00\x00\x00\x01", 10),
            Err(InflateError::Corrupt)
        );
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(plain in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let inflated = inflate(&deflate(&plain), 3000);
            prop_assert_eq!(inflated.map(|inflated| inflated.to_vec()), Ok(plain));
        }

        #[test]
        fn any_bytes_are_content_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(plain) = inflate(&bytes, 500) {
                prop_assert!(plain.len() <= 500);
            }
        }
    }
}
