//! Text to tokens: what is found, what is not, where it stood, and that no text is too odd or too long.

use proptest::prelude::*;
use tokenloupe::find::{Candidate, Repair, Where, find};
use tokenloupe::jose::base64url::encode;
use tokenloupe::jose::json;

use crate::common::{vector_json, vectors};

/// RFC 7515 appendix A.1, with its line breaks and with white space in its header.
const RFC_7515_A1: &str = "\
     eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9
     .
     eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt
     cGxlLmNvbS9pc19yb290Ijp0cnVlfQ
     .
     dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn texts(input: &[u8]) -> Vec<String> {
    find(input, "test")
        .iter()
        .map(|candidate| candidate.text.to_string())
        .collect()
}

/// The one candidate in a text.
#[track_caller]
fn one(input: &str) -> Candidate {
    let mut found = find(input.as_bytes(), "test");
    assert_eq!(found.len(), 1, "expected one token in {input:?}");
    found.remove(0)
}

#[test]
fn the_samples_hold_what_their_readme_says() {
    let read = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples");
        std::fs::read_to_string(format!("{folder}/{name}")).unwrap()
    };
    let request = read("request.http");
    for request in [request.clone(), request.replace('\n', "\r\n")] {
        let found = find(request.as_bytes(), "request.http");
        let places: Vec<_> = found
            .iter()
            .map(|Candidate { text, place }| {
                assert_eq!(
                    request.get(place.byte_range.clone()),
                    Some(text.as_str()),
                    "the range holds the token"
                );
                let repairs: Vec<_> = place.repairs.iter().map(|r| r.name()).collect();
                let name = place.name_in.as_deref();
                (place.line, place.where_.name(), name, repairs.join(" "))
            })
            .collect();
        let expected = [
            (
                4,
                "authorization-header",
                Some("Authorization"),
                "bearer-prefix",
            ),
            (5, "cookie", Some("session"), ""),
            (9, "json", Some("access_token"), "quotes"),
            (9, "json", Some("refresh_token"), "quotes"),
        ];
        let expected: Vec<_> = expected
            .map(|(line, where_, name, repairs)| (line, where_, name, repairs.to_owned()))
            .into();
        assert_eq!(places, expected);
        assert!(found[1].text.ends_with('.'), "the dot before no signature");
    }
    for name in ["damaged", "expired", "unsecured", "weak-secret"] {
        let file = read(&format!("{name}.jwt"));
        assert_eq!(texts(file.as_bytes()), [file.trim_end()], "{name}");
    }
    for name in ["issuer.jwks.json", "weak-secret.key", "README.md"] {
        assert_eq!(texts(read(name).as_bytes()), [""; 0], "{name}");
    }
}

