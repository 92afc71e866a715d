//! Fetching from a server on loopback, whose authority only the test trusts. Nothing here leaves the machine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokenloupe::fetch::{
    AddressKind, Authorities, CertificateFault, Content, ContentError, FetchError, Fetched,
    Fetcher, Limits, Names, Request,
};
use tokenloupe::keys::asking::{Answer, Caution, HttpsUrl};

use server::{Server, answer, authority, redirect, server_certificate};

mod server;

const HOST: &str = "id.example";

const OWN_MACHINE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

const JSON: &str = "application/json";

/// The first key of RFC 7517 appendix A.1, as a set.
const KEYS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}]}"#;

fn url(text: &str) -> HttpsUrl {
    HttpsUrl::parse(text).unwrap()
}

fn short() -> Limits {
    Limits {
        time: Duration::from_secs(10),
        ..Limits::default()
    }
}

/// A server for `id.example` and `keys.example`, and a fetcher that finds both there.
fn site(
    handler: impl Fn(&str, &mut dyn std::io::Write) -> std::io::Result<()> + Send + Sync + 'static,
) -> (Server, Fetcher) {
    let authority = authority();
    let identity = server_certificate(&[HOST, "keys.example"]).issued_by(&authority);
    let server = Server::start(&identity, handler);
    let at = server.at;
    let fetcher = Fetcher {
        authorities: Authorities::Only(vec![authority.der()]),
        names: Names::Given(Arc::new(move |_: &str, _| vec![at])),
    };
    (server, fetcher)
}

/// A request whose server may be on this machine.
fn local(text: &str) -> Request {
    let refused = FetchError::InnerAddress {
        host: HOST.to_owned(),
        addresses: vec![(OWN_MACHINE, AddressKind::Loopback)],
    };
    Request::new(url(text)).confirm(&refused).unwrap()
}

fn fetch(fetcher: &Fetcher, request: &Request) -> Result<Fetched, FetchError> {
    fetcher.fetch(request, &short(), &AtomicBool::new(false))
}

fn fetch_error(fetcher: &Fetcher, path: &str) -> FetchError {
    let error = fetch(fetcher, &local(&format!("https://{HOST}{path}"))).unwrap_err();
    let text = error.to_string();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.starts_with(HOST), "{text}");
    error
}

fn host() -> String {
    HOST.to_owned()
}

#[test]
fn keys_come_and_nothing_of_ours_goes() {
    let (server, fetcher) = site(|_, out| answer(out, JSON, KEYS));
    let fetched = fetch(&fetcher, &local("https://id.example/jwks?v=1")).unwrap();
    assert_eq!(fetched.url.as_str(), "https://id.example/jwks?v=1");
    assert!(fetched.redirects.is_empty());
    let Content::Keys { keys, cautions } = fetched.content(None).unwrap() else {
        panic!("no keys");
    };
    assert_eq!((keys.len(), cautions.len()), (1, 0));
    assert_eq!(keys[0].source, "https://id.example/jwks?v=1");
    let heads = server.heads();
    let [head] = &heads[..] else {
        panic!("{heads:?}");
    };
    let mut lines: Vec<&str> = head.trim_end().lines().collect();
    assert_eq!(lines.remove(0), "GET /jwks?v=1 HTTP/1.1");
    lines.sort_unstable();
    let agent = concat!("user-agent: tokenloupe/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        lines,
        [
            "accept-encoding: identity",
            "accept: application/jwk-set+json, application/json, */*;q=0.1",
            "host: id.example",
            agent
        ]
    );
}

