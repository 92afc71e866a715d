//! A policy out of a text or a file, with the file of revoked `jti`s that it names. For jobs: it may be slow.

use std::io;
use std::path::Path;

use super::draft::FileDraft;
use crate::judge::{Policy, RevokedFile};
use crate::keeping::read_revoked;

/// A policy that was read.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::window) struct Imported {
    /// The policy, without a file of `jti`s that cannot be read.
    pub(in crate::window) policy: Policy,
    /// That file, and why it cannot be read.
    pub(in crate::window) problem: Option<FileDraft>,
}

/// Reads a policy. Files that it names stand beside it in the `folder`; a text that comes from no folder names whole paths only.
/// That a file of `jti`s cannot be read costs nothing else of the policy.
///
/// # Errors
///
/// In two lines, what is wrong and where, and what to do, when it is no policy.
pub(in crate::window) fn read_policy(
    name: &str,
    bytes: &[u8],
    folder: Option<&Path>,
) -> Result<Imported, String> {
    let mut problem = None;
    let mut open = |file: &str| {
        let beside = match folder {
            Some(folder) => Ok(folder.join(file)),
            None if Path::new(file).is_absolute() => Ok(Path::new(file).to_owned()),
            None => Err("expected a whole path, found one beside a policy that is in no file"),
        };
        let bytes = match beside {
            Ok(path) => jtis_of(&path).map(|(bytes, _)| bytes),
            Err(why) => Err(why.to_owned()),
        };
        Ok::<_, io::Error>(bytes.unwrap_or_else(|why| {
            problem = Some(why);
            Vec::new()
        }))
    };
    let policy = Policy::read(name, bytes, &mut open).map_err(|error| error.to_string())?;
    let Some(file) = policy.revoked.file() else {
        return Ok(Imported {
            policy,
            problem: None,
        });
    };
    // Where it is saved another time, another folder is beside it.
    let path = folder.map_or_else(|| file.name().into(), |folder| folder.join(file.name()));
    let path = path.to_string_lossy().into_owned();
    let (kept, problem) = match problem {
        None => (Some(file.clone().named(&path)), None),
        Some(why) => {
            let content = Err(why);
            let problem = FileDraft {
                name: path,
                content,
            };
            (None, Some(problem))
        }
    };
    let revoked = policy.revoked.clone().with_file(kept);
    let policy = Policy { revoked, ..policy };
    Ok(Imported { policy, problem })
}

/// Reads a file of revoked `jti`s.
pub(super) fn read_jtis(path: &Path) -> FileDraft {
    FileDraft {
        name: path.to_string_lossy().into_owned(),
        content: jtis_of(path).map(|(_, file)| file),
    }
}

/// The bytes, and what they are; or why they cannot be read.
fn jtis_of(path: &Path) -> Result<(Vec<u8>, RevokedFile), String> {
    let expected = |cause: io::Error| {
        format!("expected a text of one jti a line that can be read, found: {cause}")
    };
    let bytes = read_revoked(path).map_err(expected)?;
    let file = RevokedFile::read(&path.to_string_lossy(), &bytes);
    let file = file.map_err(|error| error.to_string())?;
    Ok((bytes, file))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"version":1,"aud":["a"],"revoked":{"jti":["x"],"file":"r.txt"}}"#;

    #[test]
    fn a_file_of_jtis_is_found_beside_the_policy_and_named_by_its_whole_path() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("r.txt"), "b\nc\n").unwrap();
        let read = read_policy("p", POLICY.as_bytes(), Some(folder.path())).unwrap();
        let file = read.policy.revoked.file().unwrap();
        assert_eq!((file.len(), read.problem), (2, None));
        assert_eq!(Path::new(file.name()), folder.path().join("r.txt"));
        assert_eq!(read.policy.revoked.in_policy(), ["x"]);
    }

    #[test]
    fn one_that_cannot_be_read_costs_nothing_else_and_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let problem = |folder: Option<&Path>| {
            let read = read_policy("p", POLICY.as_bytes(), folder).unwrap();
            assert_eq!(read.policy.audiences, ["a"]);
            assert_eq!(read.policy.revoked.in_policy(), ["x"]);
            assert!(read.policy.revoked.file().is_none());
            read.problem.unwrap().content.unwrap_err()
        };
        assert!(problem(Some(folder.path())).starts_with("expected a text of one jti a line"));
        assert!(problem(None).starts_with("expected a whole path"));
        std::fs::write(folder.path().join("r.txt"), b"a\n\xFF").unwrap();
        assert!(problem(Some(folder.path())).starts_with("line 2: "));
    }

    #[test]
    fn what_is_no_policy_is_said_in_two_lines() {
        let fault = read_policy("p.json", b"{\"version\":1,\"algs\":[]}", None).unwrap_err();
        assert!(fault.starts_with("p.json, line 1, column 14: "), "{fault}");
        assert_eq!(fault.lines().count(), 2);
    }
}
