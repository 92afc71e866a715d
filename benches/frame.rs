//! What one frame of the whole window costs the processor: its logic, layout and tessellation, without a graphics card, beside a
//! frame in which nothing is shown, in one run.
//!
//! `cargo bench --bench frame` prints all of them. Where the name says nothing else, nothing changed since the frame before.

use std::cell::Cell;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::rc::Rc;

use divan::Bencher;
use eframe::App as _;
use egui::accesskit::Rect as NodeRect;
use egui::epaint::ClippedPrimitive;
use egui::{
    CentralPanel, Context, Event, FullOutput, Key, Modifiers, MouseWheelSource, MouseWheelUnit,
    PointerButton, Pos2, RawInput, Rect, TouchPhase, Vec2, pos2, vec2,
};
use jiff::Timestamp;
use tokenloupe::jose::base64url;
use tokenloupe::window::clipboard::{Clipboard, ClipboardFault};
use tokenloupe::window::dialogs::{Answer, FilePicker};
use tokenloupe::window::{App, LaunchOptions, Surroundings, Wanted, theme};
use zeroize::Zeroizing;

/// The size of the window, in points: what it opens with.
const SIZE: Vec2 = vec2(1440.0, 900.0);

/// Seconds between two frames.
const FRAME: f64 = 1.0 / 60.0;

/// Seconds since 1970 when a window opens.
const START: i64 = 1_795_300_813;

/// Points by which the wheel turns from frame to frame, and frames until it turns back.
const WHEEL: f32 = 60.0;
const TURNS: u32 = 150;

fn main() {
    divan::main();
}

#[divan::bench]
fn reference_nothing_shown(bencher: Bencher<'_, '_>) {
    let mut egui = Egui::default();
    theme::install(&egui.ctx);
    bencher.bench_local(|| {
        egui.frame(Vec::new(), |ui| {
            CentralPanel::default().show(ui, |_| ());
        })
    });
}

#[divan::bench]
fn no_token(bencher: Bencher<'_, '_>) {
    steady(bencher, Window::open(Vec::new()));
}

#[divan::bench]
fn token_1_kib(bencher: Bencher<'_, '_>) {
    steady(bencher, Window::open(vec![small_token(0).into()]));
}

#[divan::bench]
fn token_1_kib_a_second_later(bencher: Bencher<'_, '_>) {
    ticking(bencher, Window::open(vec![small_token(0).into()]));
}

#[divan::bench(args = Form::ALL)]
fn token_1_mib(bencher: Bencher<'_, '_>, form: Form) {
    steady(bencher, Window::with_large_token(form));
}

#[divan::bench(args = Form::ALL)]
fn token_1_mib_while_scrolling(bencher: Bencher<'_, '_>, form: Form) {
    scrolling(bencher, Window::with_large_token(form));
}

#[divan::bench]
fn token_1_mib_a_second_later(bencher: Bencher<'_, '_>) {
    ticking(bencher, Window::with_large_token(Form::Table));
}

/// What the reader takes longest over: a name twice is a fault, with its finding, each.
#[divan::bench(args = Hostile::ALL)]
fn hostile_1_mib(bencher: Bencher<'_, '_>, hostile: Hostile) {
    steady(bencher, Window::with(&hostile.token()));
}

#[divan::bench(args = Hostile::ALL)]
fn hostile_1_mib_a_second_later(bencher: Bencher<'_, '_>, hostile: Hostile) {
    ticking(bencher, Window::with(&hostile.token()));
}

#[divan::bench(args = [10, 10_000])]
fn tokens_in_the_rail(bencher: Bencher<'_, '_>, count: usize) {
    steady(bencher, Window::with_tokens(count));
}

#[divan::bench(args = [10, 10_000])]
fn tokens_in_the_rail_a_second_later(bencher: Bencher<'_, '_>, count: usize) {
    ticking(bencher, Window::with_tokens(count));
}

#[divan::bench(args = [10, 100_000])]
fn tokens_in_the_table(bencher: Bencher<'_, '_>, count: usize) {
    steady(bencher, Window::with_table(count));
}

#[divan::bench(args = [10, 100_000])]
fn tokens_in_the_table_a_second_later(bencher: Bencher<'_, '_>, count: usize) {
    ticking(bencher, Window::with_table(count));
}

