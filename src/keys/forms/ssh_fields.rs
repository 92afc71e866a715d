//! Fields one after another, as OpenSSH writes them in keys (RFC 4251 section 5). `None` is said where they end too early.

/// What is left of them.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// A number of 32 bits.
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk::<4>()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// Bytes with their length before them.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// A number of any size that is not negative, without leading zeros.
    pub(super) fn positive(&mut self) -> Option<&'a [u8]> {
        let number = self.string()?;
        if number.first().is_some_and(|&first| first >= 0x80) {
            return None;
        }
        let zeros = number.iter().take_while(|&&byte| byte == 0).count();
        // RSA numbers above 16 384 bits are refused in the end.
        number.get(zeros..).filter(|number| number.len() <= 4096)
    }
}
