//! What a screen reader and the Tab key meet.

use std::fmt::Write as _;

use egui::accesskit::{Action, Role, Toggled};
use egui::{Key, Modifiers, Shape, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::window::{App, LaunchOptions};

use crate::desk::{Desk, sample, sample_path};

/// Longer names and values are cut, in characters.
const MAX_TEXT: usize = 120;

/// More stops than this are no order to go through.
const MAX_STOPS: usize = 60;

fn opened() -> Desk {
    Desk::with(1440.0, 900.0, options())
}

fn options() -> LaunchOptions {
    LaunchOptions {
        inputs: vec![sample_path("request.http").into()],
        keys: vec![sample_path("issuer.jwks.json")],
    }
}

fn short(text: &str) -> String {
    let cut: String = text.chars().take(MAX_TEXT).collect();
    if cut.len() < text.len() {
        format!("{cut}\u{2026}")
    } else {
        cut
    }
}

/// Every node, a line each: role, name, value, state. What takes time differs from run to run.
fn tree(window: &Harness<'_, App>) -> String {
    let mut text = String::new();
    let mut open = vec![(window.root().accesskit_node(), 0)];
    while let Some((node, depth)) = open.pop() {
        let (label, value) = (node.label(), node.value());
        let is_named =
            label.is_some() || value.is_some() || node.data().supports_action(Action::Focus);
        if is_named {
            write!(text, "{:indent$}{:?}", "", node.role(), indent = 2 * depth).unwrap();
            for part in [label, value].into_iter().flatten() {
                let part = if part.starts_with("Inspected in") {
                    "Inspected in \u{2026}".to_owned()
                } else {
                    part
                };
                write!(text, " \u{201C}{}\u{201D}", short(&part)).unwrap();
            }
            let is_on =
                node.is_selected() == Some(true) || node.data().toggled() == Some(Toggled::True);
            for (is_so, word) in [(is_on, "on"), (node.is_disabled(), "disabled")] {
                if is_so {
                    write!(text, " {word}").unwrap();
                }
            }
            text.push('\n');
        }
        let depth = depth + usize::from(is_named);
        let children: Vec<_> = node.children().collect();
        open.extend(children.into_iter().rev().map(|child| (child, depth)));
    }
    text
}

#[test]
fn the_tree_of_the_main_window() {
    insta::assert_snapshot!(tree(&opened().window));
}

/// What can be acted on has a name.
fn everything_is_named(desk: &Desk, state: &str) {
    let acts = |node: &egui_kittest::kittest::AccessKitNode<'_>| {
        let data = node.data();
        data.supports_action(Action::Click)
            || matches!(
                node.role(),
                Role::Button
                    | Role::TextInput
                    | Role::MultilineTextInput
                    | Role::RadioButton
                    | Role::CheckBox
                    | Role::Slider
                    | Role::Row
                    | Role::ListBoxOption
            )
    };
    let mut count = 0;
    for node in desk.window.query_all_by(|_| true) {
        let node = node.accesskit_node();
        // Scroll bars are egui's own: their areas have names.
        if !acts(&node) || node.role() == Role::ScrollBar {
            continue;
        }
        count += 1;
        let name = node.label().unwrap_or_default();
        assert!(
            name.chars().any(char::is_alphanumeric),
            "{state}: {:?} {:?} is called “{name}”",
            node.role(),
            node.bounding_box()
        );
    }
    assert!(count > 10, "{state}: {count}");
}

