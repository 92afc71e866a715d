//! What stands over the window and asks for something: one at a time, closed with Escape, and the keyboard goes back to where it was.

mod about;
mod asking;
mod closing;
mod export;
#[cfg(feature = "fetch")]
mod fetch;
mod generate;
mod help;
mod palette;
mod passphrase;
mod path;
mod picker;
mod policy_name;
mod report;
mod saved;
mod secret;

use egui::{Align2, Button, Frame, Id, Modal, RichText, Role, Ui, UiBuilder, vec2};

use self::export::ExportDialog;
use self::generate::GenerateDialog;
use self::palette::Palette;
use self::passphrase::PassphraseDialog;
use self::path::PathDialog;
use self::policy_name::PolicyNameDialog;
use self::report::ReportDialog;
use self::saved::SavedDialog;
use self::secret::SecretDialog;
use super::commands::Command;
use super::loading::Wanted;
use super::manager::KeyCommand;
use super::model::Model;
use super::reporting::ReportCommand;
use super::theme::{self, semibold, size, space};

#[cfg(feature = "fetch")]
pub(super) use fetch::FetchDialog;
pub use picker::{Answer, FilePicker, SystemPicker};
pub(super) use picker::{Picked, wait, wait_for_place};
pub use saved::SavedAsk;

/// Which dialog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogKind {
    /// What this program is.
    About,
    /// Where the keys of the token's issuer usually are.
    Asking,
    /// Whether to close although keys are nowhere else.
    Closing,
    /// A key as text for other programs.
    Export,
    /// Whether to forget the saved keys.
    Forget,
    /// A new key.
    Generate,
    /// Whom to ask for the keys of the token on screen.
    #[cfg(feature = "fetch")]
    Fetch,
    /// All shortcuts.
    Help,
    /// Any command, token or member by its name.
    Palette,
    /// The passphrase of a key file.
    Passphrase,
    /// A file by its path.
    Path(Wanted),
    /// The same, where the system's dialog did not open.
    PathInstead(Wanted),
    /// A name to save the policy under.
    PolicyName,
    /// What is said of tokens, as a document.
    Report,
    /// A place to save to by its path, where the system's dialog did not open.
    SaveInstead,
    /// A passphrase for the saved keys.
    Saved(SavedAsk),
    /// A shared secret.
    Secret,
    /// The zone that times are shown in.
    Zone,
}

/// A dialog that is open.
pub(super) struct Dialog {
    content: Content,
    /// What had the keyboard before.
    back: Option<Id>,
}

enum Content {
    About,
    Asking,
    Closing,
    Export(ExportDialog),
    Forget,
    Generate(GenerateDialog),
    #[cfg(feature = "fetch")]
    Fetch(FetchDialog),
    Help,
    Palette(Palette),
    Passphrase(PassphraseDialog),
    Path(PathDialog),
    PolicyName(PolicyNameDialog),
    Report(ReportDialog),
    Saved(SavedDialog),
    Secret(SecretDialog),
}

impl Dialog {
    /// Opens one over the window. The keyboard goes back to `back` in the end.
    pub(super) fn new(kind: DialogKind, model: &Model, back: Option<Id>) -> Self {
        let content = match kind {
            DialogKind::About => Content::About,
            DialogKind::Asking => Content::Asking,
            DialogKind::Closing => Content::Closing,
            DialogKind::Export => Content::Export(ExportDialog::new(model)),
            DialogKind::Forget => Content::Forget,
            DialogKind::Generate => Content::Generate(GenerateDialog::default()),
            #[cfg(feature = "fetch")]
            DialogKind::Fetch => {
                let inquiries = super::fetching::inquiries(model);
                Content::Fetch(FetchDialog::places(inquiries))
            }
            DialogKind::Help => Content::Help,
            DialogKind::Palette => Content::Palette(Palette::new(model)),
            DialogKind::Passphrase => Content::Passphrase(PassphraseDialog::default()),
            DialogKind::Path(wanted) => Content::Path(PathDialog::new(wanted, false)),
            DialogKind::PathInstead(wanted) => Content::Path(PathDialog::new(wanted, true)),
            DialogKind::PolicyName => Content::PolicyName(PolicyNameDialog::new(model)),
            DialogKind::Report => Content::Report(ReportDialog::new(model)),
            DialogKind::SaveInstead => Content::Path(PathDialog::to_save()),
            DialogKind::Saved(ask) => Content::Saved(SavedDialog::new(ask)),
            DialogKind::Secret => Content::Secret(SecretDialog::default()),
            DialogKind::Zone => Content::Palette(Palette::zones(model)),
        };
        Self { content, back }
    }

    /// Asks about a fetch.
    #[cfg(feature = "fetch")]
    pub(super) fn about_fetching(dialog: FetchDialog, back: Option<Id>) -> Self {
        let content = Content::Fetch(dialog);
        Self { content, back }
    }

