//! Verdict, checks and findings.

use egui::{Event, Key};
use egui_kittest::kittest::Queryable as _;
use openssl::symm::{Cipher, encrypt_aead};
use tokenloupe::jose::PartRole;
use tokenloupe::jose::base64url::encode;
use tokenloupe::judge::{Policy, Strictness};
use tokenloupe::keys::{KeyRing, load};
use tokenloupe::window::commands::Command;
use tokenloupe::window::copies::CopyOf;
use tokenloupe::window::panes::focus::Place;

use super::{Window, click, focused, last, names, of, right_click, says, selects};
use crate::stage::{Stage, issuer_keys, sample};

fn press(window: &mut Window, key: Key) {
    window.key_press(key);
    window.run();
}

#[test]
fn each_chip_leads_to_what_stands_behind_it() {
    let mut window = pane!(Stage::id_token(), verdict, [760.0, 140.0]);
    for (chip, place) in [
        ("Signature: ", Place::Check("signature")),
        ("Time: ", Place::Timeline),
        ("Policy: ", Place::Check("alg")),
        ("Findings: ", Place::Findings),
    ] {
        click(&mut window, chip);
        assert_eq!(last(&window), Some(&Command::Focus(place)), "{chip}");
    }
    press(&mut window, Key::Tab);
    press(&mut window, Key::Tab);
    assert_eq!(focused(&window).as_deref(), Some("Time: exp passed"));
    press(&mut window, Key::Enter);
    assert_eq!(last(&window), Some(&Command::Focus(Place::Timeline)));
}

#[test]
fn a_chip_that_is_cut_shows_the_whole_under_the_pointer() {
    let kid = "k".repeat(200);
    let header = format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#);
    let mut keys = sample("issuer.jwks.json");
    keys = keys.replace("idp-2026-09", &kid);
    let keys = KeyRing::new(load("jwks.json", keys.as_bytes()).unwrap());
    let stage = Stage::new(
        &super::super::stage::token(&header, "{}"),
        keys,
        Policy::default(),
    );
    let mut window = pane!(stage, verdict, [760.0, 300.0]);
    let name = format!("Signature: wrong, not by key {kid}");
    let count = |window: &Window| names(window).iter().filter(|found| **found == name).count();
    assert_eq!(count(&window), 1);
    window.get_by_label(&name).hover();
    window.run();
    // The tooltip waits until the pointer rests.
    for _ in 0..60 {
        window.step();
    }
    assert_eq!(count(&window), 2, "{:?}", names(&window));
}

#[test]
fn what_the_policy_refuses_is_where_its_chip_leads() {
    let mut stage = Stage::id_token();
    stage.model.session.policy.audiences = vec!["another".to_owned()];
    stage.judge();
    let mut window = pane!(stage, verdict, [760.0, 140.0]);
    click(&mut window, "Policy: 2 of 3 checks");
    assert_eq!(last(&window), Some(&Command::Focus(Place::Check("aud"))));
}

#[test]
fn the_verdict_is_copied_from_its_menu_and_by_the_keyboard() {
    let mut window = pane!(Stage::id_token(), verdict, [760.0, 240.0]);
    window.get_by_label_contains("Signature: ").focus();
    window.run();
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Verdict)));
    window.state_mut().commands.clear();
    right_click(&mut window, "Reject: expired");
    click(&mut window, "Copy the verdict");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Verdict)));
}

#[test]
fn a_held_clock_is_not_taken_for_the_real_one() {
    let mut stage = Stage::id_token();
    let window = pane!(std::mem::take(&mut stage), verdict, [760.0, 180.0]);
    assert!(!says(&window, "not now"), "{:?}", names(&window));
    let mut stage = Stage::id_token();
    stage.freeze("2026-11-18T20:30:00Z");
    let window = pane!(stage, verdict, [760.0, 180.0]);
    assert!(says(
        &window,
        "a correct verifier would take this token at that instant."
    ));
    assert!(
        says(&window, "As of 2026-11-18 20:30:00 UTC, not now."),
        "{:?}",
        names(&window)
    );
}

