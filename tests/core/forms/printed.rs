//! What the RFCs print in JSON form, and without its payload, typed in as facts.

use serde_json::{Value, json};
use tokenloupe::judge::{Policy, ProfileChoice, ProfileName};

use super::{see, see_at};
use crate::way::{keys_of, message};

/// RFC 7515 appendices A.1 to A.3.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const RS256: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
const ES256: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
const RSA_KEY: &str = r#"{"kty":"RSA","kid":"2010-12-29","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#;
const EC_KEY: &str = r#"{"kty":"EC","kid":"e9bc097a-ce51-4036-9562-d2ade882db0d","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

/// RFC 7515 appendix A.6.4.
fn a6() -> Value {
    json!({
        "payload": CLAIMS,
        "signatures": [
            {"protected": "eyJhbGciOiJSUzI1NiJ9", "header": {"kid": "2010-12-29"}, "signature": RS256},
            {
                "protected": "eyJhbGciOiJFUzI1NiJ9",
                "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"},
                "signature": ES256
            }
        ]
    })
}

#[test]
fn rfc_7515_appendix_a_6_two_signatures() {
    let text = a6().to_string();
    for (files, outcomes, verdict) in [
        (
            &[RSA_KEY, EC_KEY][..],
            ["valid", "valid"],
            ("accept", vec![]),
        ),
        (&[RSA_KEY], ["valid", "not-checked"], ("accept", vec![])),
        (&[EC_KEY], ["not-checked", "valid"], ("accept", vec![])),
        (
            &[],
            ["not-checked", "not-checked"],
            ("undetermined", vec!["no-key"]),
        ),
    ] {
        let ring = keys_of(files.iter().copied());
        let seen = see(&text, &ring, &message());
        assert_eq!(seen.outcomes(), outcomes);
        assert_eq!(seen.verdict(), verdict);
        let of = |at: usize, name: &str| seen.report["signatures"][at][name].clone();
        assert_eq!(
            (of(0, "alg"), of(1, "alg")),
            (json!("RS256"), json!("ES256"))
        );
        assert_eq!(of(0, "unprotected"), json!({"kid": "2010-12-29"}));
        assert_eq!(of(1, "header"), json!({"alg": "ES256"}));
        for (at, outcome) in outcomes.iter().enumerate() {
            assert_eq!(of(at, "key").is_null(), *outcome != "valid");
        }
    }
    // As claims, they expired in 2011.
    let ring = keys_of([RSA_KEY, EC_KEY]);
    assert_eq!(
        see(&text, &ring, &Policy::default()).verdict(),
        ("reject", vec!["expired"])
    );
    let then = see_at(
        &text,
        &ring,
        &Policy::default(),
        None,
        "2011-03-22T18:00:00Z",
    );
    assert_eq!(then.verdict(), ("accept", vec![]));
    assert!(then.rules().contains(&"jwt-json-serialization"));
}

/// RFC 7515 appendix A.7.
#[test]
fn rfc_7515_appendix_a_7_flattened() {
    let text = json!({
        "payload": CLAIMS,
        "protected": "eyJhbGciOiJFUzI1NiJ9",
        "header": {"kid": "e9bc097a-ce51-4036-9562-d2ade882db0d"},
        "signature": ES256
    });
    let seen = see(text.to_string(), &keys_of([EC_KEY]), &message());
    assert_eq!(
        (seen.outcomes(), seen.verdict()),
        (vec!["valid"], ("accept", vec![]))
    );
    assert_eq!(seen.report["serialization"], "flattened");
}

const RSA_PRIVATE: &str = r#"{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbgBHod5pcM9H95GQRV3JDXboIRROSBigeC5yjU1hGzHHyXss8UDprecbAYxknTcQkhslANGRUZmdTOQ5qTRsLAt6BTYuyvVRdhS8exSZEy_c4gs_7svlJJQ4H9_NxsiIoLwAEk7-Q3UXERGYw_75IDrGA84-lA_-Ct4eTlXHBIY2EaV7t7LjJaynVJCpkv4LKjTTAumiGUIuQhrNhZLuF_RJLqHpM2kgWFLU7-VTdL1VbC2tejvcI2BlMkEpk1BzBZI0KQB0GaDWFLN-aEAw3vRw","e":"AQAB","d":"VFCWOqXr8nvZNyaaJLXdnNPXZKRaWCjkU5Q2egQQpTBMwhprMzWzpR8Sxq1OPThh_J6MUD8Z35wky9b8eEO0pwNS8xlh1lOFRRBoNqDIKVOku0aZb-rynq8cxjDTLZQ6Fz7jSjR1Klop-YKaUHc9GsEofQqYruPhzSA-QgajZGPbE_0ZaVDJHfyd7UUBUKunFMScbflYAAOYJqVIVwaYR5zWEEceUjNnTNo_CVSj-VvXLO5VZfCUAVLgW4dpf1SrtZjSt34YLsRarSb127reG_DUwg9Ch-KyvjT1SkHgUWRVGcyly7uvVGRSDwsXypdrNinPA4jlhoNdizK2zF2CWQ"}"#;

