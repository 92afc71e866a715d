//! The options, and what they make: a policy, a key ring, a setting.

use std::ffi::OsString;
use std::fs::File;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::failure::Failure;
use super::input::read_up_to;
use crate::inspection::load_keys;
use crate::judge::words::When;
use crate::judge::{Issuer, MAX_POLICY_BYTES, Policy, ProfileChoice, ProfileName, Severity};
use crate::keeping::read_revoked;
use crate::keys::{
    self, KeyRing, LoadError, MAX_KEY_FILE_BYTES, Passphrase, SecretEncoding, Unlock,
};
use crate::report;
use crate::verify::Setting;

/// A detached payload larger than this (in bytes) is refused.
const MAX_PAYLOAD_BYTES: u64 = 512 << 20;

/// More threads are never of use.
const MAX_JOBS: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// Shows what a token (JWT, JWS, JWE) says, whose key verifies it, whether a correct verifier would take it,
/// and what is wrong with it. Without a sub-command it opens the window. It never goes online.
#[derive(Debug, Parser)]
#[command(
    version,
    // What stands before a sub-command is refused by `Arguments::read`, with a word on where it belongs.
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) front: Option<Front>,

    /// A file with tokens, `-` for standard input, or a text with tokens (others on this machine can read it)
    #[arg(value_name = "FILE|TOKEN|-")]
    pub(super) inputs: Vec<OsString>,

    /// A key file: JWK, JWK Set, PEM, certificate (may be repeated)
    #[arg(long = "key", value_name = "FILE")]
    pub(super) keys: Vec<PathBuf>,
}

