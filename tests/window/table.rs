//! Many tokens as a table.

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use tokenloupe::window::table::{Column, Many, Widths};

use crate::desk::{Desk, sample};
use crate::rail::{current, focus, is_focused, many, press, press_with, type_text, wait};

/// The sample request as a table.
fn sample_table() -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("request.http"));
    desk.paste(&sample("issuer.jwks.json"));
    to_table(&mut desk);
    desk
}

fn to_table(desk: &mut Desk) {
    press_with(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::T);
}

fn rows(desk: &Desk) -> Vec<usize> {
    let model = desk.window.state().model();
    let listed = &model.table.listed;
    let count = listed.len(model.session.tokens.len());
    listed.tokens(0..count).collect()
}

fn chosen(desk: &Desk) -> Vec<usize> {
    let table = &desk.window.state().model().table;
    table.chosen.iter().copied().collect()
}

fn click_with(desk: &mut Desk, start: &str, modifiers: Modifiers) {
    let name = desk.names(start).remove(0);
    let node = desk.window.get_by_label(&name);
    node.click_modifiers(modifiers);
    desk.settle();
}

#[test]
fn many_tokens_come_as_a_table_unless_the_list_is_preferred() {
    let mut desk = Desk::new();
    desk.paste(&many(40));
    assert!(desk.names("Row ").is_empty() && desk.has("Token 1: "));
    desk.paste(&many(200));
    assert!(!desk.names("Row ").is_empty() && !desk.has("Token 1: "));
    assert_eq!(rows(&desk).len(), 200);
    desk.click("Tokens as a list");
    assert!(desk.has("Token 1: "));
    assert_eq!(desk.window.state().model().layout.many, Many::List);
    desk.paste(&many(300));
    assert!(desk.names("Row ").is_empty(), "the list is preferred");
    desk.click("Tokens as a table");
    assert_eq!(desk.window.state().model().layout.many, Many::Table);
    assert_eq!(rows(&desk).len(), 300);
}

#[test]
fn a_row_says_all_of_its_cells_and_opens_its_token() {
    let mut desk = sample_table();
    let row = desk.names("Row 1: ").remove(0);
    for words in [
        "Row 1: reject, Name ID token, alg RS256, Key idp-2026-09",
        "Issuer https://accounts.example, Subject 8f240c91, Time expired 3 d",
        "Findings 1 high",
        "Seen \u{D7} 1",
    ] {
        assert!(row.contains(words), "{words}: {row}");
    }
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::ArrowDown);
    assert!(desk.has("2 of 4"), "the preview says which it is");
    press(&mut desk, Key::Enter);
    assert_eq!(current(&desk), Some(1));
    assert!(desk.has("Raw token") && desk.names("Row ").is_empty());
    to_table(&mut desk);
    desk.click("Open this token");
    assert!(desk.has("Raw token"));
}

#[test]
fn a_row_counts_the_tokens_inside_of_its_token() {
    let mut desk = Desk::new();
    crate::layers::show_nested(&mut desk);
    desk.paste(&sample("sealed.jwt"));
    desk.paste(&sample("two-signatures.json"));
    to_table(&mut desk);
    let row = |desk: &Desk, at: usize| desk.names(&format!("Row {at}: ")).remove(0);
    let nested = row(&desk, 1);
    for words in [
        "Row 1: reject",
        "alg HS256, Key first",
        "Issuer https://accounts.example, Subject 8f240c91, Time expired 3 d",
    ] {
        assert!(nested.contains(words), "{words}: {nested}");
    }
    // What is wrong inside is wrong with the whole.
    let findings = |desk: &Desk, at: usize| {
        let model = desk.window.state().model();
        let layers = model.judgements[at].layers();
        layers.map(|layer| layer.findings.len()).collect::<Vec<_>>()
    };
    assert!(findings(&desk, 0)[1] > 0, "{nested}");
    assert!(nested.contains("Findings ") && !nested.contains("Findings \u{2013}"));
    assert!(row(&desk, 2).contains("Time not opened"));
    assert!(row(&desk, 3).contains("partner-sig"));

    // With the key the token inside says all of it.
    desk.paste(&sample("partner.jwks.json"));
    let sealed = row(&desk, 2);
    for words in ["Row 2: accept", "Key partner-enc", " left"] {
        assert!(sealed.contains(words), "{words}: {sealed}");
    }
    assert!(!sealed.contains("Subject \u{2013}"), "{sealed}");
    let signed = row(&desk, 3);
    assert!(signed.contains("Key partner-sig"), "{signed}");

    // Beside the table too, a layer is chosen; the verdict stays that of the whole.
    desk.click(&nested);
    let layer = desk.names("Layer 2 of 2").remove(0);
    desk.click(&layer);
    assert_eq!(desk.window.state().model().shown_layer(), 1);
    assert!(
        desk.has("Reject: expired 3 days"),
        "{:?}",
        desk.names("Reject")
    );
}

