//! Every action by the keyboard alone: by its own keys where it has some, and through the palette.

use egui::{Key, Modifiers, Theme, ThemePreference};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::jose::PartRole;
use tokenloupe::window::actions::{Action, Group};
use tokenloupe::window::model::{Layout, Tab, Zone};
use tokenloupe::window::panes::MemberForm;

use crate::desk::{Desk, sample, sample_path};

/// How an action is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum By {
    Keys,
    Palette,
}

impl Desk {
    pub(crate) fn act(&mut self, action: Action, by: By) {
        let entry = action.entry();
        match by {
            By::Keys => {
                let keys = entry.shortcut.expect("has keys");
                self.window
                    .key_press_modifiers(keys.modifiers, keys.logical_key);
            }
            By::Palette => {
                self.window
                    .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
                self.settle();
                self.window.event(egui::Event::Text(entry.label.to_owned()));
                self.settle();
                self.window.key_press(Key::Enter);
            }
        }
        self.settle();
    }

    pub(crate) fn state(&self) -> &tokenloupe::window::model::Model {
        self.window.state().model()
    }

    /// What has the keyboard, in words.
    pub(crate) fn focused(&self) -> String {
        let mut focused = self
            .window
            .query_all_by(|node| node.is_focused() && !node.is_root())
            .map(|node| {
                let node = node.accesskit_node();
                format!("{:?} {}", node.role(), node.label().unwrap_or_default())
            });
        focused.next_back().unwrap_or_default()
    }
}

/// The sample request with its keys, and nothing focused.
pub(crate) fn opened() -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    desk.paste(&sample("issuer.jwks.json"));
    desk
}

fn last_action(desk: &Desk) -> &str {
    &desk.state().last_action
}

/// What an action of the table does to the four tokens of the sample.
fn in_table(action: Action, by: By) {
    let mut desk = opened();
    desk.act(Action::SwitchTable, By::Keys);
    let rows = |desk: &Desk| {
        let listed = &desk.state().table.listed;
        listed.tokens(0..listed.len(4)).collect::<Vec<_>>()
    };
    let sorted = |desk: &Desk| desk.state().table.sort.map(|sort| sort.column);
    match action {
        Action::OpenToken => {
            desk.act(action, by);
            assert!(!desk.state().table.is_open);
        }
        Action::ListAll => {
            desk.act(Action::ListRejected, By::Palette);
            desk.act(action, by);
            assert_eq!(rows(&desk).len(), 4);
        }
        Action::ListRejected => {
            desk.act(action, by);
            assert_eq!(rows(&desk), [0, 1]);
        }
        Action::ListAccepted => {
            desk.act(action, by);
            assert_eq!(rows(&desk), [2]);
        }
        Action::ListOpen => {
            desk.act(action, by);
            assert_eq!(rows(&desk), [3]);
        }
        Action::GroupByIssuer => {
            desk.act(action, by);
            assert!(desk.has("https://accounts.example, 2 tokens"));
        }
        Action::GroupByAlg => {
            desk.act(action, by);
            assert!(desk.has("RS256, 1 token"));
        }
        Action::GroupByVerdict => {
            desk.act(action, by);
            assert!(desk.has("Reject, 2 tokens"));
        }
        Action::GroupBySource => {
            desk.act(action, by);
            assert!(desk.has("clipboard, 4 tokens"));
        }
        Action::GroupByNothing => {
            desk.act(Action::GroupByAlg, By::Palette);
            desk.act(action, by);
            assert!(!desk.has("RS256, 1 token"));
        }
        Action::SortAsFound => {
            desk.act(Action::SortByAlg, By::Palette);
            assert_ne!(rows(&desk), [0, 1, 2, 3]);
            desk.act(action, by);
            assert_eq!(rows(&desk), [0, 1, 2, 3]);
        }
        Action::ChooseAll => {
            desk.act(action, by);
            assert_eq!(desk.state().table.chosen.len(), 4);
        }
        Action::ChooseNone => {
            desk.act(Action::ChooseAll, By::Palette);
            desk.act(action, by);
            assert!(desk.state().table.chosen.is_empty());
        }
        Action::ShowChosenBeside => {
            desk.act(Action::ChooseAll, By::Palette);
            desk.act(action, by);
            assert!(!desk.state().table.is_open && desk.state().table.chosen.is_empty());
            assert_eq!(desk.state().beside, [0, 1, 2, 3].into());
        }
        Action::CopyRows => {
            desk.act(Action::ChooseAll, By::Palette);
            desk.act(action, by);
            assert_eq!(desk.board.text().unwrap().lines().count(), 5);
        }
        Action::RemoveChosen => {
            desk.act(Action::ChooseAll, By::Palette);
            desk.act(action, by);
            assert!(desk.state().session.tokens.is_empty());
            desk.act(Action::Undo, By::Keys);
            assert_eq!(desk.state().session.tokens.len(), 4);
        }
        _ => {
            let label = action.entry().label;
            assert!(label.starts_with("Sort by "), "{label} is not tested");
            desk.act(action, by);
            let column = sorted(&desk).expect(label);
            assert_eq!(format!("SortBy{column:?}"), format!("{action:?}"));
            desk.act(action, by);
            assert!(desk.state().table.sort.unwrap().is_descending);
        }
    }
}

