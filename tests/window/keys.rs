//! The ways in for keys, and what is done with them: typed, made, unlocked, exported, saved, asked for.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::window::actions::Action;
use tokenloupe::window::manager::SavedState;

use crate::actions::{By, opened};
use crate::desk::{Desk, sample, sample_path};
use crate::manager::{PASSPHRASE, add_secret, manager, save_secret};
use crate::rail::{focus, is_focused, press, press_with, type_text};
use crate::stage::token;

/// What is typed here is to be found nowhere.
const SECRET: &str = "correct-horse-battery-staple-secret";

/// Everything that a screen reader is told, in one text.
fn told(desk: &Desk) -> String {
    let mut told = String::new();
    for node in desk.window.query_all_by(|_| true) {
        let node = node.accesskit_node();
        for text in [node.label(), node.value()].into_iter().flatten() {
            told.push_str(&text);
            told.push('\n');
        }
    }
    told
}

/// A token that verifies with these bytes.
fn signed(secret: &[u8]) -> String {
    let input = token(
        r#"{"alg":"HS256"}"#,
        r#"{"iss":"https://accounts.example"}"#,
    );
    let (input, _) = input.rsplit_once('.').unwrap();
    let mac = tokenloupe::verify::algorithm::hmac(
        tokenloupe::verify::Hash::Sha256,
        secret,
        input.as_bytes(),
    );
    format!("{input}.{}", tokenloupe::jose::base64url::encode(&mac))
}

#[test]
fn a_typed_secret_is_hidden_and_the_token_settles_how_it_is_read() {
    let mut desk = Desk::new();
    desk.paste(&signed(SECRET.as_bytes()));
    let typed = openssl::base64::encode_block(SECRET.as_bytes());
    desk.act(Action::TypeSecret, By::Palette);
    type_text(&mut desk, &typed);
    let words = "The token on screen verifies when the secret is read as base64.";
    assert!(desk.has(words), "{}", told(&desk));
    assert!(!told(&desk).contains(&typed));
    desk.click("Show what is typed: Secret");
    assert!(desk.has("What is typed is shown on the screen"));
    assert!(!told(&desk).contains(&typed), "not even when it is shown");
    desk.click("Read it as base64");
    assert!(desk.has("The token on screen verifies with it."));
    assert!(desk.has(&format!("{} bytes", SECRET.len())));
    desk.click("Add secret");
    assert!(desk.has("Signature: valid"));
    let keys = desk.state().session.keys.keys();
    assert_eq!(keys[0].form, "secret, read as base64");
    assert!(!told(&desk).contains(SECRET) && !told(&desk).contains(&typed));
}

#[test]
fn a_secret_in_another_encoding_is_said_without_being_quoted() {
    let mut desk = Desk::new();
    desk.act(Action::TypeSecret, By::Palette);
    type_text(&mut desk, "hunter2!");
    assert!(desk.has("8 bytes: HS256 wants 32 or more"));
    desk.click("Hex");
    assert!(desk.has("Not as hexadecimal: found another character at digit 1."));
    assert!(!told(&desk).contains("hunter2"));
    press(&mut desk, Key::Escape);
    assert!(desk.state().session.keys.is_empty());
}

#[test]
fn a_secret_is_shown_only_when_asked_for_and_never_told() {
    let mut desk = manager();
    add_secret(&mut desk, SECRET);
    assert!(!desk.has("The secret is shown on the screen"));
    desk.click("Show the secret");
    assert!(desk.has("The secret is shown on the screen"));
    assert!(!told(&desk).contains(SECRET));
    // Another key hides it again.
    let row = desk.names("Row 1: ").remove(0);
    desk.click(&row);
    assert!(!desk.has("The secret is shown on the screen"));
    desk.board.put("before");
    desk.act(Action::CopySecret, By::Palette);
    assert_eq!(desk.board.text().as_deref(), Some("before"), "it has none");
}

#[test]
fn a_key_is_made_looked_at_and_only_here() {
    let mut desk = Desk::new();
    desk.act(Action::GenerateKey, By::Palette);
    desk.click("Generate");
    let model = desk.state();
    assert!(model.manager.is_open);
    let key = model.chosen_key().expect("it is looked at");
    assert_eq!(key.kind.to_string(), "EC P-256");
    assert!(key.private().is_some());
    assert!(desk.has("in memory only") && desk.has("1 key, none saved"));
    desk.act(Action::Quit, By::Keys);
    assert!(desk.has("1 key was pasted, typed or made here"));
}

