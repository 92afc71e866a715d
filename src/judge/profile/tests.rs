//! Every form of every kind: a clean token, and one broken in each member that the form requires or forbids.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::spec::{Ban, Form, Level, Place, Requirement, Spec};
use super::*;
use crate::jose::Token;
use crate::jose::base64url::encode;
use crate::judge::audit::Severity;
use crate::judge::{Case, Finding, Judgement, Policy, Reason, judge};
use crate::verify::Proof;

/// Clean tokens as specifications and vendors document them; a kind with several forms has one for each.
const CLEAN: &str = include_str!("../../../tests/core/profiles/clean.json");

/// Kinds that none of [`CLEAN`] is of: no kind, and an SD-JWT, which is more than one JWT.
const WITHOUT: [ProfileName; 3] = [ProfileName::Jws, ProfileName::Jwt, ProfileName::SdJwt];

/// 2026-11-21T22:40:13Z.
const AT: i64 = 1_795_300_813;

/// A token as it is described.
#[derive(Clone)]
struct Described {
    name: ProfileName,
    by: String,
    why: String,
    header: Value,
    claims: Value,
}

fn clean() -> Vec<Described> {
    let all: Vec<Value> = serde_json::from_str(CLEAN).unwrap();
    all.into_iter()
        .map(|one| {
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            Described {
                name: ProfileName::from_name(&text("profile")).unwrap(),
                by: text("by"),
                why: text("why"),
                header: one["header"].clone(),
                claims: one["claims"].clone(),
            }
        })
        .collect()
}

impl Described {
    fn judged(&self, choice: ProfileChoice) -> Judgement {
        let part = |value: &Value| encode(value.to_string().as_bytes());
        let text = format!("{}.{}.AAAA", part(&self.header), part(&self.claims));
        let policy = Policy {
            profile: choice,
            ..Policy::default()
        };
        judge(Case {
            token: &Token::parse(text),
            proof: &Proof::default(),
            policy: &policy,
            at: Timestamp::from_second(AT).unwrap(),
        })
    }

    fn chosen(&self) -> Judgement {
        self.judged(ProfileChoice::Named(self.name))
    }

    fn place(&mut self, place: Place) -> &mut serde_json::Map<String, Value> {
        let part = match place {
            Place::Claims => &mut self.claims,
            Place::Header => &mut self.header,
        };
        part.as_object_mut().unwrap()
    }

    fn words(&self) -> String {
        format!("{} {} {}", self.name.name(), self.header, self.claims)
    }
}

fn found<'j>(judgement: &'j Judgement, rule: &str) -> Vec<&'j Finding> {
    let findings = judgement.findings.iter();
    findings.filter(|finding| finding.rule == rule).collect()
}

#[test]
fn every_kind_has_a_clean_token() {
    let described = clean();
    for name in ProfileName::ALL {
        let count = described.iter().filter(|one| one.name == *name).count();
        if WITHOUT.contains(name) {
            assert_eq!(count, 0);
        } else {
            assert!(count > 0, "{name:?}");
        }
    }
}

#[test]
fn a_clean_token_is_recognised_and_has_nothing_wrong() {
    for one in clean() {
        let judgement = one.judged(ProfileChoice::Auto);
        let profile = &judgement.profile;
        assert_eq!(profile.name, one.name, "{}", one.words());
        assert_eq!(profile.chosen_by.name(), one.by, "{}", one.words());
        assert_eq!(profile.why, one.why, "{}", one.words());
        for judgement in [&judgement, &one.chosen()] {
            let mut findings = judgement.findings.iter();
            let bad = findings.find(|finding| finding.severity >= Severity::Medium);
            assert!(bad.is_none(), "{}: {bad:#?}", one.words());
            let lapses = judgement.verdict.reasons.iter();
            let mut lapses = lapses.filter(|reason| matches!(reason, Reason::Rule(_)));
            assert!(lapses.next().is_none(), "{}", one.words());
        }
    }
}

/// The same whatever the order of the claims, a vendor's explicit habits included.
#[test]
fn the_order_of_claims_changes_nothing() {
    for one in clean() {
        let straight = one.judged(ProfileChoice::Auto);
        let mut turned = one.clone();
        let members: Vec<(String, Value)> = turned
            .place(Place::Claims)
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .rev()
            .collect();
        turned.claims = Value::Object(members.into_iter().collect());
        let turned = turned.judged(ProfileChoice::Auto);
        assert_eq!(straight.profile, turned.profile, "{}", one.words());
        let rules = |judgement: &Judgement| -> Vec<(&str, String)> {
            let findings = judgement.findings.iter();
            findings
                .map(|finding| (finding.rule, finding.title.clone()))
                .collect()
        };
        assert_eq!(rules(&straight), rules(&turned), "{}", one.words());
    }
}