#[test]
fn a_document_leads_to_the_keys_in_a_second_step() {
    let (_server, fetcher) = site(|path, out| match path {
        "/.well-known/openid-configuration" => answer(
            out,
            JSON,
            r#"{"issuer":"https://id.example","jwks_uri":"https://keys.example/jwks"}"#,
        ),
        _ => answer(out, JSON, KEYS),
    });
    let first = local("https://id.example/.well-known/openid-configuration");
    let fetched = fetch(&fetcher, &first).unwrap();
    let Content::Elsewhere(place) = fetched.content(Some("https://id.example")).unwrap() else {
        panic!("no place");
    };
    assert_eq!(place.answer, Answer::KeySet);
    assert_eq!(place.cautions, [Caution::OtherHost(host())]);
    let fetched = fetch(&fetcher, &local(place.url().unwrap().as_str())).unwrap();
    assert!(matches!(fetched.content(None), Ok(Content::Keys { keys, .. }) if keys.len() == 1));
}

#[test]
fn keys_may_stand_in_the_metadata() {
    let (_server, fetcher) = site(|_, out| {
        let text = format!(r#"{{"issuer":"https://vc.example","jwks":{KEYS}}}"#);
        answer(out, JSON, &text)
    });
    let fetched = fetch(&fetcher, &local("https://id.example/x")).unwrap();
    let Content::Keys { keys, cautions } = fetched.content(Some("https://id.example")).unwrap()
    else {
        panic!("no keys");
    };
    assert_eq!(keys.len(), 1);
    assert_eq!(
        cautions,
        [Caution::OtherIssuer("https://vc.example".to_owned())]
    );
}

#[test]
fn redirects_on_the_same_host_are_followed_and_told() {
    let (server, fetcher) = site(|path, out| match path {
        "/a" => redirect(out, "/b/c"),
        "/b/c" => redirect(out, "d"),
        "/b/d" => redirect(out, "https://id.example/e"),
        _ => answer(out, JSON, KEYS),
    });
    let fetched = fetch(&fetcher, &local("https://id.example/a")).unwrap();
    assert_eq!(fetched.url.as_str(), "https://id.example/e");
    let redirects: Vec<_> = fetched.redirects.iter().map(HttpsUrl::as_str).collect();
    assert_eq!(
        redirects,
        [
            "https://id.example/a",
            "https://id.example/b/c",
            "https://id.example/b/d"
        ]
    );
    // What the answers before set as cookies is not sent back.
    let heads = server.heads();
    assert_eq!(heads.len(), 4);
    assert!(
        heads
            .iter()
            .all(|head| !head.to_lowercase().contains("cookie"))
    );
}

#[test]
fn another_host_is_asked_only_once_it_is_confirmed() {
    let (server, fetcher) = site(|path, out| match path {
        "/a" => redirect(out, "https://keys.example/k"),
        _ => answer(out, JSON, KEYS),
    });
    let error = fetch_error(&fetcher, "/a");
    let to = url("https://keys.example/k");
    assert_eq!(error, FetchError::OtherPlace { host: host(), to });
    assert_eq!(server.heads().len(), 1);
    let request = local("https://id.example/a").confirm(&error).unwrap();
    let fetched = fetch(&fetcher, &request).unwrap();
    assert_eq!(fetched.url.host(), "keys.example");
    assert_eq!(fetched.redirects.len(), 1);
}

#[test]
fn odd_redirects_end_the_fetch() {
    for (to, hint) in [
        ("http://id.example/k", "https://"),
        ("ftp://id.example/k", "https://"),
        ("https://127.0.0.1/k", "IP address"),
        ("//[::1]/k", "IP address"),
        ("https://id.example@evil.example/", "user name"),
        ("../../k", "lead elsewhere"),
    ] {
        let (server, fetcher) = site(move |_, out| redirect(out, to));
        let error = fetch_error(&fetcher, "/a");
        assert!(
            matches!(error, FetchError::Redirect { .. }),
            "{to}: {error}"
        );
        assert!(error.to_string().contains(hint), "{to}: {error}");
        assert_eq!(server.heads().len(), 1);
    }
    let (server, fetcher) = site(|_, out| redirect(out, "/a"));
    let error = fetch_error(&fetcher, "/a");
    let limit = 3;
    assert_eq!(
        error,
        FetchError::TooManyRedirects {
            host: host(),
            limit
        }
    );
    assert_eq!(server.heads().len(), 4);
    let (_server, fetcher) =
        site(|_, out| out.write_all(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"));
    let status = 302;
    assert_eq!(
        fetch_error(&fetcher, "/a"),
        FetchError::Status {
            host: host(),
            status
        }
    );
}

#[test]
fn an_answer_that_is_too_large_is_not_read() {
    let limits = Limits {
        bytes: 1000,
        ..short()
    };
    let large = |fetcher: &Fetcher| {
        let request = local("https://id.example/k");
        fetcher
            .fetch(&request, &limits, &AtomicBool::new(false))
            .map(|fetched| fetched.bytes.len())
    };
    let limit = 1000;
    let refused = Err(FetchError::TooLarge {
        host: host(),
        limit,
    });
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")?;
        out.write_all(&[b'a'; 1001])
    });
    assert_eq!(large(&fetcher), refused);
    // Chunks without an end.
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        loop {
            out.write_all(b"a\r\n0123456789\r\n")?;
        }
    });
    assert_eq!(large(&fetcher), refused);
    // No length at all.
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        out.write_all(&[b'a'; 5000])
    });
    assert_eq!(large(&fetcher), refused);
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
        out.write_all(&[b'a'; 1000])
    });
    assert_eq!(large(&fetcher), Ok(1000));
}