/// Every compact one whose header can be read; of the others, the ones that are long enough to be told from noise.
#[test]
fn wycheproof_tokens_are_found_byte_for_byte() {
    let Some(file) = vector_json("wycheproof/json_web_signature_test.json") else {
        return;
    };
    let mut counts = [0, 0];
    let mut wrong = Vec::new();
    for group in file["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let text = test["jws"].as_str().unwrap();
            let found = texts(text.as_bytes());
            let header = text.split_once('.').map_or("", |(header, _)| header);
            let header = tokenloupe::jose::base64url::decode(header);
            let is_readable = json::read(&header.bytes).object().is_some();
            let is_right = found == [text] || (!is_readable && found.is_empty());
            counts[usize::from(found == [text])] += 1;
            if !is_right {
                wrong.push(format!("{}: {text:?} gave {found:?}", test["tcId"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} found, {} passed over", counts[1], counts[0]);
    // Passed over: four empty ones and others of at most two short parts, and one JSON serialization.
    assert_eq!(counts[0] + counts[1], 401);
    assert!(counts[1] >= 385, "{counts:?}");
}

/// The examples of RFC 7520 hold a compact serialization each, alone and in a JSON file of many other things.
#[test]
fn cookbook_tokens_are_found() {
    let Some(folder) = vectors() else {
        return;
    };
    let mut seen = 0;
    for kind in ["jws", "jwe"] {
        for entry in std::fs::read_dir(folder.join("cookbook").join(kind)).unwrap() {
            let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let json: serde_json::Value = serde_json::from_str(&file).unwrap();
            let Some(compact) = json["output"]["compact"].as_str() else {
                continue;
            };
            seen += 1;
            assert_eq!(texts(compact.as_bytes()), [compact]);
            assert!(texts(file.as_bytes()).contains(&compact.to_owned()));
            let wrapped = wrap(compact, 72, "  ");
            assert_eq!(texts(wrapped.as_bytes()), [compact]);
            let page = format!("The token:\n\n{wrapped}\n\nNothing else.\n");
            assert_eq!(texts(page.as_bytes()), [compact]);
        }
    }
    assert!(seen >= 12, "{seen}");
}

#[test]
fn a_token_is_found_as_rfcs_print_it() {
    let token: String = RFC_7515_A1.split_whitespace().collect();
    let page = format!("   Concatenating these:\n\n{RFC_7515_A1}\n\n   This is it.\n");
    for text in [RFC_7515_A1, &RFC_7515_A1.replace('\n', "\r\n"), &page] {
        let found = one(text);
        assert_eq!(found.text.as_str(), token);
        assert!(found.place.repairs.contains(&Repair::LineWraps));
        let range = found.place.byte_range;
        assert_eq!(
            text.get(range)
                .unwrap()
                .split_whitespace()
                .collect::<String>(),
            token
        );
    }
}

#[test]
fn utf_16_is_read_and_ranges_are_its_own() {
    let token: String = RFC_7515_A1.split_whitespace().collect();
    let text = format!("\u{FEFF}\u{1F511} key\nBearer {token}\r\n");
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = find(&bytes, "notes.txt");
    assert_eq!(found.len(), 1);
    let place = found[0].place.clone();
    assert_eq!((place.line, place.name.as_str()), (2, "notes.txt"));
    let units = bytes[place.byte_range]
        .chunks(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    assert_eq!(
        String::from_utf16(&units.collect::<Vec<_>>()).unwrap(),
        token
    );
}

/// Neither in time nor in depth may the reader follow what is repeated here.
#[test]
fn hostile_texts_come_to_an_end() {
    let object = encode(br#"{"a":1}"#);
    let nested = encode(br#"{"ab":[{"c":"#);
    let key = encode(format!(r#"{{"{}"#, "a".repeat(100)).as_bytes());
    for unit in [
        ".".to_owned(),
        "~".to_owned(),
        "/".to_owned(),
        "\"".to_owned(),
        " ".to_owned(),
        "\n".to_owned(),
        ":\n".to_owned(),
        "eyJ".to_owned(),
        "eyJ.".to_owned(),
        "eyJ\n".to_owned(),
        "eyJ/".to_owned(),
        "eyJ\nhIjox\n".to_owned(),
        "ey\n".to_owned(),
        "x.eyJ".to_owned(),
        "Bearer ".to_owned(),
        "GET / HTTP/1.1\n\n".to_owned(),
        "%2E".to_owned(),
        "%".to_owned(),
        "\\".to_owned(),
        "\\u002e".to_owned(),
        "a\"".to_owned(),
        "a\" ".to_owned(),
        "a\"\n\"".to_owned(),
        "a' + '".to_owned(),
        "Cookie: ".to_owned(),
        format!("a={object}.x&"),
        format!("a={object}.x; "),
        format!("\"{object}.x\","),
        format!("\"{object}.x\"\n"),
        format!("%22{object}%2Ex%22"),
        format!("{object}.x..."),
        format!("{object}.x\u{2026}"),
        object.clone(),
        format!("{object}."),
        format!("{object}..\n"),
        format!("{object}\n"),
        format!("{object}.\n"),
        format!("x~{object}\n"),
        format!("x~y.{object}\n"),
        format!("~{object}.x.y"),
        format!("~{object}.x.y\n"),
        format!("{nested}.\n"),
        format!("{object} \n."),
        format!("a/{object}\n"),
        format!("{object}/"),
        format!("{object}-"),
        format!("{object}.x/"),
        format!("{object}.x~"),
        format!("{object}.x.~\n"),
        format!("{object}.x. "),
        format!("{nested}\n"),
        format!("{nested}-"),
        format!("{key}\n"),
        format!("{key}/"),
        format!("{key}\n{object}/"),
        format!("{}.\n", encode(b"{\"alg\":\"none\"}")),
        format!("{}.x./", encode(b"{\"alg\":\"none\"}")),
        format!("\u{201C}{object}.x\u{201D}"),
    ] {
        for before in ["", ": "] {
            // A reader that goes over the text again from each line would not come to an end here.
            let text = format!("{before}{}", unit.repeat((1 << 17) / unit.len()));
            let found = find(text.as_bytes(), "hostile");
            assert!(found.len() <= text.len() / 4, "{before}{unit:?}");
            assert!(
                found
                    .iter()
                    .all(|one| one.place.byte_range.end <= text.len())
            );
        }
    }
}

/// Key binding JWTs in a line before a last one, each of which could hold the next.
#[test]
fn a_chain_of_key_bindings_has_no_depth() {
    let object = encode(br#"{"a":1}"#);
    let text = format!(": {}\nAA", format!("{object}.x.y~").repeat(100_000));
    assert_eq!(texts(text.as_bytes()).len(), 1);
}

/// Breaks after every `width` characters.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(width)
        .map(|line| format!("{indent}{}", std::str::from_utf8(line).unwrap()))
        .collect();
    lines.join("\n")
}

/// Header and payload in several spellings, a signature as long as the algorithm makes it.
fn token() -> impl Strategy<Value = String> {
    let bytes = |length: usize| proptest::collection::vec(any::<u8>(), length);
    let signed = prop_oneof![
        Just(("HS256", 32)),
        Just(("HS384", 48)),
        Just(("ES256", 64)),
        Just(("ES512", 132)),
        Just(("RS256", 256)),
        Just(("PS512", 512)),
        Just(("none", 0)),
    ]
    .prop_flat_map(move |(alg, length)| (Just(alg), payload(), bytes(length), spelling()))
    .prop_map(|(alg, payload, signature, spelling)| {
        let header = spell(
            &[("alg", &format!("\"{alg}\"")), ("kid", "\"a/b\"")],
            spelling,
        );
        format!(
            "{}.{}.{}",
            encode(header.as_bytes()),
            encode(&payload),
            encode(&signature)
        )
    });
    let encrypted = (bytes(12), bytes(90), bytes(16), any::<bool>(), spelling()).prop_map(
        |(iv, ciphertext, tag, direct, spelling)| {
            let alg = if direct { "\"dir\"" } else { "\"A128KW\"" };
            let header = spell(&[("alg", alg), ("enc", "\"A128GCM\"")], spelling);
            let key = if direct {
                String::new()
            } else {
                encode(&[7; 24])
            };
            let [iv, ciphertext, tag] = [iv, ciphertext, tag].map(|part| encode(&part));
            format!(
                "{}.{key}.{iv}.{ciphertext}.{tag}",
                encode(header.as_bytes())
            )
        },
    );
    let disclosed = (bytes(64), 1_usize..4).prop_map(|(signature, count)| {
        let header = encode(br#"{"alg":"ES256","typ":"dc+sd-jwt"}"#);
        let payload = encode(br#"{"_sd":["a"]}"#);
        let disclosure = encode(br#"["c2FsdA", "name", {"value": 1}]"#);
        let disclosures = format!("{disclosure}~").repeat(count);
        format!("{header}.{payload}.{}~{disclosures}", encode(&signature))
    });
    prop_oneof![4 => signed, 1 => encrypted, 1 => disclosed]
}

fn payload() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => ("[a-z ]{1,40}", any::<u32>(), spelling()).prop_map(|(sub, exp, spelling)| {
            let nested = r#"{"city":"K\u00f6ln","list":[{"a":1},{"b":[2]}]}"#;
            let exp = exp.to_string();
            spell(&[("sub", &format!("\"{sub}\"")), ("address", nested), ("exp", &exp)], spelling)
                .into_bytes()
        }),
        1 => proptest::collection::vec(any::<u8>(), 8..80),
    ]
}

fn spelling() -> impl Strategy<Value = usize> {
    0_usize..4
}

/// A JSON object as different writers space it.
fn spell(members: &[(&str, &str)], spelling: usize) -> String {
    let (open, colon, comma, close) = [
        ("{", ":", ",", "}"),
        ("{ ", ": ", ", ", " }"),
        ("{\n  ", ": ", ",\n  ", "\n}"),
        ("{\r\n\t", ":", ",\r\n\t", "\r\n}"),
    ][spelling];
    let members: Vec<_> = members
        .iter()
        .map(|(name, value)| format!("\"{name}\"{colon}{value}"))
        .collect();
    format!("{open}{}{close}", members.join(comma))
}

/// Text without a token, full of what looks like one.
fn prose() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        4 => "[A-Z]?[a-z]{1,12}[.,;:!?]?",
        1 => prop::sample::select(vec![
            "1.2.3", "v10.0.22631.4169", "www.example.com", "https://a.example/b.c/d?e=f&g=h.i",
            "eyJunk.x.y", "eyJunk", "ey", "e30.e30.", "eyes.wide.shut", "com.example.Main",
            "archive.tar.gz", "{\"a\":\"b.c.d\"}", "550e8400-e29b-41d4-a716-446655440000",
            "TG9yZW0gaXBzdW0gZG9sb3Igc2l0IGFtZXQsIGNvbnNlY3RldHVyLg==", "eyJhIjoxfQ",
            "Bearer", "Authorization:", "...", "\u{2026}", "~/.ssh/id_rsa", "../a.b.c", "\u{1F511}",
            "d111111abcdef8.cloudfront.net", "-----BEGIN", "\0", "=", "+/+/+/", "\u{e4}\u{f6}.\u{fc}.x",
        ]).prop_map(str::to_owned),
    ];
    let gap = prop::sample::select(vec![" ", " ", " ", "\n", "\r\n", "\t", "\n\n", "  "]);
    proptest::collection::vec((word, gap), 0..12).prop_map(|words| {
        words
            .into_iter()
            .flat_map(|(word, gap)| [word, gap.to_owned()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_token_alone_is_found_however_it_is_wrapped(
        token in token(),
        width in 8_usize..200,
        indent in "[ \t]{0,8}",
        around in prop::sample::select(vec!["", "\"", "'", "`", "\n", " "]),
        bearer in prop::sample::select(vec!["", "Bearer ", "bearer\t", "BEARER  "]),
    ) {
        let text = format!("{around}{bearer}{}{around}", wrap(&token, width, &indent));
        let found = find(text.as_bytes(), "test");
        prop_assert_eq!(found.len(), 1, "{}", text);
        let Candidate { text: read, place } = &found[0];
        prop_assert_eq!(read.as_str(), &token);
        prop_assert_eq!(place.where_, Where::Bare);
        let wrapped = token.len() > width;
        prop_assert_eq!(place.repairs.contains(&Repair::LineWraps), wrapped);
        prop_assert_eq!(place.repairs.contains(&Repair::BearerPrefix), !bearer.is_empty());
        prop_assert_eq!(
            place.repairs.contains(&Repair::Quotes),
            !around.trim().is_empty()
        );
        let within = text.get(place.byte_range.clone()).unwrap();
        prop_assert_eq!(within.split_whitespace().collect::<String>(), token);
        prop_assert_eq!(within.trim(), within);
    }

    #[test]
    fn tokens_in_prose_are_found_exactly(
        before in prose(),
        tokens in proptest::collection::vec((
            prop::sample::select(vec![
                "", "\"", "'", "`", "\u{201C}", "(", "<", "[", "Bearer ", "Authorization: Bearer ",
                "token=", "/", "https://a.example/b/", "?id_token=", "token:", "--", "\n\n",
            ]),
            token(),
            prop::sample::select(vec![
                " ", "\n", "\"", "'", "`", "\u{201D}", ")", ">", "]", ", ", ". ", "; ", "&a=b",
                "\r\n", "!", ".\n", "\u{2026}", "|",
            ]),
            prose(),
        ), 1..4),
    ) {
        let mut text = format!("{before} ");
        let mut expected = Vec::new();
        for (open, token, close, after) in tokens {
            text.push_str(open);
            let start = text.len();
            text.push_str(&token);
            expected.push((token, start..text.len()));
            text.push_str(close);
            text.push_str(&after);
            // What stood there is not to join the next token.
            text.push_str(" or else ");
        }
        let found: Vec<_> = find(text.as_bytes(), "test")
            .into_iter()
            .map(|candidate| (candidate.text.to_string(), candidate.place.byte_range))
            .collect();
        prop_assert_eq!(found, expected, "{}", text);
    }

    #[test]
    fn tokens_wrapped_in_prose_are_found_exactly(
        before in "[A-Z][a-z]{2,9}( [a-z]{1,9}){0,5}:?",
        first in token(),
        second in token(),
        width in 8_usize..120,
        indent in "[ \t]{0,6}",
        between in prop::sample::select(vec!["\n", "\n\n", "\nand\n", "\n\nThen this one: "]),
        after in prop::sample::select(vec!["", "\n", "\nThe end.", "\nend", " and so on", ", or\nnot", "\n\nmore"]),
    ) {
        let text = format!(
            "{before}\n{}{between}{}{after}",
            wrap(&first, width, &indent),
            wrap(&second, width, &indent),
        );
        prop_assert_eq!(texts(text.as_bytes()), [first, second], "{}", text);
    }

    #[test]
    fn lines_may_break_anywhere(
        token in token(),
        cuts in proptest::collection::vec(0.0_f64..1.0, 1..12),
        after in prop::sample::select(vec!["", "\nThe end.", " and so on", "\r\n\r\nmore"]),
    ) {
        let mut cuts: Vec<_> = cuts
            .into_iter()
            .map(|cut| 8 + (cut * (token.len() - 8) as f64) as usize)
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut wrapped = token.clone();
        for cut in cuts.into_iter().rev() {
            wrapped.insert_str(cut, "\r\n  ");
        }
        prop_assert_eq!(texts(format!("Token {wrapped}{after}").as_bytes()), [token]);
    }

    #[test]
    fn tokens_on_consecutive_lines_stay_apart(
        tokens in proptest::collection::vec(token(), 2..6),
        end in prop::sample::select(vec!["\n", "\r\n", " \n", "\n\t", ",\n", "\n\n", " "]),
    ) {
        prop_assert_eq!(texts(tokens.join(end).as_bytes()), tokens);
    }

    #[test]
    fn prose_holds_none(text in prose(), more in prose()) {
        prop_assert_eq!(texts(format!("A {text} {more}").as_bytes()), [""; 0]);
    }

    #[test]
    fn no_bytes_are_too_odd(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            proptest::collection::vec(
                prop::sample::select(b"eyJhIjoxfQ.~/=+-_ \n\r\t\"'`:{}\xE2\x80\x9C\xFF\xFE\0".to_vec()),
                0..300,
            ),
            (proptest::collection::vec(any::<u8>(), 0..3), token(), 0..900_usize, any::<u8>()).prop_map(
                |(before, token, at, byte)| {
                    let mut bytes = [before, token.into_bytes()].concat();
                    let at = at % bytes.len();
                    bytes[at] = byte;
                    bytes
                }
            ),
        ],
    ) {
        let found = find(&bytes, "test");
        prop_assert!(found == find(&bytes, "test"), "the same twice");
        let mut end = 0;
        for candidate in &found {
            let range = candidate.place.byte_range.clone();
            prop_assert!(end <= range.start && range.start < range.end && range.end <= bytes.len());
            prop_assert!(!candidate.text.is_empty());
            let repairs = &candidate.place.repairs;
            prop_assert!(repairs.is_sorted_by(|a, b| a < b));
            end = range.end;
        }
    }
}
