//! Keys in what people paste: JSON of any shape, configuration, mail, source code. And what is no key file, or too much of one.

use std::io::Write as _;
use std::process::Command;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use openssl::base64::encode_block;
use openssl::rsa::Rsa;
use proptest::prelude::*;
use serde_json::{Value, json};
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys::{Holds, Key, KeyFault, KeyKind, LoadError, MAX_KEYS, Seeming, load};

use crate::certificates::{Issued, request, x5c};

/// A key in the pieces that texts are made of.
struct Pieces {
    certified: Issued,
    thumbprint: String,
    /// SPKI in PEM, with its line break.
    pem: String,
    /// PKCS#8 in PEM, with its line break.
    private: String,
    /// SPKI in base64.
    spki: String,
    jwk: String,
}

static PIECES: LazyLock<Pieces> = LazyLock::new(|| {
    let certified = request("a").self_signed();
    let key = &certified.key;
    let spki = key.public_key_to_der().unwrap();
    let point = &spki[spki.len() - 64..];
    let (x, y) = (encode(&point[..32]), encode(&point[32..]));
    Pieces {
        thumbprint: load("key", &spki).unwrap().remove(0).thumbprint.unwrap(),
        pem: String::from_utf8(key.public_key_to_pem().unwrap()).unwrap(),
        private: String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap(),
        spki: encode_block(&spki),
        jwk: json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}).to_string(),
        certified,
    }
});

fn escaped(text: &str) -> String {
    text.replace('\n', "\\n")
}

/// The one key of a text, which must be that of the pieces.
#[track_caller]
fn one(text: impl AsRef<[u8]>) -> Key {
    let shown = String::from_utf8_lossy(text.as_ref()).into_owned();
    let mut keys = load("file", text.as_ref()).unwrap_or_else(|error| panic!("{error}\n{shown}"));
    assert_eq!(keys.len(), 1, "{shown}");
    let key = keys.remove(0);
    assert_eq!(key.fault, None, "{shown}");
    assert_eq!(key.thumbprint.as_ref(), Some(&PIECES.thumbprint), "{shown}");
    key
}

#[track_caller]
fn error(content: &[u8]) -> String {
    let error = load("file", content).unwrap_err().to_string();
    assert_eq!(error.lines().count(), 2, "{error}");
    error
}

#[test]
fn keys_are_found_in_any_json_and_say_where_they_stood() {
    let Pieces {
        pem,
        private,
        spki,
        jwk,
        ..
    } = &*PIECES;
    let jwk: Value = serde_json::from_str(jwk).unwrap();
    let set = json!({"keys": [jwk]});
    for (document, spot) in [
        (
            json!({"issuer": "https://a.example", "jwks_uri": "https://a.example/jwks", "jwks": set}),
            "/jwks/keys/0",
        ),
        (
            json!({"client_id": "a", "redirect_uris": ["https://b.example"], "jwks": set}),
            "/jwks/keys/0",
        ),
        (
            json!({"iss": "https://a.example", "sub": "https://a.example", "iat": 1, "exp": 2, "jwks": set}),
            "/jwks/keys/0",
        ),
        (
            json!({"realm": "a", "public_key": spki, "token-service": "https://a.example/x", "tokens-not-before": 0}),
            "/public_key",
        ),
        (json!({"key": jwk, "attributes": {"enabled": true}}), "/key"),
        (
            json!({"verificationMethod": [{"id": "did:a#1", "publicKeyJwk": jwk}]}),
            "/verificationMethod/0/publicKeyJwk",
        ),
        (json!({"a/b": {"c~": jwk}}), "/a~1b/c~0"),
        (json!([{"type": "RS256", "key": pem}]), "/0/key"),
        (
            json!({"SecretString": set.to_string()}),
            "/SecretString, /keys/0",
        ),
        (
            json!({"kind": "Secret", "data": {"jwks.json": encode_block(set.to_string().as_bytes())}}),
            "/data/jwks.json, /keys/0",
        ),
        (
            json!({"kind": "Secret", "data": {"tls.crt": encode_block(pem.as_bytes())}}),
            "/data/tls.crt",
        ),
        (
            json!({"kind": "ConfigMap", "data": {"app.properties": format!("a=b\njwt.key={spki}\n")}}),
            "/data/app.properties, jwt.key, line 2",
        ),
        (
            json!({"private_key": private, "client_email": "a@b.example"}),
            "/private_key",
        ),
    ] {
        let key = one(document.to_string());
        assert_eq!(key.spot.as_deref(), Some(spot));
        assert_eq!(one(format!("{document:#}\n")).spot, key.spot);
    }
    assert_eq!(one(set.to_string()).spot.as_deref(), Some("/keys/0"));
    assert_eq!(one(jwk.to_string()).spot, None);
}