#[test]
fn a_head_without_an_end_is_refused() {
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            out.write_all(b"X-More: 0123456789012345678901234567890123456789\r\n")?;
        }
    });
    assert_eq!(
        fetch_error(&fetcher, "/k"),
        FetchError::NotHttp { host: host() }
    );
}

#[test]
fn a_slow_answer_is_waited_for_only_so_long() {
    let limits = Limits {
        time: Duration::from_millis(700),
        ..Limits::default()
    };
    let limit = limits.time;
    let refused = FetchError::Timeout {
        host: host(),
        limit,
    };
    // Nothing; a byte now and then; a redirect each time after a while.
    let (_nothing, first) = site(|_, _| {
        thread::sleep(Duration::from_secs(5));
        Ok(())
    });
    let (_drops, second) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")?;
        for _ in 0..50 {
            out.write_all(b"a")?;
            out.flush()?;
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    });
    let (_walk, third) = site(|_, out| {
        thread::sleep(Duration::from_millis(300));
        redirect(out, "/k")
    });
    for fetcher in [first, second, third] {
        let start = Instant::now();
        let request = local("https://id.example/k");
        let error = fetcher.fetch(&request, &limits, &AtomicBool::new(false));
        assert_eq!(error, Err(refused.clone()));
        assert!(start.elapsed() < Duration::from_secs(4));
    }
}

#[test]
fn an_answer_that_is_broken_off_is_no_answer() {
    for start in [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"ke",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"ke\r\n",
    ] {
        let (_server, fetcher) = site(move |_, out| out.write_all(start.as_bytes()));
        let bytes = 4;
        assert_eq!(
            fetch_error(&fetcher, "/k"),
            FetchError::BrokenOff {
                host: host(),
                bytes
            },
            "{start}"
        );
    }
    // Without a length any end may be the end; JSON tells that it is not.
    let (_server, fetcher) = site(|_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"keys\":[")?;
        Err(std::io::Error::other("hangs up without an end of TLS"))
    });
    let fetched = fetch(&fetcher, &local("https://id.example/k")).unwrap();
    assert!(fetched.content(None).is_err());
}

