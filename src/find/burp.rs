//! What Burp Suite writes when items are saved: XML with the requests and responses of each, in base64 or not.
//!
//! Nothing is expanded but the five names of XML and numbers: what a document type declares stays unread.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::layer::Pieced;
use super::region::{Coding, Holder, Region};
use super::{PlaceTime, Stamp, TimeFrom, Where, when};

/// What is told from the beginning of a file, in bytes.
pub(super) const LOOK: usize = 8192;

/// The items of a file, when the text is one.
pub(super) fn items(bytes: &[u8], take: &mut dyn FnMut(Region)) -> Option<Vec<Stamp>> {
    if !begins(bytes) {
        return None;
    }
    let mut reader = Reader::from_reader(bytes);
    reader.config_mut().allow_dangling_amp = true;
    let mut walk = Walk::default();
    loop {
        let start = position(&reader);
        let event = reader.read_event();
        let end = position(&reader);
        match event {
            Ok(Event::Eof) => break,
            Ok(event) => {
                if let Some(region) = walk.event(&event, start..end, bytes) {
                    take(region);
                }
            }
            Err(_) => {
                // From here on it is a text like any other.
                let open = walk.element.map(|element| element.start);
                take(Region::new(
                    open.unwrap_or(start)..bytes.len(),
                    Where::Bare,
                    None,
                ));
                return Some(walk.stamps);
            }
        }
    }
    if let Some(element) = walk.element {
        take(Region::new(element.start..bytes.len(), Where::Bare, None));
    }
    Some(walk.stamps)
}

