//! What is done with policies, by commands.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::draft::{Draft, FileDraft};
use super::effect::{Effect, TokenEffect};
use super::history::Step;
use super::reading::{Imported, read_jtis};
use super::saved::PolicyNews;
use crate::jose::visible::visible;
use crate::judge::words::When;
use crate::judge::{Beside, Case, Policy};
use crate::keeping::{is_same_name, plain_name};
use crate::window::commands::Command;
use crate::window::desk::{Desk, News, UNDO_FOR, What};
use crate::window::dialogs::DialogKind;
use crate::window::loading::Wanted;
use crate::window::manager::ToWrite;
use crate::window::model::{Clock, Notice};
use crate::window::panes::focus::{self, Place};

/// One thing to do with policies.
#[derive(Debug, Clone, PartialEq)]
pub enum PolicyCommand {
    /// Ask for a file of revoked `jti`s.
    ChooseRevoked,
    /// Delete the saved policy of this file.
    Delete(String),
    /// Go on with a copy of the policy in force, which is not saved yet.
    Duplicate,
    /// Take over what is typed. What comes from one visit of a field is one step to take back.
    Edit {
        /// All of it.
        draft: Box<Draft>,
        /// The visit.
        visit: Option<u64>,
    },
    /// Ask for a place, and write the policy in force there.
    Export,
    /// Make a policy from the token on screen.
    FromToken,
    /// Ask for a policy file, and put it in force.
    Import,
    /// Begin a new policy.
    New,
    /// Read the file of revoked `jti`s again.
    ReadRevoked,
    /// Take the last step again that was taken back.
    Redo,
    /// Go to the name, to type another one.
    Rename,
    /// Put it in force as it is saved.
    Revert,
    /// Save the policy in force.
    Save,
    /// Save it as a new one of this name.
    SaveAs(String),
    /// Show the editor, or no longer.
    Show(bool),
    /// Put the saved policy of this file in force; `None`: one that expects nothing.
    Switch(Option<String>),
    /// Take the last step back.
    Undo,
}

impl From<PolicyCommand> for Command {
    fn from(command: PolicyCommand) -> Self {
        Self::Policies(command)
    }
}

impl Desk {
    /// Carries a command about policies out.
    pub(in crate::window) fn apply_to_policies(
        &mut self,
        command: PolicyCommand,
        ctx: &egui::Context,
        frame: &eframe::Frame,
    ) {
        match command {
            PolicyCommand::ChooseRevoked => self.ask(Wanted::Revoked, frame),
            PolicyCommand::Delete(file) => self.delete_policy(&file),
            PolicyCommand::Duplicate => self.duplicate(),
            PolicyCommand::Edit { draft, visit } => {
                let policies = &mut self.model.policies;
                let step = policies.step();
                policies.history.note(step, visit);
                self.typed(*draft);
            }
            PolicyCommand::Export => self.export_policy(frame),
            PolicyCommand::FromToken => self.policy_from_token(),
            PolicyCommand::Import => self.ask(Wanted::Policy, frame),
            PolicyCommand::New => {
                self.leave_policy();
                self.put_in_force(Policy::default(), None, None);
                self.edit_policy(ctx);
            }
            PolicyCommand::ReadRevoked => {
                let file = self.model.policies.draft.revoked_file.as_ref();
                if let Some(path) = file.map(|file| PathBuf::from(&file.name)) {
                    self.read_revoked(path);
                }
            }
            PolicyCommand::Undo | PolicyCommand::Redo => {
                let policies = &mut self.model.policies;
                let present = policies.step();
                let step = if command == PolicyCommand::Undo {
                    policies.history.undo(present)
                } else {
                    policies.history.redo(present)
                };
                if let Some(step) = step {
                    self.restore(step);
                    let done = if command == PolicyCommand::Undo {
                        "Took the last change of the policy back"
                    } else {
                        "Made the change of the policy again"
                    };
                    done.clone_into(&mut self.model.last_action);
                }
            }
            PolicyCommand::Rename => {
                self.show_policies(true);
                focus::ask(ctx, Place::PolicyName);
            }
            PolicyCommand::Revert => {
                // Read anew: it may name a file that could not be read.
                let file = self.model.policies.file.clone();
                match file {
                    Some(file) => self.open_policy(&file),
                    None => self.expect_nothing(),
                }
            }
            PolicyCommand::Save => self.save_policy(),
            PolicyCommand::SaveAs(name) => self.save_policy_as(&name),
            PolicyCommand::Show(true) => self.edit_policy(ctx),
            PolicyCommand::Show(false) => self.show_policies(false),
            PolicyCommand::Switch(None) => self.expect_nothing(),
            PolicyCommand::Switch(Some(file)) => self.open_policy(&file),
        }
        ctx.request_repaint();
    }

