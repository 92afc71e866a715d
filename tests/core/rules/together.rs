//! The rules that look at several tokens.

use openssl::ec::EcKey;
use openssl::symm::{Cipher, encrypt_aead};

use super::*;
use crate::together::make::{
    NOW, ath, es256, es256_with_nonce, found, half_hash, jwk, key, proof, thumbprint,
};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT","kid":"k"}"#;

fn keys() -> KeyRing {
    ring(&oct(SECRET, r#","kid":"k""#))
}

/// An access token of the user, and one of somebody else.
fn access_tokens() -> [String; 2] {
    [1, 2].map(|number| {
        let claims = format!(
            r#"{{"iss":"https://a.example","aud":"api","sub":"u{number}","client_id":"b","scope":"openid","exp":1795340000,"iat":1795300000,"jti":"0123456789abcdef{number}"}}"#
        );
        hmac(r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#, &claims, SECRET)
    })
}

fn id_token(more: &str) -> String {
    let claims = format!(
        r#"{{"iss":"https://a.example","aud":"b","sub":"u1","nonce":"n-0S6_WzA2Mj","exp":1795303600,"iat":1795300000{more}}}"#
    );
    hmac(HEADER, &claims, SECRET)
}

/// The ID token out of a token response.
fn response(access_token: &str, id_token: &str) -> (Inspection, Vec<Inspection>) {
    let text = format!(
        r#"{{"access_token":"{access_token}","token_type":"Bearer","id_token":"{id_token}"}}"#
    );
    found(&text, 1, &keys())
}

fn hashes() -> Vec<Trial> {
    const RULE: &str = "hash-claim-mismatch";
    let [own, other] = &access_tokens();
    let claim = format!(r#""at_hash":"{}""#, half_hash(other));
    let (wrong, beside_wrong) = response(own, &id_token(&format!(",{claim}")));
    let (right, beside_right) = response(
        own,
        &id_token(&format!(r#","at_hash":"{}""#, half_hash(own))),
    );
    let (alone, _) = response(own, &id_token(&format!(",{claim}")));
    // Through the browser it must be there.
    let fragment = format!(
        "https://b.example/cb#access_token={own}&id_token={}",
        id_token("")
    );
    let (unbound, beside_unbound) = found(&fragment, 1, &keys());
    let whole = encode_claims(&unbound);
    let (unbound_text, beside_text) = response(own, &id_token(""));
    // Somebody else's access token in the session is none of its business.
    let (stranger, _) = found(other, 0, &keys());
    vec![
        Trial::found(RULE, Severity::High, wrong, &[&claim], &[]).beside(beside_wrong),
        Trial::spared(RULE, right, &[]).beside(beside_right),
        Trial::spared(RULE, alone.clone(), &[]).beside(Vec::new()),
        Trial::spared(RULE, alone.clone(), &[]).beside(vec![stranger]),
        Trial::spared(RULE, alone, &[]),
        Trial::found(RULE, Severity::Medium, unbound, &[&whole], &[]).beside(beside_unbound),
        Trial::spared(RULE, unbound_text, &[]).beside(beside_text),
    ]
}

/// The characters of the payload.
fn encode_claims(inspection: &Inspection) -> String {
    let text = inspection.token.text();
    text.split('.').nth(1).unwrap().to_owned()
}

/// The proof of a request with this access token.
fn request(access_token: &str, proof: &str) -> (Inspection, Vec<Inspection>) {
    let text = format!(
        "GET /orders HTTP/1.1\r\nHost: api.example\r\nAuthorization: DPoP {access_token}\r\nDPoP: {proof}\r\n\r\n"
    );
    found(&text, 1, &keys())
}

fn bound_token(number: u32) -> String {
    let claims = format!(
        r#"{{"iss":"https://a.example","aud":"api","sub":"u1","client_id":"b","exp":1795340000,"iat":1795300000,"jti":"0123456789abcdef","cnf":{{"jkt":"{}"}}}}"#,
        thumbprint(&key(number))
    );
    hmac(
        r#"{"alg":"HS256","typ":"at+jwt","kid":"k"}"#,
        &claims,
        SECRET,
    )
}

fn proofs() -> Vec<Trial> {
    const RULE: &str = "dpop-proof-invalid";
    const REFUSED: &[&str] = &["dpop-proof-invalid"];
    let own = key(1);
    let bound = bound_token(1);
    let jti = "-BwC3ESc6acc2lTc-Lr9k";
    let of = |token: &str| format!(r#","ath":"{}""#, ath(token));
    let good = proof(&own, NOW - 100, jti, &of(&bound));
    let (right, beside_right) = request(&bound, &good);
    let [_, other] = access_tokens();
    let wrong_claim = format!(r#""ath":"{}""#, ath(&other));
    let (wrong, beside_wrong) = request(&bound, &proof(&own, NOW, jti, &format!(",{wrong_claim}")));
    let (unbound, beside_unbound) = request(&bound, &proof(&own, NOW, jti, ""));
    let whole = encode_claims(&unbound);
    let theirs = bound_token(2);
    let (stolen, beside_stolen) = request(&theirs, &proof(&own, NOW, jti, &of(&theirs)));
    let jwk = jwk(&own);
    let alone = |proof: &str| found(proof, 0, &KeyRing::default()).0;
    let old = alone(&proof(&own, NOW - 3_600, jti, ""));
    let early = alone(&proof(&own, NOW + 3_600, jti, ""));
    let within = alone(&proof(&own, NOW - 360, jti, ""));
    let (first, second) = (proof(&own, NOW, jti, ""), proof(&own, NOW - 1, jti, ""));
    let fresh = proof(&own, NOW, "AnotherOneThatIsLongEnough", "");
    // Another holder may come upon the same text.
    let stranger = proof(&key(2), NOW, jti, "");
    let twice = format!(r#""jti":"{jti}""#);
    let forged = {
        let (input, _) = first.rsplit_once('.').unwrap();
        let (_, signature) = second.rsplit_once('.').unwrap();
        alone(&format!("{input}.{signature}"))
    };
    vec![
        Trial::spared(RULE, right, &[]).beside(beside_right),
        Trial::found(RULE, Severity::High, wrong, &[&wrong_claim], REFUSED).beside(beside_wrong),
        Trial::found(RULE, Severity::High, unbound, &[&whole], REFUSED).beside(beside_unbound),
        Trial::found(RULE, Severity::High, stolen, &[&jwk], REFUSED).beside(beside_stolen),
        Trial::found(
            RULE,
            Severity::High,
            old,
            &[&format!(r#""iat":{}"#, NOW - 3_600)],
            REFUSED,
        ),
        Trial::found(
            RULE,
            Severity::High,
            early,
            &[&format!(r#""iat":{}"#, NOW + 3_600)],
            REFUSED,
        ),
        Trial::spared(RULE, within, &[]).beside(Vec::new()),
        Trial::found(RULE, Severity::High, alone(&first), &[&twice], REFUSED)
            .beside(vec![alone(&second)]),
        Trial::spared(RULE, alone(&first), &[]).beside(vec![alone(&fresh), alone(&stranger)]),
        Trial::found(RULE, Severity::High, forged, &[&jwk], REFUSED),
    ]
}

fn nonces() -> Vec<Trial> {
    const RULE: &str = "ecdsa-nonce-reuse";
    const NONCE: &[u8; 32] = b"\x9c\x41\xd0\x7e\x33\xa8\x15\xfb\x62\x0d\xc9\x84\x5a\xee\x27\x90\x13\xb6\x48\xf1\x7d\x02\xac\x69\xd5\x3e\x8b\x54\xc0\x1f\x76\xe2";
    const ES256: &str = r#"{"alg":"ES256"}"#;
    let own = key(1);
    let with = |key: &EcKey<Private>, is_opposite, number: u32| {
        let claims =
            format!(r#"{{"iss":"https://a.example","aud":"b","exp":1795303600,"n":{number}}}"#);
        es256_with_nonce(key, NONCE, is_opposite, ES256, &claims)
    };
    let first = with(&own, false, 1);
    let of = |token: &str, keys: &KeyRing| found(token, 0, keys).0;
    let none = KeyRing::default();
    let r = first.rsplit('.').next().unwrap()[..43].to_owned();
    // The signature of one, with other claims before it.
    let moved = {
        let (input, _) = with(&own, false, 3)
            .rsplit_once('.')
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        format!("{input}.{}", first.rsplit('.').next().unwrap())
    };
    let claims = r#"{"iss":"https://a.example","aud":"b","exp":1795303600,"n":9}"#;
    let fresh = es256(&own, ES256, claims);
    let held = ring(&jwk(&own));
    let mut trials = vec![
        Trial::spared(RULE, of(&first, &none), &["no-key"]).beside(vec![of(&moved, &none)]),
        Trial::spared(RULE, of(&first, &none), &["no-key"]).beside(vec![of(&fresh, &none)]),
        // One nonce of two keys gives neither away to a stranger.
        Trial::spared(RULE, of(&first, &none), &["no-key"])
            .beside(vec![of(&with(&key(2), false, 2), &none)]),
        Trial::spared(RULE, of(&first, &none), &["no-key"]).beside(Vec::new()),
        Trial::found(
            RULE,
            Severity::Critical,
            of(&first, &held),
            &[&r],
            &["key-not-allowed"],
        )
        .beside(vec![of(&with(&own, false, 2), &held)]),
    ];
    for is_opposite in [false, true] {
        let second = of(&with(&own, is_opposite, 2), &none);
        trials.push(
            Trial::found(
                RULE,
                Severity::Critical,
                of(&first, &none),
                &[&r],
                &["no-key"],
            )
            .beside(vec![second]),
        );
    }
    trials
}

fn vectors() -> Vec<Trial> {
    const RULE: &str = "jwe-iv-reuse";
    let sealed = |iv: &[u8; 12], header: &str, text: &str| {
        let protected = encode(header.as_bytes());
        let mut tag = [0; 16];
        let cipher = Cipher::aes_256_gcm();
        let sealed = encrypt_aead(
            cipher,
            SECRET,
            Some(iv),
            protected.as_bytes(),
            text.as_bytes(),
            &mut tag,
        );
        format!(
            "{protected}..{}.{}.{}",
            encode(iv),
            encode(&sealed.unwrap()),
            encode(&tag)
        )
    };
    let direct = r#"{"alg":"dir","enc":"A256GCM"}"#;
    let named = r#"{"alg":"dir","enc":"A256GCM","kid":"a"}"#;
    let other_claims = r#"{"iss":"https://a.example","aud":"c","exp":1795340000}"#;
    let held = ring(&oct(SECRET, ""));
    let of = |token: &str, keys: &KeyRing| found(token, 0, keys).0;
    let none = KeyRing::default();
    let iv = [7; 12];
    let first = sealed(&iv, direct, GOOD_CLAIMS);
    let second = sealed(&iv, direct, other_claims);
    let fresh = sealed(&[8; 12], direct, other_claims);
    let shown = encode(&iv);
    let named = [GOOD_CLAIMS, other_claims].map(|claims| sealed(&iv, named, claims));
    vec![
        Trial::found(RULE, Severity::Critical, of(&first, &held), &[&shown], &[])
            .beside(vec![of(&second, &held)]),
        Trial::spared(RULE, of(&first, &held), &[]).beside(vec![of(&fresh, &held)]),
        // Whose key it is cannot be told.
        Trial::spared(RULE, of(&first, &none), &["encrypted"]).beside(vec![of(&second, &none)]),
        Trial::found(
            RULE,
            Severity::Critical,
            of(&named[0], &none),
            &[&shown],
            &["encrypted"],
        )
        .beside(vec![of(&named[1], &none)]),
    ]
}

fn identifiers() -> Vec<Trial> {
    const RULE: &str = "jti-missing";
    let of = |header: &str, more: &str| {
        let claims = format!(
            r#"{{"iss":"https://a.example","aud":"b","exp":1795340000,"jti":"f3a1c2d4-5e6f-4a1b-8c9d-0e1f2a3b4c5d"{more}}}"#
        );
        found(&hmac(header, &claims, SECRET), 0, &keys()).0
    };
    let shown = r#""jti":"f3a1c2d4-5e6f-4a1b-8c9d-0e1f2a3b4c5d""#;
    vec![
        Trial::found(RULE, Severity::Medium, of(HEADER, ""), &[shown], &[])
            .beside(vec![of(HEADER, r#","sub":"b""#)]),
        // The same claims under another header are the same token, made again.
        Trial::spared(RULE, of(HEADER, ""), &[])
            .beside(vec![of(r#"{"alg":"HS256","kid":"k"}"#, "")]),
    ]
}

fn families() -> Vec<Trial> {
    const RULE: &str = "refresh-family";
    let of = |iat: i64, more: &str| {
        let claims = format!(
            r#"{{"iss":"https://a.example","aud":"api","sub":"u1","sid":"08a5019c-17e1","exp":1795340000,"iat":{iat}{more}}}"#
        );
        found(&hmac(HEADER, &claims, SECRET), 0, &keys()).0
    };
    let access = |iat| of(iat, r#","client_id":"b","scope":"openid""#);
    let id = of(1_795_300_000, r#","nonce":"n-0S6_WzA2Mj""#);
    vec![
        Trial::found(
            RULE,
            Severity::Info,
            access(1_795_300_000),
            &[r#""sid":"08a5019c-17e1""#],
            &[],
        )
        .beside(vec![access(1_795_300_300)]),
        Trial::spared(RULE, access(1_795_300_000), &[]).beside(vec![id]),
    ]
}

fn kinds() -> Vec<Trial> {
    const RULE: &str = "cross-jwt-ambiguous";
    let of = |aud: &str, more: &str| {
        let claims = format!(
            r#"{{"iss":"https://a.example","aud":"{aud}","sub":"u1","exp":1795303600,"iat":1795300000{more}}}"#
        );
        found(&hmac(HEADER, &claims, SECRET), 0, &keys()).0
    };
    let id = of("b", r#","nonce":"n-0S6_WzA2Mj""#);
    let scope = r#","scope":"openid","client_id":"b","jti":"f3a1c2d4-5e6f-4a1b-8c9d-0e1f2a3b4c5d""#;
    vec![
        Trial::found(RULE, Severity::Medium, id.clone(), &[r#""aud":"b""#], &[])
            .beside(vec![of("b", scope)]),
        Trial::spared(RULE, id, &[]).beside(vec![of("api", scope)]),
    ]
}

pub(super) fn trials() -> Vec<Trial> {
    [
        hashes(),
        proofs(),
        nonces(),
        vectors(),
        identifiers(),
        families(),
        kinds(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
