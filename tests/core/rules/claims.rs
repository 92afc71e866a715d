//! Who issued a token, for whom, and what its claims say.

use super::*;

const PLAIN: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn plain(claims: &str) -> Inspection {
    signed(PLAIN, claims)
}

fn typed(typ: &str, claims: &str) -> Inspection {
    signed(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), claims)
}

/// Good claims and one more.
fn with(member: &str) -> Inspection {
    plain(&format!(
        r#"{{"iss":"https://a.example","aud":"b","exp":1795340000,{member}}}"#
    ))
}

/// A finding on the one claim that is added.
fn on(rule: &'static str, severity: Severity, member: &str) -> Trial {
    Trial::found(rule, severity, with(member), &[member], &[])
}

fn spared(rule: &'static str, member: &str) -> Trial {
    Trial::spared(rule, with(member), &[])
}

/// An ID token with these members.
fn id_token(members: &str) -> Inspection {
    plain(&format!(
        r#"{{"iss":"https://a.example","iat":1795300000,"exp":1795303600,"auth_time":1795299000,{members}}}"#
    ))
}

/// An access token as RFC 9068 describes it, with this audience, and more.
fn access(aud: &str, more: &str) -> Inspection {
    typed(
        "at+jwt",
        &format!(
            r#"{{"iss":"https://a.example","sub":"s","aud":"{aud}","client_id":"c","iat":1795300000,"exp":1795303600,"jti":"0f1e2d3c4b5a6978"{more}}}"#
        ),
    )
}

const LEGACY: &str =
    r#"{"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:default:a""#;

const PROOF: &str =
    r#"{"jti":"0f1e2d3c4b5a6978","htm":"POST","htu":"https://a.example/t","iat":1795300000}"#;

const POOL: &str = r#"{"iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A","sub":"s","token_use":"access","client_id":"c","iat":1795300000,"exp":1795303600"#;

const MISSING: &[&str] = &["profile-claim-missing"];

/// Of a DPoP proof with a MAC, which proves nothing (RFC 9449 section 4.3).
const UNPROVEN: &[&str] = &["dpop-proof-invalid", "profile-claim-missing"];

