//! The policy editor: what is typed is in force at once, saved ones are switched between, nothing is lost by the way.

mod pictures;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::judge::{
    ClaimPath, Expectation, Issuer, KeyChoice, Policy, ProfileChoice, ProfileName, Strictness,
};
use tokenloupe::keeping::PolicyStore;
use tokenloupe::window::actions::Action;

use crate::actions::{By, opened};
use crate::desk::{Desk, sample};
use crate::rail::{press, press_with, type_text};

/// The sample with its keys, in the editor.
fn editor() -> Desk {
    let mut desk = opened();
    desk.act(Action::EditPolicy, By::Keys);
    assert!(desk.state().policies.is_open);
    desk
}

fn policy(desk: &Desk) -> &Policy {
    &desk.state().session.policy
}

/// Takes the keyboard to a field and types over what is in it.
fn fill(desk: &mut Desk, name: &str, text: &str) {
    desk.window
        .get_by_role_and_label(Role::TextInput, name)
        .focus();
    desk.settle();
    assert_eq!(desk.focused(), format!("TextInput {name}"));
    press_with(desk, Modifiers::COMMAND, Key::A);
    if text.is_empty() {
        press(desk, Key::Backspace);
    } else {
        type_text(desk, text);
    }
}

/// Clicks what may have to be scrolled to.
fn click(desk: &mut Desk, name: &str) {
    desk.window.get_all_by_label(name).next().unwrap().focus();
    desk.settle();
    desk.click(name);
}

/// Adds a row and types into it.
fn add(desk: &mut Desk, button: &str, field: &str, text: &str) {
    click(desk, button);
    assert_eq!(desk.focused(), format!("TextInput {field}"));
    type_text(desk, text);
}

fn leave_field(desk: &mut Desk) {
    press(desk, Key::Escape);
    assert!(!desk.focused().contains("TextInput"), "{}", desk.focused());
}

fn save_as(desk: &mut Desk, name: &str) {
    desk.act(Action::SavePolicyAs, By::Palette);
    assert_eq!(desk.focused(), "TextInput Name of the policy");
    press_with(desk, Modifiers::COMMAND, Key::A);
    type_text(desk, name);
    press(desk, Key::Enter);
}

fn saved_path(desk: &Desk, file: &str) -> std::path::PathBuf {
    desk.directory.path().join("policies").join(file)
}