/// The rows are being found and sorted: a slice of them in each frame.
#[divan::bench(args = [10, 100_000])]
fn tokens_in_the_table_being_sorted(bencher: Bencher<'_, '_>, count: usize) {
    let mut window = Window::with_table(count);
    let keys = (Modifiers::NONE, Key::Enter);
    window.click("Sort by Issuer");
    bencher.bench_local(|| {
        // Begins anew where it is at its end, and in the other direction.
        let is_idle = window.app.is_idle();
        window.frame(if is_idle { pressed(keys) } else { Vec::new() })
    });
}

/// How the claims are shown.
#[derive(Debug, Clone, Copy)]
enum Form {
    Hex,
    Json,
    Table,
}

impl Form {
    const ALL: [Self; 3] = [Self::Table, Self::Json, Self::Hex];

    /// What the control that chooses it is called.
    fn control(self) -> &'static str {
        match self {
            Self::Hex => "Claims as Hex",
            Self::Json => "Claims as JSON",
            Self::Table => "Claims as Table",
        }
    }
}

/// A token of about 1 MiB that is meant to hold the window up.
#[derive(Debug, Clone, Copy)]
enum Hostile {
    /// 80 000 claims, all of one name.
    OneName,
    /// 80 000 claims.
    ShortNames,
    /// 40 000 names, each twice.
    NamesTwice,
}

impl Hostile {
    const ALL: [Self; 3] = [Self::OneName, Self::ShortNames, Self::NamesTwice];

    fn token(self) -> String {
        let members: Vec<_> = (0..80_000)
            .map(|number| match self {
                Self::OneName => r#""exp":1"#.to_owned(),
                Self::ShortNames => format!(r#""{number:05x}":1"#),
                Self::NamesTwice => format!(r#""{:05x}":1"#, number / 2),
            })
            .collect();
        token(&format!("{{{}}}", members.join(",")))
    }
}

fn steady(bencher: Bencher<'_, '_>, mut window: Window) {
    bencher.bench_local(|| window.frame(Vec::new()));
}

/// The clock went on by a second: the token on screen is judged anew, and a slice of the others.
fn ticking(bencher: Bencher<'_, '_>, mut window: Window) {
    bencher.bench_local(|| {
        window.now.set(window.now.get() + 1);
        window.frame(Vec::new())
    });
}

/// The wheel turns over the claims, down for a while and up again.
fn scrolling(bencher: Bencher<'_, '_>, mut window: Window) {
    let over = window.place(Form::Json.control()).center() + vec2(0.0, 100.0);
    window.frame(vec![Event::PointerMoved(over)]);
    window.settle();
    let before = window.frame(Vec::new());
    let mut turns = 0_u32;
    let mut turn = move |window: &mut Window| {
        let is_down = (turns / TURNS).is_multiple_of(2);
        turns += 1;
        window.frame(vec![Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: vec2(0.0, if is_down { -WHEEL } else { WHEEL }),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Wheel,
            modifiers: Modifiers::NONE,
        }])
    };
    // What the wheel does is seen in a later frame.
    let after = (0..9).map(|_| turn(&mut window)).last();
    let is_scrolled = after.is_some_and(|after| differ(&before, &after));
    assert!(is_scrolled, "the wheel scrolls nothing");
    bencher.bench_local(|| turn(&mut window));
}

/// Whether two frames look different.
fn differ(before: &[ClippedPrimitive], after: &[ClippedPrimitive]) -> bool {
    format!("{before:?}") != format!("{after:?}")
}

/// The event of a key.
fn pressed((modifiers, key): (Modifiers, Key)) -> Vec<Event> {
    vec![Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    }]
}

/// What drives egui from frame to frame.
struct Egui {
    ctx: Context,
    time: f64,
}

impl Default for Egui {
    fn default() -> Self {
        Self {
            ctx: Context::default(),
            time: 0.0,
        }
    }
}