/// That a token is chosen to be this and breaks one rule of it.
#[track_caller]
fn assert_broken(
    broken: &Described,
    rule: &str,
    names: &[&str],
    level: Level,
    form: &'static Spec,
) {
    let judgement = broken.chosen();
    // Without what tells forms apart it may be held for another one, which must have something else.
    let is_same_form = std::ptr::eq(judgement.profile.spec, form);
    let findings = found(&judgement, rule);
    let of_it = findings
        .iter()
        .find(|finding| !is_same_form || names.iter().any(|name| finding.title.contains(name)));
    let Some(finding) = of_it else {
        panic!("{rule} {names:?} on {}: {findings:#?}", broken.words());
    };
    if is_same_form {
        let (severity, refusal) = match level {
            Level::Must => (Severity::High, true),
            Level::Should => (Severity::Low, false),
        };
        assert_eq!(finding.severity, severity, "{}", broken.words());
        assert_eq!(finding.refusal.is_some(), refusal, "{}", broken.words());
        assert!(!finding.evidence.is_empty(), "{}", broken.words());
        // A guess refuses nothing.
        let guessed = broken.judged(ProfileChoice::Auto);
        if guessed.profile.chosen_by == ChosenBy::Guess {
            let refuses = found(&guessed, rule)
                .iter()
                .any(|finding| finding.refusal.is_some());
            assert!(!refuses, "{}", broken.words());
        }
    }
}

#[test]
fn each_required_member_is_missed() {
    let mut tried = 0;
    for one in clean() {
        let form = one.chosen().profile.spec;
        for requirement in form.required.iter().filter(|one| one.when.is_empty()) {
            let mut broken = one.clone();
            let place = broken.place(requirement.place);
            for name in requirement.names {
                place.remove(*name);
            }
            assert_broken(
                &broken,
                "profile-claim-missing",
                requirement.names,
                requirement.level,
                form,
            );
            tried += 1;
        }
        if form.typing == Typing::Required {
            let mut broken = one.clone();
            broken.place(Place::Header).remove("typ");
            assert_broken(
                &broken,
                "profile-claim-missing",
                &["typ"],
                Level::Must,
                form,
            );
            for other in ["JWT", "another+jwt"] {
                broken.header["typ"] = json!(other);
                let rule = "typ-mismatch";
                assert_broken(&broken, rule, &["typ"], Level::Must, form);
            }
        }
    }
    assert!(tried > 150, "{tried}");
}

/// A value that no form but [`Form::Any`] takes.
fn other_form(requirement: &Requirement) -> Option<Value> {
    Some(match requirement.form {
        Form::Any | Form::OnlyOne => return None,
        Form::AsymmetricAlg => json!("HS256"),
        Form::UrlAlone => json!("https://server.example/token?a=b"),
        Form::Mirror(_) => json!("somebody else"),
        Form::Text => json!(["a"]),
        _ => json!("a"),
    })
}

#[test]
fn each_required_member_is_of_its_form() {
    for one in clean() {
        let form = one.chosen().profile.spec;
        for requirement in form.required {
            let (Some(value), [name]) = (other_form(requirement), requirement.names) else {
                continue;
            };
            let mut broken = one.clone();
            let place = broken.place(requirement.place);
            if !requirement.when.is_empty() && !place.contains_key(*name) {
                continue;
            }
            place.insert((*name).to_owned(), value);
            let rule = "profile-claim-missing";
            assert_broken(&broken, rule, requirement.names, requirement.level, form);
        }
    }
}

#[test]
fn each_forbidden_member_is_found() {
    let mut tried = 0;
    for one in clean() {
        let form = one.chosen().profile.spec;
        for ban in form.forbidden {
            for inside in inside_of(ban) {
                let mut broken = one.clone();
                // The only condition so far: the subject is the client.
                let client = one.claims["client_id"].clone();
                let place = broken.place(ban.place);
                match (inside, ban.when) {
                    (Some(inside), _) => place[ban.name][inside] = json!("AA"),
                    (None, []) => drop(place.insert(ban.name.to_owned(), json!("x"))),
                    (None, _) => drop(place.insert(ban.name.to_owned(), client)),
                }
                let rule = "profile-claim-forbidden";
                assert_broken(&broken, rule, &[ban.name], ban.level, form);
                tried += 1;
            }
        }
    }
    assert!(tried > 20, "{tried}");
}