/// What an action does to policies.
pub(crate) fn check(action: Action, by: By) {
    let mut desk = opened();
    let expecting = |desk: &mut Desk| {
        desk.act(Action::EditPolicy, By::Keys);
        add(desk, "Add an audience", "Audience 1", "a");
        leave_field(desk);
    };
    match action {
        Action::EditPolicy => {
            desk.act(action, by);
            assert!(desk.state().policies.is_open);
            assert_eq!(desk.focused(), "TextInput Name");
            desk.act(action, by);
            assert!(!desk.state().policies.is_open && desk.has("Raw token"));
        }
        Action::NewPolicy => {
            expecting(&mut desk);
            desk.act(action, by);
            assert_eq!(*policy(&desk), Policy::default());
            assert!(desk.has("Left a policy that was not saved."));
            assert_eq!(desk.focused(), "TextInput Name");
        }
        Action::PolicyFromToken => {
            desk.act(action, by);
            assert_eq!(
                policy(&desk).issuers,
                [Issuer::new("https://accounts.example")]
            );
            assert!(desk.state().policies.is_open);
        }
        Action::ExpectNothing => {
            expecting(&mut desk);
            desk.act(action, by);
            assert_eq!(*policy(&desk), Policy::default());
        }
        Action::SavePolicy => {
            expecting(&mut desk);
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Name of the policy");
            type_text(&mut desk, "web");
            press(&mut desk, Key::Enter);
            assert_eq!(desk.state().policies.file.as_deref(), Some("web.json"));
        }
        Action::SavePolicyAs => {
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Name of the policy");
            press(&mut desk, Key::Escape);
            assert!(desk.state().policies.saved.is_empty());
        }
        Action::RenamePolicy => {
            save_as(&mut desk, "web");
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Name");
            // All of it is chosen.
            type_text(&mut desk, "portal");
            press_with(&mut desk, Modifiers::COMMAND, Key::S);
            assert_eq!(desk.state().policies.file.as_deref(), Some("portal.json"));
            assert!(!saved_path(&desk, "web.json").exists());
        }
        Action::DuplicatePolicy => {
            save_as(&mut desk, "web");
            desk.act(action, by);
            assert_eq!(policy(&desk).name.as_deref(), Some("web copy"));
            assert_eq!(desk.state().policies.file, None);
        }
        Action::RevertPolicy => {
            save_as(&mut desk, "web");
            expecting(&mut desk);
            desk.act(action, by);
            assert!(policy(&desk).audiences.is_empty());
            assert!(!desk.state().policies.has_changes());
        }
        Action::DeletePolicy => {
            save_as(&mut desk, "web");
            desk.act(action, by);
            assert!(desk.state().policies.saved.is_empty());
            assert!(!saved_path(&desk, "web.json").exists());
        }
        Action::ImportPolicy => {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("web.json");
            std::fs::write(&path, r#"{"version":1,"aud":["a"]}"#).unwrap();
            desk.picker.put(&[path]);
            desk.act(action, by);
            assert_eq!(policy(&desk).audiences, ["a"]);
            assert_eq!(policy(&desk).name.as_deref(), Some("web"), "as its file");
        }
        Action::ExportPolicy => {
            expecting(&mut desk);
            let folder = tempfile::tempdir().unwrap();
            desk.picker.put(&[folder.path().to_owned()]);
            desk.act(action, by);
            let written = std::fs::read_to_string(folder.path().join("policy.json")).unwrap();
            assert_eq!(written, policy(&desk).to_json());
            assert_eq!(desk.state().last_action, "Saved the policy as policy.json");
        }
        Action::CopyPolicy => {
            expecting(&mut desk);
            desk.act(action, by);
            assert_eq!(desk.board.text(), Some(policy(&desk).to_json()));
        }
        Action::Redo => {
            expecting(&mut desk);
            desk.act(Action::Undo, By::Keys);
            assert!(policy(&desk).audiences.is_empty());
            desk.act(action, by);
            assert_eq!(policy(&desk).audiences, ["a"]);
        }
        other => panic!("{other:?} is not tested"),
    }
}

#[test]
fn every_member_is_a_field_that_is_in_force_at_once() {
    let mut desk = editor();
    fill(&mut desk, "Name", "web portal");
    add(&mut desk, "Add an algorithm", "Algorithm 1", "RS256");
    add(
        &mut desk,
        "Add an issuer",
        "Issuer 1",
        "https://accounts.example",
    );
    add(&mut desk, "Add an audience", "Audience 1", "web-portal");
    // Enter in the last row adds the next.
    press(&mut desk, Key::Enter);
    assert_eq!(desk.focused(), "TextInput Audience 2");
    type_text(&mut desk, "api");
    add(&mut desk, "Add a type", "Type 1", "JWT");
    click(&mut desk, "Expect a nonce");
    assert_eq!(desk.focused(), "TextInput Nonce");
    type_text(&mut desk, "n-0S6_WzA2Mj");
    fill(&mut desk, "Leeway in seconds", "5");
    fill(&mut desk, "Maximum age in seconds", "7200");
    fill(&mut desk, "Maximum lifetime in seconds", "3600");
    add(&mut desk, "Add a required claim", "Required claim 1", "sub");
    add(
        &mut desk,
        "Add a forbidden claim",
        "Forbidden claim 1",
        "admin",
    );
    fill(&mut desk, "Value of forbidden claim 1", "true");
    add(&mut desk, "Add a jti", "Revoked jti 1", "x");
    click(&mut desk, "Lenient");
    assert!(desk.has("keys that are too weak"));
    let text = r#"{"version":1,"name":"web portal","alg":["RS256"],"issuers":[{"iss":"https://accounts.example"}],
        "aud":["web-portal","api"],"typ":["JWT"],"nonce":"n-0S6_WzA2Mj","leeway_seconds":5,"max_age_seconds":7200,
        "max_lifetime_seconds":3600,"required_claims":[{"name":"sub"}],"forbidden_claims":[{"name":"admin","value":true}],
        "revoked":{"jti":["x"]},"strictness":"lenient"}"#;
    let expected = Policy::read("p", text.as_bytes(), &mut |_| unreachable!()).unwrap();
    assert_eq!(*policy(&desk), expected);
    assert!(desk.state().policies.faults.is_empty());
    // And out again.
    click(&mut desk, "Remove audience 1");
    assert_eq!(policy(&desk).audiences, ["api"]);
    for name in [
        "Remove algorithm 1",
        "Remove issuer 1",
        "Remove audience 1",
        "Remove type 1",
        "Remove required claim 1",
        "Remove forbidden claim 1",
        "Remove revoked jti 1",
        "Expect a nonce",
        "Strict",
    ] {
        click(&mut desk, name);
    }
    for name in [
        "Name",
        "Maximum age in seconds",
        "Maximum lifetime in seconds",
    ] {
        fill(&mut desk, name, "");
    }
    fill(&mut desk, "Leeway in seconds", "60");
    assert_eq!(*policy(&desk), Policy::default());
}

