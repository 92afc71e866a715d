//! The key that the header names, and the one that was found: for a signature and for what is encrypted alike.

use std::sync::Arc;

use super::conflict::{self, UseConflict};
use super::near::{self, Nearness};
use super::{Budget, Doubt, Explanation, named};
use crate::jose::Token;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::{Key, KeyRing};
use crate::verify::algorithm::Family;
use crate::verify::{Designation, Provenance, Service, SignatureProof};

/// So many keys of a set are named.
const MAX_NAMED: usize = 3;

/// What a key was chosen for, and which one that was.
pub(super) struct Choice<'a> {
    pub(super) token: &'a Token,
    pub(super) keys: &'a KeyRing,
    /// The algorithm that the header names.
    pub(super) alg: &'a str,
    /// The kind of key that it takes, for people.
    pub(super) needs: String,
    /// The values of `kty` of keys that it takes.
    pub(super) families: &'static [&'static str],
    /// What a key is that cannot do it, for people; `None` of one that can.
    pub(super) misfit: &'a dyn Fn(&Key) -> Option<String>,
    pub(super) service: Service,
    /// The key that is meant.
    pub(super) designated: Option<&'a (Arc<Key>, Designation)>,
    /// The key of the reviewer's that served.
    pub(super) used: Option<&'a Arc<Key>>,
}

/// `other-key-verifies`, `alg-key-mismatch`, `key-use-conflict`, `kid-unknown`, `kid-near-miss` and `key-unusable` of a
/// signature.
pub(super) fn of_signature(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    let used = proof
        .key
        .as_ref()
        .filter(|used| used.provenance == Provenance::Yours)
        .map(|used| &used.key);
    let choice = Choice {
        token: doubt.token,
        keys: doubt.keys,
        alg: doubt.algorithm.name,
        needs: doubt.algorithm.key_description(),
        families: match doubt.algorithm.family {
            Family::Ecdsa(..) => &["EC"],
            Family::Eddsa(_) => &["OKP"],
            Family::Hmac(_) => &["oct"],
            Family::MlDsa(_) => &["AKP"],
            Family::RsaPkcs1(_) | Family::RsaPss(_) => &["RSA"],
        },
        misfit: &|key| (!doubt.algorithm.fits(key.kind)).then(|| conflict::kind_words(key.kind)),
        service: Service::Verifies,
        designated: proof.designated.as_ref(),
        used,
    };
    // A key that is nobody's verified it: the reviewer's were not meant.
    let is_settled = proof.key.is_some() && used.is_none();
    choice.explain(is_settled, budget)
}

