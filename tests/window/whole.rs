//! Pictures of the whole window in every state, dark and light, wide, narrow, small and enlarged.
//!
//! The states that the sizes matter to are taken at all of them, what stands over the window at one. `docs/window.md` says what they
//! are compared with, and how they differ.

use std::fmt::Write as _;
use std::path::PathBuf;

use egui::{Key, Modifiers, Rect, Theme, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::{Harness, SnapshotResults};
use tokenloupe::window::LaunchOptions;
use tokenloupe::window::Wanted;
use tokenloupe::window::dialogs::{Answer, FilePicker};

use crate::desk::{Desk, sample_path};
use crate::pictures::{can_draw, options};
use crate::stage::token;

/// The sizes: the name, the width and height in points, pixels per point.
const SIZES: [(&str, [f32; 2], f32); 4] = [
    ("1440", [1440.0, 900.0], 1.0),
    ("1000", [1000.0, 700.0], 1.0),
    ("820", [820.0, 600.0], 1.0),
    // The window of 1440 by 900, enlarged.
    ("zoom", [720.0, 450.0], 2.0),
];

/// A state of the window: its name, what it opens with, and what is done then.
struct State {
    name: &'static str,
    inputs: &'static [&'static str],
    keys: &'static [&'static str],
    act: fn(&mut Desk),
}

