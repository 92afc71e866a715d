//! The kinds of token, a file a family. A form is one `static`, and one name in the table of [`ProfileName`](super::ProfileName).
//!
//! Sources: the specification that each form names, and for vendors what they document of their tokens.

mod apple;
mod credentials;
mod directories;
mod events;
mod federation;
mod general;
mod oauth;
mod openid;
mod platforms;
mod workloads;

pub(super) use apple::{APP_STORE, APPLE_CLIENT_SECRET, APPLE_ID_TOKEN};
pub(super) use credentials::{
    KB_JWT, SD_JWT, SD_JWT_VC, STATUS_LIST, VC_JOSE, VC_JWT, VCI_KEY_PROOF, VP_JOSE, VP_JWT,
};
pub(super) use directories::{AUTH0, ENTRA, KEYCLOAK, KEYCLOAK_REFRESH, OKTA_ACCESS, OKTA_ID};
pub(super) use events::{LOGOUT_TOKEN, SECURITY_EVENT, SHARED_SIGNAL};
pub(super) use federation::{ENTITY_CONFIGURATION, SUBORDINATE_STATEMENT};
pub(super) use general::{JWS, JWT};
pub(super) use oauth::{
    ACCESS_TOKEN, CLIENT_ASSERTION, CLIENT_ATTESTATION, CLIENT_ATTESTATION_POP, DPOP_PROOF,
    INTROSPECTION_RESPONSE, JARM, JWT_BEARER_GRANT, REQUEST_OBJECT,
};
pub(super) use openid::{OIDC_ID_TOKEN, SIOP_ID_TOKEN};
pub(super) use platforms::{
    COGNITO_ACCESS, COGNITO_ID, FIREBASE, GOOGLE, GOOGLE_SERVICE_ACCOUNT, SUPABASE_KEY,
    SUPABASE_USER,
};
pub(super) use workloads::{GITHUB_ACTIONS, GITLAB_CI, KUBERNETES, KUBERNETES_LEGACY};

use super::spec::{Ban, Clue, Fact, Form, Life, Likeness, Requirement, Spec, Trait, Typing};

/// In seconds.
const MINUTE: i64 = 60;
/// In seconds.
const HOUR: i64 = 60 * MINUTE;
/// In seconds.
const DAY: i64 = 24 * HOUR;

// Claims that many kinds require.
const ISS: Requirement = Requirement::claim(&["iss"]);
const SUB: Requirement = Requirement::claim(&["sub"]);
const AUD: Requirement = Requirement::claim(&["aud"]);
const EXP: Requirement = Requirement::claim(&["exp"]);
const NBF: Requirement = Requirement::claim(&["nbf"]);
const IAT: Requirement = Requirement::claim(&["iat"]);
const JTI: Requirement = Requirement::claim(&["jti"]);

/// Signed with the private half of a key pair.
const ASYMMETRIC: Requirement = Requirement::header(&["alg"]).formed(Form::AsymmetricAlg);

/// Members of a JWK that nobody but its owner may see (RFC 7518 section 6, RFC 9964).
const PRIVATE_MEMBERS: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
