//! Keys as text for other programs, and as files.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::jose::visible::visible;
use crate::keeping::plain_name;
use crate::keys::export::{self, ExportError, PublicPem};
use crate::keys::{Holds, Key, KeyRing};

/// What a key is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// The public half as a JWK.
    PublicJwk,
    /// The public half, in a JWK Set.
    PublicSet,
    /// The public halves of all keys, in a JWK Set.
    AllPublic,
    /// The public half as PEM.
    PublicPem,
    /// The certificate that it came in, as PEM.
    Certificate,
    /// With its private half, or the secret, as a JWK.
    PrivateJwk,
    /// The private half as PEM.
    PrivatePem,
}

impl ExportForm {
    /// The public ones.
    pub const PUBLIC: [Self; 5] = [
        Self::PublicJwk,
        Self::PublicSet,
        Self::PublicPem,
        Self::Certificate,
        Self::AllPublic,
    ];

    /// The others.
    pub const PRIVATE: [Self; 2] = [Self::PrivateJwk, Self::PrivatePem];

    /// Whether what it gives is to be kept secret.
    pub fn is_private(self) -> bool {
        Self::PRIVATE.contains(&self)
    }

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::PublicJwk => "JWK",
            Self::PublicSet => "JWK set",
            Self::AllPublic => "JWK set of all keys",
            Self::PublicPem => "PEM",
            Self::Certificate => "Certificate",
            Self::PrivateJwk => "Private JWK",
            Self::PrivatePem => "Private PEM",
        }
    }

    /// What it is, after "Copied" and "Saved".
    pub fn what(self) -> &'static str {
        match self {
            Self::PublicJwk | Self::PublicSet | Self::PublicPem => "the public key",
            Self::AllPublic => "all public keys",
            Self::Certificate => "the certificate",
            Self::PrivateJwk | Self::PrivatePem => "the private key",
        }
    }

    /// Whether a key can be written so, as far as that is seen without trying.
    pub fn is_for(self, key: &Key) -> bool {
        let is_secret = key.holds == Holds::Symmetric;
        match self {
            Self::PublicJwk | Self::PublicSet | Self::PublicPem => key.public().is_some(),
            Self::AllPublic => key.is_usable(),
            Self::Certificate => key.loaded.certificate.is_some(),
            Self::PrivateJwk => key.private().is_some() || (is_secret && key.secret().is_some()),
            Self::PrivatePem => key.private().is_some(),
        }
    }

    /// The text.
    ///
    /// # Errors
    ///
    /// Where the key cannot be written so.
    pub fn text(self, key: &Key, ring: &KeyRing) -> Result<Zeroizing<String>, ExportError> {
        match self {
            Self::PublicJwk => export::public_jwk(key).map(Zeroizing::new),
            Self::PublicSet => export::public_jwks([key]).map(Zeroizing::new),
            Self::AllPublic => {
                let all = ring.keys().iter().map(|key| &**key);
                let public = all.filter(|key| key.public().is_some());
                export::public_jwks(public).map(Zeroizing::new)
            }
            Self::PublicPem => export::public_pem(key, PublicPem::KeyInfo).map(Zeroizing::new),
            Self::Certificate => {
                export::public_pem(key, PublicPem::Certificate).map(Zeroizing::new)
            }
            Self::PrivateJwk => export::private_jwk(key),
            Self::PrivatePem => export::private_pem(key),
        }
    }

    /// A name for its file. Nothing of the key's own name is taken that a file system may not like.
    pub fn file_name(self, key: &Key) -> String {
        let plain = plain_name(key.name.as_deref().unwrap_or(&key.id), "key");
        match self {
            Self::PublicJwk => format!("{plain}.jwk.json"),
            Self::PublicSet => format!("{plain}.jwks.json"),
            Self::AllPublic => "keys.jwks.json".to_owned(),
            Self::PublicPem => format!("{plain}.pub.pem"),
            Self::Certificate => format!("{plain}.crt.pem"),
            Self::PrivateJwk => format!("{plain}.private.jwk.json"),
            Self::PrivatePem => format!("{plain}.private.pem"),
        }
    }
}

/// A file that is to be written.
pub(in crate::window) struct ToWrite {
    /// Its text.
    pub(in crate::window) text: Zeroizing<String>,
    /// What is written, after "Saved".
    pub(in crate::window) what: &'static str,
    /// Whether it is for this user's eyes only.
    pub(in crate::window) is_private: bool,
}

impl ToWrite {
    /// A text that anybody may read.
    pub(in crate::window) fn public(text: String, what: &'static str) -> Self {
        Self {
            text: Zeroizing::new(text),
            what,
            is_private: false,
        }
    }

    /// Writes it beside the target and puts it in its place.
    ///
    /// # Errors
    ///
    /// In two lines: what is wrong and where, and what to do.
    pub(in crate::window) fn write(&self, path: &Path, may_replace: bool) -> Result<(), String> {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let name = visible(&name.to_string_lossy());
        let fault = |cause: std::io::Error| {
            format!(
                "{name}: expected a file that can be written, found: {cause}\nChoose another place, or another name."
            )
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut file = self.file(&folder).map_err(fault)?;
        file.write_all(self.text.as_bytes()).map_err(fault)?;
        if !self.text.ends_with('\n') {
            file.write_all(b"\n").map_err(fault)?;
        }
        file.as_file().sync_all().map_err(fault)?;
        if may_replace {
            file.persist(path).map_err(|error| fault(error.error))?;
        } else {
            file.persist_noclobber(path)
                .map_err(|error| fault(error.error))?;
        }
        Ok(())
    }

    #[cfg(unix)]
    fn file(&self, folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
        use std::os::unix::fs::PermissionsExt as _;
        // As the user's umask narrows it.
        let mode = if self.is_private { 0o600 } else { 0o666 };
        tempfile::Builder::new()
            .permissions(std::fs::Permissions::from_mode(mode))
            .tempfile_in(folder)
    }

    #[cfg(not(unix))]
    fn file(&self, folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
        tempfile::NamedTempFile::new_in(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{SecretEncoding, load_secret};

    #[test]
    fn the_name_of_a_file_has_nothing_of_a_path() {
        let mut key = load_secret("s", b"x", SecretEncoding::Utf8).unwrap();
        key.id = "../../etc/pass wd\u{202E}".to_owned();
        let name = ExportForm::PrivateJwk.file_name(&key);
        assert_eq!(name, "etc-pass-wd.private.jwk.json");
        key.id = "///".to_owned();
        assert_eq!(ExportForm::PublicPem.file_name(&key), "key.pub.pem");
    }

    #[test]
    fn a_file_is_written_whole_and_what_is_there_is_not_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.json");
        let to_write = |text: &str| ToWrite {
            text: Zeroizing::new(text.to_owned()),
            what: ExportForm::PrivateJwk.what(),
            is_private: true,
        };
        to_write("{}").write(&path, false).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let fault = to_write("[]").write(&path, false).unwrap_err();
        assert!(fault.starts_with("key.json: ") && fault.lines().count() == 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{}\n");
        to_write("[]").write(&path, true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[]\n");
        let nowhere = folder.path().join("missing").join("key.json");
        assert!(to_write("{}").write(&nowhere, true).is_err());
    }
}
