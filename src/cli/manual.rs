//! What is made of the table of options: completions for shells, and manual pages.

use std::io;

use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use super::options::Arguments;

/// What a shell reads to complete the options of this program.
pub(super) fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tokenloupe", &mut text);
    text
}

/// The manual page of a sub-command, or of the program, as roff.
pub(super) fn page(sub_command: Option<&str>) -> Vec<u8> {
    let mut program = Arguments::command();
    // So that a sub-command knows its whole name.
    program.build();
    let named = sub_command.and_then(|name| program.find_subcommand(name));
    let command = named.unwrap_or(&program).clone();
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _: io::Result<()> = render(command, &mut text);
    text
}

fn render(command: Command, text: &mut Vec<u8>) -> io::Result<()> {
    Man::new(command).render(text)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;

    use super::*;

    /// As a reader of the page sees it.
    fn read(page: &[u8]) -> String {
        let text = String::from_utf8(page.to_vec()).unwrap();
        text.replace("\\-", "-").replace(['\\', '\n'], " ")
    }

    #[test]
    fn the_pages_name_every_option_and_sub_command() {
        let program = Arguments::command();
        let whole = read(&page(None));
        let mut options = 0;
        for command in program.get_subcommands() {
            assert!(whole.contains(command.get_name()), "{}", command.get_name());
            let own = read(&page(Some(command.get_name())));
            for argument in command.get_arguments() {
                let name = argument.get_long().map(|name| format!("--{name}"));
                if let Some(name) = name {
                    assert!(own.contains(&name), "{name}");
                    options += 1;
                }
            }
        }
        for argument in program.get_arguments() {
            let name = argument.get_long().map(|name| format!("--{name}"));
            assert!(name.is_none_or(|name| whole.contains(&name)));
        }
        // As many as the table of the contract has, at least.
        assert!(options >= 18, "{options}");
        assert!(read(&page(Some("inspect"))).contains("Exit status"));
    }

    #[test]
    fn every_shell_completes_the_options_of_inspect() {
        for shell in Shell::value_variants() {
            let text = String::from_utf8(completions(*shell)).unwrap();
            for name in ["inspect", "fail-on", "no-redact"] {
                assert!(text.contains(name), "{shell}: {name}");
            }
            // The others complete no values.
            let has_values = matches!(shell, Shell::Bash | Shell::Fish | Shell::Zsh);
            assert_eq!(text.contains("sarif"), has_values, "{shell}");
        }
    }
}
