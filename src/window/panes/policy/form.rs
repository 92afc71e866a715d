//! The form: every member of a policy, by what it is about.

use egui::{ComboBox, RichText, Ui};

use super::fields::{Fields, REMOVE, heading, note, offer};
use super::signers;
use crate::jose::registry;
use crate::jose::visible::visible;
use crate::judge::words::span;
use crate::judge::{ProfileChoice, ProfileName, Strictness};
use crate::window::policies::{ClaimDraft, Draft, Member, PolicyCommand, Row};
use crate::window::theme::{self, mono, size, space};
use crate::window::widgets::{
    Icon, Segment, button_tag, exact, grouped, section, segmented, wrapped,
};

/// The field of a number, in points.
const NUMBER: f32 = 150.0;

/// In less width than this, in points, a claim stands in two lines.
const ONE_LINE: f32 = 520.0;

/// Shows all of it.
pub(super) fn ui(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft, shown: &mut Shown) {
    let block = |ui: &mut Ui, title: &str, show: &mut dyn FnMut(&mut Ui)| {
        section(ui, title, None, |_| {});
        let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(12, 0));
        frame.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = space::XS;
            ui.set_width(ui.available_width());
            show(ui);
        });
    };
    block(ui, "Policy", &mut |ui| {
        name(ui, fields, draft);
        kind(ui, fields, draft);
    });
    block(ui, "Signed how, and by whom", &mut |ui| {
        algorithms(ui, fields, draft);
        signers::ui(ui, fields, draft, shown);
    });
    block(ui, "Meant for whom", &mut |ui| {
        fields.member(
            ui,
            Member::Audiences,
            (
                "Audiences (aud)",
                "One of them must be among those of the token. None: any.",
            ),
            |ui, fields| {
                let words = ("Audience", "web-portal");
                fields.rows(ui, Member::Audiences, words, &mut draft.audiences);
            },
        );
        fields.member(
            ui,
            Member::Types,
            (
                "Types (typ)",
                "One of them, compared as media types: case does not count, application/ may be left out. None: any.",
            ),
            |ui, fields| {
                fields.rows(ui, Member::Types, ("Type", "at+jwt"), &mut draft.types);
            },
        );
        nonce(ui, fields, draft);
    });
    block(ui, "Time", &mut |ui| times(ui, fields, draft));
    block(ui, "Claims", &mut |ui| {
        let help = "They must be there; with a value, they must have it.";
        let words = ("Required claims", help);
        claims(
            ui,
            fields,
            (Member::Required, words),
            &mut draft.required,
            shown,
        );
        let help = "They must not be there; with a value, they must not have it.";
        let words = ("Forbidden claims", help);
        claims(
            ui,
            fields,
            (Member::Forbidden, words),
            &mut draft.forbidden,
            shown,
        );
    });
    block(ui, "Revoked tokens", &mut |ui| revoked(ui, fields, draft));
    block(ui, "Strictness", &mut |ui| strictness(ui, fields, draft));
}

/// How much of long lists is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown {
    pub(super) issuers: usize,
    required: usize,
    forbidden: usize,
}

impl Shown {
    /// So much at first, and so much more each time.
    const STEP: usize = 50;
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            issuers: Self::STEP,
            required: Self::STEP,
            forbidden: Self::STEP,
        }
    }
}

/// Offers the rest of a list of which only the first are shown.
pub(super) fn more(ui: &mut Ui, count: usize, shown: &mut usize) {
    let left = count.saturating_sub(*shown);
    if left > 0 {
        let next = left.min(Shown::STEP);
        let words = format!("Show {} more of {}", grouped(next), grouped(count));
        if button_tag(ui, &words, &words).clicked() {
            *shown = shown.saturating_add(Shown::STEP);
        }
    }
}

fn name(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let help = "What it is called here and in its file.";
    fields.member(ui, Member::Name, ("Name", help), |ui, fields| {
        let width = ui.available_width().min(420.0);
        let at = Member::Name.into();
        fields.text(ui, (at, "Name"), &mut draft.name, ("web-portal", width));
    });
}

fn kind(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let theme = theme::tokens(ui);
    heading(
        ui,
        "Kind of token",
        "What a token of that kind must and must not hold is checked as well.",
    );
    let label = |choice: ProfileChoice| match choice {
        ProfileChoice::Auto => "Found out from the token",
        ProfileChoice::Named(name) => name.label(),
    };
    let named = ProfileName::ALL.iter().copied().map(ProfileChoice::Named);
    let before = draft.profile;
    let width = ui.available_width().min(420.0);
    let combo = ComboBox::from_id_salt("kind of token")
        .selected_text(label(before))
        .width(width - 8.0)
        .show_ui(ui, |ui| {
            for choice in std::iter::once(ProfileChoice::Auto).chain(named) {
                ui.selectable_value(&mut draft.profile, choice, label(choice));
            }
        });
    combo.response.accessible_name("Kind of token");
    if draft.profile != before {
        fields.change();
    }
    if let ProfileChoice::Named(name) = draft.profile {
        let description = RichText::new(name.description()).size(size::MONO);
        wrapped(ui, description.color(theme.dim));
    }
    ui.add_space(space::M);
}

