//! Whom to ask for keys, and whether to add what came.

use egui::{RichText, Ui};

use super::buttons;
use crate::fetch::Fetched;
use crate::jose::visible::visible;
use crate::keys::{Key, KeyRing};
use crate::window::commands::Command;
use crate::window::fetching::Inquiry;
use crate::window::theme::{self, mono, semibold, size, space};
use crate::window::widgets::wrapped;

/// More names than this are counted.
const MAX_NAMES: usize = 5;

/// Asks about a fetch.
#[derive(Debug, Clone)]
pub(in crate::window) enum FetchDialog {
    /// Whether to add these.
    Keys {
        /// What came.
        fetched: Fetched,
        /// The names of the first of them.
        names: Vec<String>,
        /// How many there are.
        count: usize,
        /// How many of them can be used.
        usable: usize,
        /// What to look at before.
        cautions: Vec<String>,
    },
    /// Which of these to ask.
    Places {
        /// The likeliest first.
        inquiries: Vec<Inquiry>,
        /// A position among them.
        chosen: usize,
    },
}

impl FetchDialog {
    /// About what came.
    pub(in crate::window) fn keys(fetched: Fetched, keys: &[Key], cautions: Vec<String>) -> Self {
        // A key ring gives them their names.
        let first: Vec<Key> = keys.iter().take(MAX_NAMES).cloned().collect();
        let named = KeyRing::new(first);
        let names = named.keys().iter();
        Self::Keys {
            fetched,
            names: names.map(|key| visible(&key.id)).collect(),
            count: keys.len(),
            usable: keys.iter().filter(|key| key.fault.is_none()).count(),
            cautions,
        }
    }

    /// About whom to ask.
    pub(in crate::window) fn places(inquiries: Vec<Inquiry>) -> Self {
        let chosen = 0;
        Self::Places { inquiries, chosen }
    }

    pub(super) fn title(&self) -> &'static str {
        match self {
            Self::Keys { .. } => "Add the keys that came",
            Self::Places { .. } => "Fetch keys",
        }
    }

    /// Shows it; gives what to do, and whether it is done.
    pub(super) fn ui(&mut self, ui: &mut Ui) -> (Option<Command>, bool) {
        match self {
            Self::Keys {
                fetched,
                names,
                count,
                usable,
                cautions,
            } => {
                let (count, usable) = (*count, *usable);
                wrapped(ui, came(names, count, usable));
                wrapped(ui, "From:");
                wrapped(ui, RichText::new(fetched.url.as_str()).font(mono()));
                for url in &fetched.redirects {
                    wrapped(ui, format!("Sent on by {url}"));
                }
                show_cautions(ui, cautions);
                dim(
                    ui,
                    "They show who made a token only as far as you trust that place.",
                );
                ui.add_space(space::S);
                let (add, cancel) = buttons(ui, "Add keys", usable > 0);
                let command = add.then(|| Command::AddFetched(fetched.clone()));
                (command, add || cancel)
            }
            Self::Places { inquiries, chosen } => {
                if inquiries.len() > 1 {
                    for (at, inquiry) in inquiries.iter().enumerate() {
                        let address = RichText::new(&inquiry.address).font(mono());
                        if ui.radio(*chosen == at, address).clicked() {
                            *chosen = at;
                        }
                    }
                    ui.add_space(space::S);
                }
                let Some(inquiry) = inquiries.get(*chosen) else {
                    return (None, true);
                };
                let question = format!("Fetch keys from {}?", inquiry.host);
                wrapped(ui, RichText::new(question).font(semibold(size::BODY)));
                if inquiries.len() == 1 {
                    wrapped(ui, RichText::new(&inquiry.address).font(mono()));
                }
                for why in &inquiry.why {
                    wrapped(ui, why);
                }
                show_cautions(ui, &inquiry.cautions);
                dim(
                    ui,
                    "The host learns that somebody here asks for this address, and nothing else of the token.",
                );
                ui.add_space(space::S);
                let (fetch, cancel) = buttons(ui, "Fetch", true);
                let command = fetch.then(|| Command::Fetch(Box::new(inquiry.clone())));
                (command, fetch || cancel)
            }
        }
    }
}

/// "3 keys came, 1 of which cannot be used: a, b, c".
fn came(names: &[String], count: usize, usable: usize) -> String {
    let keys = if count == 1 { "key" } else { "keys" };
    let unusable = match count.saturating_sub(usable) {
        0 => String::new(),
        unusable => format!(", {unusable} of which cannot be used"),
    };
    let more = match count.saturating_sub(names.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{count} {keys} came{unusable}: {}{more}", names.join(", "))
}

fn show_cautions(ui: &mut Ui, cautions: &[String]) {
    let warn = theme::tokens(ui).warn;
    for (at, caution) in cautions.iter().enumerate() {
        let text = if at == 0 {
            format!("Look first: {caution}")
        } else {
            caution.clone()
        };
        wrapped(ui, RichText::new(text).color(warn));
    }
}

fn dim(ui: &mut Ui, text: &str) {
    let dim = theme::tokens(ui).dim;
    wrapped(ui, RichText::new(text).color(dim));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_counted() {
        let names = ["a", "b"].map(str::to_owned);
        assert_eq!(came(&names, 2, 2), "2 keys came: a, b");
        assert_eq!(
            came(&names, 7, 6),
            "7 keys came, 1 of which cannot be used: a, b and 5 more"
        );
        assert_eq!(came(&names[..1], 1, 1), "1 key came: a");
    }
}
