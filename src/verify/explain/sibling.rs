//! The algorithms beside the one that the header names.

use std::sync::Arc;

use super::{Budget, Doubt, Explanation, named, verifies};
use crate::jose::visible::visible;
use crate::keys::{Curve, Key, KeyKind};
use crate::verify::SignatureProof;
use crate::verify::algorithm::{ALGORITHMS, Algorithm, Family, Hash};

/// ECDSA with a hash that JOSE does not use on the curve.
const OTHER_ECDSA: [Algorithm; 8] = {
    use Curve::{P256, P384, P521, Secp256k1};
    use Hash::{Sha256, Sha384, Sha512};
    const fn algorithm(curve: Curve, hash: Hash) -> Algorithm {
        Algorithm {
            name: "",
            family: Family::Ecdsa(curve, hash),
        }
    }
    [
        algorithm(P256, Sha384),
        algorithm(P256, Sha512),
        algorithm(P384, Sha256),
        algorithm(P384, Sha512),
        algorithm(P521, Sha256),
        algorithm(P521, Sha384),
        algorithm(Secp256k1, Sha384),
        algorithm(Secp256k1, Sha512),
    ]
};

/// `sibling-alg-verifies`: signed with another algorithm than the header says.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    look(
        doubt.algorithm.name,
        doubt.usable(proof),
        (doubt.message, doubt.signature),
        budget,
    )
}

/// The same for a name that is no algorithm.
pub(super) fn look<'k>(
    alg: &str,
    keys: impl Iterator<Item = &'k Arc<Key>>,
    (message, signature): (&[u8], &[u8]),
    budget: &mut Budget,
) -> Vec<Explanation> {
    for key in keys {
        for sibling in ALGORITHMS.iter().chain(&OTHER_ECDSA) {
            if sibling.name == alg
                || !has_length(sibling, key.kind, signature.len())
                || !verifies(sibling, key, message, signature, budget)
            {
                continue;
            }
            let what = match sibling.name {
                "" => sibling.description(),
                name => format!("{name} ({})", sibling.description()),
            };
            return vec![Explanation::cause(
                "sibling-alg-verifies",
                format!(
                    "The header says {}, but the signature is one of {what} by key {}.",
                    visible(alg),
                    named(key)
                ),
                &format!(
                    "Sign with the algorithm that the header names: write the alg into the header and choose the algorithm from one setting. Here {what} was used."
                ),
            )];
        }
    }
    Vec::new()
}

fn has_length(algorithm: &Algorithm, kind: KeyKind, length: usize) -> bool {
    algorithm.fits(kind) && algorithm.signature_bytes(Some(kind)) == Some(length)
}