    fn expect_nothing(&mut self) {
        self.leave_policy();
        self.model.policies.remembered = None;
        self.put_in_force(Policy::default(), None, None);
        "The policy expects nothing".clone_into(&mut self.model.last_action);
    }

    /// Shows the editor with the keyboard in it.
    fn edit_policy(&mut self, ctx: &egui::Context) {
        self.show_policies(true);
        focus::ask(ctx, Place::Policy);
    }

    pub(in crate::window) fn show_policies(&mut self, is_open: bool) {
        let policies = &mut self.model.policies;
        if is_open && !policies.is_open {
            // What it changes is not known yet.
            policies.effect = Effect::default();
            self.is_stale = true;
            self.look_at_policies();
        }
        self.model.policies.is_open = is_open;
        self.model.manager.is_open &= !is_open;
    }

    /// Takes over what is typed, as far as it is right.
    pub(super) fn typed(&mut self, draft: Draft) {
        let policies = &mut self.model.policies;
        let must_be_named = policies.file.is_some();
        let typed = draft.read(
            (&policies.known, &policies.draft),
            &policies.others(),
            must_be_named,
        );
        let (policy, faults) = typed;
        policies.draft = draft;
        policies.faults = faults;
        self.hold(policy);
    }

    /// Holds the tokens against this from now on.
    fn hold(&mut self, policy: Policy) {
        if self.model.policies.known != policy {
            self.model.policies.known.clone_from(&policy);
            self.is_stale = true;
        }
        if self.model.session.policy != policy {
            self.model.session.policy = policy;
            self.is_stale = true;
        }
    }

    /// Puts a policy in force in place of the one before, which can be gone back to. `problem`: its file of `jti`s that cannot be
    /// read.
    pub(super) fn put_in_force(
        &mut self,
        policy: Policy,
        file: Option<String>,
        problem: Option<FileDraft>,
    ) {
        let policies = &mut self.model.policies;
        let step = policies.step();
        policies.history.note(step, None);
        let compared = match file {
            Some(_) => policy.clone(),
            None => policies.known.clone(),
        };
        self.set(policy, file, compared, problem);
    }

    fn set(
        &mut self,
        policy: Policy,
        file: Option<String>,
        compared: Policy,
        problem: Option<FileDraft>,
    ) {
        let policies = &mut self.model.policies;
        let mut draft = Draft::of(&policy);
        if problem.is_some() {
            draft.revoked_file = problem;
        }
        policies.file = file;
        policies.compared = compared;
        policies.draft = draft.clone();
        policies.revision = policies.revision.wrapping_add(1);
        self.hold(policy);
        self.typed(draft);
        self.is_stale = true;
    }

    /// Lets the editor follow a policy that was changed elsewhere.
    pub(in crate::window) fn follow_policy(&mut self) {
        let policies = &mut self.model.policies;
        if policies.known == self.model.session.policy {
            return;
        }
        let step = policies.step();
        policies.history.note(step, None);
        let (file, compared) = (policies.file.clone(), policies.compared.clone());
        let policy = self.model.session.policy.clone();
        self.set(policy, file, compared, None);
    }

    /// Goes back to how the editor stood.
    pub(super) fn restore(&mut self, step: Step) {
        let policies = &mut self.model.policies;
        // It may be deleted by now.
        let file = step.file;
        policies.file = file.filter(|file| policies.saved.iter().any(|kept| kept.file == *file));
        policies.compared = step.compared;
        policies.draft = step.draft.clone();
        policies.revision = policies.revision.wrapping_add(1);
        self.hold(step.policy);
        self.typed(step.draft);
    }

    /// Brings back what was left unsaved.
    pub(in crate::window) fn bring_policy_back(&mut self, step: Step) {
        let policies = &mut self.model.policies;
        let present = policies.step();
        policies.history.note(present, None);
        self.restore(step);
        "Brought the policy back".clone_into(&mut self.model.last_action);
    }

    /// Says that changes are left unsaved, where there are some, and how to come back to them.
    pub(super) fn leave_policy(&mut self) {
        let policies = &self.model.policies;
        if !policies.is_to_be_asked_about() {
            return;
        }
        let what = match &policies.known.name {
            Some(name) => format!("Left the policy \u{201C}{}\u{201D} unsaved.", visible(name)),
            None => "Left a policy that was not saved.".to_owned(),
        };
        let step = Box::new(policies.step());
        let number = self.next_removed(What::Policy(step), Instant::now() + UNDO_FOR);
        self.notify(Notice {
            what,
            undo: Some(number),
            ..Notice::default()
        });
    }

