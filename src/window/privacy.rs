//! Tokens and keys are secrets: what keeps them from leaking out of a window by the way.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use egui::{Context, FullOutput, OutputCommand, Plugin};
use zeroize::Zeroizing;

/// Stands between egui and the desktop. egui would put every finished text selection into the PRIMARY selection,
/// where any program reads it and the middle mouse button pastes it; what is copied goes through our clipboard thread; and
/// nothing of what is shown is ever opened.
#[derive(Clone, Default)]
pub(super) struct OutputGuard(Arc<Mutex<Vec<Zeroizing<String>>>>);

impl OutputGuard {
    /// What was copied out of widgets since the last call.
    pub(super) fn take_copied(&self) -> Vec<Zeroizing<String>> {
        self.0
            .lock()
            .map_or_else(|_| Vec::new(), |mut copied| std::mem::take(&mut *copied))
    }
}

impl Plugin for OutputGuard {
    fn debug_name(&self) -> &'static str {
        "output guard"
    }

    fn output_hook(&mut self, ctx: &Context, output: &mut FullOutput) {
        for command in output.platform_output.commands.drain(..) {
            if let OutputCommand::CopyText(text) = command
                && let Ok(mut copied) = self.0.lock()
            {
                copied.push(Zeroizing::new(text));
                ctx.request_repaint();
            }
        }
    }
}

/// Whether the window has come up: before, a panic is the launcher's to explain.
static IS_UP: AtomicBool = AtomicBool::new(false);

/// From now on panics are told of on standard error.
pub(super) fn window_is_up() {
    IS_UP.store(true, Ordering::Relaxed);
}

/// A panic message may hold what was being worked on: only its place is printed.
pub(super) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        if !IS_UP.load(Ordering::Relaxed) {
            return;
        }
        let place = info
            .location()
            .map_or_else(String::new, |at| format!(" at {}:{}", at.file(), at.line()));
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("unnamed");
        // Nowhere is left to complain when this fails.
        let _ = writeln!(
            std::io::stderr(),
            "tokenloupe: fault in this program{place} (thread {name})"
        );
    }));
}

/// Starts logging as `RUST_LOG` asks for, without what could hold tokens: below warnings only our own
/// records pass, since winit, the accessibility bridge and others trace whole events and trees. Without `RUST_LOG`
/// the others are silent: what goes wrong is said in our own words.
pub fn start_logging() {
    let mostly = env_logger::Env::default().default_filter_or("tokenloupe=warn");
    let started = env_logger::Builder::from_env(mostly)
        .format(|out, record| {
            if !passes(record.metadata()) {
                return Ok(());
            }
            writeln!(
                out,
                "[{} {}] {}",
                record.level(),
                record.target(),
                record.args()
            )
        })
        .try_init();
    if started.is_err() {
        log::debug!("another logger is at work");
    }
}

fn passes(metadata: &log::Metadata<'_>) -> bool {
    let root = metadata.target().split("::").next();
    root == Some("tokenloupe") || metadata.level() <= log::Level::Warn
}

#[cfg(test)]
mod tests {
    use egui::{PlatformOutput, ViewportId};
    use log::{Level, Metadata};

    use super::*;

    #[test]
    fn selections_stay_inside_and_copies_come_to_us() {
        let mut guard = OutputGuard::default();
        let mut output = FullOutput {
            platform_output: PlatformOutput {
                commands: vec![
                    OutputCommand::TextSelectionSettled("eyJ".to_owned()),
                    OutputCommand::CopyText("copied".to_owned()),
                ],
                ..PlatformOutput::default()
            },
            ..FullOutput::default()
        };
        let ctx = Context::default();
        guard.output_hook(&ctx, &mut output);
        assert!(output.platform_output.commands.is_empty());
        assert_eq!(guard.take_copied(), [Zeroizing::new("copied".to_owned())]);
        assert!(guard.take_copied().is_empty());
        assert!(ctx.has_requested_repaint_for(&ViewportId::ROOT));
        output.drop_without_applying_deltas();
    }

    #[test]
    fn only_our_own_records_and_warnings_are_logged() {
        let record =
            |target, level| passes(&Metadata::builder().target(target).level(level).build());
        assert!(record("tokenloupe::find", Level::Trace));
        assert!(record("eframe::native", Level::Warn));
        for target in [
            "winit::event",
            "zbus::connection",
            "tokenloupe_like",
            "egui_winit",
            "",
        ] {
            assert!(!record(target, Level::Info), "{target}");
        }
    }
}