#[test]
fn headings_sort_by_click_and_by_keyboard() {
    let mut desk = sample_table();
    desk.click("Sort by alg");
    let up = rows(&desk);
    desk.click("Sort by alg, ascending");
    let mut down = rows(&desk);
    down.reverse();
    assert_eq!(up, down);
    assert_ne!(up, [0, 1, 2, 3]);
    desk.click("Sort by alg, descending");
    assert_eq!(rows(&desk), [0, 1, 2, 3]);

    focus(&mut desk, "Sort by alg");
    press(&mut desk, Key::ArrowRight);
    assert!(is_focused(&desk, "Sort by Key"));
    press(&mut desk, Key::Enter);
    assert!(desk.has("Sort by Key, ascending"));
    let width = |desk: &Desk| desk.window.state().model().layout.columns.of(Column::Key);
    let before = width(&desk);
    press_with(&mut desk, Modifiers::ALT, Key::ArrowRight);
    assert!(width(&desk) > before);
    assert!(is_focused(&desk, "Sort by Key"), "it stays there");
}

#[test]
fn an_edge_of_a_column_is_dragged() {
    let mut desk = sample_table();
    let edge = desk.window.get_by_label("Width of Name").rect().center();
    desk.window.drag_at(edge);
    desk.window.step();
    desk.window.hover_at(edge + egui::vec2(40.0, 0.0));
    desk.window.step();
    desk.window.drop_at(edge + egui::vec2(40.0, 0.0));
    desk.settle();
    let width = desk.window.state().model().layout.columns.of(Column::Name);
    let by = width - Widths::default().of(Column::Name);
    assert!((by - 40.0).abs() < 1.0, "{by}");
}

