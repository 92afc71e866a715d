use super::*;
pub(in crate::judge::audit) use crate::jose::sd_jwt::tests::processed;
use crate::jose::sd_jwt::{HashAlgorithm, Source};
use crate::jose::{Token, base64url};
use crate::keys::KeyRing;
use crate::verify::{Setting, prove};

pub(in crate::judge::audit) fn encode(json: &str) -> String {
    base64url::encode(json.as_bytes())
}

pub(in crate::judge::audit) fn digest(disclosure: &str) -> String {
    SHA_256.digest(disclosure).unwrap_or_default()
}

/// Evidence that tells the index.
pub(in crate::judge::audit) fn whole(index: usize) -> Evidence {
    Evidence {
        part: PartRole::Disclosure,
        pointer: None,
        range: index..index.saturating_add(1),
    }
}

fn locate(place: &Place) -> Evidence {
    Evidence {
        part: match place.source {
            Source::Payload => PartRole::Payload,
            Source::Disclosure(_) => PartRole::Disclosure,
        },
        pointer: None,
        range: place.range.clone(),
    }
}

fn invalid_titles(payload: &str, given: &[String]) -> Vec<(String, usize)> {
    let found = disclosures(&processed(payload, given), &locate, &whole);
    for finding in &found {
        assert_eq!(finding.refusal, Some(Reason::Rule("sd-disclosure-invalid")));
    }
    found
        .into_iter()
        .map(|finding| (finding.title, finding.evidence.len()))
        .collect()
}