fn algorithms(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let help = "Of several signatures those by another one do not count. None: any algorithm.";
    let words = ("Algorithms (alg)", help);
    fields.member(ui, Member::Algorithms, words, |ui, fields| {
        let words = ("Algorithm", "ES256");
        fields.rows(ui, Member::Algorithms, words, &mut draft.algorithms);
        let theme = theme::tokens(ui);
        let unknown = |alg: &&String| !alg.is_empty() && registry::algorithm(alg).is_none();
        let unknown: Vec<String> = draft
            .algorithms
            .iter()
            .filter(unknown)
            .take(3)
            .map(|alg| visible(alg))
            .collect();
        if !unknown.is_empty() {
            let words = format!(
                "Not registered for JOSE: {}. Names are compared letter by letter.",
                unknown.join(", ")
            );
            note(ui, Icon::Triangle, &words, theme.warn);
        }
    });
}

fn nonce(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let help = "The one value that was sent with the request; of an SD-JWT with key binding that of the holder.";
    heading(ui, "Nonce", help);
    let mut expects = draft.nonce.is_some();
    let was_expected = expects;
    if ui.checkbox(&mut expects, "Expect a nonce").changed() {
        draft.nonce = expects.then(String::new);
        fields.change();
        if expects {
            *fields.wanted = Some(Member::Nonce.into());
        }
    }
    // A field can take the keyboard from the frame after that of the click on.
    if let Some(nonce) = draft.nonce.as_mut().filter(|_| was_expected) {
        let width = ui.available_width().min(420.0);
        // Any text will do: there is nothing to be wrong.
        let at = Member::Nonce.into();
        fields.text(ui, (at, "Nonce"), nonce, ("n-0S6_WzA2Mj", width));
        fields.notes(ui, at, nonce);
        if nonce.is_empty() {
            let words = "Empty: the token\u{2019}s nonce must be the empty text.";
            note(ui, Icon::Triangle, words, theme::tokens(ui).warn);
        }
    }
    ui.add_space(space::M);
}

fn times(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let all = [
        (
            Member::Leeway,
            "Leeway in seconds",
            "How far clocks may differ. It widens nbf, exp and iat, and the age.",
            "60",
            &mut draft.leeway,
        ),
        (
            Member::MaxAge,
            "Maximum age in seconds",
            "How long ago the token may have been issued: now minus iat. Empty: any.",
            "no limit",
            &mut draft.max_age,
        ),
        (
            Member::MaxLifetime,
            "Maximum lifetime in seconds",
            "How long the token may be valid: exp minus iat. Empty: any.",
            "no limit",
            &mut draft.max_lifetime,
        ),
    ];
    for (member, label, help, hint, text) in all {
        fields.member(ui, member, (label, help), |ui, fields| {
            ui.horizontal(|ui| {
                fields.text(ui, (member.into(), label), text, (hint, NUMBER));
                if let Ok(seconds) = text.trim().parse::<u32>() {
                    let words = RichText::new(span(seconds.into()));
                    ui.label(words.color(theme::tokens(ui).dim));
                }
            });
        });
    }
}

fn claims(
    ui: &mut Ui,
    fields: &mut Fields<'_>,
    (member, words): (Member, (&str, &str)),
    claims: &mut Vec<ClaimDraft>,
    shown: &mut Shown,
) {
    fields.member(ui, member, words, |ui, fields| {
        let shown = match member {
            Member::Required => &mut shown.required,
            _ => &mut shown.forbidden,
        };
        let mut removed = None;
        for (row, claim) in claims.iter_mut().enumerate().take(*shown) {
            if self::claim(ui, fields, Row::new(member, row), claim) {
                removed = Some(row);
            }
        }
        if let Some(row) = removed.filter(|row| *row < claims.len()) {
            claims.remove(row);
            fields.change();
        }
        more(ui, claims.len(), shown);
        let name = match member {
            Member::Required => "Add a required claim",
            _ => "Add a forbidden claim",
        };
        if button_tag(ui, "Add", name).clicked() {
            *fields.wanted = Some(Row::new(member, claims.len()).into());
            *shown = (*shown).max(claims.len().saturating_add(1));
            claims.push(ClaimDraft::default());
            fields.change();
        }
    });
}

