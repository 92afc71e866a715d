//! What must hold for any bytes, over the small corpus of the fuzz targets and over random ones.

use std::fs;

use proptest::prelude::*;

/// The fuzz targets run the same.
#[expect(unreachable_pub, reason = "the crate of the fuzz targets exports them")]
#[path = "../../fuzz/src/lib.rs"]
pub(crate) mod check;

/// Runs a check over every file of a folder.
fn replay(folder: &str, check: fn(&[u8])) {
    let folder = format!("{}/fuzz/corpus/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        assert!(bytes.len() < 16 << 10, "{}: kept small", path.display());
        check(&bytes);
        // And cut anywhere, for what a fuzzer would find first.
        (0..bytes.len())
            .step_by(7)
            .for_each(|at| check(&bytes[..at]));
        count += 1;
    }
    assert!(count >= 8, "{folder}: {count} files");
}

#[test]
fn the_corpus_of_tokens() {
    replay("token", check::token);
}

#[test]
fn the_corpus_of_tokens_cut_into_pieces() {
    replay("token", check::cuts);
}

#[test]
fn the_corpus_of_keys() {
    replay("key", check::key);
}

/// What stands around tokens and in them, in any order.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(vec![
            "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhIn0", "eyJhbGciOiJub25lIn0", "eyJhIjoxfQ", ".", ".", "..", "~", "/", "=",
            "%2E", "%2e", "%3D", "%253D", "%22", "%", "%4", "\\u002e", "\\u002", "\\/", "\\\"", "\\\\\\\"", "\\n", "\\",
            "\\\n", "\\\r\n", "^\n", "^\"", "\"", "'", "`", "\" +\n\"", "' + '", "\"\n  \"", "Bearer ", "Authorization: ",
            "Cookie: a=", "Set-Cookie: b=\"", "; ", "?t=", "&a=", "#id_token=", "https://a.example/", "{\"a\":\"", "\":",
            "[\"", "\",", "name", "value", "-H ", "-d '", "--oauth2-bearer ", "-u a:", "GET / HTTP/1.1\n", "\n\n", "\n",
            "\u{2026}", "...", " [truncated]", "<redacted>", "\u{201C}", "\u{FEFF}", "2026-11-21T22:40:13Z ", " ", "\t",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ]).prop_map(|piece| piece.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_pieces_are_text(bytes in pieces()) {
        check::token(&bytes);
    }

    #[test]
    fn any_bytes_are_text(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check::token(&bytes);
    }

    #[test]
    fn any_bytes_are_a_key_file(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check::key(&bytes);
    }
}