#[test]
fn certificates_have_to_fit() {
    let trusted = authority();
    let refused = |identity: &crate::certificates::Issued, authorities: Authorities| {
        let server = Server::start(identity, |_, out| answer(out, JSON, KEYS));
        let at = server.at;
        let fetcher = Fetcher {
            authorities,
            names: Names::Given(Arc::new(move |_: &str, _| vec![at])),
        };
        let error = fetch_error(&fetcher, "/k");
        assert!(server.heads().is_empty(), "something was asked");
        error
    };
    let only = || Authorities::Only(vec![trusted.der()]);
    let fault = |fault| FetchError::Certificate {
        host: host(),
        fault,
    };
    for (identity, expected) in [
        (
            server_certificate(&[HOST]).issued_by(&authority()),
            CertificateFault::UnknownAuthority,
        ),
        (
            server_certificate(&[HOST])
                .valid(1_500_000_000, 1_600_000_000)
                .issued_by(&trusted),
            CertificateFault::Expired,
        ),
        (
            server_certificate(&[HOST])
                .valid(4_000_000_000, 4_100_000_000)
                .issued_by(&trusted),
            CertificateFault::NotYetValid,
        ),
        (
            server_certificate(&["other.example", "*.id.example"]).issued_by(&trusted),
            CertificateFault::OtherHost,
        ),
    ] {
        assert_eq!(refused(&identity, only()), fault(expected));
    }
    // The system does not know the authority of a test; where it has none at all, nothing can be checked.
    let identity = server_certificate(&[HOST]).issued_by(&trusted);
    let error = refused(&identity, Authorities::System);
    assert!(
        matches!(
            error,
            FetchError::Certificate { .. } | FetchError::Tls { .. }
        ),
        "{error}"
    );
}