/// Whether the claim is to be removed.
fn claim(ui: &mut Ui, fields: &mut Fields<'_>, at: Row, claim: &mut ClaimDraft) -> bool {
    let line: crate::window::policies::Line = at.into();
    let number = line.row.unwrap_or_default().saturating_add(1);
    let which = match line.member {
        Member::Required => "Required claim",
        _ => "Forbidden claim",
    };
    let mut is_removed = false;
    let is_one_line = ui.available_width() >= ONE_LINE;
    let path = |ui: &mut Ui, fields: &mut Fields<'_>, claim: &mut ClaimDraft, width: f32| {
        let name = format!("{which} {number}");
        let by = [
            (false, "Name", format!("{name} by its name")),
            (true, "Pointer", format!("{name} by a JSON pointer")),
        ];
        let segments: Vec<_> = by
            .iter()
            .map(|(value, label, name)| Segment {
                value: *value,
                label,
                name,
            })
            .collect();
        if segmented(ui, &mut claim.is_pointer, &segments) {
            fields.change();
        }
        let hint = if claim.is_pointer { "/cnf/jkt" } else { "sub" };
        fields.text(ui, (line, &name), &mut claim.path, (hint, width));
    };
    let mut value = |ui: &mut Ui, fields: &mut Fields<'_>, claim: &mut ClaimDraft, width: f32| {
        ui.label("is");
        let name = format!("Value of {} {number}", which.to_lowercase());
        let at = (at.part(0), name.as_str());
        fields.text(ui, at, &mut claim.value, ("any value", width));
        let name = format!("Remove {} {number}", which.to_lowercase());
        is_removed = button_tag(ui, "Remove", &name).clicked();
    };
    if is_one_line {
        ui.horizontal(|ui| {
            // The choice before and the word between.
            let width = ((ui.available_width() - REMOVE - 140.0) / 2.0).max(60.0);
            path(ui, fields, claim, width);
            value(ui, fields, claim, width);
        });
    } else {
        ui.horizontal(|ui| {
            let width = (ui.available_width() - 130.0).max(60.0);
            path(ui, fields, claim, width);
        });
        ui.horizontal(|ui| {
            let width = (ui.available_width() - REMOVE - 24.0).max(60.0);
            value(ui, fields, claim, width);
        });
    }
    fields.notes(ui, line, &claim.path);
    fields.notes(ui, at.part(0), &claim.value);
    if let Some(quoted) = claim.quoted()
        && offer(ui, &format!("Use {}", visible(&quoted)))
    {
        claim.value = quoted;
        fields.change();
    }
    is_removed
}

fn revoked(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let help = "Tokens with one of these count no longer. One without jti is not refused: require the claim where that is wanted.";
    let words = ("Revoked jti", help);
    fields.member(ui, Member::Revoked, words, |ui, fields| {
        let words = ("Revoked jti", "4f1c9e");
        fields.rows(ui, Member::Revoked, words, &mut draft.revoked);
    });
    let help = "More of them, one a line. The file is read again when the policy is put in force.";
    let words = ("File of revoked jti", help);
    fields.member(ui, Member::RevokedFile, words, |ui, fields| {
        let theme = theme::tokens(ui);
        let file = draft.revoked_file.clone();
        if let Some(file) = &file {
            exact(ui, &visible(&file.name));
            if let Ok(content) = &file.content {
                let words = match content.len() {
                    0 => "It holds no jti.".to_owned(),
                    1 => "1 jti".to_owned(),
                    count => format!("{} jti", grouped(count)),
                };
                ui.label(RichText::new(words).size(size::MONO).color(theme.dim));
            }
        }
        ui.horizontal_wrapped(|ui| {
            if button_tag(ui, "Choose\u{2026}", "Choose a file of revoked jti").clicked() {
                fields
                    .doing
                    .commands
                    .push(PolicyCommand::ChooseRevoked.into());
            }
            if file.is_some() {
                if button_tag(ui, "Read again", "Read the file of revoked jti again").clicked() {
                    fields
                        .doing
                        .commands
                        .push(PolicyCommand::ReadRevoked.into());
                }
                if button_tag(ui, "Remove", "Remove the file of revoked jti").clicked() {
                    draft.revoked_file = None;
                    fields.change();
                }
            }
        });
    });
}

fn strictness(ui: &mut Ui, fields: &mut Fields<'_>, draft: &mut Draft) {
    let theme = theme::tokens(ui);
    let help = "How much of what is not as the standards want it is let pass.";
    heading(ui, "Strictness", help);
    let segments = Strictness::ALL.map(|value| {
        let label = match value {
            Strictness::Strict => "Strict",
            Strictness::Lenient => "Lenient",
        };
        Segment {
            value,
            label,
            name: label,
        }
    });
    if segmented(ui, &mut draft.strictness, &segments) {
        fields.change();
    }
    let small = |text: String| RichText::new(text).size(size::MONO).color(theme.dim);
    match draft.strictness {
        Strictness::Strict => {
            let words = "Everything refuses that a correct verifier must refuse.";
            wrapped(ui, small(words.to_owned()));
        }
        Strictness::Lenient => {
            let words = "What widely used libraries let pass, and what leaves no doubt about content and signer, refuses nothing and stays a finding:";
            wrapped(ui, small(words.to_owned()));
            for forgiven in draft.strictness.forgives() {
                wrapped(ui, small(format!("\u{2022} {forgiven}")).font(mono()));
            }
        }
    }
    ui.add_space(space::L);
}