#[test]
fn the_verdict_is_a_sentence_with_what_stands_behind_it() {
    let window = pane!(Stage::id_token(), verdict, [760.0, 140.0]);
    for words in [
        "Reject: expired 3 days 1 hour ago",
        "The signature is genuine",
        "Signature: valid, your key idp-2026-09",
        "Time: exp passed",
        "Policy: 3 of 3 checks",
        "Findings: 1 high, ",
    ] {
        assert!(says(&window, words), "{words}: {:?}", names(&window));
    }
}

#[test]
fn decoded_never_looks_verified() {
    let stage = of(
        r#"{"alg":"RS256","kid":"nobody"}"#,
        r#"{"exp":99999999999}"#,
    );
    let window = pane!(stage, verdict, [760.0, 140.0]);
    assert!(says(&window, "Undetermined"), "{:?}", names(&window));
    assert!(says(&window, "Signature: not checked, no key"));
    assert!(!says(&window, "Signature: valid"));
}

#[test]
fn a_check_says_how_it_went_and_selects_its_evidence() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    assert!(
        says(&window, "Passed: Signature valid"),
        "{:?}",
        names(&window)
    );
    click(&mut window, "Failed: exp is in the past");
    assert!(selects(&window, PartRole::Payload, "\"exp\":1795035600"));
}

#[test]
fn the_checks_are_one_stop_of_the_tab_key() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    press(&mut window, Key::Tab);
    let first = focused(&window).expect("the first check");
    assert!(first.starts_with("Passed: Compact JWS"), "{first}");
    press(&mut window, Key::ArrowDown);
    press(&mut window, Key::ArrowDown);
    let third = focused(&window).expect("the third check");
    assert!(third.starts_with("Passed: Header names"), "{third}");
    press(&mut window, Key::Enter);
    assert!(selects(
        &window,
        PartRole::ProtectedHeader,
        "\"alg\":\"RS256\""
    ));
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(2))));
    press(&mut window, Key::End);
    press(&mut window, Key::ArrowDown);
    let end = focused(&window).expect("the last check");
    press(&mut window, Key::Home);
    press(&mut window, Key::ArrowUp);
    assert_eq!(focused(&window).as_ref(), Some(&first));
    assert_ne!(first, end);
    press(&mut window, Key::Tab);
    assert_eq!(
        focused(&window).as_ref(),
        Some(&first),
        "there is no second stop"
    );
}

/// What the policy says nothing about is one row, which opens; a place in it opens it too.
#[test]
fn what_was_not_compared_is_one_row_that_opens() {
    let stage = Stage::new(&sample("no-key.jwt"), KeyRing::default(), Policy::default());
    let mut window = pane!(stage, checks, [372.0, 900.0]);
    let folded = "Not run: iss, aud, nonce and jti not compared";
    assert!(says(&window, folded), "{:?}", names(&window));
    assert!(!says(&window, "Issuer not compared"));
    click(&mut window, folded);
    for title in ["Issuer", "Audience", "Nonce"] {
        let words = format!("Not run: {title} not compared");
        assert!(says(&window, &words), "{words}");
    }
    click(&mut window, "Not run: Issuer not compared");
    assert!(
        matches!(last(&window), Some(Command::Select(Some(selection))) if selection.part == PartRole::Payload)
    );
    press(&mut window, Key::ArrowUp);
    press(&mut window, Key::Enter);
    assert!(
        !says(&window, "Issuer not compared"),
        "closed by the keyboard"
    );
    tokenloupe::window::panes::focus::ask(&window.ctx, Place::Check("nonce"));
    window.run();
    window.run();
    let found = focused(&window).unwrap_or_default();
    assert!(found.starts_with("Not run: Nonce not compared"), "{found}");
}

