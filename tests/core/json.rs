//! The JSON reader beside `serde_json`: both must agree on what is a document.
//!
//! Known differences, left out of the comparison:
//! - more than 256 levels: a limit of ours;
//! - a NUL among the first four bytes or a byte order mark of UTF-16: we name the encoding, both refuse.

use proptest::prelude::*;
use tokenloupe::jose::json::{Document, Json, Value, read};

fn is_document_for_serde(bytes: &[u8]) -> bool {
    // `IgnoredAny` looks at the grammar alone: no number is too large for it, no string too odd.
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// Texts that are JSON, almost JSON, or bytes.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\"a\"",
        "\"\\u00e9\"",
        "\"\\ud800\"",
        "\\u12",
        "0",
        "-",
        "1",
        "01",
        "1.5",
        "1e400",
        "1E+",
        ".5",
        "true",
        "fals",
        "null",
        " ",
        "\n",
        "\t",
        "é",
        "\u{0}",
        "\u{FEFF}",
        "//",
        "'",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat().into_bytes()),
        values().prop_map(|value| value.to_string().into_bytes()),
        (values(), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(value, at, byte)| {
            let mut text = value.to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            text
        }),
        prop::collection::vec(any::<u8>(), 0..64),
    ]
}

/// JSON values.
fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Whether the reader read the same value as `serde_json`.
fn same(ours: &Json, theirs: &serde_json::Value) -> bool {
    match (&ours.value, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(ours), serde_json::Value::Bool(theirs)) => ours == theirs,
        (Value::String(ours), serde_json::Value::String(theirs)) => ours == theirs,
        (Value::Number(ours), serde_json::Value::Number(theirs)) => ours.text == theirs.to_string(),
        (Value::Array(ours), serde_json::Value::Array(theirs)) => {
            ours.len() == theirs.len()
                && ours
                    .iter()
                    .zip(theirs)
                    .all(|(ours, theirs)| same(ours, theirs))
        }
        (Value::Object(ours), serde_json::Value::Object(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(member, (name, value))| {
                    member.name == *name && same(&member.value, value)
                })
        }
        _ => false,
    }
}

/// Every range lies in the text and inside its parent's.
fn ranges_nest(value: &Json, text: &[u8]) -> bool {
    let inside = |child: &std::ops::Range<usize>| {
        child.start >= value.range.start && child.end <= value.range.end
    };
    text.get(value.range.clone()).is_some()
        && match &value.value {
            Value::Array(elements) => elements
                .iter()
                .all(|element| inside(&element.range) && ranges_nest(element, text)),
            Value::Object(members) => members
                .iter()
                .all(|member| inside(&member.range()) && ranges_nest(&member.value, text)),
            _ => true,
        }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, ..ProptestConfig::default() })]

    #[test]
    fn both_agree_on_what_is_a_document(text in texts()) {
        let Document { root, .. } = read(&text);
        prop_assert_eq!(read(&text).is_document(), is_document_for_serde(&text), "{:?}", String::from_utf8_lossy(&text));
        if let Some(root) = root {
            prop_assert!(ranges_nest(&root, &text));
        }
    }

    #[test]
    fn values_are_read_as_they_were_written(value in values()) {
        let text = value.to_string();
        let document = read(text.as_bytes());
        prop_assert!(document.faults.is_empty());
        prop_assert!(same(document.root.as_ref().unwrap(), &value));
    }

    #[test]
    fn the_text_of_a_value_reads_as_that_value(value in values()) {
        let text = format!(" {value} ");
        let document = read(text.as_bytes());
        let range = document.root.as_ref().unwrap().range.clone();
        prop_assert_eq!(&text[range], value.to_string());
    }
}

/// Documents at the edges of the grammar (RFC 8259), and texts just beyond it.
#[test]
fn edges_of_the_grammar() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
    let documents: &[&[u8]] = &[
        // Section 2: any value, white space of four kinds around every structural character.
        b"null",
        b"true",
        b"\"\"",
        b"0",
        b"[]",
        b"{}",
        b"\x20\x09\x0A\x0D[\x20\x09\x0A\x0D]\x20\x09\x0A\x0D",
        b"{ \"a\" :\t1 ,\r\n\"b\" : [ 1 , 2 ] }",
        // Section 4: names may be empty or repeated, which is unwise and no error.
        b"{\"\":0}",
        b"{\"a\":1,\"a\":2}",
        // Section 6: no bounds, leading minus, any exponent.
        b"-0",
        b"-0.0",
        b"0e0",
        b"1E+2",
        b"1e-2",
        b"1.0e400",
        b"123456789012345678901234567890",
        b"0.1000000000000000055511151231257827",
        // Section 7: every short escape, escaped and plain characters beyond the basic plane, DEL and U+2028 as they are.
        br#""\" \\ \/ \b \f \n \r \t""#,
        br#""\u0000\u001F\u00e9\uD834\uDD1E""#,
        "\"\u{7F}\u{2028}\u{10FFFF}\"".as_bytes(),
    ];
    for text in documents {
        let text = text.to_vec();
        assert!(read(&text).is_document(), "{}", text.escape_ascii());
        assert!(is_document_for_serde(&text), "{}", text.escape_ascii());
    }
    let others: &[&[u8]] = &[
        b"",
        b" ",
        b"nul",
        b"True",
        b"NaN",
        b"-Infinity",
        b"+1",
        b"01",
        b"-01",
        b".5",
        b"1.",
        b"1.e1",
        b"1e",
        b"1e+",
        b"0x10",
        b"1 2",
        b"'a'",
        b"\"a",
        b"\"\\x41\"",
        b"\"\\u12\"",
        b"\"\\u12G4\"",
        b"\"\x1F\"",
        b"\"a\nb\"",
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1",
        b"]",
        b"{\"a\":1,}",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{a:1}",
        b"{1:2}",
        b"{\"a\":1 \"b\":2}",
        b"{\"a\":1}}",
        b"// note\n1",
        b"/**/1",
        b"\x0C1",
        b"\xC2\xA01",
        b"\xEF\xBB\xBF1",
        b"\xFE\xFF\x001",
        b"1\x00",
    ];
    for text in others {
        assert!(!read(text).is_document(), "{}", text.escape_ascii());
        assert!(!is_document_for_serde(text), "{}", text.escape_ascii());
    }
    // What no clean text holds is read on and marked: halves of surrogate pairs, bytes that are no UTF-8.
    for text in [
        &br#""\uD800""#[..],
        br#""\uDC00\uD800""#,
        b"\"\xFF\"",
        b"\"\xC0\xAF\"",
        b"\"\xED\xA0\x80\"",
        b"\"\xF4\x90\x80\x80\"",
    ] {
        let document = read(text);
        assert!(document.is_document() && !document.faults.is_empty());
    }
    assert!(read(&deep(256)).is_document());
    assert!(!read(&deep(257)).is_document());
}
