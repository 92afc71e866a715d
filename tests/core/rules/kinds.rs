//! Rules about the kind of a token. What each kind must have is tried in `profiles`.

use super::*;

/// An access token as RFC 9068 describes it; `more` follows the claims.
const ACCESS: &str = r#""iss":"https://a.example","sub":"s","aud":"b","client_id":"c","iat":1795300000,"exp":1795303600,"jti":"0f1e2d3c4b5a6978""#;

const MISSING: &str = "profile-claim-missing";

const FORBIDDEN: &str = "profile-claim-forbidden";

const PLAIN: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

fn claims(members: &str) -> String {
    format!("{{{members}}}")
}

fn typed(typ: &str, members: &str) -> Inspection {
    signed(
        &format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#),
        &claims(members),
    )
}

fn without(member: &str) -> String {
    ACCESS.replace(member, "")
}

pub(super) fn trials() -> Vec<Trial> {
    [lapses(), types(), ambiguities()]
        .into_iter()
        .flatten()
        .collect()
}

fn lapses() -> Vec<Trial> {
    let no_jti = without(r#","jti":"0f1e2d3c4b5a6978""#);
    let no_sub = without(r#""sub":"s","#);
    let wrong = ACCESS.replace(r#""client_id":"c""#, r#""client_id":7"#);
    let logout = r#""iss":"https://a.example","aud":"b","sub":"s","iat":1795300000,"jti":"0f1e2d3c4b5a6978","events":{"http://schemas.openid.net/event/backchannel-logout":{}}"#;
    let nonce = format!(r#"{logout},"exp":1795300900,"nonce":"n""#);
    let id = r#""iss":"https://a.example","sub":"s","aud":"b","iat":1795300000,"exp":1795303600,"nonce":"n""#;
    let with_key = signed(
        r#"{"alg":"HS256","x5u":"https://a.example/c.pem"}"#,
        &claims(id),
    );
    let body = claims(&no_jti);
    let other = claims(&no_sub);
    let late = claims(logout);
    vec![
        Trial::found(
            MISSING,
            Severity::High,
            typed("at+jwt", &no_jti),
            &[&body],
            &[MISSING],
        ),
        Trial::found(
            MISSING,
            Severity::High,
            typed("at+jwt", &wrong),
            &[r#""client_id":7"#],
            &[MISSING],
        ),
        // A guess that is not sure: what is missing weighs little, and refuses nothing.
        Trial::found(
            MISSING,
            Severity::Low,
            signed(PLAIN, &claims(&format!(r#"{no_sub},"scope":"a""#))),
            &[&claims(&format!(r#"{no_sub},"scope":"a""#))],
            &[],
        ),
        // Older issuers leave it out.
        Trial::found(
            MISSING,
            Severity::Low,
            typed("logout+jwt", logout),
            &[&late],
            &[],
        ),
        Trial::spared(MISSING, typed("at+jwt", ACCESS), &[]),
        Trial::spared(MISSING, signed(PLAIN, &other), &[]),
        Trial::found(
            FORBIDDEN,
            Severity::High,
            typed("logout+jwt", &nonce),
            &[r#""nonce":"n""#],
            &[FORBIDDEN],
        ),
        Trial::found(
            FORBIDDEN,
            Severity::Low,
            with_key,
            &[r#""x5u":"https://a.example/c.pem""#],
            &[],
        ),
        Trial::spared(FORBIDDEN, signed(PLAIN, &claims(id)), &[]),
    ]
}

fn types() -> Vec<Trial> {
    let proof =
        r#""jti":"0f1e2d3c4b5a6978","htm":"POST","htu":"https://a.example/t","iat":1795300800"#;
    let events = r#""iss":"https://a.example","aud":"b","iat":1795300000,"jti":"0f1e2d3c4b5a6978","events":{"https://a.example/gone":{}}"#;
    vec![
        // It is clearly a proof, and typed as any JWT.
        Trial::found(
            "typ-mismatch",
            Severity::High,
            typed("JWT", proof),
            &[r#""typ":"JWT""#],
            &[],
        ),
        Trial::spared(
            "typ-mismatch",
            typed("application/DPoP+JWT", proof),
            &["profile-claim-missing"],
        ),
        Trial::spared("typ-mismatch", typed("JWT", events), &[]),
        Trial::found(
            "typ-missing",
            Severity::Info,
            typed("JWT", events),
            &[r#""typ":"JWT""#],
            &[],
        ),
        Trial::spared("typ-missing", typed("secevent+jwt", events), &[]),
        Trial::spared("typ-missing", signed(PLAIN, GOOD_CLAIMS), &[]),
    ]
}

fn ambiguities() -> Vec<Trial> {
    let rule = "cross-jwt-ambiguous";
    let both = format!(r#"{ACCESS},"nonce":"n""#);
    let grant = r#""iss":"https://a.example","sub":"s","aud":"https://b.example/oauth/token","iat":1795300000,"exp":1795303600"#;
    let client = |life: i64| {
        format!(
            r#""iss":"c","sub":"c","aud":"https://b.example","iat":1795300000,"exp":{},"jti":"0f1e2d3c4b5a6978""#,
            1_795_300_000 + life
        )
    };
    let at_google = both.replace("https://a.example", "https://accounts.google.com");
    vec![
        Trial::found(
            rule,
            Severity::Medium,
            signed(PLAIN, &claims(&both)),
            &[&claims(&both)],
            &[],
        ),
        Trial::found(
            rule,
            Severity::Medium,
            signed(PLAIN, &claims(&client(86_400))),
            &[&claims(&client(86_400))],
            &[],
        ),
        Trial::found(
            rule,
            Severity::Info,
            signed(PLAIN, &claims(&at_google)),
            &[&claims(&at_google)],
            &[],
        ),
        // A life of minutes settles it, and so do a member and an audience that one kind alone has.
        Trial::spared(rule, signed(PLAIN, &claims(grant)), &[]),
        Trial::spared(rule, signed(PLAIN, &claims(&client(1_000))), &[]),
        Trial::spared(
            rule,
            signed(PLAIN, &claims(&format!(r#"{grant},"nonce":"n""#))),
            &[],
        ),
        Trial::spared(rule, signed(PLAIN, &claims(ACCESS)), &[]),
        Trial::spared(rule, typed("at+jwt", &both), &[]),
        Trial::spared(rule, signed(PLAIN, GOOD_CLAIMS), &[]),
    ]
}
