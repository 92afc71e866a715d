//! What explains a check: the diagnoses of the signature, the decryption, the presentation or the token inside that it is about.

use crate::jose::visible::visible;
use crate::judge::Check;
use crate::verify::{Diagnosis, Facts, Layer, Outcome, Proof, SignatureProof};

/// What explains one check.
#[derive(Debug, Clone, Default)]
pub(crate) struct Explained<'a> {
    /// In which token it is, for the beginning of a sentence; empty for the one on screen.
    layer: &'static str,
    diagnosis: Vec<&'a Diagnosis>,
    /// The signature that the check is about.
    signature: Option<&'a SignatureProof>,
}

impl<'a> Explained<'a> {
    /// What explains the check at this position, as the policy sees the proof.
    pub(crate) fn of((checks, at): (&[Check], usize), proof: &'a Proof) -> Self {
        let Some(check) = checks.get(at) else {
            return Self::default();
        };
        let shown = || proof.sd_jwt.iter().flat_map(|shown| &shown.diagnosis);
        let of_shown = |codes: &[&str]| Self {
            diagnosis: shown().filter(|said| codes.contains(&said.code)).collect(),
            ..Self::default()
        };
        match check.check {
            "signature" => {
                let is_one = |check: &&Check| check.check == "signature";
                let before = checks.iter().take(at).filter(is_one).count();
                Self::of_signature(proof.signatures.get(before))
            }
            "decryption" => Self {
                diagnosis: proof
                    .decryption
                    .iter()
                    .flat_map(|decryption| &decryption.diagnosis)
                    .collect(),
                ..Self::default()
            },
            "nested" => {
                // The first that is not verified or opened, however deep.
                let outermost = proof.inner.as_deref();
                let mut layers =
                    std::iter::successors(outermost, |layer| layer.proof.inner.as_deref());
                let at_once = Self::inside("In the token inside: ", layers.next());
                if at_once.diagnosis.is_empty() {
                    let deeper =
                        layers.map(|layer| Self::inside("In a token deeper inside: ", Some(layer)));
                    let mut telling = deeper.filter(|explained| !explained.diagnosis.is_empty());
                    telling.next().unwrap_or(at_once)
                } else {
                    at_once
                }
            }
            "form" => of_shown(&["sd-form"]),
            "disclosures" => of_shown(&["sd-alg-differs"]),
            "key-binding" => {
                let mut explained = of_shown(&["sd-hash-differs"]);
                let binding = Self::inside("", proof.key_binding.as_deref());
                explained.diagnosis.extend(binding.diagnosis);
                explained
            }
            _ => Self::default(),
        }
    }

    fn of_signature(signature: Option<&'a SignatureProof>) -> Self {
        Self {
            layer: "",
            diagnosis: signature
                .iter()
                .flat_map(|proof| &proof.diagnosis)
                .collect(),
            signature,
        }
    }

    /// What explains that a token inside is not verified or opened.
    fn inside(layer: &'static str, inside: Option<&'a Layer>) -> Self {
        let Some(proof) = inside.map(|layer| &layer.proof) else {
            return Self::default();
        };
        let is_valid = |signature: &&SignatureProof| signature.outcome == Outcome::Valid;
        let failed = proof.signatures.iter().filter(|one| !is_valid(one));
        let of_signatures = failed.flat_map(|signature| &signature.diagnosis);
        Self {
            layer,
            diagnosis: of_signatures.chain(of_decryption(proof)).collect(),
            signature: None,
        }
    }

    /// The signature that the check is about.
    pub(super) fn signature(&self) -> Option<&'a SignatureProof> {
        self.signature
    }

    /// The diagnoses.
    pub(super) fn diagnosis(&self) -> impl Iterator<Item = &'a Diagnosis> {
        self.diagnosis.iter().copied()
    }

    /// What explains the result, a sentence each. The ids in it are the keys' own.
    fn sentences(&self) -> Vec<String> {
        let sentence = |said: &&Diagnosis| format!("{}{}", self.layer, visible(&said.text));
        self.diagnosis.iter().map(sentence).collect()
    }

    /// Those of the sentences that the check does not say itself.
    pub(super) fn beside(&self, check: &Check) -> Vec<String> {
        let mut all = self.sentences();
        all.retain(|sentence| !check.text.contains(sentence.trim_end_matches('.')));
        all
    }

    /// What the developer of the service can do about it, a sentence each.
    pub(super) fn advice(&self) -> Vec<String> {
        let advice = self.diagnosis.iter();
        advice.map(|said| visible(&said.for_developer)).collect()
    }

    /// What there is to compare about a signature that failed, a line each.
    pub(super) fn facts(&self) -> Vec<String> {
        let facts = self
            .signature
            .and_then(|signature| signature.facts.as_ref());
        facts.iter().flat_map(|facts| Facts::lines(facts)).collect()
    }

    /// What to send to the developer of the service: for each explanation what is wrong, and what to do.
    pub(crate) fn for_developer(&self) -> String {
        let sentences = self.sentences().into_iter().zip(self.advice());
        let lines: Vec<_> = sentences
            .map(|(what, to_do)| format!("{what} {to_do}"))
            .collect();
        lines.join("\n")
    }
}

fn of_decryption(proof: &Proof) -> impl Iterator<Item = &Diagnosis> {
    let decryption = proof.decryption.iter();
    let failed = decryption.filter(|decryption| decryption.key.is_none());
    failed.flat_map(|decryption| &decryption.diagnosis)
}
