//! The one table of what has a name: it feeds toolbar, menus, palette, shortcuts and the help sheet.

mod possible;

use std::collections::BTreeSet;

use egui::{Key, KeyboardShortcut, Modifiers, ThemePreference};

use super::beside::Beside;
use super::commands::{Command, Zoom};
use super::copies::CopyOf;
use super::dialogs::{DialogKind, SavedAsk};
use super::loading::Wanted;
use super::manager::{ExportForm, KeyColumn, KeyCommand, SavedState, certificates};
use super::model::{Clock, Model, Zone};
use super::panes::MemberForm;
use super::panes::focus::Place;
use super::panes::offers;
use super::panes::together::first as first_related;
use super::policies::PolicyCommand;
use super::table::{Column, Filter, Grouping};
use crate::judge::VerdictOutcome;
use possible::{
    claims, clock, copy, detached, finding, go, group, header, layer, sort, sort_keys, step, theme,
    verdict,
};

/// Where an action stands in menus and on the help sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Bringing tokens and keys in, taking them out.
    Session,
    /// The token on screen.
    Token,
    /// Taking the keyboard somewhere.
    Go,
    /// All tokens as a table.
    Table,
    /// The key manager.
    Keys,
    /// The clock, the kind and the policy that tokens are judged by.
    Judging,
    /// How the window looks.
    View,
    /// What helps.
    Help,
}

impl Group {
    /// All of them, as menus show them.
    pub const ALL: [Self; 8] = [
        Self::Session,
        Self::Token,
        Self::Go,
        Self::Table,
        Self::Keys,
        Self::Judging,
        Self::View,
        Self::Help,
    ];

    /// Its heading.
    pub fn label(self) -> &'static str {
        match self {
            Self::Session => "Session",
            Self::Token => "Token",
            Self::Go => "Go to",
            Self::Table => "Table of tokens",
            Self::Keys => "Keys",
            Self::Judging => "Clock, kind and policy",
            Self::View => "View",
            Self::Help => "Help",
        }
    }
}

/// What there is to know of an [`Action`].
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// Where it stands.
    pub group: Group,
    /// What it is called; `…` where it asks for more.
    pub label: &'static str,
    /// Its keys.
    pub shortcut: Option<KeyboardShortcut>,
    /// What it does now; `None` while it cannot be done.
    pub command: fn(&Model) -> Option<Command>,
}