#[test]
fn the_kind_of_token_is_chosen_by_its_name() {
    let mut desk = editor();
    let kind = |role| desk.window.get_by_role_and_label(role, "Kind of token");
    kind(Role::ComboBox).click();
    desk.settle();
    desk.click("Access token");
    let chosen = ProfileChoice::Named(ProfileName::AccessToken);
    assert_eq!(policy(&desk).profile, chosen);
    assert!(desk.has("Lets its bearer call an API (RFC 9068)."));
}

#[test]
fn the_keys_of_an_issuer_are_chosen_from_those_that_are_loaded() {
    let mut desk = editor();
    add(
        &mut desk,
        "Add an issuer",
        "Issuer 1",
        "https://accounts.example",
    );
    click(&mut desk, "Add a key of issuer 1");
    desk.click("kid idp-2026-03");
    let key = |id: &str| KeyChoice::Id(id.to_owned());
    assert_eq!(policy(&desk).issuers[0].keys, [key("idp-2026-03")]);
    assert!(desk.has("Names idp-2026-03, RSA 2048"));
    // The token was signed by another one.
    assert!(desk.has("the key is not one of its issuer\u{2019}s"));
    fill(&mut desk, "Key 1 of issuer 1", "idp-2026-09");
    assert_eq!(policy(&desk).issuers[0].keys, [key("idp-2026-09")]);
    fill(&mut desk, "Key 1 of issuer 1", "no-such-key");
    assert!(desk.has("No loaded key is named so"));
    click(&mut desk, "What key 1 of issuer 1 is named by");
    desk.click("Source");
    fill(&mut desk, "Key 1 of issuer 1", "clipboard");
    assert_eq!(
        policy(&desk).issuers[0].keys,
        [KeyChoice::Source("clipboard".to_owned())]
    );
    assert!(desk.has("Names 3 loaded keys"));
    click(&mut desk, "Remove key 1 of issuer 1");
    assert!(policy(&desk).issuers[0].keys.is_empty());
}