#[test]
fn the_public_half_is_exported_at_once_and_the_private_one_after_a_second_step() {
    let mut desk = Desk::new();
    desk.act(Action::GenerateKey, By::Palette);
    desk.click("Generate");
    let id = desk.state().chosen_key().unwrap().id.clone();
    desk.act(Action::ExportKey, By::Palette);
    desk.click("Copy");
    let copied = desk.board.text().unwrap();
    assert!(
        copied.contains("\"x\"") && !copied.contains("\"d\""),
        "{copied}"
    );

    desk.act(Action::ExportKey, By::Palette);
    desk.click("Private key\u{2026}");
    assert!(desk.has("Whoever has it can sign"));
    desk.board.put("before");
    desk.click("Copy");
    assert_eq!(desk.board.text().as_deref(), Some("before"), "not yet");
    desk.click("Export the private key");
    desk.click("Private PEM");
    let folder = tempfile::tempdir().unwrap();
    desk.picker.put(&[folder.path().to_owned()]);
    desk.click("Save\u{2026}");
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let path = file.unwrap().path();
    assert!(path.to_string_lossy().ends_with(".private.pem"));
    let pem = std::fs::read(&path).unwrap();
    let loaded = tokenloupe::keys::load("again", &pem).unwrap();
    let model = desk.state();
    assert_eq!(
        loaded[0].thumbprint,
        model.session.keys.get(&id).unwrap().thumbprint
    );
    assert!(model.last_action.starts_with("Saved the private key as "));
    assert!(!told(&desk).contains("PRIVATE KEY"));
}

#[test]
fn where_no_dialog_opens_a_place_to_save_to_is_typed_and_nothing_is_replaced() {
    let mut desk = manager();
    desk.act(Action::ExportKey, By::Palette);
    desk.click("Save\u{2026}");
    assert!(desk.has("Save by path"), "{}", told(&desk));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    std::fs::write(&path, "mine").unwrap();
    type_text(&mut desk, path.to_str().unwrap());
    press(&mut desk, Key::Enter);
    let notice = desk.state().notices.last().expect("it is said");
    assert!(notice.what.starts_with("key.json: "), "{}", notice.what);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
}

/// A private key that a passphrase opens, as OpenSSL writes it.
fn encrypted(passphrase: &str) -> Vec<u8> {
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1);
    let key = openssl::ec::EcKey::generate(&group.unwrap()).unwrap();
    let key = openssl::pkey::PKey::from_ec_key(key).unwrap();
    let cipher = openssl::symm::Cipher::aes_256_cbc();
    key.private_key_to_pem_pkcs8_passphrase(cipher, passphrase.as_bytes())
        .unwrap()
}

#[test]
fn pasted_keys_are_asked_about_before_the_window_closes() {
    let closing = |desk: &mut Desk| {
        let viewport = desk
            .window
            .input_mut()
            .viewports
            .entry(egui::ViewportId::ROOT);
        viewport
            .or_default()
            .events
            .push(egui::ViewportEvent::Close);
        desk.window.step();
        let viewport = &desk.window.output().viewport_output[&egui::ViewportId::ROOT];
        let is_held = viewport
            .commands
            .contains(&egui::ViewportCommand::CancelClose);
        let viewport = desk
            .window
            .input_mut()
            .viewports
            .entry(egui::ViewportId::ROOT);
        viewport.or_default().events.clear();
        desk.settle();
        is_held
    };
    let mut desk = opened();
    assert!(closing(&mut desk));
    assert!(desk.has("3 keys were pasted, typed or made here"));
    desk.click("Cancel");
    assert!(!desk.has("3 keys were pasted, typed or made here"));

    assert!(closing(&mut desk));
    desk.click("Close anyway");
    assert!(!closing(&mut desk), "asked once");

    let mut desk = Desk::new();
    desk.picker.put(&[sample_path("issuer.jwks.json")]);
    desk.click("Add key\u{2026}");
    assert!(!closing(&mut desk), "these are in a file");
}