/// RFC 7516 appendix A.4.7.
#[test]
fn rfc_7516_appendix_a_4_two_recipients() {
    let text = json!({
        "protected": "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0",
        "unprotected": {"jku": "https://server.example.com/keys.jwks"},
        "recipients": [
            {
                "header": {"alg": "RSA1_5", "kid": "2011-04-29"},
                "encrypted_key": "UGhIOguC7IuEvf_NPVaXsGMoLOmwvc1GyqlIKOK1nN94nHPoltGRhWhw7Zx0-kFm1NJn8LE9XShH59_i8J0PH5ZZyNfGy2xGdULU7sHNF6Gp2vPLgNZ__deLKxGHZ7PcHALUzoOegEI-8E66jX2E4zyJKx-YxzZIItRzC5hlRirb6Y5Cl_p-ko3YvkkysZIFNPccxRU7qve1WYPxqbb2Yw8kZqa2rMWI5ng8OtvzlV7elprCbuPhcCdZ6XDP0_F8rkXds2vE4X-ncOIM8hAYHHi29NX0mcKiRaD0-D-ljQTP-cFPgwCp6X-nZZd9OHBv-B3oWh2TbqmScqXMR4gp_A"
            },
            {
                "header": {"alg": "A128KW", "kid": "7"},
                "encrypted_key": "6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ"
            }
        ],
        "iv": "AxY8DCtDaGlsbGljb3RoZQ",
        "ciphertext": "KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY",
        "tag": "Mz-VPPyU4RlcuYv1IwIvzw"
    });
    let wrap = r#"{"kty":"oct","k":"GawgguFyGrWKav7AX4VKUg"}"#;
    for (files, recipient, verdict) in [
        (
            &[RSA_PRIVATE, wrap][..],
            0,
            ("undetermined", vec!["sender-unproven"]),
        ),
        (&[RSA_PRIVATE], 0, ("undetermined", vec!["sender-unproven"])),
        (&[wrap], 1, ("accept", vec![])),
    ] {
        let seen = see(
            text.to_string(),
            &keys_of(files.iter().copied()),
            &message(),
        );
        assert_eq!(seen.decryption(), "decrypted");
        assert_eq!(seen.payload(), Some(&b"Live long and prosper."[..]));
        assert_eq!(seen.report["decryption"]["recipient"], recipient);
        assert_eq!(seen.verdict(), verdict);
        assert_eq!(
            seen.report["unprotected"],
            json!({"jku": "https://server.example.com/keys.jwks"})
        );
        let rules = seen.rules();
        assert!(rules.contains(&"jws-alg-unprotected") && rules.contains(&"jwe-rsa1-5"));
    }
}

/// RFC 7797 section 4, with the key of RFC 7515 appendix A.1.
#[test]
fn rfc_7797_section_4_the_payload_as_it_is() {
    let key = r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#;
    let ring = keys_of([key]);
    let control = "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ";
    let seen = see(control, &ring, &message());
    assert_eq!(
        (seen.verdict(), seen.payload()),
        (("accept", vec![]), Some(&b"$.02"[..]))
    );

    let (protected, signature) = (
        "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19",
        "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY",
    );
    let detached = format!("{protected}..{signature}");
    let now = "2026-11-21T22:40:13Z";
    let seen = see_at(&detached, &ring, &message(), Some(b"$.02"), now);
    assert_eq!(seen.verdict(), ("accept", vec![]));
    let other = see_at(&detached, &ring, &message(), Some(b"$.03"), now);
    assert_eq!(other.verdict(), ("reject", vec!["signature-invalid"]));
    let missing = see(&detached, &ring, &message());
    assert_eq!(
        missing.verdict(),
        ("undetermined", vec!["detached-payload-missing"])
    );

    let flattened = json!({"protected": protected, "payload": "$.02", "signature": signature});
    let general = json!({
        "payload": "$.02",
        "signatures": [{"protected": protected, "signature": signature}]
    });
    for json in [flattened, general] {
        let seen = see(json.to_string(), &ring, &message());
        assert_eq!(seen.verdict(), ("accept", vec![]), "{json}");
        assert_eq!(seen.payload(), Some(&b"$.02"[..]));
        // It stands in JSON, where a letter can be spelled in two ways.
        let spelled = json.to_string().replace("$.02", "\\u0024.02");
        assert_eq!(
            see(&spelled, &ring, &message()).verdict(),
            ("accept", vec![])
        );
        let changed = json.to_string().replace("$.02", "$.20");
        assert_eq!(see(&changed, &ring, &message()).verdict().0, "reject");
    }
    // Of a JWT it is not allowed (section 7 of RFC 7797).
    let policy = Policy {
        profile: ProfileChoice::Named(ProfileName::Jwt),
        ..Policy::default()
    };
    let seen = see_at(&detached, &ring, &policy, Some(b"$.02"), now);
    assert_eq!(seen.verdict(), ("reject", vec!["malformed"]));
}
