//! Tokens that open more than their form lets one think (catalogue 1.11).

use super::{Confidence, Evidence, Finding, Rule, Ruling, Severity, Subject};
use crate::judge::profile::{Place, Trait};

/// `k8s-legacy-token`: a service account for as long as its secret lives.
pub(super) struct K8sLegacyToken;

impl Rule for K8sLegacyToken {
    fn id(&self) -> &'static str {
        "k8s-legacy-token"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["exp-missing", "aud-missing"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.profile.spec.has(Trait::BoundToNothing) || !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let is_unbound = subject.claim("exp").is_none() && subject.claim("aud").is_none();
        Ruling::from(is_unbound.then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "A service account that never expires".to_owned(),
            detail: "It has neither exp nor aud and is bound to no pod: whoever reads it once acts as the service account until somebody deletes its secret.".to_owned(),
            remedy: "Delete the secret that holds it, and ask the cluster for bound tokens.".to_owned(),
            references: vec!["Kubernetes documentation: Managing Service Accounts", "CWE-613"],
            evidence: super::profile::whole(subject, Place::Claims),
            refusal: None,
        }))
    }
}

/// `supabase-service-role`: a key that passes by every rule of the database.
pub(super) struct SupabaseServiceRole;

impl Rule for SupabaseServiceRole {
    fn id(&self) -> &'static str {
        "supabase-service-role"
    }

    fn silences(&self) -> &'static [&'static str] {
        &["priv-claims"]
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        if !subject.profile.spec.has(Trait::KeyOfProject) || !subject.has_claims() {
            return Ruling::Unconcerned;
        }
        let role = subject.case.claim("role");
        let role = role.filter(|role| role.value.str() == Some("service_role"));
        let evidence: Vec<Evidence> = role.iter().map(super::Claim::evidence).collect();
        Ruling::from((!evidence.is_empty()).then(|| Finding {
            rule: self.id(),
            severity: Severity::High,
            confidence: Confidence::Certain,
            title: "The service role of a project".to_owned(),
            detail: "It is no user\u{2019}s token but a key that row level security does not hold: whoever has it reads and writes everything. It belongs on servers alone.".to_owned(),
            remedy: "If it was seen outside of a server, change the keys of the project, and use the newer ones, which can be revoked.".to_owned(),
            references: vec!["CWE-522", "CWE-250"],
            evidence,
            refusal: None,
        }))
    }
}
