//! Which front: the window, or `inspect`.

use std::io::Write as _;
use std::process::ExitCode;

use tokenloupe::cli::{self, Front};
use tokenloupe::window::{self, LaunchOptions};

fn main() -> ExitCode {
    window::start_logging();
    let launch = match cli::start(std::env::args_os()) {
        Front::Done(code) => return code,
        Front::Window(launch) => launch,
    };
    let options = LaunchOptions {
        inputs: launch.inputs,
        keys: launch.keys,
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
