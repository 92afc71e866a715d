//! What is kept of a key beside its JWK: what the reviewer calls it, and where it came from.
//!
//! One member of the JWK, `tokenloupe`, holds all of it as an object. Nobody else uses that name, and RFC 7517 section 4
//! says that members which are not understood are passed over.

use serde::{Deserialize, Serialize};

use crate::jose::base64url;
use crate::jose::json;
use crate::keys::export::Extra;
use crate::keys::{Key, KeyKind, KeyNote, Reading};

/// The name of the member.
pub(super) const MEMBER: &str = "tokenloupe";

/// The type of keys for RSASSA-PSS only, which a JWK has no word for.
const PSS: &str = "RSASSA-PSS";

/// The form of a key that came as a certificate.
const CERTIFICATE: &str = "X.509 certificate";

/// Forms that are told again as they were, beside those of [`Reading`]s. Of another one it is said that the key was kept.
const FORMS: &[&str] = &[
    "JWK",
    "PEM public key",
    "PEM private key",
    "DER public key",
    "DER private key",
    "public key in base64",
    "private key in base64",
    "public key in hexadecimal",
    "private key in hexadecimal",
    "XML RSA key",
    "generated key",
    "encrypted private key",
    "OpenSSH private key",
    "OpenSSH public key",
    "PKCS#12 private key",
    "PKCS#12 secret",
    CERTIFICATE,
    "secret, read as text",
];

/// The form of a key of which nothing else is known any more.
const KEPT: &str = "kept key";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", rename = "type")]
    type_: Option<String>,
}

/// The member for a key.
pub(super) fn member(key: &Key) -> Extra {
    let is_pss = key.members.notes.contains(&KeyNote::PssOnly);
    let about = About {
        name: key.name.clone(),
        source: Some(key.source.clone()),
        place: Some(key.ordinal),
        form: Some(key.form.to_owned()),
        type_: is_pss.then(|| PSS.to_owned()),
    };
    Extra {
        name: MEMBER,
        // Texts and a number are always JSON.
        json: serde_json::to_string(&about).unwrap_or_default(),
    }
}

/// Takes the member out of a key and gives back what it says. Of a key that another program wrote there is none.
pub(super) fn restore(key: &mut Key) {
    let members = &mut key.members;
    let Some(at) = members
        .further
        .iter()
        .position(|further| further.name == MEMBER)
    else {
        return;
    };
    let Ok(about) = serde_json::from_str::<About>(&members.further.remove(at).json) else {
        return;
    };
    members.names.retain(|name| name != MEMBER);
    if about.type_.as_deref() == Some(PSS) {
        members.notes.push(KeyNote::PssOnly);
    }
    key.name = about.name;
    if let Some(source) = about.source {
        key.source = source;
    }
    if let Some(place) = about.place {
        key.ordinal = place;
    }
    if let Some(form) = about.form {
        let readings = Reading::ALL.into_iter().map(Reading::form);
        let mut known = FORMS.iter().copied().chain(readings);
        key.form = known.find(|known| *known == form).unwrap_or(KEPT);
    }
    // Other forms have no members of this kind, and a certificate stands for itself.
    if key.form != "JWK" {
        key.members.names.clear();
        key.members.kty = None;
        key.members.crv = None;
        if let KeyKind::Akp(_) = key.kind {
            // Written because a JWK of this type must say it.
            key.members.alg = None;
        }
    }
    if key.form == CERTIFICATE && key.certificate.is_some() {
        take_certificate(key);
    }
}

/// Puts a certificate back to where one stands that was loaded.
fn take_certificate(key: &mut Key) {
    let further = &mut key.members.further;
    let Some(at) = further.iter().position(|further| further.name == "x5c") else {
        return;
    };
    let chain = json::read(further.remove(at).json.as_bytes()).root;
    let first = chain
        .as_ref()
        .and_then(|chain| chain.array()?.first()?.str());
    key.loaded.certificate = first.map(|text| base64url::decode(text).bytes.as_slice().into());
}
