//! What vendors do otherwise than the standards, and what that looks like to whoever checks their tokens.
//!
//! A vendor is one line in [`QUIRKS`]. What is said of one is said beside the outcome and changes nothing of it; only the load
//! balancer's padding is tried, and is a cause.

use super::{Budget, Doubt, Explanation, named};
use crate::jose::Token;
use crate::jose::json::Json;
use crate::jose::visible::visible;
use crate::keys::asking::what_to_ask_for;
use crate::verify::{Diagnosis, Outcome, Provenance, SignatureProof};

/// Of a vendor's token whose signature no key of the reviewer's verifies.
struct Quirk {
    /// Whether the token is one of this vendor's.
    is_of: fn(&Token) -> bool,
    /// What to know, for the reviewer and for the developer.
    said: fn(&Doubt<'_>) -> Option<(String, String)>,
}

const QUIRKS: &[Quirk] = &[
    Quirk {
        is_of: is_of_load_balancer,
        said: load_balancer,
    },
    Quirk {
        is_of: |token| pool(token).is_some(),
        said: cognito,
    },
    Quirk {
        is_of: is_of_kubernetes,
        said: kubernetes,
    },
    Quirk {
        is_of: is_of_app_store,
        said: app_store,
    },
];

/// `vendor-quirk`, as a remark: what to know of this vendor where none of the reviewer's keys verifies.
pub(super) fn remark(doubt: &Doubt<'_>, proof: &SignatureProof) -> Option<Explanation> {
    let is_proven = proof.outcome == Outcome::Valid
        && proof
            .key
            .as_ref()
            .is_none_or(|used| used.provenance != Provenance::Token);
    if is_proven {
        return None;
    }
    let quirk = QUIRKS.iter().find(|quirk| (quirk.is_of)(doubt.token))?;
    let (text, for_developer) = (quirk.said)(doubt)?;
    Some(Explanation::remark("vendor-quirk", text, &for_developer))
}

/// `vendor-quirk`, of a token that nobody signed: the emulator of Firebase makes such ones
/// (<https://firebase.google.com/docs/emulator-suite/connect_auth>).
pub(in crate::verify) fn unsecured(token: &Token) -> Option<Diagnosis> {
    let iss = token.claims()?.str("iss")?;
    let project = iss.strip_prefix("https://securetoken.google.com/")?;
    Some(Diagnosis::new(
        "vendor-quirk",
        format!(
            "The emulator of Firebase makes tokens like this: unsigned, under the issuer of project \u{201C}{}\u{201D}. Firebase itself signs by RS256.",
            visible(project)
        ),
        "Take the emulator\u{2019}s tokens in development only: make sure that the service in production is not started with FIREBASE_AUTH_EMULATOR_HOST, and allows RS256 alone.",
    ))
}

/// `vendor-quirk`, as a cause: a load balancer of AWS signs the parts with their padding, and something took it away
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html>).
pub(super) fn explain(
    doubt: &Doubt<'_>,
    proof: &SignatureProof,
    budget: &mut Budget,
) -> Vec<Explanation> {
    if !is_of_load_balancer(doubt.token) || proof.shape.is_some() {
        return Vec::new();
    }
    let Ok(message) = std::str::from_utf8(doubt.message) else {
        return Vec::new();
    };
    let padded: Vec<String> = message.split('.').map(with_padding).collect();
    let padded = padded.join(".");
    if padded == message {
        return Vec::new();
    }
    let key = doubt.fitting(proof).find(|key| {
        super::verifies(
            doubt.algorithm,
            key,
            padded.as_bytes(),
            doubt.signature,
            budget,
        )
    });
    let said = key.map(|key| {
        Explanation::cause(
            "vendor-quirk",
            format!(
                "A load balancer of AWS made it, which signs header and payload with the padding of base64. With the {} of padding put back, key {} verifies the signature.",
                match padded.len().saturating_sub(message.len()) {
                    1 => "1 character".to_owned(),
                    count => format!("{count} characters"),
                },
                named(key)
            ),
            "Pass the header x-amzn-oidc-data on as it came, and check the signature over its characters with their padding: take the = away nowhere on the way.",
        )
    });
    said.into_iter().collect()
}

fn with_padding(part: &str) -> String {
    let missing = (4_usize.saturating_sub(part.len() % 4)) % 4;
    [part, &"=".repeat(missing)].concat()
}

fn is_of_load_balancer(token: &Token) -> bool {
    let signer = token.parameter("signer").and_then(Json::str);
    signer.is_some_and(|signer| signer.starts_with("arn:aws:elasticloadbalancing:"))
}

/// A key for each `kid`, as PEM and not as a set, so that a loaded one has no `kid`.
fn load_balancer(doubt: &Doubt<'_>) -> Option<(String, String)> {
    doubt.keys.keys().first()?;
    let place = first_place(doubt.token);
    Some((
        format!(
            "A load balancer of AWS made it: its public key stands alone, as PEM, under the kid{}.",
            place.map_or_else(String::new, |place| format!(" at {place}"))
        ),
        "Check the header signer against the ARN of your load balancer first, then fetch the key of this kid from the region\u{2019}s own address; there is no key set.".to_owned(),
    ))
}

