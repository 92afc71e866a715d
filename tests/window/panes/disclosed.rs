//! The claims of an SD-JWT: as signed, and as processed.

use tokenloupe::jose::Token;
use tokenloupe::jose::base64url::encode;
use tokenloupe::keys;

use super::*;
use crate::pictures::picture_of;

/// RFC 9901 section 5.2.
const PRESENTATION: &str = include_str!("rfc9901-5.2.txt");

/// RFC 9901 appendix A.5.
const ISSUER: &str = r#"{"kty":"EC","crv":"P-256","x":"b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ","y":"Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}"#;

/// The presentation, with a claim that nobody signed, and one that is there twice.
fn stage() -> Stage {
    let parts: Vec<&str> = PRESENTATION.trim_end().split('~').collect();
    let foreign = encode(br#"["c3Vycm91bmRpbmdzYXJl","role","admin"]"#);
    let [issuer, disclosures @ .., bound] = parts.as_slice() else {
        panic!("parts");
    };
    let again = disclosures[0];
    let text = format!(
        "{issuer}~{}~{foreign}~{again}~{bound}",
        disclosures.join("~")
    );
    let keys = keys::load("issuer.jwk.json", ISSUER.as_bytes()).unwrap();
    Stage::new(&text, KeyRing::new(keys), Policy::default())
}

const SIZE: [f32; 2] = [520.0, 1200.0];

fn selected(window: &Window) -> Option<Selection> {
    match last(window)? {
        Command::Select(selection) => selection.clone(),
        _ => None,
    }
}

#[test]
fn each_disclosure_says_what_became_of_it() {
    let window = pane!(stage(), claims, SIZE);
    for words in [
        "family_name: \"Doe\", matched",
        "(element): \"US\", matched",
        "role: \"admin\", unmatched",
        "family_name: \"Doe\", duplicate",
        "6 digests have no disclosure: withheld, or decoys.",
    ] {
        assert!(says(&window, words), "{words}: {:#?}", names(&window));
    }
    // What nobody signed is no claim.
    assert!(!says(&window, "role: \"admin\", disclosed"));
    assert!(says(&window, "given_name: \"John\", disclosed"));
    assert!(says(&window, "sub: \"user_42\""));
    // The key binding: what the check says, and what it says of itself.
    assert!(says(
        &window,
        "The key binding is for another presentation: "
    ));
    assert!(says(&window, "typ: \"kb+jwt\", header"));
    assert!(says(&window, "nonce: \"1234567890\""));
}

#[test]
fn a_claim_lights_up_the_disclosure_that_it_came_from() {
    let mut window = pane!(stage(), claims, SIZE);
    click(&mut window, "given_name: \"John\", disclosed");
    let part = window.state().model.session.tokens[0]
        .proof
        .sd_jwt
        .as_ref()
        .unwrap()
        .disclosures[2]
        .clone();
    let whole = Selection {
        part: PartRole::Disclosure,
        range: part.range.clone(),
    };
    assert_eq!(selected(&window), Some(whole.clone()));
    click(&mut window, "given_name: \"John\", matched");
    // The same characters, lit already: chosen again they go out.
    assert_eq!(last(&window), Some(&Command::Select(None)));
    click(&mut window, "sub: \"user_42\"");
    assert!(selects(&window, PartRole::Payload, r#""sub": "user_42""#));
    click(&mut window, "nonce: \"1234567890\"");
    let nonce = selected(&window).unwrap();
    assert_eq!(nonce.part, PartRole::KeyBinding);
    let token = &window.state().model.session.tokens[0].token;
    let bound =
        Token::parse(&token.text()[token.part(PartRole::KeyBinding).unwrap().range.clone()]);
    let claims = bound.part(PartRole::Payload).unwrap();
    let member = r#""nonce": "1234567890""#;
    let at = claims.utf8().unwrap().find(member).unwrap();
    let carried = &bound.text()[claims.text_range(at..at + member.len())];
    assert_eq!(&token.text()[nonce.range], carried);
}

#[test]
fn the_claims_as_signed_are_one_click_away() {
    let mut window = pane!(stage(), claims, SIZE);
    assert!(!says(&window, "Claims as JSON"));
    click(&mut window, "Claims, As signed");
    assert!(says(&window, "Claims as JSON") && says(&window, "_sd_alg: "));
    assert!(!says(&window, "matched"));
    click(&mut window, "Claims, Processed");
    assert!(says(&window, "family_name: \"Doe\", matched"));
}

#[test]
fn the_keyboard_goes_through_all_rows() {
    // So low that the last one is out of sight.
    let mut window = pane!(stage(), claims, [520.0, 400.0]);
    window.get_by_label_contains("iss: ").focus();
    window.run();
    window.key_press(egui::Key::End);
    window.run();
    window.key_press(egui::Key::Enter);
    window.run();
    assert_eq!(
        selected(&window).map(|one| one.part),
        Some(PartRole::KeyBinding)
    );
}

#[test]
fn an_sd_jwt_in_the_window() {
    let show = |ui: &mut egui::Ui, stage: &mut Stage| stage.all(ui);
    picture_of("sd-jwt", stage, [1176.0, 832.0], show, |window| {
        window.get_by_label("0: \"US\", disclosed").click();
        window.run();
    });
}