#[test]
fn a_filter_is_typed_and_an_empty_result_says_so() {
    let mut desk = sample_table();
    let field = |desk: &Desk| {
        let field = desk
            .window
            .get_by_role_and_label(Role::TextInput, "Filter the table");
        field.accesskit_node().value().unwrap_or_default()
    };
    press_with(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    type_text(&mut desk, "alg:none or kind:jwe");
    assert_eq!(rows(&desk), [1, 3]);
    assert!(desk.has("2 of 4 tokens"));
    desk.click("Open 1");
    assert_eq!(rows(&desk), [3]);
    desk.click("Accept 0");
    assert!(desk.has("No token is like that."));
    assert!(desk.has("2 hold what was typed, but have another verdict."));
    desk.click("List all tokens");
    assert_eq!((rows(&desk).len(), field(&desk).as_str()), (4, ""));
    press_with(&mut desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    type_text(&mut desk, "sub:8f240c91");
    press(&mut desk, Key::ArrowDown);
    assert!(is_focused(&desk, "Row 1: "));
    press(&mut desk, Key::ArrowDown);
    assert_eq!(current(&desk), Some(2), "the next that is listed");
}

#[test]
fn rows_are_narrowed_down_from_their_menu() {
    let mut desk = sample_table();
    focus(&mut desk, "Row 2: ");
    press_with(&mut desk, Modifiers::SHIFT, Key::F10);
    desk.click("Only this algorithm");
    assert_eq!(desk.window.state().model().table.filter.text, "alg:none");
    assert_eq!(rows(&desk), [1]);
}

#[test]
fn groups_are_closed_and_opened_by_keyboard() {
    let mut desk = sample_table();
    desk.click("Group: none");
    desk.click("By issuer");
    let heading = "https://accounts.example, 2 tokens";
    focus(&mut desk, heading);
    press(&mut desk, Key::ArrowLeft);
    assert_eq!(rows(&desk).len(), 2);
    assert!(is_focused(&desk, heading));
    press(&mut desk, Key::ArrowRight);
    assert_eq!(rows(&desk).len(), 4);
    press(&mut desk, Key::ArrowDown);
    assert!(is_focused(&desk, "Row 2: "));
    press(&mut desk, Key::ArrowLeft);
    assert!(is_focused(&desk, heading), "back at its heading");
}

#[test]
fn several_rows_are_chosen_copied_removed_and_brought_back() {
    let mut desk = Desk::new();
    desk.paste(&many(200));
    focus(&mut desk, "Row 2: ");
    press_with(&mut desk, Modifiers::SHIFT, Key::ArrowDown);
    press_with(&mut desk, Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(chosen(&desk), [1, 2, 3]);
    assert!(desk.has("3 chosen"));
    desk.window.event(Event::Copy);
    desk.settle();
    let copied = desk.board.text().unwrap();
    assert_eq!(copied.lines().count(), 4, "{copied}");
    assert!(copied.lines().nth(3).unwrap().contains("\tuser-00003\t"));

    click_with(&mut desk, "Row 8: ", Modifiers::COMMAND);
    assert_eq!(chosen(&desk), [1, 2, 3, 7]);
    click_with(&mut desk, "Row 10: ", Modifiers::SHIFT);
    assert_eq!(chosen(&desk), [7, 8, 9]);
    press(&mut desk, Key::Delete);
    let subjects = |desk: &Desk| {
        let tokens = desk.window.state().model().session.tokens.iter();
        tokens
            .map(|token| token.token.claims().unwrap().str("sub").unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let left = subjects(&desk);
    assert_eq!((left.len(), left[7].as_str()), (197, "user-00010"));
    assert_eq!((rows(&desk).len(), current(&desk)), (197, Some(7)));
    assert!(
        is_focused(&desk, "Row 8: "),
        "the next one has the keyboard"
    );
    assert!(desk.has("Removed 3 tokens."));
    press_with(&mut desk, Modifiers::COMMAND, Key::Z);
    let back = subjects(&desk);
    assert!(back.is_sorted() && back.len() == 200);
    let model = desk.window.state().model();
    assert_eq!(model.judgements.len(), 200);
    assert!(desk.has("Brought 3 tokens back"));
    focus(&mut desk, "Row 1: ");
    press_with(&mut desk, Modifiers::COMMAND, Key::A);
    assert_eq!(chosen(&desk).len(), 200);
    press(&mut desk, Key::Escape);
    assert!(chosen(&desk).is_empty());
}

#[test]
fn of_ten_thousand_rows_only_those_in_view_are_there() {
    let mut desk = Desk::new();
    desk.paste(&many(10_000));
    assert!((10..40).contains(&desk.names("Row ").len()));
    focus(&mut desk, "Row 1: ");
    press(&mut desk, Key::End);
    assert_eq!(current(&desk), Some(9_999));
    wait(&mut desk, "the last row", |desk| {
        is_focused(desk, "Row 10000: ")
    });
    desk.click("Sort by Subject");
    desk.click("Sort by Subject, ascending");
    let rows = rows(&desk);
    assert_eq!((rows.len(), rows[0], rows[9_999]), (10_000, 9_999, 0));
}
