//! CA certificates of the reviewer's as trust anchors: a leaf of `x5c` that chains to one counts as the reviewer's key
//! (`REPORT.md`, "Which keys").
//!
//! OpenSSL builds and checks the path (RFC 5280 section 6: signatures, CAs, key usage, path length, name constraints). It is
//! not asked for the time: the clock is a value, and what the certificates say of it is judged.

use std::sync::Arc;

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509PurposeId, X509StoreContext, X509VerifyResult};

use super::chain::{Chain, x509};
use crate::jose::visible::visible;
use crate::keys::{Key, KeyRing};

/// OpenSSL's level that refuses MD5 and SHA-1 in a path, and keys below 80 bits of security.
const LEVEL: i32 = 1;

/// Where a chain leads.
#[derive(Debug, Clone)]
pub struct Anchor {
    /// The reviewer's CA certificate.
    pub key: Arc<Key>,
    /// The leaf's key, its source saying under which anchor it stands.
    pub leaf: Arc<Key>,
}

/// Looks for the CA certificate that the leaf leads to, over the rest of the chain.
pub(super) fn find(
    chain: &mut Chain,
    leaf: &X509,
    rest: impl IntoIterator<Item = X509>,
    keys: &KeyRing,
) {
    let anchors: Vec<(&Arc<Key>, X509)> = keys
        .keys()
        .iter()
        .filter(|key| key.certificate.as_ref().is_some_and(|says| says.is_ca))
        .filter_map(|key| Some((key, x509(key)?)))
        .collect();
    chain.anchors = anchors.len();
    if anchors.is_empty() {
        return;
    }
    // What cannot be read whole has times that nobody knows.
    if chain.links.iter().any(|link| link.certificate.is_none()) {
        chain.objection = Some("a certificate cannot be read");
        return;
    }
    match path(leaf, rest, anchors.iter().map(|(_, anchor)| anchor)) {
        Ok(Ok(top)) => {
            let anchor = anchors.iter().find(|(_, anchor)| *anchor == top);
            let own = chain.links.first().filter(|own| own.is_usable());
            chain.anchor = anchor.zip(own).map(|((key, _), own)| Anchor {
                key: Arc::clone(key),
                leaf: Arc::new(under(own, key)),
            });
        }
        Ok(Err(objection)) => chain.objection = Some(objection.error_string()),
        Err(_stack) => chain.objection = Some("the chain cannot be checked"),
    }
}

/// The anchor at the top of the path; `Err` within says why there is none.
fn path<'a>(
    leaf: &X509,
    rest: impl IntoIterator<Item = X509>,
    anchors: impl IntoIterator<Item = &'a X509>,
) -> Result<Result<X509, X509VerifyResult>, ErrorStack> {
    let mut parameters = X509VerifyParam::new()?;
    // Whatever the reviewer gave is an anchor, an intermediate CA too.
    parameters.set_flags(X509VerifyFlags::NO_CHECK_TIME | X509VerifyFlags::PARTIAL_CHAIN)?;
    parameters.set_purpose(X509PurposeId::ANY)?;
    parameters.set_auth_level(LEVEL);
    let mut store = X509StoreBuilder::new()?;
    store.set_param(&parameters)?;
    for anchor in anchors {
        store.add_cert(anchor.clone())?;
    }
    let mut others = Stack::new()?;
    for one in rest {
        others.push(one)?;
    }
    let mut context = X509StoreContext::new()?;
    context.init(&store.build(), leaf, &others, |context| {
        if !context.verify_cert()? {
            return Ok(Err(context.error()));
        }
        let top = context.chain().and_then(|path| path.iter().last());
        Ok(top
            .map(ToOwned::to_owned)
            .ok_or(X509VerifyResult::APPLICATION_VERIFICATION))
    })
}

/// The leaf as a key of the reviewer's.
fn under(leaf: &Key, anchor: &Key) -> Key {
    let subject = anchor
        .certificate
        .as_ref()
        .map(|says| visible(&says.subject));
    Key {
        id: format!("x5c leaf under {}", anchor.id),
        source: format!(
            "header x5c, issued under {} from {}",
            subject.unwrap_or_default(),
            visible(&anchor.source)
        ),
        ..leaf.clone()
    }
}
