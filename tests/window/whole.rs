//! Pictures of the whole window, as it is first seen: dark and light, wide and narrow.

use egui::{Rect, Theme, pos2, vec2};
use egui_kittest::{Harness, SnapshotResults};
use tokenloupe::window::LaunchOptions;

use crate::desk::{Desk, sample_path};
use crate::pictures::{can_draw, options};

fn sample() -> LaunchOptions {
    LaunchOptions {
        inputs: vec![sample_path("request.http").into()],
        keys: vec![sample_path("issuer.jwks.json")],
    }
}

fn picture(
    results: &mut SnapshotResults,
    name: &str,
    size: [f32; 2],
    theme: Theme,
    launch: LaunchOptions,
) {
    let builder = Harness::builder()
        .with_size(vec2(size[0], size[1]))
        .with_theme(theme)
        .with_options(options())
        .wgpu();
    let mut desk = Desk::build(builder, launch);
    // How long it took differs from run to run, in width too.
    let corner = pos2(size[0], size[1]);
    desk.window
        .mask(Rect::from_min_max(corner - vec2(150.0, 22.0), corner));
    results.add(desk.window.try_snapshot(name));
}

#[test]
fn the_sample_in_both_themes() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    picture(
        &mut results,
        "window-dark",
        [1440.0, 900.0],
        Theme::Dark,
        sample(),
    );
    picture(
        &mut results,
        "window-light",
        [1440.0, 900.0],
        Theme::Light,
        sample(),
    );
}

#[test]
fn the_sample_in_small_windows() {
    if !can_draw() {
        return;
    }
    let mut results = SnapshotResults::new();
    picture(
        &mut results,
        "window-1000",
        [1000.0, 760.0],
        Theme::Dark,
        sample(),
    );
    picture(
        &mut results,
        "window-600",
        [600.0, 700.0],
        Theme::Light,
        sample(),
    );
}