impl Arguments {
    /// Reads the arguments. What stands before a sub-command would be lost, and is refused.
    pub(super) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let read = Self::try_parse_from(arguments)?;
        if read.front.is_some() && !(read.inputs.is_empty() && read.keys.is_empty()) {
            return Err(Self::command().error(
                clap::error::ErrorKind::ArgumentConflict,
                "expected the sub-command first, found files or options before it; put them after it",
            ));
        }
        Ok(read)
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Front {
    /// Print a report instead of opening the window
    #[command(after_help = "\
Exit status: 0 when every token is accepted and no finding reaches --fail-on, else 1;
2 when an input, a key file or an option could not be used.")]
    Inspect(Box<InspectOptions>),

    /// Print the completions of a shell
    #[command(after_help = "\
Bash: tokenloupe completions bash > ~/.local/share/bash-completion/completions/tokenloupe
Zsh:  tokenloupe completions zsh > _tokenloupe, in a folder that $fpath names
Fish: tokenloupe completions fish > ~/.config/fish/completions/tokenloupe.fish")]
    Completions {
        /// Whose
        shell: clap_complete::Shell,
    },

    /// Print a manual page, as `man --local-file -` reads it
    Man {
        /// Of which sub-command; none: of the program
        #[arg(value_parser = PossibleValuesParser::new(["completions", "inspect", "man"]))]
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct InspectOptions {
    /// A file with tokens, `-` for standard input, or a text with tokens (others on this machine can read it);
    /// none: standard input
    #[arg(value_name = "FILE|TOKEN|-")]
    pub(super) inputs: Vec<OsString>,

    /// A key file: JWK, JWK Set, PEM, certificate (may be repeated)
    #[arg(long = "key", value_name = "FILE")]
    keys: Vec<PathBuf>,

    /// A file that holds a secret for HMAC
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,

    /// How the secret file is read; `utf8`: its bytes without one final line break; `auto`: every reading is tried
    #[arg(long, default_value = "utf8", requires = "secret_file", value_parser = secret_encoding())]
    secret_encoding: SecretEncoding,

    /// A file that holds the passphrase of encrypted key files and tokens (PBES2); one final line break is dropped
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,

    /// A file with what is expected of the tokens (docs/policy.schema.json); the options below override its values
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,

    /// The kind of token: auto, jws (any payload, no claims), jwt (claims, no kind), or the name of a kind such as
    /// access-token [default: auto]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// The expected issuer
    #[arg(long, value_name = "V")]
    iss: Option<String>,

    /// The expected audience
    #[arg(long, value_name = "V")]
    aud: Option<String>,

    /// An acceptable algorithm (may be repeated)
    #[arg(long = "alg", value_name = "V")]
    algorithms: Vec<String>,

    /// The expected type
    #[arg(long, value_name = "V")]
    typ: Option<String>,

    /// The expected nonce
    #[arg(long, value_name = "V")]
    nonce: Option<String>,

    /// How far clocks may differ [default: 60]
    #[arg(long, value_name = "SECONDS")]
    leeway: Option<u32>,

    /// A file that holds the detached payload
    #[arg(long, value_name = "FILE")]
    payload: Option<PathBuf>,

    /// Judge as of this instant, such as 2026-11-21T22:40:13Z, instead of now
    #[arg(long, value_name = "RFC3339")]
    pub(super) at: Option<Timestamp>,

    /// A list of words that the secrets of HMAC tokens are looked for in: one a line, of any length, also in gzip (may be repeated)
    #[arg(long = "wordlist", value_name = "FILE")]
    pub(super) wordlists: Vec<PathBuf>,

    /// The form of the report [default: text on a terminal, else json]
    #[arg(long)]
    pub(super) format: Option<Format>,

    /// The severity of a finding that makes the exit status 1; `never` ignores findings, not verdicts
    #[arg(long, default_value = "high")]
    pub(super) fail_on: FailOn,

    /// Add the tokens' text to the report
    #[arg(long)]
    no_redact: bool,

    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// One JSON object a line, as tokens are done
    Jsonl,
    /// For people, to be pasted elsewhere
    Markdown,
    /// For people: one file without scripts
    Html,
    /// For tools that collect findings (2.1.0)
    Sarif,
}

/// The severity from which findings fail a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Info,
    Never,
}

impl FailOn {
    /// The severity; `None` when findings do not count.
    pub(super) fn threshold(self) -> Option<Severity> {
        match self {
            Self::Critical => Some(Severity::Critical),
            Self::High => Some(Severity::High),
            Self::Medium => Some(Severity::Medium),
            Self::Low => Some(Severity::Low),
            Self::Info => Some(Severity::Info),
            Self::Never => None,
        }
    }
}

impl InspectOptions {
    /// What is expected of the tokens: the policy file's values, each overridden by its option.
    pub(super) fn policy(&self) -> Result<Policy, Failure> {
        let mut policy = match &self.policy {
            Some(path) => read_policy(path)?,
            None => Policy::default(),
        };
        if let Some(name) = &self.profile {
            policy.profile = profile(name)?;
        }
        if !self.algorithms.is_empty() {
            policy.algorithms.clone_from(&self.algorithms);
        }
        if let Some(iss) = &self.iss {
            // An issuer of the file keeps the keys that are its own.
            policy.issuers.retain(|issuer| issuer.iss == *iss);
            if policy.issuers.is_empty() {
                policy.issuers.push(Issuer::new(iss));
            }
        }
        if let Some(aud) = &self.aud {
            policy.audiences = vec![aud.clone()];
        }
        if let Some(typ) = &self.typ {
            policy.types = vec![typ.clone()];
        }
        if self.nonce.is_some() {
            policy.nonce.clone_from(&self.nonce);
        }
        policy.leeway_seconds = self.leeway.unwrap_or(policy.leeway_seconds);
        Ok(policy)
    }

    /// The keys of all key files and of the secret file.
    pub(super) fn key_ring(&self) -> Result<KeyRing, Failure> {
        let passphrase = self.passphrase()?;
        let unlock = Unlock {
            passphrase: passphrase.as_ref(),
            ..Unlock::without()
        };
        let mut ring = KeyRing::default();
        if let Some(path) = &self.secret_file {
            let name = path.display().to_string();
            let secret = keys::load_secret(&name, &read_key_file(path)?, self.secret_encoding)?;
            ring.add([secret]);
        }
        let mut sealed = Vec::new();
        for path in &self.keys {
            let name = path.display().to_string();
            let bytes = read_key_file(path)?;
            match load_keys(&name, &bytes, &unlock, &ring) {
                Ok(keys) => ring.add(keys),
                Err(LoadError::Sealed { .. }) => sealed.push((name, bytes)),
                Err(error) => return Err(error.into()),
            }
        }
        // What opens them may stand in any file, those that are opened included.
        while !sealed.is_empty() {
            let before = sealed.len();
            let mut fault = None;
            sealed.retain(
                |(name, bytes)| match load_keys(name, bytes, &unlock, &ring) {
                    Ok(keys) => {
                        ring.add(keys);
                        false
                    }
                    Err(error) => {
                        fault.get_or_insert(error);
                        true
                    }
                },
            );
            if let Some(error) = fault.filter(|_| sealed.len() == before) {
                return Err(error.into());
            }
        }
        Ok(ring)
    }

    fn passphrase(&self) -> Result<Option<Passphrase>, Failure> {
        let Some(path) = &self.passphrase_file else {
            return Ok(None);
        };
        let name = path.display().to_string();
        Ok(Some(Passphrase::from_file(&name, &read_key_file(path)?)))
    }

    /// What verification needs beside the keys.
    pub(super) fn setting(&self) -> Result<Setting, Failure> {
        let detached_payload = match &self.payload {
            Some(path) => {
                let advice = "Check that it is the payload.";
                Some(read_file(path, MAX_PAYLOAD_BYTES, advice)?.to_vec())
            }
            None => None,
        };
        Ok(Setting {
            detached_payload,
            passphrase: self.passphrase()?,
            ..Setting::default()
        })
    }

    /// How many threads inspect tokens.
    pub(super) fn jobs(&self) -> NonZeroUsize {
        let all = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.jobs.unwrap_or_else(all).min(MAX_JOBS)
    }

    /// What the report leaves out, and how it speaks.
    pub(super) fn report(&self) -> report::Options {
        report::Options {
            redact: !self.no_redact,
            when: if self.at.is_some() {
                When::Then
            } else {
                When::Now
            },
        }
    }
}

fn profile(name: &str) -> Result<ProfileChoice, Failure> {
    match (name, ProfileName::from_name(name)) {
        ("auto", _) => Ok(ProfileChoice::Auto),
        (_, Some(profile)) => Ok(ProfileChoice::Named(profile)),
        _ => Err(Failure::ProfileUnknown {
            name: name.to_owned(),
        }),
    }
}

/// Reads a policy, and the file of revoked `jti`s that it names: beside it, where that is no whole path.
fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let advice = "Check that it is a policy; a long list of jti belongs into a file beside it.";
    let bytes = read_file(path, MAX_POLICY_BYTES, advice)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut open = |name: &str| read_revoked(&folder.join(name));
    let policy = Policy::read(&path.display().to_string(), &bytes, &mut open);
    policy.map_err(|error| Failure::Policy(Box::new(error)))
}

fn read_key_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let advice = "Check that it is a key file; a large key set can be split.";
    read_file(path, MAX_KEY_FILE_BYTES, advice)
}