/// How strictly checks are made is said beside their counts.
#[test]
fn the_strictness_stands_beside_the_counts() {
    let mut stage = Stage::id_token();
    let window = pane!(std::mem::take(&mut stage), checks, [372.0, 640.0]);
    assert!(says(&window, "Strictness: strict"), "{:?}", names(&window));
    let mut stage = Stage::id_token();
    stage.model.session.policy.strictness = Strictness::Lenient;
    stage.judge();
    let mut window = pane!(stage, checks, [372.0, 640.0]);
    window.get_by_label("Strictness: lenient").hover();
    window.run();
    for _ in 0..60 {
        window.step();
    }
    assert!(
        super::paints(&window, "What widely used libraries let pass is let pass"),
        "{:?}",
        names(&window)
    );
}

/// Where the policy says whose key is meant, a signature that it does not verify is wrong: in every pane alike.
#[test]
fn what_the_policy_makes_of_a_signature_is_seen_in_the_checks() {
    let token = super::super::stage::token(
        r#"{"alg":"RS256"}"#,
        r#"{"iss":"https://accounts.example","exp":99999999999}"#,
    );
    let (start, _) = token.rsplit_once('.').unwrap();
    // As long as one of a 2048-bit key.
    let token = format!("{start}.{}", "A".repeat(342));
    let keys = issuer_keys();
    let own = keys.get("idp-2026-09").unwrap().id.clone();
    let mut policy = Policy::default();
    let mut stage = Stage::new(&token, keys, policy.clone());
    let buttons = |stage: Stage| {
        let window = pane!(stage, checks, [372.0, 900.0]);
        let asks = says(&window, "What to ask for");
        (asks, says(&window, "Failed: Signature wrong"))
    };
    assert_eq!(buttons(std::mem::take(&mut stage)), (true, false));
    policy.issuers = vec![tokenloupe::judge::Issuer {
        iss: "https://accounts.example".to_owned(),
        keys: vec![tokenloupe::judge::KeyChoice::Id(own)],
    }];
    let stage = Stage::new(&token, issuer_keys(), policy);
    assert_eq!(buttons(stage), (false, true));
}

#[test]
fn a_check_is_copied_from_its_menu() {
    let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
    right_click(&mut window, "Passed: Well formed");
    click(&mut window, "Copy this check");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(1))));
}

#[test]
fn checks_findings_verdict_and_timeline_have_their_menus_by_keyboard() {
    let menu = |window: &mut Window, with_shift: bool| {
        if with_shift {
            window.key_press_modifiers(egui::Modifiers::SHIFT, Key::F10);
        } else {
            window.key_press(Key::Menu);
        }
        window.run();
    };
    for with_shift in [true, false] {
        let mut window = pane!(Stage::id_token(), checks, [372.0, 640.0]);
        press(&mut window, Key::Tab);
        press(&mut window, Key::ArrowDown);
        let row = focused(&window);
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy this check"));
        press(&mut window, Key::Escape);
        assert_eq!(focused(&window), row, "back at its row");
        menu(&mut window, with_shift);
        press(&mut window, Key::Enter);
        assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Check(1))));

        let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
        window.get_by_label_contains("High: ").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy this finding"));
        press(&mut window, Key::Enter);
        assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(0))));

        let mut window = pane!(Stage::id_token(), verdict, [760.0, 240.0]);
        window.get_by_label_contains("Time: ").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Copy the verdict"));
        press(&mut window, Key::Escape);
        assert_eq!(focused(&window).as_deref(), Some("Time: exp passed"));

        let mut window = pane!(Stage::id_token(), timeline, [760.0, 138.0]);
        window.get_by_label("Clock on the timeline").focus();
        window.run();
        menu(&mut window, with_shift);
        assert_eq!(focused(&window).as_deref(), Some("Set clock\u{2026}"));
        press(&mut window, Key::Escape);
        let axis = focused(&window);
        assert_eq!(axis.as_deref(), Some("Clock on the timeline"));
    }
}

