//! Choosing files: the system's dialog, and a field for a path where no dialog can open.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Frame, Id, Key, Modal, TextEdit, Ui};

use super::commands::Command;
use super::loading::Wanted;
use super::theme::{self, space};

/// A dialog that is gone sooner was not closed by a person: there is none on this system.
const NO_DIALOG: Duration = Duration::from_millis(400);

/// Asks for files. What [`FilePicker::ask`] gives is run on a thread of its own and may take as long as the user does.
pub trait FilePicker {
    /// Prepares the question on the window's thread. The answer is `None` when nothing was chosen, or where no dialog can open.
    fn ask(&self, wanted: Wanted, frame: &eframe::Frame) -> Answer;
}

/// Waits for the user.
pub type Answer = Box<dyn FnOnce() -> Option<Vec<PathBuf>> + Send>;

/// The system's own dialogs.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemPicker;

impl FilePicker for SystemPicker {
    fn ask(&self, wanted: Wanted, frame: &eframe::Frame) -> Answer {
        let title = match wanted {
            Wanted::Keys => "Add keys",
            Wanted::Secret => "Add a shared secret",
            Wanted::Tokens => "Open files with tokens",
        };
        // macOS wants it started here and awaited elsewhere.
        let files = rfd::AsyncFileDialog::new()
            .set_title(title)
            .set_parent(frame)
            .pick_files();
        Box::new(move || {
            let files = pollster::block_on(files)?;
            Some(files.iter().map(|file| file.path().to_owned()).collect())
        })
    }
}

/// What came of a dialog.
pub(super) struct Picked {
    pub(super) wanted: Wanted,
    pub(super) paths: Option<Vec<PathBuf>>,
    /// Whether it was gone before anybody can have seen it.
    pub(super) was_missing: bool,
}

/// Waits for an answer and notes how long it took.
pub(super) fn wait(wanted: Wanted, answer: Answer) -> Picked {
    let start = Instant::now();
    // Where zenity stands in, no files is an empty list.
    let paths = answer().filter(|paths| !paths.is_empty());
    Picked {
        wanted,
        was_missing: paths.is_none() && start.elapsed() < NO_DIALOG,
        paths,
    }
}

/// A dialog in the window that asks for a file by its path.
#[derive(Debug)]
pub(super) struct PathDialog {
    pub(super) wanted: Wanted,
    /// Whether it stands in for a dialog that could not open.
    pub(super) stands_in: bool,
    path: String,
    is_new: bool,
}

impl PathDialog {
    pub(super) fn new(wanted: Wanted, stands_in: bool) -> Self {
        Self {
            wanted,
            stands_in,
            path: String::new(),
            is_new: true,
        }
    }

    /// Shows it; gives what to do and whether it stays open.
    pub(super) fn ui(&mut self, ui: &mut Ui) -> (Option<Command>, bool) {
        let tokens = theme::tokens(ui);
        let mut command = None;
        let mut done = false;
        let frame = Frame::popup(ui.style()).inner_margin(space::L);
        let modal = Modal::new(Id::unique("path dialog")).frame(frame);
        let modal = modal.show(ui.ctx(), |ui| {
            ui.spacing_mut().item_spacing.y = space::S;
            ui.set_width(420.0_f32.min(ui.ctx().content_rect().width() - 64.0));
            let (title, button) = match self.wanted {
                Wanted::Keys => ("Add a key by path", "Add key"),
                Wanted::Secret => ("Add a shared secret by path", "Add secret"),
                Wanted::Tokens => ("Open a file by path", "Open file"),
            };
            ui.heading(title);
            if self.stands_in {
                ui.colored_label(
                    tokens.dim,
                    "The file dialog of this desktop did not open, or was closed at once.",
                );
            }
            let label = ui.label("Path of the file");
            let field = TextEdit::singleline(&mut self.path)
                .margin(egui::Margin::symmetric(6, 4))
                .id_salt("path")
                .desired_width(f32::INFINITY);
            let field = ui.add(field).labelled_by(label.id);
            if std::mem::take(&mut self.is_new) {
                field.request_focus();
            }
            let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            ui.add_space(space::S);
            ui.horizontal(|ui| {
                let typed = !self.path.trim().is_empty();
                let clicked = ui.add_enabled(typed, egui::Button::new(button)).clicked();
                if typed && (clicked || entered) {
                    let path = at_home(self.path.trim());
                    command = Some(Command::OpenPaths(vec![path], self.wanted));
                    done = true;
                }
                done |= ui.button("Cancel").clicked();
            });
        });
        (command, !done && !modal.should_close())
    }
}

/// `~/` as shells read it.
fn at_home(path: &str) -> PathBuf {
    let home = path
        .strip_prefix("~/")
        .and_then(|rest| Some(directories::UserDirs::new()?.home_dir().join(rest)));
    home.unwrap_or_else(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_nobody_can_have_given_is_told_from_cancelling() {
        assert!(wait(Wanted::Tokens, Box::new(|| None)).was_missing);
        let slow = Box::new(|| {
            std::thread::sleep(NO_DIALOG);
            None
        });
        assert!(!wait(Wanted::Tokens, slow).was_missing);
        assert!(wait(Wanted::Keys, Box::new(|| Some(Vec::new()))).was_missing);
        let chosen = || Some(vec![PathBuf::from("a.pem")]);
        assert!(!wait(Wanted::Keys, Box::new(chosen)).was_missing);
    }

    #[test]
    fn paths_may_begin_at_home() {
        assert_eq!(at_home("/tmp/a.pem"), PathBuf::from("/tmp/a.pem"));
        assert!(at_home("~/a.pem").ends_with("a.pem") && !at_home("~/a.pem").starts_with("~"));
    }
}
