//! The report dialog: its forms and scopes, the step before tokens are in it, and what is copied and saved.

use std::time::{Duration, Instant};

use egui::{Key, Modifiers, Theme};
use egui_kittest::{Harness, SnapshotResults};
use tokenloupe::window::actions::Action;

use crate::actions::{By, opened};
use crate::desk::{Desk, sample};
use crate::pictures::{can_draw, options};
use crate::rail::{focus, many, press, press_with};

/// The lines of the preview that are laid out.
fn shown(desk: &Desk, text: &str) -> bool {
    desk.has(text)
}

fn asked() -> Desk {
    let mut desk = opened();
    desk.act(Action::Report, By::Keys);
    desk
}

/// One of the tokens of the sample.
fn a_token() -> String {
    let request = sample("request.http");
    let (_, after) = request.split_once("Bearer ").unwrap();
    after.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_report_of_the_token_on_screen_is_made_looked_at_and_copied() {
    let mut desk = asked();
    assert!(shown(&desk, "# Token report"));
    assert!(shown(&desk, "Reject: expired 3 days 1 hour ago**"));
    assert!(desk.state().reporting.made.as_ref().unwrap().lines() > 50);
    desk.click("Copy as Markdown");
    let copied = desk.board.text().unwrap();
    assert!(
        copied.starts_with("# Token report\n\nTokenloupe "),
        "{copied}"
    );
    assert!(copied.contains("1 token in 1 place") && !copied.contains(&a_token()));
    assert!(!copied.contains("where the clock was held"));
    // What is done is forgotten.
    assert!(desk.state().reporting.made.is_none() && !desk.has("# Token report"));
    assert_eq!(desk.state().last_action, "Copied the report");
}

#[test]
fn each_form_of_all_tokens_is_saved_as_a_file_of_its_kind() {
    for (form, name, begins) in [
        ("Markdown", "token-report.md", "# Token report"),
        ("HTML", "token-report.html", "<!DOCTYPE html>"),
        ("JSON", "token-report.json", "{\n  \"tool\""),
        ("SARIF", "token-report.sarif", "{\n  \"$schema\""),
    ] {
        let mut desk = asked();
        desk.click("All: 4 tokens");
        desk.click(form);
        if form == "HTML" {
            assert!(desk.has("bytes of HTML; shown here as text"));
            assert!(shown(&desk, "Token 1 of 4") || shown(&desk, "Keys"));
        }
        let folder = tempfile::tempdir().unwrap();
        desk.picker.put(&[folder.path().to_owned()]);
        desk.click("Save\u{2026}");
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.starts_with(begins), "{form}: {}", &text[..40]);
        assert!(text.contains("unsecured") && !text.contains(&a_token()));
        assert_eq!(
            desk.state().last_action,
            format!("Saved the report as {name}")
        );
    }
}

#[test]
fn the_tokens_are_in_it_only_after_the_warning() {
    let mut desk = asked();
    let token = a_token();
    desk.click("With the tokens themselves");
    assert!(desk.has("A token is a credential"));
    // Not yet.
    desk.board.put("before");
    desk.click("Copy as Markdown");
    assert_eq!(desk.board.text().as_deref(), Some("before"));
    assert!(desk.state().reporting.asked.unwrap().redact);
    desk.click("Leave them out");
    assert!(!desk.has("A token is a credential"));
    desk.click("With the tokens themselves");
    desk.click("Include the tokens");
    assert!(desk.has("The report holds the tokens"));
    desk.click("JSON");
    desk.click("Copy as JSON");
    let copied = desk.board.text().unwrap();
    assert!(copied.contains(&token));
    // The next one is without them again.
    desk.act(Action::Report, By::Keys);
    assert!(desk.state().reporting.asked.unwrap().redact);
}

/// A file that holds credentials is for this user's eyes only.
#[cfg(unix)]
#[test]
fn a_file_with_the_tokens_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = |with_tokens: bool| {
        let mut desk = asked();
        if with_tokens {
            desk.click("With the tokens themselves");
            desk.click("Include the tokens");
        }
        let folder = tempfile::tempdir().unwrap();
        desk.picker.put(&[folder.path().to_owned()]);
        desk.click("Save\u{2026}");
        let path = folder.path().join("token-report.md");
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        mode & 0o077
    };
    assert_eq!(mode(true), 0);
    assert_ne!(mode(false), 0);
}

#[test]
fn a_held_clock_is_told_and_escape_closes() {
    let mut desk = opened();
    desk.act(Action::FreezeClock, By::Keys);
    desk.act(Action::Report, By::Keys);
    assert!(shown(&desk, "where the clock was held"));
    press(&mut desk, Key::Escape);
    assert!(!desk.has("# Token report"));
    assert!(desk.state().reporting.asked.is_none());
}

#[test]
fn chosen_rows_of_the_table_are_a_scope() {
    let mut desk = Desk::new();
    desk.paste(&many(120));
    assert!(desk.state().table.is_open);
    desk.act(Action::Report, By::Keys);
    // The table is of all.
    assert!(shown(&desk, "120 tokens in 120 places"), "all of them");
    press(&mut desk, Key::Escape);
    focus(&mut desk, "Row 2: ");
    press_with(&mut desk, Modifiers::SHIFT, Key::ArrowDown);
    press_with(&mut desk, Modifiers::SHIFT, Key::ArrowDown);
    desk.act(Action::Report, By::Keys);
    assert!(desk.has("Chosen: 3 tokens"));
    assert!(shown(&desk, "3 tokens in 3 places"));
    press(&mut desk, Key::Escape);
    desk.act(Action::ChooseAll, By::Palette);
    desk.act(Action::Report, By::Keys);
    assert!(!desk.has("Chosen: "), "that is all of them");
}

/// A report of many tokens says how far it is.
#[test]
fn a_long_report_is_called_off_and_made_after_all() {
    let mut desk = Desk::new();
    desk.paste(&many(2_000));
    let keys = Modifiers::COMMAND | Modifiers::SHIFT;
    desk.window.key_press_modifiers(keys, Key::R);
    let start = Instant::now();
    while !desk.has("Cancel the report") {
        desk.window.step();
        assert!(start.elapsed() < Duration::from_secs(20), "it is not made");
    }
    assert!(desk.state().reporting.job.is_some());
    desk.click("Cancel the report");
    assert!(desk.has("There is no report") && desk.state().reporting.made.is_none());
    desk.click("Make a report of 2000 tokens");
    assert!(shown(&desk, "2000 tokens in 2000 places"));
}

#[test]
fn without_tokens_there_is_nothing_to_report() {
    let mut desk = Desk::new();
    desk.act(Action::Report, By::Keys);
    assert!(!desk.has("With the tokens themselves"));
}

#[test]
fn pictures_of_the_report() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        for (name, size) in [("1440", [1440.0, 900.0]), ("560", [560.0, 480.0])] {
            let builder = Harness::builder()
                .with_size(egui::vec2(size[0], size[1]))
                .with_theme(theme)
                .with_options(options())
                .wgpu();
            let mut desk = Desk::build(builder, tokenloupe::window::LaunchOptions::default());
            desk.paste(&sample("request.http"));
            desk.act(Action::Report, By::Keys);
            desk.click("With the tokens themselves");
            results.add(desk.window.try_snapshot(format!("report-{name}-{word}")));
        }
    }
}