impl Choice<'_> {
    /// What is to be said. `is_settled`: a key that is not the reviewer's served.
    pub(super) fn explain(&self, is_settled: bool, budget: &mut Budget) -> Vec<Explanation> {
        match (self.designated, self.used) {
            (Some((designated, _)), Some(used))
                if !Arc::ptr_eq(designated, used)
                    // Of two keys under one name, either is the one that the header names.
                    && used.members.kid != designated.members.kid =>
            {
                vec![self.other_key(&format!("names key {}", named(designated)), used)]
            }
            (Some((designated, how)), None) => self.conflict(designated, whose(*how)),
            (None, used) => {
                let mut said = self.unknown_kid(used, budget);
                if said.is_empty() && used.is_none() && !is_settled {
                    said.extend(self.no_fitting_key());
                }
                said
            }
            _ => Vec::new(),
        }
    }

    fn other_key(&self, header: &str, used: &Key) -> Explanation {
        let (code, does, for_developer) = match self.service {
            Service::Verifies => (
                "other-key-verifies",
                "verifies the signature",
                "Sign with the key that the header names, and publish it under that kid: verifiers that look keys up by kid refuse this token.",
            ),
            Service::Decrypts => (
                "other-key-opens",
                "opens it",
                "Name the key that you encrypt for by its kid: a recipient that looks its keys up by kid cannot open this token.",
            ),
        };
        Explanation::remark(
            code,
            format!("The header {header}, but {} {does}.", named(used)),
            for_developer,
        )
    }

    /// In what the key that is meant, and did not serve, conflicts with the header.
    fn conflict(&self, key: &Key, whose: &str) -> Vec<Explanation> {
        let Self { alg, service, .. } = self;
        let name = named(key);
        let mut said = Vec::new();
        if let Some(is) = (self.misfit)(key) {
            said.push(Explanation::remark(
                "alg-key-mismatch",
                format!(
                    "{alg} needs {}; key {name}, {whose}, is {is}{}.",
                    self.needs,
                    conflict::made_for(key, alg, *service)
                ),
                "Make alg and kid of the header belong to the same key; a verifier should take the algorithm from the key.",
            ));
        } else if let Some(own) = conflict::other_alg(key, alg) {
            said.push(Explanation::remark(
                "alg-key-mismatch",
                format!(
                    "The header says {alg}; key {name}, {whose}, is for {} (its member alg).",
                    visible(own)
                ),
                &format!(
                    "Use one algorithm for one key: write {} into the header and use it, or publish another key with alg {alg}.",
                    visible(own)
                ),
            ));
        }
        if let Some(conflict) = UseConflict::of(key, *service) {
            let (forbidden, wanted) = match service {
                Service::Verifies => ("verify signatures", "sig"),
                Service::Decrypts => ("decrypt", "enc"),
            };
            said.push(Explanation::remark(
                "key-use-conflict",
                format!("Key {name}, {whose}, is not meant to {forbidden}: {conflict}."),
                &format!(
                    "Publish a key with use {wanted} under a kid of its own, and name that one; one key for both purposes lets one be used against the other."
                ),
            ));
        }
        said
    }

    /// Of keys none of which can do the algorithm, the one that was perhaps meant.
    fn no_fitting_key(&self) -> Option<Explanation> {
        let usable = || self.keys.keys().iter().filter(|key| key.is_usable());
        if usable().any(|key| (self.misfit)(key).is_none()) {
            return None;
        }
        let is_only = usable().nth(1).is_none();
        let is_akin = |key: &Key| {
            key.kind
                .kty()
                .is_some_and(|kty| self.families.contains(&kty))
        };
        let key = usable().find(|key| is_only || is_akin(key))?;
        let is = (self.misfit)(key)?;
        Some(Explanation::remark(
            "alg-key-mismatch",
            format!(
                "{} needs {}; the loaded key {} is {is}{}.",
                self.alg,
                self.needs,
                named(key),
                conflict::made_for(key, self.alg, self.service)
            ),
            "Take key and algorithm from one setting, and publish the key with its alg: a verifier should take the algorithm from the key.",
        ))
    }

    /// A `kid` that none of the usable keys has.
    fn unknown_kid(&self, used: Option<&Arc<Key>>, budget: &mut Budget) -> Vec<Explanation> {
        let Some(kid) = self
            .token
            .parameter("kid")
            .and_then(Json::str)
            .filter(|_| !self.keys.is_empty())
        else {
            return Vec::new();
        };
        let shown = visible(kid);
        let broken = self
            .keys
            .keys()
            .iter()
            .filter(|key| key.members.kid.as_deref() == Some(kid))
            .find_map(|key| key.fault.as_ref());
        if let Some(fault) = broken {
            return vec![Explanation::remark(
                "key-unusable",
                format!(
                    "Key \u{201C}{shown}\u{201D}, which the header names, cannot be used: {fault}."
                ),
                "Publish the key again, well formed: programs that cannot read it refuse every token under it.",
            )];
        }
        let mut said = Vec::new();
        let near = match used {
            Some(used) => near::nearness(kid, used, budget).map(|nearness| (used, nearness)),
            None => near::nearest(kid, self.keys, budget),
        };
        match used {
            Some(used) if used.members.kid.is_some() => said.push(self.other_key(
                &format!("names a key \u{201C}{shown}\u{201D} that was not loaded"),
                used,
            )),
            // What is near says it better.
            _ if near.is_some() => {}
            _ => said.push(self.nobody_has(kid, budget)),
        }
        if let Some((key, nearness)) = near
            && (used.is_none() || key.members.kid.is_some())
        {
            said.push(near_miss(&shown, key, nearness));
        }
        said
    }

    /// `kid-unknown`: with what the loaded keys are called instead.
    fn nobody_has(&self, kid: &str, budget: &mut Budget) -> Explanation {
        let text = match kid {
            "" => "The header\u{2019}s kid is empty and names no key".to_owned(),
            kid => format!(
                "None of the loaded keys has the id \u{201C}{}\u{201D}",
                visible(kid)
            ),
        };
        let closest = near::closest(kid, self.keys, budget).map_or_else(String::new, |key| {
            format!("; the closest is {}", named(key))
        });
        let set = self.set_of_issuer().map_or_else(String::new, |set| {
            format!(" {set} It was perhaps taken before the key was exchanged, or after.")
        });
        let text = format!("{text}{closest}.{set}");
        let for_developer = match self.service {
            Service::Verifies => {
                "Make sure that the published key set holds the key that signs, under the same kid, before tokens are signed with it, and until the last of them has expired."
            }
            Service::Decrypts => {
                "Fetch the recipient\u{2019}s keys anew, and encrypt for one that it has, under that key\u{2019}s kid."
            }
        };
        Explanation::remark("kid-unknown", text, for_developer)
    }

    /// The keys that came from the issuer's own host, in a sentence.
    fn set_of_issuer(&self) -> Option<String> {
        let iss = self.token.claims()?.str("iss")?;
        let host = iss
            .strip_prefix("https://")?
            .split(['/', ':', '?'])
            .next()?;
        let of_issuer = |key: &&Arc<Key>| {
            // Where keys come from an address, that is their source.
            let mut steps = key.source.split(['/', ':', ' ']);
            !host.is_empty() && key.members.kid.is_some() && steps.any(|step| step == host)
        };
        let mut keys = self.keys.keys().iter().filter(of_issuer);
        let source = visible(&keys.clone().next()?.source);
        let names: Vec<_> = keys
            .by_ref()
            .take(MAX_NAMED)
            .map(|key| named(key))
            .collect();
        let more = match keys.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!(
            "The issuer\u{2019}s set from {source} has {}{more}.",
            names.join(", ")
        ))
    }
}

