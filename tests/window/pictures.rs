//! Pictures of the panes, dark and light, beside this file in `tests/snapshots`.

use std::io::Write as _;
use std::sync::OnceLock;

use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;
use egui_kittest::wgpu::WgpuTestRenderer;
use egui_kittest::{Harness, SnapshotOptions, SnapshotResults};

use tokenloupe::judge::{Policy, ProfileChoice, ProfileName, Revoked, Strictness};
use tokenloupe::keys::KeyRing;
use tokenloupe::window::commands::Command;

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

/// A picture of what `show` shows, after something was done to it.
pub(super) fn picture_of(
    name: &str,
    stage: impl Fn() -> Stage,
    size: [f32; 2],
    show: fn(&mut egui::Ui, &mut Stage),
    act: impl Fn(&mut Harness<'static, Stage>),
) {
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
            show,
        );
        act(&mut harness);
        results.add(harness.try_snapshot(format!("{name}-{word}")));
    }
}

#[test]
fn nested_members_opened_with_a_long_value_and_the_keyboard() {
    let payload = format!(
        r#"{{"iss":"https://accounts.example","exp":1795035600,"realm_access":{{"roles":["admin","user"],"groups":[{{"id":7,"path":"/staff"}}]}},"sub":"a\u202eb","sub":"c","blob":"{}"}}"#,
        "0123456789abcdef".repeat(200)
    );
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let stage = || {
        let keys = KeyRing::default();
        Stage::new(&token(header, &payload), keys, Policy::default())
    };
    let show = |ui: &mut egui::Ui, stage: &mut Stage| stage.all(ui);
    picture_of("members-nested", stage, [1176.0, 1000.0], show, |window| {
        window.get_by_label_contains("blob: ").focus();
        window.run();
        window.key_press(Key::ArrowRight);
        window.run();
        window.get_by_label("More for claims").click();
        window.run();
        window.get_by_label("Open all").click();
        window.run();
        window.get_by_label_contains("groups: ").focus();
        window.run();
    });
}

#[test]
fn what_a_member_means_beside_its_row() {
    let payload = r#"{"iss":"https://login.microsoftonline.com/0f0e/v2.0","tid":"0f0e","scp":["a"],"exp":1795035600,"cnf":{"jkt":"x"}}"#;
    let header = r#"{"alg":"ES256","typ":"at+jwt"}"#;
    let stage = || {
        let keys = KeyRing::default();
        Stage::new(&token(header, payload), keys, Policy::default())
    };
    let show = |ui: &mut egui::Ui, stage: &mut Stage| stage.all(ui);
    picture_of("members-meaning", stage, [1176.0, 832.0], show, |window| {
        window.get_by_label_contains("scp: ").focus();
        window.run();
        window.key_press(Key::Questionmark);
        window.run();
    });
}

/// One pane on its ground, with what it asks for done.
fn alone(
    ui: &mut egui::Ui,
    stage: &mut Stage,
    show: impl FnOnce(&mut egui::Ui, &mut Stage) -> Vec<Command>,
) {
    let tokens = tokenloupe::window::theme::tokens(ui);
    let rect = ui.ctx().content_rect();
    ui.painter().rect_filled(rect, 0, tokens.bg1);
    for command in show(ui, stage) {
        stage.obey(&command);
    }
}

#[test]
fn a_clock_that_is_held() {
    let stage = || {
        let mut stage = Stage::id_token();
        stage.freeze("2026-11-18T20:30:00Z");
        stage
    };
    let show = |ui: &mut egui::Ui, stage: &mut Stage| {
        alone(ui, stage, |ui, stage| {
            let mut commands = stage.verdict.ui(ui, &stage.model);
            ui.add_space(10.0);
            commands.extend(stage.timeline.ui(ui, &stage.model));
            commands
        });
    };
    picture_of("timeline-frozen", stage, [776.0, 290.0], show, |window| {
        let name = "Clock on the timeline";
        let axis = window.get_by_label(name).rect();
        window.hover_at(axis.left_top() + egui::vec2(420.0, 40.0));
        window.run();
    });
}

#[test]
fn findings_of_several_severities() {
    let stage = || {
        let token = token(
            r#"{"alg":"RS256","kid":"idp-2026-09","jku":"https://keys.example.net/jwks"}"#,
            r#"{"sub":"a","sub":"b","iat":1795032000,"exp":"1795035600"}"#,
        );
        Stage::new(&token, issuer_keys(), Policy::default())
    };
    let show = |ui: &mut egui::Ui, stage: &mut Stage| {
        alone(ui, stage, |ui, stage| {
            let mut commands = stage.checks.ui(ui, &stage.model);
            commands.extend(stage.findings.ui(ui, &stage.model));
            commands
        });
    };
    picture_of("findings", stage, [372.0, 1000.0], show, |window| {
        window
            .get_by_label_contains("\u{201C}sub\u{201D} stands")
            .click();
        window.run();
    });
}

/// The checks of a stage, and what is done to them.
fn checks(name: &str, stage: impl Fn() -> Stage, act: impl Fn(&mut Harness<'static, Stage>)) {
    let show = |ui: &mut egui::Ui, stage: &mut Stage| {
        alone(ui, stage, |ui, stage| stage.checks.ui(ui, &stage.model));
    };
    picture_of(name, stage, [372.0, 820.0], show, act);
}

#[test]
fn checks_under_a_policy_that_the_token_meets() {
    let stage = || {
        let mut stage = Stage::id_token();
        let policy = &mut stage.model.session.policy;
        policy.nonce = Some("n-0S6_WzA2Mj".to_owned());
        policy.revoked = Revoked::listed(["another"]);
        policy.profile = ProfileChoice::Named(ProfileName::OidcIdToken);
        stage.freeze("2026-11-18T20:30:00Z");
        stage
    };
    checks("checks-passed", stage, |window| {
        window.get_by_label_contains("Key chosen by kid").click();
        window.run();
    });
}

#[test]
fn a_check_that_failed_with_its_diagnosis() {
    let stage = || {
        let policy = Policy {
            strictness: Strictness::Lenient,
            ..Policy::default()
        };
        let header = r#"{"alg":"RS256","kid":"idp-2026-09"}"#;
        let claims = r#"{"iss":"https://accounts.example","exp":1795303600}"#;
        Stage::new(&token(header, claims), issuer_keys(), policy)
    };
    checks("checks-failed", stage, |_| {});
}

#[test]
fn checks_that_were_not_run_and_what_is_folded_opened() {
    let stage = || {
        let keys = KeyRing::default();
        Stage::new(&sample("no-key.jwt"), keys, Policy::default())
    };
    checks("checks-not-run", stage, |window| {
        window.get_by_label_contains("jti not compared").click();
        window.run();
    });
}

#[test]
fn a_narrow_raw_token_with_its_faults() {
    let stage = || Stage::new(&sample("damaged.jwt"), issuer_keys(), Policy::default());
    let show = |ui: &mut egui::Ui, stage: &mut Stage| {
        alone(ui, stage, |ui, stage| stage.raw.ui(ui, &stage.model));
    };
    picture_of("raw-faults", stage, [500.0, 330.0], show, |window| {
        window.get_by_label("2 faults in the token").click();
        window.run();
    });
}