#[test]
fn a_kid_that_stands_beside_a_key_is_its_kid() {
    let Pieces {
        pem, private, spki, ..
    } = &*PIECES;
    for (document, kid) in [
        (
            json!({"8a63fe71e53067524cbbc6a3a58463b3864c0787": pem}),
            Some("8a63fe71e53067524cbbc6a3a58463b3864c0787"),
        ),
        (json!({"f9R3yg": pem}), Some("f9R3yg")),
        (json!({"public_key": pem}), None),
        (json!({"publicKey": pem}), None),
        (json!({"f9R3yg": pem, "more": 1}), None),
        (
            json!({"type": "service_account", "private_key_id": "a1", "private_key": private}),
            Some("a1"),
        ),
        (
            json!({"keys": [{"kid": "k", "algorithm": "ES256", "publicKey": spki}]}),
            Some("k"),
        ),
    ] {
        assert_eq!(
            one(document.to_string()).members.kid.as_deref(),
            kid,
            "{document}"
        );
    }
}

#[test]
fn certificates_come_out_of_chains_and_leave_no_double() {
    let Pieces {
        certified, spki, ..
    } = &*PIECES;
    let chain = json!([certified.entry()]);
    for text in [
        chain.to_string(),
        format!("{chain:#}"),
        json!({"x5c": chain}).to_string(),
        format!("\"x5c\": {chain}"),
        format!("x5c: {chain},\n"),
        chain[0].to_string(),
        format!("{},", chain[0]),
        json!({"keys": [{"kid": "k", "publicKey": spki, "certificate": chain[0]}]}).to_string(),
    ] {
        assert!(one(&text).certificate.is_some(), "{text}");
    }
}

#[test]
fn keys_are_found_in_configuration() {
    let Pieces {
        pem,
        private,
        spki,
        jwk,
        ..
    } = &*PIECES;
    let indented = |text: &str, by: &str| text.trim_end().replace('\n', &format!("\n{by}"));
    let base64 = |text: &str| encode_block(text.as_bytes());
    let folded = base64(private)
        .as_bytes()
        .chunks(60)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join("\n    ");
    let set = format!("{{\"keys\":[{jwk}]}}");
    let pretty = format!("{:#}", serde_json::from_str::<Value>(&set).unwrap());
    for (text, spot) in [
        (
            format!(
                "apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: {}\n",
                base64(pem)
            ),
            "tls.crt, line 4, ",
        ),
        (
            format!("kind: Secret\ndata:\n  jwks.json: {}\n", base64(&set)),
            "jwks.json, line 3, /keys/0",
        ),
        (
            format!("kind: Secret\ndata:\n  key.pem: |\n    {folded}\n  other: YQ==\n"),
            "key.pem, line 3, ",
        ),
        (
            format!(
                "kind: Secret\nstringData:\n  key.pem: |\n    {}\n",
                indented(pem, "    ")
            ),
            "line 4",
        ),
        (
            format!(
                "data:\n  jwks: |-\n    {}\n  x: y\n",
                indented(&pretty, "    ")
            ),
            "line 3, /keys/0",
        ),
        (format!("A=b\nexport KEY=\"{}\"\n", escaped(pem)), "line 2"),
        (format!("KEY='{}'\n", escaped(private)), "line 1"),
        (format!("# key\nKEY={}\n", base64(private)), "KEY, line 2, "),
        (
            format!("mp.jwt.verify.publickey={spki}\n"),
            "mp.jwt.verify.publickey, line 1",
        ),
        (format!("JWKS='{set}'\n"), "JWKS, line 1, /keys/0"),
        (format!("JWKS={}\n", json!(set)), "JWKS, line 1, /keys/0"),
        (
            format!("resource \"a\" \"b\" {{\n  pem = <<EOT\n{pem}EOT\n}}\n"),
            "line 3",
        ),
        (format!("[jwt]\nkey = \"\"\"\n{pem}\"\"\"\n"), "line 3"),
        (format!("{{{{ template }}}}\nkey: {spki}\n"), "key, line 2"),
        (
            format!("environment:\n  - JWT_KEY={spki}\n"),
            "JWT_KEY, line 2",
        ),
        (
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{set}"),
            "line 4, /keys/0",
        ),
        (format!("HTTP/1.1 200 OK\n\n{pretty}"), "line 3, /keys/0"),
        (
            format!("200 OK\n\n{{\n  \"kid\": \"a\",\n  \"public_key\": \"{spki}\"\n}}\n"),
            "line 3, /public_key",
        ),
        (
            format!("200 OK\n\n{}\n", json!({"f9R3yg": pem})),
            "line 3, /f9R3yg",
        ),
        (format!("{{\"a\":1}}\n{jwk}\n"), "line 2"),
        (
            format!(
                "const key = '{}' +\n  '';\n",
                escaped(pem).replace("\\n", "\\n' +\n  '")
            ),
            "line 1",
        ),
        (
            format!("Hello,\n> here it is:\n> {}\n", indented(pem, "> ")),
            "line 3",
        ),
    ] {
        let spot = spot.trim_end_matches(", ");
        assert_eq!(one(&text).spot.as_deref(), Some(spot), "{text}");
    }
}

