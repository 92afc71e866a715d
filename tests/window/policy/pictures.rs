//! Pictures of the policy editor, dark and light.

use egui::{Theme, vec2};
use egui_kittest::{Harness, SnapshotResults};
use tokenloupe::window::LaunchOptions;

use super::*;
use crate::pictures::{can_draw, options};

/// The width and the height in points.
type Size = (f32, f32);

const WIDE: Size = (1440.0, 900.0);

fn picture(results: &mut SnapshotResults, name: &str, size: Size, act: impl Fn(&mut Desk)) {
    if !can_draw() {
        return;
    }
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let builder = Harness::builder()
            .with_size(vec2(size.0, size.1))
            .with_theme(theme)
            .with_options(options())
            .wgpu();
        let mut desk = Desk::build(builder, LaunchOptions::default());
        act(&mut desk);
        if !desk.state().policies.is_open {
            // How long it took differs from run to run, in width too.
            let corner = egui::pos2(size.0, size.1);
            let from = corner - vec2(280.0, 22.0);
            let mask = egui::Rect::from_min_max(from, corner - vec2(150.0, 1.0));
            desk.window.mask(mask);
        }
        results.add(desk.window.try_snapshot(format!("policy/{name}-{word}")));
    }
}

fn open(desk: &mut Desk) {
    desk.paste(&sample("request.http"));
    desk.paste(&sample("issuer.jwks.json"));
    // The one that is good.
    desk.act(Action::NextToken, By::Keys);
    desk.act(Action::NextToken, By::Keys);
}

/// A policy with something in every member, saved, and then changed.
fn full(desk: &mut Desk) {
    open(desk);
    desk.paste(
        r#"{"version":1,"name":"API gateway","profile":"access-token","alg":["ES256"],"typ":["at+jwt"],
        "issuers":[{"iss":"https://accounts.example","keys":[{"kid":"api-es256"},{"source":"old.jwks.json"}]}],
        "max_age_seconds":604800,"max_lifetime_seconds":700000000,
        "required_claims":[{"name":"sub"},{"pointer":"/scope","value":"orders:read"}],
        "forbidden_claims":[{"name":"admin","value":true}],"revoked":{"jti":["4f1c9e"]},"strictness":"lenient"}"#,
    );
    desk.act(Action::SavePolicy, By::Keys);
    desk.act(Action::NewPolicy, By::Palette);
    save_as(desk, "Web portal");
    press_with(desk, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    type_text(desk, "policy: api gateway");
    press(desk, Key::Enter);
    add(
        desk,
        "Add an audience",
        "Audience 1",
        "https://orders.example",
    );
    desk.window
        .get_by_role_and_label(Role::TextInput, "Name")
        .focus();
    desk.settle();
    leave_field(desk);
}

#[test]
fn a_full_one() {
    let mut results = SnapshotResults::new();
    picture(&mut results, "full-1440", WIDE, full);
    picture(&mut results, "full-820", (820.0, 600.0), full);
    picture(&mut results, "full-480", (480.0, 480.0), full);
    picture(&mut results, "claims-1440", WIDE, |desk| {
        full(desk);
        desk.window.get_by_label("Strict").focus();
        desk.settle();
    });
    picture(&mut results, "claims-480", (480.0, 480.0), |desk| {
        full(desk);
        desk.window.get_by_label("Remove forbidden claim 1").focus();
        desk.settle();
    });
}

#[test]
fn an_empty_one_and_the_menu() {
    let mut results = SnapshotResults::new();
    picture(&mut results, "empty-1440", WIDE, |desk| {
        desk.act(Action::EditPolicy, By::Keys);
        leave_field(desk);
    });
    picture(&mut results, "menu-1440", WIDE, |desk| {
        full(desk);
        desk.click("Back to the tokens");
        desk.click("Policy: API gateway, changed, not saved");
    });
}

#[test]
fn one_with_faults_and_a_broken_file() {
    let mut results = SnapshotResults::new();
    picture(&mut results, "faults-1440", WIDE, |desk| {
        let folder = desk.directory.path().join("policies");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("old.json"), r#"{"version":1,"algs":[]}"#).unwrap();
        full(desk);
        fill(desk, "Name", "web portal");
        fill(desk, "Key 2 of issuer 1", "");
        desk.click("Add an algorithm");
        leave_field(desk);
    });
    picture(&mut results, "faults-480", (480.0, 480.0), |desk| {
        full(desk);
        fill(desk, "Value of required claim 2", "0Zc");
        fill(desk, "Leeway in seconds", "soon");
        leave_field(desk);
    });
}
