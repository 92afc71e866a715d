//! The reference of the measurements: a window of the same size, drawn in the same way, that shows nothing.

use eframe::{App, Frame, NativeOptions, Renderer};
use egui::{Context, Ui, ViewportBuilder, vec2};

struct Empty;

impl App for Empty {
    fn logic(&mut self, ctx: &Context, _: &mut Frame) {
        if ctx.cumulative_frame_nr() == 1 {
            log::info!("first frame shown");
        }
    }

    fn ui(&mut self, _: &mut Ui, _: &mut Frame) {}

    fn persist_egui_memory(&self) -> bool {
        false
    }
}

fn main() -> eframe::Result {
    env_logger::init();
    let options = NativeOptions {
        viewport: ViewportBuilder::default()
            .with_app_id("empty_window")
            .with_title("Empty window")
            .with_inner_size(vec2(1440.0, 900.0)),
        clipboard_shortcuts: false,
        renderer: Renderer::Wgpu,
        ..NativeOptions::default()
    };
    eframe::run_native("empty_window", options, Box::new(|_| Ok(Box::new(Empty))))
}
