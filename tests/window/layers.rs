//! Tokens in tokens, several signatures, payloads that are sent apart: in the whole window, by accessible names.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use tokenloupe::find::Where;
use tokenloupe::jose::base64url::encode;

use super::desk::Desk;

/// Two secrets, and the keys that they are. A third one is not among them.
const FIRST: &[u8] = b"the first secret, of more than 32 bytes";
const SECOND: &[u8] = b"the second secret, of more than 32 bytes";
const THIRD: &[u8] = b"the third secret, of more than 32 bytes";

fn keys() -> String {
    let key = |kid: &str, secret: &[u8]| {
        let secret = encode(secret);
        format!(r#"{{"kty":"oct","kid":"{kid}","alg":"HS256","k":"{secret}"}}"#)
    };
    format!(
        r#"{{"keys":[{},{}]}}"#,
        key("first", FIRST),
        key("second", SECOND)
    )
}

fn mac(secret: &[u8], text: &str) -> String {
    let key = PKey::hmac(secret).unwrap();
    let mut signer = Signer::new(MessageDigest::sha256(), &key).unwrap();
    encode(&signer.sign_oneshot_to_vec(text.as_bytes()).unwrap())
}

fn jws(secret: &[u8], header: &str, payload: &str) -> String {
    let input = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let mac = mac(secret, &input);
    format!("{input}.{mac}")
}

const CLAIMS: &str = r#"{"iss":"https://accounts.example","sub":"8f240c91","aud":"web-portal","iat":1795032000,"exp":1795035600}"#;

/// An expired token of the second key inside of one of the first.
fn nested() -> String {
    let inner = jws(
        SECOND,
        r#"{"alg":"HS256","typ":"JWT","kid":"second"}"#,
        CLAIMS,
    );
    let header = r#"{"alg":"HS256","typ":"JWT","cty":"JWT","kid":"first"}"#;
    jws(FIRST, header, &inner)
}

/// A general JWS of two signatures: by the first key, and not by the second.
fn two_signatures() -> String {
    let payload = encode(CLAIMS.as_bytes());
    let signature = |secret: &[u8], kid: &str, header: &str| {
        let protected = encode(format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#).as_bytes());
        let mac = mac(secret, &format!("{protected}.{payload}"));
        format!(r#"{{"protected":"{protected}",{header}"signature":"{mac}"}}"#)
    };
    let first = signature(FIRST, "first", r#""header":{"x-sent-by":"gateway-7"},"#);
    let second = signature(THIRD, "second", "");
    format!(r#"{{"payload":"{payload}","signatures":[{first},{second}]}}"#)
}

const DOCUMENT: &str = r#"{"invoice":4711,"total":"120.50"}"#;

/// A compact JWS whose payload was taken out.
fn detached() -> String {
    let whole = jws(FIRST, r#"{"alg":"HS256","kid":"first"}"#, DOCUMENT);
    let parts: Vec<&str> = whole.split('.').collect();
    format!("{}..{}", parts[0], parts[2])
}

fn window(token: &str) -> Desk {
    sized((1440.0, 900.0), token)
}

fn sized((width, height): (f32, f32), token: &str) -> Desk {
    let mut desk = Desk::sized(width, height);
    open(&mut desk, token);
    desk
}

fn open(desk: &mut Desk, token: &str) {
    desk.paste(&keys());
    desk.paste(token);
}

/// For the pictures.
pub(crate) fn show_nested(desk: &mut Desk) {
    open(desk, &nested());
}

pub(crate) fn show_inner(desk: &mut Desk) {
    open(desk, &nested());
    alt(desk, Key::PageDown);
}

pub(crate) fn show_two_signatures(desk: &mut Desk) {
    open(desk, &two_signatures());
}

pub(crate) fn show_detached(desk: &mut Desk) {
    open(desk, &detached());
}

fn alt(desk: &mut Desk, key: Key) {
    desk.window.key_press_modifiers(Modifiers::ALT, key);
    desk.settle();
}

/// Clicks what has a name that begins so.
fn click(desk: &mut Desk, start: &str) {
    let names = desk.names(start);
    let name = names.first().unwrap_or_else(|| panic!("no {start}"));
    desk.click(&name.clone());
}

#[test]
fn each_layer_is_shown_by_all_panes_and_the_verdict_says_whose_it_is() {
    let mut desk = window(&nested());
    let layers = desk.names("Layer ");
    assert_eq!(layers.len(), 2, "{layers:?}");
    assert!(layers[0].starts_with("Layer 1 of 2: JWS, HS256, reject"));
    assert!(layers[1].starts_with("Layer 2 of 2: JWS, HS256, reject: expired"));
    assert!(desk.has("Reject: expired 3 days"));
    assert!(desk.has("This is said of layer 2 of 2: JWS."));
    assert!(desk.has("A token inside"));
    assert!(desk.has("No times of its own"));
    assert!(desk.names("cty: JWT").len() == 1 && desk.names("exp: ").is_empty());
    // What the chips say is of all layers.
    assert_eq!(
        desk.names("Signature: "),
        ["Signature: valid, your key first, all layers"]
    );
    assert_eq!(desk.names("Time: "), ["Time: exp passed"]);
    // The rail tells whose the claims are.
    assert!(desk.has("8f240c91"), "{:?}", desk.names("Token 1"));

    click(&mut desk, "Layer 2");
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    assert!(desk.names("exp: 1795035600").len() == 1 && desk.names("cty: ").is_empty());
    assert!(desk.has("kid: second"));
    assert!(!desk.has("A token inside"));
    // Both have a lane, and the one that is shown is marked.
    assert_eq!(desk.names("Lane ").len(), 2, "{:?}", desk.names("Lane "));
    // The verdict is that of the whole.
    assert!(desk.has("This is said of layer 2 of 2"));
    let inner = desk.window.state().model().layers()[1]
        .inspection
        .token
        .text()
        .to_owned();
    desk.window
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::C);
    desk.settle();
    assert_eq!(desk.board.text(), Some(inner));

    alt(&mut desk, Key::PageUp);
    assert!(desk.has("cty: JWT"));
    alt(&mut desk, Key::PageUp);
    assert_eq!(desk.window.state().model().shown_layer(), 0);
    alt(&mut desk, Key::PageDown);
    assert_eq!(desk.window.state().model().shown_layer(), 1);
}

#[test]
fn a_selection_belongs_to_its_layer_and_chips_lead_to_theirs() {
    let mut desk = window(&nested());
    desk.window.get_by_label_contains("kid: first").click();
    desk.settle();
    assert!(desk.window.state().model().selection.is_some());
    desk.click("Show layer 2");
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    assert!(desk.window.state().model().selection.is_none());
    assert!(!desk.has("Show layer 2"));
    alt(&mut desk, Key::PageUp);
    desk.click("Time: exp passed");
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    // Keys that come and go make new proofs; what is shown stays.
    desk.paste(r#"{"kty":"oct","kid":"other","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#);
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    assert!(desk.has("kid: second"));
    // Another token begins outermost, and has layers of its own.
    desk.paste(&jws(
        FIRST,
        r#"{"alg":"HS256","kid":"first"}"#,
        r#"{"sub":"x"}"#,
    ));
    assert_eq!(desk.window.state().model().shown_layer(), 0);
    assert!(desk.names("Layer ").is_empty());
}

#[test]
fn layers_are_one_stop_of_the_tab_key_and_the_arrows_choose() {
    let mut desk = window(&nested());
    let names = desk.names("Layer 1");
    desk.window.get_by_label(&names[0]).focus();
    desk.window.run();
    desk.window.key_press(Key::ArrowRight);
    desk.settle();
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    desk.window.key_press(Key::ArrowLeft);
    desk.settle();
    assert_eq!(desk.window.state().model().shown_layer(), 0);
    desk.window.key_press(Key::End);
    desk.settle();
    assert_eq!(desk.window.state().model().shown_layer(), 1);
}

#[test]
fn nine_layers_fit_into_a_small_window() {
    let mut token = jws(FIRST, r#"{"alg":"HS256","kid":"first"}"#, CLAIMS);
    for _ in 0..8 {
        token = jws(
            FIRST,
            r#"{"alg":"HS256","kid":"first","cty":"JWT"}"#,
            &token,
        );
    }
    let mut desk = sized((820.0, 600.0), &token);
    let layers = desk.names("Layer ");
    assert_eq!(layers.len(), 9, "{layers:?}");
    assert!(desk.has("This is said of layer 9 of 9"));
    for name in &layers {
        let rect = desk.window.get_by_label(name).rect();
        assert!(
            rect.right() <= 820.0 && rect.left() >= 200.0,
            "{name} {rect}"
        );
    }
    click(&mut desk, "Layer 9");
    assert!(desk.has("exp: 1795035600"));
}

#[test]
fn a_token_in_a_claim_is_opened_as_its_own_and_closed_by_undo() {
    let inner = jws(SECOND, r#"{"alg":"HS256","kid":"second"}"#, CLAIMS);
    let claims = format!(r#"{{"sub":"outer","act_token":"{inner}","note":"a.b.c"}}"#);
    let mut desk = window(&jws(FIRST, r#"{"alg":"HS256","kid":"first"}"#, &claims));
    assert!(!desk.has("Open note as token") && !desk.has("Open sub as token"));
    desk.click("Open act_token as token");
    {
        let model = desk.window.state().model();
        assert_eq!(model.session.tokens.len(), 2);
        assert_eq!(model.current, Some(1));
        let opened = &model.session.tokens[1];
        assert_eq!(opened.token.text(), inner);
        let place = &opened.places[0];
        assert_eq!(
            (place.where_, place.name_in.as_deref()),
            (Where::Claim, Some("act_token"))
        );
    }
    assert!(desk.has("Reject: expired"));
    desk.window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    desk.settle();
    let model = desk.window.state().model();
    assert_eq!(model.session.tokens.len(), 1);
    assert_eq!(model.current, Some(0));
    assert!(desk.has("sub: outer"));
}

#[test]
fn each_signature_is_shown_with_its_headers_and_what_became_of_it() {
    let mut desk = window(&two_signatures());
    assert!(desk.has("general JWS, 2 signatures"));
    assert_eq!(
        desk.names("Signatures: "),
        ["Signatures: 1 of 2 valid, 1 wrong"]
    );
    assert_eq!(
        desk.names("Signature 1 of 2"),
        ["Signature 1 of 2: HS256, valid, your key first"]
    );
    let second = desk.names("Signature 2 of 2");
    assert!(second[0].contains("HS256, wrong"), "{second:?}");
    assert!(desk.has("kid: first") && !desk.has("kid: second"));
    assert!(desk.has("Signed: if anything in it is changed"));
    desk.click("Unprotected header");
    assert!(desk.has("x-sent-by: gateway-7") && !desk.has("kid: first"));
    assert!(desk.has("Not signed: anyone on the way can change it."));
    desk.click(&second[0].clone());
    assert!(desk.has("kid: second") && !desk.has("Unprotected header"));
    // A selection in the other signature's header leads there.
    let model = desk.window.state().model();
    let token = &model.session.tokens[0].token;
    assert!(token.text().contains("gateway-7"));
    click(&mut desk, "header 1");
    assert!(desk.has("kid: first"));
    // Each signature's check explains itself.
    let wrong = desk.names("Failed: Signature 2");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(desk.names("Passed: Signature 1").len() > 1);

    desk.click("Copy");
    desk.click("Without its signatures");
    let copied = desk.board.text().unwrap();
    assert_eq!(copied.matches("[redacted]").count(), 2, "{copied}");
    assert!(copied.contains("gateway-7"));
}

#[test]
fn a_payload_that_is_not_in_the_token_is_added_by_paste_and_taken_away() {
    let mut desk = window(&detached());
    assert!(desk.has("The payload is not in the token"));
    assert!(desk.has("Undetermined: the payload is not in the token"));
    desk.board.put("something else");
    desk.click("Paste payload");
    assert!(
        desk.has("Signature: wrong"),
        "{:?}",
        desk.names("Signature")
    );
    desk.click("Remove the payload");
    assert!(desk.has("Undetermined: the payload is not in the token"));

    desk.board.put(DOCUMENT);
    desk.click("Paste payload");
    assert!(desk.has("Signature: valid, your key first"));
    let bytes = DOCUMENT.len();
    assert!(desk.has(&format!(
        "Not in the token: added from clipboard, {bytes} bytes"
    )));
    assert!(desk.has("invoice: 4711"));
    // It stays with its token when keys change, and is of no other.
    desk.paste(r#"{"kty":"oct","kid":"other","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#);
    assert!(desk.has("Signature: valid, your key first"));
    for _ in 0..1 {
        desk.window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        desk.settle();
    }
    assert!(desk.has("The payload is not in the token"));
    assert!(desk.has("Undetermined: the payload is not in the token"));
}

#[test]
fn a_payload_is_added_from_a_file_with_every_byte() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("invoice.json");
    std::fs::write(&path, DOCUMENT).unwrap();
    let mut desk = window(&detached());
    desk.picker.put(&[path]);
    desk.click("Add payload from file\u{2026}");
    assert!(desk.has("added from invoice.json"));
    assert!(desk.has("Signature: valid, your key first"));
}

#[test]
fn a_payload_that_is_not_encoded_is_shown_as_it_is() {
    let header = encode(br#"{"alg":"HS256","kid":"first","b64":false,"crit":["b64"]}"#);
    let payload = "$02 and more";
    let mac = mac(FIRST, &format!("{header}.{payload}"));
    let text = format!(r#"{{"protected":"{header}","payload":"{payload}","signature":"{mac}"}}"#);
    let desk = window(&text);
    assert!(desk.has("Signature: valid, your key first"));
    assert!(desk.has("without an encoding (b64 is false)"));
    assert!(desk.has("Payload as text"));
}