#[test]
fn what_explains_a_signature_stands_under_its_check() {
    let token = super::super::stage::token(
        r#"{"alg":"RS256","kid":"no\u202Ebody"}"#,
        r#"{"exp":99999999999}"#,
    );
    let stage = Stage::new(&token, issuer_keys(), Policy::default());
    let mut window = pane!(stage, checks, [372.0, 640.0]);
    let name = names(&window)
        .into_iter()
        .find(|name| name.contains("Signature "))
        .expect("a check of the signature");
    assert!(
        name.contains("None of the loaded keys has the id"),
        "{name}"
    );
    // What to do about it is shown when it is asked for, and is in what is copied.
    let in_details = ["Make sure that the published key set", "Signing input: "];
    for words in in_details {
        assert!(!says(&window, words), "{words}");
    }
    click(&mut window, "For the developer");
    for words in in_details {
        assert!(says(&window, words), "{words} {:?}", names(&window));
    }
    assert!(!name.contains('\u{202E}'), "{name}");
}

/// A JWE by `dir` and A128GCM, with what it holds.
fn sealed(content: &str, key: &[u8; 16]) -> String {
    let header = encode(br#"{"alg":"dir","enc":"A128GCM","cty":"JWT"}"#);
    let mut tag = [0; 16];
    let ciphertext = encrypt_aead(
        Cipher::aes_128_gcm(),
        key,
        Some(&[7; 12]),
        header.as_bytes(),
        content.as_bytes(),
        &mut tag,
    );
    let (ciphertext, tag) = (encode(&ciphertext.unwrap()), encode(&tag));
    format!("{header}..{}.{ciphertext}.{tag}", encode(&[7; 12]))
}

fn secret_of_16_bytes(key: &[u8; 16]) -> KeyRing {
    let jwk = format!(r#"{{"kty":"oct","kid":"shared","k":"{}"}}"#, encode(key));
    KeyRing::new(load("shared.jwk", jwk.as_bytes()).unwrap())
}

#[test]
fn what_explains_a_decryption_stands_under_its_check_and_is_copied_for_the_developer() {
    let token = sealed("x", &[1; 16]);
    let stage = Stage::new(&token, secret_of_16_bytes(&[2; 16]), Policy::default());
    let mut window = pane!(stage, checks, [372.0, 640.0]);
    let all = names(&window);
    let check = all
        .iter()
        .position(|name| name.starts_with("Failed: Cannot be decrypted"));
    let check = check.expect("a check of the decryption");
    let told = all[check].matches("nothing before the tag tells").count();
    assert_eq!(told, 1, "{}", all[check]);
    assert!(!says(&window, "unlike dir"));
    click(&mut window, "For the developer");
    assert!(says(&window, "unlike dir"), "{:?}", names(&window));
    click(&mut window, "Copy for the developer");
    let Some(Command::Copy(CopyOf::ForDeveloper(at))) = last(&window).cloned() else {
        panic!("a copy: {:?}", last(&window));
    };
    // The same from the menu of the check.
    click(&mut window, "For the developer");
    right_click(&mut window, "Failed: Cannot be decrypted");
    click(&mut window, "Copy for the developer");
    assert_eq!(
        last(&window),
        Some(&Command::Copy(CopyOf::ForDeveloper(at)))
    );
}

#[test]
fn what_explains_a_token_inside_stands_under_the_check_of_it() {
    let inside = super::super::stage::token(r#"{"alg":"RS256","kid":"nobody"}"#, "{}");
    let token = sealed(&inside, &[1; 16]);
    let mut ring = secret_of_16_bytes(&[1; 16]);
    ring.add(issuer_keys().keys().iter().map(|key| (**key).clone()));
    let window = pane!(
        Stage::new(&token, ring, Policy::default()),
        checks,
        [372.0, 640.0]
    );
    let all = names(&window);
    let check = all.iter().find(|name| name.contains("Nested token"));
    let check = check.expect("a check of the token inside");
    assert!(check.contains("In the token inside: "), "{check}");
    assert!(check.contains("\u{201C}nobody\u{201D}"), "{check}");
}

#[test]
fn the_findings_are_one_stop_and_are_counted_and_copied() {
    let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
    click(&mut window, "Show findings");
    click(&mut window, "High and worse");
    assert!(says(&window, "1 of 4"), "{:?}", names(&window));
    click(&mut window, "Show findings");
    click(&mut window, "All severities");
    assert!(!says(&window, "1 of 4"));
    click(&mut window, "High: Header names");
    for _ in 0..3 {
        press(&mut window, Key::ArrowDown);
    }
    let fourth = focused(&window).expect("the fourth finding");
    assert!(fourth.starts_with("Info: Expired"), "{fourth}");
    window.event(Event::Copy);
    window.run();
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(3))));
    press(&mut window, Key::Enter);
    assert!(selects(&window, PartRole::Payload, "\"exp\":1795035600"));
    right_click(&mut window, "High: Header names");
    click(&mut window, "Copy this finding");
    assert_eq!(last(&window), Some(&Command::Copy(CopyOf::Finding(0))));
}

