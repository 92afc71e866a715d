//! Tokens that have to do with each other, in the whole window, by accessible names.

use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use openssl::sha::sha256;
use tokenloupe::jose::base64url::encode;
use tokenloupe::window::actions::Action;

use crate::actions::By;
use crate::desk::Desk;

fn unsigned(header: &str, claims: &str) -> String {
    let part = |text: &str| encode(text.as_bytes());
    format!("{}.{}.{}", part(header), part(claims), encode(&[7; 64]))
}

/// A token response: an access token, and the ID token that names it.
fn response() -> String {
    response_that_names(str::to_owned)
}

/// One whose ID token names another access token than it brings.
pub(crate) fn exchanged() -> String {
    response_that_names(|_| "another".to_owned())
}

fn response_that_names(named: impl Fn(&str) -> String) -> String {
    let access_token = unsigned(
        r#"{"alg":"ES256","typ":"at+jwt"}"#,
        r#"{"iss":"https://a.example","aud":"https://api.example","sub":"jane","client_id":"b","exp":1795303600,"iat":1795300000,"jti":"0123456789abcdef0123"}"#,
    );
    // The left half (OpenID Connect Core section 3.1.3.6).
    let at_hash = encode(&sha256(named(&access_token).as_bytes())[..16]);
    let claims = format!(
        r#"{{"iss":"https://a.example","aud":"b","sub":"jane","nonce":"n-0S6","exp":1795303600,"iat":1795300000,"at_hash":"{at_hash}"}}"#
    );
    let id_token = unsigned(r#"{"alg":"ES256"}"#, &claims);
    format!(r#"{{"access_token":"{access_token}","token_type":"Bearer","id_token":"{id_token}"}}"#)
}

/// A window of the response: its access token on screen.
pub(crate) fn open(desk: &mut Desk) {
    desk.paste(&response());
}

/// The action that leads from the access token to its ID token.
pub(crate) fn check(desk: &mut Desk, action: Action, by: By) {
    open(desk);
    desk.act(action, by);
    let (shown, _) = desk.state().outermost().unwrap();
    assert!(shown.token.claims().unwrap().get("at_hash").is_some());
}

/// For the pictures: the ID token on screen.
pub(crate) fn show(desk: &mut Desk) {
    open(desk);
    desk.act(Action::NextToken, By::Keys);
    desk.act(Action::GoFindings, By::Keys);
}

const TO_ID_TOKEN: &str = "Named by at_hash of the ID token, go to Token 2: id_token";
const TO_ACCESS_TOKEN: &str = "at_hash matches the access token, go to Token 1: access_token";

#[test]
fn each_token_leads_to_the_other_by_click_and_by_key() {
    let mut desk = Desk::sized(1440.0, 900.0);
    open(&mut desk);
    assert!(desk.has("Together with other tokens"));
    desk.click(TO_ID_TOKEN);
    assert_eq!(desk.state().current, Some(1));
    let link = desk
        .window
        .get_by_role_and_label(Role::Button, TO_ACCESS_TOKEN);
    link.focus();
    desk.settle();
    desk.window.key_press(egui::Key::Enter);
    desk.settle();
    assert_eq!(desk.state().current, Some(0));
    desk.act(Action::GoRelated, By::Palette);
    assert_eq!(desk.state().current, Some(1));
}

#[test]
fn the_claim_says_what_it_matches_as_long_as_that_is_there() {
    let mut desk = Desk::sized(1440.0, 900.0);
    open(&mut desk);
    desk.click(TO_ID_TOKEN);
    let claim = |desk: &Desk| {
        let node = desk.window.get_by_label_contains("at_hash: ");
        node.accesskit_node().label().unwrap_or_default()
    };
    assert!(
        claim(&desk).contains("matches the access token"),
        "{}",
        claim(&desk)
    );
    desk.act(Action::PreviousToken, By::Keys);
    desk.act(Action::RemoveToken, By::Keys);
    assert!(!claim(&desk).contains("matches the access token"));
    assert!(!desk.has("Together with other tokens"));
    desk.act(Action::Undo, By::Keys);
    assert!(desk.has("Together with other tokens"));
}

#[test]
fn without_other_tokens_there_is_nothing_to_lead_to() {
    let mut desk = Desk::sized(1440.0, 900.0);
    let alone = unsigned(
        r#"{"alg":"ES256"}"#,
        r#"{"iss":"https://a.example","aud":"b"}"#,
    );
    desk.paste(&alone);
    assert!(!desk.has("Together with other tokens"));
    assert!((Action::GoRelated.entry().command)(desk.state()).is_none());
}