/// The user pool of Cognito that the issuer names.
fn pool(token: &Token) -> Option<&str> {
    let iss = token.claims()?.str("iss")?;
    let (host, pool) = iss.strip_prefix("https://cognito-idp.")?.split_once('/')?;
    let is_of_aws = host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn");
    (is_of_aws && is_pool(pool)).then_some(pool)
}

/// Such as `eu-west-1_AbCdEfGhI`.
fn is_pool(text: &str) -> bool {
    text.split_once('_').is_some_and(|(region, id)| {
        region.matches('-').count() >= 2
            && !id.is_empty()
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Keys are per user pool
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html>).
fn cognito(doubt: &Doubt<'_>) -> Option<(String, String)> {
    let own = pool(doubt.token)?;
    let keys = doubt.keys.keys();
    let first = keys.first()?;
    let other = keys.iter().find_map(|key| {
        let mut steps = key.source.split(['/', ' ', ':', '.']);
        let other = steps.find(|step| is_pool(step) && *step != own)?;
        Some(format!(
            "keys of pool \u{201C}{}\u{201D} are loaded",
            visible(other)
        ))
    });
    let loaded = other.unwrap_or_else(|| {
        format!(
            "no key that verifies it is loaded ({} are)",
            visible(&first.source)
        )
    });
    Some((
        format!(
            "Every user pool of Cognito has keys of its own: the issuer is pool \u{201C}{}\u{201D}, and {loaded}.",
            visible(own)
        ),
        format!(
            "Fetch the keys of the pool that the issuer names{}, and accept the issuers of your own pools alone. An access token of Cognito has no aud: compare client_id and token_use.",
            first_place(doubt.token).map_or_else(String::new, |place| format!(", {place}"))
        ),
    ))
}

fn is_of_kubernetes(token: &Token) -> bool {
    let Some(claims) = token.claims() else {
        return false;
    };
    claims.get("kubernetes.io").is_some()
        || claims
            .get("kubernetes.io/serviceaccount/namespace")
            .is_some()
        || claims.str("iss") == Some("kubernetes/serviceaccount")
}

/// The cluster is the issuer; before 1.16 tokens named no key, by a `kid` that is empty
/// (<https://github.com/kubernetes/kubernetes/pull/78502>).
fn kubernetes(doubt: &Doubt<'_>) -> Option<(String, String)> {
    let first = doubt.keys.keys().first()?;
    let kid = doubt.token.parameter("kid").and_then(Json::str);
    let names = match kid {
        None => "names no key (no kid), as older clusters have it".to_owned(),
        Some("") => "names no key (an empty kid), as older clusters have it".to_owned(),
        Some(kid) => format!("names key \u{201C}{}\u{201D}", visible(kid)),
    };
    // What a cluster calls itself where nobody gave it an address.
    let usual = [
        "kubernetes/serviceaccount",
        "https://kubernetes.default.svc",
    ];
    let iss = doubt.token.claims()?.str("iss").unwrap_or_default();
    let of_issuer = match iss {
        "" => String::new(),
        iss if usual.iter().any(|usual| iss.starts_with(usual)) => format!(
            " Its issuer \u{201C}{}\u{201D} is the same in many clusters, so another one may have made it.",
            visible(iss)
        ),
        iss => format!(" Its issuer is \u{201C}{}\u{201D}.", visible(iss)),
    };
    Some((
        format!(
            "A service account token of Kubernetes: the cluster signs it, and it {names}; {} holds no key that verifies it.{of_issuer}",
            visible(&first.source)
        ),
        format!(
            "Take the keys of the cluster that the token is from ({}), and try each of them where the token names none; or ask that cluster by TokenReview.",
            first_place(doubt.token)
                .unwrap_or_else(|| "kubectl get --raw /openid/v1/jwks".to_owned())
        ),
    ))
}

fn is_of_app_store(token: &Token) -> bool {
    let Some(claims) = token.claims() else {
        return false;
    };
    let has = |name| claims.get(name).is_some();
    has("bundleId") && has("signedDate") && token.parameter("x5c").is_some()
}

/// The certificates in `x5c` count where they lead to Apple's root, and only then.
fn app_store(doubt: &Doubt<'_>) -> Option<(String, String)> {
    let which = match doubt.token.parameter("x5c")?.array()?.len() {
        1 => "the certificate".to_owned(),
        count => format!("the first of the {count} certificates"),
    };
    Some((
        format!(
            "The App Store signs with {which} in x5c, and publishes no keys: what counts is whether x5c leads to Apple\u{2019}s root{}. Load that certificate.",
            first_place(doubt.token).map_or_else(String::new, |place| format!(" ({place})"))
        ),
        "Pin Apple\u{2019}s root certificate, check the path of x5c to it, and take the key of the first certificate only then. Its dates are in milliseconds, and there is no iss, aud or exp.".to_owned(),
    ))
}

/// The usual place of the issuer's keys: an address, or the command that asks a cluster.
fn first_place(token: &Token) -> Option<String> {
    let asking = what_to_ask_for(token);
    let place = asking.places.first()?;
    Some(match place.url() {
        Some(url) => url.to_string(),
        None => place.command(),
    })
}