/// What the action is to do. A new action does not compile until it is here.
fn check(action: Action, by: By) {
    let mut desk = opened();
    let token = |desk: &Desk| desk.state().current;
    match action {
        Action::Paste => {
            desk.board.put(&sample("expired.jwt"));
            desk.act(action, by);
            assert_eq!(desk.state().session.tokens.len(), 5);
        }
        Action::Open => {
            desk.picker.put(&[sample_path("expired.jwt")]);
            desk.act(action, by);
            assert_eq!(last_action(&desk), "Opened 1 token");
        }
        Action::OpenByPath | Action::AddKeyByPath => {
            desk.act(action, by);
            assert!(desk.has("Path of the file"));
            assert!(
                desk.focused().contains("Path of the file"),
                "{}",
                desk.focused()
            );
            desk.window.key_press(Key::Escape);
            desk.settle();
            assert!(!desk.has("Path of the file"));
        }
        Action::AddKey => {
            let mut desk = Desk::new();
            desk.picker.put(&[sample_path("issuer.jwks.json")]);
            desk.act(action, by);
            assert_eq!(last_action(&desk), "Opened 3 keys");
        }
        #[cfg(feature = "fetch")]
        Action::FetchKeys => {
            desk.act(action, by);
            assert!(desk.has("Fetch keys from accounts.example?"));
            desk.window.key_press(Key::Escape);
            desk.settle();
            assert!(!desk.has("Fetch keys from accounts.example?"));
        }
        Action::AddSecret => {
            desk.picker.put(&[sample_path("request.http")]);
            desk.act(action, by);
            assert_eq!(
                last_action(&desk),
                "Opened 1 key",
                "whatever the file holds"
            );
        }
        Action::Undo => {
            desk.act(Action::RemoveToken, By::Keys);
            assert_eq!(desk.state().session.tokens.len(), 3);
            desk.act(action, by);
            assert_eq!(desk.state().session.tokens.len(), 4);
        }
        Action::Report => {
            desk.act(action, by);
            assert!(desk.has("# Token report"));
        }
        Action::RemoveAll => {
            desk.act(action, by);
            let session = &desk.state().session;
            assert_eq!((session.tokens.len(), session.keys.len()), (0, 0));
            desk.act(Action::Undo, By::Keys);
            let session = &desk.state().session;
            assert_eq!((session.tokens.len(), session.keys.len()), (4, 3));
            assert_eq!(token(&desk), Some(0));
        }
        Action::ForgetRemoved => {
            desk.act(Action::RemoveToken, By::Keys);
            desk.act(action, by);
            assert!(desk.state().notices.is_empty());
            desk.act(Action::Undo, By::Keys);
            assert_eq!(desk.state().session.tokens.len(), 3, "nothing came back");
        }
        Action::Quit => {
            desk.act(action, by);
            assert!(
                desk.has("3 keys were pasted, typed or made here"),
                "they are nowhere else"
            );
        }
        Action::ReadSecret => {
            let (token, jwk) = crate::shell::misread();
            let mut desk = Desk::new();
            desk.paste(&token);
            desk.paste(&jwk);
            desk.act(action, by);
            assert!(desk.has("Signature: valid, your key shared"));
        }
        Action::TryWords => {
            desk.picker.put(&[sample_path("request.http")]);
            desk.act(action, by);
            assert!(
                desk.has("request.http: no token here has a MAC whose secret could be looked for.")
            );
        }
        Action::CopyToken => {
            desk.act(action, by);
            let copied = desk.board.text().unwrap();
            assert_eq!(copied, desk.state().session.tokens[0].token.text());
        }
        Action::CopyRedacted => {
            desk.act(action, by);
            assert!(desk.board.text().unwrap().ends_with(".[redacted]"));
        }
        Action::CopyTimes => {
            desk.act(action, by);
            let words = desk.board.text().unwrap();
            assert!(
                words.contains("exp") && words.lines().count() > 3,
                "{words}"
            );
        }
        Action::ShowRequest => {
            desk.act(action, by);
            assert_eq!(desk.state().beside, [0, 1, 2, 3].into());
            assert_eq!(last_action(&desk), "The timeline shows 4 tokens");
        }
        Action::ShowAlone => {
            desk.act(Action::ShowRequest, By::Palette);
            desk.act(action, by);
            assert!(desk.state().beside.is_empty());
        }
        Action::NextToken => {
            desk.act(action, by);
            assert_eq!(token(&desk), Some(1));
        }
        Action::PreviousToken => {
            desk.act(Action::NextToken, By::Keys);
            desk.act(action, by);
            assert_eq!(token(&desk), Some(0));
        }
        Action::NextFinding | Action::PreviousFinding => {
            desk.act(action, by);
            let selection = desk.state().selection.clone().expect("evidence");
            let (_, judgement) = desk.state().current().unwrap();
            let evidence = judgement
                .findings
                .iter()
                .filter_map(|finding| finding.evidence.first());
            assert!(
                evidence
                    .clone()
                    .any(|evidence| evidence.range == selection.range)
            );
            let all = evidence.count();
            for _ in 0..all {
                desk.act(action, By::Keys);
            }
            assert!(desk.state().selection.is_some(), "round at the end");
        }
        Action::ClearSelection => {
            desk.act(Action::NextFinding, By::Keys);
            desk.act(action, by);
            assert_eq!(desk.state().selection, None);
        }
        Action::RemoveToken => {
            desk.act(action, by);
            assert_eq!(desk.state().session.tokens.len(), 3);
        }
        Action::GoRelated => crate::together::check(&mut desk, action, by),
        Action::GoTokens => goes(&mut desk, action, by, "Token 1"),
        Action::NextLayer | Action::PreviousLayer | Action::GoLayers => {
            crate::layers::show_inner(&mut desk);
            assert_eq!(desk.state().shown_layer(), 1);
            match action {
                Action::GoLayers => return goes(&mut desk, action, by, "Layer 2 of 2"),
                Action::PreviousLayer => desk.act(action, by),
                _ => {
                    desk.act(Action::PreviousLayer, By::Keys);
                    desk.act(action, by);
                    assert_eq!(desk.state().shown_layer(), 1);
                    desk.act(Action::PreviousLayer, By::Keys);
                }
            }
            assert_eq!(desk.state().shown_layer(), 0);
        }
        Action::AddPayload | Action::PastePayload | Action::RemovePayload => {
            crate::layers::show_detached(&mut desk);
            desk.picker.put(&[sample_path("request.http")]);
            let supplied = |desk: &Desk| {
                let (inspection, _) = desk.state().outermost().unwrap();
                inspection.detached_payload.is_some()
            };
            if action == Action::RemovePayload {
                desk.act(Action::PastePayload, By::Palette);
                assert!(supplied(&desk));
                desk.act(action, by);
                assert!(!supplied(&desk));
            } else {
                desk.board.put("payload");
                desk.act(action, by);
                assert!(supplied(&desk));
            }
        }
        Action::GoRaw => goes(&mut desk, action, by, "Raw token"),
        Action::GoHeader => goes(&mut desk, action, by, "alg"),
        Action::GoClaims => goes(&mut desk, action, by, "iss"),
        Action::GoTimeline => goes(&mut desk, action, by, "Clock on the timeline"),
        Action::GoChecks => goes(&mut desk, action, by, "Compact JWS"),
        Action::GoFindings => goes(&mut desk, action, by, "Header names its own key URL"),
        Action::GoKeys => goes(&mut desk, action, by, "Key 1"),
        Action::SwitchTable => {
            desk.act(action, by);
            assert!(desk.state().table.is_open && desk.has("Row 1: "));
            desk.act(action, by);
            assert!(!desk.state().table.is_open && desk.has("Token 1: "));
        }
        Action::FilterTokens => {
            desk.act(action, by);
            assert!(desk.state().table.is_open);
            assert_eq!(desk.focused(), "TextInput Filter the table");
        }
        Action::OpenToken
        | Action::ListAll
        | Action::ListRejected
        | Action::ListAccepted
        | Action::ListOpen
        | Action::GroupByIssuer
        | Action::GroupByAlg
        | Action::GroupByVerdict
        | Action::GroupBySource
        | Action::GroupByNothing
        | Action::SortByVerdict
        | Action::SortByName
        | Action::SortByAlg
        | Action::SortByKey
        | Action::SortByIssuer
        | Action::SortBySubject
        | Action::SortByTime
        | Action::SortByFindings
        | Action::SortByWhere
        | Action::SortBySeen
        | Action::SortAsFound
        | Action::ChooseAll
        | Action::ChooseNone
        | Action::ShowChosenBeside
        | Action::CopyRows
        | Action::RemoveChosen => in_table(action, by),
        Action::KeyManager
        | Action::SearchKeys
        | Action::TypeSecret
        | Action::GenerateKey
        | Action::AddCertificates
        | Action::AskForKeys
        | Action::CopyJwk
        | Action::ExportKey
        | Action::RenameKey
        | Action::ShowSecret
        | Action::CopySecret
        | Action::SaveKey
        | Action::SaveKeys
        | Action::KeepNoLonger
        | Action::UnlockSaved
        | Action::LockSaved
        | Action::ChangePassphrase
        | Action::ForgetSaved
        | Action::CopyThumbprint
        | Action::RemoveKey
        | Action::SortKeysByState
        | Action::SortKeysById
        | Action::SortKeysByKind
        | Action::SortKeysByHolds
        | Action::SortKeysByFrom
        | Action::SortKeysByThumbprint
        | Action::SortKeysByFits
        | Action::SortKeysByNotes
        | Action::SortKeysAsLoaded => crate::manager::check(action, by),
        Action::NextPane => {
            desk.act(Action::GoRaw, By::Keys);
            desk.act(action, by);
            assert!(desk.focused().contains("alg"), "{}", desk.focused());
        }
        Action::PreviousPane => {
            desk.act(Action::GoRaw, By::Keys);
            desk.act(action, by);
            assert!(desk.focused().contains("Token 1"), "{}", desk.focused());
        }
        Action::EditPolicy
        | Action::NewPolicy
        | Action::PolicyFromToken
        | Action::ExpectNothing
        | Action::SavePolicy
        | Action::SavePolicyAs
        | Action::RenamePolicy
        | Action::DuplicatePolicy
        | Action::RevertPolicy
        | Action::DeletePolicy
        | Action::ImportPolicy
        | Action::ExportPolicy
        | Action::CopyPolicy
        | Action::Redo => crate::policy::check(action, by),
        Action::ChooseKind => {
            desk.act(action, by);
            assert_eq!(desk.focused(), "TextInput Find a kind");
        }
        Action::AutomaticKind => {
            desk.act(Action::ChooseKind, By::Keys);
            desk.window.event(egui::Event::Text("logout".to_owned()));
            desk.settle();
            desk.window.key_press(Key::Enter);
            desk.settle();
            assert!(desk.state().session.tokens[0].kind.is_some());
            desk.act(action, by);
            assert_eq!(desk.state().session.tokens[0].kind, None);
        }
        Action::SetClock
        | Action::LiveClock
        | Action::FreezeClock
        | Action::ClockToRequest
        | Action::ClockToIssued
        | Action::ClockBeforeExpiry
        | Action::ClockAfterExpiry => crate::clock::check(&mut desk, action, by),
        Action::SwitchZone => {
            desk.act(action, by);
            assert_eq!(desk.state().zone, Zone::Local);
        }
        Action::ChooseZone => {
            desk.act(action, by);
            assert!(desk.focused().contains("Time zone"), "{}", desk.focused());
        }
        Action::NextForm => {
            desk.act(action, by);
            let layout = desk.state().layout;
            assert_eq!(
                (layout.header, layout.claims),
                (MemberForm::Json, MemberForm::Json)
            );
            assert!(desk.has("Payload as text") && desk.has("Header as text"));
        }
        Action::HeaderJson | Action::HeaderHex | Action::HeaderTable => {
            desk.act(Action::NextForm, By::Keys);
            if action == Action::HeaderJson {
                desk.act(Action::HeaderHex, By::Palette);
            }
            desk.act(action, by);
            let form = desk.state().layout.header;
            assert_eq!(format!("Header{form:?}"), format!("{action:?}"));
        }
        Action::ClaimsJson | Action::ClaimsHex | Action::ClaimsTable => {
            desk.act(Action::NextForm, By::Keys);
            if action == Action::ClaimsJson {
                desk.act(Action::ClaimsHex, By::Palette);
            }
            desk.act(action, by);
            let form = desk.state().layout.claims;
            assert_eq!(format!("Claims{form:?}"), format!("{action:?}"));
        }
        Action::DarkTheme => {
            desk.act(Action::LightTheme, By::Palette);
            desk.act(action, by);
            assert_eq!(desk.window.ctx.theme(), Theme::Dark);
        }
        Action::LightTheme => {
            desk.act(action, by);
            assert_eq!(desk.window.ctx.theme(), Theme::Light);
        }
        Action::SystemTheme => {
            desk.act(Action::LightTheme, By::Palette);
            desk.act(action, by);
            assert_eq!(desk.state().theme, ThemePreference::System);
            for theme in [Theme::Light, Theme::Dark] {
                desk.system_theme.send(theme).unwrap();
                desk.settle();
                assert_eq!(desk.window.ctx.theme(), theme, "the desktop changed");
            }
        }
        Action::ZoomIn => zooms(&mut desk, action, by, 1.1),
        Action::ZoomOut => zooms(&mut desk, action, by, 0.9),
        Action::ZoomReset => {
            desk.act(Action::ZoomIn, By::Keys);
            zooms(&mut desk, action, by, 1.0);
        }
        Action::ResetLayout => {
            desk.act(Action::GoChecks, By::Keys);
            assert_eq!(desk.state().layout.tab, Tab::Checks);
            desk.act(action, by);
            assert_eq!(desk.state().layout, Layout::default());
        }
        Action::Palette => {
            desk.act(action, By::Keys);
            assert!(desk.focused().contains("Command"), "{}", desk.focused());
            desk.window.key_press(Key::Escape);
            desk.settle();
            assert!(!desk.focused().contains("Command"));
        }
        Action::Shortcuts => {
            desk.act(action, by);
            assert!(desk.has("Open by path\u{2026}: Ctrl+Shift+O"));
            desk.window.key_press(Key::Escape);
            desk.settle();
            assert!(!desk.has("Open by path\u{2026}: Ctrl+Shift+O"));
        }
        Action::About => {
            desk.act(action, by);
            assert!(desk.has(concat!("Version ", env!("CARGO_PKG_VERSION"))));
            desk.window.key_press(Key::Enter);
            desk.settle();
            assert!(!desk.has("Version "), "Close has the keyboard");
        }
    }
}

