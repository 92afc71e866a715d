//! What workloads are given: clusters and pipelines.

use super::{AUD, Clue, DAY, EXP, Fact, Form, IAT, ISS, JTI, Life, Requirement, SUB, Spec, Trait};

pub(in super::super) static KUBERNETES: Spec = Spec {
    phrase: "a service account token of Kubernetes",
    reference: "Kubernetes documentation: Managing Service Accounts",
    clues: &[
        Clue {
            all: &["kubernetes.io"],
            facts: &[Fact::Object("kubernetes.io")],
            confidence: 97,
            words: "kubernetes.io, what the token is bound to",
            ..Clue::BLANK
        },
        Clue {
            all: &["sub"],
            none: &["kubernetes.io/serviceaccount/namespace"],
            facts: &[Fact::Starts("sub", "system:serviceaccount:")],
            confidence: 95,
            words: "sub is a service account",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.recommended(),
        SUB.recommended(),
        AUD.recommended(),
        EXP.recommended(),
        IAT.recommended(),
        Requirement::claim(&["kubernetes.io"])
            .recommended()
            .formed(Form::ObjectIn("serviceaccount")),
    ],
    life: Life::MeantUntil("kubernetes.io", "warnafter"),
    ..Spec::BLANK
};

pub(in super::super) static KUBERNETES_LEGACY: Spec = Spec {
    phrase: "a service account token of Kubernetes in the older form",
    reference: "Kubernetes documentation: Managing Service Accounts",
    clues: &[
        Clue {
            facts: &[Fact::Is("iss", "kubernetes/serviceaccount")],
            all: &["iss"],
            confidence: 98,
            words: "iss is kubernetes/serviceaccount",
            ..Clue::BLANK
        },
        Clue {
            all: &["kubernetes.io/serviceaccount/namespace"],
            confidence: 95,
            words: "kubernetes.io/serviceaccount/namespace",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.recommended(),
        SUB.recommended(),
        Requirement::claim(&["kubernetes.io/serviceaccount/namespace"]).recommended(),
        Requirement::claim(&["kubernetes.io/serviceaccount/service-account.name"]).recommended(),
    ],
    traits: &[Trait::BoundToNothing],
    ..Spec::BLANK
};

pub(in super::super) static GITHUB_ACTIONS: Spec = Spec {
    phrase: "a token of GitHub Actions",
    reference: "GitHub documentation: OpenID Connect reference",
    clues: &[
        Clue {
            facts: &[Fact::Vendor("GitHub")],
            confidence: 97,
            words: "the issuer is GitHub Actions",
            ..Clue::BLANK
        },
        Clue {
            all: &["repository", "repository_owner", "job_workflow_ref"],
            confidence: 90,
            words: "repository and job_workflow_ref, a workflow\u{2019}s run",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.recommended(),
        SUB.recommended(),
        AUD.recommended(),
        EXP.recommended(),
        IAT.recommended(),
        JTI.recommended(),
        Requirement::claim(&["repository"]).recommended(),
        Requirement::claim(&["repository_owner"]).recommended(),
        Requirement::claim(&["job_workflow_ref"]).recommended(),
        Requirement::claim(&["event_name"]).recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::Sha1Thumbprints],
    ..Spec::BLANK
};

pub(in super::super) static GITLAB_CI: Spec = Spec {
    phrase: "a token of GitLab CI",
    reference: "GitLab documentation: ID tokens",
    clues: &[
        Clue {
            all: &["project_path"],
            facts: &[Fact::Vendor("GitLab")],
            confidence: 97,
            words: "the issuer is GitLab, and project_path says whose pipeline it is",
            ..Clue::BLANK
        },
        Clue {
            all: &["project_path", "namespace_path", "pipeline_id"],
            confidence: 92,
            words: "project_path and pipeline_id, a pipeline\u{2019}s run",
            ..Clue::BLANK
        },
    ],
    required: &[
        ISS.recommended(),
        SUB.recommended(),
        AUD.recommended(),
        EXP.recommended(),
        IAT.recommended(),
        JTI.recommended(),
        Requirement::claim(&["project_path"]).recommended(),
        Requirement::claim(&["namespace_path"]).recommended(),
        Requirement::claim(&["pipeline_id"]).recommended(),
        Requirement::claim(&["job_id"]).recommended(),
        Requirement::claim(&["ref"]).recommended(),
        Requirement::claim(&["ref_protected"]).recommended(),
    ],
    life: Life::UpTo(DAY),
    traits: &[Trait::AboutPerson],
    ..Spec::BLANK
};