#[test]
fn sound_disclosures_and_withheld_ones_are_left_alone() {
    let one = encode(r#"["s","n",1]"#);
    let payload = format!(r#"{{"_sd":["{}","{}"]}}"#, digest(&one), digest("decoy"));
    let sd_jwt = processed(&payload, &[one]);
    assert!(disclosures(&sd_jwt, &locate, &whole).is_empty());
    assert!(format(&sd_jwt, &[], &locate).is_none());
    assert!(hash(&sd_jwt, Some("ES256"), &locate).is_empty());
    assert!(!sd_jwt.hits_limit());
}

#[test]
fn each_kind_of_wrong_disclosure_makes_one_finding() {
    let one = encode(r#"["s","n",1]"#);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&one));
    let title = |text: &str, evidence| vec![(text.to_owned(), evidence)];
    let other = encode(r#"["s","role","admin"]"#);
    assert_eq!(
        invalid_titles(&payload, &[one.clone(), other.clone()]),
        title("Disclosure 2 (\u{201C}role\u{201D}) is not signed", 1)
    );
    assert_eq!(
        invalid_titles("{}", &[one.clone(), other]),
        title("2 disclosures are not signed", 2)
    );
    assert_eq!(
        invalid_titles(&payload, &[one.clone(), one.clone()]),
        title("A disclosure stands twice", 2)
    );
    let twice = format!(r#"{{"_sd":["{0}"],"a":{{"_sd":["{0}"]}}}}"#, digest(&one));
    assert_eq!(
        invalid_titles(&twice, &[one]),
        title("A digest stands twice", 2)
    );
    let broken = encode(r#"["s","_sd",1]"#);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&broken));
    assert_eq!(
        invalid_titles(&payload, &[broken]),
        title("Disclosure 1 is malformed or misplaced", 1)
    );
}

#[test]
fn what_hangs_on_a_wrong_disclosure_is_not_told_again() {
    let inner = encode(r#"["s1","in",1]"#);
    let outer = encode(&format!(r#"["s2","out",{{"_sd":["{}"]}}]"#, digest(&inner)));
    assert_eq!(
        invalid_titles("{}", &[inner, outer]),
        [(
            "Disclosure 2 (\u{201C}out\u{201D}) is not signed".to_owned(),
            1
        )]
    );
}

#[test]
fn disclosures_of_another_hash_are_explained() {
    let one = encode(r#"["s","n",1]"#);
    let sha_512 = HashAlgorithm::named("sha-512").and_then(|hash| hash.digest(&one));
    let payload = format!(r#"{{"_sd":["{}"]}}"#, sha_512.unwrap_or_default());
    let found = disclosures(&processed(&payload, &[one]), &locate, &whole);
    assert!(
        found
            .iter()
            .any(|finding| finding.detail.contains("Under sha-512 it would fit"))
    );
}

#[test]
fn a_limit_is_no_fault() {
    let deep = [r#"["s","n","#, &"[".repeat(300), &"]".repeat(300), "]"].concat();
    let one = encode(&deep);
    let payload = format!(r#"{{"_sd":["{}"]}}"#, digest(&one));
    let sd_jwt = processed(&payload, &[one]);
    assert!(sd_jwt.hits_limit());
    assert!(disclosures(&sd_jwt, &locate, &whole).is_empty());
}

#[test]
fn the_form_is_one_finding() {
    let sd_jwt = processed(r#"{"_sd":5}"#, &[""; 0]);
    let Some(found) = format(&sd_jwt, &[], &locate) else {
        panic!("a finding");
    };
    assert_eq!(found.title, "No well-formed SD-JWT: found number");
    assert_eq!(
        (found.refusal, found.evidence.len()),
        (Some(Reason::Malformed), 1)
    );
    let sound = processed("{}", &[""; 0]);
    let text = "a.b.c~d";
    let cut: Vec<_> = cut_end(text).into_iter().collect();
    let found = format(&sound, &cut, &locate);
    let places = found.map(|finding| finding.evidence);
    let range = places.and_then(|all| Some(all.first()?.range.clone()));
    assert_eq!(range.and_then(|range| text.get(range)), Some("d"));
    for whole in ["a.b.c~", "a.b.c~d~", "a.b.c~e.f.g", "a.b.c"] {
        assert!(cut_end(whole).is_none(), "{whole}");
    }
    let many = processed(
        r#"{"_sd":5,"a":{"_sd_alg":1,"...":2},"b":[{"...":2}]}"#,
        &[""; 0],
    );
    let found = format(&many, &cut, &locate);
    assert_eq!(
        found.map(|finding| (finding.title, finding.evidence.len())),
        Some(("5 breaches of the form of an SD-JWT".to_owned(), 5))
    );
}

#[test]
fn headers_are_held_to_their_form() {
    let header = |json: &str| Token::parse(format!("{}.e30.AA", encode(json)));
    let part = |token: &Token| token.part(PartRole::ProtectedHeader).cloned();
    let alg = |json: &str| part(&header(json)).and_then(|part| open_alg(&part));
    for open in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"nOnE"}"#,
        r#"{"alg":"HS256"}"#,
    ] {
        assert!(alg(open).is_some(), "{open}");
    }
    for signed in [r#"{"alg":"ES256"}"#, r#"{"alg":"EdDSA"}"#, r#"{"alg":5}"#] {
        assert!(alg(signed).is_none(), "{signed}");
    }
    let typ = |json: &str| part(&header(json)).and_then(|part| other_typ(&part));
    assert!(typ(r#"{"typ":"kb+jwt"}"#).is_none());
    assert!(typ(r#"{"typ":"JWT"}"#).is_some() && typ(r#"{"alg":"ES256"}"#).is_some());
}

#[test]
fn weak_and_unknown_hash_functions_refuse() {
    let one = encode(r#"["s","n",1]"#);
    let found = |name: &str, alg: &str| {
        let made = HashAlgorithm::named(name).unwrap_or(&SHA_256).digest(&one);
        let payload = format!(
            r#"{{"_sd":["{}"],"_sd_alg":"{name}"}}"#,
            made.unwrap_or_default()
        );
        let found = hash(
            &processed(&payload, std::slice::from_ref(&one)),
            Some(alg),
            &locate,
        );
        found
            .into_iter()
            .map(|finding| (finding.severity, finding.refusal.is_some()))
            .collect::<Vec<_>>()
    };
    for weak in [
        "md5",
        "sha-1",
        "sha-256-64",
        "SHA-256",
        "sha256",
        "",
        "k12-256",
    ] {
        assert_eq!(found(weak, "ES256"), [(Severity::High, true)], "{weak}");
    }
    for good in [
        "sha-256", "sha-384", "sha-512", "sha3-256", "sha3-384", "sha3-512",
    ] {
        assert_eq!(found(good, "ES256"), [], "{good}");
    }
    assert_eq!(found("sha-256", "ES512"), [(Severity::Low, false)]);
    assert_eq!(found("sha-512", "ES512"), []);
    let odd = hash(&processed(r#"{"_sd":["x"]}"#, &[""; 0]), None, &locate);
    assert_eq!(
        odd.first().map(|finding| finding.severity),
        Some(Severity::Low)
    );
}

#[test]
fn a_place_becomes_evidence_with_its_pointer() {
    let one = encode(r#"["s","n",{"a":[1,2]}]"#);
    let token = Token::parse(format!(
        "{}.{}.AA~{one}~",
        encode(r#"{"alg":"ES256"}"#),
        encode(r#"{"b":7}"#)
    ));
    let proof = prove(&token, &KeyRing::default(), &Setting::default());
    let Some(shown) = &proof.sd_jwt else {
        panic!("an SD-JWT");
    };
    let at = |source, range| {
        let evidence = evidence(&token, shown, &Place { source, range });
        (evidence.part, evidence.pointer)
    };
    assert_eq!(
        at(Source::Payload, 5..6),
        (PartRole::Payload, Some("/b".to_owned()))
    );
    assert_eq!(
        at(Source::Disclosure(0), 17..18),
        (PartRole::Disclosure, Some("/2/a/1".to_owned()))
    );
    assert_eq!(at(Source::Disclosure(1), 0..1), (PartRole::Token, None));
}
