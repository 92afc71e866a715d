//! The kind of a token: shown in the toolbar, chosen for one token, for several or for all, and taken back.

use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::judge::{ChosenBy, ProfileChoice, ProfileName};

use crate::desk::{Desk, sample};

fn press(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.window.key_press_modifiers(modifiers, key);
    desk.settle();
}

fn type_text(desk: &mut Desk, text: &str) {
    desk.window.event(egui::Event::Text(text.to_owned()));
    desk.settle();
}

/// Opens the menu by its keys and takes the first kind that holds this.
fn choose(desk: &mut Desk, typed: &str) {
    press(desk, Modifiers::COMMAND, Key::I);
    type_text(desk, typed);
    press(desk, Modifiers::NONE, Key::Enter);
}

fn kind(desk: &Desk, at: usize) -> (ProfileName, ChosenBy) {
    let profile = &desk.window.state().model().judgements[at].profile;
    (profile.name, profile.chosen_by)
}

fn has_focus(desk: &Desk, name: &str) -> bool {
    let mut named = desk.window.query_all_by_label(name);
    named.any(|node| node.accesskit_node().is_focused())
}

/// A text that begins so.
#[track_caller]
fn text(desk: &Desk, start: &str) -> String {
    let found = desk.window.query_all_by_label_contains(start);
    let mut texts = found.filter_map(|node| node.accesskit_node().value());
    texts
        .find(|text| text.starts_with(start))
        .unwrap_or_else(|| panic!("nothing begins with {start}"))
}

/// A window with the tokens of the request, the first of which is on screen.
fn desk() -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    desk.paste(&sample("issuer.jwks.json"));
    desk
}

#[test]
fn the_kind_and_how_it_is_known_stand_in_the_toolbar() {
    let mut desk = Desk::new();
    assert!(
        desk.has("Kind: automatic (no token)"),
        "{:?}",
        desk.names("Kind")
    );
    desk.paste(&sample("request.http"));
    assert!(
        desk.has("Kind: OIDC ID token (guess)"),
        "{:?}",
        desk.names("Kind")
    );
    desk.click("Kind: OIDC ID token (guess)");
    // Why, and how sure that is.
    let why = text(&desk, "Guess, ");
    assert!(why.ends_with(" %: nonce and auth_time, no scope."), "{why}");
    let api = desk.names("Token 3")[0].clone();
    press(&mut desk, Modifiers::NONE, Key::Escape);
    desk.click(&api);
    assert!(
        desk.has("Kind: Access token (typ)"),
        "{:?}",
        desk.names("Kind")
    );
    desk.click("Kind: Access token (typ)");
    assert!(desk.has("Its typ is at+jwt."), "{:?}", desk.names("Its"));
}