/// Whether the text begins as such files do, with or without its declarations.
pub(super) fn begins(bytes: &[u8]) -> bool {
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    look.trim_ascii_start().starts_with(b"<")
        && memchr::memmem::find_iter(look, b"<items").any(|at| {
            let after = look.get(at.saturating_add(b"<items".len()));
            matches!(after, Some(b' ' | b'>' | b'\t' | b'\r' | b'\n'))
        })
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

#[derive(Default)]
struct Walk {
    /// Items that have begun.
    item: usize,
    in_item: bool,
    element: Option<Element>,
    /// Where the item begins that is open.
    start: usize,
    /// When it was.
    time: Option<PlaceTime>,
    stamps: Vec<Stamp>,
}

/// A member of an item that is open.
struct Element {
    name: String,
    base64: bool,
    /// Where its content begins.
    start: usize,
    /// Elements open in it.
    depth: usize,
    /// `None` when it is in too many pieces.
    text: Option<Pieced>,
}

impl Walk {
    /// Takes the event in `range`. Gives an element that it ends.
    fn event(&mut self, event: &Event<'_>, range: Range<usize>, bytes: &[u8]) -> Option<Region> {
        match event {
            Event::Start(start) => self.open(start, range.end, bytes),
            Event::End(_) => return self.close(range.start),
            Event::Text(text) => self.text(text, range.end.saturating_sub(text.len())),
            Event::CData(text) => {
                let end = range.end.saturating_sub(b"]]>".len());
                self.text(text, end.saturating_sub(text.len()));
            }
            Event::GeneralRef(name) => {
                let resolved = match &**name {
                    b"amp" => Some('&'),
                    b"lt" => Some('<'),
                    b"gt" => Some('>'),
                    b"quot" => Some('"'),
                    b"apos" => Some('\''),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                match resolved {
                    Some(character) => {
                        let character = character.encode_utf8(&mut [0; 4]).as_bytes().to_vec();
                        self.with_text(|text| text.push_coded(&character, range));
                    }
                    // Whatever it stands for, nobody declares it here.
                    None => self.text(bytes.get(range.clone()).unwrap_or_default(), range.start),
                }
            }
            _ => {}
        }
        None
    }

    fn open(&mut self, start: &BytesStart<'_>, end: usize, bytes: &[u8]) {
        let name = start.local_name();
        if let Some(element) = &mut self.element {
            element.depth = element.depth.saturating_add(1);
        } else if self.in_item {
            let base64 = start.try_get_attribute("base64").ok().flatten();
            let close = [b"</", start.name().as_ref()].concat();
            let rest = bytes.get(end..).unwrap_or_default();
            let room = memchr::memmem::find(rest, &close).unwrap_or_default();
            self.element = Some(Element {
                name: String::from_utf8_lossy(name.as_ref()).into_owned(),
                base64: base64.is_some_and(|value| &*value.value == b"true"),
                start: end,
                depth: 0,
                text: Some(Pieced::with_capacity(room)),
            });
        } else if name.as_ref() == b"item" {
            self.in_item = true;
            self.start = end;
            self.time = None;
            self.item = self.item.saturating_add(1);
        }
    }

    fn close(&mut self, start: usize) -> Option<Region> {
        let Some(element) = &mut self.element else {
            self.in_item = false;
            if let Some(time) = self.time.take() {
                let of = self.start..start;
                self.stamps.push(Stamp { of, time });
            }
            return None;
        };
        if let Some(depth) = element.depth.checked_sub(1) {
            element.depth = depth;
            return None;
        }
        let element = self.element.take()?;
        if element.name == "time" {
            self.time = element.time();
        }
        Some(element.region(self.item, start))
    }

    fn text(&mut self, bytes: &[u8], source: usize) {
        self.with_text(|text| bytes.is_empty() || text.push(bytes, source));
    }

    fn with_text(&mut self, push: impl FnOnce(&mut Pieced) -> bool) {
        if let Some(element) = &mut self.element
            && !element.text.as_mut().is_none_or(push)
        {
            element.text = None;
        }
    }
}

impl Element {
    /// The time that it says, as Java prints one: `Sun Nov 22 13:55:36 CET 2026`.
    fn time(&self) -> Option<PlaceTime> {
        let text = self.text.as_ref()?;
        let length = text.bytes().len();
        let time = when::read(text.bytes(), 0..length, TimeFrom::Burp)?;
        Some(PlaceTime {
            byte_range: text.locate(&time.byte_range),
            ..time
        })
    }

    /// The element that ends before `end`.
    fn region(self, item: usize, end: usize) -> Region {
        let is_message = matches!(self.name.as_str(), "request" | "response");
        let (where_, name) = match self.name.as_str() {
            "url" | "path" => (Where::Url, None),
            _ if is_message => (Where::Body, None),
            name => (Where::Bare, Some(name.to_owned())),
        };
        let name_of_it = match self.name.as_str() {
            "url" => "URL",
            name => name,
        };
        let label = format!("item {item} {name_of_it}");
        let coding = match self.text {
            Some(text) => Coding::Xml {
                text,
                base64: self.base64,
            },
            None => Coding::Plain,
        };
        Region {
            holder: Some(Holder { form: None, label }),
            coding,
            ..Region::new(self.start..end, where_, name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(xml: &str) -> Vec<(String, String)> {
        let mut all = Vec::new();
        items(xml.as_bytes(), &mut |region| {
            let label = region
                .holder
                .map_or_else(String::new, |holder| holder.label);
            let text = match region.coding {
                Coding::Xml { text, .. } => text.bytes().to_vec(),
                _ => xml.as_bytes()[region.range].to_vec(),
            };
            all.push((label, String::from_utf8(text).unwrap()));
        });
        all
    }

    #[test]
    fn elements_are_put_together_and_lead_back() {
        let xml = "<?xml version=\"1.0\"?>\n<items burpVersion=\"1\"><item><url>a&amp;b&#x2e;<![CDATA[c]]>&no;d</url></item>\
                   <item><request base64=\"true\"><![CDATA[AA\n==]]></request></item></items>";
        assert_eq!(
            texts(xml),
            [
                ("item 1 URL".to_owned(), "a&b.c&no;d".to_owned()),
                ("item 2 request".to_owned(), "AA\n==".to_owned())
            ]
        );
        let mut checked = 0;
        items(xml.as_bytes(), &mut |region| {
            let Coding::Xml { text, .. } = &region.coding else {
                panic!("text expected");
            };
            let bytes = text.bytes();
            for (part, source) in [
                ("a&b", "a&amp;b"),
                (".c", "&#x2e;<![CDATA[c"),
                ("&no;d", "&no;d"),
                ("AA\n", "AA\n"),
            ] {
                if let Some(at) = memchr::memmem::find(bytes, part.as_bytes()) {
                    checked += 1;
                    let range = text.locate(&(at..at + part.len()));
                    assert_eq!(xml.get(range), Some(source), "{part}");
                }
            }
        });
        assert_eq!(checked, 4);
    }

    #[test]
    fn other_xml_is_a_text() {
        for text in ["<html><itemset>", "items", "<a/>", "", "<itemsx>"] {
            assert!(!begins(text.as_bytes()), "{text}");
        }
        assert!(begins(
            b"<!DOCTYPE items [\n<!ELEMENT items (item*)>\n]>\n<items burpVersion=\"2\">"
        ));
    }

    #[test]
    fn what_is_broken_is_read_as_it_stands() {
        let all = texts("<items><item><url>a</url><comment>b</items> c");
        assert_eq!(all[0], ("item 1 URL".to_owned(), "a".to_owned()));
        assert_eq!(all[1], (String::new(), "b</items> c".to_owned()));
        let cut = texts("<items><item><request>GET");
        assert_eq!(cut, [(String::new(), "GET".to_owned())]);
    }
}