impl Egui {
    /// One frame, up to the triangles that a graphics card would be given.
    fn frame(
        &mut self,
        events: Vec<Event>,
        show: impl FnMut(&mut egui::Ui),
    ) -> Vec<ClippedPrimitive> {
        let mut output = self.run(events, show);
        let (shapes, scale) = (std::mem::take(&mut output.shapes), output.pixels_per_point);
        output.drop_without_applying_deltas();
        self.ctx.tessellate(shapes, scale)
    }

    fn run(&mut self, events: Vec<Event>, show: impl FnMut(&mut egui::Ui)) -> FullOutput {
        self.time += FRAME;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, SIZE)),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        self.ctx.run_ui(input, show)
    }
}

/// The window without a screen.
struct Window {
    egui: Egui,
    app: App,
    frame: eframe::Frame,
    /// Its clock, in seconds since 1970.
    now: Rc<Cell<i64>>,
}

impl Window {
    /// Opens it with these and waits until it has read all of them and nothing moves any more.
    fn open(inputs: Vec<OsString>) -> Self {
        let count = inputs.len();
        let egui = Egui::default();
        let now = Rc::new(Cell::new(START));
        let clock = Rc::clone(&now);
        let surroundings = Surroundings {
            #[cfg(feature = "fetch")]
            fetch: std::sync::Arc::new(|request, _, _| {
                let host = request.url.host().to_owned();
                Err(tokenloupe::fetch::FetchError::NoSuchHost { host })
            }),
            now: Box::new(move || Timestamp::from_second(clock.get()).unwrap_or_default()),
            clipboard: Box::new(Nothing),
            picker: Box::new(Nothing),
            policies: None,
            store: None,
            themes: Box::new(|_| std::sync::mpsc::channel().1),
        };
        let options = LaunchOptions {
            inputs,
            keys: Vec::new(),
        };
        let creation = eframe::CreationContext::_new_kittest(egui.ctx.clone());
        let app = App::with_surroundings(&creation, options, surroundings);
        let mut window = Self {
            egui,
            app,
            frame: eframe::Frame::_new_kittest(),
            now,
        };
        while !window.app.is_idle() {
            window.frame(Vec::new());
            std::thread::yield_now();
        }
        window.settle();
        let model = window.app.model();
        assert!(model.notices.is_empty(), "{:?}", model.notices);
        assert_eq!(model.current.is_some(), count > 0);
        window
    }

    /// Opens it with a file that holds this text.
    fn with(text: &str) -> Self {
        let file = Input::new(text);
        Self::open(vec![file.path()])
    }

    fn with_large_token(form: Form) -> Self {
        let mut window = Self::with(&large_token());
        window.click(form.control());
        window
    }

    fn with_tokens(count: usize) -> Self {
        let tokens: Vec<_> = (0..count).map(small_token).collect();
        let mut window = Self::with(&tokens.join("\n"));
        assert_eq!(window.app.model().session.tokens.len(), count);
        if window.app.model().table.is_open {
            window.click("Tokens as a list");
        }
        window
    }

    /// As a table, of shorter tokens.
    fn with_table(count: usize) -> Self {
        let tokens: Vec<_> = (0..count)
            .map(|number| {
                let issuer = number % 7;
                token(&format!(
                    r#"{{"iss":"https://{issuer}.example","sub":"user-{number:06}","exp":{}}}"#,
                    START + 3_600
                ))
            })
            .collect();
        let mut window = Self::with(&tokens.join("\n"));
        if !window.app.model().table.is_open {
            let keys = (Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
            window.frame(pressed(keys));
        }
        window.settle();
        let model = window.app.model();
        assert!(model.table.is_open && model.session.tokens.len() == count);
        window
    }

    fn frame(&mut self, events: Vec<Event>) -> Vec<ClippedPrimitive> {
        let (app, frame) = (&mut self.app, &mut self.frame);
        self.egui.frame(events, |ui| {
            app.logic(ui.ctx(), frame);
            app.ui(ui, frame);
        })
    }

    /// Presses what has this accessible name, and takes the pointer away again.
    fn click(&mut self, name: &str) {
        let at = self.place(name).center();
        let button = |pressed| Event::PointerButton {
            pos: at,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        for event in [
            Event::PointerMoved(at),
            button(true),
            button(false),
            Event::PointerGone,
        ] {
            self.frame(vec![event]);
        }
        self.settle();
    }

    /// Until animations have ended.
    fn settle(&mut self) {
        for _ in 0..60 {
            self.frame(Vec::new());
        }
    }

    /// Where that stands which has this accessible name.
    #[expect(
        clippy::unwrap_used,
        reason = "a benchmark that cannot be set up may stop"
    )]
    fn place(&mut self, name: &str) -> Rect {
        self.egui.ctx.enable_accesskit();
        let (app, frame) = (&mut self.app, &mut self.frame);
        let output = self.egui.run(Vec::new(), |ui| {
            app.logic(ui.ctx(), frame);
            app.ui(ui, frame);
        });
        self.egui.ctx.disable_accesskit();
        let update = output.platform_output.accesskit_update.clone().unwrap();
        output.drop_without_applying_deltas();
        let node = update
            .nodes
            .iter()
            .find(|(_, node)| node.label() == Some(name));
        let NodeRect { x0, y0, x1, y1 } = node.and_then(|(_, node)| node.bounds()).unwrap();
        Rect::from_min_max(pos2(x0 as f32, y0 as f32), pos2(x1 as f32, y1 as f32))
    }
}

