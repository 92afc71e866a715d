//! What the disclosures of an SD-JWT hold (catalogue 1.10): salts, and claims that must not be hidden.

use std::collections::HashMap;

use super::sd_jwt::{MAX_EVIDENCE, whole};
use super::secret::{Weakness, weakness};
use super::{Confidence, Evidence, Finding, ProfileName, Rule, Ruling, Severity, Subject};
use crate::jose::json::Member;
use crate::jose::sd_jwt::{Disclosure, Processed, SdJwt, Standing};
use crate::jose::visible::visible;

/// What a salt should hold, in bits (RFC 9901 section 9.3).
const SALT_BITS: f64 = 128.0;

/// Claims by which a verifier decides whether the token counts (RFC 9901 section 9.7).
const DECIDING: [&str; 5] = ["aud", "cnf", "exp", "iss", "nbf"];

/// What SD-JWT VC adds to them.
const DECIDING_IN_VC: [&str; 4] = ["aka_vcts", "status", "vct", "vct#integrity"];

/// `sd-salt-weak`.
pub(super) struct SdSaltWeak;

impl Rule for SdSaltWeak {
    fn id(&self) -> &'static str {
        "sd-salt-weak"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        match subject.sd_jwt() {
            Some(shown) => Ruling::Ran(salts(&shown.sd_jwt, &|index| whole(shown, index))),
            None => Ruling::Unconcerned,
        }
    }
}

/// `sd-validity-hidden`.
pub(super) struct SdValidityHidden;

impl Rule for SdValidityHidden {
    fn id(&self) -> &'static str {
        "sd-validity-hidden"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let Some(shown) = subject.sd_jwt() else {
            return Ruling::Unconcerned;
        };
        // A disclosed type of a credential makes a guess, which is not enough.
        let is_vc = (subject.profile.name == ProfileName::SdJwtVc && subject.profile.is_fixed())
            || subject
                .case
                .token
                .claims()
                .is_some_and(|claims| claims.get("vct").is_some());
        Ruling::from(validity(&shown.sd_jwt, is_vc, &|index| whole(shown, index)))
    }
}

/// `sd-salt-weak`: salts that can be guessed, or that two disclosures share.
pub(super) fn salts(sd_jwt: &SdJwt, whole: &dyn Fn(usize) -> Evidence) -> Vec<Finding> {
    let finding = |severity, title, detail: &str, indices: &[usize]| Finding {
        rule: "sd-salt-weak",
        severity,
        confidence: Confidence::Certain,
        title,
        detail: detail.to_owned(),
        remedy: "Take 128 fresh random bits for each disclosure.".to_owned(),
        references: vec!["RFC 9901 \u{A7}9.3"],
        evidence: indices
            .iter()
            .take(MAX_EVIDENCE)
            .map(|&index| whole(index))
            .collect(),
        refusal: None,
    };
    let mut first_of: HashMap<&str, usize> = HashMap::new();
    let (mut reused, mut weak) = (Vec::new(), Vec::new());
    for (index, disclosure) in sd_jwt.disclosures.iter().enumerate() {
        // The same disclosure again has its own finding.
        let Some(salt) = salt(disclosure) else {
            continue;
        };
        let first = *first_of.entry(salt).or_insert(index);
        if first != index {
            reused.extend([first, index]);
        }
        if is_weak(salt) {
            weak.push(index);
        }
    }
    reused.sort_unstable();
    reused.dedup();
    let mut findings = Vec::new();
    if !reused.is_empty() {
        findings.push(finding(
            Severity::High,
            format!("{} disclosures share their salts", reused.len()),
            "Who is shown one of them knows the salt of the other, and finds its value by trying what it may be.",
            &reused,
        ));
    }
    if !weak.is_empty() {
        findings.push(finding(
            Severity::Medium,
            match weak.len() {
                1 => "A salt can be guessed".to_owned(),
                count => format!("{count} salts can be guessed"),
            },
            "The salt is all that keeps the value of a withheld claim from being found by trying. These hold less than 128 bits, so the salts of the withheld ones do too.",
            &weak,
        ));
    }
    findings
}

fn salt(disclosure: &Disclosure) -> Option<&str> {
    let is_first = !matches!(disclosure.standing, Standing::Repeats { .. });
    disclosure.salt.as_deref().filter(|_| is_first)
}

/// Whether a salt cannot hold 128 bits: too short for its alphabet, or one thing over and over.
fn is_weak(salt: &str) -> bool {
    let all = |is: fn(&u8) -> bool| salt.as_bytes().iter().all(is);
    let each: f64 = if all(u8::is_ascii_digit) {
        10.0
    } else if all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        || all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
    {
        16.0
    } else {
        64.0
    };
    let bits = salt.len() as f64 * each.log2();
    bits < SALT_BITS
        || matches!(
            weakness(salt.as_bytes(), |_| false),
            Some(Weakness::Repeated | Weakness::Run)
        )
}

