//! An SD-JWT as it is presented: what the disclosures make of the claims, and whose key must have made the key binding
//! (RFC 9901 section 7).

use std::sync::Arc;

use super::explain::presented;
use super::prove::own_keys;
use super::{Diagnosis, Outcome, Provenance, SignatureProof};
use crate::jose::json::{Document, Json};
use crate::jose::sd_jwt::key_binding::{self, Confirmation, KeyBinding, confirmation};
use crate::jose::sd_jwt::{
    Disclosure, Encoded, Payload, Place, SdJwt, Source, compact_form, hashed_text, process,
};
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::keys::{Key, KeyRing, from_jwk};

/// What was found out about an SD-JWT, beside its signatures.
#[derive(Debug, Clone)]
pub struct Presentation {
    /// Which disclosure belongs where, and the processed claims.
    pub sd_jwt: SdJwt,
    /// The disclosures as they stand in the text, in the order of [`SdJwt::disclosures`].
    pub disclosures: Vec<Arc<Part>>,
    /// What the key binding JWT says of this presentation; `None` where there is no such JWT.
    pub key_binding: Option<KeyBinding>,
    /// The key that the issuer bound the token to.
    pub holder: Holder,
    /// What explains that disclosures or key binding are not as they must be.
    pub diagnosis: Vec<Diagnosis>,
}

/// The key that the issuer bound a token to (`cnf`, RFC 7800 section 3).
#[derive(Debug, Clone)]
pub enum Holder {
    /// It is known.
    Key(Arc<Key>),
    /// It is named in a way that leads to no key here.
    Named {
        /// What is missing, such as "the key of the kid \u{201C}a\u{201D}".
        missing: String,
    },
    /// The claims have no `cnf`.
    Nobody,
}

impl Holder {
    /// The key, where it is known.
    pub fn key(&self) -> Option<&Arc<Key>> {
        match self {
            Self::Key(key) => Some(key),
            Self::Named { .. } | Self::Nobody => None,
        }
    }
}

impl Presentation {
    /// Puts the disclosures in their places, reads the key binding JWT beside the presentation and looks for the holder's key:
    /// in the claims, among the reviewer's keys, and, where its thumbprint is known, in the key binding JWT itself.
    pub(super) fn of(token: &Token, binding: Option<&Token>, keys: &KeyRing) -> Option<Self> {
        if token.kind != Kind::SdJwt {
            return None;
        }
        // Of several signatures the first brings them (RFC 9901 section 8.1).
        let views = token.views();
        let first = views.first()?;
        let disclosures: Vec<_> = first
            .parts
            .iter()
            .filter(|part| part.role == PartRole::Disclosure)
            .cloned()
            .collect();
        let nothing = Document {
            root: None,
            faults: Vec::new(),
        };
        let encoded: Vec<_> = disclosures
            .iter()
            .map(|part| Encoded {
                text: part.characters(token.text()),
                decoded: &part.decoded,
                json: part.json.as_ref().unwrap_or(&nothing),
            })
            .collect();
        let payload = token.part(PartRole::Payload);
        let sd_jwt = process(
            Payload {
                bytes: payload.map_or(&[][..], Part::bytes),
                json: payload
                    .and_then(|part| part.json.as_ref())
                    .unwrap_or(&nothing),
            },
            &encoded,
        );
        let key_binding = binding.filter(|binding| is_jws(binding)).map(|binding| {
            key_binding::key_binding(
                binding.header().unwrap_or(&nothing),
                binding.payload().unwrap_or(&nothing),
                &presented(first),
                sd_jwt.hash.used,
            )
        });
        let claims = sd_jwt
            .processed
            .as_ref()
            .map_or(&nothing, |claims| claims.document());
        let holder = match confirmation(claims) {
            Some(confirmed) => holder(&confirmed, binding, keys),
            None => Holder::Nobody,
        };
        let mut shown = Self {
            sd_jwt,
            disclosures,
            key_binding,
            holder,
            diagnosis: Vec::new(),
        };
        shown.diagnosis = presented::explain(token, &shown);
        Some(shown)
    }

    /// The processed claims, where they are an object.
    pub fn claims(&self) -> Option<&Document> {
        let claims = self.sd_jwt.processed.as_ref()?.document();
        claims.object().is_some().then_some(claims)
    }

