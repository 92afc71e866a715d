//! What came: keys, or a document that says where they are.

use super::Fetched;
use crate::keys::asking::{Caution, DocumentFault, InDocument, KeyPlace, read_document};
use crate::keys::{self, Key, LoadError};

/// What is in an answer.
#[derive(Debug, Clone)]
pub enum Content {
    /// Keys, whose source is the address that they came from.
    Keys {
        /// Every one, unusable ones with their faults.
        keys: Vec<Key>,
        /// What to look at before they are added.
        cautions: Vec<Caution>,
    },
    /// Metadata of an issuer that name the place of the keys. It is asked only when somebody wants so.
    Elsewhere(KeyPlace),
}

/// Why an answer holds no keys. `Display` has two lines.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// It is the metadata of an issuer, and they do not say where its keys are.
    #[error(transparent)]
    Document(#[from] DocumentFault),
    /// It is something else, or its keys cannot be used.
    #[error(transparent)]
    Keys(#[from] LoadError),
}

impl Fetched {
    /// What came. `issuer` is what the token says in `iss`; metadata of another one get a caution.
    ///
    /// # Errors
    ///
    /// When it holds no key and no place of keys.
    pub fn content(&self, issuer: Option<&str>) -> Result<Content, ContentError> {
        let source = self.url.as_str();
        let fault = match read_document(&self.bytes, Some(&self.url), issuer) {
            Ok(InDocument::Place(place)) => return Ok(Content::Elsewhere(place)),
            Ok(InDocument::Keys { range, cautions }) => {
                let bytes = self.bytes.get(range).unwrap_or_default();
                let keys = keys::load(source, bytes)?;
                return Ok(Content::Keys { keys, cautions });
            }
            Err(fault) => fault,
        };
        match (keys::load(source, &self.bytes), fault) {
            (Ok(keys), _) => Ok(Content::Keys {
                keys,
                cautions: Vec::new(),
            }),
            (Err(_), fault @ DocumentFault::Address(_)) => Err(fault.into()),
            (Err(fault), _) => Err(fault.into()),
        }
    }
}
