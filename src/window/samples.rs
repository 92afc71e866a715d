//! The samples that come with the program: one line each, its texts in `assets/samples`.
//!
//! What each of them must be is written down in `tests/core/samples.rs`, which also makes them.

use super::loading::Wanted;

/// Tokens to look at, and the keys that belong to them.
#[derive(Debug, PartialEq, Eq)]
pub struct Sample {
    /// What it is about.
    pub subject: Subject,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// What to look at, in a sentence.
    pub lesson: &'static str,
    /// Its files; the first token of the first one is shown.
    pub texts: &'static [Text],
}

/// A file of a sample.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// What it holds.
    pub holds: Wanted,
    /// Its name in `assets/samples`.
    pub file: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// What samples are about, in the order in which they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The outcomes that there are.
    Outcomes,
    /// Who signed, and with what.
    Signature,
    /// When it is valid.
    Time,
    /// What the claims say, and how they are written.
    Claims,
    /// Rarer forms of a token.
    Forms,
}

impl Subject {
    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Claims => "Claims and their text",
            Self::Forms => "Other forms",
            Self::Outcomes => "Begin here",
            Self::Signature => "Signature and key",
            Self::Time => "Time",
        }
    }
}

macro_rules! samples {
    ($($subject:ident, $title:literal, $lesson:literal, [$($holds:ident $file:literal),+];)+) => {
        &[$(Sample {
            subject: Subject::$subject,
            title: $title,
            lesson: $lesson,
            texts: &[$(Text {
                holds: Wanted::$holds,
                file: $file,
                text: include_str!(concat!("../../assets/samples/", $file)),
            }),+],
        }),+]
    };
}

/// All of them, by subject.
pub static SAMPLES: &[Sample] = samples! {
    Outcomes, "A request with four tokens", "One holds, one expired, one encrypted, one unsigned.", [Tokens "request.http", Keys "issuer.jwks.json"];
    Outcomes, "A token that holds", "What accept rests on: the key, the time, every check.", [Tokens "genuine.jwt", Keys "shop.jwks.json"];
    Outcomes, "No key to check it with", "Decoded is not verified: the verdict stays open.", [Tokens "no-key.jwt"];

    Signature, "Changed after signing", "The claims say admin; the key it names says otherwise.", [Tokens "changed.jwt", Keys "shop.jwks.json"];
    Signature, "Nobody signed it", "alg is none, and nOnE to slip past a filter.", [Tokens "unsecured.jwt", Tokens "disguised-none.jwt"];
    Signature, "A secret that everybody knows", "Signed with an example\u{2019}s secret, and with an empty one.", [Tokens "known-secrets.log"];
    Signature, "A secret that is too short", "Nine bytes: genuine, and guessed from one token.", [Tokens "weak-secret.jwt", Secret "weak-secret.key"];
    Signature, "Signatures that cannot be", "One of zeros, which some runtimes took, and one cut.", [Tokens "impossible.log", Keys "shop.jwks.json"];
    Signature, "A key that came with the token", "It verifies and proves nothing: the sender chose it.", [Tokens "own-key.jwt"];
    Signature, "A key address from the sender", "Genuine, but jku says where to fetch another key.", [Tokens "key-address.jwt", Keys "shop.jwks.json"];
    Signature, "An algorithm that is not the key\u{2019}s", "HS256 over a public key, to fool a verifier that obeys.", [Tokens "swapped-algorithm.jwt", Keys "shop.jwks.json"];
    Signature, "Keys unfit for signing", "1024 bits, exponent 3, a key for encrypting, HS1.", [Tokens "unfit-keys.log", Keys "unfit-keys.jwks.json"];

    Time, "Expired", "Drag the clock back before exp and it is accepted.", [Tokens "expired.jwt", Keys "issuer.jwks.json"];
    Time, "Not yet valid", "nbf is in 2046: drag the clock there.", [Tokens "not-yet-valid.jwt", Keys "shop.jwks.json"];
    Time, "Saved by the leeway", "It lives 30 seconds in 2046: hold the clock just outside.", [Tokens "leeway.jwt", Keys "shop.jwks.json"];
    Time, "Times that set no limit", "exp as text in quotes, and no exp at all.", [Tokens "odd-times.log", Keys "shop.jwks.json"];

    Claims, "One claim, two values", "One reader takes the first sub, another takes admin.", [Tokens "duplicates.jwt", Keys "shop.jwks.json"];
    Claims, "Characters that hide", "Zero-width, bidi and control characters, written out.", [Tokens "hidden.jwt", Keys "shop.jwks.json"];
    Claims, "Numbers that a double rounds", "Shown digit for digit, as the issuer wrote them.", [Tokens "numbers.jwt", Keys "shop.jwks.json"];
    Claims, "Many claims, nested deep", "Objects open in place; JSON and bytes show all of it.", [Tokens "nested.jwt", Keys "shop.jwks.json"];
    Claims, "Damaged in four ways", "Padded, cut, respelled, text added: each fault is marked.", [Tokens "damaged.jwt", Tokens "cut.jwt", Tokens "respelled.jwt", Tokens "trailing.jwt", Keys "issuer.jwks.json", Keys "shop.jwks.json"];

    Forms, "Extensions that nobody knows", "crit and b64 ask for what a verifier must refuse.", [Tokens "extensions.log", Keys "shop.jwks.json"];
    Forms, "Encrypted", "Without the recipient\u{2019}s key only the header speaks.", [Tokens "encrypted.jwt"];
    Forms, "A token in a token", "Opened with your key; the token inside says who made it.", [Tokens "sealed.jwt", Keys "partner.jwks.json"];
    Forms, "Two signatures", "JSON with two; one is your partner\u{2019}s, one nobody knows.", [Tokens "two-signatures.json", Keys "partner.jwks.json"];
    Forms, "The payload is elsewhere", "The signature covers a text that is not in the token.", [Tokens "detached.jwt", Keys "shop.jwks.json"];
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_apart_and_fits_its_place() {
        for (index, sample) in SAMPLES.iter().enumerate() {
            let title = sample.title;
            let first = SAMPLES.iter().position(|other| other.title == title);
            assert_eq!(first, Some(index), "{title}");
            assert!(title.chars().count() <= 40, "{title}");
            assert!(sample.lesson.chars().count() <= 60, "{}", sample.lesson);
            assert!(sample.lesson.ends_with('.'), "{}", sample.lesson);
            assert_eq!(sample.texts[0].holds, Wanted::Tokens, "{title}");
        }
    }

    #[test]
    fn subjects_stand_together() {
        let subjects: Vec<_> = SAMPLES
            .chunk_by(|a, b| a.subject == b.subject)
            .map(|samples| samples[0].subject)
            .collect();
        for (index, subject) in subjects.iter().enumerate() {
            let first = subjects.iter().position(|other| other == subject);
            assert_eq!(first, Some(index), "{}", subject.title());
        }
    }
}
