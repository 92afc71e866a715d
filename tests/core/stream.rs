//! Texts of any length: cuts change nothing, packed texts are unpacked, and memory does not grow with the input.

use std::io::{self, Read, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use proptest::sample::select;
use tokenloupe::find::{Candidate, Limits, Note, Stream, find};
use tokenloupe::jose::base64url::encode;

/// A token with so many bytes for a signature.
fn token(number: usize, alg: &str, signature: usize) -> String {
    let header = encode(format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#).as_bytes());
    let payload = encode(format!(r#"{{"iss":"https://issuer.example","n":{number}}}"#).as_bytes());
    let signature: Vec<u8> = (0..signature).map(|at| (at * 31 + number) as u8).collect();
    format!("{header}.{payload}.{}", encode(&signature))
}

fn limits(chunk: usize) -> Limits {
    Limits {
        chunk,
        window: 1 << 18,
        whole: 1 << 20,
    }
}

/// Everything that is said of a token.
fn said(candidates: &[Candidate]) -> Vec<(String, String)> {
    candidates
        .iter()
        .map(|one| (one.text.to_string(), format!("{:?}", one.place)))
        .collect()
}

fn streamed(input: &[u8], limits: Limits) -> (Vec<Candidate>, Vec<Note>) {
    let mut stream = Stream::with_limits(input, "test", limits).unwrap();
    let found: Vec<_> = stream.by_ref().map(Result::unwrap).collect();
    (found, stream.notes().to_vec())
}

fn packed(input: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(input).unwrap();
    encoder.finish().unwrap()
}

/// Lines of everything that lines hold: whole tokens, cut ones, wrapped ones, literals over lines, escapes, noise.
fn line() -> impl Strategy<Value = String> {
    let any_token = (
        0..50_usize,
        select(vec![
            ("HS256", 32),
            ("ES256", 64),
            ("RS256", 256),
            ("XX1", 70),
            ("none", 0),
        ]),
    )
        .prop_map(|(number, (alg, length))| token(number, alg, length));
    let around = select(vec![
        ("2026-11-21T22:40:13Z INFO token ", " accepted"),
        ("2026-11-21T22:40:13Z INFO took 15ms token=", ""),
        ("Authorization: Bearer ", ""),
        ("> Authorization: Bearer ", "\r"),
        ("Cookie: a=b; session=", "; c=d"),
        (
            "10.0.0.1 - - \"GET /cb?id_token=",
            "&a=b HTTP/1.1\" 200 \"Mozilla/5.0\"",
        ),
        ("{\"level\":\"info\",\"id_token\":\"", "\"}"),
        ("{\"ts\":1795300813.5,\"id_token\":\"", "\"}"),
        ("{\"id_token\":\"", "\",\"time\":\"2026-11-21T22:40:13Z\"}"),
        (
            "{\"id_token\":\"",
            "\",\"at\":1,\"@timestamp\" : 1795300813123}",
        ),
        (
            "10.0.0.1 - - [21/Nov/2026:22:40:13 +0000] \"GET /?t=",
            "\" 200",
        ),
        ("< set-cookie: session=", ""),
        ("Set-Cookie: session=", "; HttpOnly"),
        (
            "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"id_token\\\\\\\":\\\\\\\"",
            "\\\\\\\"}\\\"}\"}",
        ),
        ("curl -H 'Authorization: Bearer ", "' \\"),
        ("", ""),
        (
            "2026-11-21T22:40:13Z INFO sent {\"payload\":\"eyJhIjoxfQ\",\"protected\":\"eyJhbGciOiJub25lIn0\",\"signature\":\"\"} and ",
            " after",
        ),
        (
            "{\"time\":1,\"jws\":{\"payload\":\"eyJhIjoxfQ\",\"signatures\":[{\"protected\":\"eyJhbGciOiJub25lIn0\",\"signature\":\"\"}]},\"id_token\":\"",
            "\"}",
        ),
        ("   ", ""),
        (
            "https://a.example/?to=https%3A%2F%2Fb%2F%3Fid_token%3D",
            "%26c%3Dd",
        ),
        ("see /a/", "/b/"),
        ("got \u{201C}", "\u{201D}, and"),
        ("cut ", "..."),
        ("x=", "."),
    ]);
    let wrapped = (
        any_token.clone(),
        8..90_usize,
        select(vec!["\n", "\r\n  ", "\" +\n \"", "\\\n", "^\r\n"]),
    )
        .prop_map(|(token, width, joint)| {
            let pieces: Vec<_> = token
                .as_bytes()
                .chunks(width)
                .map(String::from_utf8_lossy)
                .collect();
            format!("t = \"{}\"", pieces.join(joint))
        });
    prop_oneof![
        5 => (around, any_token).prop_map(|((before, after), token)| format!("{before}{token}{after}")),
        2 => wrapped,
        4 => "[ -~]{0,120}",
        2 => select(vec![
            "", "", "  ", "eyJ", "eyJhbGci", "GET / HTTP/1.1", "HTTP/1.1 200 OK", "Host: a.example", "\"", "'ab' +", "%2", "\\",
            "\\\\\\\\\\\\u002", "Date: Sat, 21 Nov 2026 22:40:13 GMT", "date: Sun, 22 Nov 2026 00:00:00 GMT", "Date: soon",
            "< date: Sat, 21 Nov 2026 22:40:13 GMT", "> GET / HTTP/1.1", "< HTTP/2 200", "*", "===", "{", "[", "\u{1F511} key", "a\"", "2026-11-21T22:40:13Z done in 3s",
        ]).prop_map(str::to_owned),
        1 => (1..900_usize).prop_map(|length| "QUJD".repeat(length)),
        1 => (1..700_usize).prop_map(|length| "\\".repeat(length)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(line(), 1..40),
        select(vec!["\n", "\n", "\r\n"]),
        select(vec![
            "",
            "",
            "GET /a?b=c HTTP/1.1\nHost: a\n",
            "HTTP/1.1 200 OK\nDate: Sat, 21 Nov 2026 22:40:13 GMT\n",
            "\n\nHTTP/1.1 200 OK\n\n",
            "{\"a\":1}\n",
            "Authorization: ",
            "GET / HTTP/1 is no start line\n",
        ]),
    )
        .prop_map(|(lines, end, start)| format!("{start}{}", lines.join(end)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(text in text(), chunk in prop_oneof![1..40_usize, 40..5_000_usize]) {
        let (found, notes) = streamed(text.as_bytes(), limits(chunk));
        prop_assert_eq!(said(&found), said(&find(text.as_bytes(), "test")), "{}", text);
        prop_assert!(notes.is_empty());
    }

    /// Whether it is one token or many is not told by the first lines alone.
    #[test]
    fn cuts_change_nothing_of_tokens_alone(
        numbers in prop::collection::vec((0..9_usize, select(vec![("HS256", 32), ("RS256", 256), ("XX1", 700), ("none", 0)])), 1..30),
        end in select(vec!["\n", "\n\n", " ", "/", "\r\n  ", ""]),
        width in prop_oneof![1 => Just(0_usize), 2 => 20..900_usize],
        around in select(vec!["", "\"", "Bearer ", "Authorization: Bearer ", " "]),
        chunk in 1..2_000_usize,
    ) {
        let tokens: Vec<_> = numbers.into_iter().map(|(number, (alg, length))| token(number, alg, length)).collect();
        let mut text = tokens.join(end);
        if width > 0 {
            let lines: Vec<_> = text.as_bytes().chunks(width).map(String::from_utf8_lossy).collect();
            text = lines.join("\n");
        }
        let text = format!("{around}{text}{around}");
        let (found, _) = streamed(text.as_bytes(), limits(chunk));
        prop_assert_eq!(said(&found), said(&find(text.as_bytes(), "test")), "{}", text);
    }

    #[test]
    fn cuts_change_nothing_in_utf_16(text in text(), chunk in 1..3_000_usize, little in any::<bool>()) {
        let unit = if little { u16::to_le_bytes } else { u16::to_be_bytes };
        let bytes: Vec<u8> = std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(unit).collect();
        let (found, _) = streamed(&bytes, limits(chunk));
        prop_assert_eq!(said(&found), said(&find(&bytes, "test")), "{}", text);
    }

    #[test]
    fn packing_changes_nothing(text in text(), chunk in 1..3_000_usize, cut in any::<prop::sample::Index>()) {
        let at = cut.index(text.len().max(1)).min(text.len());
        let (first, second) = text.as_bytes().split_at(at);
        let members = [packed(first), packed(second)].concat();
        let (found, notes) = streamed(&members, limits(chunk));
        prop_assert_eq!(said(&found), said(&find(text.as_bytes(), "test")));
        prop_assert!(notes.is_empty());
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..3_000), chunk in 1..500_usize, begins in select(vec![
        &b""[..], b"\x1F\x8B\x08", b"\x1F\x8B\x08\0\0\0\0\0\0\xFF", b"\xFF\xFE", b"\xFE\xFF\0", b"GET / HTTP/1.1\n", b"{\"log\":{\"entries\":[",
        b"<items><item><request base64=\"true\">",
    ])) {
        let input = [begins, &bytes].concat();
        let (found, _) = streamed(&input, limits(chunk));
        if !begins.starts_with(b"\x1F") {
            prop_assert_eq!(said(&found), said(&find(&input, "test")));
        }
        let mut end = 0;
        for one in &found {
            let range = one.place.byte_range.clone();
            prop_assert!(end <= range.start && range.start < range.end);
            end = range.end;
        }
    }
}

/// A line for each of these, with its end.
struct Log<F> {
    line: F,
    at: usize,
    count: usize,
    rest: Vec<u8>,
}

impl<F: FnMut(usize) -> String> Read for Log<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.rest.is_empty() && self.at < self.count {
            self.rest = (self.line)(self.at).into_bytes();
            self.at += 1;
        }
        let read = self.rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.rest[..read]);
        self.rest.drain(..read);
        Ok(read)
    }
}

#[test]
fn a_long_log_gives_each_token_with_its_line_and_bytes() {
    let line = |at: usize| {
        let noise = "the quick brown fox jumps over the lazy dog, ".repeat(at % 7);
        let token = if at.is_multiple_of(50) {
            token(at, "ES256", 64)
        } else {
            String::new()
        };
        format!("2026-11-21T22:40:13Z INFO [{at}] {noise}token={token} done\n")
    };
    let log = Log {
        line,
        at: 0,
        count: 60_000,
        rest: Vec::new(),
    };
    let (mut expected_line, mut offset) = (0, 0);
    let mut places = (0..60_000).filter_map(|at| {
        let text = line(at);
        expected_line += 1;
        let start = offset + text.find("token=").unwrap() + 6;
        offset += text.len();
        at.is_multiple_of(50)
            .then(|| (expected_line, start, token(at, "ES256", 64)))
    });
    let mut count = 0;
    for found in Stream::new(log, "log").unwrap() {
        let Candidate { text, place } = found.unwrap();
        let (line, start, token) = places.next().unwrap();
        assert_eq!(
            (place.line, place.byte_range),
            (line, start..start + token.len())
        );
        assert_eq!(
            (text.as_str(), place.where_.name(), place.name_in.as_deref()),
            (token.as_str(), "log", Some("token"))
        );
        count += 1;
    }
    assert_eq!(count, 1_200);
    assert!(offset > 8 << 20, "{offset}: more than a chunk");
}

#[test]
fn the_same_for_a_list_of_tokens_and_for_a_transcript() {
    let count = 12_000;
    let tokens = Log {
        line: |at| format!("{}\n", token(at, "RS256", 256)),
        at: 0,
        count,
        rest: Vec::new(),
    };
    let found: Vec<_> = Stream::new(tokens, "list")
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found.len(), count);
    for (at, one) in found.iter().enumerate() {
        assert_eq!(
            (one.text.as_str(), one.place.line),
            (token(at, "RS256", 256).as_str(), at + 1)
        );
    }
    let message = |at: usize| {
        let body = "filler ".repeat(400);
        format!(
            "POST /t HTTP/1.1\r\nAuthorization: Bearer {}\r\nCookie: sid={}\r\n\r\n{body}\r\n{{\"a\":\"{}\"}}\r\n",
            token(3 * at, "HS256", 32),
            token(3 * at + 1, "HS256", 32),
            token(3 * at + 2, "HS256", 32),
        )
    };
    let log = Log {
        line: message,
        at: 0,
        count: 1_000,
        rest: Vec::new(),
    };
    let found: Vec<_> = Stream::new(log, "transcript")
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(found.len(), 3_000);
    for (at, one) in found.iter().enumerate() {
        assert_eq!(one.text.as_str(), token(at, "HS256", 32));
        let expected = [
            ("authorization-header", "Authorization", 2),
            ("cookie", "sid", 3),
            ("json", "a", 6),
        ][at % 3];
        let place = (
            one.place.where_.name(),
            one.place.name_in.as_deref().unwrap(),
            one.place.line,
        );
        assert_eq!(place, (expected.0, expected.1, at / 3 * 6 + expected.2));
    }
}

#[test]
fn what_is_packed_and_cut_gives_what_was_there() {
    let text = format!(
        "one {} end\n{}two {}",
        token(1, "ES256", 64),
        "noise and more noise\n".repeat(2_000),
        token(2, "ES256", 64)
    );
    let whole = packed(text.as_bytes());
    let cut = &whole[..whole.len() - 20];
    let (found, notes) = streamed(cut, Limits::default());
    assert_eq!(found[0].text.as_str(), token(1, "ES256", 64));
    let [Note::Damaged(bytes)] = notes[..] else {
        panic!("{notes:?}");
    };
    assert!(bytes > 0 && bytes <= text.len() as u64, "{bytes}");
    assert_eq!(notes[0].to_string().lines().count(), 2);
    // What is behind a member and no member itself.
    let (found, notes) = streamed(&[&whole[..], b"garbage"].concat(), Limits::default());
    assert_eq!(found.len(), 2);
    assert_eq!(notes, [Note::Damaged(text.len() as u64)]);
    let (found, notes) = streamed(b"\x1F\x8B\x08 is no gzip", Limits::default());
    assert!(found.is_empty() && notes == [Note::Damaged(0)]);
}

/// An error of what it reads from is no damage.
#[test]
fn a_reader_that_fails_says_so_after_what_was_found() {
    struct Fails<'a>(&'a [u8]);
    impl Read for Fails<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Err(io::Error::other("gone"));
            }
            self.0.read(buffer)
        }
    }
    let text = format!(
        "a: {}\n{}",
        token(1, "ES256", 64),
        "some noise.\n".repeat(300_000)
    );
    let results: Vec<_> = Stream::new(Fails(text.as_bytes()), "test")
        .unwrap()
        .collect();
    assert_eq!(results.len(), 2);
    assert_eq!(
        results[0].as_ref().unwrap().text.as_str(),
        token(1, "ES256", 64)
    );
    assert_eq!(results[1].as_ref().err().unwrap().to_string(), "gone");
    let gz = packed(text.as_bytes());
    let results: Vec<_> = Stream::new(Fails(&gz[..gz.len() / 2]), "test")
        .unwrap()
        .collect();
    assert_eq!(
        results.last().unwrap().as_ref().err().unwrap().to_string(),
        "gone"
    );
}

