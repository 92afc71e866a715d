//! Choosing files in the system's dialog.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::window::loading::Wanted;

/// A dialog that is gone sooner was not closed by a person: there is none on this system.
const NO_DIALOG: Duration = Duration::from_millis(400);

/// Asks for files. What [`FilePicker::ask`] gives is run on a thread of its own and may take as long as the user does.
pub trait FilePicker {
    /// Prepares the question on the window's thread. The answer is `None` when nothing was chosen, or where no dialog can open.
    fn ask(&self, wanted: Wanted, frame: &eframe::Frame) -> Answer;

    /// The same for a place to save to, with a name for the file. The answer has one path, and the user was asked where
    /// that is there already.
    fn ask_where(&self, name: &str, frame: &eframe::Frame) -> Answer;
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
            Wanted::Payload => "Add the payload",
            Wanted::Policy => "Import a policy",
            Wanted::Revoked => "Choose a file of revoked jti",
            Wanted::Secret => "Add a shared secret",
            Wanted::Tokens => "Open files with tokens",
            Wanted::Words => "Try word lists as secrets",
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

    fn ask_where(&self, name: &str, frame: &eframe::Frame) -> Answer {
        let file = rfd::AsyncFileDialog::new()
            .set_title("Save as")
            .set_file_name(name)
            .set_parent(frame)
            .save_file();
        Box::new(move || Some(vec![pollster::block_on(file)?.path().to_owned()]))
    }
}

/// What came of a dialog.
pub(in crate::window) struct Picked {
    pub(in crate::window) wanted: Wanted,
    pub(in crate::window) paths: Option<Vec<PathBuf>>,
    /// Whether it was gone before anybody can have seen it.
    pub(in crate::window) was_missing: bool,
}

/// Waits for a place to save to; the path, and whether there was no dialog to ask with.
pub(in crate::window) fn wait_for_place(answer: Answer) -> (Option<PathBuf>, bool) {
    let start = Instant::now();
    let path = answer().and_then(|paths| paths.into_iter().next());
    let was_missing = path.is_none() && start.elapsed() < NO_DIALOG;
    (path, was_missing)
}

/// Waits for an answer and notes how long it took.
pub(in crate::window) fn wait(wanted: Wanted, answer: Answer) -> Picked {
    let start = Instant::now();
    // Where zenity stands in, no files is an empty list.
    let paths = answer().filter(|paths| !paths.is_empty());
    Picked {
        wanted,
        was_missing: paths.is_none() && start.elapsed() < NO_DIALOG,
        paths,
    }
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
}