/// How the key that is meant is known.
fn whose(how: Designation) -> &'static str {
    match how {
        Designation::Certificate | Designation::Thumbprint => "whose certificate the header names",
        Designation::Confirmation => "which the issuer names in cnf",
        Designation::Issuer => "which the policy names for the issuer",
        Designation::KeyId => "which the header names",
        Designation::OnlyKey => "the only one that was loaded for it",
    }
}

fn near_miss(kid: &str, key: &Key, nearness: Nearness) -> Explanation {
    let own = key.members.kid.as_deref().map(visible);
    let own = own.as_deref().unwrap_or_default();
    let key = named(key);
    let text = match nearness {
        Nearness::Case => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is key {key} but for capital letters; kid is compared letter by letter."
        ),
        Nearness::CertificateThumbprint => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is the thumbprint of the certificate of key {key}, and not its kid."
        ),
        Nearness::Edits(count) => {
            let changes = if count == 1 {
                "character"
            } else {
                "characters"
            };
            format!(
                "The header\u{2019}s kid \u{201C}{kid}\u{201D} is {count} {changes} away from \u{201C}{own}\u{201D}: perhaps a key of another time, or a slip of the pen."
            )
        }
        Nearness::LastSegment => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} and \u{201C}{own}\u{201D} differ only in the path or prefix before the last part."
        ),
        Nearness::Respelled => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} and \u{201C}{own}\u{201D} are the same bytes in another spelling (text, base64 or hexadecimal)."
        ),
        Nearness::Spaces => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is key {key} but for white space or quotes at its ends."
        ),
        Nearness::Thumbprint => format!(
            "The header\u{2019}s kid \u{201C}{kid}\u{201D} is the thumbprint (RFC 7638) of key {key}, and not its kid."
        ),
    };
    Explanation::remark(
        "kid-near-miss",
        text,
        &format!(
            "Use one spelling of the kid in key set and tokens: it is compared byte for byte (RFC 7515 section 4.1.4). Here the token says \u{201C}{kid}\u{201D}{}.",
            if own.is_empty() {
                ", and the key has no kid".to_owned()
            } else {
                format!(", and the key set \u{201C}{own}\u{201D}")
            }
        ),
    )
}
