//! Claims that are times. The clock stands at 1795300813, with a minute of leeway.

use super::*;

const NOW: i64 = 1_795_300_813;
const DAY: i64 = 86_400;

/// Of a token whose type names a kind that must have more than times.
const LACKS: &[&str] = &["profile-claim-missing"];

fn claims(claims: &str) -> Inspection {
    signed(r#"{"alg":"HS256"}"#, claims)
}

fn typed(typ: &str, claims: &str) -> Inspection {
    signed(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), claims)
}

/// A finding on these members of the claims.
fn on(
    rule: &'static str,
    severity: Severity,
    text: &str,
    members: &[&str],
    reasons: &'static [&'static str],
) -> Trial {
    Trial::found(rule, severity, claims(text), members, reasons)
}

pub(super) fn trials() -> Vec<Trial> {
    [validity(), order(), lifetimes(), numbers()]
        .into_iter()
        .flatten()
        .collect()
}

fn validity() -> Vec<Trial> {
    let forever = r#"{"sub":"a"}"#;
    let iat = |seconds: i64| format!(r#""iat":{}"#, NOW + seconds);
    let issued = |seconds: i64| format!(r#"{{{},"exp":{}}}"#, iat(seconds), NOW + 3600);
    let ahead = iat(61);
    vec![
        on("exp-missing", Severity::Medium, forever, &[forever], &[]),
        // A kind that asks for it says so itself.
        Trial::spared("exp-missing", typed("logout+jwt", forever), LACKS),
        Trial::spared("exp-missing", typed("at+jwt", forever), LACKS),
        Trial::spared("exp-missing", typed("DPoP+JWT", forever), LACKS),
        Trial::spared(
            "exp-missing",
            typed("application/secevent+jwt", forever),
            LACKS,
        ),
        Trial::spared("exp-missing", claims(r#"{"events":{}}"#), &[]),
        on(
            "outside-validity",
            Severity::Info,
            r#"{"exp":1795300753}"#,
            &[r#""exp":1795300753"#],
            &["expired"],
        ),
        on(
            "outside-validity",
            Severity::Medium,
            r#"{"exp":1795340000,"nbf":1795300874}"#,
            &[r#""nbf":1795300874"#],
            &["not-yet-valid"],
        ),
        Trial::spared(
            "outside-validity",
            claims(r#"{"exp":1795300754,"nbf":1795300753}"#),
            &[],
        ),
        // It says so as another rule's: the time is in milliseconds.
        Trial::spared(
            "outside-validity",
            claims(r#"{"exp":1795340000,"nbf":1795300874000}"#),
            &["not-yet-valid"],
        ),
        on("iat-future", Severity::Medium, &issued(61), &[&ahead], &[]),
        Trial::spared("iat-future", claims(&issued(60)), &[]),
        Trial::spared(
            "iat-future",
            claims(r#"{"iat":"1795400000","exp":1795340000}"#),
            &[],
        ),
    ]
}

fn order() -> Vec<Trial> {
    let two = |a: (&str, i64), b: (&str, i64), severity, reasons| {
        let member = |(name, seconds): (&str, i64)| format!(r#""{name}":{}"#, NOW + seconds);
        let more = if a.0 == "exp" {
            String::new()
        } else {
            format!(r#","exp":{}"#, NOW + 3600)
        };
        let (a, b) = (member(a), member(b));
        Trial::found(
            "time-order",
            severity,
            claims(&format!("{{{a},{b}{more}}}")),
            &[&a, &b],
            reasons,
        )
    };
    let three = |name: &str, seconds: i64, iat: i64| {
        let (value, iat, exp) = (NOW + seconds, NOW + iat, NOW + 3600);
        claims(&format!(r#"{{"{name}":{value},"iat":{iat},"exp":{exp}}}"#))
    };
    vec![
        two(("exp", -600), ("nbf", -600), Severity::Medium, &["expired"]),
        two(("exp", 10), ("iat", 10), Severity::Medium, &[]),
        two(("auth_time", 0), ("iat", -61), Severity::Medium, &[]),
        two(("nbf", 0), ("iat", -DAY - 1), Severity::Low, &[]),
        two(("updated_at", 1), ("iat", 0), Severity::Low, &[]),
        Trial::spared("time-order", three("nbf", -300, 0), &[]),
        Trial::spared("time-order", three("nbf", 0, -DAY), &[]),
        Trial::spared("time-order", three("auth_time", 0, -60), &[]),
        Trial::spared("time-order", three("updated_at", 0, 0), &[]),
    ]
}

fn lacks(typ: &str) -> &'static [&'static str] {
    if typ == "JWT" { &[] } else { LACKS }
}

fn lifetimes() -> Vec<Trial> {
    let exp = |seconds: i64| format!(r#""exp":{}"#, NOW + seconds);
    let iat = format!(r#""iat":{NOW}"#);
    let of = |typ: &str, seconds: i64, more: &str, severity| {
        let text = format!("{{{iat},{}{more}}}", exp(seconds));
        Trial::found(
            "lifetime-long",
            severity,
            typed(typ, &text),
            &[&exp(seconds), &iat],
            lacks(typ),
        )
    };
    let spared = |typ: &str, seconds: i64, more: &str| {
        let text = format!("{{{iat},{}{more}}}", exp(seconds));
        Trial::spared("lifetime-long", typed(typ, &text), lacks(typ))
    };
    let bound = r#","cnf":{"jkt":"AA"}"#;
    let kubernetes =
        |seconds: i64| format!(r#","kubernetes.io":{{"warnafter":{}}}"#, NOW + seconds);
    let until = exp(DAY + 1);
    vec![
        of("JWT", DAY + 1, "", Severity::Low),
        of("JWT", 2 * DAY, "", Severity::Low),
        of("JWT", 2 * DAY + 1, "", Severity::Medium),
        of("JWT", 10 * DAY - 1, "", Severity::Medium),
        of("JWT", 10 * DAY, "", Severity::High),
        of("JWT", 20 * DAY, bound, Severity::Medium),
        of("at+jwt", 3601, "", Severity::Low),
        of("client-authentication+jwt", 301, "", Severity::Low),
        of("logout+jwt", 121, "", Severity::Low),
        of("JWT", 365 * DAY, &kubernetes(3607), Severity::Info),
        of("JWT", 365 * DAY, &kubernetes(3 * DAY), Severity::Medium),
        of(
            "JWT",
            3650 * DAY,
            r#","iss":"supabase","ref":"x""#,
            Severity::Medium,
        ),
        on(
            "lifetime-long",
            Severity::Low,
            &format!("{{{until}}}"),
            &[&until],
            &[],
        ),
        on(
            "lifetime-long",
            Severity::Low,
            &format!(r#"{{"nbf":{NOW},{until}}}"#),
            &[&until, &format!(r#""nbf":{NOW}"#)],
            &[],
        ),
        spared("JWT", DAY, ""),
        spared("at+jwt", 3600, ""),
        spared("dc+sd-jwt", 3650 * DAY, ""),
        spared("JWT", 3650 * DAY, r#","vc":{}"#),
        // In milliseconds, which is what there is to say of it.
        Trial::spared(
            "lifetime-long",
            claims(&format!(r#"{{{iat},"exp":1795304413000}}"#)),
            &[],
        ),
    ]
}

fn numbers() -> Vec<Trial> {
    let unit = |member: &str, severity, reasons| {
        let more = if member.starts_with("\"exp\"") {
            ""
        } else {
            r#","exp":1795340000"#
        };
        let text = format!("{{{member}{more}}}");
        Trial::found(
            "numericdate-unit",
            severity,
            claims(&text),
            &[member],
            reasons,
        )
    };
    vec![
        on(
            "numericdate-type",
            Severity::High,
            r#"{"exp":"1795340000"}"#,
            &[r#""exp":"1795340000""#],
            &["malformed"],
        ),
        on(
            "numericdate-type",
            Severity::High,
            r#"{"exp":1795340000,"nbf":null}"#,
            &[r#""nbf":null"#],
            &["malformed"],
        ),
        on(
            "numericdate-type",
            Severity::High,
            r#"{"exp":1795340000,"iat":"now"}"#,
            &[r#""iat":"now""#],
            &[],
        ),
        on(
            "numericdate-type",
            Severity::High,
            r#"{"exp":1795340000,"toe":true}"#,
            &[r#""toe":true"#],
            &[],
        ),
        on(
            "numericdate-type",
            Severity::Info,
            r#"{"exp":1795340000.5}"#,
            &[r#""exp":1795340000.5"#],
            &[],
        ),
        on(
            "numericdate-type",
            Severity::Info,
            r#"{"exp":1.79534e9}"#,
            &[r#""exp":1.79534e9"#],
            &[],
        ),
        Trial::spared(
            "numericdate-type",
            claims(r#"{"exp":1795340000,"birthdate":"1990-01-01"}"#),
            &[],
        ),
        Trial::spared(
            "numericdate-type",
            claims(r#"{"exp":"x","exp":1795340000}"#),
            &["malformed"],
        ),
        unit(r#""exp":1795340000000"#, Severity::High, &[]),
        unit(r#""iat":1795300000000000"#, Severity::High, &[]),
        unit(r#""auth_time":1795300000000000000"#, Severity::High, &[]),
        unit(r#""exp":0"#, Severity::High, &["expired"]),
        unit(r#""exp":-1"#, Severity::High, &["expired"]),
        unit(r#""exp":3600"#, Severity::High, &["expired"]),
        unit(r#""exp":1e15"#, Severity::High, &[]),
        unit(r#""exp":9007199254740993e9"#, Severity::High, &[]),
        unit(r#""exp":4102444801"#, Severity::High, &[]),
        unit(r#""exp":2147483648"#, Severity::Info, &[]),
        unit(r#""exp":4102444800"#, Severity::Info, &[]),
        Trial::spared("numericdate-unit", claims(r#"{"exp":2147483647}"#), &[]),
        Trial::spared(
            "numericdate-unit",
            claims(r#"{"exp":1795340000,"nbf":0,"iat":100000000,"updated_at":5}"#),
            &[],
        ),
        Trial::spared(
            "numericdate-unit",
            claims(r#"{"exp":1795340000,"order":1795340000000}"#),
            &[],
        ),
    ]
}