impl State {
    const fn of(name: &'static str, inputs: &'static [&'static str]) -> Self {
        Self {
            name,
            inputs,
            keys: &["issuer.jwks.json"],
            act: |_| {},
        }
    }

    const fn without_keys(self) -> Self {
        Self { keys: &[], ..self }
    }

    const fn then(self, act: fn(&mut Desk)) -> Self {
        Self { act, ..self }
    }

    fn options(&self) -> LaunchOptions {
        let paths = |names: &[&str]| -> Vec<PathBuf> {
            names.iter().map(|name| sample_path(name)).collect()
        };
        LaunchOptions {
            inputs: paths(self.inputs).into_iter().map(Into::into).collect(),
            keys: paths(self.keys),
        }
    }
}

const REQUEST: &[&str] = &["request.http"];

/// States that look otherwise at each size.
const AT_ALL_SIZES: &[State] = &[
    State::of("empty", &[]).without_keys(),
    State::of("expired", REQUEST),
    State::of("no-key", REQUEST).without_keys(),
    State::of("fault", &["damaged.jwt"]),
    State::of("huge", &[]).then(|desk| desk.paste(&huge())),
    State::of("many", &[]).then(|desk| desk.paste(&many())),
];

/// States that are shown once in each theme.
const AT_ONE_SIZE: &[State] = &[
    State::of("accepted", REQUEST).then(|desk| {
        let accepted = desk.names("Token ").into_iter();
        let name = accepted.clone().find(|name| name.contains("accept"));
        desk.click(&name.expect("one is valid"));
    }),
    State::of("unsecured", &["unsecured.jwt"]),
    State::of("encrypted", REQUEST).then(|desk| {
        let name = desk.names("Token 4").remove(0);
        desk.click(&name);
    }),
    State::of("selected", REQUEST).then(|desk| {
        desk.window.get_by_label_contains("nonce: n-0S6").click();
        desk.settle();
    }),
    State::of("json", REQUEST).then(|desk| {
        desk.click("Header as JSON");
        desk.click("Claims as JSON");
    }),
    State::of("hex", REQUEST).then(|desk| {
        desk.click("Header as Hex");
        desk.click("Claims as Hex");
    }),
    State::of("clock-held", REQUEST).then(|desk| {
        keys(desk, Modifiers::COMMAND, Key::T);
        types(desk, "2026-11-18T20:30:00Z");
        desk.window.key_press(Key::Enter);
        desk.settle();
        desk.window.key_press(Key::Escape);
        desk.settle();
    }),
    State::of("clock-menu", REQUEST).then(|desk| keys(desk, Modifiers::COMMAND, Key::T)),
    State::of("clock-offers", &[]).then(|desk| {
        desk.paste(&crate::clock::dated());
        keys(desk, Modifiers::COMMAND, Key::T);
        types(desk, "2026-11-18 20:14");
    }),
    State::of("clock-zones", REQUEST).then(|desk| {
        desk.click("Time zone: UTC\u{2026}");
        types(desk, "america/n");
    }),
    State::of("policy-menu", REQUEST).then(|desk| desk.click("Policy: none")),
    State::of("menu", REQUEST).then(|desk| {
        desk.click("Menu");
        desk.click("Go to");
    }),
    State::of("notices", REQUEST).then(|desk| {
        desk.paste("just words");
        keys(desk, Modifiers::COMMAND, Key::PageDown);
        keys(desk, Modifiers::COMMAND, Key::W);
    }),
    State::of("palette", REQUEST).then(|desk| {
        keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        types(desk, "cl");
    }),
    State::of("help", REQUEST).then(|desk| keys(desk, Modifiers::NONE, Key::F1)),
    State::of("about", REQUEST).then(|desk| {
        keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        types(desk, "about");
        desk.window.key_press(Key::Enter);
        desk.settle();
    }),
    State::of("path", REQUEST).then(|desk| {
        keys(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
    }),
];

fn keys(desk: &mut Desk, modifiers: Modifiers, key: Key) {
    desk.window.key_press_modifiers(modifiers, key);
    desk.settle();
}

fn types(desk: &mut Desk, text: &str) {
    desk.window.event(egui::Event::Text(text.to_owned()));
    desk.settle();
}

/// A token of about 1 MiB: a claim of 500 kB, 2 000 members, 200 levels.
pub(super) fn huge() -> String {
    let levels = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let mut members = String::new();
    for at in 0..2_000 {
        write!(members, r#","member-{at}":"value {at}""#).unwrap();
    }
    let long = "0123456789abcdef".repeat(31_250);
    let payload = format!(
        r#"{{"iss":"https://accounts.example","exp":2400000000,"long":"{long}","deep":{levels}{members}}}"#
    );
    format!("{}AAAA", token(r#"{"alg":"RS256","typ":"JWT"}"#, &payload))
}

/// Tokens of several issuers, by the hundred.
fn many() -> String {
    let claims = |at: usize| {
        let exp = 2_400_000_000_u64.saturating_sub(at as u64 * 700_000_000 / 100);
        format!(
            r#"{{"iss":"https://{}.example","sub":"user-{at:03}","exp":{exp}}}"#,
            ["accounts", "login", "idp"][at % 3]
        )
    };
    let line = |at| {
        let header = [r#"{"alg":"HS256"}"#, r#"{"alg":"none"}"#][usize::from(at % 7 == 0)];
        format!("{}AAAA\n", token(header, &claims(at)))
    };
    (0..300).map(line).collect()
}

fn picture(
    results: &mut SnapshotResults,
    state: &State,
    theme: Theme,
    (name, size, pixels_per_point): (&str, [f32; 2], f32),
) {
    let mut desk = draw(state, theme, size, pixels_per_point);
    (state.act)(&mut desk);
    shot(results, &mut desk, state.name, theme, (name, size));
}

fn draw(state: &State, theme: Theme, size: [f32; 2], pixels_per_point: f32) -> Desk {
    let builder = Harness::builder()
        .with_size(vec2(size[0], size[1]))
        .with_pixels_per_point(pixels_per_point)
        .with_theme(theme)
        .with_options(options())
        .wgpu();
    Desk::build(builder, state.options())
}

fn shot(
    results: &mut SnapshotResults,
    desk: &mut Desk,
    state: &str,
    theme: Theme,
    (name, size): (&str, [f32; 2]),
) {
    // How long it took differs from run to run, in width too.
    let corner = pos2(size[0], size[1]);
    let from = corner - vec2(280.0, 22.0);
    desk.window
        .mask(Rect::from_min_max(from, corner - vec2(150.0, 1.0)));
    let theme = if theme == Theme::Dark {
        "dark"
    } else {
        "light"
    };
    let name = format!("window/{state}-{name}-{theme}");
    results.add(desk.window.try_snapshot(name));
}

/// Tokens in other forms than the samples have.
const OTHER_FORMS: &[State] = &[
    State::of("nested", &[])
        .without_keys()
        .then(crate::layers::show_nested),
    State {
        keys: &["partner.jwks.json"],
        ..State::of("sealed", &["sealed.jwt"])
    },
    State::of("nested-inner", &[])
        .without_keys()
        .then(crate::layers::show_inner),
    State::of("two-signatures", &[])
        .without_keys()
        .then(crate::layers::show_two_signatures),
    State::of("detached", &[])
        .without_keys()
        .then(crate::layers::show_detached),
];

/// Tokens that have to do with each other.
const TOGETHER: &[State] = &[State::of("together", &[])
    .without_keys()
    .then(crate::together::show)];

#[test]
fn tokens_that_lead_to_each_other() {
    pictures(TOGETHER, &SIZES[..2]);
}

/// What a token is taken for: the menu, and a kind that was chosen.
const KINDS: &[State] = &[
    State::of("kind-menu", REQUEST).then(|desk| keys(desk, Modifiers::COMMAND, Key::I)),
    State::of("kind-chosen", REQUEST).then(|desk| {
        keys(desk, Modifiers::COMMAND, Key::I);
        types(desk, "logout");
        desk.window.key_press(Key::Enter);
        desk.settle();
    }),
];

#[test]
fn what_a_token_is_taken_for() {
    pictures(KINDS, &SIZES[..1]);
}

#[test]
fn tokens_of_other_forms() {
    pictures(OTHER_FORMS, &SIZES[..1]);
}

fn pictures(states: &[State], sizes: &[(&str, [f32; 2], f32)]) {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for state in states {
        for theme in [Theme::Dark, Theme::Light] {
            for &size in sizes {
                picture(&mut results, state, theme, size);
            }
        }
    }
}

// In threads of their own, as drawing in software takes its time.
#[test]
fn the_first_states_at_all_sizes() {
    pictures(&AT_ALL_SIZES[..3], &SIZES);
}

#[test]
fn the_other_states_at_all_sizes() {
    pictures(&AT_ALL_SIZES[3..], &SIZES);
}

#[test]
fn the_first_states_at_one_size() {
    pictures(&AT_ONE_SIZE[..7], &SIZES[..1]);
}

#[test]
fn the_other_states_at_one_size() {
    pictures(&AT_ONE_SIZE[7..], &SIZES[..1]);
}

/// A dialog that stays open until the test is over.
struct Waiting;

impl FilePicker for Waiting {
    fn ask(&self, _: Wanted, _: &eframe::Frame) -> Answer {
        Box::new(|| {
            std::thread::sleep(std::time::Duration::from_secs(30));
            None
        })
    }

    fn ask_where(&self, _: &str, frame: &eframe::Frame) -> Answer {
        self.ask(Wanted::Keys, frame)
    }
}

#[test]
fn what_is_being_worked_on_is_shown_and_can_be_cancelled() {
    let state = State::of("busy", REQUEST);
    let builder = Harness::builder().with_size(vec2(1440.0, 900.0));
    let builder = builder.with_theme(Theme::Dark);
    let can_draw = can_draw();
    let builder = if can_draw {
        builder.with_options(options()).wgpu()
    } else {
        builder
    };
    let mut desk = Desk::build_with(builder, state.options(), Box::new(Waiting));
    desk.window.get_by_label("Open\u{2026}").click();
    desk.window.run_steps(4);
    assert!(desk.has("Choosing files\u{2026}"));
    if can_draw {
        // What turns does so with the time, and how many frames went by until here differs from run to run.
        desk.window.input_mut().time = Some(100.0);
        desk.window.step();
        desk.window.input_mut().time = None;
        let mut results = SnapshotResults::new();
        let size = ("1440", [1440.0, 900.0]);
        shot(&mut results, &mut desk, state.name, Theme::Dark, size);
    }
    desk.click("Cancel");
    assert!(!desk.has("Choosing files\u{2026}"));
}
