//! Files of records: HAR files and the items of Burp, and one file that holds everything else that arrives. Each token with its
//! line, the characters that it was written with, what it stood in and under which name.

use std::fmt::Write as _;

use tokenloupe::find::{Candidate, find};
use tokenloupe::jose::base64url::encode;

/// A signed token; several are told apart by their number.
fn token(number: usize) -> String {
    let header = encode(br#"{"alg":"ES256","typ":"JWT"}"#);
    let payload = encode(format!(r#"{{"iss":"https://issuer.example","n":{number}}}"#).as_bytes());
    format!("{header}.{payload}.{}", encode(&[number as u8; 64]))
}

/// Base64 with padding, as bodies are written.
fn base64(text: &str) -> String {
    let mut encoded = encode(text.as_bytes()).replace('-', "+").replace('_', "/");
    while !encoded.len().is_multiple_of(4) {
        encoded.push('=');
    }
    encoded
}

/// Line, number, place, name and repairs of each token: `3 #1 har | entry 1 request URL |`.
#[track_caller]
fn told(input: &str) -> Vec<String> {
    let found = find(input.as_bytes(), "test");
    let mut all = Vec::new();
    for Candidate { text, place } in &found {
        let number = (0..100)
            .find(|&number| token(number) == text.as_str())
            .unwrap_or_else(|| panic!("no token of ours: {}", text.as_str()));
        assert_eq!(
            place.line,
            input[..place.byte_range.start].matches('\n').count() + 1
        );
        let repairs: Vec<_> = place.repairs.iter().map(|repair| repair.name()).collect();
        let name = place.name_in.as_deref().unwrap_or("-");
        let (where_, repairs) = (place.where_.name(), repairs.join(" "));
        let mut said = String::new();
        write!(
            said,
            "{} #{number} {where_} | {name} | {repairs}",
            place.line
        )
        .unwrap();
        all.push(said.trim_end().to_owned());
    }
    all
}

/// What the ranges of the tokens hold.
fn written(input: &str) -> Vec<&str> {
    let found = find(input.as_bytes(), "test");
    let ranges = found.into_iter().map(|one| one.place.byte_range);
    ranges.map(|range| input.get(range).unwrap()).collect()
}

/// A HAR file of two entries, with a token of its own in each place.
fn har() -> String {
    let jwt = token;
    let json_body = format!(r#"{{\"grant\":\"x\",\"assertion\":\"{}\"}}"#, jwt(8));
    let twice = format!(
        r#"{{\"outer\":\"{{\\\"id_token\\\":\\\"{}\\\"}}\"}}"#,
        jwt(9)
    );
    let packed = base64(&format!(
        r#"{{"access_token":"{}","token_type":"Bearer"}}"#,
        jwt(10)
    ));
    format!(
        r#"{{
  "log": {{
    "version": "1.2",
    "creator": {{"name": "WebInspector", "version": "537.36"}},
    "pages": [{{"title": "https://a.example/?t={}"}}],
    "entries": [
      {{"startedDateTime": "2026-11-21T22:40:13.123Z", "request": {{
        "method": "GET",
        "url": "https://a.example/cb?code=1&id_token={}#x",
        "headers": [
          {{"name": "Host", "value": "a.example"}},
          {{"name": "Authorization", "value": "Bearer {}"}},
          {{"value": "lang=de; session={}; x=y", "name": "Cookie"}},
          {{"name": "X-Id-Token", "value": "{}"}}],
        "cookies": [{{"name": "session", "value": "{}", "httpOnly": true}}],
        "queryString": [{{"name": "code", "value": "1"}}, {{"name": "id_token", "value": "{}"}}]}},
      "response": {{
        "status": 302,
        "headers": [{{"name": "Set-Cookie", "value": "sid={}; HttpOnly"}}],
        "cookies": [],
        "redirectURL": "https://b.example/#access_token={}&state=1",
        "content": {{"size": 0, "mimeType": "x-unknown"}}}}}},
      {{"request": {{
        "url": "https://a.example/token",
        "postData": {{"mimeType": "application/json",
          "text": "{json_body}",
          "params": [{{"name": "assertion", "value": "{}"}}]}}}},
      "response": {{
        "content": {{"mimeType": "application/json",
          "text": "{twice}"}},
        "_custom": "{}"}}}},
      {{"response": {{"content": {{"encoding": "base64",
          "text": "{packed}"}}}}}},
      {{"response": {{"content": {{
          "text": "{packed}", "encoding": "base64"}}}}}},
      {{"request": {{"postData": {{
          "text": "grant_type=x&client_assertion={}&scope=a%20b"}}}},
       "response": {{"content": {{"text": "{}\n"}}}}}}
    ]
  }}
}}
"#,
        jwt(0),
        jwt(1),
        jwt(2),
        jwt(3),
        jwt(4),
        jwt(3),
        jwt(1),
        jwt(5),
        jwt(6),
        jwt(8),
        jwt(11),
        jwt(12),
        jwt(13),
    )
}

#[test]
fn every_value_of_a_har_file_has_its_entry_and_name() {
    let expected = [
        "5 #0 har | field title, parameter t |",
        "9 #1 har | entry 1 request URL, parameter id_token |",
        "12 #2 har | entry 1 request header Authorization | bearer-prefix",
        "13 #3 har | entry 1 request header Cookie, cookie session |",
        "14 #4 har | entry 1 request header X-Id-Token |",
        "15 #3 har | entry 1 request cookie session |",
        "16 #1 har | entry 1 request query parameter id_token |",
        "19 #5 har | entry 1 response header Set-Cookie, cookie sid |",
        "21 #6 har | entry 1 response redirect URL, parameter access_token |",
        "26 #8 har | entry 2 request body, field assertion | quotes json-escape",
        "27 #8 har | entry 2 request form field assertion |",
        "30 #9 har | entry 2 response body, field id_token | quotes json-escape",
        "31 #11 har | entry 2 response field _custom |",
        "33 #10 har | entry 3 response body, field access_token | quotes",
        "35 #10 har | entry 4 response body, field access_token | quotes",
        "37 #12 har | entry 5 request body, field client_assertion |",
        "38 #13 har | entry 5 response body | whitespace json-escape",
    ];
    let expected: Vec<_> = expected.map(|line| line.trim_end().to_owned()).into();
    assert_eq!(told(&har()), expected);
    let crlf = har().replace('\n', "\r\n");
    assert_eq!(told(&crlf), expected);
}

#[test]
fn ranges_of_a_har_file_hold_what_was_written() {
    let input = har();
    let found = find(input.as_bytes(), "test");
    for (one, written) in found.iter().zip(written(&input)) {
        if one
            .place
            .name_in
            .as_deref()
            .is_some_and(|name| name.ends_with("access_token") && name.contains("body"))
        {
            // The characters of base64 that carry any bit of it.
            let decoded = tokenloupe::jose::base64url::decode(written).bytes;
            assert!(written.len().abs_diff(one.text.len() * 4 / 3) <= 3);
            assert!(!decoded.is_empty() && !written.contains('.'));
            let around = input.find(written).unwrap();
            assert_eq!(around % 4, around % 4);
        } else {
            assert_eq!(written, one.text.as_str());
        }
    }
    // Exactly those: shifting the body by each number of bytes within a group of three.
    for lead in ["", "x", "xy"] {
        let body = format!("{lead}\"{}\"", token(1));
        let encoded = base64(&body);
        let input = format!(
            r#"{{"log":{{"entries":[{{"response":{{"content":{{"text":"{encoded}","encoding":"base64"}}}}}}]}}}}"#
        );
        let start = lead.len() + 1;
        let end = start + token(1).len();
        let characters = start * 8 / 6..(end * 8).div_ceil(6);
        assert_eq!(written(&input), [&encoded[characters]]);
    }
}

/// Lines, an alphabet with escaped slashes, and what only says that it is base64.
#[test]
fn bodies_in_base64_are_read_as_they_are_written() {
    let har = |text: &str| {
        format!(
            r#"{{"log":{{"entries":[{{"response":{{"content":{{"encoding":"BASE64","text":"{text}"}}}}}}]}}}}"#
        )
    };
    let body = format!("\u{ff}\u{fe}?? token=\"{}\" \u{ff}\u{ff}", token(1));
    let encoded = base64(&body);
    assert!(encoded.contains('/'));
    let wrapped: Vec<_> = encoded
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let expected = ["1 #1 har | entry 1 response body, token | quotes"];
    for text in [
        encoded.clone(),
        encoded.replace('/', "\\/"),
        wrapped.join("\\r\\n"),
        wrapped.join("\\n"),
        encoded.trim_end_matches('=').to_owned(),
    ] {
        assert_eq!(told(&har(&text)), expected, "{text}");
    }
    let plain = har(&format!("no base64: token={} end", token(2)));
    assert_eq!(told(&plain), ["1 #2 har | entry 1 response body, token |"]);
}

/// What has the form of a token, and is a cookie that says something else.
#[test]
fn encoded_json_is_no_token_in_a_har_file() {
    let consent = encode(br#"{"consent":true,"version":"1.0.2026"}"#);
    let input = format!(
        r#"{{"log":{{"entries":[{{"request":{{"cookies":[{{"name":"a","value":"{consent}"}}],
        "headers":[{{"name":"X-State","value":"{consent}"}},{{"name":"B","value":"aB3.xY9dense0123456789ABCDEFabcdef0123456789ABCDEF.Zz1"}}],
        "queryString":[{{"name":"state","value":"{consent}"}}]}}}}]}}}}"#
    );
    assert_eq!(told(&input), [""; 0]);
}

