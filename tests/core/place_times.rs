//! The time that came with a token, as texts of each kind say it.

use tokenloupe::find::{Candidate, Limits, Stream, find};
use tokenloupe::jose::base64url::encode;

fn token(number: usize) -> String {
    let header = encode(br#"{"alg":"ES256"}"#);
    let payload = encode(format!(r#"{{"jti":"{number}"}}"#).as_bytes());
    format!("{header}.{payload}.{}", encode(&[7; 64]))
}

/// The times of all tokens: what they stood in, as they are written, and as they are read.
fn times(text: &str, found: &[Candidate]) -> Vec<String> {
    let told = |one: &Candidate| match &one.place.time {
        Some(time) => {
            let written = text.get(time.byte_range.clone()).unwrap();
            format!("{} | {written} | {}", time.from.name(), time.at)
        }
        None => "none".to_owned(),
    };
    found.iter().map(told).collect()
}

fn times_of(text: &str) -> Vec<String> {
    let found = find(text.as_bytes(), "test");
    let whole = times(text, &found);
    for chunk in [1, 100, 5_000] {
        let limits = Limits {
            chunk,
            window: 1 << 20,
            whole: 1 << 20,
        };
        let stream = Stream::with_limits(text.as_bytes(), "test", limits).unwrap();
        let streamed: Vec<_> = stream.map(Result::unwrap).collect();
        assert_eq!(times(text, &streamed), whole, "in pieces of {chunk}");
    }
    whole
}

const DATE: &str = "date-header | Sat, 21 Nov 2026 22:40:13 GMT | 2026-11-21T22:40:13Z";

#[test]
fn a_request_has_the_date_of_its_response() {
    let request = format!(
        "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\n\r\n",
        token(1)
    );
    let response = |date: &str| {
        let (second, third) = (token(2), token(3));
        format!(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a={second}\r\n{date}Server: b\r\n\r\n{{\"t\":\"{third}\"}}\r\n"
        )
    };
    let dated = response("Date: Sat, 21 Nov 2026 22:40:13 GMT\r\n");
    assert_eq!(times_of(&format!("{request}{dated}")), [DATE, DATE, DATE]);
    assert_eq!(times_of(&dated), [DATE, DATE]);
    let bare = response("");
    assert_eq!(
        times_of(&format!("{request}{bare}")),
        ["none", "none", "none"]
    );
    // Another request is another exchange.
    assert_eq!(
        times_of(&format!("{request}{request}{dated}")),
        ["none", DATE, DATE, DATE]
    );
    assert_eq!(
        times_of(&format!("{request}{bare}{dated}")),
        ["none", "none", "none", DATE, DATE]
    );
    // A request may name its own.
    let own = request.replace("Host: a", "Host: a\r\nDATE: Sat, 21 Nov 2026 22:40:13 GMT");
    assert_eq!(times_of(&format!("{own}{bare}")), [DATE, "none", "none"]);
    assert_eq!(times_of(&response("Date: soon\r\n")), ["none", "none"]);
}

/// No date is waited for further than 64 KiB from the beginning of its message, wherever the text is cut.
#[test]
fn a_date_is_not_looked_for_without_end() {
    let message = |padding: usize| {
        let padding =
            "X-Padding: 0123456789abcdef0123456789abcdef0123456789abcdef\n".repeat(padding);
        format!(
            "HTTP/1.1 200 OK\nSet-Cookie: a={}\n{padding}Date: Sat, 21 Nov 2026 22:40:13 GMT\n\nend\n",
            token(1)
        )
    };
    assert_eq!(times_of(&message(1_000)), [DATE]);
    assert_eq!(times_of(&message(1_200)), ["none"]);
}

#[test]
fn an_entry_of_a_har_file_has_its_time() {
    let entry = |started: &str, number: usize| {
        let header = format!(
            r#"{{"name":"Authorization","value":"Bearer {}"}}"#,
            token(number)
        );
        format!(r#"{{"request":{{"headers":[{header}]}}{started}}}"#)
    };
    let text = format!(
        r#"{{"log":{{"version":"1.2","pages":[{{"startedDateTime":"2020-01-01T00:00:00Z","title":"{}"}}],"entries":[{},{},{}]}}}}"#,
        token(0),
        entry(r#","startedDateTime":"2026-11-21T23:40:13.123+01:00""#, 1),
        entry("", 2),
        entry(r#","startedDateTime":"2026-11-21 22:40:14""#, 3),
    );
    assert_eq!(
        times_of(&text),
        [
            "none",
            "har | 2026-11-21T23:40:13.123+01:00 | 2026-11-21T22:40:13.123Z",
            "none",
            "har | 2026-11-21 22:40:14 | 2026-11-21T22:40:14Z",
        ]
    );
    let found = find(text.as_bytes(), "test");
    let assumed = |at: usize| found[at].place.time.as_ref().unwrap().assumes_utc;
    assert!(!assumed(1) && assumed(3));
}

#[test]
fn an_item_of_burp_has_its_time() {
    let item = |time: &str, number: usize| {
        let token = token(number);
        format!("<item>{time}<url>https://a.example/?t={token}</url></item>\n")
    };
    let text = format!(
        "<items burpVersion=\"1\">\n{}{}{}</items>",
        item("<time>Sat Nov 21 23:40:13 CET 2026</time>", 1),
        item("", 2),
        item("<time><![CDATA[Sat Nov 21 22:40:13 UTC 2026]]></time>", 3),
    );
    assert_eq!(
        times_of(&text),
        [
            "burp | Sat Nov 21 23:40:13 CET 2026 | 2026-11-21T22:40:13Z",
            "none",
            "burp | Sat Nov 21 22:40:13 UTC 2026 | 2026-11-21T22:40:13Z",
        ]
    );
}
