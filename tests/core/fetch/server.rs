//! A server on loopback that answers as a test says.

use std::io::{Read as _, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::SubjectAlternativeName;
use openssl::x509::{X509, X509Extension};

use crate::certificates::{Issued, Request, request};

/// What answers to a path. What it writes goes to the client as it is.
pub(super) type Handler = dyn Fn(&str, &mut dyn Write) -> std::io::Result<()> + Send + Sync;

/// A server with a certificate, for as long as the test runs.
pub(super) struct Server {
    pub(super) at: SocketAddr,
    /// The heads of the requests that came.
    pub(super) heads: Arc<Mutex<Vec<String>>>,
}

/// An authority that only a test trusts.
pub(super) fn authority() -> Issued {
    request("A test's own authority").ca().self_signed()
}

/// What a certificate for these hosts is to say.
pub(super) fn server_certificate(hosts: &[&str]) -> Request {
    request("A server").with(names(hosts))
}

fn names(hosts: &[&str]) -> X509Extension {
    // The builder needs a context; that of any certificate will do.
    let builder = X509::builder().unwrap();
    let context = builder.x509v3_context(None, None);
    let mut names = SubjectAlternativeName::new();
    for host in hosts {
        names.dns(host);
    }
    names.build(&context).unwrap()
}

impl Server {
    /// Begins to listen.
    pub(super) fn start(
        identity: &Issued,
        handler: impl Fn(&str, &mut dyn Write) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
        acceptor.set_private_key(&identity.key).unwrap();
        acceptor.set_certificate(&identity.x509).unwrap();
        let acceptor = Arc::new(acceptor.build());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&heads);
        let handler: Arc<Handler> = Arc::new(handler);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { continue };
                let (acceptor, handler) = (Arc::clone(&acceptor), Arc::clone(&handler));
                let seen = Arc::clone(&seen);
                thread::spawn(move || {
                    // A client that refuses the certificate hangs up.
                    let Ok(mut stream) = acceptor.accept(stream) else {
                        return;
                    };
                    let mut head = Vec::new();
                    let mut byte = [0];
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read(&mut byte) {
                            Ok(1) => head.push(byte[0]),
                            _ => return,
                        }
                    }
                    let head = String::from_utf8(head).unwrap();
                    let path = head.split(' ').nth(1).unwrap().to_owned();
                    seen.lock().unwrap().push(head);
                    if handler(&path, &mut stream).is_ok() {
                        let _ = stream.flush();
                        let _ = stream.shutdown();
                    }
                });
            }
        });
        Self { at, heads }
    }

    pub(super) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// Answers with a body of this type.
pub(super) fn answer(out: &mut dyn Write, kind: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        out,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nSet-Cookie: a=b\r\n\r\n{body}"
    )
}

/// Answers with a redirect.
pub(super) fn redirect(out: &mut dyn Write, to: &str) -> std::io::Result<()> {
    write!(
        out,
        "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n"
    )
}
