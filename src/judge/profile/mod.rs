//! The kind of token, and how that is known.
//!
//! What is known of each kind is data: a form of a kind is a [`Spec`] in the file of its family under `known`, and one line in
//! the table below.

mod facts;
mod known;
mod recognise;
mod spec;

use std::borrow::Cow;

pub(super) use facts::Facts;
pub(super) use recognise::{determine, has_type, is_of_a_kind, is_plain, rivals, short_type};
pub(super) use spec::{Ban, Level, Life, Place, Requirement, Spec, Trait, Typing};

/// What is said of a kind whatever its form.
struct Row {
    name: &'static str,
    label: &'static str,
    description: &'static str,
    first: &'static Spec,
    forms: &'static [&'static Spec],
}

/// A line a kind: its name in reports and on the command line, its name for people, what it is in a sentence, and its forms.
/// Of forms that nothing tells apart, the first counts.
macro_rules! kinds {
    ($($variant:ident: $name:literal, $label:literal, $description:literal, [$first:ident $(, $more:ident)*];)+) => {
        /// The kinds of token that are told apart.
        #[expect(
            clippy::doc_markdown,
            reason = "the sentences are shown to people as they are"
        )]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProfileName {
            $(#[doc = $description] $variant,)+
        }

        impl ProfileName {
            /// All, in the order of the report's contract: the general ones, those of standards, those of vendors.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn row(self) -> &'static Row {
                match self {
                    $(Self::$variant => {
                        const ROW: &Row = &Row {
                            name: $name,
                            label: $label,
                            description: $description,
                            first: &known::$first,
                            forms: &[&known::$first $(, &known::$more)*],
                        };
                        ROW
                    })+
                }
            }
        }
    };
}

kinds! {
    Jws: "jws", "Signed message", "A signed message with any payload: no claim, time or payload JSON rules.", [JWS];
    Jwt: "jwt", "JWT", "Claims and times, no particular kind.", [JWT];
    OidcIdToken: "oidc-id-token", "OIDC ID token", "Tells a client who signed in, and when (OpenID Connect).", [OIDC_ID_TOKEN];
    AccessToken: "access-token", "Access token", "Lets its bearer call an API (RFC 9068).", [ACCESS_TOKEN];
    DpopProof: "dpop-proof", "DPoP proof", "Proves with each request that the sender holds a key (RFC 9449).", [DPOP_PROOF];
    ClientAssertion: "client-assertion", "Client assertion", "Authenticates a client to an authorization server (RFC 7523).", [CLIENT_ASSERTION];
    JwtBearerGrant: "jwt-bearer-grant", "JWT bearer grant", "Asks an authorization server for a token in somebody's name (RFC 7523).", [JWT_BEARER_GRANT];
    LogoutToken: "logout-token", "Logout token", "Tells a client that a session ended (OpenID Connect Back-Channel Logout).", [LOGOUT_TOKEN];
    SecurityEvent: "security-event", "Security event token", "Reports what happened to a subject (RFC 8417).", [SECURITY_EVENT, SHARED_SIGNAL];
    RequestObject: "request-object", "Request object", "Carries the parameters of an authorization request (RFC 9101).", [REQUEST_OBJECT];
    Jarm: "jarm", "Authorization response", "Carries the answer to an authorization request (JARM).", [JARM];
    IntrospectionResponse: "introspection-response", "Introspection response", "Says whether another token is active (RFC 9701).", [INTROSPECTION_RESPONSE];
    SdJwt: "sd-jwt", "SD-JWT", "Shows of its claims those that the holder discloses (RFC 9901).", [SD_JWT];
    KbJwt: "kb-jwt", "Key binding JWT", "Proves that the presenter of an SD-JWT is its holder (RFC 9901).", [KB_JWT];
    SdJwtVc: "sd-jwt-vc", "SD-JWT VC", "A credential whose claims are disclosed selectively.", [SD_JWT_VC];
    StatusList: "status-list", "Status list token", "Says of many tokens at once which are revoked.", [STATUS_LIST];
    VcJwt: "vc-jwt", "VC as JWT (1.1)", "A credential or presentation of the W3C data model 1.1, in a claim.", [VC_JWT, VP_JWT];
    VcJose: "vc-jose", "VC secured with JOSE (2.0)", "A credential or presentation of the W3C data model 2.0, as the payload.", [VC_JOSE, VP_JOSE];
    EntityStatement: "entity-statement", "Entity statement", "Says what a member of a federation is, and who vouches for it (OpenID Federation).", [ENTITY_CONFIGURATION, SUBORDINATE_STATEMENT];
    VciKeyProof: "vci-key-proof", "Credential key proof", "Proves to an issuer of credentials that the wallet holds a key (OpenID4VCI).", [VCI_KEY_PROOF];
    ClientAttestation: "client-attestation", "Client attestation", "Says that a client is genuine, or proves the possession of its key.", [CLIENT_ATTESTATION, CLIENT_ATTESTATION_POP];
    SiopIdToken: "siop-id-token", "Self-issued ID token", "An ID token that its own subject signs (SIOPv2).", [SIOP_ID_TOKEN];
    Kubernetes: "kubernetes", "Kubernetes service account", "Lets a workload of a cluster say who it is.", [KUBERNETES, KUBERNETES_LEGACY];
    GitHubActions: "github-actions", "GitHub Actions", "Lets a workflow of GitHub say which repository and job it is.", [GITHUB_ACTIONS];
    GitLabCi: "gitlab-ci", "GitLab CI", "Lets a pipeline of GitLab say which project and job it is.", [GITLAB_CI];
    Cognito: "cognito", "AWS Cognito", "An access or ID token of a user pool.", [COGNITO_ACCESS, COGNITO_ID];
    Entra: "entra", "Microsoft Entra ID", "An access or ID token of a tenant.", [ENTRA];
    Auth0: "auth0", "Auth0", "An access or ID token of a tenant.", [AUTH0];
    Okta: "okta", "Okta", "An access or ID token of an organization or of its authorization server.", [OKTA_ID, OKTA_ACCESS];
    Google: "google", "Google", "An ID token of a Google account.", [GOOGLE];
    GoogleServiceAccount: "google-service-account", "Google service account", "Asks Google for an access token in the name of a service account.", [GOOGLE_SERVICE_ACCOUNT];
    Firebase: "firebase", "Firebase", "An ID token or session cookie of a Firebase project.", [FIREBASE];
    Keycloak: "keycloak", "Keycloak", "An access, ID or refresh token of a realm.", [KEYCLOAK, KEYCLOAK_REFRESH];
    Apple: "apple", "Sign in with Apple", "An ID token of Apple, or the secret that a client makes for Apple.", [APPLE_ID_TOKEN, APPLE_CLIENT_SECRET];
    AppStore: "app-store", "App Store", "A transaction or notification that the App Store signs.", [APP_STORE];
    Supabase: "supabase", "Supabase", "A session of a project's user, or an API key in the older form.", [SUPABASE_USER, SUPABASE_KEY];
}

