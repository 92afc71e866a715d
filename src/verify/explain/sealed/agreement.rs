//! Key agreement whose derivation took other fields than the header names (RFC 7518 section 4.6.2).

use super::{Budget, Locked};
use crate::jose::base64url;
use crate::jose::json::Json;
use crate::verify::decrypt::{Aes, Fields, KeyFamily, open_with_fields};
use crate::verify::explain::named;
use crate::verify::{DecryptionProof, Diagnosis};

/// `party-info-differs`: `apu`, `apv` or the name of the algorithm went otherwise into the derivation.
pub(super) fn explain(
    locked: &Locked<'_>,
    proof: &DecryptionProof,
    budget: &mut Budget,
) -> Option<Diagnosis> {
    let KeyFamily::Agreement(wrap) = locked.management.family else {
        return None;
    };
    let text = |name: &str| (locked.sealed.header)(name).and_then(Json::str);
    let (apu, apv) = (text("apu"), text("apv"));
    let decoded = [apu, apv].map(|text| base64url::decode(text.unwrap_or_default()).bytes);
    let [producer, recipient] = [&decoded[0], &decoded[1]].map(|bytes| bytes.as_slice());
    let undecoded = [apu, apv].map(|text| text.unwrap_or_default().as_bytes());
    let mut parties: Vec<(&str, &[u8], &[u8])> = vec![("", producer, recipient)];
    if apu.is_some() || apv.is_some() {
        parties.extend([
            (
                "apu and apv are left out of the derivation",
                &[][..],
                &[][..],
            ),
            (
                "apu and apv go into the derivation as their text, not decoded",
                undecoded[0],
                undecoded[1],
            ),
            (
                "apu and apv change places in the derivation",
                recipient,
                producer,
            ),
        ]);
    }
    let (alg, enc) = (locked.management.name, locked.content.name);
    let of_wrap = wrap.map(|aes| match aes {
        Aes::A128 => "A128KW",
        Aes::A192 => "A192KW",
        Aes::A256 => "A256KW",
    });
    // The first is the right one.
    let names = match of_wrap {
        None => vec![enc, alg],
        Some(of_wrap) => vec![alg, enc, of_wrap],
    };
    for key in locked.fitting(proof) {
        for (at, name) in names.iter().enumerate() {
            for &(how, producer, recipient) in &parties {
                if at == 0 && how.is_empty() {
                    continue;
                }
                let fields = Fields {
                    algorithm: name,
                    producer,
                    recipient,
                };
                if !budget.pay(locked.cost(key)) {
                    return None;
                }
                if open_with_fields(locked.sealed, key, &fields).is_ok() {
                    let right = names.first().copied().unwrap_or_default();
                    let named_so = (at > 0)
                        .then(|| format!("the derivation is made for {name} instead of {right}"));
                    let how = (!how.is_empty()).then(|| how.to_owned());
                    let how: Vec<_> = how.into_iter().chain(named_so).collect();
                    return Some(Diagnosis::new(
                        "party-info-differs",
                        format!("Key {} opens it when {}.", named(key), how.join(", and ")),
                        &format!(
                            "Derive the key of {alg} as RFC 7518 section 4.6.2 has it: with {right} as AlgorithmID, then apu and apv of the header, decoded, each after its length; with neither, two empty fields."
                        ),
                    ));
                }
            }
        }
    }
    None
}