#[test]
fn whole_files_are_unwrapped() {
    let Pieces { pem, spki, jwk, .. } = &*PIECES;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(pem.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let wide: Vec<u8> = format!("\u{FEFF}{pem}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let percent = pem
        .replace('+', "%2B")
        .replace('=', "%3D")
        .replace('\n', "%0A")
        .replace(' ', "%20");
    for bytes in [
        gzip.clone(),
        encode_block(&gzip).into_bytes(),
        wide,
        percent.into_bytes(),
        encode_block(pem.as_bytes()).into_bytes(),
        encode_block(jwk.as_bytes()).into_bytes(),
        format!("\"{spki}\"").into_bytes(),
    ] {
        assert_eq!(one(bytes).spot, None);
    }
}

#[test]
fn xml_keys_of_both_halves_load() {
    let rsa = Rsa::generate(1024).unwrap();
    let expected = load("key", &rsa.public_key_to_der().unwrap())
        .unwrap()
        .remove(0)
        .thumbprint;
    let number = |name: &str, number: Option<&openssl::bn::BigNumRef>| {
        format!(
            "<{name}>{}</{name}>",
            encode_block(&number.unwrap().to_vec())
        )
    };
    let public = number("Modulus", Some(rsa.n())) + &number("Exponent", Some(rsa.e()));
    let private = [
        number("P", rsa.p()),
        number("Q", rsa.q()),
        number("DP", rsa.dmp1()),
        number("DQ", rsa.dmq1()),
        number("InverseQ", rsa.iqmp()),
        number("D", Some(rsa.d())),
    ]
    .concat();
    for (xml, holds) in [
        (
            format!("<RSAKeyValue>{public}</RSAKeyValue>"),
            Holds::Public,
        ),
        (
            format!(
                "<?xml version=\"1.0\"?>\n<KeyValue><RSAKeyValue>{public}</RSAKeyValue></KeyValue>"
            ),
            Holds::Public,
        ),
        (
            format!("<RSAKeyValue>\n{public}{private}\n</RSAKeyValue>\n"),
            Holds::Private,
        ),
    ] {
        let keys = load("key.xml", xml.as_bytes()).unwrap();
        assert_eq!(
            (keys.len(), &keys[0].thumbprint, keys[0].holds),
            (1, &expected, holds)
        );
        assert_eq!(keys[0].inconsistencies().count(), 0);
        assert_eq!(keys[0].private().is_some(), holds == Holds::Private);
    }
    let saml = format!(
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"><RSAKeyValue>{public}</RSAKeyValue></samlp:Response>"
    );
    assert!(error(saml.as_bytes()).contains("found SAML"));
}

#[test]
fn what_a_token_says_of_itself_is_no_key() {
    let Pieces { certified, jwk, .. } = &*PIECES;
    let jwk: Value = serde_json::from_str(jwk).unwrap();
    let chain = [certified.entry()];
    for (document, seeming) in [
        (
            json!({"alg": "ES256", "typ": "dpop+jwt", "jwk": jwk}),
            "the header of a token",
        ),
        (
            json!({"alg": "ES256", "x5c": chain}),
            "the header of a token",
        ),
        (
            json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": jwk}),
            "the header of a token",
        ),
        (
            json!({"iss": "a", "exp": 1, "cnf": {"jwk": jwk}}),
            "the claims of a token",
        ),
        (
            json!({"iss": "a", "iat": 1, "sub_jwk": jwk}),
            "the claims of a token",
        ),
        (
            json!({"payload": "e30", "signatures": [{"header": {"jwk": jwk}, "signature": "AA"}]}),
            "a token",
        ),
        (
            json!({"log": {"version": "1.2", "entries": [{"text": json!({"keys": [jwk]}).to_string()}]}}),
            "recorded traffic",
        ),
    ] {
        let said = error(document.to_string().as_bytes());
        assert!(said.contains(&format!("found {seeming}\n")), "{said}");
    }
    let header = encode(json!({"alg": "ES256", "jwk": jwk}).to_string().as_bytes());
    for text in [
        format!("{header}.e30.AA"),
        format!("token: {header}.e30.AA"),
        header.clone(),
    ] {
        assert!(load("file", text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn metadata_without_keys_names_the_url_to_fetch() {
    let said =
        error(br#"{"issuer":"https://a.example","jwks_uri":"https://a.example/jwks?a=1&b=2"}"#);
    assert!(
        said.ends_with("curl -fsSo jwks.json 'https://a.example/jwks?a=1&b=2'"),
        "{said}"
    );
    let said = error(br#"{"issuer":"https://a.example","jwks_uri":"file:///etc/passwd"}"#);
    assert!(!said.contains("curl") && !said.contains("passwd"), "{said}");
}

#[test]
fn of_five_thousand_keys_the_first_are_loaded_and_the_rest_is_counted() {
    let Pieces { pem, spki, jwk, .. } = &*PIECES;
    let ssh = {
        let point = PIECES.certified.key.ec_key().unwrap();
        let mut context = openssl::bn::BigNumContext::new().unwrap();
        let point = point
            .public_key()
            .to_bytes(
                point.group(),
                openssl::ec::PointConversionForm::UNCOMPRESSED,
                &mut context,
            )
            .unwrap();
        let field =
            |bytes: &[u8]| [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat();
        let blob = [
            field(b"ecdsa-sha2-nistp256"),
            field(b"nistp256"),
            field(&point),
        ]
        .concat();
        format!("ecdsa-sha2-nistp256 {} me@host\n", encode_block(&blob))
    };
    let many = 5_000;
    let jwks = vec![jwk.as_str(); many].join(",");
    for text in [
        format!("{{\"keys\":[{jwks}]}}"),
        pem.repeat(many),
        ssh.repeat(many),
        format!("KEY={spki}\n").repeat(many),
        json!(vec![spki; many]).to_string(),
    ] {
        let start = Instant::now();
        let keys = load("many", text.as_bytes()).unwrap();
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "{:?}",
            start.elapsed()
        );
        let (last, loaded) = keys.split_last().unwrap();
        assert_eq!(loaded.len(), MAX_KEYS);
        assert!(loaded.iter().all(Key::is_usable));
        assert!(
            loaded
                .iter()
                .zip(1..)
                .all(|(key, ordinal)| key.ordinal == ordinal)
        );
        assert_eq!(
            last.fault,
            Some(KeyFault::LeftOut {
                count: many - MAX_KEYS
            })
        );
        assert!(
            last.fault
                .as_ref()
                .unwrap()
                .to_string()
                .contains("4000 more")
        );
    }
}

#[test]
fn what_is_no_key_file_says_what_it_seems_to_be() {
    for (content, seeming) in [
        (&b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"[..], "a picture"),
        (
            b"<!doctype html><html><body>Not found</body></html>",
            "a web page",
        ),
        (b"eyJhbGciOiJub25lIn0.e30.", "a token"),
        (b"", "an empty file"),
        (b"\xFF\xFE\n\0", "an empty file"),
        (b"PK\x03\x04\x14\0", "an archive"),
        (b"{\"keys\":[]}", "a key set without keys"),
        (b"[]", "a key set without keys"),
        (
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQ==\n-----END PGP PUBLIC KEY BLOCK-----\n",
            "PGP",
        ),
        (b"\x30\x82\x01\x22\x30\x0D\x06\x09", "cut short"),
    ] {
        let said = error(content);
        assert!(said.contains(seeming), "{said}");
    }
    for kind in [
        "sk-ssh-ed25519@openssh.com",
        "ssh-dss",
        "ssh-ed25519-cert-v01@openssh.com",
    ] {
        let blob = [
            &u32::try_from(kind.len()).unwrap().to_be_bytes(),
            kind.as_bytes(),
            &[0; 40],
        ]
        .concat();
        let said = error(format!("{kind} {} me", encode_block(&blob)).as_bytes());
        assert!(said.contains(kind), "{said}");
    }
}

#[test]
fn a_key_of_16384_bits_loads_at_once_and_a_longer_one_is_refused() {
    let rsa = |bits: usize| {
        let mut n = vec![0xFF; bits / 8];
        n[0] = 0x80;
        json!({"kty": "RSA", "n": encode(&n), "e": "AQAB"}).to_string()
    };
    let start = Instant::now();
    let key = load("key", rsa(16_384).as_bytes()).unwrap().remove(0);
    assert_eq!(key.kind, KeyKind::Rsa { bits: 16_384 });
    assert!(error(rsa(16_392).as_bytes()).contains("16392 bits"));
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// As large as a key file may be, and made to be read again and again.
#[test]
fn the_largest_files_are_read_in_bounded_time() {
    let spki = &PIECES.spki;
    for line in [
        "{\n".to_owned(),
        "\"kty\" {\n".to_owned(),
        "[\"a\",\n".to_owned(),
        "\n".to_owned(),
        "[1,2]\n\"kty\"\n".to_owned(),
        "-----BEGIN A-----\n".to_owned(),
        "ssh-rsa AAAA\n".to_owned(),
        "---- BEGIN SSH2 PUBLIC KEY ----\n".to_owned(),
        "a: |\n".to_owned(),
        format!("a={}\n", "M".repeat(60)),
        format!(
            "a={}\n",
            encode_block(
                format!("b={}\n", encode_block(format!("c={spki}").as_bytes())).as_bytes()
            )
        ),
        "30".to_owned(),
        "%2B".to_owned(),
        "<a>".to_owned(),
        "<RSAKeyValue>".to_owned(),
    ] {
        let text = line.repeat((4 << 20) / line.len());
        let start = Instant::now();
        if let Err(error) = load("large", text.as_bytes()) {
            assert_eq!(error.to_string().lines().count(), 2, "{error}");
        }
        let took = start.elapsed();
        assert!(took < Duration::from_secs(20), "{took:?} for {line:?}");
        if took > Duration::from_secs(2) {
            crate::common::say(&format!("{took:?} for {line:?}"));
        }
    }
}

/// The program, with a key file that it cannot take.
#[test]
fn the_program_answers_in_two_lines_and_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("directory")).unwrap();
    std::fs::write(folder.join("empty"), "").unwrap();
    let sparse = std::fs::File::create(folder.join("sparse")).unwrap();
    sparse.set_len(5 << 30).unwrap();
    for (name, expected) in [
        ("directory", "directory"),
        ("empty", "empty"),
        ("sparse", "4 MiB"),
        ("missing", "missing"),
    ] {
        let start = Instant::now();
        let output = Command::new(env!("CARGO_BIN_EXE_tokenloupe"))
            .args(["inspect", "--key", name, "eyJhbGciOiJub25lIn0.e30."])
            .current_dir(folder)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

/// Every kind of text that keys were found in.
fn texts() -> Vec<String> {
    let Pieces {
        certified,
        pem,
        private,
        spki,
        jwk,
        ..
    } = &*PIECES;
    vec![
        pem.clone(),
        private.clone(),
        spki.clone(),
        jwk.clone(),
        format!("{{\"jwks\":{{\"keys\":[{jwk}]}}}}"),
        format!("A=1\nKEY=\"{}\"\nB={spki}\n", escaped(pem)),
        format!(
            "kind: Secret\ndata:\n  a: {}\n",
            encode_block(pem.as_bytes())
        ),
        format!("{{{}}}", x5c(&[certified])),
        "<RSAKeyValue><Modulus>gQ==</Modulus><Exponent>Aw==</Exponent></RSAKeyValue>".to_owned(),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBnXxF8uU0kKj2M1mJ5mPAqgGwVyJm3yqEqEpcMHC+/5 me"
            .to_owned(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn bytes_around_and_one_byte_changed_give_keys_or_two_lines(
        which in any::<prop::sample::Index>(),
        before in prop::collection::vec(any::<u8>(), 0..20),
        after in prop::collection::vec(any::<u8>(), 0..20),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let texts = texts();
        let mut bytes = which.get(&texts).clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        match load("file", &[before, bytes, after].concat()) {
            Ok(keys) => prop_assert!(keys.iter().any(Key::is_usable)),
            Err(LoadError::NotAKey { found: Seeming::Discovery { .. }, .. }) => prop_assert!(false),
            Err(error) => prop_assert_eq!(error.to_string().lines().count(), 2),
        }
    }
}
