//! What a header asks to be trusted.

use super::*;

/// A good token with these members in its header.
fn with(members: &str) -> Inspection {
    signed(&format!(r#"{{"alg":"HS256",{members}}}"#), GOOD_CLAIMS)
}

/// A finding on the one member that is added to the header of a good token.
fn on(
    rule: &'static str,
    severity: Severity,
    member: &str,
    reasons: &'static [&'static str],
) -> Trial {
    Trial::found(rule, severity, with(member), &[member], reasons)
}

/// A good token with this issuer.
fn from(iss: &str) -> Inspection {
    signed(
        r#"{"alg":"HS256"}"#,
        &format!(r#"{{"iss":"{iss}","aud":"b","exp":1795340000}}"#),
    )
}

fn from_found(severity: Severity, iss: &str) -> Trial {
    let member = format!(r#""iss":"{iss}""#);
    Trial::found("header-url-dangerous", severity, from(iss), &[&member], &[])
}

pub(super) fn trials() -> Vec<Trial> {
    [embedded(), addresses(), key_ids(), extensions()]
        .into_iter()
        .flatten()
        .collect()
}

fn embedded() -> Vec<Trial> {
    let key = rsa(2048);
    let own = jwk(&key, "");
    let member = format!(r#""jwk":{own}"#);
    let with_own = |more: &str| rs256(&format!(r#"{{"alg":"RS256",{more}{member}}}"#), &key);
    let alone = |more: &str| inspect(&with_own(more), &KeyRing::default());
    let jwe = format!(
        "{}.{}.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA",
        encode(format!(r#"{{"alg":"RSA-OAEP-256","enc":"A256GCM",{member}}}"#).as_bytes()),
        encode(&[1; 256])
    );
    let claims = |rest: &str| {
        signed(
            r#"{"alg":"HS256"}"#,
            &format!(r#"{{"exp":1795340000,{rest}}}"#),
        )
    };
    let pem = r#""x":"-----BEGIN EC PRIVATE KEY-----\nAA""#;
    vec![
        Trial::found(
            "jwk-embedded",
            Severity::Critical,
            alone(""),
            &[&member],
            &["only-token-supplied-key"],
        ),
        Trial::found(
            "jwk-embedded",
            Severity::High,
            inspect(&with_own(""), &ring(&own)),
            &[&member],
            &[],
        ),
        Trial::found(
            "jwk-embedded",
            Severity::Info,
            inspect(&jwe, &KeyRing::default()),
            &[&member],
            &["encrypted"],
        ),
        Trial::spared(
            "jwk-embedded",
            alone(r#""typ":"dpop+jwt","#),
            &["profile-claim-missing"],
        ),
        Trial::spared(
            "jwk-embedded",
            alone(r#""url":"https://a.example/order","nonce":"n","#),
            &["only-token-supplied-key"],
        ),
        Trial::found(
            "jwk-embedded-secret",
            Severity::Critical,
            with(r#""jwk":{"kty":"EC","d":"AA"}"#),
            &[r#""d":"AA""#],
            &[],
        ),
        Trial::found(
            "jwk-embedded-secret",
            Severity::Critical,
            claims(r#""cnf":{"jwk":{"kty":"oct","k":"AA"}}"#),
            &[r#""k":"AA""#],
            &[],
        ),
        Trial::found(
            "jwk-embedded-secret",
            Severity::Critical,
            claims(r#""jwks":{"keys":[{"kty":"RSA","p":"AA","q":"AQ"}]}"#),
            &[r#""p":"AA""#, r#""q":"AQ""#],
            &[],
        ),
        Trial::found(
            "jwk-embedded-secret",
            Severity::Critical,
            claims(pem),
            &[&pem[4..]],
            &[],
        ),
        Trial::found(
            "jwk-embedded-secret",
            Severity::Critical,
            signed(
                r#"{"alg":"HS256"}"#,
                "key:\n-----BEGIN PRIVATE KEY-----\nAA\n",
            ),
            &["-----BEGIN PRIVATE KEY-----"],
            &[],
        ),
        Trial::spared(
            "jwk-embedded-secret",
            claims(r#""jwk":{"d":"AA","k":"AA"}"#),
            &[],
        ),
        Trial::spared(
            "jwk-embedded-secret",
            claims(r#""cnf":{"jwk":{"kty":"EC","x":"AA"}},"d":1,"kty":"EC""#),
            &[],
        ),
        Trial::spared(
            "jwk-embedded-secret",
            claims(r#""x":"-----BEGIN PUBLIC KEY-----\nAA""#),
            &[],
        ),
    ]
}

fn addresses() -> Vec<Trial> {
    vec![
        on(
            "jku-x5u-untrusted",
            Severity::High,
            r#""jku":"https://keys.b.example/jwks""#,
            &[],
        ),
        on(
            "jku-x5u-untrusted",
            Severity::Medium,
            r#""x5u":"https://a.example/cert""#,
            &[],
        ),
        on("jku-x5u-untrusted", Severity::High, r#""jku":7"#, &[]),
        Trial::spared(
            "jku-x5u-untrusted",
            signed(
                r#"{"alg":"HS256"}"#,
                r#"{"jku":"https://b.example","exp":1795340000}"#,
            ),
            &[],
        ),
        on(
            "header-url-dangerous",
            Severity::High,
            r#""jku":"http://a.example/jwks""#,
            &[],
        ),
        on(
            "header-url-dangerous",
            Severity::High,
            r#""x5u":"https://169.254.169.254/latest/meta-data""#,
            &[],
        ),
        on(
            "header-url-dangerous",
            Severity::High,
            r#""jku":"keys.json""#,
            &[],
        ),
        on(
            "header-url-dangerous",
            Severity::High,
            r#""kid":"file:///etc/passwd""#,
            &[],
        ),
        on(
            "header-url-dangerous",
            Severity::High,
            r#""jku":"https://a.example@b.example/""#,
            &[],
        ),
        from_found(Severity::Low, "http://localhost:8080/realms/demo"),
        from_found(Severity::Low, "http://a.example"),
        from_found(
            Severity::Info,
            "https://kubernetes.default.svc.cluster.local",
        ),
        from_found(Severity::Info, "https://idp"),
        Trial::spared(
            "header-url-dangerous",
            with(r#""jku":"https://a.example/jwks?v=2""#),
            &[],
        ),
        Trial::spared("header-url-dangerous", from("accounts.a.example"), &[]),
        on(
            "x5t-sha1",
            Severity::Low,
            r#""x5t":"AAAAAAAAAAAAAAAAAAAAAAAAAAA""#,
            &[],
        ),
        Trial::found(
            "x5t-sha1",
            Severity::Low,
            with(r#""jwk":{"kty":"x","x5t":"AA"}"#),
            &[r#""x5t":"AA""#],
            &[],
        ),
        Trial::found(
            "x5t-sha1",
            Severity::Info,
            with(r#""x5t":"AA","x5t#S256":"AA""#),
            &[r#""x5t":"AA""#],
            &[],
        ),
        Trial::found(
            "x5t-sha1",
            Severity::Info,
            signed(
                r#"{"alg":"HS256","x5t":"AA"}"#,
                r#"{"iss":"https://token.actions.githubusercontent.com","exp":1795340000}"#,
            ),
            &[r#""x5t":"AA""#],
            &[],
        ),
        Trial::spared("x5t-sha1", with(r#""x5t#S256":"AA""#), &[]),
    ]
}

fn key_ids() -> Vec<Trial> {
    let to_nothing = r#""kid":"../../dev/null""#;
    let header = format!(r#"{{"alg":"HS256",{to_nothing}}}"#);
    vec![
        on("kid-path-traversal", Severity::High, to_nothing, &[]),
        on(
            "kid-path-traversal",
            Severity::High,
            r#""kid":"%252e%252e%252fkeys""#,
            &[],
        ),
        on(
            "kid-path-traversal",
            Severity::High,
            r#""kid":"a\u0000.pem""#,
            &[],
        ),
        Trial::found(
            "kid-path-traversal",
            Severity::Critical,
            inspect(&hmac(&header, GOOD_CLAIMS, b""), &KeyRing::default()),
            &[to_nothing],
            &["publicly-known-key"],
        ),
        Trial::spared(
            "kid-path-traversal",
            with(r#""kid":"/jNqhO2mGt9pVmHXb0hpYvlKyb3kdqwlF2GDkGrQ0Ls=""#),
            &[],
        ),
        Trial::spared(
            "kid-path-traversal",
            with(r#""kid":"projects/x/keyRings/y""#),
            &[],
        ),
        Trial::spared(
            "kid-path-traversal",
            with(r#""kid":"did:web:a.example:u:x#/../k""#),
            &[],
        ),
        Trial::spared(
            "kid-path-traversal",
            with(r#""kid":"https://a.example/x/../etc/""#),
            &[],
        ),
        on(
            "kid-sql-injection",
            Severity::High,
            r#""kid":"x' UNION SELECT 'secret'""#,
            &[],
        ),
        on(
            "kid-sql-injection",
            Severity::High,
            r#""kid":"x%27 or 1=1""#,
            &[],
        ),
        Trial::spared("kid-sql-injection", with(r#""kid":"o'brien""#), &[]),
        Trial::spared("kid-sql-injection", with(r#""kid":"a--b""#), &[]),
        on(
            "kid-command-injection",
            Severity::High,
            r#""kid":"key; id""#,
            &[],
        ),
        on(
            "kid-command-injection",
            Severity::High,
            r#""kid":"${jndi:ldap://b.example/x}""#,
            &[],
        ),
        on(
            "kid-command-injection",
            Severity::High,
            r#""kid":"a\r\nSet-Cookie: b""#,
            &[],
        ),
        Trial::spared(
            "kid-command-injection",
            with(r#""kid":"https://a.example/k?x=1&y=2;z=3""#),
            &[],
        ),
        on(
            "kid-unusual",
            Severity::Medium,
            r#""kid":"https://a.example/keys/1""#,
            &[],
        ),
        on("kid-unusual", Severity::Medium, r#""kid":17"#, &[]),
        on("kid-unusual", Severity::Low, r#""kid":"""#, &[]),
        on("kid-unusual", Severity::Low, "\"kid\":\"a\u{200B}b\"", &[]),
        on(
            "kid-unusual",
            Severity::Low,
            &format!(r#""kid":"{}""#, "k".repeat(257)),
            &[],
        ),
        Trial::spared(
            "kid-unusual",
            with(&format!(r#""kid":"{}""#, "k".repeat(256))),
            &[],
        ),
        Trial::spared("kid-unusual", with(r#""kid":"did:key:z6Mk""#), &[]),
    ]
}

fn extensions() -> Vec<Trial> {
    let crit = |crit: &str, more: &str, rule, reasons| {
        let member = format!(r#""crit":{crit}"#);
        Trial::found(
            rule,
            Severity::High,
            with(&format!("{member}{more}")),
            &[&member],
            reasons,
        )
    };
    vec![
        crit("[]", "", "crit-malformed", &["malformed"]),
        crit(r#""x""#, r#","x":1"#, "crit-malformed", &["malformed"]),
        crit(r#"["x"]"#, "", "crit-malformed", &["malformed"]),
        crit(
            r#"["x","x"]"#,
            r#","x":1"#,
            "crit-malformed",
            &["malformed"],
        ),
        crit(r#"["alg"]"#, "", "crit-malformed", &["malformed"]),
        Trial::spared("crit-malformed", with(r#""crit":["b64"],"b64":true"#), &[]),
        Trial::spared(
            "crit-malformed",
            with(r#""crit":["exp"],"exp":1"#),
            &["crit-unknown"],
        ),
        crit(
            r#"["https://a.example/x"]"#,
            r#","https://a.example/x":1"#,
            "crit-unknown",
            &["crit-unknown"],
        ),
        Trial::spared("crit-unknown", with(r#""crit":["b64"],"b64":true"#), &[]),
        // What is malformed is not looked up.
        Trial::spared(
            "crit-unknown",
            with(r#""crit":["x","x"],"x":1"#),
            &["malformed"],
        ),
        on(
            "b64-unencoded",
            Severity::High,
            r#""b64":"no""#,
            &["malformed"],
        ),
        Trial::found(
            "b64-unencoded",
            Severity::High,
            with(r#""b64":false,"crit":["b64"]"#),
            &[r#""b64":false"#],
            &["malformed"],
        ),
        Trial::spared("b64-unencoded", with(r#""crit":["b64"],"b64":true"#), &[]),
        Trial::spared(
            "b64-unencoded",
            signed(r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#, "plain"),
            &[],
        ),
    ]
}