#[test]
fn two_kinds_that_fit_nearly_as_well_are_both_told() {
    // By its issuer it is Google’s, by its claims an ID token.
    let mut desk = Desk::new();
    let claims = r#"{"iss":"https://accounts.google.com","aud":"b","sub":"c","nonce":"d","at_hash":"e","auth_time":1795299990,"iat":1795300000,"exp":1795303600}"#;
    desk.paste(&crate::stage::token(r#"{"alg":"RS256"}"#, claims));
    let model = desk.window.state().model();
    let profile = model.judgements[0].profile.clone();
    desk.click(&format!("Kind: {} (guess)", profile.name.label()));
    let other = profile.runner_up.as_ref().expect("another kind");
    let start = format!("Or else {}, {} %: ", other.name.label(), other.confidence);
    text(&desk, &start);
}

#[test]
fn a_kind_is_chosen_by_keyboard_counts_and_is_taken_back() {
    let mut desk = desk();
    let guessed = kind(&desk, 0);
    press(&mut desk, Modifiers::COMMAND, Key::I);
    assert!(has_focus(&desk, "Find a kind"));
    type_text(&mut desk, "logout");
    press(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(kind(&desk, 0), (ProfileName::LogoutToken, ChosenBy::Option));
    assert!(
        desk.has("Kind: Logout token (chosen)"),
        "{:?}",
        desk.names("Kind")
    );
    assert!(desk.has("Judged as a logout token: chosen for this token."));
    // The others stay as they are.
    assert_eq!(kind(&desk, 2), (ProfileName::AccessToken, ChosenBy::Typ));
    // It outlives other keys, a removal and a token that comes again.
    desk.paste(&sample("partner.jwks.json"));
    desk.paste(&sample("request.http"));
    let first = desk.names("Token 1")[0].clone();
    desk.click(&first);
    press(&mut desk, Modifiers::COMMAND, Key::W);
    press(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(kind(&desk, 0), (ProfileName::LogoutToken, ChosenBy::Option));
    // Undo takes the choice back, and so does the button beside the verdict.
    press(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(kind(&desk, 0), guessed);
    choose(&mut desk, "logout");
    assert_ne!(kind(&desk, 0), guessed);
    desk.click("Automatic kind");
    assert_eq!(kind(&desk, 0), guessed);
    assert!(!desk.has("Judged as a logout token: chosen for this token."));
    press(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(kind(&desk, 0).0, ProfileName::LogoutToken);
}

#[test]
fn arrows_walk_through_the_kinds_and_nothing_that_is_not_there_is_taken() {
    let mut desk = desk();
    press(&mut desk, Modifiers::COMMAND, Key::I);
    assert!(desk.has("Automatic. By the explicit type, else by what the claims look like."));
    // It begins at what holds now: automatic, then the general ones.
    press(&mut desk, Modifiers::NONE, Key::ArrowDown);
    press(&mut desk, Modifiers::NONE, Key::ArrowDown);
    press(&mut desk, Modifiers::NONE, Key::ArrowUp);
    press(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(kind(&desk, 0), (ProfileName::Jws, ChosenBy::Option));
    press(&mut desk, Modifiers::COMMAND, Key::I);
    type_text(&mut desk, "no such kind");
    assert!(desk.has("No kind is called so."));
    press(&mut desk, Modifiers::NONE, Key::Enter);
    assert_eq!(kind(&desk, 0), (ProfileName::Jws, ChosenBy::Option));
    press(&mut desk, Modifiers::NONE, Key::Escape);
    // By the pointer too, with what it is.
    desk.click("Kind: Signed message (chosen)");
    let line = desk.names("Access token. ")[0].clone();
    desk.click(&line);
    assert_eq!(kind(&desk, 0), (ProfileName::AccessToken, ChosenBy::Option));
}

#[test]
fn all_tokens_are_of_the_kind_that_the_policy_names_but_those_with_their_own() {
    let mut desk = desk();
    choose(&mut desk, "logout");
    press(&mut desk, Modifiers::COMMAND, Key::I);
    desk.click("Choose for all tokens");
    let line = desk.names("Client assertion. ")[0].clone();
    desk.click(&line);
    let policy = &desk.window.state().model().session.policy;
    assert_eq!(
        policy.profile,
        ProfileChoice::Named(ProfileName::ClientAssertion)
    );
    assert_eq!(kind(&desk, 0).0, ProfileName::LogoutToken, "it has its own");
    assert_eq!(
        kind(&desk, 1),
        (ProfileName::ClientAssertion, ChosenBy::Option)
    );
    let second = desk.names("Token 2")[0].clone();
    desk.click(&second);
    assert!(
        desk.has("Kind: Client assertion (policy)"),
        "{:?}",
        desk.names("Kind")
    );
    assert!(desk.has("Judged as a client assertion: the policy says so of all tokens."));
    // To leave it open is now to follow the policy.
    let first = desk.names("Token 1")[0].clone();
    desk.click(&first);
    press(&mut desk, Modifiers::COMMAND, Key::I);
    type_text(&mut desk, "policy");
    desk.click("As the policy says. The kind that the policy names for all tokens.");
    assert_eq!(kind(&desk, 0).0, ProfileName::ClientAssertion);
}

#[test]
fn what_is_chosen_in_the_table_is_meant() {
    let mut desk = desk();
    press(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
    let row = desk.names("Row 1: ")[0].clone();
    desk.window.get_by_label(&row).focus();
    desk.settle();
    press(&mut desk, Modifiers::COMMAND, Key::A);
    press(&mut desk, Modifiers::COMMAND, Key::I);
    assert!(
        desk.has("Choose for 4 chosen tokens"),
        "{:?}",
        desk.names("Choose")
    );
    type_text(&mut desk, "dpop");
    press(&mut desk, Modifiers::NONE, Key::Enter);
    let of_all = |desk: &Desk| -> Vec<Option<ProfileName>> {
        let tokens = desk.window.state().model().session.tokens.iter();
        tokens.map(|token| token.kind).collect()
    };
    assert_eq!(of_all(&desk), [Some(ProfileName::DpopProof); 4]);
    assert!(desk.has("Kind of 4 tokens: DPoP proof."));
    desk.click("Undo");
    assert_eq!(of_all(&desk), [None; 4]);
}

#[test]
fn where_there_is_little_room_the_button_is_short_and_says_the_whole() {
    for width in [700.0, 480.0] {
        let mut desk = Desk::sized(width, 700.0);
        desk.paste(&sample("request.http"));
        let button = desk.window.get_by_label("Kind: OIDC ID token (guess)");
        assert!(button.rect().width() < 80.0, "{width}: {:?}", button.rect());
        assert!(button.rect().right() <= width);
        let menu = desk.window.get_by_label("Menu");
        assert!(menu.rect().right() <= width, "{width}: {:?}", menu.rect());
    }
}

/// A token found in an `Authorization` header is called by what it is, where that is sure.
#[test]
fn a_token_is_named_by_its_kind_where_its_place_says_nothing() {
    let desk = desk();
    let names = desk.names("Token 1: ");
    assert!(
        names[0].starts_with("Token 1: ID token \u{B7} "),
        "{names:?}"
    );
    let mut desk = Desk::new();
    let unknown = crate::stage::token(r#"{"alg":"RS256"}"#, r#"{"sub":"a"}"#);
    desk.paste(&format!("Authorization: Bearer {unknown}"));
    let names = desk.names("Token 1: ");
    assert!(
        names[0].starts_with("Token 1: Authorization \u{B7} a"),
        "{names:?}"
    );
}