#[test]
fn a_field_that_is_wrong_keeps_its_text_and_the_last_good_value_holds() {
    let mut desk = editor();
    fill(&mut desk, "Leeway in seconds", "90");
    fill(&mut desk, "Leeway in seconds", "soon");
    assert_eq!(policy(&desk).leeway_seconds, 90);
    assert!(desk.has(
        "Expected a whole number of seconds from 0 to 4294967295, found \u{201C}soon\u{201D}."
    ));
    assert!(desk.has("Not in force yet. What holds until it is right: 1 minute 30 seconds"));
    assert!(desk.has("1 field is wrong; its last good value is in force."));
    add(
        &mut desk,
        "Add a required claim",
        "Required claim 1",
        "role",
    );
    fill(&mut desk, "Value of required claim 1", "admin");
    assert!(
        policy(&desk)
            .required_claims
            .last()
            .unwrap()
            .value
            .is_none()
    );
    assert!(desk.has("A text stands in quotes: \"admin\""));
    // With something wrong it cannot be saved.
    leave_field(&mut desk);
    press_with(&mut desk, Modifiers::COMMAND, Key::S);
    assert!(!desk.has("Name of the policy"));
    click(&mut desk, "Use \"admin\"");
    let value = policy(&desk).required_claims[0].value.as_ref().unwrap();
    assert_eq!(value.text(), "\"admin\"");
    click(&mut desk, "Required claim 1 by a JSON pointer");
    assert!(desk.has("Expected a JSON pointer (RFC 6901) such as /cnf/jkt"));
    fill(&mut desk, "Required claim 1", "/role");
    let path = ClaimPath::Pointer("/role".to_owned());
    assert_eq!(policy(&desk).required_claims[0].path, path);
    fill(&mut desk, "Leeway in seconds", "0");
    assert!(desk.state().policies.faults.is_empty());
}

#[test]
fn what_cannot_be_seen_in_a_text_is_said() {
    let mut desk = editor();
    add(
        &mut desk,
        "Add an audience",
        "Audience 1",
        "web\u{202E}portal\u{200B}",
    );
    assert_eq!(policy(&desk).audiences, ["web\u{202E}portal\u{200B}"]);
    assert!(desk.has("It holds characters that are not seen: "));
}

#[test]
fn the_effect_is_told_for_the_token_on_screen_and_counted_for_all() {
    let mut desk = opened();
    let accepted = desk.names("Token ").into_iter();
    let name = accepted.clone().find(|name| name.ends_with("accept"));
    desk.click(&name.unwrap());
    desk.act(Action::EditPolicy, By::Keys);
    for name in [
        "Accepted before: 1, now: 1",
        "Rejected before: 2, now: 2",
        "Undetermined before: 1, now: 1",
        "Nothing is other than before.",
    ] {
        assert!(desk.has(name), "{name}");
    }
    add(&mut desk, "Add an audience", "Audience 1", "nobody");
    for name in [
        "Accepted before: 1, now: 0",
        "Rejected before: 2, now: 3",
        "Undetermined before: 1, now: 1",
        "Before: Accept",
        "Now: Reject: not for the audience that the policy expects",
        "now failed: expected nobody, found",
    ] {
        assert!(desk.has(name), "{name}");
    }
    fill(&mut desk, "Audience 1", "https://api.example");
    let (before, after) = desk.state().policies.effect.counts.unwrap();
    assert_eq!((before.accept, after.all()), (1, 4));
    desk.act(Action::SavePolicy, By::Keys);
    type_text(&mut desk, "api");
    press(&mut desk, Key::Enter);
    // From what is saved nothing differs.
    let (before, after) = desk.state().policies.effect.counts.unwrap();
    assert_eq!(before, after);
}

#[test]
fn what_other_tokens_say_of_a_token_is_no_effect_of_the_policy() {
    let mut desk = Desk::sized(1440.0, 900.0);
    desk.paste(&crate::together::exchanged());
    desk.act(Action::NextToken, By::Keys);
    desk.act(Action::ChooseKind, By::Keys);
    type_text(&mut desk, "OIDC ID token");
    press(&mut desk, Key::Enter);
    desk.act(Action::EditPolicy, By::Keys);
    fill(&mut desk, "Leeway in seconds", "61");
    for name in [
        "Rejected before: 1, now: 1",
        "Undetermined before: 1, now: 1",
        "Nothing is other than before.",
    ] {
        assert!(desk.has(name), "{name}");
    }
}

