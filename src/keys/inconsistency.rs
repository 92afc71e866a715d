//! What the members of one key say against each other.

/// Members of a key that do not fit together (RFC 7517 section 4.7, RFC 7518 sections 6.2.2 and 6.3.2). The public half
/// is usable all the same. `Display` says what was expected and what was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Inconsistency {
    /// The first certificate of `x5c` holds another key.
    #[error("expected the key of its first certificate (\"x5c\"), found another key")]
    CertificateKey,
    /// A number for the Chinese remainder theorem that does not follow from the others: with it a signer can give a
    /// prime away.
    #[error(
        "expected member {name:?} to follow from the other private members, found another number"
    )]
    Derived {
        /// The member's name.
        name: &'static str,
    },
    /// Both primes are one.
    #[error("expected two primes, found one twice (\"p\" and \"q\")")]
    EqualPrimes,
    /// A private member that must stand beside those that are there.
    #[error("expected member {name:?} beside the other private members, found nothing")]
    Missing {
        /// The member's name.
        name: &'static str,
    },
    /// The private half is that of another key.
    #[error("expected a private half that belongs to the public one, found another")]
    PrivateHalf,
    /// The private number of a curve is the right one, with zeros too many or too few before it.
    #[error("expected member \"d\" with {expected} bytes, found {found}")]
    PrivateLength {
        /// The bytes that the curve wants.
        expected: usize,
        /// The bytes that are there.
        found: usize,
    },
    /// A thumbprint that is not the first certificate's, or cannot be one.
    #[error("expected member {name:?} as {expected}, found {found}")]
    Thumbprint {
        /// The member's name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A private member that cannot be read.
    #[error("expected member {name:?} as {expected}, found {found}")]
    Unreadable {
        /// The member's name.
        name: &'static str,
        /// The shape that RFC 7518 wants.
        expected: &'static str,
        /// What is there.
        found: String,
    },
}

impl Inconsistency {
    /// Whether it is one of spelling only: the numbers are right.
    pub fn is_spelling(&self) -> bool {
        matches!(self, Self::PrivateLength { .. })
    }

    /// The member that it is about.
    pub fn member(&self) -> &'static str {
        match self {
            Self::CertificateKey => "x5c",
            Self::EqualPrimes => "q",
            Self::PrivateHalf | Self::PrivateLength { .. } => "d",
            Self::Derived { name }
            | Self::Missing { name }
            | Self::Thumbprint { name, .. }
            | Self::Unreadable { name, .. } => name,
        }
    }
}