#[test]
fn a_har_file_that_is_cut_gives_what_is_there() {
    let whole = har();
    let all = told(&whole);
    for end in (0..whole.len()).step_by(53) {
        let cut = whole.get(..end).unwrap();
        let found = find(cut.as_bytes(), "test");
        let full: Vec<_> = found
            .iter()
            .filter(|one| one.place.byte_range.end < end)
            .collect();
        assert!(found.len() <= full.len() + 1, "{end}");
        if end > 300 {
            assert!(full.iter().all(|one| one.place.where_.name() == "har"));
        }
    }
    assert_eq!(told(&whole[..whole.len() - 12]), all);
}

/// Deeper than any reader of JSON goes, and with more closed than was opened.
#[test]
fn depth_and_wrong_brackets_lose_nothing() {
    let deep = format!("{}\"{}\"{}", "[".repeat(300), token(1), "]".repeat(300));
    let input = format!(
        r#"{{"log":{{"entries":[{{"x":{deep},"request":{{"url":"https://a.example/?t={}"}}}}]}}}}"#,
        token(2)
    );
    assert_eq!(
        told(&input),
        [
            "1 #1 har | entry 1 value |",
            "1 #2 har | entry 1 request URL, parameter t |"
        ]
    );
    let wrong = format!(
        r#"{{"log":{{"version":"1"}}}}]]}}}}{{"a":["https://a.example/?t={}"]}}"#,
        token(3)
    );
    assert_eq!(told(&wrong), ["1 #3 har | value, parameter t |"]);
}

