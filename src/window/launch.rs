//! Opening the window, and saying in one line why none can be had.

use std::any::Any;
use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use egui::{IconData, ViewportBuilder, vec2};

use super::app::App;
use super::{privacy, theme};

/// The name of the program where desktops keep such: storage folder, Wayland id.
const APP_ID: &str = "tokenloupe";

/// The window's title. It never says what is open.
const TITLE: &str = "Tokenloupe";

/// Pixels of the icon's side.
const ICON_SIDE: u32 = 64;

/// What to open the window with.
#[derive(Debug, Clone, Default)]
pub struct LaunchOptions {
    /// Each a file, `-` for standard input, or a text with tokens.
    pub inputs: Vec<OsString>,
    /// Files with keys.
    pub keys: Vec<PathBuf>,
}

/// Why there is no window. `Display` is one line, which ends with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchError {
    /// A library that the desktop's protocol needs is missing.
    #[error(
        "expected the library {0}, which a window on X11 or Wayland needs, found none; {ADVICE}"
    )]
    Library(&'static str),
    /// There is no desktop to open a window on.
    #[error("expected a display (DISPLAY or WAYLAND_DISPLAY), found none that answers; {ADVICE}")]
    NoDisplay,
    /// Neither a Vulkan driver nor OpenGL is there, not even one in software.
    #[error(
        "expected a driver that can draw (Vulkan or OpenGL, in software too), found none; {ADVICE}"
    )]
    NoRenderer,
    /// It was open, and stopped because of a fault in this program.
    #[error("the window stopped because of a fault in this program; {ADVICE}")]
    Stopped,
}

const ADVICE: &str = "`tokenloupe inspect` works without a window";

/// Opens the window and stays until it is closed.
pub fn run(options: LaunchOptions) -> Result<(), LaunchError> {
    if !has_display() {
        return Err(LaunchError::NoDisplay);
    }
    privacy::install_panic_hook();
    // winit panics where a library is missing; a panic of our own must not print what it was about.
    let result = catch_unwind(AssertUnwindSafe(|| {
        eframe::run_native(
            APP_ID,
            native_options(),
            Box::new(|cc| {
                privacy::window_is_up();
                let app = App::with_options(cc, options);
                // After the theme, which brings the bundled faces.
                theme::use_system_fonts(&cc.egui_ctx);
                Ok(Box::new(app))
            }),
        )
    }));
    match result {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(explain(&error)),
        Err(panic) => Err(explain_panic(&*panic)),
    }
}

fn native_options() -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: ViewportBuilder::default()
            .with_app_id(APP_ID)
            .with_title(TITLE)
            .with_inner_size(vec2(1440.0, 900.0))
            .with_min_inner_size(vec2(480.0, 360.0))
            .with_drag_and_drop(true)
            .with_icon(icon()),
        // It loses CRLF, is silent about an empty clipboard and waits for other programs on the window's thread.
        clipboard_shortcuts: false,
        renderer: eframe::Renderer::Wgpu,
        ..eframe::NativeOptions::default()
    }
}

/// Whether a desktop is announced at all. Whether it answers, winit finds out.
fn has_display() -> bool {
    if !cfg!(all(unix, not(target_os = "macos"))) {
        return true;
    }
    ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

fn explain(error: &eframe::Error) -> LaunchError {
    // Never the text of an error of our own making: only what the window system says.
    log::warn!("no window: {error}");
    match error {
        eframe::Error::Winit(_) | eframe::Error::WinitEventLoop(_) => LaunchError::NoDisplay,
        eframe::Error::AppCreation(_) => LaunchError::Stopped,
        eframe::Error::Wgpu(_) => LaunchError::NoRenderer,
    }
}

fn explain_panic(panic: &(dyn Any + Send)) -> LaunchError {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default();
    if text.contains("libxkbcommon-x11") {
        LaunchError::Library("libxkbcommon-x11")
    } else if text.contains("libxkbcommon") {
        LaunchError::Library("libxkbcommon")
    } else {
        LaunchError::Stopped
    }
}

/// The loupe: a ring and its handle.
fn icon() -> IconData {
    let [red, green, blue, _] = theme::DARK.accent.to_array();
    let rgba = (0..ICON_SIDE)
        .flat_map(|y| (0..ICON_SIDE).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            let at = egui::pos2(x as f32 + 0.5, y as f32 + 0.5) / (ICON_SIDE as f32);
            [red, green, blue, coverage(at)]
        })
        .collect();
    IconData {
        rgba,
        width: ICON_SIDE,
        height: ICON_SIDE,
    }
}

/// How much of a point of the unit square the loupe covers.
fn coverage(at: egui::Pos2) -> u8 {
    let (center, radius, half_width) = (egui::pos2(0.42, 0.42), 0.28, 0.06);
    let ring = ((at - center).length() - radius).abs() - half_width;
    let (from, to) = (egui::pos2(0.64, 0.64), egui::pos2(0.88, 0.88));
    let along = ((at - from).dot(to - from) / (to - from).length_sq()).clamp(0.0, 1.0);
    let handle = (at - (from + (to - from) * along)).length() - half_width;
    let pixels = ring.min(handle) * ICON_SIDE as f32;
    ((0.5 - pixels).clamp(0.0, 1.0) * 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_library_is_named_and_other_panics_are_not_repeated() {
        let panic = |text: &str| explain_panic(&text.to_owned());
        assert_eq!(
            panic("Library libxkbcommon-x11.so could not be loaded."),
            LaunchError::Library("libxkbcommon-x11")
        );
        let other = panic("bad token eyJhbGciOi").to_string();
        assert!(
            !other.contains("eyJ") && other.contains("tokenloupe inspect"),
            "{other}"
        );
        assert_eq!(other.lines().count(), 1);
    }

    #[test]
    fn the_icon_is_a_ring_with_a_handle() {
        let icon = icon();
        assert_eq!(icon.rgba.len(), 64 * 64 * 4);
        let alpha = |x: usize, y: usize| icon.rgba[(y * 64 + x) * 4 + 3];
        assert_eq!(alpha(27, 9), 255, "the ring");
        assert_eq!(alpha(27, 27), 0, "its inside");
        assert_eq!(alpha(50, 50), 255, "the handle");
        assert_eq!(alpha(0, 63), 0, "a corner");
    }
}
