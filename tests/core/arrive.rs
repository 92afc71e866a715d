//! Every way a compact JWS arrives: what it stood in, under which name, what was undone, and at which bytes.

use tokenloupe::find::{Candidate, find};
use tokenloupe::jose::base64url::encode;

/// A signed token; several are told apart by their number.
fn token(number: u8) -> String {
    let header = encode(br#"{"alg":"ES256","typ":"JWT"}"#);
    let payload = encode(format!(r#"{{"iss":"https://issuer.example","n":{number}}}"#).as_bytes());
    format!("{header}.{payload}.{}", encode(&[number; 64]))
}

/// Where each token stands, under which name, and its repairs: `cookie session | quotes`.
fn places(input: &str) -> Vec<String> {
    find(input.as_bytes(), "test").iter().map(place).collect()
}

fn place(candidate: &Candidate) -> String {
    let place = &candidate.place;
    let repairs: Vec<_> = place.repairs.iter().map(|repair| repair.name()).collect();
    let name = place.name_in.as_deref().unwrap_or("-");
    let text = format!("{} {name} | {}", place.where_.name(), repairs.join(" "));
    text.trim_end().to_owned()
}

/// `TOKEN` stands for a token in each template, which holds one, in the place that is said.
#[track_caller]
fn arrive<T: AsRef<str>>(cases: &[(T, &str)]) {
    let token = token(1);
    let mut wrong = Vec::new();
    for (template, expected) in cases {
        let template = template.as_ref();
        let input = template.replace("TOKEN", &token);
        let found = find(input.as_bytes(), "test");
        let [one] = &found[..] else {
            wrong.push(format!("{template:?}: {} tokens", found.len()));
            continue;
        };
        let range = one.place.byte_range.clone();
        let line = input[..range.start].matches('\n').count() + 1;
        let is_exact = one.text.as_str() == token
            && input.get(range) == Some(token.as_str())
            && one.place.line == line;
        if !is_exact || place(one) != *expected {
            wrong.push(format!("{template:?}: {}, expected {expected}", place(one)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn in_curl_commands() {
    arrive(&[
        (
            "curl -H 'Authorization: Bearer TOKEN' https://a.example/",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "curl -H \"Authorization: Bearer TOKEN\" https://a.example/",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "curl --header $'Authorization: Bearer TOKEN' a",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "curl -H'Authorization: Bearer TOKEN' a",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "curl --header=\"X-Id-Token: TOKEN\" a",
            "header X-Id-Token | quotes",
        ),
        (
            "curl -H 'X-Amzn-Oidc-Data: TOKEN' a",
            "header X-Amzn-Oidc-Data | quotes",
        ),
        ("curl -H 'DPoP: TOKEN' a", "header DPoP | quotes"),
        (
            "curl https://a.example/ \\\n  -H 'Accept: */*' \\\n  -H 'Authorization: Bearer TOKEN' \\\n  --compressed\n",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "curl ^\"https://a.example/^\" ^\n  -H ^\"authorization: Bearer TOKEN^\" ^\n  --compressed\n",
            "authorization-header authorization | bearer-prefix quotes",
        ),
        ("curl -b 'session=TOKEN' a", "cookie session | quotes"),
        (
            "curl --cookie \"lang=de; session=TOKEN; x=y\" a",
            "cookie session |",
        ),
        ("curl -b session=TOKEN a", "cookie session |"),
        (
            "curl -H 'Cookie: a=b; session=TOKEN' a",
            "cookie session | quotes",
        ),
        (
            "curl --oauth2-bearer TOKEN https://a.example/",
            "authorization-header --oauth2-bearer |",
        ),
        (
            "curl --oauth2-bearer 'TOKEN' https://a.example/",
            "authorization-header --oauth2-bearer | quotes",
        ),
        (
            "curl --oauth2-bearer TOKEN \\\n  https://a.example/",
            "authorization-header --oauth2-bearer |",
        ),
        ("curl -u user:TOKEN a", "authorization-header -u |"),
        (
            "curl --user 'TOKEN' a",
            "authorization-header --user | quotes",
        ),
        (
            "curl -d 'client_assertion=TOKEN' a",
            "form client_assertion | quotes",
        ),
        (
            "curl --data-urlencode \"assertion=TOKEN\" a",
            "form assertion | quotes",
        ),
        (
            "curl --data-raw 'grant_type=x&subject_token=TOKEN&a=b' a",
            "form subject_token |",
        ),
        ("curl -d token=TOKEN a", "form token |"),
        (
            "curl -d '{\"id_token\":\"TOKEN\"}' a",
            "json id_token | quotes",
        ),
        (
            "curl --data '{ \"id_token\" : \"TOKEN\" }' a",
            "json id_token | quotes",
        ),
        (
            "curl --data \"{\\\"id_token\\\": \\\"TOKEN\\\"}\" a",
            "json id_token | quotes json-escape",
        ),
        (
            "curl 'https://a.example/cb?code=x&id_token=TOKEN&b=c'",
            "url id_token |",
        ),
        ("curl https://a.example/cb?t=TOKEN", "url t |"),
        ("curl https://a.example/invite/TOKEN/accept", "url - |"),
        ("tool --id-token TOKEN --quiet", "bare --id-token |"),
        ("tool --id-token=TOKEN --quiet", "bare --id-token |"),
    ]);
}

#[test]
fn in_cookies() {
    let cases = [
        ("Cookie: session=TOKEN", "cookie session |"),
        ("cookie: a=b; __Host-id=TOKEN; c=d\n", "cookie __Host-id |"),
        (
            "Set-Cookie: sid=TOKEN; Path=/; HttpOnly; SameSite=Lax",
            "cookie sid |",
        ),
        ("Set-Cookie: sid=\"TOKEN\"; Secure", "cookie sid | quotes"),
        ("It sent\n> Cookie: sid=TOKEN\n", "cookie sid |"),
    ];
    arrive(&cases);
    let messages: Vec<_> = cases
        .into_iter()
        .filter(|(template, _)| !template.contains('>'))
        .map(|(template, expected)| {
            let message = format!("GET / HTTP/1.1\nHost: a\n{template}\n\n");
            (message, expected)
        })
        .collect();
    arrive(&messages);
    let two = format!(
        "GET / HTTP/1.1\r\nCookie: a={}; b={}; c=1\r\n\r\n",
        token(1),
        token(2)
    );
    assert_eq!(places(&two), ["cookie a |", "cookie b |"]);
}

#[test]
fn in_urls_and_forms() {
    arrive(&[
        (
            "https://a.example/cb#access_token=TOKEN&token_type=bearer",
            "url access_token |",
        ),
        ("https://a.example/cb#id_token=TOKEN", "url id_token |"),
        ("https://a.example/?a=TOKEN", "url a |"),
        ("/cb?state=x&a=TOKEN&b=c", "url a |"),
        (
            "see https://a.example/p/TOKEN.",
            "url - | trailing-punctuation",
        ),
        (
            "GET /cb?id_token=TOKEN HTTP/1.1\nHost: a\n\n",
            "url id_token |",
        ),
        (
            "HTTP/1.1 302 Found\nLocation: https://a.example/#id_token=TOKEN&state=y\n\n",
            "url id_token |",
        ),
        (
            "POST /t HTTP/1.1\nHost: a\n\nassertion=TOKEN",
            "form assertion |",
        ),
        (
            "POST /t HTTP/1.1\nHost: a\n\ngrant_type=x&assertion=TOKEN&scope=y\n",
            "form assertion |",
        ),
        (
            "POST /t HTTP/1.1\nHost: a\n\n{\"a\": [1, {\"id_token\": \"TOKEN\"}]}",
            "json id_token | quotes",
        ),
        (
            "POST /t HTTP/1.1\nHost: a\n\nTOKEN\n",
            "body - | whitespace",
        ),
        ("a=b&token=TOKEN&c=d", "form token |"),
    ]);
}

/// What is undone once is said; the range holds what stood there.
#[test]
fn percent_encoding_and_escapes() {
    let token = token(1);
    for (raw, before, after, expected) in [
        (
            token.replace('.', "%2E"),
            "https://a.example/?id_token=",
            "&b=c",
            "url id_token | percent-encoding",
        ),
        (
            token.replace('.', "%2e"),
            "",
            "",
            "bare - | percent-encoding",
        ),
        (
            token.clone(),
            "https://a.example/?auth=Bearer%20",
            "",
            "url auth | bearer-prefix percent-encoding",
        ),
        (
            token.clone(),
            "https://a.example/?to=https%3A%2F%2Fb.example%2F%3Fid_token%3D",
            "%26c%3Dd",
            "url id_token | percent-encoding",
        ),
        (
            token.clone(),
            "https://a.example/?to=https%253A%252F%252Fb%252F%253Fid_token%253D",
            "%2526c",
            "url - | percent-encoding",
        ),
        (
            token.clone(),
            "https://a.example/?t=%22",
            "%22",
            "url t | quotes percent-encoding",
        ),
        (
            token.replace('.', "\\u002e"),
            "{\"id_token\":\"",
            "\"}",
            "json id_token | quotes json-escape",
        ),
        (
            token.replace('.', "\\u002E"),
            "\"",
            "\"",
            "bare - | quotes json-escape",
        ),
        (
            token.clone(),
            "{\"body\":\"{\\\"id_token\\\":\\\"",
            "\\\"}\"}",
            "json id_token | quotes json-escape",
        ),
        (
            token.clone(),
            "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"id_token\\\\\\\":\\\\\\\"",
            "\\\\\\\"}\\\"}\"}",
            "json id_token | quotes json-escape",
        ),
        (
            token.clone(),
            "{\"log\":\"first\\n",
            "\\nlast\"}",
            "bare - | json-escape",
        ),
        (
            token.clone(),
            "{\"a\":\"\\u0022",
            "\\u0022\"}",
            "json - | quotes json-escape",
        ),
    ] {
        let input = format!("{before}{raw}{after}");
        let found = find(input.as_bytes(), "test");
        let texts: Vec<_> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, [token.as_str()], "{input}");
        assert_eq!(place(&found[0]), expected, "{input}");
        let range = found[0].place.byte_range.clone();
        assert_eq!(input.get(range), Some(raw.as_str()), "{input}");
    }
}

/// The standard alphabet has a slash, which some writers of JSON escape.
#[test]
fn an_escaped_slash_is_a_slash() {
    let token = token(1);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let signature = "+/".repeat(43);
    let input = format!("{{\"t\":\"{signed}.{}\"}}", signature.replace('/', "\\/"));
    let found = find(input.as_bytes(), "test");
    assert_eq!(found[0].text.as_str(), format!("{signed}.{signature}"));
    assert_eq!(place(&found[0]), "json t | quotes json-escape");
}

#[test]
fn in_json() {
    arrive(&[
        ("{\"id_token\":\"TOKEN\"}", "json id_token | quotes"),
        ("{\n  \"id_token\" :\n  \"TOKEN\",\n}", "json - | quotes"),
        ("{\"a\":{\"b\":[{\"c\":\"TOKEN\"}]}}", "json c | quotes"),
        ("[\"a\", \"TOKEN\"]", "json - | quotes"),
        ("{\"tokens\":[\"TOKEN\"]}", "json - | quotes"),
        ("{\"tokens\":[\n  \"TOKEN\",\n  1]}", "json - | quotes"),
        ("\"id_token\": \"TOKEN\",", "json id_token | quotes"),
        (
            "{\"headers\":{\"Authorization\":\"Bearer TOKEN\"}}",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "{\"name\": \"Authorization\", \"value\": \"Bearer TOKEN\"}",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "{\"name\":\"session\",\"value\":\"TOKEN\",\"path\":\"/\"}",
            "json session | quotes",
        ),
        (
            "{\"url\":\"https://a.example/#id_token=TOKEN\"}",
            "url id_token | quotes",
        ),
    ]);
    let two = format!("{{\"a\":\"{}\",\"b\":\"{}\"}}", token(1), token(2));
    assert_eq!(places(&two), ["json a | quotes", "json b | quotes"]);
}

#[test]
fn in_programs_and_settings() {
    arrive(&[
        ("JWT_TOK=TOKEN\n", "bare JWT_TOK |"),
        ("export JWT='TOKEN'", "bare JWT | quotes"),
        ("export JWT=TOKEN # the one", "bare JWT |"),
        ("id: TOKEN\nnext: 1\n", "bare id |"),
        ("auth:\n  - token: \"TOKEN\"\n", "bare token | quotes"),
        ("token = \"TOKEN\"", "bare token | quotes"),
        ("const token = 'TOKEN';", "bare token | quotes"),
        ("token := `TOKEN`", "bare token | quotes"),
        (
            "headers = {'Authorization': 'Bearer TOKEN'}",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "headers: { Authorization: `Bearer TOKEN` }",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        (
            "req.Header.Set(\"X-Token\", \"TOKEN\")",
            "bare X-Token | quotes",
        ),
        (
            "xhr.setRequestHeader('Authorization', 'Bearer TOKEN');",
            "authorization-header Authorization | bearer-prefix quotes",
        ),
        ("'token' => 'TOKEN',", "bare token | quotes"),
        ("verify(\"TOKEN\")", "bare - | quotes"),
        (
            "<input name=\"id_token\" value=\"TOKEN\">",
            "bare value | quotes",
        ),
        ("<code>TOKEN</code>", "bare - |"),
        ("Use `TOKEN` here", "bare - | quotes"),
        ("&quot;TOKEN&quot;", "bare - |"),
        ("> TOKEN\n", "bare - |"),
        ("| a | TOKEN | b |", "bare - |"),
    ]);
}

#[test]
fn in_logs() {
    arrive(&[
        (
            "2026-11-21T22:40:13Z INFO token TOKEN accepted\n",
            "log - |",
        ),
        (
            "[2026-11-21 22:40:13,123] DEBUG - Authorization: Bearer TOKEN\n",
            "authorization-header Authorization | bearer-prefix",
        ),
        (
            "a\nNov 21 22:40:13 host app[12]: jwt=TOKEN, user=a\n",
            "log jwt | trailing-punctuation",
        ),
        (
            "time=2026-11-21T22:40:13Z level=info token=\"TOKEN\"\n",
            "log token | quotes",
        ),
        (
            "10.0.0.1 - - [21/Nov/2026:22:40:13 +0000] \"GET /cb?t=TOKEN HTTP/1.1\" 200 5\n",
            "url t |",
        ),
        ("ERROR bad token (TOKEN)\n", "bare - |"),
    ]);
}

/// A literal over several lines is one token.
#[test]
fn literals_are_put_together() {
    let token = token(1);
    let (first, rest) = token.split_at(40);
    let (second, third) = rest.split_at(40);
    for input in [
        format!("t = (\"{first}\"\n     \"{second}\"\n     \"{third}\")"),
        format!("t = \"{first}\" +\n    \"{second}\" +\n    \"{third}\";"),
        format!("t = '{first}'\r\n  + '{second}'\r\n  + '{third}';"),
        format!("t = \"{first}\" + \"{second}\" + \"{third}\";"),
        format!("t=\"{first}\\\n{second}\\\n{third}\""),
        format!("curl -d t={first}\\\r\n{second}\\\r\n{third} a"),
        format!("curl -d t={first}^\n{second}^\n{third} a"),
    ] {
        let found = find(input.as_bytes(), "test");
        let texts: Vec<_> = found.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, [token.as_str()], "{input}");
        let place = &found[0].place;
        assert_eq!(place.name_in.as_deref(), Some("t"), "{input}");
        assert!(
            place
                .repairs
                .iter()
                .any(|repair| repair.name() == "line-wraps")
        );
        let within = input.get(place.byte_range.clone()).unwrap();
        assert!(
            within.starts_with(first) && within.ends_with(third),
            "{within}"
        );
    }
    // A list of them is none.
    let list = format!("\"{}\"\n\"{}\"\n", self::token(1), self::token(2));
    assert_eq!(find(list.as_bytes(), "test").len(), 2);
}

/// Trailing commas, quotes and brackets of any kind stay outside.
#[test]
fn what_follows_a_token_stays_outside() {
    let token = token(1);
    for after in [
        "\",", "\"}", "'],", "\\\"", "\\n", "\"]}", ");", "&amp;", "&#39;", "]", "},", "\"\"\"",
        "</a>", "%22", "|", "\t2", ";", "\\", "^",
    ] {
        let input = format!("It: {token}{after} and");
        let found = find(input.as_bytes(), "test");
        assert_eq!(found.len(), 1, "{input}");
        assert_eq!(found[0].text.as_str(), token, "{input}");
    }
}

/// The work is bounded: noise of any length holds next to nothing that could be a token.
#[test]
fn noise_holds_no_tokens() {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize
    };
    let bytes: Vec<u8> = (0..4 << 20).map(|_| next() as u8).collect();
    assert!(find(&bytes, "noise").is_empty());
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    let base64: Vec<u8> = (0..4 << 20)
        .map(|_| alphabet[next() % alphabet.len()])
        .collect();
    assert!(find(&base64, "noise").len() < 20);
    assert!(find(&vec![b'.'; 10 << 20], "dots").is_empty());
}

#[test]
fn one_token_is_found_behind_anything() {
    let token = token(1);
    for before in [
        "[".repeat(200_000),
        "{\"a\":".repeat(200_000),
        ". ".repeat(1 << 20),
        "%22".repeat(1 << 20),
    ] {
        let input = format!("{before}\"{token}\"");
        let found = find(input.as_bytes(), "test");
        assert_eq!(found.len(), 1, "{before:.20}");
        assert_eq!(found[0].text.as_str(), token);
        assert_eq!(found[0].place.byte_range.end, input.len() - 1);
    }
}
