//! The algorithms beside those that the header names.

use super::{Budget, Locked};
use crate::jose::visible::visible;
use crate::keys::Key;
use crate::verify::algorithm::Hash;
use crate::verify::decrypt::algorithms::RsaPadding;
use crate::verify::decrypt::{
    CONTENT_ENCRYPTION, ContentEncryption, KEY_MANAGEMENT, KeyFamily, KeyManagement, Sealed,
    open_as,
};
use crate::verify::explain::named;
use crate::verify::{DecryptionProof, Diagnosis};

/// What Java makes where MGF1 is not set: JOSE has no name for it.
const WITHOUT_NAME: [KeyManagement; 3] = {
    const fn algorithm(hash: Hash) -> KeyManagement {
        KeyManagement {
            name: "",
            family: KeyFamily::Rsa(RsaPadding::OaepMgf1Sha1(hash)),
        }
    }
    [
        algorithm(Hash::Sha256),
        algorithm(Hash::Sha384),
        algorithm(Hash::Sha512),
    ]
};

/// `sibling-alg-opens`: encrypted by another algorithm than the header says.
pub(super) fn explain(
    locked: &Locked<'_>,
    proof: &DecryptionProof,
    budget: &mut Budget,
) -> Option<Diagnosis> {
    let keys = || locked.usable(proof);
    keys().find_map(|key| {
        let all = KEY_MANAGEMENT.iter().chain(&WITHOUT_NAME);
        all.filter(|other| other.name != locked.management.name)
            .find_map(|other| {
                opens(locked, key, (other, locked.content), budget)
                    .then(|| other_alg(locked, key, other))
            })
            .or_else(|| {
                let mut all = CONTENT_ENCRYPTION.iter();
                let other = all.find(|other| {
                    other.name != locked.content.name
                        && opens(locked, key, (locked.management, other), budget)
                })?;
                Some(other_enc(locked, key, other))
            })
    })
}

fn opens(
    locked: &Locked<'_>,
    key: &Key,
    (management, content): (&KeyManagement, &ContentEncryption),
    budget: &mut Budget,
) -> bool {
    // Passwords take long, and nobody takes one for another kind of key.
    let is_password = matches!(management.family, KeyFamily::Pbes2(..));
    if is_password || !management.fits(key.kind) {
        return false;
    }
    let sealed = Sealed {
        alg: management.name,
        enc: content.name,
        ..*locked.sealed
    };
    budget.pay(locked.cost(key)) && open_as(&sealed, management, content, key).is_ok()
}

fn other_alg(locked: &Locked<'_>, key: &Key, other: &KeyManagement) -> Diagnosis {
    let meant = locked.management;
    let what = match other.name {
        "" => other.description(),
        name => format!("{name} ({})", other.description()),
    };
    let for_developer = match other.name {
        "" => format!(
            "Set MGF1 to the hash of OAEP as well: {} has {} in both places (in Java, an OAEPParameterSpec with MGF1ParameterSpec of that hash).",
            meant.name,
            match other.family {
                KeyFamily::Rsa(RsaPadding::OaepMgf1Sha1(hash)) => hash.label(),
                _ => "one hash",
            }
        ),
        name => format!(
            "Let the header name the algorithm that encrypts: here {name} was used, and alg says {}. Set the algorithm in one place.",
            meant.name
        ),
    };
    Diagnosis::new(
        "sibling-alg-opens",
        format!(
            "The header says {} ({}), but key {} opens it by {what}.",
            visible(meant.name),
            meant.description(),
            named(key)
        ),
        &for_developer,
    )
}

fn other_enc(locked: &Locked<'_>, key: &Key, other: &ContentEncryption) -> Diagnosis {
    let meant = locked.content;
    Diagnosis::new(
        "sibling-alg-opens",
        format!(
            "The header says {} ({}), but key {} opens the content by {} ({}).",
            meant.name,
            meant.description(),
            named(key),
            other.name,
            other.description()
        ),
        &format!(
            "Let the header name the algorithm that encrypts the content: here {} was used, and enc says {}.",
            other.name, meant.name
        ),
    )
}
