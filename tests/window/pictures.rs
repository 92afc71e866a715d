//! Pictures of the panes, dark and light, beside this file in `tests/snapshots`.

use std::io::Write as _;
use std::sync::OnceLock;

use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use tokenloupe::jose::PartRole;
use tokenloupe::judge::Policy;
use tokenloupe::keys::KeyRing;
use tokenloupe::window::model::Selection;

use super::stage::{Stage, build, issuer_keys, sample, token};

/// Whether pictures can be made here. Continuous integration must be able to.
pub(super) fn can_draw() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    let can = *CAN.get_or_init(|| {
        // The pictures were made by Mesa's software driver; another one draws other edges.
        let can = has_software_driver() && std::panic::catch_unwind(WgpuTestRenderer::new).is_ok();
        if !can {
            // Not `println!`: the harness keeps that to itself when a test passes.
            let line = "skipped: Mesa's software Vulkan driver is not there to make pictures with";
            writeln!(std::io::stderr(), "{line}").unwrap();
        }
        can
    });
    assert!(
        can || std::env::var_os("CI").is_none(),
        "Mesa's software Vulkan driver is not there to make pictures with"
    );
    can
}

/// Whether Mesa's software Vulkan driver is installed. The harness prefers it to a graphics card.
fn has_software_driver() -> bool {
    ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"]
        .into_iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flatten()
        .filter_map(Result::ok)
        .any(|entry| entry.file_name().to_string_lossy().starts_with("lvp_icd"))
}

/// Renderers differ in a few pixels of text; what moves or changes colour differs in many.
pub(super) fn options() -> SnapshotOptions {
    SnapshotOptions::new().threshold(1.0).max_failed_pixels(40)
}

fn picture(name: &str, stage: impl Fn() -> Stage, size: [f32; 2]) {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let mut harness = build(
            Harness::builder().wgpu().with_options(options()),
            stage(),
            size,
            theme,
            |ui, stage| stage.all(ui),
        );
        results.add(harness.try_snapshot(format!("{name}-{word}")));
    }
}

#[test]
fn an_expired_token_with_its_key() {
    picture("panes-expired", Stage::id_token, [1176.0, 832.0]);
}

#[test]
fn an_encrypted_token() {
    picture("panes-encrypted", Stage::jwe, [1176.0, 832.0]);
}

#[test]
fn a_damaged_token_with_something_selected() {
    let stage = || {
        let mut stage = Stage::new(&sample("damaged.jwt"), issuer_keys(), Policy::default());
        stage.model.selection = Some(Selection {
            part: PartRole::Payload,
            range: 150..200,
        });
        stage
    };
    picture("panes-damaged", stage, [1176.0, 832.0]);
}

#[test]
fn nested_members_opened_with_a_long_value_and_the_keyboard() {
    if !can_draw() {
        return;
    }
    let payload = format!(
        r#"{{"iss":"https://accounts.example","exp":1795035600,"realm_access":{{"roles":["admin","user"],"groups":[{{"id":7,"path":"/staff"}}]}},"sub":"a\u202eb","sub":"c","blob":"{}"}}"#,
        "0123456789abcdef".repeat(200)
    );
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let mut results = SnapshotResults::new();
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        let mut harness = build(
            Harness::builder().wgpu().with_options(options()),
            Stage::new(
                &token(header, &payload),
                KeyRing::default(),
                Policy::default(),
            ),
            [1176.0, 1000.0],
            theme,
            |ui, stage| stage.all(ui),
        );
        harness.get_by_label_contains("blob: ").focus();
        harness.run();
        harness.key_press(Key::ArrowRight);
        harness.run();
        harness.get_by_label("More for claims").click();
        harness.run();
        harness.get_by_label("Open all").click();
        harness.run();
        harness.get_by_label_contains("groups: ").focus();
        harness.run();
        results.add(harness.try_snapshot(format!("members-nested-{word}")));
    }
}