pub(super) fn trials() -> Vec<Trial> {
    [
        issuers(),
        audiences(),
        assertions(),
        ids(),
        sign_ins(),
        powers(),
        types(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn issuers() -> Vec<Trial> {
    let rule = "iss-missing";
    let from = |iss: &str| plain(&format!(r#"{{"aud":"b","exp":1795340000,{iss}}}"#));
    let nameless = r#"{"aud":"b","exp":1795340000}"#;
    let mut trials = vec![
        Trial::found(rule, Severity::Low, plain(nameless), &[nameless], &[]),
        Trial::spared(rule, from(r#""iss":"https://a.example""#), &[]),
        Trial::spared(rule, from(r#""iss":"accounts.google.com""#), &[]),
        Trial::spared(rule, from(r#""iss":"urn:example:a?b""#), &[]),
        // Kinds that do without.
        Trial::spared(rule, typed("dpop+jwt", PROOF), UNPROVEN),
        Trial::spared(
            rule,
            typed(
                "dc+sd-jwt",
                r#"{"vct":"https://a.example/v","exp":1795340000}"#,
            ),
            MISSING,
        ),
        // Of the kinds that ask for it another rule speaks.
        Trial::spared(rule, typed("logout+jwt", nameless), MISSING),
        Trial::spared(rule, signed(PLAIN, "no claims at all"), &[]),
    ];
    for iss in [
        r#""iss":"""#,
        r#""iss":"*""#,
        r#""iss":"https://a.example ""#,
        r#""iss":"https://a.example/?x=1""#,
        r#""iss":"https://a.example#1""#,
        r#""iss":7"#,
        r#""iss":["https://a.example"]"#,
    ] {
        trials.push(Trial::found(rule, Severity::Medium, from(iss), &[iss], &[]));
    }
    let origin = "iss-key-origin";
    let fetched = |source: &str, iss: &str| {
        let claims = format!(r#"{{"aud":"b","exp":1795340000,{iss}}}"#);
        let key = crate::way::key("ES256");
        let token = key.token("ES256", r#"{"alg":"ES256"}"#, claims);
        let jwk = key.jwk(&serde_json::json!({})).to_string();
        let keys = tokenloupe::keys::load(source, jwk.as_bytes()).unwrap();
        inspect(&token, &KeyRing::new(keys))
    };
    let own = r#""iss":"https://a.example/tenant""#;
    let google = r#""iss":"https://accounts.google.com""#;
    trials.extend([
        Trial::found(
            origin,
            Severity::Medium,
            fetched("https://b.example/jwks", own),
            &[own],
            &[],
        ),
        Trial::spared(origin, fetched("https://A.example/jwks", own), &[]),
        Trial::spared(origin, fetched("keys.json", own), &[]),
        Trial::spared(origin, fetched("https://www.googleapis.com/c", google), &[]),
    ]);
    trials
}

fn audiences() -> Vec<Trial> {
    let (missing, loose) = ("aud-missing", "aud-loose");
    let to = |aud: &str| {
        plain(&format!(
            r#"{{"iss":"https://a.example","exp":1795340000,{aud}}}"#
        ))
    };
    let nobody = r#"{"iss":"https://a.example","exp":1795340000}"#;
    let expiring = format!(r#"{LEGACY},"exp":1795340000}}"#);
    let mut trials = vec![
        Trial::found(missing, Severity::Low, plain(nobody), &[nobody], &[]),
        Trial::found(
            missing,
            Severity::Medium,
            plain(&expiring),
            &[&expiring],
            &[],
        ),
        Trial::found(
            missing,
            Severity::Medium,
            to(r#""aud":"""#),
            &[r#""aud":"""#],
            &[],
        ),
        Trial::found(
            missing,
            Severity::Medium,
            to(r#""aud":[]"#),
            &[r#""aud":[]"#],
            &[],
        ),
        Trial::spared(missing, to(r#""aud":"b""#), &[]),
        Trial::spared(missing, plain(&format!("{POOL}}}")), &[]),
        Trial::spared(missing, typed("dpop+jwt", PROOF), UNPROVEN),
        Trial::spared(missing, plain(&format!("{LEGACY}}}")), &[]),
        Trial::spared(missing, typed("statuslist+jwt", PROOF), MISSING),
        Trial::spared(
            missing,
            typed(
                "secevent+jwt",
                r#"{"iss":"https://a.example","iat":1795300000,"jti":"0f1e2d3c4b5a6978","events":{"urn:x":{}}}"#,
            ),
            &[],
        ),
        Trial::found(
            loose,
            Severity::Low,
            access("https://a.example", ""),
            &[r#""aud":"https://a.example""#],
            &[],
        ),
        Trial::spared(loose, access("b", ""), &[]),
        Trial::spared(loose, to(r#""aud":"https://a.example""#), &[]),
        Trial::spared(loose, plain(nobody), &[]),
    ];
    for (severity, aud) in [
        (Severity::High, r#""aud":"*""#),
        (Severity::High, r#""aud":"https://*.a.example""#),
        (Severity::High, r#""aud":"ANY""#),
        (Severity::High, r#""aud":["b","undefined"]"#),
        (Severity::High, r#""aud":"com""#),
        (Severity::Medium, r#""aud":7"#),
        (Severity::Medium, r#""aud":{"b":true}"#),
        (Severity::Medium, r#""aud":["b",7]"#),
        (Severity::Medium, r#""aud":["b","b"]"#),
        (Severity::Info, r#""aud":["a","b","c","d","e","f"]"#),
        (Severity::Info, r#""aud":"account""#),
        (Severity::Info, r#""aud":"authenticated""#),
    ] {
        trials.push(Trial::found(loose, severity, to(aud), &[aud], &[]));
    }
    for aud in [
        r#""aud":["a","b","c","d","e"]"#,
        r#""aud":"https://a.example/all""#,
        r#""aud":"a.com""#,
    ] {
        trials.push(Trial::spared(loose, to(aud), &[]));
    }
    let azp = "azp-mismatch";
    let both = [r#""azp":"c""#, r#""aud":["a","b"]"#];
    let of = |aud: &str, azp: &str| id_token(&format!(r#""sub":"s",{azp},{aud}"#));
    trials.extend([
        Trial::found(azp, Severity::Medium, of(both[1], both[0]), &both, &[]),
        Trial::spared(azp, of(both[1], r#""azp":"b""#), &[]),
        Trial::spared(azp, of(r#""aud":"a""#, both[0]), &[]),
        Trial::spared(azp, access("b", r#","azp":"c""#), &[]),
    ]);
    trials
}

const ASSERTION: &str = "client-assertion-audience";

fn assertions() -> Vec<Trial> {
    let own = |aud: &str| {
        format!(
            r#"{{"iss":"c","sub":"c","exp":1795301000,"iat":1795300800,"jti":"9f1c2a6b7d8e4f50","aud":{aud}}}"#
        )
    };
    let explicit = |aud: &str| typed("client-authentication+jwt", &own(aud));
    let guessed = |aud: &str| plain(&own(aud));
    let at = |aud: &str| format!(r#""aud":{aud}"#);
    let two = r#"["https://a.example","https://b.example"]"#;
    let one = r#"["https://a.example"]"#;
    let endpoint = r#""https://a.example/oauth2/token""#;
    let issuer = r#""https://a.example""#;
    let grant = r#"{"iss":"c","sub":"s","exp":1795301000,"iat":1795300800,"jti":"9f1c2a6b7d8e4f50","aud":"https://a.example/oauth2/token"}"#;
    let apple = r#"{"iss":"TEAM","sub":"com.a.app","exp":1795301000,"iat":1795300800,"aud":"https://appleid.apple.com"}"#;
    vec![
        Trial::found(
            ASSERTION,
            Severity::High,
            explicit(two),
            &[&at(two)],
            &[ASSERTION],
        ),
        Trial::found(
            ASSERTION,
            Severity::High,
            explicit(one),
            &[&at(one)],
            &[ASSERTION],
        ),
        Trial::found(ASSERTION, Severity::High, guessed(two), &[&at(two)], &[]),
        Trial::found(
            ASSERTION,
            Severity::Medium,
            explicit(endpoint),
            &[&at(endpoint)],
            &[],
        ),
        Trial::found(
            ASSERTION,
            Severity::Medium,
            guessed(endpoint),
            &[&at(endpoint)],
            &[],
        ),
        Trial::spared(ASSERTION, explicit(issuer), &[]),
        Trial::spared(ASSERTION, guessed(issuer), &[]),
        // A token endpoint is right for grants, and Apple's for its clients.
        Trial::spared(ASSERTION, plain(grant), &[]),
        Trial::spared(ASSERTION, plain(apple), &[]),
    ]
}

fn ids() -> Vec<Trial> {
    let rule = "jti-missing";
    let grant = r#"{"iss":"c","sub":"s","exp":1795301000,"aud":"https://a.example/oauth2/token"}"#;
    vec![
        Trial::found(rule, Severity::Low, plain(grant), &[grant], &[]),
        on(rule, Severity::Low, r#""jti":"42""#),
        on(rule, Severity::Low, r#""jti":7"#),
        on(rule, Severity::Low, r#""jti":"0f1e2d3c4b5a697""#),
        spared(rule, r#""jti":"0f1e2d3c4b5a6978""#),
        Trial::spared(rule, id_token(r#""sub":"s","aud":"b","nonce":"n""#), &[]),
        // Where the kind asks for it another rule speaks.
        Trial::spared(
            rule,
            typed(
                "dpop+jwt",
                r#"{"htm":"POST","htu":"https://a.example/t","iat":1795300000}"#,
            ),
            UNPROVEN,
        ),
    ]
}

fn sign_ins() -> Vec<Trial> {
    let (nonce, long, acr) = ("nonce-missing", "sub-too-long", "acr-amr-contradiction");
    let id = |more: &str| id_token(&format!(r#""sub":"s","aud":"b",{more}"#));
    let named = |sub: &str| id_token(&format!(r#""aud":"b","nonce":"n","sub":"{sub}""#));
    let hash = r#""c_hash":"LDktKdoQak3Pk0cnXxCltA""#;
    let letters = |count: usize| "s".repeat(count);
    let sub = |name: &str| format!(r#""sub":"{name}""#);
    let several = [
        r#""acr":"http://schemas.openid.net/pape/policies/2007/06/multi-factor""#,
        r#""amr":["pwd"]"#,
    ];
    let zero = [r#""acr":"0""#, r#""amr":["pwd","mfa"]"#];
    let status = "status-unchecked";
    let list = r#""status":{"status_list":{"idx":7,"uri":"https://a.example/s/1"}}"#;
    vec![
        Trial::found(nonce, Severity::Medium, id(hash), &[hash], &[]),
        Trial::spared(nonce, id(&format!(r#"{hash},"nonce":"n""#)), &[]),
        Trial::spared(nonce, id(r#""at_hash":"77QmUPtjPfzWtF2AnpK9RQ""#), &[]),
        Trial::found(
            long,
            Severity::Low,
            named(&letters(256)),
            &[&sub(&letters(256))],
            &[],
        ),
        Trial::found(
            long,
            Severity::Low,
            named("Jos\u{E9}"),
            &[&sub("Jos\u{E9}")],
            &[],
        ),
        Trial::spared(long, named(&letters(255)), &[]),
        Trial::spared(long, with(&sub(&letters(256))), &[]),
        Trial::found(acr, Severity::Info, with(&several.join(",")), &several, &[]),
        Trial::found(acr, Severity::Info, with(&zero.join(",")), &zero, &[]),
        spared(acr, r#""acr":"mfa","amr":["pwd","otp"]"#),
        spared(acr, r#""acr":"1","amr":["pwd"]"#),
        spared(acr, r#""acr":"mfa""#),
        on(status, Severity::Info, list),
        spared(status, r#""status":"active""#),
        spared(status, r#""status_list":{"bits":1}"#),
    ]
}

fn powers() -> Vec<Trial> {
    let (scope, role) = ("scope-wide", "priv-claims");
    let (legacy, service) = ("k8s-legacy-token", "supabase-service-role");
    let unbound = format!("{LEGACY}}}");
    let project = |role: &str| {
        plain(&format!(
            r#"{{"iss":"supabase","ref":"abcdefghijklmnopqrst","iat":1795300000,"exp":2110660000,{role}}}"#
        ))
    };
    let bound = r#"{"iss":"https://kubernetes.default.svc","sub":"system:serviceaccount:default:a","aud":["vault"],"iat":1795300000,"exp":1795303600,"kubernetes.io":{"namespace":"default","serviceaccount":{"name":"a","uid":"1"}}}"#;
    vec![
        on(scope, Severity::Info, r#""scope":"read *""#),
        on(scope, Severity::Info, r#""scp":["Admin"]"#),
        on(scope, Severity::Info, r#""scope":"openid offline_access""#),
        spared(scope, r#""scope":"read:admin administer""#),
        spared(scope, r#""roles":["*"]"#),
        on(role, Severity::Info, r#""admin":true"#),
        on(role, Severity::Info, r#""role":"service_role""#),
        on(
            role,
            Severity::Info,
            r#""groups":["users","system:masters"]"#,
        ),
        spared(role, r#""admin":false,"role":"editor","name":"admin""#),
        Trial::found(legacy, Severity::High, plain(&unbound), &[&unbound], &[]),
        Trial::spared(
            legacy,
            plain(&format!(r#"{LEGACY},"exp":1795340000}}"#)),
            &[],
        ),
        Trial::spared(legacy, plain(bound), &[]),
        Trial::found(
            service,
            Severity::High,
            project(r#""role":"service_role""#),
            &[r#""role":"service_role""#],
            &[],
        ),
        // One fault, told once.
        Trial::spared(role, project(r#""role":"service_role""#), &[]),
        Trial::spared(service, project(r#""role":"anon""#), &[]),
        spared(service, r#""role":"service_role""#),
    ]
}

fn types() -> Vec<Trial> {
    let rule = "claim-type";
    let of = |iss: &str, member: &str| {
        plain(&format!(
            r#"{{"iss":"{iss}","sub":"s","aud":"b","iat":1795300000,"exp":1795303600,{member}}}"#
        ))
    };
    let mut trials: Vec<Trial> = [
        r#""email_verified":"false""#,
        r#""scope":["read"]"#,
        r#""amr":"pwd""#,
        r#""cnf":"key""#,
        r#""roles":{"admin":true}"#,
        r#""sub":7"#,
        r#""azp":null"#,
        r#""groups":[1,2]"#,
    ]
    .iter()
    .map(|member| on(rule, Severity::Medium, member))
    .collect();
    // Of a name that somebody may mean otherwise.
    trials.push(on(rule, Severity::Low, r#""location":"Berlin""#));
    for member in [
        r#""email_verified":true,"scope":"read","amr":["pwd"],"roles":["a"]"#,
        r#""mine":7,"https://a.example/roles":{}"#,
        // Of these other rules speak.
        r#""jti":7"#,
        r#""auth_time":"now""#,
        // No URL, and yet a text.
        r#""picture":"a.png""#,
    ] {
        trials.push(spared(rule, member));
    }
    let apple = "https://appleid.apple.com";
    let entra = "https://login.microsoftonline.com/0f0e/v2.0";
    for (iss, member) in [
        (
            apple,
            r#""email_verified":"true","is_private_email":"true""#,
        ),
        (entra, r#""scp":"User.Read""#),
        ("https://dev-1.okta.com/oauth2/default", r#""scp":["a"]"#),
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
            r#""token_use":"id","email_verified":"true""#,
        ),
        (
            "https://r.supabase.co/auth/v1",
            r#""role":"authenticated","aal":"aal1","session_id":"x","amr":[{"method":"password","timestamp":1795300000}]"#,
        ),
    ] {
        let missing: &[&str] = &[];
        trials.push(Trial::spared(rule, of(iss, member), missing));
    }
    // A name that stands twice is fault enough, and the last of them counts.
    trials.push(Trial::spared(
        rule,
        with(r#""azp":7,"azp":"c""#),
        &["malformed"],
    ));
    trials
}

/// A spelling of the issuer that the policy has otherwise.
#[test]
fn an_issuer_that_is_nearly_the_expected_one() {
    let policy = |iss: &str| Policy {
        issuers: vec![Issuer::new(iss)],
        ..Policy::default()
    };
    let at = crate::common::instant("2026-11-21T22:40:13Z");
    let inspection = signed(PLAIN, GOOD_CLAIMS);
    for (expected, severity) in [
        ("https://a.example/", Some(Severity::High)),
        ("http://a.example", Some(Severity::High)),
        ("https://A.example", Some(Severity::High)),
        ("https://a.example", None),
        ("https://b.example", None),
    ] {
        let judgement = inspection.judge(&policy(expected), at);
        assert_eq!(found(&judgement, "iss-missing"), severity, "{expected}");
    }
}

/// What only looks like its kind may be of another that does without: nothing that is merely missing weighs much there.
#[test]
fn a_doubtful_guess_makes_no_fuss_of_what_is_missing() {
    for claims in [
        // 65 %: an access token without sub, aud and jti.
        r#"{"iss":"https://a.example","client_id":"c","scope":"read","iat":1795300000,"exp":1795303600}"#,
        // 75 %: an event without iss and aud.
        r#"{"iat":1795300000,"events":{"urn:x":{}}}"#,
        // 60 %: an ID token without iat and aud.
        r#"{"iss":"https://a.example","nonce":"n","exp":1795303600}"#,
    ] {
        let judgement = of(PLAIN, claims);
        assert!(judgement.profile.confidence < 80, "{claims}");
        let worst = judgement.findings.first();
        assert!(
            worst.is_some_and(|worst| worst.severity <= Severity::Low),
            "{claims}: {worst:?}"
        );
    }
}
