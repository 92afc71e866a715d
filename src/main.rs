//! Which front: the window, or `inspect`.

use std::io::Write as _;
use std::process::ExitCode;

use tokenloupe::window::{self, LaunchOptions};

fn main() -> ExitCode {
    window::start_logging();
    let options = LaunchOptions {
        inputs: std::env::args_os().skip(1).collect(),
        keys: Vec::new(),
    };
    match window::run(options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to say that standard error is gone.
            let _ = writeln!(std::io::stderr().lock(), "tokenloupe: {error}");
            ExitCode::from(2)
        }
    }
}