/// Without a break, and of what tokens are made of.
#[test]
fn a_line_without_an_end_is_gone_through() {
    for (unit, count) in [
        ("QUJDREVGR0hJSktMTU5P", 5 << 20),
        ("\0\0\0\0", 5 << 20),
        ("a/eyJ.", 1 << 20),
        ("\\", 1 << 20),
        ("\"+", 1 << 20),
    ] {
        let chunk = unit.repeat(1_024);
        let rounds = count / 1_024;
        let last = format!(" {} end", token(7, "ES256", 64));
        let line = |at: usize| {
            if at < rounds {
                chunk.clone()
            } else {
                last.clone()
            }
        };
        let limits = Limits {
            chunk: 1 << 18,
            window: 1 << 22,
            whole: 1 << 22,
        };
        let log = Log {
            line,
            at: 0,
            count: rounds + 1,
            rest: Vec::new(),
        };
        let found: Vec<_> = Stream::with_limits(log, "line", limits)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(found.len(), 1, "{unit}");
        assert_eq!(found[0].text.as_str(), token(7, "ES256", 64), "{unit}");
        assert_eq!(found[0].place.byte_range.start, rounds * chunk.len() + 1);
    }
}

/// Larger than what is held: its header is still told.
#[test]
fn a_token_larger_than_a_window_is_torn_and_the_next_one_found() {
    let header = encode(br#"{"alg":"HS256"}"#);
    let huge = format!("{header}.{}", "QUJD".repeat(1 << 20));
    let text = format!(
        "first: {huge}\nthen: {}\n{}",
        token(1, "ES256", 64),
        "noise.\n".repeat(100_000)
    );
    let limits = Limits {
        chunk: 1 << 16,
        window: 1 << 20,
        whole: 1 << 20,
    };
    let (found, _) = streamed(text.as_bytes(), limits);
    assert_eq!(found.len(), 2);
    assert!(found[0].text.starts_with(&header) && found[0].text.len() > 1 << 20);
    assert_eq!(
        (found[1].text.as_str(), found[1].place.line),
        (token(1, "ES256", 64).as_str(), 2)
    );
}

/// Where it does not fit, a file of records is a text, and that is said.
#[test]
fn records_are_read_whole_up_to_a_ceiling() {
    let har = |count: usize| {
        let entry = |at: usize| {
            format!(
                r#"{{"request":{{"headers":[{{"name":"Authorization","value":"Bearer {}"}}]}}}}"#,
                token(at, "ES256", 64)
            )
        };
        let entries: Vec<_> = (0..count).map(entry).collect();
        format!(
            r#"{{"log":{{"version":"1.2","entries":[{}]}}}}"#,
            entries.join(",")
        )
    };
    let items = |count: usize| {
        let item = |at: usize| {
            format!(
                "<item><request><![CDATA[GET / HTTP/1.1\nX-Token: {}\n\n]]></request></item>",
                token(at, "ES256", 64)
            )
        };
        let items: String = (0..count).map(item).collect();
        format!("<items burpVersion=\"1\">{items}</items>")
    };
    let limits = Limits {
        chunk: 1 << 13,
        window: 1 << 16,
        whole: 1 << 18,
    };
    for (small, large, name) in [
        (
            har(300),
            har(2_000),
            "entry 300 request header Authorization",
        ),
        (items(300), items(2_000), "item 300 request header X-Token"),
    ] {
        for input in [small.clone().into_bytes(), packed(small.as_bytes())] {
            let (found, notes) = streamed(&input, limits);
            assert_eq!(said(&found), said(&find(small.as_bytes(), "test")));
            assert_eq!((found.len(), notes.len()), (300, 0));
            assert_eq!(found[299].place.name_in.as_deref(), Some(name));
        }
        let (found, notes) = streamed(large.as_bytes(), limits);
        assert_eq!(found.len(), 2_000);
        assert!(
            found
                .iter()
                .enumerate()
                .all(|(at, one)| one.text.as_str() == token(at, "ES256", 64))
        );
        assert_eq!(notes, [Note::TooLarge(1 << 18)]);
        assert_eq!(notes[0].to_string().lines().count(), 2);
    }
}