    /// What a disclosure discloses, where it has a form for that.
    pub fn disclosed<'a>(&self, part: &'a Part, disclosure: &Disclosure) -> Option<&'a Json> {
        let value = disclosure.value.as_ref()?;
        let elements = part.json.as_ref()?.root.as_ref()?.array()?;
        elements.last().filter(|last| last.range == *value)
    }

    /// Whether a value of [`Self::claims`] came out of a disclosure.
    pub fn is_disclosed(&self, value: &Json) -> bool {
        let claims = self.sd_jwt.processed.as_ref();
        let origin = claims.and_then(|claims| claims.origin(value));
        origin.is_some_and(|origin| origin.source != Source::Payload)
    }

    /// The part that a place is in.
    pub fn part<'a>(&'a self, token: &'a Token, source: Source) -> Option<&'a Part> {
        match source {
            Source::Payload => token.part(PartRole::Payload),
            Source::Disclosure(index) => self.disclosures.get(index).map(|part| &**part),
        }
    }

    /// The part that a value of [`Self::claims`] was written in, with its place there, its name included.
    pub fn origin<'a>(&'a self, token: &'a Token, value: &Json) -> Option<(&'a Part, Place)> {
        let origin = self.sd_jwt.processed.as_ref()?.origin(value)?;
        let place = Place {
            source: origin.source,
            range: origin.range(),
        };
        Some((self.part(token, origin.source)?, place))
    }
}

/// Whether it can be a JWT: characters that are none have a fault of their own.
fn is_jws(binding: &Token) -> bool {
    binding.kind == Kind::Jws && binding.serialization == Serialization::Compact
}

/// What the key binding is made over.
fn presented(token: &Token) -> zeroize::Zeroizing<String> {
    let text = token.text();
    if token.serialization == Serialization::Compact {
        return zeroize::Zeroizing::new(hashed_text(text).unwrap_or(text).to_owned());
    }
    let characters = |role| token.part(role).map_or("", |part| part.characters(text));
    compact_form(
        token.protected(),
        characters(PartRole::Payload),
        characters(PartRole::Signature),
        token
            .all(PartRole::Disclosure)
            .map(|part| part.characters(text)),
    )
}

fn holder(confirmed: &Confirmation<'_>, binding: Option<&Token>, keys: &KeyRing) -> Holder {
    let loaded = |is_it: &dyn Fn(&Key) -> bool| keys.keys().iter().find(|key| is_it(key)).cloned();
    let of_thumbprint = |thumbprint: Option<&str>| {
        let thumbprint = thumbprint?;
        loaded(&|key| key.thumbprint.as_deref() == Some(thumbprint))
    };
    if let Some(jwk) = confirmed.jwk {
        let mut key = from_jwk(jwk, "cnf jwk", 1);
        "jwk in cnf".clone_into(&mut key.id);
        if !key.is_usable() {
            let fault = key.fault.as_ref().map(ToString::to_string);
            return Holder::Named {
                missing: match fault {
                    Some(fault) => format!("a usable key in cnf: {fault}"),
                    None => "a usable key in cnf".to_owned(),
                },
            };
        }
        let own = of_thumbprint(key.thumbprint.as_deref());
        return Holder::Key(own.unwrap_or_else(|| Arc::new(key)));
    }
    if let Some(thumbprint) = confirmed.jkt {
        let brought = || {
            let mut brought = own_keys(binding?).into_iter();
            brought.find(|key| key.thumbprint.as_deref() == Some(thumbprint))
        };
        let key = of_thumbprint(Some(thumbprint)).or_else(|| brought().map(Arc::new));
        return key.map_or_else(
            || Holder::Named {
                missing: format!("the key of the thumbprint {thumbprint}"),
            },
            Holder::Key,
        );
    }
    if let Some(kid) = confirmed.kid {
        let key = loaded(&|key| key.is_usable() && key.members.kid.as_deref() == Some(kid));
        return key.map_or_else(
            || Holder::Named {
                missing: format!("the key of the kid \u{201C}{kid}\u{201D}"),
            },
            Holder::Key,
        );
    }
    Holder::Named {
        missing: match confirmed.methods.first() {
            Some(method) => format!("a way from cnf.{method} to a key"),
            None => "a key in cnf".to_owned(),
        },
    }
}

/// Whose key made the key binding, which verifies with the one that the issuer named.
///
/// The issuer's word counts where its own signature does: valid with a key of the reviewer's, and none beside it wrong.
pub(super) fn provenance(key: &Key, keys: &KeyRing, issuer: &[SignatureProof]) -> Provenance {
    let is_loaded = keys
        .keys()
        .iter()
        .any(|own| own.thumbprint.is_some() && own.thumbprint == key.thumbprint);
    if is_loaded {
        return Provenance::Yours;
    }
    let is_genuine = |proof: &SignatureProof| {
        let used = proof.key.as_ref().map(|used| used.provenance);
        proof.outcome == Outcome::Valid && used == Some(Provenance::Yours)
    };
    let is_wrong =
        |proof: &SignatureProof| matches!(proof.outcome, Outcome::Invalid | Outcome::Unsecured);
    if issuer.iter().any(is_genuine) && !issuer.iter().any(is_wrong) {
        Provenance::Confirmed
    } else {
        Provenance::Token
    }
}