    fn duplicate(&mut self) {
        let policies = &mut self.model.policies;
        let step = policies.step();
        policies.history.note(step, None);
        policies.file = None;
        let mut draft = policies.draft.clone();
        if !draft.name.trim().is_empty() {
            draft.name = policies.copy_name(draft.name.trim());
        }
        policies.draft = draft.clone();
        policies.compared = policies.known.clone();
        policies.revision = policies.revision.wrapping_add(1);
        self.typed(draft);
        "Made a copy of the policy".clone_into(&mut self.model.last_action);
    }

    fn policy_from_token(&mut self) {
        let Some((inspection, _)) = self.model.outermost() else {
            return;
        };
        let policy = Policy::from_token(Case {
            token: &inspection.token,
            proof: &inspection.proof,
            policy: &self.model.session.policy,
            at: self.model.now,
            beside: Beside::default(),
        });
        self.leave_policy();
        // The name was that of the policy before.
        let policy = Policy {
            name: None,
            ..policy
        };
        self.put_in_force(policy, None, None);
        self.show_policies(true);
        "Made a policy from the token".clone_into(&mut self.model.last_action);
    }

    /// Puts a policy in force that came from outside.
    pub(in crate::window) fn imported(&mut self, imported: Imported) {
        self.leave_policy();
        let name = imported.policy.name.as_deref().map(visible);
        self.put_in_force(imported.policy, None, imported.problem);
        self.say_problem();
        self.show_policies(true);
        self.model.last_action = match name {
            Some(name) => format!("Imported the policy {name}"),
            None => "Imported a policy".to_owned(),
        };
    }

    /// Says that the file of revoked `jti`s is missing, where that is so: tokens that it revokes are accepted.
    pub(super) fn say_problem(&mut self) {
        let file = self.model.policies.draft.revoked_file.as_ref();
        let Some(FileDraft {
            name,
            content: Err(why),
        }) = file
        else {
            return;
        };
        let text = format!(
            "{}: {}\nNone of the jti in it is revoked until the file is chosen again in the policy editor.",
            visible(name),
            visible(why)
        );
        self.notify(Notice::fault(&text));
    }

    /// Reads a file of revoked `jti`s that was chosen.
    pub(in crate::window) fn read_revoked(&mut self, path: PathBuf) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let label = format!("Reading {}", visible(&name.to_string_lossy()));
        self.start(&label, true, move |_| {
            News::Policies(PolicyNews::Revoked(read_jtis(Path::new(&path))))
        });
    }

    fn export_policy(&mut self, frame: &eframe::Frame) {
        let policy = &self.model.session.policy;
        let name = policy.name.as_deref().unwrap_or_default();
        let name = format!("{}.json", plain_name(name, "policy"));
        let to_write = ToWrite::public(policy.to_json(), "the policy");
        self.ask_where_to_write(to_write, &name, frame);
    }

    fn save_policy(&mut self) {
        let policies = &self.model.policies;
        if !policies.faults.is_empty() {
            return;
        }
        if policies.known.name.is_none() {
            self.open_dialog(DialogKind::PolicyName);
            return;
        }
        self.keep_policy();
    }

    fn save_policy_as(&mut self, name: &str) {
        let policies = &mut self.model.policies;
        let step = policies.step();
        policies.history.note(step, None);
        policies.file = None;
        let draft = Draft {
            name: name.trim().to_owned(),
            ..policies.draft.clone()
        };
        policies.revision = policies.revision.wrapping_add(1);
        self.typed(draft);
        if self.model.policies.faults.is_empty() {
            self.keep_policy();
        }
    }

    /// What editing changes for the token on screen, where the editor is shown.
    pub(in crate::window) fn find_policy_effect(&mut self) {
        let policies = &self.model.policies;
        if !policies.is_open {
            return;
        }
        let token = self.model.outermost().map(|(inspection, after)| {
            let when = match self.model.clock {
                Clock::Live => When::Now,
                Clock::Frozen(_) => When::Then,
            };
            let gathered = &self.model.gathered;
            let before = gathered.judge(inspection, &policies.compared, after.at);
            TokenEffect::of(inspection, &before, after, when)
        });
        self.model.policies.effect.token = token;
    }
}

impl super::Policies {
    /// A name for a copy that no saved policy has.
    fn copy_name(&self, name: &str) -> String {
        let of = |number: usize| match number {
            1 => format!("{name} copy"),
            _ => format!("{name} copy {number}"),
        };
        let is_free = |name: &String| !self.saved.iter().any(|kept| is_same_name(&kept.name, name));
        let mut names = (1..=self.saved.len().saturating_add(1)).map(of);
        names.find(is_free).unwrap_or_else(|| of(1))
    }
}