/// `sd-validity-hidden`: a claim that decides whether the token counts can be withheld.
///
/// `is_vc` says whether the token is an SD-JWT VC.
pub(super) fn validity(
    sd_jwt: &SdJwt,
    is_vc: bool,
    whole: &dyn Fn(usize) -> Evidence,
) -> Option<Finding> {
    let processed = sd_jwt.processed.as_ref()?;
    let mut names: Vec<&str> = Vec::new();
    let mut evidence = Vec::new();
    for (index, disclosure) in sd_jwt.disclosures.iter().enumerate() {
        let Standing::Inserted { range, .. } = &disclosure.standing else {
            continue;
        };
        let Some(claim) = top_claim(processed, range.start) else {
            continue;
        };
        let name = claim.name.as_str();
        let decides = DECIDING.contains(&name) || (is_vc && DECIDING_IN_VC.contains(&name));
        // Single audiences of a list may be hidden.
        let is_whole = claim.range() == *range;
        if !decides || (name == "aud" && !is_whole) {
            continue;
        }
        if !names.contains(&name) {
            names.push(name);
        }
        if evidence.len() < MAX_EVIDENCE {
            evidence.push(whole(index));
        }
    }
    let (first, more) = names.split_first()?;
    let list = more
        .iter()
        .fold((*first).to_owned(), |list, name| list + ", " + name);
    Some(Finding {
        rule: "sd-validity-hidden",
        severity: Severity::High,
        confidence: Confidence::Certain,
        title: format!("The holder may withhold {}", visible(&list)),
        detail: "These claims decide whether the token counts. They stand in disclosures, so a holder can leave them out, and a verifier that checks only what it is shown takes the token beyond its time, place or owner.".to_owned(),
        remedy: "Keep them in the clear; as a verifier, require them in the processed claims.".to_owned(),
        references: vec!["RFC 9901 \u{A7}9.7"],
        evidence,
        refusal: None,
    })
}

/// The claim at the top that this byte of the processed claims is in.
fn top_claim(processed: &Processed, offset: usize) -> Option<&Member> {
    let claims = processed.document().object()?;
    let after = claims.partition_point(|claim| claim.range().start <= offset);
    let claim = claims.get(after.checked_sub(1)?)?;
    claim.range().contains(&offset).then_some(claim)
}

#[cfg(test)]
mod tests {
    use super::super::sd_jwt::tests::{digest, encode, processed, whole};
    use super::*;

    fn with_salts(salts: &[&str]) -> Vec<(Severity, usize)> {
        let disclosures: Vec<_> = salts
            .iter()
            .enumerate()
            .map(|(index, salt)| encode(&format!(r#"["{salt}","n{index}",1]"#)))
            .collect();
        let found = salts_of(&disclosures);
        found
            .iter()
            .map(|finding| (finding.severity, finding.evidence.len()))
            .collect()
    }

    fn salts_of(disclosures: &[String]) -> Vec<Finding> {
        salts(&processed("{}", disclosures), &whole)
    }

    #[test]
    fn short_and_shared_salts_are_found() {
        let good = "2GLC42sKQveCfGfryNRN9w";
        assert_eq!(with_salts(&[good, "eluV5Og3gSNII8EYnsxA_A"]), []);
        for weak in [
            "",
            "2GLC42sKQveCfGfryNRN9",
            "0123456789012345678901",
            "00112233445566778899aabbccddee",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(with_salts(&[good, weak]), [(Severity::Medium, 1)], "{weak}");
        }
        for long in [
            "8c1f0a7be2d94365b7a0c3e1f4d29586",
            "a long salt that is no base64url at all",
        ] {
            assert_eq!(with_salts(&[long]), [], "{long}");
        }
        assert_eq!(with_salts(&[good, good, good]), [(Severity::High, 3)]);
        // One disclosure twice is no shared salt.
        let one = encode(&format!(r#"["{good}","n",1]"#));
        assert!(salts_of(&[one.clone(), one]).is_empty());
    }

    #[track_caller]
    fn assert_hidden(payload: &str, disclosures: &[&str], is_vc: bool, expected: Option<&str>) {
        let disclosures: Vec<_> = disclosures.iter().map(|json| encode(json)).collect();
        let payload = disclosures
            .iter()
            .enumerate()
            .fold(payload.to_owned(), |payload, (index, text)| {
                payload.replace(&format!("D{index}"), &digest(text))
            });
        let sd_jwt = processed(&payload, &disclosures);
        assert!(sd_jwt.is_sound());
        let found = validity(&sd_jwt, is_vc, &whole);
        let title = found.map(|finding| finding.title);
        assert_eq!(title.as_deref(), expected);
    }

    #[test]
    fn what_decides_must_stand_in_the_clear() {
        let top = r#"{"_sd":["D0"]}"#;
        for name in ["iss", "aud", "exp", "nbf", "cnf"] {
            let json = format!(r#"["s","{name}",1]"#);
            let title = format!("The holder may withhold {name}");
            assert_hidden(top, &[&json], false, Some(&title));
        }
        for name in ["sub", "iat", "name", "vct", "status"] {
            assert_hidden(top, &[&format!(r#"["s","{name}",1]"#)], false, None);
        }
        assert_hidden(
            top,
            &[r#"["s","vct",1]"#],
            true,
            Some("The holder may withhold vct"),
        );
        let below = r#"{"cnf":{"_sd":["D0"]},"exp":{"_sd":["D1"]}}"#;
        let jwk = [r#"["s","jwk",{}]"#, r#"["s","x",{}]"#];
        assert_hidden(below, &jwk, false, Some("The holder may withhold cnf, exp"));
        let elsewhere = r#"{"nested":{"_sd":["D0"]}}"#;
        assert_hidden(elsewhere, &[r#"["s","exp",1]"#], false, None);
        let audiences = r#"{"aud":["a",{"...":"D0"}]}"#;
        assert_hidden(audiences, &[r#"["s","b"]"#], false, None);
    }
}
