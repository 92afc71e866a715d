//! How the samples are made.

use josekit::jwe::{ECDH_ES_A128KW, JweEncrypter, JweHeader, RSA_OAEP_256};
use josekit::jwk::alg::ec::{EcCurve, EcKeyPair};
use josekit::jwk::alg::ed::EdCurve;
use josekit::jwk::{Jwk, KeyPair as _};
use josekit::jws::{ES256, EdDSA, JwsSigner, RS256};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_json::{Value, json};

use super::{EXPIRED, FAR, ISSUED, WEAK_SECRET, encode, mac, path, read, write};

/// The public keys of the shop.
const SHOP_KEYS: &str = "shop.jwks.json";

/// Makes those that are missing: `cargo test make_samples -- --ignored`.
///
/// A file that is there is left as it is, unless it is empty: the program does not build without its texts. The private halves of the keys are forgotten, so what the issuer's or the unfit
/// keys sign is made with its key set or not at all; the shop gets another key for whatever of its own is missing.
#[test]
#[ignore = "writes what is missing in assets/samples"]
fn make_samples() {
    if is_missing(&[
        "issuer.jwks.json",
        "damaged.jwt",
        "expired.jwt",
        "request.http",
    ]) {
        make_issuer();
    }
    if is_missing(&["unfit-keys.jwks.json", "unfit-keys.log"]) {
        make_unfit_keys();
    }
    if is_missing(&["partner.jwks.json", "sealed.jwt", "two-signatures.json"]) {
        make_partner();
    }
    make_unsigned();
    make_shop();
}

/// Whether none of these files is there. All or none must be.
fn is_missing(files: &[&str]) -> bool {
    let there = files.iter().filter(|file| is_there(file)).count();
    assert!(
        there == 0 || there == files.len(),
        "the keys of {files:?} are forgotten: delete all of them, or bring the missing ones back"
    );
    there == 0
}

fn is_there(file: &str) -> bool {
    path(file)
        .metadata()
        .is_ok_and(|metadata| metadata.len() > 0)
}

/// Writes a sample that is not there yet.
fn add(file: &str, text: impl FnOnce() -> String) {
    if !is_there(file) {
        write(file, &(text() + "\n"));
    }
}

