//! The processed claims: what an application sees of an SD-JWT.

use std::ops::Range;

use zeroize::Zeroizing;

use super::Source;
use crate::jose::json::{self, Document, Json};

/// The claims as RFC 9901 section 7.1 has them put together, as a JSON text of our own.
///
/// Names, texts and numbers stand as the issuer wrote them, members in their order, disclosed ones after those that were in the
/// clear; only the white space is left out.
#[derive(Clone, PartialEq, Eq)]
pub struct Processed {
    bytes: Zeroizing<Vec<u8>>,
    document: Document,
    /// One for each value, in text order.
    origins: Vec<Origin>,
}

/// Where a processed value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where the value begins in the processed claims.
    pub(super) start: usize,
    /// The text that it comes from.
    pub source: Source,
    /// The bytes of its name with the quotes, where it is a member of an object.
    pub name: Option<Range<usize>>,
    /// The bytes of the value there.
    pub value: Range<usize>,
}

impl Origin {
    /// The bytes from the name, or where there is none from the value, to the value's end.
    pub fn range(&self) -> Range<usize> {
        let start = self
            .name
            .as_ref()
            .map_or(self.value.start, |name| name.start);
        start..self.value.end
    }
}

impl std::fmt::Debug for Processed {
    /// Sizes only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Processed")
            .field("bytes", &self.bytes.len())
            .field("values", &self.origins.len())
            .finish_non_exhaustive()
    }
}

impl Processed {
    pub(super) fn new(bytes: Zeroizing<Vec<u8>>, origins: Vec<Origin>) -> Self {
        let document = json::read(&bytes);
        Self {
            bytes,
            document,
            origins,
        }
    }

    /// The JSON text.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The JSON of it; its ranges are those of [`Self::bytes`].
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Where a value of [`Self::document`] comes from.
    pub fn origin(&self, value: &Json) -> Option<&Origin> {
        let found = self
            .origins
            .binary_search_by_key(&value.range.start, |origin| origin.start);
        self.origins.get(found.ok()?)
    }

    /// Where the value at a JSON pointer (RFC 6901) comes from; of members with one name the last is meant.
    pub fn origin_at(&self, pointer: &str) -> Option<&Origin> {
        self.origin(self.value_at(pointer)?)
    }

    /// The value at a JSON pointer (RFC 6901); of members with one name the last is meant.
    pub fn value_at(&self, pointer: &str) -> Option<&Json> {
        let root = self.document.root.as_ref()?;
        if pointer.is_empty() {
            return Some(root);
        }
        let mut tokens = pointer.strip_prefix('/')?.split('/');
        tokens.try_fold(root, |value, token| match value.array() {
            Some(elements) => elements.get(token.parse::<usize>().ok()?),
            None => value.get(&token.replace("~1", "/").replace("~0", "~")),
        })
    }

    /// The JSON pointer of what begins at this byte or holds it.
    pub fn pointer_at(&self, offset: usize) -> Option<String> {
        let mut path = self.document.root.as_ref()?.path_at(offset);
        path.pop().map(|(pointer, _)| pointer)
    }
}
