//! Whether the desktop is dark or light, and when that changes. Only where the window system does not tell.

use std::sync::mpsc::Receiver;

use egui::{Context, Theme};

/// The desktop's theme, now and whenever it changes. Nothing ever comes where the window system tells by itself,
/// or where nobody answers.
pub(super) fn watch(waker: Context) -> Receiver<Theme> {
    let (sender, receiver) = std::sync::mpsc::channel();
    let tell = move |theme| {
        let is_heard = sender.send(theme).is_ok();
        waker.request_repaint();
        is_heard
    };
    follow(tell);
    receiver
}

/// Asks on a thread: the portal may take its time, or never answer.
#[cfg(all(unix, not(target_os = "macos")))]
fn follow(tell: impl Fn(Theme) -> bool + Send + 'static) {
    let theme = |mode| match mode {
        dark_light::Mode::Dark => Some(Theme::Dark),
        dark_light::Mode::Light => Some(Theme::Light),
        dark_light::Mode::Unspecified => None,
    };
    let ask = move || {
        // Listening begins first, so that no change falls in between.
        let changes = dark_light::subscribe();
        if let Some(theme) = dark_light::detect().ok().and_then(theme) {
            tell(theme);
        }
        let Ok(changes) = changes else {
            return;
        };
        for theme in changes.iter().filter_map(theme) {
            if !tell(theme) {
                return;
            }
        }
    };
    // Without a thread the window keeps to its own default.
    let _ = std::thread::Builder::new()
        .name("system theme".to_owned())
        .spawn(ask);
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn follow(_tell: impl Fn(Theme) -> bool + Send + 'static) {}