fn request(number: usize) -> String {
    format!(
        "POST /token?t={} HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer {}\r\nCookie: a=1; sid={}\r\n\r\nclient_assertion={}&a=b",
        token(number),
        token(number + 1),
        token(number + 2),
        token(number + 3)
    )
}

fn response(number: usize) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nSet-Cookie: sid={}; HttpOnly\r\n\r\n{{\"id_token\":\"{}\"}}",
        token(number),
        token(number + 1)
    )
}

const DOCTYPE: &str = r#"<!DOCTYPE items [
<!ELEMENT items (item*)>
<!ATTLIST items burpVersion CDATA "">
<!ELEMENT item (time, url, host, port, protocol, method, path, extension, request, status, responselength, mimetype, response, comment)>
<!ATTLIST request base64 (true|false) "false">
]>"#;

#[test]
fn items_of_burp_are_read_in_base64_and_without() {
    let url = format!("https://a.example/token?t={}", token(20));
    let input = format!(
        "<?xml version=\"1.0\"?>\n{DOCTYPE}\n<items burpVersion=\"2026.1\" exportTime=\"Sat Nov 21 22:40:13 UTC 2026\">\n  <item>\n    \
         <time>Sat Nov 21 22:40:13 UTC 2026</time>\n    <url><![CDATA[{url}]]></url>\n    <host ip=\"192.0.2.1\">a.example</host>\n    \
         <request base64=\"true\"><![CDATA[{}]]></request>\n    <response base64=\"true\"><![CDATA[{}]]></response>\n    \
         <comment>see {}</comment>\n  </item>\n  <item>\n    <url>https://a.example/?a=1&amp;t={}</url>\n    \
         <request base64=\"false\"><![CDATA[{}]]></request>\n    <response base64=\"false\">{}</response>\n  </item>\n</items>\n",
        base64(&request(1)),
        base64(&response(5)),
        token(21),
        token(22),
        request(7),
        response(11).replace('"', "&quot;")
    );
    let expected = [
        "11 #20 url | item 1 URL, parameter t |",
        "13 #1 url | item 1 request, parameter t |",
        "13 #2 authorization-header | item 1 request header Authorization | bearer-prefix",
        "13 #3 cookie | item 1 request header Cookie, cookie sid |",
        "13 #4 form | item 1 request body, field client_assertion |",
        "14 #5 cookie | item 1 response header Set-Cookie, cookie sid |",
        "14 #6 json | item 1 response body, field id_token | quotes",
        "15 #21 bare | item 1 comment |",
        "18 #22 url | item 2 URL, parameter t |",
        "19 #7 url | item 2 request, parameter t |",
        "21 #8 authorization-header | item 2 request header Authorization | bearer-prefix",
        "22 #9 cookie | item 2 request header Cookie, cookie sid |",
        "24 #10 form | item 2 request body, field client_assertion |",
        "26 #11 cookie | item 2 response header Set-Cookie, cookie sid |",
        "28 #12 json | item 2 response body, field id_token | quotes",
    ];
    let expected: Vec<_> = expected.map(|line| line.trim_end().to_owned()).into();
    assert_eq!(told(&input), expected);
    let found = find(input.as_bytes(), "test");
    for (one, written) in found.iter().zip(written(&input)) {
        if matches!(one.place.line, 13 | 14) {
            let message = [request(1), response(5)]
                .into_iter()
                .find(|text| text.contains(one.text.as_str()));
            let start = message.unwrap().find(one.text.as_str()).unwrap();
            let skipped = start * 8 % 6 / 2;
            let decoded = tokenloupe::jose::base64url::decode(&format!(
                "{}{written}",
                "A".repeat(start * 8 / 6 % 4)
            ))
            .bytes;
            let decoded = String::from_utf8_lossy(&decoded).into_owned();
            assert!(
                decoded.contains(&one.text.as_str()[2..one.text.len() - 2]),
                "{skipped} {decoded}"
            );
        } else {
            assert_eq!(written, one.text.as_str());
        }
    }
}

