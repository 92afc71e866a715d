//! Which front: the window, or `inspect`.

use std::io::Write as _;
use std::process::ExitCode;

use tokenloupe::cli::{self, Front};

fn main() -> ExitCode {
    let warnings = env_logger::Env::default().default_filter_or("warn");
    env_logger::Builder::from_env(warnings).init();
    match cli::start(std::env::args_os()) {
        Front::Done(code) => code,
        Front::Window(_) => {
            // There is nowhere left to say that standard error is gone.
            let _ = writeln!(
                std::io::stderr().lock(),
                "tokenloupe: this build has no window yet; use `tokenloupe inspect`"
            );
            ExitCode::from(2)
        }
    }
}