#[test]
fn locked_files_are_asked_about_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, passphrase: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, encrypted(passphrase)).unwrap();
        path
    };
    let mut desk = Desk::new();
    desk.picker.put(&[
        file("one.pem", "first pass"),
        file("two.pem", "second pass"),
    ]);
    desk.act(Action::AddKey, By::Keys);
    assert!(desk.has("one.pem is encrypted") && desk.has("1 more file is asked for"));
    assert_eq!(desk.focused(), "PasswordInput Passphrase");
    type_text(&mut desk, "wrong");
    press(&mut desk, Key::Enter);
    assert!(desk.has("It does not open with that passphrase"));
    assert_eq!(desk.focused(), "PasswordInput Passphrase");
    type_text(&mut desk, "first pass");
    assert!(!told(&desk).contains("first pass"));
    press(&mut desk, Key::Enter);
    assert_eq!(desk.state().session.keys.len(), 1);
    assert!(desk.has("two.pem is encrypted"));
    press(&mut desk, Key::Escape);
    assert!(!desk.has("is encrypted. With"));
    let notice = desk.state().notices.last().unwrap();
    assert!(notice.what.contains("two.pem: its keys stay locked"));
    assert_eq!(desk.state().session.keys.len(), 1);
}

#[test]
fn saved_keys_come_back_public_ones_at_once_and_others_with_their_passphrase() {
    let mut desk = opened();
    press_with(&mut desk, Modifiers::COMMAND, Key::K);
    desk.act(Action::SaveKeys, By::Palette);
    assert_eq!(desk.state().saved.count(), 3);
    assert!(desk.has("Saved keys: public only") && desk.has("3 keys, saved"));
    save_secret(&mut desk);
    assert!(desk.has("Saved keys: unlocked"));
    assert!(desk.state().unsaved_keys().next().is_none());

    let mut desk = desk.again();
    assert_eq!(desk.state().session.keys.len(), 3);
    desk.act(Action::KeyManager, By::Keys);
    assert!(desk.has("Saved keys: locked"));
    desk.act(Action::UnlockSaved, By::Palette);
    type_text(&mut desk, "not that");
    press(&mut desk, Key::Enter);
    assert!(desk.has("It does not open with that passphrase"));
    assert_eq!(desk.focused(), "PasswordInput Passphrase");
    type_text(&mut desk, PASSPHRASE);
    press(&mut desk, Key::Enter);
    assert_eq!(desk.state().saved.state, SavedState::Unlocked);
    let keys = desk.state().session.keys.keys();
    let secret = keys
        .iter()
        .find_map(|key| key.secret())
        .expect("it is back");
    assert_eq!(secret.bytes(), b"hunter2");
    assert!(!told(&desk).contains(PASSPHRASE) && !told(&desk).contains("hunter2"));

    desk.act(Action::LockSaved, By::Palette);
    let keys = desk.state().session.keys.keys();
    assert!(keys.iter().all(|key| key.secret().is_none()));
    desk.act(Action::ForgetSaved, By::Palette);
    desk.click("Forget everything");
    assert_eq!(desk.state().saved.state, SavedState::None);
    assert_eq!(desk.again().state().session.keys.len(), 0);
}

#[test]
fn a_damaged_file_of_saved_keys_is_said_and_nothing_of_it_is_lost() {
    let mut desk = manager();
    desk.act(Action::SaveKey, By::Palette);
    let folder = desk.directory.path().join("keys");
    let file = folder.join(tokenloupe::keeping::PUBLIC_FILE);
    std::fs::write(&file, "no keys at all").unwrap();
    let mut desk = desk.again();
    assert!(desk.state().session.keys.is_empty());
    let notice = desk.state().notices.last().expect("it is said");
    assert!(notice.is_error && notice.what.contains("expected a JWK Set"));
    let kept = std::fs::read_dir(&folder).unwrap().filter_map(Result::ok);
    let texts = kept.filter_map(|entry| std::fs::read_to_string(entry.path()).ok());
    assert!(texts.into_iter().any(|text| text == "no keys at all"));

    // What is taken out of the window stays saved, and that is said.
    desk.paste(&sample("issuer.jwks.json"));
    desk.act(Action::KeyManager, By::Keys);
    desk.act(Action::SaveKeys, By::Palette);
    desk.act(Action::RemoveKey, By::Palette);
    let notice = desk.state().notices.last().expect("it is said");
    assert!(notice.advice.contains("still saved"), "{}", notice.advice);
    assert_eq!(desk.again().state().session.keys.len(), 3);
}

