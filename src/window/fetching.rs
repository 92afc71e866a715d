//! Fetching keys, after asking. Each step is asked for: the first address, another host, an inner address, the place that a
//! document names, and whether to add what came.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::desk::{Desk, News};
use super::dialogs::{Dialog, FetchDialog};
use super::loading::Loaded;
use super::model::{Model, Notice};
use crate::fetch::{Content, FetchError, Fetched, Fetcher, Limits, Request};
use crate::keys::asking::{KeyPlace, what_to_ask_for};

/// What fetches, which tests replace.
pub type Fetch =
    Arc<dyn Fn(&Request, &Limits, &AtomicBool) -> Result<Fetched, FetchError> + Send + Sync>;

/// That of this machine.
pub(super) fn system() -> Fetch {
    Arc::new(|request, limits, cancel| Fetcher::default().fetch(request, limits, cancel))
}

/// Something to fetch, and what to know before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    /// What is fetched once it is said yes to.
    pub request: Request,
    /// The host that is asked then, or asked further.
    pub host: String,
    /// Its whole address.
    pub address: String,
    /// What the token says in `iss`.
    pub issuer: Option<String>,
    /// Why there: plain sentences.
    pub why: Vec<String>,
    /// What to look at before.
    pub cautions: Vec<String>,
}

impl Inquiry {
    /// About a place; `None` for one that is no web server.
    fn new(place: &KeyPlace, issuer: Option<&str>) -> Option<Self> {
        let url = place.url()?;
        Some(Self {
            request: Request::new(url.clone()),
            host: url.host().to_owned(),
            address: url.as_str().to_owned(),
            issuer: issuer.map(str::to_owned),
            why: vec![place.why.clone()],
            cautions: place.cautions.iter().map(ToString::to_string).collect(),
        })
    }

    /// About what an error asks to be confirmed; `None` where it asks for nothing.
    fn again(&self, error: &FetchError) -> Option<Self> {
        let (host, address) = match error {
            FetchError::OtherPlace { to, .. } => (to.host(), to.as_str()),
            _ => (self.host.as_str(), self.address.as_str()),
        };
        Some(Self {
            request: self.request.confirm(error)?,
            host: host.to_owned(),
            address: address.to_owned(),
            issuer: self.issuer.clone(),
            why: Vec::new(),
            cautions: error.to_string().lines().map(str::to_owned).collect(),
        })
    }
}

/// What could be fetched for the token on screen.
pub(super) fn inquiries(model: &Model) -> Vec<Inquiry> {
    let Some((inspection, _)) = model.current() else {
        return Vec::new();
    };
    let token = inspection.holder();
    let issuer = token.claims().and_then(|claims| claims.str("iss"));
    let places = what_to_ask_for(token).places;
    let inquiries = places
        .iter()
        .filter_map(|place| Inquiry::new(place, issuer));
    inquiries.collect()
}

/// How a fetch ended.
pub(super) struct Answered {
    inquiry: Inquiry,
    result: Result<Fetched, FetchError>,
}

impl Desk {
    /// Fetches on a thread; what comes of it arrives as [`News::Answered`].
    pub(super) fn fetch(&mut self, inquiry: Inquiry) {
        let fetch = Arc::clone(&self.fetch);
        let label = format!("Fetching from {}", inquiry.host);
        self.start(&label, true, move |leave| {
            let cancel = leave.watch().cancel;
            let result = fetch(&inquiry.request, &Limits::default(), &cancel);
            News::Answered(Box::new(Answered { inquiry, result }))
        });
    }

    /// Asks about what came, or about what has to be confirmed first.
    pub(super) fn answered(&mut self, answered: Answered) {
        let Answered { inquiry, result } = answered;
        let fetched = match result {
            Ok(fetched) => fetched,
            Err(error) => {
                match inquiry.again(&error) {
                    Some(inquiry) => self.ask_about(FetchDialog::places(vec![inquiry])),
                    None => self.notify(Notice::fault(&error.to_string())),
                }
                return;
            }
        };
        match fetched.content(inquiry.issuer.as_deref()) {
            Ok(Content::Keys { keys, cautions }) => {
                let cautions = cautions.iter().map(ToString::to_string).collect();
                self.ask_about(FetchDialog::keys(fetched, &keys, cautions));
            }
            Ok(Content::Elsewhere(place)) => {
                let inquiry = Inquiry::new(&place, inquiry.issuer.as_deref());
                self.ask_about(FetchDialog::places(inquiry.into_iter().collect()));
            }
            Err(error) => self.notify(Notice::fault(&error.to_string())),
        }
    }

    /// Adds the keys that came.
    pub(super) fn add_fetched(&mut self, fetched: &Fetched) {
        let Ok(Content::Keys { keys, .. }) = fetched.content(None) else {
            return;
        };
        let fetched = Loaded::keys(keys, self.generation, "Fetched");
        self.arrivals.push(fetched);
    }

    fn ask_about(&mut self, dialog: FetchDialog) {
        let back = self.dialog.as_ref().and_then(Dialog::back);
        self.dialog = Some(Dialog::about_fetching(dialog, back));
    }
}
