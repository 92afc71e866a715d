//! No particular kind.

use super::Spec;

pub(in super::super) static JWS: Spec = Spec {
    phrase: "a signed message",
    reference: "RFC 7515",
    ..Spec::BLANK
};

pub(in super::super) static JWT: Spec = Spec {
    phrase: "a JWT",
    ..Spec::BLANK
};
