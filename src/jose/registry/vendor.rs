//! Whose claims they are, by issuer.

/// Which vendor's form an issuer's name has: one of those that the table of vendors' claims names. A hint for reading
/// names, never a reason to trust: anybody can write any issuer.
pub fn of_issuer(issuer: &str) -> Option<&'static str> {
    match issuer {
        "kubernetes/serviceaccount" => return Some("Kubernetes"),
        "accounts.google.com" => return Some("Google"),
        "supabase" => return Some("Supabase"),
        _ if issuer.ends_with(".iam.gserviceaccount.com") => return Some("Google"),
        _ => {}
    }
    let rest = issuer.strip_prefix("https://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_below = |domain: &str| {
        let start = host.len().checked_sub(domain.len());
        let split = start.and_then(|start| host.split_at_checked(start));
        split.is_some_and(|(name, end)| {
            end.eq_ignore_ascii_case(domain) && (name.is_empty() || name.ends_with('.'))
        })
    };
    let begins = |start: &str| {
        let own = host.get(..start.len());
        own.is_some_and(|own| own.eq_ignore_ascii_case(start))
    };
    let known = [
        ("login.microsoftonline.com", "Entra"),
        ("login.microsoftonline.us", "Entra"),
        ("sts.windows.net", "Entra"),
        ("b2clogin.com", "Entra"),
        ("ciamlogin.com", "Entra"),
        ("okta.com", "Okta"),
        ("oktapreview.com", "Okta"),
        ("okta-emea.com", "Okta"),
        ("auth0.com", "Auth0"),
        ("accounts.google.com", "Google"),
        ("securetoken.google.com", "Firebase"),
        ("session.firebase.google.com", "Firebase"),
        ("appleid.apple.com", "Apple"),
        ("supabase.co", "Supabase"),
        ("token.actions.githubusercontent.com", "GitHub"),
        ("gitlab.com", "GitLab"),
        ("kubernetes.default.svc", "Kubernetes"),
        ("kubernetes.default.svc.cluster.local", "Kubernetes"),
    ];
    let by_host = known.iter().find(|(domain, _)| is_below(domain));
    by_host.map(|(_, vendor)| *vendor).or_else(|| {
        if begins("cognito-idp.") && is_below("amazonaws.com") {
            return Some("Cognito");
        }
        if begins("oidc.eks.") && is_below("amazonaws.com") {
            return Some("Kubernetes");
        }
        // GitHub on somebody's own servers.
        if path == "_services/token" {
            return Some("GitHub");
        }
        // Older ones stand below /auth.
        let realms = path.strip_prefix("auth/").unwrap_or(path);
        let realm = realms.strip_prefix("realms/");
        realm
            .is_some_and(|name| !name.is_empty())
            .then_some("Keycloak")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_known_by_their_form() {
        for (issuer, vendor) in [
            ("https://login.microsoftonline.com/0f0e/v2.0", Some("Entra")),
            ("https://sts.windows.net/0f0e/", Some("Entra")),
            ("https://dev-1.okta.com/oauth2/default", Some("Okta")),
            ("https://tenant.eu.auth0.com/", Some("Auth0")),
            ("https://accounts.google.com", Some("Google")),
            ("accounts.google.com", Some("Google")),
            ("https://securetoken.google.com/project", Some("Firebase")),
            (
                "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A",
                Some("Cognito"),
            ),
            ("https://id.example/realms/main", Some("Keycloak")),
            ("https://id.example/auth/realms/main", Some("Keycloak")),
            ("kubernetes/serviceaccount", Some("Kubernetes")),
            (
                "https://kubernetes.default.svc.cluster.local",
                Some("Kubernetes"),
            ),
            (
                "https://token.actions.githubusercontent.com",
                Some("GitHub"),
            ),
            ("https://github.example/_services/token", Some("GitHub")),
            (
                "https://TOKEN.Actions.githubusercontent.com",
                Some("GitHub"),
            ),
            ("https://gitlab.com", Some("GitLab")),
            ("https://appleid.apple.com", Some("Apple")),
            ("https://ref.supabase.co/auth/v1", Some("Supabase")),
            ("https://notokta.com", None),
            ("https://okta.com.evil.example/", None),
            ("http://gitlab.com", None),
            ("https://id.example/realms/", None),
            ("https://accounts.example", None),
            ("", None),
        ] {
            assert_eq!(of_issuer(issuer), vendor, "{issuer}");
        }
    }
}