fn inside_of(ban: &'static Ban) -> Vec<Option<&'static str>> {
    if ban.inside.is_empty() {
        return vec![None];
    }
    ban.inside.iter().copied().map(Some).collect()
}

/// What is close to a kind, and is another one or none.
#[test]
fn near_misses() {
    for (header, claims, name) in [
        // An access token has scope, an ID token has not.
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://id.example", "sub": "a", "aud": "b", "exp": AT, "iat": AT, "nonce": "n", "client_id": "c", "scope": "a"}),
            ProfileName::Jwt,
        ),
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://id.example", "sub": "a", "aud": "b", "exp": AT, "iat": AT}),
            ProfileName::Jwt,
        ),
        // Of issuers' names only whole hosts count.
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://notokta.com", "sub": "a", "exp": AT}),
            ProfileName::Jwt,
        ),
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://gitlab.com", "sub": "a", "aud": "b", "exp": AT, "iat": AT, "nonce": "n"}),
            ProfileName::OidcIdToken,
        ),
        // An explicit type wins over a vendor.
        (
            json!({"alg": "ES256", "typ": "at+jwt"}),
            json!({"iss": "https://tenant.eu.auth0.com/", "sub": "a"}),
            ProfileName::AccessToken,
        ),
        // A vendor wins over a standard kind, but not over what says that it is something else altogether.
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://tenant.eu.auth0.com/", "sub": "a", "aud": "b", "exp": AT, "iat": AT, "nonce": "n"}),
            ProfileName::Auth0,
        ),
        (
            json!({"alg": "ES256"}),
            json!({"iss": "https://id.example/realms/main", "sub": "a", "events": {"http://schemas.openid.net/event/backchannel-logout": {}}}),
            ProfileName::LogoutToken,
        ),
        // The type that two specifications claim.
        (
            json!({"alg": "ES256", "typ": "vc+sd-jwt"}),
            json!({"iss": "https://a.example", "vct": "https://b.example"}),
            ProfileName::SdJwtVc,
        ),
        (
            json!({"alg": "ES256", "typ": "vc+sd-jwt"}),
            json!({"issuer": "https://a.example", "@context": ["https://www.w3.org/ns/credentials/v2"]}),
            ProfileName::VcJose,
        ),
        // A type that no profile is for.
        (
            json!({"alg": "ES256", "typ": "trust-mark+jwt"}),
            json!({"iss": "https://id.example", "sub": "a", "aud": "b", "exp": AT, "iat": AT, "nonce": "n"}),
            ProfileName::Jwt,
        ),
        (
            json!({"alg": "ES256", "typ": "own+jwt"}),
            json!({"iss": "https://id.example", "sub": "a", "aud": "b", "exp": AT, "iat": AT, "nonce": "n"}),
            ProfileName::Jwt,
        ),
        // A status refers to a list, and is none.
        (
            json!({"alg": "ES256"}),
            json!({"iss": "a", "status": {"status_list": {"idx": 0, "uri": "https://a.example"}}}),
            ProfileName::Jwt,
        ),
        (
            json!({"alg": "ES256"}),
            json!({"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:a:b"}),
            ProfileName::Kubernetes,
        ),
        (
            json!({"alg": "HS256"}),
            json!({"iss": "supabase", "ref": "a", "role": "anon"}),
            ProfileName::Supabase,
        ),
        (
            json!({"alg": "RS256"}),
            json!({"iss": "DEF123GHIJ", "aud": "https://appleid.apple.com", "sub": "com.example.app"}),
            ProfileName::Jwt,
        ),
    ] {
        let one = Described {
            name,
            by: String::new(),
            why: String::new(),
            header,
            claims,
        };
        let judgement = one.judged(ProfileChoice::Auto);
        assert_eq!(judgement.profile.name, name, "{}", one.words());
    }
}

/// One of two guesses that are close is told as the second.
#[test]
fn a_close_second_is_kept() {
    let mut one = clean().remove(0);
    one.claims["at_hash"] = json!("a");
    one.claims["iss"] = json!("https://accounts.google.com");
    let profile = one.judged(ProfileChoice::Auto).profile;
    assert_eq!(
        (profile.name, profile.runner_up.map(|other| other.name)),
        (ProfileName::Google, Some(ProfileName::OidcIdToken))
    );
}

/// `jws` and `jwt` are no kinds to hold a token against.
#[test]
fn the_general_ones_ask_for_nothing() {
    for one in clean() {
        for name in [ProfileName::Jws, ProfileName::Jwt] {
            let judgement = one.judged(ProfileChoice::Named(name));
            for rule in [
                "profile-claim-missing",
                "profile-claim-forbidden",
                "typ-mismatch",
            ] {
                assert!(found(&judgement, rule).is_empty(), "{}", one.words());
            }
        }
    }
}

/// Exactly one key: two are too many.
#[test]
fn a_key_proof_names_one_key() {
    let mut all = clean();
    let at = all
        .iter()
        .position(|one| one.name == ProfileName::VciKeyProof);
    let mut one = all.swap_remove(at.unwrap());
    one.header["kid"] = json!("did:example:a#0");
    let judgement = one.chosen();
    let findings = found(&judgement, "profile-claim-missing");
    assert_eq!(findings.len(), 1);
    assert!(findings[0].detail.contains("found kid"), "{findings:?}");
}