fn read_file(path: &Path, limit: u64, advice: &'static str) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let name = || path.display().to_string();
    match File::open(path).and_then(|file| read_up_to(file, limit)) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(Failure::TooLarge {
            name: name(),
            mebibytes: limit >> 20,
            advice,
        }),
        Err(error) => Err(Failure::Read {
            name: name(),
            error,
        }),
    }
}

fn secret_encoding() -> impl TypedValueParser<Value = SecretEncoding> {
    PossibleValuesParser::new(["auto", "base64", "base64url", "hex", "utf8"]).map(|name| match name
        .as_str()
    {
        "auto" => SecretEncoding::Auto,
        "base64" => SecretEncoding::Base64,
        "base64url" => SecretEncoding::Base64url,
        "hex" => SecretEncoding::Hex,
        _ => SecretEncoding::Utf8,
    })
}

#[cfg(test)]
mod tests {

    use super::*;

    #[test]
    fn the_options_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn an_option_before_the_sub_command_is_no_window() {
        let read = |words: &str| Arguments::read(words.split(' ').map(OsString::from));
        assert!(read("tokenloupe --key k inspect t").is_err());
        assert!(read("tokenloupe t inspect").is_err());
        assert!(
            read("tokenloupe inspect t --key k")
                .unwrap()
                .front
                .is_some()
        );
        assert!(read("tokenloupe t --key k").unwrap().front.is_none());
    }
}
