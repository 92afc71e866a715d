//! What claims hold: persons, cards, secrets, tokens, and values that are read in more than one way.

use super::*;
use crate::forms::make::{Sealing, To};

const PLAIN: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// Good claims and one more.
fn with(member: &str) -> Inspection {
    signed(
        PLAIN,
        &format!(r#"{{"iss":"https://a.example","aud":"b","exp":1795340000,{member}}}"#),
    )
}

/// A finding on the one claim that is added.
fn on(rule: &'static str, severity: Severity, member: &str) -> Trial {
    Trial::found(rule, severity, with(member), &[member], &[])
}

fn spared(rule: &'static str, member: &str) -> Trial {
    Trial::spared(rule, with(member), &[])
}

/// The same claim, encrypted to somebody.
fn sealed(member: &str) -> Inspection {
    let claims = format!(r#"{{"iss":"https://a.example","aud":"b","exp":1795340000,{member}}}"#);
    let to = To::Secret(SECRET.to_vec());
    let header = r#"{"alg":"A256KW","enc":"A128GCM"}"#;
    let text = Sealing::new(header, &to, claims.as_bytes()).compact();
    inspect(&text, &to.ring())
}

/// A token signed and then encrypted.
fn nested(member: &str) -> Inspection {
    let claims = format!(r#"{{"iss":"https://a.example","aud":"b","exp":1795340000,{member}}}"#);
    let inner = hmac(PLAIN, &claims, SECRET);
    let to = To::Secret(SECRET.to_vec());
    let header = r#"{"alg":"A256KW","enc":"A128GCM","cty":"JWT"}"#;
    let text = Sealing::new(header, &to, inner.as_bytes()).compact();
    inspect(&text, &to.ring())
}

pub(super) fn trials() -> Vec<Trial> {
    [persons(), cards(), secrets(), tokens(), readings()]
        .into_iter()
        .flatten()
        .collect()
}

fn persons() -> Vec<Trial> {
    let (rule, subject) = ("data-pii", "sub-is-email");
    let email = r#""email":"jane@corp.io""#;
    let access = format!(
        r#"{{"iss":"https://a.example","sub":"s","aud":"b","client_id":"c","iat":1795300000,"exp":1795303600,"jti":"0f1e2d3c4b5a6978",{email}}}"#
    );
    let id = format!(
        r#"{{"iss":"https://a.example","sub":"s","aud":"b","iat":1795300000,"exp":1795303600,"nonce":"n",{email}}}"#
    );
    let session = format!(
        r#"{{"iss":"https://r.supabase.co/auth/v1","sub":"s","aud":"authenticated","role":"authenticated","aal":"aal1","session_id":"x","iat":1795300000,"exp":1795303600,{email}}}"#
    );
    let mut trials = vec![
        Trial::found(
            rule,
            Severity::Medium,
            signed(r#"{"alg":"HS256","typ":"at+jwt"}"#, &access),
            &[email],
            &[],
        ),
        Trial::found(rule, Severity::Info, signed(PLAIN, &id), &[email], &[]),
        Trial::found(rule, Severity::Info, signed(PLAIN, &session), &[email], &[]),
        Trial::found(
            rule,
            Severity::Low,
            with(r#""user":{"gender":"f","address":{"country":"DE"}}"#),
            &[r#""f""#, r#"{"country":"DE"}"#],
            &[],
        ),
        // Nobody reads what is encrypted.
        Trial::spared(rule, sealed(email), &[]),
        Trial::spared(rule, nested(email), &[]),
        on(subject, Severity::Info, r#""sub":"jane@corp.io""#),
        spared(subject, r#""sub":"jane@example.com""#),
        spared(subject, r#""sub":"auth0|jane""#),
    ];
    for member in [
        email,
        r#""phone_number":"+1 202 555 0100""#,
        r#""birthdate":"1970-01-01""#,
        r#""msisdn":4915112345678"#,
        r#""contact":"Jane Doe <jane@corp.io>""#,
        r#""call":"+49 (30) 1234567""#,
        r#""pay_to":"GB29 NWBK 6016 1331 9268 19""#,
        r#""social":"123-45-6789""#,
    ] {
        trials.push(on(rule, Severity::Low, member));
    }
    for member in [
        r#""email":"x@p.iam.gserviceaccount.com""#,
        r#""email":"jane@example.org""#,
        r#""preferred_username":"jane@corp.io""#,
        r#""email":"","phone":null,"email_verified":true"#,
        r#""home":"https://jane@corp.io/x""#,
        r#""order":"123-45-678""#,
        r#""offset":"+0200""#,
    ] {
        trials.push(spared(rule, member));
    }
    trials
}

fn cards() -> Vec<Trial> {
    let rule = "data-card-number";
    let mut trials = Vec::new();
    for member in [
        r#""paid_with":"4111 1111 1111 1111""#,
        r#""note":"card 5555-5555-5555-4444, thanks""#,
        r#""card_number":378282246310005"#,
    ] {
        trials.push(on(rule, Severity::High, member));
    }
    for member in [
        r#""paid_with":"4111 1111 1111 1112""#,
        r#""order_id":"4111111111111111""#,
        r#""sub":"4111111111111111""#,
        r#""count":4111111111111111"#,
        r#""seen":"1795300813000""#,
        r#""zero":"0000000000000000""#,
        r#""client":"4111111111111111.apps.a.example""#,
    ] {
        trials.push(spared(rule, member));
    }
    trials
}

fn secrets() -> Vec<Trial> {
    let rule = "data-secret";
    let mut trials = Vec::new();
    for (severity, member) in [
        (Severity::High, r#""password":"hunter22""#),
        (Severity::High, r#""db_passwd":"hunter22""#),
        (Severity::High, r#""clientSecret":"0a1b2c3d""#),
        (Severity::High, r#""https://a.example/api-key":"0a1b2c3d""#),
        (Severity::High, r#""pin":"1234""#),
        (Severity::High, r#""aws":"AKIAIOSFODNN7EXAMPLE""#),
        (Severity::High, r#""dsn":"postgres://app:hunter22@db/x""#),
        (
            Severity::High,
            r#""stored":"$2b$12$abcdefghijklmnopqrstuv""#,
        ),
        (
            Severity::Critical,
            r#""ci":"ghp_0a1B2c3D4e5F6a7B8c9D0a1B2c3D4e5F6a7B""#,
        ),
        (Severity::Critical, r#""private_key":"0a1b2c3d4e5f""#),
        (
            Severity::Critical,
            r#""k":"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUV2Z0lCQURBTkJn""#,
        ),
    ] {
        trials.push(on(rule, severity, member));
    }
    for member in [
        r#""pwd_exp":"1795340000","pwd_url":"https://a.example/password""#,
        r#""password_changed_at":"2026-01-01","secret_version":"12345""#,
        r#""password":"********""#,
        r#""password":true,"secret":"no""#,
        r#""password":"<your password>""#,
        r#""last_password":"2026-01-01T00:00:00Z""#,
        r#""at_hash":"77QmUPtjPfzWtF2AnpK9RQ","commit_hash":"5f4dcc3b5aa765d61d8327deb882cf99""#,
        r#""amr":["pwd","otp","pin"]"#,
        r#""kubernetes":{"secret":{"name":"a","uid":"b"}}"#,
        // Of a private key in the clear another rule speaks.
        r#""x":"-----BEGIN PRIVATE KEY-----\nAA\n""#,
    ] {
        trials.push(spared(rule, member));
    }
    trials
}

fn tokens() -> Vec<Trial> {
    let rule = "data-nested-token";
    let inner = hmac(r#"{"alg":"HS256"}"#, GOOD_CLAIMS, SECRET);
    let of = |name: &str| format!(r#""{name}":"{inner}""#);
    let mut trials = vec![
        on(rule, Severity::Medium, &of("upstream_token")),
        on(
            rule,
            Severity::Medium,
            r#""google":"ya29.a0AfH6SMBx0123456789abcdefghij""#,
        ),
    ];
    for name in ["trust_mark", "JWT", "id_token_hint", "vp"] {
        trials.push(spared(rule, &of(name)));
    }
    trials.push(spared(rule, r#""text":"e.g. this. and that.""#));
    trials.push(spared(
        rule,
        r#""uri":"urn:ietf:params:oauth:token-type:jwt""#,
    ));
    trials
}

fn readings() -> Vec<Trial> {
    let (attack, hidden) = ("claim-injection", "text-bidi");
    let (number, depth) = ("json-number-imprecise", "json-depth");
    let deep = |levels: usize| format!(r#""x":{}1{}"#, "[".repeat(levels), "]".repeat(levels));
    let far = deep(40);
    // The claims set is the first level, and this the 32nd.
    let inner = format!("{}1{}", "[".repeat(10), "]".repeat(10));
    let mut trials = vec![
        Trial::found(depth, Severity::Low, with(&far), &[&inner], &[]),
        spared(depth, &deep(31)),
        on(number, Severity::Low, r#""account":12345678901234567890"#),
        on(number, Severity::Low, r#""user_id":1e3"#),
        on(number, Severity::Low, r#""x":-0"#),
        spared(
            number,
            r#""x":9007199254740992,"y":1.5e3,"z":0,"order_id":"12345678901234567890""#,
        ),
        Trial::spared(number, with(r#""iat":1.7e9"#), &[]),
        on(hidden, Severity::Low, "\"name\":\"Jane\u{202E}eoD\""),
        on(hidden, Severity::Low, "\"name\":\"ad\u{200B}min\""),
        on(hidden, Severity::Low, r#""name":"a\u0000b""#),
        spared(hidden, "\"name\":\"Jos\u{E9} \u{1F469}\u{200D}\u{1F4BB}\""),
        spared(hidden, r#""note":"two\nlines""#),
    ];
    for member in [
        r#""name":"x' OR '1'='1""#,
        r#""name":"<script>alert(1)</script>""#,
        r#""name":"${jndi:ldap://b.example/x}""#,
        r#""name":"*)(uid=*""#,
        r#""name":"{{7*7}}""#,
    ] {
        trials.push(on(attack, Severity::Medium, member));
    }
    for member in [
        r#""name":"Miles O'Brien""#,
        r#""agent":"Mozilla/5.0 (X11; Linux x86_64)""#,
        r#""motto":"a < b, and \"c\" too""#,
    ] {
        trials.push(spared(attack, member));
    }
    trials
}

/// What was found is pointed at, and never repeated.
#[test]
fn secrets_and_persons_are_not_repeated() {
    for (member, value) in [
        (r#""password":"hunter22""#, "hunter22"),
        (r#""aws":"AKIAIOSFODNN7EXAMPLE""#, "AKIA"),
        (r#""dsn":"postgres://app:hunter22@db/x""#, "hunter22"),
        (r#""paid_with":"4111 1111 1111 1111""#, "1111"),
        (r#""contact":"jane@corp.io""#, "jane"),
        (r#""social":"123-45-6789""#, "6789"),
        (r#""upstream":"eyJhbGciOiJIUzI1NiJ9.e30.AAAA""#, "eyJ"),
    ] {
        let judgement = judge(&with(member), None);
        let findings: Vec<_> = judgement.findings.iter().collect();
        assert_eq!(findings.len(), 1, "{member}: {findings:?}");
        for finding in findings {
            let texts = [&finding.title, &finding.detail, &finding.remedy];
            assert!(
                texts.iter().all(|text| !text.contains(value)),
                "{finding:?}"
            );
        }
    }
}

/// The walk stops somewhere, and soon.
#[test]
fn a_huge_token_is_looked_at_in_part() {
    let many = format!(
        r#""x":[{}1],"password":"hunter22""#,
        r#""jane@corp.io","#.repeat(30_000)
    );
    let judgement = judge(&with(&many), None);
    assert_eq!(found(&judgement, "data-pii"), Some(Severity::Low));
    let finding = judgement
        .findings
        .iter()
        .find(|finding| finding.rule == "data-pii");
    assert_eq!(finding.unwrap().evidence.len(), 100);
}
