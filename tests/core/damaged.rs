//! Tokens that a strict reader throws away: each gives a result, with its faults and their bytes.

use tokenloupe::find::find;
use tokenloupe::inspection::Inspection;
use tokenloupe::jose::base64url::encode;
use tokenloupe::jose::{Kind, PartRole};
use tokenloupe::judge::VerdictOutcome;
use tokenloupe::keys::KeyRing;
use tokenloupe::verify::{Outcome, Setting, ShapeFault};

use crate::common::{judge, reasons};

const HEADER: &str = r#"{"alg":"ES256","typ":"JWT"}"#;
const CLAIMS: &str = r#"{"iss":"https://issuer.example","sub":"jane","exp":4000000000}"#;

fn token(header: &[u8], payload: &[u8], signature: &[u8]) -> String {
    format!(
        "{}.{}.{}",
        encode(header),
        encode(payload),
        encode(signature)
    )
}

fn whole() -> String {
    token(HEADER.as_bytes(), CLAIMS.as_bytes(), &[7; 64])
}

/// What the way from text to proof makes of the one token in a text.
#[track_caller]
fn inspect(text: &str) -> Inspection {
    let mut found = find(text.as_bytes(), "test");
    assert_eq!(found.len(), 1, "{text:.80}");
    let candidate = found.remove(0);
    assert_eq!(candidate.text.as_str(), text, "as received");
    let inspection = Inspection::new(candidate, &KeyRing::default(), &Setting::default());
    // Nothing of this is fit to be accepted, and the verdict says why.
    let judgement = judge(&inspection, None);
    assert_ne!(judgement.verdict.outcome, VerdictOutcome::Accept);
    assert!(!reasons(&judgement).is_empty());
    inspection
}

/// Codes of the faults, each with the text at fault.
fn faults(inspection: &Inspection) -> Vec<(&'static str, &str)> {
    let token = &inspection.token;
    let text = |range: &std::ops::Range<usize>| token.text().get(range.clone()).unwrap();
    token
        .faults
        .iter()
        .map(|fault| (fault.code(), text(&fault.range)))
        .collect()
}

fn outcome(inspection: &Inspection) -> Outcome {
    inspection.proof.signatures[0].outcome
}

#[test]
fn too_few_and_too_many_parts() {
    let whole = whole();
    let (signed, _) = whole.rsplit_once('.').unwrap();
    let two = inspect(signed);
    assert_eq!(
        (two.token.kind, faults(&two)),
        (Kind::Jws, vec![("segment-count", "")])
    );
    assert_eq!(two.token.faults[0].range.start, signed.len());
    assert_eq!(
        two.token.claims().and_then(|claims| claims.str("sub")),
        Some("jane")
    );
    assert_eq!(two.proof.signatures[0].shape, Some(ShapeFault::Empty));

    let text = format!("{whole}.AAAA");
    let four = inspect(&text);
    assert_eq!(
        (four.token.kind, faults(&four)),
        (Kind::Jws, vec![("segment-count", ".AAAA")])
    );
    assert_eq!(
        four.token.claims().and_then(|claims| claims.str("sub")),
        Some("jane")
    );

    let header = encode(HEADER.as_bytes());
    let one = inspect(&header);
    assert_eq!(
        (one.token.kind, faults(&one)),
        (Kind::Unreadable, vec![("segment-count", "")])
    );
    assert_eq!(
        one.token.header().and_then(|header| header.str("alg")),
        Some("ES256")
    );
}

#[test]
fn signatures_that_are_none() {
    let whole = whole();
    let (signed, signature) = whole.rsplit_once('.').unwrap();
    let empty = inspect(&format!("{signed}."));
    assert_eq!(faults(&empty), []);
    assert_eq!(empty.proof.signatures[0].shape, Some(ShapeFault::Empty));
    assert_eq!(outcome(&empty), Outcome::Invalid);

    let cut = inspect(&format!("{signed}.{}", &signature[..40]));
    let shape = ShapeFault::Length {
        expected: 64,
        found: 30,
    };
    assert_eq!(
        (faults(&cut), cut.proof.signatures[0].shape),
        (vec![], Some(shape))
    );
    assert_eq!(outcome(&cut), Outcome::Invalid);

    let odd = inspect(&format!("{signed}.{}", &signature[..41]));
    let last = &signature[40..41];
    assert_eq!(faults(&odd), [("b64-length", last)]);

    let (start, end) = signature.split_at(40);
    let foreign = inspect(&format!("{signed}.{start}!{end}"));
    assert_eq!(faults(&foreign), [("b64-other", "!")]);
    let at = foreign.token.faults[0].range.start;
    assert_eq!(at, signed.len() + 41);
}

