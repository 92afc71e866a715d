//! Fetching keys, with answers that are written here: nothing leaves the machine.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use tokenloupe::fetch::{AddressKind, FetchError, Fetched, Request};
use tokenloupe::keys::asking::HttpsUrl;
use tokenloupe::verify::Outcome;
use tokenloupe::window::Fetch;
use tokenloupe::window::actions::Action;
use tokenloupe::window::model::Model;
use zeroize::Zeroizing;

use crate::desk::{Desk, sample};

const DOCUMENT: &str = "https://accounts.example/.well-known/openid-configuration";
const METADATA: &str = "https://accounts.example/.well-known/oauth-authorization-server";
const ENDLESS: &str = "https://accounts.example/.well-known/jwks.json";
const KEYS: &str = "https://keys.accounts.example/jwks";

fn url(text: &str) -> HttpsUrl {
    HttpsUrl::parse(text).unwrap()
}

fn inner() -> FetchError {
    FetchError::InnerAddress {
        host: "keys.accounts.example".to_owned(),
        addresses: vec![("10.0.0.7".parse().unwrap(), AddressKind::Private)],
    }
}

/// The issuer of the samples, as a test would have it.
pub(crate) fn scripted() -> Fetch {
    Arc::new(|request, limits, cancel| {
        let host = request.url.host().to_owned();
        let answer = |text: String| {
            Ok(Fetched {
                url: request.url.clone(),
                redirects: Vec::new(),
                bytes: Zeroizing::new(text.into_bytes()),
            })
        };
        match request.url.as_str() {
            DOCUMENT => answer(format!(
                r#"{{"issuer":"https://accounts.example","jwks_uri":"{KEYS}"}}"#
            )),
            KEYS if Request::new(url(KEYS)).confirm(&inner()).as_ref() == Some(request) => {
                answer(sample("issuer.jwks.json"))
            }
            KEYS => Err(inner()),
            ENDLESS => {
                while !cancel.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(1));
                }
                Err(FetchError::Cancelled { host })
            }
            METADATA => Err(FetchError::Status { host, status: 404 }),
            _ => Err(FetchError::Timeout {
                host,
                limit: limits.time,
            }),
        }
    })
}

/// A token of the samples' issuer, and the dialog.
fn asked() -> Desk {
    let mut desk = Desk::new();
    desk.paste(&sample("expired.jwt"));
    desk.window
        .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    desk.settle();
    let label = Action::FetchKeys.entry().label;
    desk.window.event(egui::Event::Text(label.to_owned()));
    desk.settle();
    desk.window.key_press(Key::Enter);
    desk.settle();
    assert!(desk.has("Fetch keys from accounts.example?"));
    desk
}

fn model(desk: &Desk) -> &Model {
    desk.window.state().model()
}

fn keys(desk: &Desk) -> usize {
    model(desk).session.keys.len()
}

#[test]
fn each_step_is_asked_for_until_the_keys_are_added() {
    let mut desk = asked();
    assert!(desk.has(DOCUMENT));
    desk.click("Fetch");
    assert!(desk.has("Fetch keys from keys.accounts.example?"));
    assert!(desk.has("The document came from accounts.example"));
    desk.click("Fetch");
    assert!(desk.has("found 10.0.0.7 (of an inner network)"));
    desk.click("Fetch");
    assert!(desk.has("3 keys came: idp-2026-09, idp-2026-03, api-es256"));
    assert!(desk.has(KEYS));
    assert_eq!(keys(&desk), 0, "added before it was asked");
    desk.click("Add keys");
    assert_eq!(keys(&desk), 3);
    assert_eq!(model(&desk).last_action, "Fetched 3 keys");
    let source = &model(&desk).session.keys.keys()[0].source;
    assert_eq!(source, KEYS);
    let (inspection, _) = model(&desk).outermost().unwrap();
    let signature = &inspection.proof.signatures[0];
    assert_eq!(signature.outcome, Outcome::Valid);
    assert!(!desk.has("Add keys"));
}

#[test]
fn no_is_an_answer_at_each_step() {
    let mut desk = asked();
    desk.click("Cancel");
    assert!(model(&desk).busy.is_empty() && !desk.has("Fetch keys from"));
    let mut desk = asked();
    for _ in 0..3 {
        desk.click("Fetch");
    }
    assert!(desk.has("3 keys came"));
    desk.window.key_press(Key::Escape);
    desk.settle();
    assert!(!desk.has("3 keys came"));
    assert_eq!(keys(&desk), 0);
}

#[test]
fn what_goes_wrong_is_told() {
    let mut desk = asked();
    desk.click(METADATA);
    desk.click("Fetch");
    let [notice] = &model(&desk).notices[..] else {
        panic!("{:?}", model(&desk).notices);
    };
    assert_eq!(
        notice.what,
        "accounts.example: expected the status 200, found 404"
    );
    assert!(notice.advice.starts_with("There is nothing there"));
}

#[test]
fn a_fetch_is_a_job_that_can_be_called_off() {
    let mut desk = asked();
    desk.click(ENDLESS);
    desk.window.get_by_label("Fetch").click();
    desk.window.run_steps(3);
    let busy = &model(&desk).busy;
    assert_eq!(busy.len(), 1);
    assert_eq!(busy[0].label, "Fetching from accounts.example");
    assert!(busy[0].can_cancel);
    desk.window.get_by_label_contains("Cancel").click();
    desk.settle();
    assert!(model(&desk).busy.is_empty() && model(&desk).notices.is_empty());
    assert_eq!(keys(&desk), 0);
}

#[test]
fn there_is_nothing_to_fetch_without_an_issuer() {
    assert!((Action::FetchKeys.entry().command)(&Model::default()).is_none());
    let mut desk = Desk::new();
    desk.paste("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA");
    assert!((Action::FetchKeys.entry().command)(model(&desk)).is_none());
}