    /// What had the keyboard before it opened.
    pub(super) fn back(&self) -> Option<Id> {
        self.back
    }

    /// Shows it; gives what to do, and whether it stays open.
    pub(super) fn ui(&mut self, ui: &mut Ui, model: &Model) -> (Vec<Command>, bool) {
        let screen = ui.ctx().content_rect();
        let (title, width) = match &self.content {
            Content::About => ("About Tokenloupe", 440.0),
            Content::Asking => ("What to ask for", 600.0),
            Content::Export(_) => ("Export the key", 520.0),
            Content::Forget => ("Forget saved keys", 440.0),
            Content::Saved(dialog) => (dialog.title(), 440.0),
            Content::Generate(_) => ("Generate a key", 440.0),
            Content::Passphrase(_) => ("Unlock a key file", 440.0),
            Content::Secret(_) => ("Type a secret", 440.0),
            Content::Closing => ("Close Tokenloupe", 440.0),
            #[cfg(feature = "fetch")]
            Content::Fetch(dialog) => (dialog.title(), 560.0),
            Content::Help => ("Keyboard shortcuts", help::WIDTH),
            Content::Palette(palette) => palette.title(),
            Content::Path(dialog) => (dialog.title(), 440.0),
            Content::PolicyName(_) => ("Save the policy", 440.0),
            Content::Report(_) => ("Report", 760.0),
        };
        let frame = Frame::popup(ui.style()).inner_margin(space::L);
        let id = Id::unique("dialog");
        let mut area = Modal::default_area(id);
        if matches!(self.content, Content::Palette(_)) {
            // Its height changes with what is typed: the field stays where it is.
            let top = (screen.height() * 0.12).min(96.0);
            area = area.anchor(Align2::CENTER_TOP, vec2(0.0, top));
        }
        let modal = Modal::new(id).area(area).frame(frame);
        let shown = modal.show(ui.ctx(), |ui| {
            let builder = UiBuilder::new()
                .accessibility_role(Role::Dialog)
                .accessibility_label(title);
            ui.scope_builder(builder, |ui| {
                ui.spacing_mut().item_spacing.y = space::S;
                ui.set_width(f32::min(width, screen.width() - 64.0));
                if !matches!(self.content, Content::Palette(_)) {
                    ui.heading(title);
                }
                self.content(ui, model)
            })
            .inner
        });
        let (mut commands, is_done) = shown.inner.clone();
        let is_left = shown.should_close();
        if is_left && matches!(self.content, Content::Passphrase(_)) {
            commands.push(KeyCommand::LeaveLocked.into());
        }
        if is_left && matches!(self.content, Content::Report(_)) {
            commands.push(ReportCommand::Leave.into());
        }
        if is_left && matches!(self.content, Content::Saved(_)) {
            commands.push(KeyCommand::LeaveSaved.into());
        }
        (commands, !is_done && !is_left)
    }

    fn content(&mut self, ui: &mut Ui, model: &Model) -> (Vec<Command>, bool) {
        let one =
            |(command, is_done): (Option<Command>, bool)| (command.into_iter().collect(), is_done);
        match &mut self.content {
            Content::About => one((None, about::ui(ui))),
            Content::Asking => one(asking::ui(ui, model)),
            Content::Export(dialog) => one(dialog.ui(ui, model)),
            Content::Forget => one(saved::forget(ui, model)),
            Content::Saved(dialog) => one(dialog.ui(ui, model)),
            Content::Generate(dialog) => one(dialog.ui(ui)),
            Content::Passphrase(dialog) => one(dialog.ui(ui, model)),
            Content::Secret(dialog) => one(dialog.ui(ui, model)),
            Content::Closing => one(closing::ui(ui, model)),
            #[cfg(feature = "fetch")]
            Content::Fetch(dialog) => one(dialog.ui(ui)),
            Content::Help => one((None, help::ui(ui))),
            Content::Palette(palette) => palette.ui(ui, model),
            Content::Path(dialog) => one(dialog.ui(ui)),
            Content::PolicyName(dialog) => one(dialog.ui(ui, model)),
            Content::Report(dialog) => dialog.ui(ui, model),
        }
    }
}

/// The action's button and the one to cancel; whether each was clicked.
fn buttons(ui: &mut Ui, action: &str, is_possible: bool) -> (bool, bool) {
    let tokens = theme::tokens(ui);
    ui.horizontal(|ui| {
        let label = RichText::new(action).font(semibold(size::BODY));
        let button = if is_possible {
            Button::new(label.color(tokens.on_accent)).fill(tokens.accent)
        } else {
            Button::new(label)
        };
        let clicked = ui.add_enabled(is_possible, button).clicked();
        (clicked, ui.button("Cancel").clicked())
    })
    .inner
}

/// The one button of a dialog that only tells.
fn close_button(ui: &mut Ui) -> bool {
    let button = ui.button("Close");
    if ui.memory(|memory| memory.focused().is_none()) {
        button.request_focus();
    }
    button.clicked()
}
