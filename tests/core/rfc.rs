//! The examples that the RFCs print, typed in as facts.

use tokenloupe::judge::{ProfileName, VerdictOutcome};
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Outcome, Provenance};

use crate::common::{inspect, instant, judge, reasons, ring};

/// The claims of RFC 7515 appendices A.1 to A.3 and A.5.
const CLAIMS: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

/// Alg, header, payload, signature, key.
fn examples() -> [(&'static str, String, &'static str); 5] {
    [
        (
            "HS256", // RFC 7515 A.1
            format!("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{CLAIMS}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            r#"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}"#,
        ),
        (
            "RS256", // RFC 7515 A.2
            format!(
                "eyJhbGciOiJSUzI1NiJ9.{CLAIMS}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
            ),
            r#"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"}"#,
        ),
        (
            "ES256", // RFC 7515 A.3
            format!(
                "eyJhbGciOiJFUzI1NiJ9.{CLAIMS}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
            ),
            r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        ),
        (
            "ES512", // RFC 7515 A.4
            "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn".to_owned(),
            r#"{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"}"#,
        ),
        (
            "EdDSA", // RFC 8037 A.4
            "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg".to_owned(),
            r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
        ),
    ]
}

#[test]
fn printed_signatures_verify_with_the_printed_keys() {
    for (alg, token, key) in examples() {
        let inspection = inspect(&token, &ring(key));
        let proof = inspection.proof.signatures.first().unwrap();
        assert_eq!(proof.alg.as_deref(), Some(alg));
        assert_eq!(proof.outcome, Outcome::Valid, "{alg}");
        assert_eq!(
            proof.key.as_ref().map(|used| used.provenance),
            Some(Provenance::Yours)
        );
        let judgement = judge(&inspection, Some(ProfileName::Jws));
        assert_eq!(
            judgement.verdict.outcome,
            VerdictOutcome::Accept,
            "{alg}: {:?}",
            judgement.verdict
        );
    }
}

#[test]
fn a_changed_bit_anywhere_spoils_them() {
    for (alg, token, key) in examples() {
        let ring = ring(key);
        for part in 1..3 {
            let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
            let changed: String = parts[part]
                .char_indices()
                .map(|(at, character)| match (at, character) {
                    (5, 'A') => 'B',
                    (5, _) => 'A',
                    (_, same) => same,
                })
                .collect();
            parts[part] = changed;
            let judgement = judge(&inspect(&parts.join("."), &ring), Some(ProfileName::Jws));
            assert_eq!(
                reasons(&judgement),
                ["signature-invalid"],
                "{alg} part {part}"
            );
        }
    }
}

#[test]
fn claims_of_2011_have_expired_since() {
    let (_, token, key) = examples().into_iter().next().unwrap();
    let inspection = inspect(&token, &ring(key));
    assert_eq!(reasons(&judge(&inspection, None)), ["expired"]);
    let then = inspection.judge(
        &tokenloupe::judge::Policy::default(),
        instant("2011-03-22T18:42:59Z"),
    );
    assert_eq!(then.verdict.outcome, VerdictOutcome::Accept);
}

/// RFC 7515 A.5 and RFC 7519 section 6.1.
#[test]
fn the_unsecured_example_is_unsecured() {
    let inspection = inspect(
        &format!("eyJhbGciOiJub25lIn0.{CLAIMS}."),
        &KeyRing::default(),
    );
    let judgement = judge(&inspection, None);
    assert_eq!(reasons(&judgement), ["unsecured", "expired"]);
    let rules: Vec<_> = judgement
        .findings
        .iter()
        .map(|finding| finding.rule)
        .collect();
    assert_eq!(rules, ["alg-none", "aud-missing", "outside-validity"]);
}

#[test]
fn without_a_key_nothing_is_said_of_the_signature() {
    for (alg, token, _) in examples() {
        let inspection = inspect(&token, &KeyRing::default());
        assert_eq!(
            reasons(&judge(&inspection, Some(ProfileName::Jws))),
            ["no-key"],
            "{alg}"
        );
    }
}