/// Makes [`Action`] from a table with a line for each: name, group, label, keys, command. One that is there with a feature only
/// says so behind its doc.
macro_rules! actions {
    ($($(#[doc = $doc:literal])* $(#[cfg($cfg:meta)])? $name:ident, $group:ident, $label:literal, $keys:expr, $command:expr;)*) => {
        /// A command that has a name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[doc = $doc])* $(#[cfg($cfg)])? $name,)*
        }

        impl Action {
            /// All of them, in the order of menus.
            pub const ALL: &'static [Self] = &[$($(#[cfg($cfg)])? Self::$name),*];

            /// Its line in the table.
            pub fn entry(self) -> Entry {
                match self {
                    $($(#[cfg($cfg)])? Self::$name => Entry {
                        group: Group::$group,
                        label: $label,
                        shortcut: $keys,
                        command: $command,
                    },)*
                }
            }
        }
    };
}

actions! {
    /// Read the clipboard.
    Paste, Session, "Paste", Some(keys(CTRL, Key::V)), |_| Some(Command::Paste);
    /// Ask for files.
    Open, Session, "Open\u{2026}", Some(keys(CTRL, Key::O)), |_| Some(Command::OpenTokens);
    /// Ask for a file by its path.
    OpenByPath, Session, "Open by path\u{2026}", Some(keys(CTRL_SHIFT, Key::O)),
        |_| Some(Command::ShowDialog(DialogKind::Path(Wanted::Tokens)));
    /// Ask for key files.
    AddKey, Session, "Add key\u{2026}", Some(keys(CTRL_SHIFT, Key::K)), |_| Some(Command::AddKeys);
    /// Ask for a key file by its path.
    AddKeyByPath, Session, "Add key by path\u{2026}", None,
        |_| Some(Command::ShowDialog(DialogKind::Path(Wanted::Keys)));
    /// Ask for a file that is a shared secret.
    AddSecret, Session, "Add a file as shared secret\u{2026}", None, |_| Some(Command::AddSecret);
    /// Fetch the keys of the issuer of the token on screen.
    #[cfg(feature = "fetch")]
    FetchKeys, Session, "Fetch keys\u{2026}", None, |model| {
        let is_possible = !super::fetching::inquiries(model).is_empty();
        is_possible.then_some(Command::ShowDialog(DialogKind::Fetch))
    };
    /// What is said of tokens, to be copied or saved.
    Report, Session, "Report\u{2026}", Some(keys(CTRL_SHIFT, Key::R)), |model| {
        let any = !model.session.tokens.is_empty();
        any.then_some(Command::ShowDialog(DialogKind::Report))
    };
    /// Bring back what was removed last; in the policy editor, take the last change back.
    Undo, Session, "Undo", Some(keys(CTRL, Key::Z)), |model| {
        let history = &model.policies.history;
        if model.policies.is_open && history.deleted.is_none() && history.can_undo() {
            return Some(PolicyCommand::Undo.into());
        }
        let last = model.notices.iter().rev().find_map(|notice| notice.undo);
        last.map(Command::BringBack)
    };
    /// Change the policy again as it was changed before that was taken back.
    Redo, Session, "Redo", Some(keys(CTRL_SHIFT, Key::Z)),
        |model| model.policies.can_redo().then(|| PolicyCommand::Redo.into());
    /// Take all tokens and keys out.
    RemoveAll, Session, "Remove all tokens and keys", None, |model| {
        let session = &model.session;
        let is_empty = session.tokens.is_empty() && session.keys.keys().is_empty();
        (!is_empty).then_some(Command::RemoveAll)
    };
    /// Zeroise what could be brought back.
    ForgetRemoved, Session, "Forget what was removed", None, |model| {
        let any = model.notices.iter().any(|notice| notice.undo.is_some());
        any.then_some(Command::ForgetRemoved)
    };
    /// Close the window.
    Quit, Session, "Quit", Some(keys(CTRL, Key::Q)), |_| Some(Command::Close { is_sure: false });

    /// Copy the token on screen.
    CopyToken, Token, "Copy token", Some(keys(CTRL_SHIFT, Key::C)), |model| copy(model, CopyOf::Token);
    /// Copy it without what makes it usable.
    CopyRedacted, Token, "Copy token without its signature", None, |model| copy(model, CopyOf::Redacted);
    /// Copy its times in words.
    CopyTimes, Token, "Copy times in words", None, |model| copy(model, CopyOf::Times);
    /// All that came with it, on one timeline.
    ShowRequest, Token, "Show all of its request on the timeline", None, |model| {
        let is_one_of_several = model.current.is_some() && model.session.tokens.len() > 1;
        is_one_of_several.then_some(Command::ShowBeside(Beside::Request))
    };
    /// Its own times only.
    ShowAlone, Token, "Show it alone on the timeline", None,
        |model| (!model.beside.is_empty()).then_some(Command::ShowBeside(Beside::Nothing));
    /// The token after it.
    NextToken, Token, "Next token", Some(keys(CTRL, Key::PageDown)), |model| step(model, 1);
    /// The token before it.
    PreviousToken, Token, "Previous token", Some(keys(CTRL, Key::PageUp)), |model| step(model, -1);
    /// The token inside of the one that the panes show.
    NextLayer, Token, "Layer inside", Some(keys(Modifiers::ALT, Key::PageDown)), |model| layer(model, 1);
    /// The token around it.
    PreviousLayer, Token, "Layer outside", Some(keys(Modifiers::ALT, Key::PageUp)), |model| layer(model, -1);
    /// The evidence of the finding after the selected one.
    NextFinding, Token, "Next finding", Some(keys(Modifiers::NONE, Key::F8)), |model| finding(model, true);
    /// The evidence of the finding before the selected one.
    PreviousFinding, Token, "Previous finding", Some(keys(Modifiers::SHIFT, Key::F8)), |model| finding(model, false);
    /// Ask for the payload that it does not hold.
    AddPayload, Token, "Add payload from file\u{2026}", None, |model| detached(model, Command::AddPayload);
    /// Take the clipboard for it.
    PastePayload, Token, "Paste payload", None, |model| detached(model, Command::PastePayload);
    /// Take it away again.
    RemovePayload, Token, "Remove the payload", None, |model| {
        model.outermost()?.0.detached_payload.as_ref().map(|_| Command::RemovePayload)
    };
    /// Take a secret as it verifies.
    ReadSecret, Token, "Read the secret as it verifies", None, |model| {
        let (inspection, judgement) = model.current()?;
        let mut diagnoses = judgement.proof(&inspection.proof).diagnoses();
        diagnoses.find_map(|diagnosis| diagnosis.reread.clone()).map(Command::ReadSecret)
    };
    /// Look for the secrets of MACs in lists of words.
    TryWords, Session, "Try a word list as secrets\u{2026}", None, |_| Some(Command::AddWordLists);
    /// Select nothing.
    ClearSelection, Token, "Clear the selection", None,
        |model| model.selection.as_ref().map(|_| Command::Select(None));
    /// Take it out.
    RemoveToken, Token, "Remove token", Some(keys(CTRL, Key::W)), |model| {
        // What is not on screen is not to be removed by a key.
        model.current.filter(|_| !model.manager.is_open).map(Command::RemoveToken)
    };

    /// To the list of tokens.
    GoTokens, Go, "Go to tokens", Some(keys(CTRL, Key::Num1)), |model| {
        (!model.session.tokens.is_empty()).then_some(Command::Focus(Place::Tokens))
    };
    /// To the tokens inside of the one on screen.
    GoLayers, Go, "Go to layers", None, |model| {
        (model.layers().len() > 1).then_some(Command::Focus(Place::Layers))
    };
    /// To the raw token.
    GoRaw, Go, "Go to raw token", Some(keys(CTRL, Key::Num2)), |model| go(model, Place::Raw);
    /// To the header.
    GoHeader, Go, "Go to header", Some(keys(CTRL, Key::Num3)), |model| go(model, Place::Header);
    /// To the claims.
    GoClaims, Go, "Go to claims", Some(keys(CTRL, Key::Num4)), |model| go(model, Place::Claims);
    /// To the timeline.
    GoTimeline, Go, "Go to timeline", Some(keys(CTRL, Key::Num5)), |model| go(model, Place::Timeline);
    /// To the checks.
    GoChecks, Go, "Go to verification", Some(keys(CTRL, Key::Num6)), |model| go(model, Place::Checks);
    /// To the findings.
    GoFindings, Go, "Go to findings", Some(keys(CTRL, Key::Num7)), |model| go(model, Place::Findings);
    /// To the first token that the one on screen has to do with.
    GoRelated, Go, "Go to related token", None, |model| first_related(model).map(Command::OpenToken);
    /// To the list of keys.
    GoKeys, Go, "Go to keys", Some(keys(CTRL, Key::Num8)), |model| {
        (!model.session.keys.keys().is_empty()).then_some(Command::Focus(Place::Keys))
    };
    /// From pane to pane.
    NextPane, Go, "Next pane", Some(keys(Modifiers::NONE, Key::F6)), |_| Some(Command::FocusNext { is_forward: true });
    /// And back.
    PreviousPane, Go, "Previous pane", Some(keys(Modifiers::SHIFT, Key::F6)),
        |_| Some(Command::FocusNext { is_forward: false });

    /// The table, or the list and one token.
    SwitchTable, Table, "Switch between table and list", Some(keys(CTRL_SHIFT, Key::T)),
        |model| (!model.session.tokens.is_empty()).then_some(Command::ShowTable(!model.table.is_open));
    /// To the field that says what is listed.
    FilterTokens, Table, "Filter the table", Some(keys(CTRL_SHIFT, Key::F)),
        |model| (!model.session.tokens.is_empty()).then_some(Command::Focus(Place::Filter));
    /// From the table to the token of the row.
    OpenToken, Table, "Open the token of the row", None, |model| {
        model.current.filter(|_| model.table.is_open).map(Command::OpenToken)
    };
    /// Every verdict, and every word.
    ListAll, Table, "List all tokens", None, |model| {
        (!model.table.filter.is_empty()).then(|| Command::FilterTokens(Filter::default()))
    };
    /// One verdict only.
    ListRejected, Table, "List rejected tokens", None, |model| verdict(model, VerdictOutcome::Reject);
    /// One verdict only.
    ListAccepted, Table, "List accepted tokens", None, |model| verdict(model, VerdictOutcome::Accept);
    /// One verdict only.
    ListOpen, Table, "List open tokens", None, |model| verdict(model, VerdictOutcome::Undetermined);
    /// Rows put together.
    GroupByIssuer, Table, "Group by issuer", None, |model| group(model, Some(Grouping::Issuer));
    /// Rows put together.
    GroupByAlg, Table, "Group by algorithm", None, |model| group(model, Some(Grouping::Alg));
    /// Rows put together.
    GroupByVerdict, Table, "Group by verdict", None, |model| group(model, Some(Grouping::Verdict));
    /// Rows put together.
    GroupBySource, Table, "Group by source", None, |model| group(model, Some(Grouping::Source));
    /// Rows one by one.
    GroupByNothing, Table, "Group by nothing", None, |model| group(model, None);
    /// Rows in an order; twice for the other direction.
    SortByVerdict, Table, "Sort by verdict", None, |model| sort(model, Column::Verdict);
    /// Rows in an order; twice for the other direction.
    SortByName, Table, "Sort by name", None, |model| sort(model, Column::Name);
    /// Rows in an order; twice for the other direction.
    SortByAlg, Table, "Sort by algorithm", None, |model| sort(model, Column::Alg);
    /// Rows in an order; twice for the other direction.
    SortByKey, Table, "Sort by key", None, |model| sort(model, Column::Key);
    /// Rows in an order; twice for the other direction.
    SortByIssuer, Table, "Sort by issuer", None, |model| sort(model, Column::Issuer);
    /// Rows in an order; twice for the other direction.
    SortBySubject, Table, "Sort by subject", None, |model| sort(model, Column::Subject);
    /// Rows in an order; twice for the other direction.
    SortByTime, Table, "Sort by time", None, |model| sort(model, Column::Time);
    /// Rows in an order; twice for the other direction.
    SortByFindings, Table, "Sort by findings", None, |model| sort(model, Column::Findings);
    /// Rows in an order; twice for the other direction.
    SortByWhere, Table, "Sort by where it was found", None, |model| sort(model, Column::Where);
    /// Rows in an order; twice for the other direction.
    SortBySeen, Table, "Sort by how often it was seen", None, |model| sort(model, Column::Seen);
    /// Rows as they came.
    SortAsFound, Table, "Sort as found", None,
        |model| model.table.sort.filter(|_| model.table.is_open).map(|_| Command::SortTokens(None));
    /// Everything that is listed.
    ChooseAll, Table, "Choose all rows", None, |model| model.table.is_open.then_some(Command::ChooseAll);
    /// Only the row that the keyboard is on.
    ChooseNone, Table, "Choose no rows", None,
        |model| (!model.table.chosen.is_empty()).then(|| Command::ChooseTokens(BTreeSet::new()));
    /// Their times beside each other.
    ShowChosenBeside, Table, "Show the chosen rows on one timeline", None, |model| {
        let is_possible = model.table.is_open && model.table.chosen.len() > 1;
        is_possible.then_some(Command::ShowBeside(Beside::Chosen))
    };
    /// For a spreadsheet.
    CopyRows, Table, "Copy the chosen rows", None,
        |model| copy(model, CopyOf::Rows).filter(|_| model.table.is_open);
    /// Take several out.
    RemoveChosen, Table, "Remove the chosen tokens", None,
        |model| model.current.filter(|_| model.table.is_open).map(|_| Command::RemoveChosen);

    /// All keys, and what each is.
    KeyManager, Keys, "Key manager", Some(keys(CTRL, Key::K)),
        |model| Some(KeyCommand::Show(!model.manager.is_open).into());
    /// To the field that says what keys are listed.
    SearchKeys, Keys, "Search the keys", None, |model| {
        let any = !model.session.keys.is_empty();
        any.then_some(Command::Focus(Place::KeyFilter))
    };
    /// Type a shared secret into a field that hides it.
    TypeSecret, Keys, "Type a secret\u{2026}", None, |_| Some(Command::ShowDialog(DialogKind::Secret));
    /// Make a new key.
    GenerateKey, Keys, "Generate a key\u{2026}", None, |_| Some(Command::ShowDialog(DialogKind::Generate));
    /// Take the certificates in its header for keys of the reviewer's own.
    AddCertificates, Keys, "Add the token\u{2019}s certificates as keys", None, |model| {
        let (inspection, _) = model.current()?;
        let any = certificates(inspection).iter().any(|key| key.is_usable());
        any.then(|| KeyCommand::AddCertificates.into())
    };
    /// Where the keys of the token's issuer usually are.
    AskForKeys, Keys, "What to ask for\u{2026}", None,
        |model| model.current.map(|_| Command::ShowDialog(DialogKind::Asking));
    /// Keep the key that is looked at from one run to the next.
    SaveKey, Keys, "Save the key", None, |model| {
        let key = model.chosen_key().filter(|key| key.is_usable() && !model.saved.holds(key))?;
        model.saved.is_possible.then(|| KeyCommand::Save(vec![key.id.clone()]).into())
    };
    /// Keep all of them.
    SaveKeys, Keys, "Save all keys", None, |model| {
        let keys = model.session.keys.keys().iter();
        let new = keys.filter(|key| key.is_usable() && !model.saved.holds(key));
        let ids: Vec<String> = new.map(|key| key.id.clone()).collect();
        (model.saved.is_possible && !ids.is_empty()).then(|| KeyCommand::Save(ids).into())
    };
    /// Keep it no longer.
    KeepNoLonger, Keys, "Keep the key no longer", None, |model| {
        let key = model.chosen_key().filter(|key| model.saved.holds(key))?;
        Some(KeyCommand::KeepNoLonger(key.id.clone()).into())
    };
    /// Give the passphrase of the saved keys.
    UnlockSaved, Keys, "Unlock saved keys\u{2026}", None, |model| {
        let is_locked = model.saved.state == SavedState::Locked;
        is_locked.then_some(Command::ShowDialog(DialogKind::Saved(SavedAsk::Unlock)))
    };
    /// Take them out until it is given again.
    LockSaved, Keys, "Lock saved keys", None, |model| {
        let is_open = model.saved.state == SavedState::Unlocked;
        is_open.then(|| KeyCommand::LockSaved.into())
    };
    /// Choose another one.
    ChangePassphrase, Keys, "Change the passphrase of saved keys\u{2026}", None, |model| {
        let is_open = model.saved.state == SavedState::Unlocked;
        is_open.then_some(Command::ShowDialog(DialogKind::Saved(SavedAsk::Change)))
    };
    /// Remove all of them from the disk.
    ForgetSaved, Keys, "Forget saved keys\u{2026}", None, |model| {
        let any = model.saved.count() > 0 || model.saved.state != SavedState::None;
        any.then_some(Command::ShowDialog(DialogKind::Forget))
    };
    /// The key that is looked at, without its private half.
    CopyJwk, Keys, "Copy the public key as JWK", None, |model| {
        let key = model.chosen_key().filter(|key| ExportForm::PublicJwk.is_for(key))?;
        Some(Command::Copy(CopyOf::Key(key.id.clone(), ExportForm::PublicJwk)))
    };
    /// Write it for other programs.
    ExportKey, Keys, "Export the key\u{2026}", None, |model| {
        let key = model.chosen_key().filter(|key| key.is_usable());
        key.map(|_| Command::ShowDialog(DialogKind::Export))
    };
    /// Call it otherwise.
    RenameKey, Keys, "Rename the key", None, |model| model.chosen_key().map(|_| Command::Focus(Place::KeyName));
    /// Show the secret that is looked at, for a while.
    ShowSecret, Keys, "Show the secret", None, |model| {
        let is_shown = model.manager.secret_until.is_some();
        model.chosen_key()?.secret().map(|_| KeyCommand::ShowSecret(!is_shown).into())
    };
    /// Copy it; it is taken off the clipboard again.
    CopySecret, Keys, "Copy the secret", None, |model| {
        let key = model.chosen_key().filter(|key| key.secret().is_some())?;
        Some(Command::Copy(CopyOf::KeySecret(key.id.clone())))
    };
    /// The key that is looked at.
    CopyThumbprint, Keys, "Copy the thumbprint of the key", None, |model| {
        let key = model.chosen_key().filter(|key| key.thumbprint.is_some())?;
        Some(Command::Copy(CopyOf::KeyThumbprint(key.id.clone())))
    };
    /// Take it out.
    RemoveKey, Keys, "Remove the key", None, |model| Some(Command::RemoveKey(model.chosen_key()?.id.clone()));
    /// Keys in an order; twice for the other direction.
    SortKeysByState, Keys, "Sort keys by state", None, |model| sort_keys(model, KeyColumn::Mark);
    /// Keys in an order; twice for the other direction.
    SortKeysById, Keys, "Sort keys by key id", None, |model| sort_keys(model, KeyColumn::Id);
    /// Keys in an order; twice for the other direction.
    SortKeysByKind, Keys, "Sort keys by kind", None, |model| sort_keys(model, KeyColumn::Kind);
    /// Keys in an order; twice for the other direction.
    SortKeysByHolds, Keys, "Sort keys by what they hold", None, |model| sort_keys(model, KeyColumn::Holds);
    /// Keys in an order; twice for the other direction.
    SortKeysByFrom, Keys, "Sort keys by where they came from", None, |model| sort_keys(model, KeyColumn::From);
    /// Keys in an order; twice for the other direction.
    SortKeysByThumbprint, Keys, "Sort keys by thumbprint", None,
        |model| sort_keys(model, KeyColumn::Thumbprint);
    /// Keys in an order; twice for the other direction.
    SortKeysByFits, Keys, "Sort keys by the tokens they fit", None, |model| sort_keys(model, KeyColumn::Fits);
    /// Keys in an order; twice for the other direction.
    SortKeysByNotes, Keys, "Sort keys by notes", None, |model| sort_keys(model, KeyColumn::Notes);
    /// Keys as the ring has them.
    SortKeysAsLoaded, Keys, "Sort keys by file", None, |model| {
        let manager = &model.manager;
        let is_sorted = manager.is_open && manager.sort.is_some();
        is_sorted.then(|| KeyCommand::Sort(None).into())
    };

    /// Judge as of an instant that is typed.
    SetClock, Judging, "Set the clock\u{2026}", Some(keys(CTRL, Key::T)), |_| Some(Command::Focus(Place::Clock));
    /// Judge as of now again.
    LiveClock, Judging, "Live clock", Some(keys(CTRL, Key::L)),
        |model| (model.clock != Clock::Live).then_some(Command::LiveClock);
    /// Judge as of this instant from now on.
    FreezeClock, Judging, "Freeze the clock", Some(keys(CTRL_SHIFT, Key::L)),
        |model| (model.clock == Clock::Live).then_some(Command::FreezeClock(model.now));
    /// Say what kind of token it is.
    ChooseKind, Judging, "Choose the kind\u{2026}", Some(keys(CTRL, Key::I)), |_| Some(Command::Focus(Place::Kind));
    /// Leave it to the policy again.
    AutomaticKind, Judging, "Automatic kind", None, |model| {
        let of = |at: &usize| model.session.tokens.get(*at).and_then(|token| token.kind);
        let meant = model.table.meant(model.current);
        meant.iter().any(|at| of(at).is_some()).then_some(Command::SetKind(None))
    };
    /// Judge as of when the token was sent or written down.
    ClockToRequest, Judging, "Clock to the request\u{2019}s time", None,
        |model| clock(model, offers::came(model).into_iter().next());
    /// Judge as of when it was issued.
    ClockToIssued, Judging, "Clock to when it was issued", None, |model| clock(model, offers::issued(model));
    /// Judge as of right before it expires.
    ClockBeforeExpiry, Judging, "Clock to 1 s before it expires", None,
        |model| clock(model, offers::before_expiry(model));
    /// Judge as of right after it expired.
    ClockAfterExpiry, Judging, "Clock to 1 s after it expires", None,
        |model| clock(model, offers::after_expiry(model));
    /// Say what is expected of tokens.
    EditPolicy, Judging, "Edit the policy\u{2026}", Some(keys(CTRL_SHIFT, Key::E)),
        |model| Some(PolicyCommand::Show(!model.policies.is_open).into());
    /// Begin one that expects nothing.
    NewPolicy, Judging, "New policy\u{2026}", None, |_| Some(PolicyCommand::New.into());
    /// Make one that the token on screen meets.
    PolicyFromToken, Judging, "Make a policy from this token", None,
        |model| model.current.map(|_| PolicyCommand::FromToken.into());
    /// Hold tokens against nothing.
    ExpectNothing, Judging, "Expect nothing of tokens", None,
        |model| (!model.policies.is_none()).then(|| PolicyCommand::Switch(None).into());
    /// Keep the policy.
    SavePolicy, Judging, "Save the policy", Some(keys(CTRL, Key::S)), |model| {
        model.policies.can_save().then(|| PolicyCommand::Save.into())
    };
    /// Keep it as another one.
    SavePolicyAs, Judging, "Save the policy as\u{2026}", None,
        |model| model.policies.can_save_as().then_some(Command::ShowDialog(DialogKind::PolicyName));
    /// Call it otherwise.
    RenamePolicy, Judging, "Rename the policy\u{2026}", None, |_| Some(PolicyCommand::Rename.into());
    /// Go on with a copy.
    DuplicatePolicy, Judging, "Duplicate the policy", None, |_| Some(PolicyCommand::Duplicate.into());
    /// Leave what was changed since it was saved.
    RevertPolicy, Judging, "Revert the policy to saved", None,
        |model| model.policies.can_revert().then(|| PolicyCommand::Revert.into());
    /// Keep it no longer.
    DeletePolicy, Judging, "Delete the saved policy", None, |model| {
        let file = model.policies.file.clone().filter(|_| !model.policies.is_busy())?;
        Some(PolicyCommand::Delete(file).into())
    };
    /// Take one from a file.
    ImportPolicy, Judging, "Import a policy\u{2026}", None, |_| Some(PolicyCommand::Import.into());
    /// Write it to a file.
    ExportPolicy, Judging, "Export the policy\u{2026}", None, |_| Some(PolicyCommand::Export.into());
    /// The same for the clipboard.
    CopyPolicy, Judging, "Copy the policy as JSON", None, |_| Some(Command::Copy(CopyOf::Policy));

    /// The other zone.
    SwitchZone, View, "Switch between UTC and local time", Some(keys(CTRL_SHIFT, Key::U)), |model| {
        Some(Command::SetZone(match model.zone {
            Zone::Local | Zone::Named(_) => Zone::Utc,
            Zone::Utc => Zone::Local,
        }))
    };
    /// Any zone by its name.
    ChooseZone, View, "Time zone\u{2026}", None, |_| Some(Command::ShowDialog(DialogKind::Zone));
    /// Header and claims in their next form.
    NextForm, View, "Next form of header and claims", Some(keys(CTRL, Key::J)), |model| {
        let next = model.layout.claims.next();
        model.current.map(|_| Command::SetForms { header: next, claims: next })
    };
    /// The header as a table.
    HeaderTable, View, "Header as table", None, |model| header(model, MemberForm::Table);
    /// Its exact text.
    HeaderJson, View, "Header as JSON", None, |model| header(model, MemberForm::Json);
    /// Its bytes.
    HeaderHex, View, "Header as hex", None, |model| header(model, MemberForm::Hex);
    /// The claims as a table.
    ClaimsTable, View, "Claims as table", None, |model| claims(model, MemberForm::Table);
    /// Their exact text.
    ClaimsJson, View, "Claims as JSON", None, |model| claims(model, MemberForm::Json);
    /// Their bytes.
    ClaimsHex, View, "Claims as hex", None, |model| claims(model, MemberForm::Hex);
    /// The dark theme.
    DarkTheme, View, "Dark theme", None, |model| theme(model, ThemePreference::Dark);
    /// The light theme.
    LightTheme, View, "Light theme", None, |model| theme(model, ThemePreference::Light);
    /// The theme of the desktop.
    SystemTheme, View, "Theme as the system", None, |model| theme(model, ThemePreference::System);
    /// Everything larger.
    ZoomIn, View, "Zoom in", Some(keys(CTRL, Key::Plus)), |_| Some(Command::Zoom(Zoom::In));
    /// Everything smaller.
    ZoomOut, View, "Zoom out", Some(keys(CTRL, Key::Minus)), |_| Some(Command::Zoom(Zoom::Out));
    /// As large as the system says.
    ZoomReset, View, "Actual size", Some(keys(CTRL, Key::Num0)), |_| Some(Command::Zoom(Zoom::To(1.0)));
    /// The panes as in a new window.
    ResetLayout, View, "Reset the layout", None, |model| {
        (model.layout != super::model::Layout::default()).then_some(Command::ResetLayout)
    };

    /// Look for any of these by name.
    Palette, Help, "Commands\u{2026}", Some(keys(CTRL_SHIFT, Key::P)),
        |_| Some(Command::ShowDialog(DialogKind::Palette));
    /// All shortcuts.
    Shortcuts, Help, "Keyboard shortcuts", Some(keys(Modifiers::NONE, Key::F1)),
        |_| Some(Command::ShowDialog(DialogKind::Help));
    /// What this program is.
    About, Help, "About Tokenloupe", None, |_| Some(Command::ShowDialog(DialogKind::About));
}

impl Action {
    /// The actions of a group, in order.
    pub fn of(group: Group) -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(move |action| action.entry().group == group)
    }
}

const CTRL: Modifiers = Modifiers::COMMAND;
const CTRL_SHIFT: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

fn keys(modifiers: Modifiers, key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(modifiers, key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_actions_share_keys_or_a_name() {
        for (index, one) in Action::ALL.iter().enumerate() {
            for other in &Action::ALL[index + 1..] {
                let (one, other) = (one.entry(), other.entry());
                assert_ne!(one.label, other.label);
                assert!(
                    one.shortcut.is_none() || one.shortcut != other.shortcut,
                    "{} and {}",
                    one.label,
                    other.label
                );
            }
        }
    }

    #[test]
    fn every_group_has_actions_and_labels_are_plain() {
        for group in Group::ALL {
            assert!(Action::of(group).next().is_some(), "{group:?}");
        }
        for action in Action::ALL {
            let label = action.entry().label;
            assert!(
                label.starts_with(char::is_uppercase) && !label.contains('!'),
                "{label}"
            );
        }
    }

    #[test]
    fn what_needs_a_token_cannot_be_done_without_one() {
        let model = Model::default();
        for action in Action::of(Group::Token).chain(Action::of(Group::Table)) {
            assert!((action.entry().command)(&model).is_none(), "{action:?}");
        }
    }
}