#[test]
fn a_passphrase_is_given_twice_and_changed() {
    let mut desk = manager();
    add_secret(&mut desk, "hunter2");
    desk.act(Action::SaveKey, By::Palette);
    type_text(&mut desk, "short");
    assert!(
        desk.has("Short: several words are stronger"),
        "{}",
        told(&desk)
    );
    let again = desk
        .window
        .get_by_role_and_label(Role::PasswordInput, "The same again");
    again.focus();
    desk.window.run();
    type_text(&mut desk, "shirt");
    assert!(desk.has("The two are not the same."));
    press(&mut desk, Key::Escape);
    assert_eq!(desk.state().saved.count(), 0, "nothing was saved");
    save_secret(&mut desk);
    desk.act(Action::ChangePassphrase, By::Palette);
    type_text(&mut desk, "other words than before");
    let again = desk
        .window
        .get_by_role_and_label(Role::PasswordInput, "The same again");
    again.focus();
    desk.window.run();
    type_text(&mut desk, "other words than before");
    press(&mut desk, Key::Enter);
    let mut desk = desk.again();
    desk.act(Action::UnlockSaved, By::Palette);
    type_text(&mut desk, "other words than before");
    press(&mut desk, Key::Enter);
    assert_eq!(desk.state().saved.state, SavedState::Unlocked);
}

#[test]
fn a_key_is_renamed_and_the_rail_calls_it_so_too() {
    let mut desk = manager();
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::F2);
    assert!(is_focused(&desk, "Name of key 1"));
    type_text(&mut desk, "the issuer");
    press(&mut desk, Key::Enter);
    assert!(
        is_focused(&desk, "Row 1: fits, Key id the issuer"),
        "{}",
        desk.focused()
    );
    press(&mut desk, Key::Escape);
    assert!(desk.has("Key 1: the issuer"));
    desk.click("Manage keys");
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::F2);
    press(&mut desk, Key::Backspace);
    press(&mut desk, Key::Enter);
    assert!(desk.has("Row 1: fits, Key id idp-2026-09"));
}

#[test]
fn where_a_key_is_missing_the_window_says_what_to_ask_for() {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    desk.click("What to ask for\u{2026}");
    let address = "https://accounts.example/.well-known/openid-configuration";
    assert!(desk.has(address), "{}", told(&desk));
    desk.click("Copy command 1");
    let copied = desk.board.text().unwrap();
    assert!(
        copied.starts_with("curl ") && copied.contains(address),
        "{copied}"
    );
    // The answer is metadata first, and then the keys.
    let jwks = "https://accounts.example/jwks";
    desk.board.put(&format!(
        r#"{{"issuer":"https://accounts.example","jwks_uri":"{jwks}"}}"#
    ));
    desk.click("Take the answer from the clipboard");
    assert!(desk.has(&format!("'{jwks}'")), "{}", told(&desk));
    desk.board.put(&sample("issuer.jwks.json"));
    desk.click("Take the answer from the clipboard");
    assert_eq!(desk.state().session.keys.len(), 3);
    press(&mut desk, Key::Escape);
    assert!(desk.has("Signature: valid"));
}

/// Pictures of the manager, beside those of the whole window.
mod pictures {
    use egui::{Theme, vec2};
    use egui_kittest::{Harness, SnapshotResults};
    use tokenloupe::window::LaunchOptions;

    use super::*;
    use crate::desk::sample_path;
    use crate::pictures::{can_draw, options};

    /// The sizes that the full manager is shown at: the name, the width and height in points, pixels per point.
    const SIZES: [(&str, [f32; 2], f32); 4] = [
        ("1440", [1440.0, 900.0], 1.0),
        ("820", [820.0, 700.0], 1.0),
        ("480", [480.0, 600.0], 1.0),
        ("zoom", [720.0, 450.0], 2.0),
    ];