fn years() -> String {
    format!(r#""iat":{ISSUED},"exp":{FAR}"#)
}

/// Claims of a person at the issuer's.
fn person(rest: &str) -> String {
    format!(
        r#"{{"iss":"https://accounts.example","sub":"8f240c91","aud":"web-portal","name":"Jane Doe","nonce":"n-0S6_WzA2Mj",{rest}}}"#
    )
}

/// Claims of a customer of the shop.
fn customer(rest: &str) -> String {
    format!(
        r#"{{"iss":"https://shop.example","sub":"jane","aud":"https://orders.shop.example",{rest}}}"#
    )
}

fn make_issuer() {
    let september = RS256.generate_key_pair(2048).unwrap().to_jwk_key_pair();
    let march = RS256.generate_key_pair(2048).unwrap().to_jwk_key_pair();
    let api = ES256.generate_key_pair().unwrap().to_jwk_key_pair();
    let gateway = RSA_OAEP_256
        .generate_key_pair(2048)
        .unwrap()
        .to_jwk_public_key();
    write_keys(
        "issuer.jwks.json",
        &[
            published(&september, &["n", "e"], "RS256", "idp-2026-09"),
            published(&march, &["n", "e"], "RS256", "idp-2026-03"),
            published(&api, &["crv", "x", "y"], "ES256", "api-es256"),
        ],
    );

    let september = RS256.signer_from_jwk(&september).unwrap();
    let march = RS256.signer_from_jwk(&march).unwrap();
    let api = ES256.signer_from_jwk(&api).unwrap();
    let hour = format!(
        r#""iat":{ISSUED},"nbf":{ISSUED},"exp":{EXPIRED},"auth_time":{}"#,
        ISSUED - 13
    );
    let years = years();

    let id_token = signed(
        &september,
        r#"{"alg":"RS256","typ":"JWT","kid":"idp-2026-09","jku":"https://keys.example.net/jwks"}"#,
        &person(&hour),
    );
    let access_token = signed(
        &api,
        r#"{"alg":"ES256","typ":"at+jwt","kid":"api-es256"}"#,
        &format!(
            r#"{{"iss":"https://accounts.example","sub":"8f240c91","aud":"https://api.example","client_id":"web-portal","scope":"orders:read","jti":"at-5d1c7e",{years}}}"#
        ),
    );
    let session = unsecured(
        "none",
        &format!(r#"{{"iss":"https://portal.example","sub":"admin",{years}}}"#),
    );
    let refresh_token = encrypted(
        &RSA_OAEP_256.encrypter_from_jwk(&gateway).unwrap(),
        br#"{"sub":"8f240c91","family":"rt-77c0"}"#,
    );
    let body = format!(
        r#"{{"access_token":"{access_token}","token_type":"Bearer","refresh_token":"{refresh_token}"}}"#
    ) + "\n";
    write(
        "request.http",
        &format!(
            "POST /api/session HTTP/1.1\nHost: portal.example\nAccept: application/json\nAuthorization: Bearer {id_token}\n\
             Cookie: theme=dark; session={session}\nContent-Type: application/json\nContent-Length: {}\n\n{body}",
            body.len()
        ),
    );
    let expired = signed(
        &march,
        r#"{"alg":"RS256","typ":"JWT","kid":"idp-2026-03"}"#,
        &person(&hour),
    );
    add("expired.jwt", || expired);
    let twice = signed(
        &september,
        r#"{"alg":"RS256","typ":"JWT","kid":"idp-2026-09"}"#,
        &format!(
            r#"{{"iss":"https://accounts.example","sub":"8f240c91","aud":"web-portal",{years},"sub":"admin"}}"#
        ),
    );
    add("damaged.jwt", || twice + "==");
}

/// Tokens that need no key of ours, or one that is forgotten with them.
fn make_unsigned() {
    let years = years();
    add("unsecured.jwt", || unsecured("none", &person(&years)));
    add("disguised-none.jwt", || {
        unsecured(
            "nOnE",
            &format!(r#"{{"iss":"https://shop.example","sub":"admin",{years}}}"#),
        )
    });
    let portal = format!(r#"{{"iss":"https://portal.example","sub":"8f240c91",{years}}}"#);
    add("weak-secret.key", || WEAK_SECRET.to_owned());
    add("weak-secret.jwt", || {
        with_secret(WEAK_SECRET, r#"{"alg":"HS256","typ":"JWT"}"#, &portal)
    });
    add("known-secrets.log", || {
        let token =
            |secret| with_secret(secret, r#"{"alg":"HS256","typ":"JWT"}"#, &customer(&years));
        log(&[
            ("orders", token("your-256-bit-secret")),
            ("orders", token("")),
        ])
    });
    add("no-key.jwt", || {
        let pair = EdDSA.generate_key_pair(EdCurve::Ed25519).unwrap();
        let signer = EdDSA.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap();
        let claims = format!(r#"{{"iss":"https://bank.example","sub":"jane",{years}}}"#);
        signed(
            &signer,
            r#"{"alg":"EdDSA","typ":"JWT","kid":"bank-7"}"#,
            &claims,
        )
    });
    add("own-key.jwt", || {
        let pair = EdDSA.generate_key_pair(EdCurve::Ed25519).unwrap();
        let own = pair.to_jwk_public_key();
        let member = |name| own.parameter(name).unwrap().as_str().unwrap();
        let (curve, x) = (member("crv"), member("x"));
        let signer = EdDSA.signer_from_jwk(&pair.to_jwk_key_pair()).unwrap();
        signed(
            &signer,
            &format!(
                r#"{{"alg":"EdDSA","typ":"JWT","jwk":{{"kty":"OKP","crv":"{curve}","x":"{x}"}}}}"#
            ),
            &format!(r#"{{"iss":"https://shop.example","sub":"admin",{years}}}"#),
        )
    });
    add("encrypted.jwt", || {
        let gateway = ECDH_ES_A128KW.generate_ec_key_pair(EcCurve::P256).unwrap();
        let gateway = gateway.to_jwk_public_key();
        encrypted(
            &ECDH_ES_A128KW.encrypter_from_jwk(&gateway).unwrap(),
            customer(&years).as_bytes(),
        )
    });
}

/// Tokens between the shop and its partner, who gives away the key that opens what is encrypted for him.
fn make_partner() {
    let signing = ES256.generate_key_pair().unwrap();
    let other = EdDSA.generate_key_pair(EdCurve::Ed25519).unwrap();
    let sealing = ECDH_ES_A128KW.generate_ec_key_pair(EcCurve::P256).unwrap();
    let mut private = published(
        &sealing.to_jwk_key_pair(),
        &["crv", "x", "y", "d"],
        "ECDH-ES+A128KW",
        "partner-enc",
    );
    private["use"] = json!("enc");
    write_keys(
        "partner.jwks.json",
        &[
            published(
                &signing.to_jwk_public_key(),
                &["crv", "x", "y"],
                "ES256",
                "partner-sig",
            ),
            private,
        ],
    );
    let signer = ES256.signer_from_jwk(&signing.to_jwk_key_pair()).unwrap();
    let inner = signed(
        &signer,
        r#"{"alg":"ES256","typ":"JWT","kid":"partner-sig"}"#,
        &customer(&years()),
    );
    let mut header = JweHeader::new();
    header.set_content_encryption("A256GCM");
    header.set_content_type("JWT");
    header.set_key_id("partner-enc");
    let encrypter = ECDH_ES_A128KW
        .encrypter_from_jwk(&sealing.to_jwk_public_key())
        .unwrap();
    let sealed = josekit::jwe::serialize_compact(inner.as_bytes(), &header, &encrypter).unwrap();
    write("sealed.jwt", &(sealed + "\n"));

    let order = "Order 4711: 129.90 EUR, paid";
    let other = EdDSA.signer_from_jwk(&other.to_jwk_key_pair()).unwrap();
    let signature = |signer: &dyn JwsSigner, header: &str| {
        let token = signed(signer, header, order);
        let parts: Vec<_> = token.split('.').collect();
        json!({"protected": parts[0], "signature": parts[2]})
    };
    let mut carrier = signature(&other, r#"{"alg":"EdDSA"}"#);
    carrier["header"] = json!({"kid": "carrier-2026"});
    let both = json!({
        "payload": encode(order.as_bytes()),
        "signatures": [signature(&signer, r#"{"alg":"ES256","kid":"partner-sig"}"#), carrier],
    });
    let text = serde_json::to_string_pretty(&both).unwrap();
    write("two-signatures.json", &(text + "\n"));
}

/// The shop, with the key that it signs with in this run, once something was signed.
#[derive(Default)]
struct Shop(Option<ShopKey>);

struct ShopKey {
    id: String,
    pair: EcKeyPair,
}

impl Shop {
    /// A key beside those that the shop has published.
    fn key(&mut self) -> &ShopKey {
        self.0.get_or_insert_with(|| {
            let mut keys = if is_there(SHOP_KEYS) {
                let set: Value = serde_json::from_str(&read(SHOP_KEYS)).unwrap();
                set["keys"].as_array().unwrap().clone()
            } else {
                Vec::new()
            };
            let id = format!("shop-{}", keys.len() + 1);
            let pair = ES256.generate_key_pair().unwrap();
            let public = pair.to_jwk_public_key();
            keys.push(published(&public, &["crv", "x", "y"], "ES256", &id));
            write_keys(SHOP_KEYS, &keys);
            ShopKey { id, pair }
        })
    }

    /// A token under the shop's key. `rest` are members of the header after `alg` and `kid`.
    fn sign(&mut self, rest: &str, payload: &str) -> String {
        let key = self.key();
        let signer = ES256.signer_from_jwk(&key.pair.to_jwk_key_pair()).unwrap();
        let header = format!(r#"{{"alg":"ES256","kid":"{}"{rest}}}"#, key.id);
        signed(&signer, &header, payload)
    }

    /// The same for a JWT.
    fn jwt(&mut self, payload: &str) -> String {
        self.sign(r#","typ":"JWT""#, payload)
    }
}

fn make_shop() {
    let years = years();
    let shop = &mut Shop::default();
    add("genuine.jwt", || shop.jwt(&customer(&years)));
    add("changed.jwt", || {
        let genuine = shop.jwt(&customer(&years));
        let parts: Vec<_> = genuine.split('.').collect();
        let claims = customer(&years).replace("\"jane\"", "\"admin\"");
        format!("{}.{}.{}", parts[0], encode(claims.as_bytes()), parts[2])
    });
    add("impossible.log", || {
        let genuine = shop.jwt(&customer(&years));
        let (input, _) = genuine.rsplit_once('.').unwrap();
        let cut = &genuine[..genuine.len() - 6];
        let zeros = format!("{input}.{}", encode(&[0; 64]));
        log(&[("orders", zeros), ("orders", cut.to_owned())])
    });
    add("key-address.jwt", || {
        shop.sign(
            r#","typ":"JWT","jku":"https://keys.example.net/jwks.json""#,
            &customer(&years),
        )
    });
    add("swapped-algorithm.jwt", || {
        // The attack: the public key's file as the secret.
        let key = shop.key();
        let secret = String::from_utf8(key.pair.to_pem_public_key()).unwrap();
        let header = format!(r#"{{"alg":"HS256","kid":"{}","typ":"JWT"}}"#, key.id);
        let claims = customer(&years).replace("\"jane\"", "\"admin\"");
        with_secret(&secret, &header, &claims)
    });
    make_shop_times(shop);
    make_shop_claims(shop, &years);
    add("cut.jwt", || {
        let genuine = shop.jwt(&customer(&years));
        let (input, _) = genuine.rsplit_once('.').unwrap();
        input[..input.len() - 30].to_owned()
    });
    add("respelled.jwt", || {
        let mut respelled = shop.jwt(&customer(&years));
        // 64 bytes leave four spare bits in the last character: one up is the same bytes, otherwise spelled.
        let last = respelled.pop().unwrap();
        respelled.push(char::from_u32(u32::from(last) + 1).unwrap());
        respelled
    });
    add("trailing.jwt", || {
        shop.jwt(&(customer(&years) + " // checked"))
    });
    add("extensions.log", || {
        let unknown = r#","typ":"JWT","crit":["https://shop.example/seal"],"https://shop.example/seal":"s-41""#;
        log(&[
            ("orders", shop.sign(unknown, &customer(&years))),
            (
                "orders",
                shop.sign(r#","typ":"JWT","crit":[]"#, &customer(&years)),
            ),
            (
                "orders",
                shop.sign(r#","typ":"JWT","b64":false"#, &customer(&years)),
            ),
        ])
    });
    add("detached.jwt", || {
        let whole = shop.sign("", r#"{"order":4711,"total":"129.90"}"#);
        let parts: Vec<_> = whole.split('.').collect();
        format!("{}..{}", parts[0], parts[2])
    });
}

fn make_shop_times(shop: &mut Shop) {
    add("not-yet-valid.jwt", || {
        shop.jwt(&customer(&format!(
            r#""iat":{ISSUED},"nbf":{FAR},"exp":{}"#,
            FAR + 86_400
        )))
    });
    add("leeway.jwt", || {
        shop.jwt(&customer(&format!(
            r#""iat":{ISSUED},"nbf":{FAR},"exp":{}"#,
            FAR + 30
        )))
    });
    add("odd-times.log", || {
        let quoted = customer(&format!(r#""iat":{ISSUED},"exp":"{FAR}""#));
        log(&[
            ("orders", shop.jwt(&quoted)),
            ("orders", shop.jwt(&customer(&format!(r#""iat":{ISSUED}"#)))),
        ])
    });
}

fn make_shop_claims(shop: &mut Shop, years: &str) {
    add("duplicates.jwt", || {
        shop.jwt(&customer(&format!(r#"{years},"sub":"admin""#)))
    });
    add("hidden.jwt", || {
        shop.jwt(&customer(&format!(
            "{years},\"name\":\"Jane \u{202E}eoD\u{202C}\",\"role\":\"us\u{200B}er\",\"ad\u{2060}min\":true,\"note\":\"first\\nsecond\\u0007\\u0000\""
        )))
    });
    add("numbers.jwt", || {
        shop.jwt(&customer(&format!(
            r#"{years},"account":9007199254740993,"serial":18446744073709551617,"rate":0.1000000000000000000001,"limit":1e400,"version":3.0,"balance":-0"#
        )))
    });
    add("nested.jwt", || {
        let orders: Vec<_> = (0..40)
            .map(|order| {
                let state = ["open", "paid", "sent"][order % 3];
                let total = format!("{}.{:02}", order * 7 + 12, order * 13 % 100);
                json!({"id": 4_700 + order, "lines": order % 5 + 1, "state": state, "total": total})
            })
            .collect();
        let deep = (1..=24).rev().fold(
            json!("the innermost value"),
            |inner, level| json!({"level": level, "inner": inner}),
        );
        let mut rest = vec![
            format!(r#""deep":{deep}"#),
            format!(r#""orders":{}"#, json!(orders)),
            years.to_owned(),
        ];
        rest.extend((1..=60).map(|flag| format!(r#""feature_{flag:02}":{}"#, flag % 3 == 0)));
        shop.jwt(&customer(&rest.join(",")))
    });
}

/// Genuine tokens under keys that should not have signed them, and one of an algorithm that is prohibited.
fn make_unfit_keys() {
    let exponent = BigNum::from_u32(3).unwrap();
    let small = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let cubic = PKey::from_rsa(Rsa::generate_with_e(2048, &exponent).unwrap()).unwrap();
    let sealing = ES256.generate_key_pair().unwrap().to_jwk_key_pair();
    let rsa = |key: &PKey<Private>, kid: &str| {
        let rsa = key.rsa().unwrap();
        let (n, e) = (encode(&rsa.n().to_vec()), encode(&rsa.e().to_vec()));
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e})
    };
    let mut sealing_public = published(&sealing, &["crv", "x", "y"], "ES256", "for-sealing");
    sealing_public["use"] = json!("enc");
    write_keys(
        "unfit-keys.jwks.json",
        &[
            rsa(&small, "1024-bits"),
            rsa(&cubic, "exponent-3"),
            sealing_public,
        ],
    );
    let claims = format!(
        r#"{{"iss":"https://legacy.example","sub":"jane",{}}}"#,
        years()
    );
    let with = |digest, key: &PKey<Private>, header: &str| {
        let input = format!(
            "{}.{}",
            encode(header.as_bytes()),
            encode(claims.as_bytes())
        );
        let mut signer = Signer::new(digest, key).unwrap();
        let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
        format!("{input}.{}", encode(&signature))
    };
    let sha256 = MessageDigest::sha256();
    let secret = PKey::hmac(&openssl::sha::sha256(claims.as_bytes())).unwrap();
    let sealer = ES256.signer_from_jwk(&sealing).unwrap();
    let tokens = [
        (
            "login",
            with(sha256, &small, r#"{"alg":"RS256","kid":"1024-bits"}"#),
        ),
        (
            "login",
            with(sha256, &cubic, r#"{"alg":"RS256","kid":"exponent-3"}"#),
        ),
        (
            "vault",
            signed(&sealer, r#"{"alg":"ES256","kid":"for-sealing"}"#, &claims),
        ),
        (
            "login",
            with(MessageDigest::sha1(), &secret, r#"{"alg":"HS1"}"#),
        ),
    ];
    add("unfit-keys.log", || log(&tokens));
}

/// Lines of a log, a token in each.
fn log(tokens: &[(&str, String)]) -> String {
    let lines = tokens.iter().enumerate().map(|(index, (service, token))| {
        format!("2026-11-18T20:00:{index:02}Z {service} request with Authorization: Bearer {token}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn write_keys(file: &str, keys: &[Value]) {
    let set = json!({ "keys": keys });
    write(file, &(serde_json::to_string_pretty(&set).unwrap() + "\n"));
}

fn published(key: &Jwk, members: &[&str], alg: &str, kid: &str) -> Value {
    let mut published = json!({"kty": key.key_type(), "use": "sig", "alg": alg, "kid": kid});
    for member in members {
        published[*member] = key.parameter(member).unwrap().clone();
    }
    published
}

fn input(header: &str, payload: &str) -> String {
    format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    )
}

fn signed(signer: &dyn JwsSigner, header: &str, payload: &str) -> String {
    let input = input(header, payload);
    let signature = signer.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", encode(&signature))
}

fn with_secret(secret: &str, header: &str, payload: &str) -> String {
    let input = input(header, payload);
    let mac = mac(secret, &input);
    format!("{input}.{}", encode(&mac))
}

fn unsecured(alg: &str, payload: &str) -> String {
    let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
    format!("{}.", input(&header, payload))
}

fn encrypted(encrypter: &dyn JweEncrypter, claims: &[u8]) -> String {
    let mut header = JweHeader::new();
    header.set_content_encryption("A256GCM");
    header.set_key_id("gateway-2026");
    josekit::jwe::serialize_compact(claims, &header, encrypter).unwrap()
}
