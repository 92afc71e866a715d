//! Access tokens of Microsoft Entra for Microsoft Graph, whose header is not the one that was signed.
//!
//! Microsoft signs the header with the hash of its `nonce`, and sends it with the `nonce` itself, so that nobody but
//! Graph takes the token for its own
//! (<https://github.com/AzureAD/azure-activedirectory-identitymodel-extensions-for-dotnet/issues/609>).

use super::{Budget, Doubt, Effect, Explanation, hashing, named, verifies};
use crate::jose::{PartRole, base64url};
use crate::verify::{Provenance, SignatureProof, UsedKey};

const HOSTS: [&str; 7] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.windows.net",
    "sts.chinacloudapi.cn",
    "sts.windows.net",
    "sts.windows-ppe.net",
];

const FOR_DEVELOPER: &str = "This token is for Microsoft Graph and not for your service: do not check it, ask for a token whose audience is your own API.";

/// `graph-nonce`.
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    if !is_from_entra(doubt) || proof.shape.is_some() {
        return Vec::new();
    }
    let Some(message) = budget
        .pay(hashing(doubt.message.len()))
        .then(|| as_signed(doubt))
        .flatten()
    else {
        return Vec::new();
    };
    let mut fitting = doubt.fitting(proof).peekable();
    if fitting.peek().is_none() {
        return Vec::new();
    }
    let key = fitting.find(|key| verifies(doubt.algorithm, key, &message, doubt.signature, budget));
    vec![match key {
        Some(key) => Explanation::new(
            "graph-nonce",
            Effect::Verified(UsedKey {
                key: key.clone(),
                provenance: Provenance::Yours,
                read_as: None,
                known: None,
                twins: Vec::new(),
            }),
            format!(
                "Made for Microsoft Graph: the nonce in the header was exchanged after signing. With its SHA-256 in its place, as it was signed, key {} verifies the signature.",
                named(key)
            ),
            FOR_DEVELOPER,
        ),
        None => Explanation::new(
            "graph-nonce",
            Effect::NothingSaid,
            "Made by Microsoft Entra with a nonce in the header: what was signed is not what was sent, and none of your keys verifies it with the SHA-256 of the nonce either.".to_owned(),
            FOR_DEVELOPER,
        ),
    }]
}

fn is_from_entra(doubt: &Doubt<'_>) -> bool {
    let claims = doubt.token.claims();
    let host = claims
        .and_then(|claims| claims.str("iss"))
        .and_then(|iss| iss.strip_prefix("https://"))
        .and_then(|rest| rest.split('/').next());
    host.is_some_and(|host| HOSTS.contains(&host) || host.ends_with(".ciamlogin.com"))
}

/// The signing input with the hash of the nonce in its place; every other byte of the header stays.
fn as_signed(doubt: &Doubt<'_>) -> Option<Vec<u8>> {
    let nonce = doubt.header.get("nonce")?;
    let hash = doubt.algorithm.hash()?.of(nonce.str()?.as_bytes());
    let part = doubt.token.part(PartRole::ProtectedHeader)?;
    let header = part.bytes();
    let mut signed = header.get(..nonce.range.start)?.to_vec();
    signed.push(b'"');
    signed.extend_from_slice(base64url::encode(&hash).as_bytes());
    signed.push(b'"');
    signed.extend_from_slice(header.get(nonce.range.end..)?);
    let dot = doubt.message.iter().position(|&byte| byte == b'.')?;
    let mut message = base64url::encode(&signed).into_bytes();
    message.extend_from_slice(doubt.message.get(dot..)?);
    Some(message)
}
