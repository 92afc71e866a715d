//! The empty window and its samples: each opens by pointer and by keyboard and shows what its line promises.

use egui::{Key, vec2};
use egui_kittest::kittest::Queryable as _;
use tokenloupe::find::find;
use tokenloupe::window::samples::{SAMPLES, Sample};

use crate::desk::Desk;

/// For each sample: how many tokens and keys it brings, the headline of the token that is shown, and a finding or value
/// that can be read in the window then.
const SHOWN: &[(&str, usize, usize, &str, &str)] = &[
    (
        "A request with four tokens",
        4,
        3,
        "Reject: expired 3 days 1 hour ago",
        "Header names its own key URL (jku)",
    ),
    (
        "A token that holds",
        1,
        1,
        "Accept: valid for 19 years 362 days more",
        "Signature valid",
    ),
    (
        "No key to check it with",
        1,
        0,
        "Undetermined: no key to check the signature with",
        "Signature not checked",
    ),
    (
        "Changed after signing",
        1,
        1,
        "Reject: the signature is wrong",
        "The signature does not verify",
    ),
    (
        "Nobody signed it",
        2,
        0,
        "Reject: unsecured",
        "Unsecured token (alg none)",
    ),
    (
        "A secret that everybody knows",
        2,
        0,
        "Reject: signed with a publicly known secret",
        "Signed with a publicly known secret",
    ),
    (
        "A secret that is too short",
        1,
        1,
        "Reject: the key is too weak",
        "HMAC secret too short: 9 of 32 bytes",
    ),
    (
        "Signatures that cannot be",
        2,
        1,
        "Reject: the signature is wrong",
        "Signature values out of range",
    ),
    (
        "A key that came with the token",
        1,
        0,
        "Undetermined: only a key inside the token verifies it",
        "The token brings its own key (jwk)",
    ),
    (
        "A key address from the sender",
        1,
        1,
        "Accept: valid for 19 years 362 days more",
        "Header names its own key URL (jku)",
    ),
    (
        "An algorithm that is not the key\u{2019}s",
        1,
        1,
        "Reject: the key must not be used for this",
        "Key and algorithm do not belong together",
    ),
    (
        "Keys unfit for signing",
        4,
        3,
        "Reject: the key is too weak",
        "RSA key of 1024 bits: too small",
    ),
    (
        "Expired",
        1,
        3,
        "Reject: expired 3 days 1 hour ago",
        "Expired",
    ),
    (
        "Not yet valid",
        1,
        1,
        "Reject: not valid for another 19 years 362 days",
        "Not yet valid",
    ),
    (
        "Saved by the leeway",
        1,
        1,
        "Reject: not valid for another 19 years 362 days",
        "Not yet valid",
    ),
    (
        "Times that set no limit",
        2,
        1,
        "Reject: not well formed",
        "exp is no number",
    ),
    (
        "One claim, two values",
        1,
        1,
        "Reject: not well formed",
        "\u{201C}sub\u{201D} stands 2 times in the payload",
    ),
    (
        "Characters that hide",
        1,
        1,
        "Accept: valid for 19 years 362 days more",
        "Jane \\u{202E}eoD",
    ),
    (
        "Numbers that a double rounds",
        1,
        1,
        "Accept: valid for 19 years 362 days more",
        "9007199254740993",
    ),
    (
        "Many claims, nested deep",
        1,
        1,
        "Accept: valid for 19 years 362 days more",
        "Open deep",
    ),
    (
        "Damaged in four ways",
        4,
        4,
        "Reject: not well formed",
        "The signature is not strict base64url",
    ),
    (
        "Extensions that nobody knows",
        3,
        1,
        "Reject: a critical extension is not understood",
        "Critical extension nobody here understands: https://shop.example/seal",
    ),
    (
        "Encrypted",
        1,
        0,
        "Undetermined: encrypted, and not opened",
        "Not decrypted",
    ),
    (
        "A token in a token",
        1,
        2,
        "Accept: valid for 19 years 362 days more",
        "Nested token accepted",
    ),
    (
        "Two signatures",
        1,
        2,
        "Accept: the signature is valid, and nothing limits it in time",
        "General JWS",
    ),
    (
        "The payload is elsewhere",
        1,
        1,
        "Undetermined: the payload is not in the token",
        "Signature not checked",
    ),
];

fn name(sample: &Sample) -> String {
    format!("Sample: {}. {}", sample.title, sample.lesson)
}

/// Presses Tab until this has the focus.
#[track_caller]
fn tab_to(desk: &mut Desk, name: &str) {
    for _ in 0..64 {
        if desk.window.get_by_label(name).is_focused() {
            break;
        }
        desk.window.key_press(Key::Tab);
        desk.window.step();
    }
    assert!(desk.window.get_by_label(name).is_focused(), "{name}");
    desk.window.run();
}

#[track_caller]
fn shows(desk: &Desk, sample: &Sample) {
    let title = sample.title;
    let (_, tokens, keys, headline, reads) = SHOWN
        .iter()
        .find(|(other, ..)| *other == title)
        .unwrap_or_else(|| panic!("nothing is promised of {title}"));
    let model = desk.window.state().model();
    let there = (model.session.tokens.len(), model.session.keys.len());
    assert_eq!(there, (*tokens, *keys), "{title}");
    assert_eq!(model.notices, [], "{title}");
    assert_eq!(model.current, Some(0), "{title}");
    let first = find(sample.texts[0].text.as_bytes(), "").remove(0);
    let (inspection, _) = model.current().unwrap();
    assert_eq!(inspection.token.text(), first.text.as_str(), "{title}");
    assert!(desk.has(headline), "{title}: {headline}");
    assert!(desk.has(reads), "{title}: {reads}");
}

#[test]
fn each_opens_by_a_click() {
    for sample in SAMPLES {
        let mut desk = Desk::new();
        // There are more than the window shows at once.
        desk.window.get_by_label(&name(sample)).scroll_to_me();
        desk.settle();
        desk.click(&name(sample));
        shows(&desk, sample);
    }
}

#[test]
fn each_opens_from_the_keyboard() {
    for sample in SAMPLES {
        let mut desk = Desk::new();
        tab_to(&mut desk, &name(sample));
        desk.window.key_press(Key::Enter);
        desk.settle();
        shows(&desk, sample);
    }
}

/// Nothing lies beside the window, and what has the focus is scrolled to.
#[test]
fn all_can_be_reached_at_every_size() {
    for (width, height, zoom) in [
        (1440.0, 900.0, 1.0),
        (1440.0, 900.0, 2.0),
        (1000.0, 700.0, 1.0),
        (820.0, 600.0, 1.0),
        (480.0, 360.0, 1.0),
    ] {
        let mut desk = Desk::sized(width / zoom, height / zoom);
        let screen = vec2(width / zoom, height / zoom);
        for sample in SAMPLES {
            let rect = desk.window.get_by_label(&name(sample)).rect();
            let at = format!("{} at {width} by {height}, zoom {zoom}", sample.title);
            assert!(rect.left() >= 0.0 && rect.right() <= screen.x, "{at}");
            assert!(rect.width() >= 200.0, "{at}: {rect:?}");
        }
        let last = name(SAMPLES.last().unwrap());
        tab_to(&mut desk, &last);
        let rect = desk.window.get_by_label(&last).rect();
        assert!(rect.top() >= 44.0 && rect.bottom() <= screen.y, "{rect:?}");
    }
}
