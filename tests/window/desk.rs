//! A window with a clock, a clipboard and dialogs of its own.

use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::vec2;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use egui_kittest::{Harness, HarnessBuilder};
use tokenloupe::keeping::{PolicyStore, Store};
use tokenloupe::window::clipboard::{Clipboard, ClipboardFault};
use tokenloupe::window::dialogs::{Answer, FilePicker};
use tokenloupe::window::{App, LaunchOptions, Surroundings, Wanted};
use zeroize::Zeroizing;

/// The instant that the window takes for now.
pub(crate) const NOW: &str = "2026-11-21T22:40:13Z";

/// How far the window says that it reaches.
pub(crate) const REACH: &str = if cfg!(feature = "fetch") {
    "Offline until you fetch keys"
} else {
    "Offline: nothing leaves this machine"
};

/// A clipboard that only this test sees.
#[derive(Clone)]
pub(crate) struct Board(Arc<Mutex<Result<String, ClipboardFault>>>);

impl Board {
    pub(crate) fn put(&self, text: &str) {
        *self.0.lock().unwrap() = Ok(text.to_owned());
    }

    pub(crate) fn put_fault(&self, fault: ClipboardFault) {
        *self.0.lock().unwrap() = Err(fault);
    }

    pub(crate) fn text(&self) -> Option<String> {
        self.0.lock().unwrap().clone().ok()
    }
}

impl Clipboard for Board {
    fn read(&mut self) -> Result<Zeroizing<String>, ClipboardFault> {
        self.0.lock().unwrap().clone().map(Zeroizing::new)
    }

    fn write(&mut self, text: &str) -> Result<(), ClipboardFault> {
        self.put(text);
        Ok(())
    }

    fn clear(&mut self) -> Result<(), ClipboardFault> {
        self.put_fault(ClipboardFault::NoText);
        Ok(())
    }
}

/// Dialogs that answer at once with what was put here.
#[derive(Clone, Default)]
pub(crate) struct Picker(Arc<Mutex<Option<Vec<PathBuf>>>>);

impl Picker {
    pub(crate) fn put(&self, paths: &[PathBuf]) {
        *self.0.lock().unwrap() = Some(paths.to_vec());
    }
}

impl FilePicker for Picker {
    fn ask(&self, _: Wanted, _: &eframe::Frame) -> Answer {
        let answer = self.0.lock().unwrap().clone();
        Box::new(move || answer)
    }

    fn ask_where(&self, name: &str, _: &eframe::Frame) -> Answer {
        // A folder that was put here stands for a place in it.
        let answer = self.0.lock().unwrap().clone();
        let name = name.to_owned();
        Box::new(move || {
            let folder = answer?.into_iter().next()?;
            Some(vec![folder.join(name)])
        })
    }
}

/// A window under test.
pub(crate) struct Desk {
    pub(crate) window: Harness<'static, App>,
    pub(crate) board: Board,
    pub(crate) picker: Picker,
    /// What the desktop says about its theme.
    pub(crate) system_theme: Sender<egui::Theme>,
    /// Where it saves keys.
    pub(crate) directory: Arc<tempfile::TempDir>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self::sized(1440.0, 900.0)
    }

    pub(crate) fn sized(width: f32, height: f32) -> Self {
        Self::with(width, height, LaunchOptions::default())
    }

    pub(crate) fn with(width: f32, height: f32, options: LaunchOptions) -> Self {
        let builder = Harness::builder().with_theme(egui::Theme::Dark);
        Self::build(builder.with_size(vec2(width, height)), options)
    }

    pub(crate) fn build(builder: HarnessBuilder<App>, options: LaunchOptions) -> Self {
        let picker = Picker::default();
        let mut desk = Self::build_with(builder, options, Box::new(picker.clone()));
        desk.picker = picker;
        desk
    }

    /// With dialogs of another kind.
    pub(crate) fn build_with(
        builder: HarnessBuilder<App>,
        options: LaunchOptions,
        picker: Box<dyn FilePicker>,
    ) -> Self {
        Self::build_in(builder, options, picker, None)
    }

    /// The window that is opened after this one.
    pub(crate) fn again(&self) -> Self {
        let builder = Harness::builder().with_theme(egui::Theme::Dark);
        Self::build_in(
            builder.with_size(vec2(1440.0, 900.0)),
            LaunchOptions::default(),
            Box::new(Picker::default()),
            Some(Arc::clone(&self.directory)),
        )
    }

    fn build_in(
        builder: HarnessBuilder<App>,
        options: LaunchOptions,
        picker: Box<dyn FilePicker>,
        directory: Option<Arc<tempfile::TempDir>>,
    ) -> Self {
        let board = Board(Arc::new(Mutex::new(Err(ClipboardFault::NoText))));
        let (system_theme, themes) = channel();
        let directory = directory.unwrap_or_else(|| Arc::new(tempfile::tempdir().unwrap()));
        let surroundings = Surroundings {
            #[cfg(feature = "fetch")]
            fetch: crate::fetch::scripted(),
            now: Box::new(|| NOW.parse().unwrap()),
            clipboard: Box::new(board.clone()),
            picker,
            policies: Some(PolicyStore::at(directory.path().join("policies"))),
            store: Some(Store::at(directory.path().join("keys")).with_iterations(1_000)),
            themes: Box::new(|_| themes),
        };
        let window = builder
            .with_max_steps(16)
            .build_eframe(|cc| App::with_surroundings(cc, options, surroundings));
        let mut desk = Self {
            window,
            board,
            picker: Picker::default(),
            system_theme,
            directory,
        };
        desk.settle();
        desk
    }

    /// Until nothing is being worked on.
    pub(crate) fn settle(&mut self) {
        let start = Instant::now();
        loop {
            self.window.step();
            if self.window.state().is_idle() {
                break;
            }
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "still busy: {:?}",
                self.window.state().model().busy
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        self.window.run();
    }

    pub(crate) fn paste(&mut self, text: &str) {
        self.board.put(text);
        self.window
            .key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::V);
        self.settle();
    }

    /// Clicks what has this name; of several, the one that was laid out first.
    pub(crate) fn click(&mut self, name: &str) {
        self.window
            .get_all_by_label(name)
            .next()
            .unwrap_or_else(|| panic!("nothing is called {name}"))
            .click();
        self.settle();
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.window
            .query_all_by_label_contains(name)
            .next()
            .is_some()
    }

    /// The names of all nodes that begin so.
    pub(crate) fn names(&self, start: &str) -> Vec<String> {
        self.window
            .query_all_by_label_contains(start)
            .filter_map(|node| node.accesskit_node().label())
            .filter(|label| label.starts_with(start))
            .collect()
    }
}

pub(crate) fn sample(name: &str) -> String {
    std::fs::read_to_string(sample_path(name)).unwrap()
}

pub(crate) fn sample_path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("assets/samples")
        .join(name)
}