fn goes(desk: &mut Desk, action: Action, by: By, to: &str) {
    desk.act(action, by);
    assert!(
        desk.focused().contains(to),
        "{action:?}: {}",
        desk.focused()
    );
}

fn zooms(desk: &mut Desk, action: Action, by: By, to: f32) {
    desk.act(action, by);
    let zoom = desk.window.ctx.zoom_factor();
    assert!((zoom - to).abs() < 0.01, "{action:?}: {zoom}");
}

#[test]
fn each_action_works_by_its_keys() {
    for &action in Action::ALL {
        if action.entry().shortcut.is_some() {
            check(action, By::Keys);
        }
    }
}

#[test]
fn each_action_works_through_the_palette() {
    for &action in Action::ALL {
        if action != Action::Palette {
            check(action, By::Palette);
        }
    }
}

#[test]
fn every_action_is_in_the_menu() {
    for group in Group::ALL {
        let mut desk = opened();
        desk.click("Menu");
        desk.click(group.label());
        for action in Action::of(group) {
            let label = action.entry().label;
            assert!(
                desk.window.query_all_by_label(label).next().is_some(),
                "{label}"
            );
        }
    }
}

#[test]
fn the_palette_finds_claims_tokens_and_findings() {
    let mut desk = opened();
    let go = |desk: &mut Desk, query: &str| {
        desk.window
            .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
        desk.settle();
        desk.window.event(egui::Event::Text(query.to_owned()));
        desk.settle();
        desk.window.key_press(Key::Enter);
        desk.settle();
    };
    go(&mut desk, "claim nonce");
    assert_eq!(
        desk.state().selection.as_ref().unwrap().part,
        PartRole::Payload
    );
    go(&mut desk, "finding header names");
    assert_eq!(
        desk.state().selection.as_ref().unwrap().part,
        PartRole::ProtectedHeader
    );
    go(&mut desk, "token 3");
    assert_eq!(desk.state().current, Some(2));
    // Nothing happens, and the palette stays for another try.
    go(&mut desk, "no such thing");
    assert!(desk.has("Nothing is called so."));
}

#[test]
fn the_keyboard_goes_back_to_where_it_was() {
    let mut desk = opened();
    desk.act(Action::GoRaw, By::Keys);
    desk.act(Action::Shortcuts, By::Keys);
    assert!(!desk.focused().contains("Raw token"));
    desk.window.key_press(Key::Escape);
    desk.settle();
    assert!(desk.focused().contains("Raw token"), "{}", desk.focused());
}

#[test]
fn shortcuts_are_not_taken_from_a_field() {
    let mut desk = opened();
    desk.act(Action::EditPolicy, By::Keys);
    desk.window.event(egui::Event::Text("7".to_owned()));
    desk.settle();
    let tokens = desk.state().session.tokens.len();
    // But a function key is: F6 leads out of the field.
    for key in [Key::W, Key::Z] {
        desk.window.key_press_modifiers(Modifiers::COMMAND, key);
        desk.settle();
    }
    assert_eq!(desk.state().session.tokens.len(), tokens);
    desk.act(Action::NextPane, By::Keys);
    assert!(!desk.focused().contains("TextInput"), "{}", desk.focused());
}