#[test]
fn all_that_can_be_used_has_a_name() {
    type State = (&'static str, fn(&mut Desk));
    let states: [State; 10] = [
        ("empty", |_| {}),
        ("a request", |desk| {
            desk.paste(&sample("request.http"));
            desk.paste(&sample("issuer.jwks.json"));
        }),
        ("damaged", |desk| desk.paste(&sample("damaged.jwt"))),
        ("hex", |desk| {
            desk.paste(&sample("request.http"));
            desk.click("Claims as Hex");
        }),
        ("clock", |desk| keys(desk, Modifiers::COMMAND, Key::T)),
        ("policy", |desk| {
            keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
        }),
        ("palette", |desk| {
            keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        }),
        ("help", |desk| keys(desk, Modifiers::NONE, Key::F1)),
        ("path", |desk| {
            keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
        }),
        ("menu", |desk| {
            desk.click("Menu");
            desk.click("View");
        }),
    ];
    for (name, act) in states {
        for (width, height) in [(1440.0, 900.0), (700.0, 500.0)] {
            let mut desk = Desk::sized(width, height);
            act(&mut desk);
            everything_is_named(&desk, name);
        }
    }
}

fn keys(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.window.key_press_modifiers(modifiers, key);
    desk.settle();
}

/// The names of all stops of the Tab key, until it comes round.
fn stops(desk: &mut Desk, mut each: impl FnMut(&Desk)) -> Vec<String> {
    let mut stops: Vec<String> = Vec::new();
    for _ in 0..MAX_STOPS {
        desk.window.key_press(Key::Tab);
        desk.settle();
        let name = desk
            .window
            .query_all_by(|node| node.is_focused() && !node.is_root())
            .map(|node| {
                let node = node.accesskit_node();
                format!(
                    "{:?} {}",
                    node.role(),
                    short(&node.label().unwrap_or_default())
                )
            })
            .next();
        let Some(name) = name else {
            break;
        };
        if stops.first() == Some(&name) {
            return stops;
        }
        each(desk);
        stops.push(name);
    }
    stops
}

#[test]
fn the_tab_key_goes_from_pane_to_pane() {
    let mut desk = opened();
    let stops = stops(&mut desk, |_| {});
    assert!(stops.len() < MAX_STOPS, "{stops:#?}");
    insta::assert_snapshot!(stops.join("\n"));
}

/// Whether something painted in the accent colour marks the place.
fn is_marked(desk: &Desk, theme: Theme) -> bool {
    let focused = desk
        .window
        .query_all_by(|node| node.is_focused() && !node.is_root())
        .next()
        .expect("has the focus")
        .rect()
        .expand(3.0);
    let tokens = match theme {
        Theme::Dark => &tokenloupe::window::theme::DARK,
        Theme::Light => &tokenloupe::window::theme::LIGHT,
    };
    let accent = |shape: &Shape| match shape {
        Shape::Rect(rect) => {
            rect.stroke.color == tokens.accent
                && rect.stroke.width >= 1.0
                && focused.intersects(rect.rect)
        }
        Shape::LineSegment { points, stroke } => {
            stroke.color == tokens.accent && points.iter().any(|point| focused.contains(*point))
        }
        _ => false,
    };
    desk.window
        .output()
        .shapes
        .iter()
        .any(|shape| accent(&shape.shape))
}

#[test]
fn the_focus_is_seen_wherever_it_is() {
    for theme in [Theme::Dark, Theme::Light] {
        let builder = Harness::builder().with_theme(theme);
        let builder = builder.with_size(egui::vec2(1440.0, 900.0));
        let mut desk = Desk::build(builder, options());
        let mut unseen = Vec::new();
        let all = stops(&mut desk, |desk| {
            let is_seen = is_marked(desk, theme);
            unseen.push(!is_seen);
        });
        let unseen: Vec<_> = all
            .iter()
            .zip(&unseen)
            .filter(|(_, unseen)| **unseen)
            .collect();
        assert!(unseen.is_empty(), "{theme:?}: {unseen:#?}");
    }
}

#[test]
fn every_stop_is_on_the_screen_where_the_window_is_small() {
    let mut desk = Desk::with(820.0, 600.0, options());
    let all = stops(&mut desk, |desk| {
        let node = desk
            .window
            .query_all_by(|node| node.is_focused() && !node.is_root())
            .next()
            .expect("has the focus");
        let (rect, screen) = (node.rect(), desk.window.ctx.content_rect());
        let name = node.accesskit_node().label().unwrap_or_default();
        assert!(rect.intersects(screen.shrink(8.0)), "{name}: {rect:?}");
    });
    assert!(all.len() > 15, "{all:#?}");
}

#[test]
fn the_borders_of_rail_and_column_move_by_their_arrow_keys() {
    let mut desk = opened();
    let mut widths = Vec::new();
    stops(&mut desk, |desk| {
        let node = desk
            .window
            .query_all_by(|node| node.is_focused() && !node.is_root())
            .next();
        if node.is_some_and(|node| node.accesskit_node().role() == Role::Splitter) {
            widths.push(desk.window.state().model().layout);
        }
    });
    assert_eq!(widths.len(), 2, "a border each");

    let width = |desk: &Desk| {
        let layout = desk.window.state().model().layout;
        (layout.rail, layout.column)
    };
    for (index, wider) in [(0, Key::ArrowRight), (1, Key::ArrowLeft)] {
        let mut desk = opened();
        let before = width(&desk);
        let mut borders = 0;
        for _ in 0..MAX_STOPS {
            keys(&mut desk, Modifiers::NONE, Key::Tab);
            let focused = desk
                .window
                .query_all_by(|node| node.is_focused() && !node.is_root())
                .next()
                .map(|node| node.accesskit_node().role());
            if focused == Some(Role::Splitter) {
                if borders == index {
                    break;
                }
                borders += 1;
            }
        }
        keys(&mut desk, Modifiers::NONE, wider);
        let after = width(&desk);
        if index == 0 {
            assert!(after.0 > before.0 && (after.1 - before.1).abs() < 0.1);
        } else {
            assert!(after.1 > before.1 && (after.0 - before.0).abs() < 0.1);
        }
    }
}
