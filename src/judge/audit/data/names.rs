//! Names of members, as they are compared.

/// Longer names are compared by their end.
const MAX_NAME: usize = 48;

/// A name in lower case and without separators, so that `accessKey`, `access_key` and `access-key` are one. Of a longer name
/// its last bytes.
pub(super) struct Name {
    bytes: [u8; MAX_NAME],
    length: usize,
}

impl Name {
    pub(super) fn new(name: &str) -> Self {
        let mut bytes = [0; MAX_NAME];
        let mut length = 0_usize;
        let skipped = name.len().saturating_sub(MAX_NAME);
        let letters = name
            .bytes()
            .skip(skipped)
            .filter(|byte| !is_separator(*byte));
        for (place, byte) in bytes.iter_mut().zip(letters) {
            *place = byte.to_ascii_lowercase();
            length = length.saturating_add(1);
        }
        Self { bytes, length }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.bytes() == name.as_bytes()
    }

    pub(super) fn is_one_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    pub(super) fn ends_with(&self, end: &str) -> bool {
        self.bytes().ends_with(end.as_bytes())
    }

    /// Whether it names something by which other things are found, and which is made of digits by right.
    pub(super) fn is_identifier(&self) -> bool {
        self.ends_with("id") || self.is_one_of(&["sub", "jti", "kid", "aud", "azp", "iss", "uti"])
    }
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.' | b' ' | b':' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_are_one() {
        for name in ["accessKey", "access_key", "ACCESS-KEY", "access.key"] {
            assert!(Name::new(name).is("accesskey"), "{name}");
        }
        assert!(
            Name::new("https://a.example/of/a/long/way/down/to/the/api_key").ends_with("apikey")
        );
        assert!(!Name::new("key").is("keys"));
        assert!(Name::new("").is(""));
    }
}