impl ProfileName {
    /// The name in reports and on the command line.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        self.row().label
    }

    /// What it is, in one sentence.
    pub fn description(self) -> &'static str {
        self.row().description
    }

    /// The profile of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|profile| profile.name() == name)
    }

    /// Its forms; there is one at least.
    fn forms(self) -> &'static [&'static Spec] {
        self.row().forms
    }

    fn first_form(self) -> &'static Spec {
        self.row().first
    }

    /// Whether it is a vendor's form of what standards know.
    pub fn is_vendors(self) -> bool {
        // They stand behind all others.
        self as usize >= Self::Kubernetes as usize
    }

    /// Whether it names no particular kind, so that there is nothing to hold a token against.
    pub fn is_general(self) -> bool {
        matches!(self, Self::Jws | Self::Jwt)
    }
}

/// What the reviewer says of the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum ProfileChoice {
    /// Find out.
    #[default]
    Auto,
    /// It is this.
    Named(ProfileName),
}

/// How the kind is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChosenBy {
    /// It looks like it.
    Guess,
    /// The reviewer said so.
    Option,
    /// The header's `typ` says so.
    Typ,
}

impl ChosenBy {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Option => "option",
            Self::Typ => "typ",
        }
    }
}

/// From this confidence on, in percent, a guess is spoken of as a fact.
const SURE: u8 = 80;

/// A kind that was guessed nearly as well as another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerUp {
    /// The kind.
    pub name: ProfileName,
    /// What spoke for it.
    pub why: Cow<'static, str>,
    /// How sure that is, in percent.
    pub confidence: u8,
}

/// The kind of a token, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The kind.
    pub name: ProfileName,
    /// How it is known.
    pub chosen_by: ChosenBy,
    /// What spoke for it.
    pub why: Cow<'static, str>,
    /// How sure that is, in percent; 100 where it was chosen or an explicit type says so.
    pub confidence: u8,
    /// The kind that came second, where that was close.
    pub runner_up: Option<RunnerUp>,
    /// What is known of the form that it has.
    pub(super) spec: &'static Spec,
    /// The vendor's kind that the issuer's name is of, whatever kind the token is: its habits hold there too.
    pub(super) vendor: Option<ProfileName>,
    /// The claims that it has, of those that tell kinds apart.
    seen: recognise::Names,
}

impl Profile {
    /// Whether the kind is certain, so that a verifier of that kind must refuse what breaks its rules: it was chosen, or an
    /// explicit type says it.
    pub fn is_fixed(&self) -> bool {
        !self.name.is_general() && self.chosen_by != ChosenBy::Guess
    }

    /// Whether the kind is sure enough to speak of it as a fact.
    pub fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }

    /// Whether the token's own key is the holder's, and proves what the token is there to prove (RFC 9449 section 4.3,
    /// `OpenID4VCI` appendix F, `SIOPv2`).
    pub fn accepts_own_key(&self) -> bool {
        self.is_fixed() && self.spec.has(Trait::HoldersOwnKey)
    }

    /// What it is, with its article: "an access token".
    pub fn phrase(&self) -> &'static str {
        self.spec.phrase
    }

    /// What it is, without the article: "access token".
    pub fn noun(&self) -> &'static str {
        let phrase = self.phrase();
        phrase.split_once(' ').map_or(phrase, |(_, noun)| noun)
    }

    /// The kinds that it passes as without an explicit type, where nothing settles which of them it is.
    pub(super) fn rivals(&self, case: super::Case<'_>) -> Vec<ProfileName> {
        rivals(case, self.seen)
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod names {
    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_a_sentence() {
        for (index, profile) in ProfileName::ALL.iter().enumerate() {
            let name = profile.name();
            assert_eq!(ProfileName::from_name(name), Some(*profile));
            let first = ProfileName::ALL
                .iter()
                .position(|other| other.name() == name);
            assert_eq!(first, Some(index), "{name}");
            let label = profile.label();
            let first = ProfileName::ALL
                .iter()
                .position(|other| other.label() == label);
            assert_eq!(first, Some(index), "{label}");
            let description = profile.description();
            assert!(
                description.ends_with('.') && description.matches(". ").count() == 0,
                "{description}"
            );
        }
        assert_eq!(ProfileName::from_name("auto"), None);
        assert_eq!(ProfileName::from_name("JWT"), None);
    }
}