#[test]
fn steps_are_taken_back_and_made_again() {
    let mut desk = editor();
    add(&mut desk, "Add an audience", "Audience 1", "one");
    type_text(&mut desk, " and two");
    leave_field(&mut desk);
    click(&mut desk, "Lenient");
    let both = policy(&desk).clone();
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(policy(&desk).strictness, Strictness::Strict);
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    // What was typed in one visit of a field is one step; the row is another.
    assert!(policy(&desk).audiences.is_empty());
    assert!(desk.has("Audience 1"));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    assert!(!desk.has("Audience 1"));
    for _ in 0..3 {
        press_with(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    }
    assert_eq!(*policy(&desk), both);
    assert_eq!(both.audiences, ["one and two"]);
}

#[test]
fn in_a_field_undo_is_the_fields_own() {
    let mut desk = editor();
    click(&mut desk, "Lenient");
    fill(&mut desk, "Name", "web");
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(desk.state().policies.draft.name, "");
    assert_eq!(policy(&desk).strictness, Strictness::Lenient);
}

#[test]
fn policies_are_saved_switched_between_and_kept_for_the_next_window() {
    let mut desk = editor();
    add(&mut desk, "Add an audience", "Audience 1", "a");
    save_as(&mut desk, "one");
    assert!(desk.has("Policy: one"));
    fill(&mut desk, "Audience 1", "b");
    assert!(desk.has("Policy: one, changed, not saved"));
    save_as(&mut desk, "two");
    let text = std::fs::read_to_string(saved_path(&desk, "two.json")).unwrap();
    assert_eq!(text, policy(&desk).to_json());
    // The form shows what is switched to, and the other one is as it was saved.
    desk.click("one");
    assert_eq!(policy(&desk).audiences, ["a"]);
    desk.click("Back to the tokens");
    desk.click("Policy: one");
    desk.click("two");
    assert_eq!(policy(&desk).audiences, ["b"]);
    desk.click("Policy: two");
    desk.click("None");
    assert_eq!(*policy(&desk), Policy::default());
    // The palette finds them as well.
    press_with(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    type_text(&mut desk, "policy: one");
    press(&mut desk, Key::Enter);
    assert_eq!(policy(&desk).audiences, ["a"]);

    let mut next = desk.again();
    assert_eq!(*policy(&next), Policy::default());
    next.click("Policy: none");
    next.click("one");
    assert_eq!(policy(&next).audiences, ["a"]);
    assert_eq!(next.state().policies.saved.len(), 2);
}

#[test]
fn what_is_left_unsaved_can_be_brought_back() {
    let mut desk = editor();
    save_as(&mut desk, "one");
    add(&mut desk, "Add an audience", "Audience 1", "a");
    leave_field(&mut desk);
    desk.click("None");
    assert!(policy(&desk).audiences.is_empty());
    assert!(desk.has("Left the policy \u{201C}one\u{201D} unsaved."));
    let undo = desk.window.get_all_by_label("Undo").next().unwrap();
    undo.click();
    desk.settle();
    assert_eq!(policy(&desk).audiences, ["a"]);
    assert_eq!(desk.state().policies.file.as_deref(), Some("one.json"));
    assert!(desk.state().policies.has_changes());
    // Neither does the window close over it.
    desk.act(Action::RemoveAll, By::Palette);
    desk.act(Action::Quit, By::Keys);
    assert!(desk.has("The policy \u{201C}one\u{201D} has changes that are not saved."));
    press(&mut desk, Key::Escape);
    desk.act(Action::SavePolicy, By::Keys);
    assert!(!desk.state().policies.has_changes());
}

#[test]
fn a_deleted_policy_is_brought_back_with_its_changes() {
    let mut desk = editor();
    add(&mut desk, "Add an audience", "Audience 1", "a");
    save_as(&mut desk, "one");
    fill(&mut desk, "Audience 1", "b");
    leave_field(&mut desk);
    desk.act(Action::DeletePolicy, By::Palette);
    assert_eq!(*policy(&desk), Policy::default());
    assert!(!saved_path(&desk, "one.json").exists());
    assert!(desk.has("Deleted the saved policy \u{201C}one\u{201D}."));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    let text = std::fs::read_to_string(saved_path(&desk, "one.json")).unwrap();
    assert!(text.contains("\"a\""), "as it was saved: {text}");
    assert_eq!(desk.state().policies.file.as_deref(), Some("one.json"));
    assert_eq!(policy(&desk).audiences, ["b"], "as it was left");
}

#[test]
fn a_name_that_is_taken_is_refused_where_it_is_typed() {
    let mut desk = editor();
    save_as(&mut desk, "one");
    desk.act(Action::NewPolicy, By::Palette);
    type_text(&mut desk, "ONE");
    assert!(desk.has("Expected a name that no other saved policy has"));
    desk.act(Action::SavePolicyAs, By::Palette);
    assert!(desk.has("\u{201C}one\u{201D} is saved already."));
    press(&mut desk, Key::Enter);
    assert_eq!(desk.state().policies.saved.len(), 1);
}

#[test]
fn damaged_and_foreign_files_are_told_and_never_touched() {
    let mut desk = Desk::new();
    let folder = desk.directory.path().join("policies");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("web.json"), "{\"version\":1,\"algs\":[]}").unwrap();
    std::fs::write(folder.join("notes.txt"), "buy milk").unwrap();
    desk.act(Action::EditPolicy, By::Keys);
    assert!(desk.has("web.json, line 1, column 14: expected a member that is known here"));
    assert!(desk.has("notes.txt"));
    save_as(&mut desk, "WEB!");
    assert_eq!(desk.state().policies.file.as_deref(), Some("WEB-2.json"));
    let text = std::fs::read_to_string(folder.join("web.json")).unwrap();
    assert_eq!(text, "{\"version\":1,\"algs\":[]}");
}

#[test]
fn what_another_window_saved_is_not_written_over() {
    let mut desk = editor();
    save_as(&mut desk, "one");
    let store = PolicyStore::at(desk.directory.path().join("policies"));
    let kept = store.list().unwrap().files.remove(0);
    let theirs = Policy {
        name: Some("one".to_owned()),
        nonce: Some("theirs".to_owned()),
        ..Policy::default()
    };
    let own = (kept.file.as_str(), kept.stamp.unwrap());
    store.save(&theirs, Some(own)).unwrap();
    add(&mut desk, "Add an audience", "Audience 1", "mine");
    desk.act(Action::SavePolicy, By::Keys);
    assert!(desk.has("found that it was changed since"));
    let text = std::fs::read_to_string(saved_path(&desk, "one.json")).unwrap();
    assert_eq!(text, theirs.to_json());
    assert_eq!(
        policy(&desk).audiences,
        ["mine"],
        "and nothing typed is lost"
    );
}

#[test]
fn a_policy_that_is_pasted_is_put_in_force() {
    let mut desk = opened();
    desk.paste(r#"{"version":1,"name":"pasted","aud":["a"],"strictness":"lenient"}"#);
    assert_eq!(policy(&desk).audiences, ["a"]);
    assert!(desk.state().policies.is_open && desk.has("Policy: pasted, not saved"));
    // One that is wrong is told as such, and changes nothing.
    desk.paste(r#"{"version":1,"audience":["a"],"strictness":"lenient"}"#);
    assert!(desk.has("expected a member that is known here, found \u{201C}audience\u{201D}"));
    assert_eq!(policy(&desk).audiences, ["a"]);
    // Tokens are still tokens here.
    desk.paste(&sample("expired.jwt"));
    assert_eq!(desk.state().session.tokens.len(), 5);
    assert!(
        desk.state().policies.is_open,
        "to see what the policy makes of it"
    );
}

#[test]
fn a_file_of_revoked_jti_is_chosen_counted_and_missed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("revoked.txt");
    std::fs::write(&path, "a\nb\n\nc\n").unwrap();
    let mut desk = editor();
    desk.picker.put(std::slice::from_ref(&path));
    click(&mut desk, "Choose a file of revoked jti");
    assert!(desk.has("3 jti"));
    assert!(policy(&desk).revoked.revokes("b"));
    std::fs::write(&path, "a\nd\n").unwrap();
    click(&mut desk, "Read the file of revoked jti again");
    assert!(desk.has("2 jti") && policy(&desk).revoked.revokes("d"));
    save_as(&mut desk, "with file");
    std::fs::remove_file(&path).unwrap();
    click(&mut desk, "Read the file of revoked jti again");
    assert!(desk.has("expected a text of one jti a line that can be read, found: "));
    assert!(
        policy(&desk).revoked.revokes("d"),
        "the last good one holds"
    );
    // In the next window there is no last good one, which is said.
    let mut next = desk.again();
    next.click("Policy: none");
    next.click("with file");
    assert!(next.has("None of the jti in it is revoked until the file is chosen again"));
    assert!(next.state().policies.is_open && policy(&next).revoked.is_empty());
    next.act(Action::SavePolicy, By::Keys);
    let text = std::fs::read_to_string(saved_path(&next, "with-file.json")).unwrap();
    assert!(text.contains("revoked.txt"), "it is not lost: {text}");
    click(&mut next, "Remove the file of revoked jti");
    assert!(next.state().policies.faults.is_empty());
}

#[test]
fn a_policy_is_made_from_a_good_token_in_one_step() {
    let mut desk = opened();
    let accepted = desk.names("Token ").into_iter();
    let name = accepted.clone().find(|name| name.ends_with("accept"));
    desk.click(&name.unwrap());
    desk.click("Policy: none");
    desk.click("Make a policy from this token");
    assert!(desk.has("Now: Accept"));
    assert!(policy(&desk).expected() > 3);
    let (_, judgement) = desk.state().current().unwrap();
    assert!(judgement.expectations.iter().all(Expectation::is_met));
}

#[test]
fn what_is_changed_elsewhere_is_in_the_form_and_can_be_taken_back() {
    let mut desk = editor();
    leave_field(&mut desk);
    // As a control in another pane does it.
    desk.paste(r#"{"version":1,"leeway_seconds":7,"profile":"auto"}"#);
    let field = desk
        .window
        .get_by_role_and_label(Role::TextInput, "Leeway in seconds");
    assert_eq!(field.accesskit_node().value().as_deref(), Some("7"));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    assert_eq!(policy(&desk).leeway_seconds, 60);
}

#[test]
fn many_revoked_jti_are_scrolled_and_edited() {
    let ids: Vec<String> = (0..20_000).map(|id| format!("{id:05}")).collect();
    let list = serde_json::to_string(&ids).unwrap();
    let mut desk = Desk::new();
    desk.paste(&format!(
        r#"{{"version":1,"profile":"auto","revoked":{{"jti":{list}}}}}"#
    ));
    assert_eq!(policy(&desk).revoked.len(), 20_000);
    assert!(desk.has("20\u{A0}000 rows"));
    click(&mut desk, "Add a jti");
    assert_eq!(desk.state().policies.draft.revoked.len(), 20_001);
    assert_eq!(desk.focused(), "TextInput Revoked jti 20001");
    type_text(&mut desk, "new");
    assert!(policy(&desk).revoked.revokes("new"));
    click(&mut desk, "Remove revoked jti 20001");
    assert_eq!(policy(&desk).revoked.len(), 20_000);
}

#[test]
fn escape_leaves_a_field_first_and_the_editor_then() {
    let mut desk = editor();
    press(&mut desk, Key::Escape);
    assert!(desk.state().policies.is_open);
    press(&mut desk, Key::Escape);
    assert!(!desk.state().policies.is_open && desk.has("Raw token"));
    // The manager takes its place, and the other way round.
    desk.act(Action::EditPolicy, By::Keys);
    leave_field(&mut desk);
    desk.act(Action::KeyManager, By::Keys);
    assert!(desk.state().manager.is_open && !desk.state().policies.is_open);
    desk.act(Action::EditPolicy, By::Keys);
    assert!(!desk.state().manager.is_open && desk.state().policies.is_open);
}
