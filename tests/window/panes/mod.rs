//! Each pane by its accessible names.

/// One pane of a stage in a place of its own.
macro_rules! pane {
    ($stage:expr, $pane:ident, $size:expr) => {
        $crate::stage::harness(
            $stage,
            $size,
            egui::Theme::Dark,
            |ui, stage: &mut $crate::stage::Stage| {
                let commands = stage.$pane.ui(ui, &stage.model);
                for command in &commands {
                    stage.obey(command);
                }
                stage.commands.extend(commands);
            },
        )
    };
}

mod disclosed;
mod judgement;
mod meaning;
mod members;
mod raw;
mod rows;
mod timeline;

use egui::{Modifiers, PointerButton, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::Selection;

use super::stage::{Stage, build, sample, token};

type Window = Harness<'static, Stage>;

fn of(header: &str, payload: &str) -> Stage {
    Stage::new(
        &token(header, payload),
        KeyRing::default(),
        Policy::default(),
    )
}

/// The names of all that can be read, in order.
fn names(window: &Window) -> Vec<String> {
    window
        .query_all_by(|_| true)
        .filter_map(|node| {
            let node = node.accesskit_node();
            node.label().or_else(|| node.value())
        })
        .collect()
}

fn says(window: &Window, words: &str) -> bool {
    names(window).iter().any(|name| name.contains(words))
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label_contains(name).click();
    window.run();
}

fn last(window: &Window) -> Option<&Command> {
    window.state().commands.last()
}

/// Whether the last command selects exactly the characters of this decoded text.
fn selects(window: &Window, role: PartRole, decoded: &str) -> bool {
    let part_of = |stage: &Stage| {
        stage.model.session.tokens[0]
            .token
            .part(role)
            .unwrap()
            .clone()
    };
    let part = part_of(window.state());
    let start = part.utf8().unwrap().find(decoded).unwrap();
    let wanted = Selection {
        part: role,
        range: part.text_range(start..start + decoded.len()),
    };
    last(window) == Some(&Command::Select(Some(wanted)))
}

fn character_width(window: &Window) -> f32 {
    let font = tokenloupe::window::theme::mono();
    window.ctx.fonts_mut(|fonts| fonts.glyph_width(&font, '0'))
}

/// The name of what has the focus.
fn focused(window: &Window) -> Option<String> {
    window
        .query_all_by(|_| true)
        .map(|node| node.accesskit_node())
        .find(|node| node.is_focused() && node.role() != egui::accesskit::Role::Window)
        .and_then(|node| node.label())
}

fn right_click(window: &mut Window, name: &str) {
    let at = window.get_by_label_contains(name).rect().center();
    press_at(window, at, PointerButton::Secondary, Modifiers::NONE);
    window.run();
}

/// Presses and lets go, without waiting.
fn press_at(window: &mut Window, at: egui::Pos2, button: PointerButton, modifiers: Modifiers) {
    window.hover_at(at);
    window.step();
    for pressed in [true, false] {
        window.event(egui::Event::PointerButton {
            pos: at,
            button,
            pressed,
            modifiers,
        });
        window.step();
    }
}

/// Whether these words are painted, with a name or without.
fn paints(window: &Window, words: &str) -> bool {
    window
        .output()
        .shapes
        .iter()
        .any(|shape| matches!(&shape.shape, egui::Shape::Text(text) if text.galley.text().contains(words)))
}

fn click_at(window: &mut Window, at: egui::Pos2) {
    press_at(window, at, PointerButton::Primary, Modifiers::NONE);
    window.run();
}

#[test]
fn no_pane_fails_on_odd_tokens_in_odd_places() {
    let deep = format!("{}1{}", "[".repeat(300), "]".repeat(300));
    let texts = [
        String::new(),
        ".".to_owned(),
        "....".to_owned(),
        "~~".to_owned(),
        "é漢🙂\u{0}\u{FEFF}".to_owned(),
        token("", ""),
        token("{}", "[]"),
        token("[1,2]", "\"text\""),
        token(
            r#"{"alg":1,"alg":null}"#,
            r#"{"exp":1e400,"nbf":-1e400,"iat":"x"}"#,
        ),
        token(
            r#"{"alg":"none"}"#,
            r#"{"exp":-377705116800,"iat":253402300799,"nbf":0,"auth_time":1}"#,
        ),
        token(r#"{"alg":"none"}"#, r#"{"":"","~/":{"":[[],{}]}}"#),
        token(r#"{"alg":"none"}"#, &deep),
        sample("damaged.jwt"),
        sample("weak-secret.jwt"),
        sample("unsecured.jwt"),
    ];
    for text in texts {
        for size in [[1200.0, 800.0], [560.0, 300.0], [400.0, 200.0]] {
            let stage = Stage::new(&text, KeyRing::default(), Policy::default());
            let builder = Harness::builder().allow_missing_glyphs();
            let mut window = build(builder, stage, size, Theme::Light, |ui, stage| {
                stage.all(ui);
            });
            for name in [
                "Header as JSON",
                "Claims as JSON",
                "Header as Hex",
                "Claims as Hex",
            ] {
                if let Some(tab) = window.query_by_label(name) {
                    tab.click();
                }
                window.run();
            }
            window.state_mut().freeze("-009999-01-02T01:59:59Z");
            window.run();
        }
    }
}

#[test]
fn what_the_pointer_is_on_lights_up_in_the_other_panes() {
    let show = |ui: &mut egui::Ui, stage: &mut Stage| stage.all(ui);
    let size = [1176.0, 832.0];
    let mut window = build(
        Harness::builder(),
        Stage::id_token(),
        size,
        Theme::Dark,
        show,
    );
    let raw = |window: &Window| {
        let rect = window
            .get_by_role_and_label(egui::accesskit::Role::MultilineTextInput, "Raw token")
            .rect();
        let lit = tokenloupe::window::theme::DARK.bg3;
        let is_lit = |shape: &egui::epaint::ClippedShape| match &shape.shape {
            egui::Shape::Text(text) => {
                rect.contains(text.pos)
                    && text
                        .galley
                        .job
                        .sections
                        .iter()
                        .any(|section| section.format.background == lit)
            }
            _ => false,
        };
        window
            .output()
            .shapes
            .iter()
            .filter(|shape| is_lit(shape))
            .count()
    };
    assert_eq!(raw(&window), 0);
    window.get_by_label_contains("nonce: n-0S6_WzA2Mj").hover();
    window.run();
    assert!(raw(&window) > 0, "the claim's characters");
    window.hover_at(egui::pos2(5.0, 5.0));
    window.run();
    assert_eq!(raw(&window), 0, "and dark again");
}