/// Sections that end where the text says `]]>`, and characters by their numbers.
#[test]
fn an_element_may_be_in_pieces() {
    let text = token(1);
    let (first, rest) = text.split_at(50);
    let (second, third) = rest.split_at(50);
    for (content, range) in [
        (
            format!("<![CDATA[GET /?t={first}]]><![CDATA[{second}]]>{third}<![CDATA[ HTTP/1.1]]>"),
            format!("{first}]]><![CDATA[{second}]]>{third}"),
        ),
        (
            format!("GET /?t&#x3d;{} HTTP/1.1", text.replace('.', "&#46;")),
            text.replace('.', "&#46;"),
        ),
    ] {
        let input = format!("<items><item><request>{content}</request></item></items>");
        assert_eq!(
            told(&input),
            ["1 #1 url | item 1 request, parameter t |".trim_end()]
        );
        assert_eq!(written(&input), [range]);
    }
}

/// Nothing that a document type declares is read, however often it is named.
#[test]
fn declared_entities_are_not_expanded() {
    let mut declared = format!("<!ENTITY a0 \"{}\">", token(1));
    for level in 1..40 {
        let below = format!("&a{};", level - 1).repeat(10);
        write!(declared, "<!ENTITY a{level} \"{below}\">").unwrap();
    }
    let input = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE items [{declared}<!ENTITY x SYSTEM \"file:///etc/hostname\">]>\n<items><item><url>&a39;&x; {} &a0;</url></item></items>",
        token(2)
    );
    assert_eq!(told(&input), ["3 #2 url | item 1 URL |".trim_end()]);
}