#[test]
fn several_pieces_of_evidence_are_walked_through() {
    let payload = r#"{"iss":"a","sub":"b","sub":"c","sub":"d"}"#;
    let mut window = pane!(of(r#"{"alg":"none"}"#, payload), findings, [372.0, 900.0]);
    let name = names(&window)
        .into_iter()
        .find(|name| name.contains("\u{201C}sub\u{201D}"))
        .expect("a finding about sub");
    click(&mut window, &name);
    assert!(says(&window, "Evidence 1 of 3, in the payload"));
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"b\""));
    click(&mut window, "Next evidence");
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"c\""));
    click(&mut window, &name);
    assert!(
        selects(&window, PartRole::Payload, "\"sub\":\"d\""),
        "the card goes on too"
    );
    click(&mut window, "Next evidence");
    assert!(selects(&window, PartRole::Payload, "\"sub\":\"b\""));
    click(&mut window, "Previous evidence");
    assert!(says(&window, "Evidence 3 of 3"));
    click(&mut window, &name);
    assert_eq!(
        last(&window),
        Some(&Command::Select(None)),
        "after the last it closes"
    );
    assert!(!says(&window, "Evidence "));
}

#[test]
fn rules_that_could_not_run_are_listed_when_asked_for() {
    let alone = |name: &str| Stage::new(&sample(name), KeyRing::default(), Policy::default());
    let stage = alone("expired.jwt");
    let count = stage.model.judgements[0].not_run.len();
    let rule = stage.model.judgements[0].not_run[0];
    assert!(count > 4, "{count}");
    let mut window = pane!(stage, findings, [372.0, 640.0]);
    assert!(!says(&window, rule));
    click(&mut window, &format!("{count} rules not run"));
    assert!(says(&window, rule), "{:?}", names(&window));
    // Few are shown at once.
    let mut stage = alone("no-key.jwt");
    stage.model.judgements[0].not_run.truncate(4);
    let few = stage.model.judgements[0].not_run.clone();
    assert_eq!(few.len(), 4);
    let window = pane!(stage, findings, [372.0, 640.0]);
    assert!(says(&window, few[0]));
}

#[test]
fn findings_are_filtered_and_select_their_evidence() {
    let mut window = pane!(Stage::id_token(), findings, [372.0, 640.0]);
    assert!(says(&window, "High: Header names its own key URL (jku)"));
    assert!(says(&window, "Info: Expired"));
    assert!(!says(&window, "What to do:"));
    click(&mut window, "High: Header names its own key URL");
    assert!(selects(
        &window,
        PartRole::ProtectedHeader,
        "\"jku\":\"https://keys.example.net/jwks\""
    ));
    assert!(says(&window, "What to do:"));
    click(&mut window, "Show findings");
    click(&mut window, "High and worse");
    assert!(!says(&window, "Info: Expired"));
    assert!(says(&window, "High: Header names"));
    click(&mut window, "Show findings");
    click(&mut window, "Critical only");
    assert!(
        says(&window, "findings are less severe than what is shown"),
        "{:?}",
        names(&window)
    );
}