#[test]
fn algorithms_that_are_none() {
    for (header, reason) in [
        (r#"{"typ":"JWT"}"#, "malformed"),
        (r#"{"alg":17,"typ":"JWT"}"#, "malformed"),
        (r#"{"alg":null,"typ":"JWT"}"#, "malformed"),
        (r#"{"alg":["ES256"],"typ":"JWT"}"#, "malformed"),
        (r#"{"alg":"","typ":"JWT"}"#, "unsupported-algorithm"),
        (r#"{"alg":"XX99","typ":"JWT"}"#, "unsupported-algorithm"),
        (r#"{"alg":"es256","typ":"JWT"}"#, "unsupported-algorithm"),
        // Registered for COSE only: the registry of JOSE does not have it.
        (r#"{"alg":"ESP256","typ":"JWT"}"#, "unsupported-algorithm"),
    ] {
        let inspection = inspect(&token(header.as_bytes(), CLAIMS.as_bytes(), &[7; 64]));
        assert_eq!(inspection.token.kind, Kind::Jws, "{header}");
        assert_eq!(outcome(&inspection), Outcome::Unsupported, "{header}");
        assert_eq!(reasons(&judge(&inspection, None)), [reason], "{header}");
        let sub = inspection
            .token
            .claims()
            .and_then(|claims| claims.str("sub"));
        assert_eq!(sub, Some("jane"), "{header}");
    }
}

#[test]
fn headers_that_are_none() {
    let broken = inspect(&token(br#"{"alg":"ES256","#, CLAIMS.as_bytes(), &[7; 64]));
    assert_eq!(broken.token.faults[0].code(), "json-syntax");
    assert_eq!(broken.token.faults[0].part, PartRole::ProtectedHeader);
    assert_eq!(
        broken.token.header().and_then(|header| header.str("alg")),
        Some("ES256")
    );
    let array = inspect(&token(b"[\"ES256\"]", CLAIMS.as_bytes(), &[7; 64]));
    assert_eq!(array.token.faults[0].code(), "header-not-object");
    let twice = inspect(&token(
        br#"{"alg":"none","alg":"ES256"}"#,
        CLAIMS.as_bytes(),
        &[7; 64],
    ));
    assert_eq!(twice.token.faults[0].code(), "json-duplicate-member");
    let at = twice.token.faults[0].range.clone();
    let part = twice.token.part(PartRole::ProtectedHeader).unwrap();
    let found = &part.bytes()[part.byte_range(at)];
    assert!(memchr::memmem::find(found, b"\"alg\"").is_some());
}

#[test]
fn payloads_of_any_kind() {
    let binary: Vec<u8> = (0..=255).collect();
    for payload in [
        &b"hello"[..],
        b"",
        b"17",
        b"\"text\"",
        b"[1,2]",
        b"null",
        b"\xFF\xFE\xFD",
        b"{\"a\":\"\xFF\"}",
        b"{\"a\":1",
        b"{\"a\":01}",
        b"{\"a\":1}x",
        &binary,
    ] {
        let inspection = inspect(&token(HEADER.as_bytes(), payload, &[7; 64]));
        let part = inspection.token.part(PartRole::Payload).unwrap();
        assert_eq!(part.bytes(), payload);
        // What was meant to be claims has its fault there, and what is no JSON has none: a JWS may sign anything.
        let found: Vec<_> = inspection
            .token
            .faults
            .iter()
            .map(|fault| (fault.code(), fault.part))
            .collect();
        let expected = match payload {
            b"{\"a\":\"\xFF\"}" => Some("json-not-utf8"),
            b"{\"a\":1" | b"{\"a\":01}" => Some("json-syntax"),
            b"{\"a\":1}x" => Some("json-trailing-content"),
            _ => None,
        };
        let expected: Vec<_> = expected
            .map(|code| (code, PartRole::Payload))
            .into_iter()
            .collect();
        assert_eq!(found, expected, "{payload:?}");
        for fault in &inspection.token.faults {
            assert!(part.range.start <= fault.range.start && fault.range.end <= part.range.end);
        }
    }
}

#[test]
fn a_payload_of_five_megabytes() {
    let claims = format!(r#"{{"sub":"jane","blob":"{}"}}"#, "x".repeat(5 << 20));
    let inspection = inspect(&token(HEADER.as_bytes(), claims.as_bytes(), &[7; 64]));
    assert_eq!(faults(&inspection), []);
    let blob = inspection
        .token
        .claims()
        .and_then(|claims| claims.str("blob"));
    assert_eq!(blob.map(str::len), Some(5 << 20));

    let binary: Vec<u8> = (0..5_usize << 20).map(|at| (at * 7 % 251) as u8).collect();
    let inspection = inspect(&token(HEADER.as_bytes(), &binary, &[7; 64]));
    assert_eq!(
        inspection.token.part(PartRole::Payload).unwrap().bytes(),
        binary
    );
}

/// A token that is larger than what is read still shows its header and its size.
#[test]
fn a_token_above_the_limit() {
    let payload = vec![b'x'; 13 << 20];
    let inspection = inspect(&token(HEADER.as_bytes(), &payload, &[7; 64]));
    assert_eq!(inspection.token.faults[0].code(), "token-too-large");
    assert_eq!(
        inspection
            .token
            .header()
            .and_then(|header| header.str("alg")),
        Some("ES256")
    );
}