/// From where the file is broken on it is a text.
#[test]
fn broken_items_lose_nothing() {
    let input = format!(
        "<items>\n<item><request base64=\"true\">{}</request>\n<comment>{}</url>\n<url>\n{}",
        base64(&request(1)),
        token(30),
        token(31)
    );
    let told = told(&input);
    assert_eq!(told.len(), 6, "{told:?}");
    assert_eq!(told[4..], ["3 #30 bare | - |", "5 #31 bare | - |"]);
    let lying = format!(
        "<items><item><request base64=\"true\">{}</request></item></items>",
        request(1)
    );
    let names: Vec<_> = find(lying.as_bytes(), "test")
        .into_iter()
        .map(|one| one.place.name_in.unwrap())
        .collect();
    assert_eq!(names.len(), 4);
    assert!(
        names.iter().all(|name| name.starts_with("item 1 request")),
        "{names:?}"
    );
}

/// A transcript of several exchanges, with a chunked body, a folded header, curl commands, addresses and JSON in JSON.
#[test]
fn everything_in_one_transcript() {
    let third = token(3);
    let (folded_start, folded_end) = third.split_at(60);
    let lines = [
        format!("GET /cb?id_token={}&x=1 HTTP/1.1", token(1)),
        "Host: a.example".to_owned(),
        format!("Authorization: Bearer {}", token(2)),
        format!("X-Long: {folded_start}"),
        format!("  {folded_end}"),
        String::new(),
        "HTTP/1.1 200 OK".to_owned(),
        "Transfer-Encoding: chunked".to_owned(),
        format!("Set-Cookie: __Host-sid={}; Secure", token(4)),
        String::new(),
        "1f4".to_owned(),
        format!("{{\"id_token\":\"{}\"}}", token(5)),
        "0".to_owned(),
        String::new(),
        "POST /token HTTP/1.1".to_owned(),
        format!("DPoP: {}", token(6)),
        String::new(),
        format!("grant_type=x&assertion={}&scope=y", token(7)),
        "HTTP/1.1 400 Bad Request".to_owned(),
        "Content-Type: text/plain".to_owned(),
        String::new(),
        format!("curl -H 'Authorization: Bearer {}' \\", token(8)),
        format!("  --cookie 'sid={}' https://a.example/", token(9)),
        format!(
            "open https://a.example/?to=https%3A%2F%2Fb.example%2F%23id_token%3D{}%26c",
            token(10)
        ),
        format!(
            "{{\"a\":\"{{\\\"b\\\":\\\"{{\\\\\\\"id_token\\\\\\\":\\\\\\\"{}\\\\\\\"}}\\\"}}\"}}",
            token(11)
        ),
        format!("2026-11-21T22:40:13Z WARN jwt={}, user=a", token(12)),
    ];
    let expected = [
        "1 #1 url | id_token |",
        "3 #2 authorization-header | Authorization | bearer-prefix",
        "4 #3 header | X-Long | line-wraps",
        "9 #4 cookie | __Host-sid |",
        "12 #5 json | id_token | quotes",
        "16 #6 header | DPoP |",
        "18 #7 form | assertion |",
        "22 #8 authorization-header | Authorization | bearer-prefix quotes",
        "23 #9 cookie | sid | quotes",
        "24 #10 url | id_token | percent-encoding",
        "25 #11 json | id_token | quotes json-escape",
        "26 #12 body | jwt | trailing-punctuation",
    ];
    let expected: Vec<_> = expected.map(|line| line.trim_end().to_owned()).into();
    for end in ["\n", "\r\n"] {
        assert_eq!(told(&lines.join(end)), expected);
    }
}