/// A clipboard and a dialog that nobody asks.
struct Nothing;

impl Clipboard for Nothing {
    fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
        Err(ClipboardFault::Missing)
    }

    fn write(&mut self, _: &str) -> Result<(), ClipboardFault> {
        Err(ClipboardFault::Missing)
    }

    fn clear(&mut self) -> Result<(), ClipboardFault> {
        Err(ClipboardFault::Missing)
    }
}

impl FilePicker for Nothing {
    fn ask(&self, _: Wanted, _: &eframe::Frame) -> Answer {
        Box::new(|| None)
    }

    fn ask_where(&self, _: &str, _: &eframe::Frame) -> Answer {
        Box::new(|| None)
    }
}

/// A file to open.
struct Input(tempfile::TempDir);

impl Input {
    #[expect(
        clippy::unwrap_used,
        reason = "a benchmark that cannot be set up may stop"
    )]
    fn new(text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("tokens.txt"), text).unwrap();
        Self(directory)
    }

    fn path(&self) -> OsString {
        let path: PathBuf = self.0.path().join("tokens.txt");
        path.into()
    }
}

/// A token of about 1 KiB, like an ID token. Each number gives another one.
fn small_token(number: usize) -> String {
    let claims = format!(
        r#"{{"iss":"https://accounts.example","sub":"user-{number}","aud":"web-portal","name":"Jane Doe","email":"jane.doe@mail.example","nonce":"n-0S6_WzA2Mj","iat":{START},"nbf":{START},"exp":{},"auth_time":{START},"amr":["pwd","otp"],"address":{{"country":"NZ","locality":"Wellington"}},"groups":["reader","writer","auditor"]}}"#,
        START + 360_000_000
    );
    token(&claims)
}

/// A token of about 1 MiB: 2 000 claims, one of 500 kB, and one that is nested 200 levels deep.
#[expect(
    clippy::unwrap_used,
    reason = "a benchmark that cannot be set up may stop"
)]
fn large_token() -> String {
    let mut claims = format!(
        r#"{{"iss":"https://accounts.example","sub":"8f240c91","iat":{START},"exp":{},"#,
        START + 360_000_000
    );
    for number in 0..2_000 {
        write!(
            claims,
            r#""claim-{number}":{{"value":{START},"roles":["reader","writer","auditor"],"name":"Jane Doe","note":"what stands here is long enough to be cut at the edge of a column"}},"#
        )
        .unwrap();
    }
    write!(
        claims,
        r#""long":"{}","#,
        "0123456789abcdef".repeat(500_000 / 16)
    )
    .unwrap();
    write!(
        claims,
        r#""deep":{}1{}}}"#,
        r#"{"in":"#.repeat(200),
        "}".repeat(200)
    )
    .unwrap();
    token(&claims)
}

fn token(claims: &str) -> String {
    let header = base64url::encode(br#"{"alg":"RS256","typ":"JWT","kid":"bench"}"#);
    let claims = base64url::encode(claims.as_bytes());
    let signature = base64url::encode(&[0x5A; 256]);
    format!("{header}.{claims}.{signature}")
}