#[test]
fn other_answers_are_told() {
    let page = "<!DOCTYPE html><title>404</title>";
    let (_server, fetcher) = site(move |path, out| match path {
        "/page" => answer(out, "text/html", page),
        "/error" => answer(out, JSON, r#"{"error":"x"}"#),
        "/odd" => answer(out, JSON, r#"{"jwks_uri":"http://keys.example/k"}"#),
        "/gzip" => out.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
        ),
        "/ssh" => out.write_all(b"SSH-2.0-OpenSSH_9.6\r\n"),
        _ => write!(
            out,
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
            page.len()
        ),
    });
    let status = 404;
    assert_eq!(
        fetch_error(&fetcher, "/k"),
        FetchError::Status {
            host: host(),
            status
        }
    );
    let encoding = "gzip".to_owned();
    assert_eq!(
        fetch_error(&fetcher, "/gzip"),
        FetchError::Compressed {
            host: host(),
            encoding
        }
    );
    assert_eq!(
        fetch_error(&fetcher, "/ssh"),
        FetchError::NotHttp { host: host() }
    );
    let content = |path: &str| {
        let fetched = fetch(&fetcher, &local(&format!("https://{HOST}{path}"))).unwrap();
        fetched.content(None).unwrap_err()
    };
    for path in ["/page", "/error"] {
        let error = content(path);
        assert!(matches!(error, ContentError::Keys(_)), "{error}");
        assert_eq!(error.to_string().lines().count(), 2, "{error}");
    }
    assert!(matches!(content("/odd"), ContentError::Document(_)));
}

#[test]
fn inner_addresses_are_refused_until_they_are_confirmed() {
    let (server, fetcher) = site(|_, out| answer(out, JSON, KEYS));
    let request = Request::new(url("https://id.example/k"));
    let error = fetch(&fetcher, &request).unwrap_err();
    assert_eq!(
        error,
        FetchError::InnerAddress {
            host: host(),
            addresses: vec![(OWN_MACHINE, AddressKind::Loopback)]
        }
    );
    assert!(error.to_string().contains("127.0.0.1 (this machine)"));
    assert!(server.heads().is_empty());
    let request = request.confirm(&error).unwrap();
    assert!(fetch(&fetcher, &request).is_ok());
}

#[test]
fn one_inner_address_among_others_is_enough_to_refuse() {
    let port = 443;
    let addresses = ["8.8.8.8", "10.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1"];
    let fetcher = Fetcher {
        names: Names::Given(Arc::new(move |_: &str, _| {
            let parse = |text: &&str| SocketAddr::new(text.parse().unwrap(), port);
            addresses.iter().map(parse).collect()
        })),
        ..Fetcher::default()
    };
    let error = fetch_error(&fetcher, "/k");
    let FetchError::InnerAddress { addresses, .. } = error else {
        panic!("{error}");
    };
    let kinds: Vec<_> = addresses.iter().map(|(_, kind)| *kind).collect();
    assert_eq!(
        kinds,
        [
            AddressKind::Private,
            AddressKind::Embedding,
            AddressKind::Embedding
        ]
    );
}

/// What is checked is what the connection is made to, and each connection anew: a name that stands for another machine
/// the second time does not get through.
#[test]
fn a_name_is_resolved_once_for_each_connection() {
    let (server, fetcher) = site(|path, out| match path {
        "/a" => redirect(out, "/b"),
        _ => answer(out, JSON, KEYS),
    });
    let at = server.at;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let fetcher = Fetcher {
        names: Names::Given(Arc::new(move |host: &str, port| {
            assert_eq!((host, port), (HOST, 443));
            let first = count.fetch_add(1, Ordering::SeqCst) == 0;
            let other = Ipv4Addr::new(127, 0, 0, 2);
            vec![if first {
                at
            } else {
                SocketAddr::new(other.into(), at.port())
            }]
        })),
        ..fetcher
    };
    let error = fetch_error(&fetcher, "/a");
    assert!(
        matches!(&error, FetchError::InnerAddress { addresses, .. } if addresses[0].0.to_string() == "127.0.0.2"),
        "{error}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    assert_eq!(server.heads().len(), 1);
}

#[test]
fn what_cannot_be_reached_is_told() {
    let nothing = Fetcher {
        names: Names::Given(Arc::new(|_: &str, _| Vec::new())),
        ..Fetcher::default()
    };
    assert_eq!(
        fetch_error(&nothing, "/k"),
        FetchError::NoSuchHost { host: host() }
    );
    // A port that was free a moment ago.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = closed.local_addr().unwrap();
    drop(closed);
    let refused = Fetcher {
        names: Names::Given(Arc::new(move |_: &str, _| vec![at])),
        ..Fetcher::default()
    };
    let error = fetch_error(&refused, "/k");
    assert!(matches!(error, FetchError::Connection { .. }), "{error}");
}

/// The environment of a test is that of its process, so the fetch runs in another one.
#[test]
fn a_proxy_of_the_environment_is_not_used() {
    const INSIDE: &str = "TOKENLOUPE_TEST_PROXY";
    if std::env::var_os(INSIDE).is_some() {
        let (_server, fetcher) = site(|_, out| answer(out, JSON, KEYS));
        assert!(fetch(&fetcher, &local("https://id.example/k")).is_ok());
        return;
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "fetch::a_proxy_of_the_environment_is_not_used"])
        .env(INSIDE, "1")
        .env("HTTPS_PROXY", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

#[test]
fn a_fetch_can_be_called_off() {
    let (server, fetcher) = site(|_, out| answer(out, JSON, KEYS));
    let request = local("https://id.example/k");
    let error = fetcher.fetch(&request, &short(), &AtomicBool::new(true));
    assert_eq!(error, Err(FetchError::Cancelled { host: host() }));
    assert!(server.heads().is_empty());

    // In the middle of an answer that does not end.
    let cancel = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&cancel);
    let (_server, fetcher) = site(move |_, out| {
        out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        for drop in 0.. {
            out.write_all(b"1\r\na\r\n")?;
            out.flush()?;
            if drop == 3 {
                seen.store(true, Ordering::Relaxed);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    });
    let start = Instant::now();
    let error = fetcher.fetch(&request, &short(), &cancel);
    assert_eq!(error, Err(FetchError::Cancelled { host: host() }));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_came_is_not_printed() {
    let (_server, fetcher) = site(|_, out| answer(out, JSON, KEYS));
    let fetched = fetch(&fetcher, &local("https://id.example/k")).unwrap();
    assert!(!format!("{fetched:?}").contains("MKBC"));
}