    fn picture(
        results: &mut SnapshotResults,
        name: &str,
        size: ([f32; 2], f32),
        act: impl Fn(&mut Desk),
    ) {
        if !can_draw() {
            return;
        }
        for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
            let builder = Harness::builder()
                .with_size(vec2(size.0[0], size.0[1]))
                .with_pixels_per_point(size.1)
                .with_theme(theme)
                .with_options(options())
                .wgpu();
            let mut desk = Desk::build(builder, LaunchOptions::default());
            act(&mut desk);
            if !desk.state().manager.is_open {
                // How long it took differs from run to run, in width too.
                let corner = egui::pos2(size.0[0], size.0[1]);
                let from = corner - vec2(280.0, 22.0);
                let mask = egui::Rect::from_min_max(from, corner - vec2(150.0, 1.0));
                desk.window.mask(mask);
            }
            results.add(desk.window.try_snapshot(format!("keys/{name}-{word}")));
        }
    }

    /// Opens files of these names.
    fn open(desk: &mut Desk, files: &[(&str, Vec<u8>)]) {
        let folder = tempfile::tempdir().unwrap();
        let write = |(name, bytes): &(&str, Vec<u8>)| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let paths: Vec<_> = files.iter().map(write).collect();
        desk.picker.put(&paths);
        desk.act(Action::AddKey, By::Keys);
    }

    /// The six keys of the drawing, as near as they come: two RSA keys and one off its curve in a set, an EC key in PEM,
    /// a short secret that was typed, and a private key.
    fn six(desk: &mut Desk) {
        let issuer = sample("issuer.jwks.json");
        let keys: serde_json::Value = serde_json::from_str(&issuer).unwrap();
        let all = keys["keys"].as_array().unwrap();
        let broken = serde_json::json!({
            "kty": "EC", "crv": "P-256",
            "x": all[2]["x"], "y": all[2]["x"],
        });
        let set = serde_json::json!({ "keys": [all[0], all[1], broken] });
        let partner = sample("partner.jwks.json");
        open(
            desk,
            &[
                ("jwks.json", set.to_string().into_bytes()),
                ("api.jwk.json", all[2].to_string().into_bytes()),
                ("gateway.jwks.json", partner.into_bytes()),
            ],
        );
        desk.paste(&sample("request.http"));
        desk.paste(&sample("sealed.jwt"));
        desk.paste(&signed(b"hunter2-9"));
        desk.act(Action::TypeSecret, By::Palette);
        type_text(desk, "hunter2-9");
        desk.window
            .get_by_role_and_label(Role::TextInput, "Name (may be empty)")
            .focus();
        desk.window.run();
        type_text(desk, "legacy-hs");
        desk.click("Add secret");
        desk.act(Action::KeyManager, By::Keys);
        look_at(desk, "idp-2026-09");
    }

    fn look_at(desk: &mut Desk, id: &str) {
        let rows = desk.names("Row ");
        let row = rows.iter().find(|row| row.contains(id)).expect(id);
        desk.click(row);
    }

    #[test]
    fn the_full_manager_at_all_sizes() {
        let mut results = SnapshotResults::new();
        for (name, size, scale) in SIZES {
            picture(&mut results, &format!("full-{name}"), (size, scale), six);
        }
    }

    #[test]
    fn the_empty_manager_and_one_that_is_locked() {
        let size = (SIZES[0].1, 1.0);
        let mut results = SnapshotResults::new();
        picture(&mut results, "empty", size, |desk| {
            desk.act(Action::KeyManager, By::Keys);
        });
        picture(&mut results, "locked", size, |desk| {
            desk.picker.put(&[sample_path("issuer.jwks.json")]);
            desk.act(Action::AddKey, By::Keys);
            desk.act(Action::KeyManager, By::Keys);
            desk.act(Action::SaveKeys, By::Palette);
            save_secret(desk);
            desk.act(Action::LockSaved, By::Palette);
            desk.act(Action::UnlockSaved, By::Palette);
        });
    }

    #[test]
    fn a_weak_secret_and_a_key_that_cannot_be_used() {
        let size = (SIZES[0].1, 1.0);
        let mut results = SnapshotResults::new();
        picture(&mut results, "weak", size, |desk| {
            six(desk);
            look_at(desk, "legacy-hs");
        });
        picture(&mut results, "broken", size, |desk| {
            six(desk);
            look_at(desk, "jwks.json#3");
        });
        picture(&mut results, "secret-dialog", size, |desk| {
            desk.paste(&signed(SECRET.as_bytes()));
            desk.act(Action::TypeSecret, By::Palette);
            type_text(desk, &openssl::base64::encode_block(SECRET.as_bytes()));
        });
    }

    /// A key with the certificates of its chain, which were made for this.
    const CERTIFIED: &str = include_str!("certified.jwks.json");

    #[test]
    fn a_certificate_is_told_with_its_chain() {
        let size = (SIZES[0].1, 1.0);
        let mut results = SnapshotResults::new();
        let show = |desk: &mut Desk| {
            let file = ("jwks.json", CERTIFIED.as_bytes().to_vec());
            open(desk, &[file]);
            desk.act(Action::KeyManager, By::Keys);
        };
        picture(&mut results, "certificate", size, show);
        let mut desk = Desk::new();
        show(&mut desk);
        for words in [
            "CN=idp.accounts.example",
            "issued by Example CA 3",
            "2026-09-01 \u{2013} 2027-09-01",
            "accounts.example, login.example",
            "idp.accounts.example \u{203A} Example CA 3 \u{203A} Example Root",
        ] {
            assert!(desk.has(words), "{words}: {}", told(&desk));
        }
        desk.click("What they say");
        assert!(desk.has("x5c: "), "{}", told(&desk));
    }
}
