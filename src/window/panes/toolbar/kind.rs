//! The kind that the token on screen is taken for, and another one to choose.

use egui::{
    Align2, Button, FontId, Key, Modifiers, Rect, RichText, Role, ScrollArea, Sense, TextEdit,
    TextStyle, Ui, WidgetInfo, pos2, vec2,
};

use super::{MENU_MARGIN, Room, arrow, form, form_menu, named, opened_by_command};
use crate::judge::words::capitalised;
use crate::judge::{Policy, Profile, ProfileChoice, ProfileName};
use crate::window::commands::Command;
use crate::window::kinds::{Known, on_screen};
use crate::window::model::Model;
use crate::window::panes::focus::Place;
use crate::window::theme::{self, semibold, size, space};
use crate::window::widgets::{Icon, Segment, grouped, paint_icon, row_frame, segmented, wrapped};

/// The height of a kind in the list, and of a heading, in points.
const LINE: f32 = 40.0;
const HEADING: f32 = 24.0;

/// The list is at most so high, in points.
const MAX_LIST: f32 = 360.0;

/// So many kinds to a page, for the keyboard.
const PAGE: usize = 7;

/// The kind's button and menu.
#[derive(Debug, Default)]
pub(super) struct KindMenu {
    /// Whether the menu was open in the last frame.
    is_open: bool,
    /// Whether the field is to get the keyboard.
    wants_focus: bool,
    scope: Scope,
    typed: String,
    /// The kind of the list that the keyboard is at.
    at: usize,
    brings_into_view: bool,
    /// The width of the button in the last frame, in points.
    width: f32,
}

/// What a choice is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Scope {
    /// All tokens that have no choice of their own: the policy's.
    All,
    /// The token on screen, or those that are chosen in the table.
    #[default]
    These,
}

/// What can be chosen: a kind, or to leave it open.
type Choice = Option<ProfileName>;

impl KindMenu {
    /// Shows it in the width that is left for it beside everything else, in points.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        room: Room,
        left: f32,
    ) -> Option<Command> {
        let whole = label(model);
        let shown = match room {
            Room::Wide | Room::Medium => fitting(ui, model, left),
            Room::Narrow | Room::Tight => "Kind".to_owned(),
        };
        let button = Button::new((shown.as_str(), arrow()));
        let (response, menu) =
            form_menu(button).ui(ui, |ui| form(ui, 430.0, |ui| self.menu(ui, model)));
        self.width = response.rect.width();
        let response = named(response, &whole);
        if opened_by_command(ui, &response, Place::Kind) {
            // The field takes the focus whenever the menu opens.
            self.is_open = false;
        }
        if menu.is_none() {
            self.is_open = false;
        }
        if let Some(why) = on_screen(model).map(|(profile, known)| why(profile, known))
            && menu.is_none()
        {
            response.on_hover_text(format!("{whole}\n{why}"));
        }
        menu.and_then(|menu| menu.inner)
    }

    /// The width that it had in the last frame, in points.
    pub(super) fn width(&self) -> f32 {
        self.width
    }

    fn menu(&mut self, ui: &mut Ui, model: &Model) -> Option<Command> {
        let is_new = !std::mem::replace(&mut self.is_open, true);
        if is_new {
            self.typed.clear();
            self.wants_focus = true;
        }
        let count = model.table.meant(model.current).len();
        if count == 0 {
            self.scope = Scope::All;
        } else if is_new {
            self.scope = Scope::These;
        }
        present(ui, model);
        if count > 0 {
            self.scopes(ui, count);
        }
        let present = match self.scope {
            Scope::All => named_by(&model.session.policy),
            Scope::These => model.outermost().and_then(|(token, _)| token.kind),
        };
        let chosen = self.list(ui, model, present, is_new)?;
        ui.close();
        self.is_open = false;
        Some(match self.scope {
            Scope::All => Command::SetPolicy(Box::new(Policy {
                profile: chosen.map_or(ProfileChoice::Auto, ProfileChoice::Named),
                ..model.session.policy.clone()
            })),
            Scope::These => Command::SetKind(chosen),
        })
    }

    fn scopes(&mut self, ui: &mut Ui, count: usize) {
        let these = match count {
            1 => "This token".to_owned(),
            count => format!("{} chosen tokens", grouped(count)),
        };
        let names = [
            format!("Choose for {}", these.to_lowercase()),
            "Choose for all tokens".to_owned(),
        ];
        let [of_these, of_all] = &names;
        let segments = [
            Segment {
                value: Scope::These,
                label: &these,
                name: of_these,
            },
            Segment {
                value: Scope::All,
                label: "All tokens",
                name: of_all,
            },
        ];
        if segmented(ui, &mut self.scope, &segments) {
            self.brings_into_view = true;
        }
        if self.scope == Scope::All {
            let text = "Goes into the policy. A token with a choice of its own keeps it.";
            let color = theme::tokens(ui).dim;
            wrapped(ui, RichText::new(text).color(color));
        }
        ui.add_space(space::XS);
    }

    /// The field, and the kinds that hold what is typed there; gives the one that is taken.
    fn list(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        present: Choice,
        is_new: bool,
    ) -> Option<Choice> {
        let open = open_words(&model.session.policy, self.scope);
        let fitting = |typed: &str| -> Vec<Choice> {
            let all = std::iter::once(None).chain(ProfileName::ALL.iter().copied().map(Some));
            all.filter(|choice| holds(*choice, open, typed)).collect()
        };
        let id = ui.make_persistent_id("kind that is typed");
        // What is only measured cannot have the focus.
        if self.wants_focus && !ui.is_sizing_pass() {
            self.wants_focus = false;
            ui.memory_mut(|memory| memory.request_focus(id));
        }
        let choices = fitting(&self.typed);
        if is_new {
            self.go_to(choices.iter().position(|choice| *choice == present));
        }
        // The keyboard stays in the field; arrows choose, as in the list of commands.
        let entered = ui.memory(|memory| memory.has_focus(id)) && self.keys(ui, choices.len());
        let typed = ui.add(
            TextEdit::singleline(&mut self.typed)
                .id(id)
                .margin(egui::Margin::symmetric(6, 4))
                .hint_text("Find a kind")
                .desired_width(f32::INFINITY),
        );
        let typed = typed.accessible_name("Find a kind");
        let choices = if typed.changed() {
            self.go_to(Some(0));
            fitting(&self.typed)
        } else {
            choices
        };
        ui.add_space(space::XS);
        let clicked = self.choices(ui, &choices, (present, open));
        clicked.or_else(|| choices.get(self.at).copied().filter(|_| entered))
    }

    fn go_to(&mut self, at: Option<usize>) {
        self.at = at.unwrap_or(0);
        self.brings_into_view = true;
    }

    /// Moves among so many choices. Whether the one is taken that the keyboard is at.
    fn keys(&mut self, ui: &Ui, count: usize) -> bool {
        let last = count.saturating_sub(1);
        for (key, to) in [
            (Key::ArrowDown, self.at.saturating_add(1)),
            (Key::ArrowUp, self.at.saturating_sub(1)),
            (Key::PageDown, self.at.saturating_add(PAGE)),
            (Key::PageUp, self.at.saturating_sub(PAGE)),
        ] {
            if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
                self.go_to(Some(to.min(last)));
            }
        }
        ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter))
    }

    fn choices(
        &mut self,
        ui: &mut Ui,
        choices: &[Choice],
        (present, open): (Choice, (&str, &str)),
    ) -> Option<Choice> {
        let tokens = theme::tokens(ui);
        if choices.is_empty() {
            wrapped(ui, RichText::new("No kind is called so.").color(tokens.dim));
            return None;
        }
        let height = ui.ctx().content_rect().bottom() - ui.cursor().top() - MENU_MARGIN / 2.0;
        let area = ScrollArea::vertical()
            .max_height(height.clamp(3.0 * LINE, MAX_LIST))
            .auto_shrink([false, true]);
        let mut taken = None;
        area.show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut group = None;
            for (at, choice) in choices.iter().enumerate() {
                let of = group_of(*choice);
                if group != of {
                    group = of;
                    heading(ui, of.unwrap_or_default());
                }
                let words = choice.map_or(open, |name| (name.label(), name.description()));
                let is_at = at == self.at;
                let is_present = *choice == present;
                let row = line(ui, at, words, (is_at, is_present));
                if is_at && std::mem::take(&mut self.brings_into_view) {
                    let none = egui::style::ScrollAnimation::none();
                    ui.scroll_to_rect_animation(row.rect, None, none);
                }
                if row.clicked() {
                    taken = Some(*choice);
                }
            }
        });
        taken
    }
}

/// `Kind: OIDC ID token (guess)`.
fn label(model: &Model) -> String {
    let (name, how) = words(model);
    format!("Kind: {name} ({how})")
}

/// The kind, and how it is known.
fn words(model: &Model) -> (&'static str, &'static str) {
    match (on_screen(model), named_by(&model.session.policy)) {
        (Some((profile, known)), _) => (profile.name.label(), known.word()),
        (None, Some(name)) => (name.label(), Known::Policy.word()),
        (None, None) => ("automatic", "no token"),
    }
}

fn named_by(policy: &Policy) -> Choice {
    match policy.profile {
        ProfileChoice::Auto => None,
        ProfileChoice::Named(name) => Some(name),
    }
}

/// As much of the label as the width holds, in points.
fn fitting(ui: &Ui, model: &Model, width: f32) -> String {
    let (name, how) = words(model);
    let candidates = if model.current.is_none() && named_by(&model.session.policy).is_none() {
        vec!["Kind: automatic".to_owned()]
    } else {
        vec![format!("Kind: {name} ({how})"), format!("Kind: {name}")]
    };
    let font = TextStyle::Button.resolve(ui.style());
    let spacing = ui.spacing();
    // The sign of the menu, and what is between it and the words.
    let beside = 2.0 * spacing.button_padding.x + spacing.icon_spacing + 8.0 + space::S;
    let fits = |text: &String| {
        let galley =
            ui.painter()
                .layout_no_wrap(text.clone(), font.clone(), theme::tokens(ui).text);
        galley.size().x + beside <= width
    };
    let fitting = candidates.into_iter().find(fits);
    fitting.unwrap_or_else(|| "Kind".to_owned())
}

/// What the token is taken for now, and why.
fn present(ui: &mut Ui, model: &Model) {
    let tokens = theme::tokens(ui);
    let Some((profile, known)) = on_screen(model) else {
        let text = "What tokens are taken for. Each is judged by the rules of its kind.";
        wrapped(ui, RichText::new(text).color(tokens.dim));
        ui.add_space(space::XS);
        return;
    };
    let name = RichText::new(profile.name.label())
        .font(semibold(size::BODY))
        .color(tokens.text);
    wrapped(ui, name);
    wrapped(ui, RichText::new(why(profile, known)).color(tokens.dim));
    if let Some(other) = &profile.runner_up {
        let text = format!(
            "Or else {}, {} %: {}.",
            other.name.label(),
            other.confidence,
            other.why
        );
        wrapped(ui, RichText::new(text).color(tokens.warn));
    }
    ui.add_space(space::XS);
}

/// How the kind is known, and what speaks for it.
fn why(profile: &Profile, known: Known) -> String {
    match known {
        Known::Chosen => "Chosen for this token.".to_owned(),
        Known::Policy => "The policy says so of all tokens.".to_owned(),
        Known::Typ => format!("{}.", capitalised(&profile.why)),
        Known::Guess if profile.name.is_general() => {
            format!("Nothing speaks for a particular kind: {}.", profile.why)
        }
        Known::Guess => format!("Guess, {} %: {}.", profile.confidence, profile.why),
    }
}

/// What leaving it open is called, and what it means.
fn open_words(policy: &Policy, scope: Scope) -> (&'static str, &'static str) {
    match (scope, policy.profile) {
        (Scope::These, ProfileChoice::Named(_)) => (
            "As the policy says",
            "The kind that the policy names for all tokens.",
        ),
        _ => (
            "Automatic",
            "By the explicit type, else by what the claims look like.",
        ),
    }
}

/// Whether a choice holds every word that is typed.
fn holds(choice: Choice, open: (&str, &str), typed: &str) -> bool {
    let text = match choice {
        Some(name) => format!("{} {} {}", name.label(), name.name(), name.description()),
        None => format!("{} {}", open.0, open.1),
    };
    let text = text.to_lowercase();
    let typed = typed.to_lowercase();
    typed.split_whitespace().all(|word| text.contains(word))
}

/// What a choice stands under; `None` for leaving it open.
fn group_of(choice: Choice) -> Option<&'static str> {
    Some(match choice? {
        name if name.is_general() => "No particular kind",
        name if name.is_vendors() => "Vendors",
        _ => "Standards",
    })
}

fn heading(ui: &mut Ui, text: &str) {
    let tokens = theme::tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADING), Sense::hover());
    let place = rect.left_bottom() + vec2(space::S, -5.0);
    let font = semibold(size::SMALL);
    ui.painter()
        .text(place, Align2::LEFT_BOTTOM, text, font, tokens.dim);
}

/// A kind, with what it is below its name.
fn line(
    ui: &mut Ui,
    at: usize,
    (label, description): (&str, &str),
    (is_at, is_present): (bool, bool),
) -> egui::Response {
    const SIGN: f32 = 12.0;
    let tokens = theme::tokens(ui);
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), LINE));
    let sense = Sense::click() - Sense::FOCUSABLE;
    let response = ui.interact(rect, ui.scope_id().with(("kind", at)), sense);
    response.widget_info(|| {
        let words = format!("{label}. {description}");
        WidgetInfo::selected(Role::ListBoxOption, true, is_present, words)
    });
    row_frame(ui, rect, &response, is_at, None);
    if is_present {
        let center = pos2(rect.left() + space::S + SIGN / 2.0, rect.top() + 12.0);
        let place = Rect::from_center_size(center, vec2(SIGN, SIGN));
        paint_icon(ui.painter(), place, Icon::Check, tokens.accent);
    }
    let left = rect.left() + 2.0 * space::S + SIGN;
    let width = (rect.right() - left - space::S).max(40.0);
    let mut cut = false;
    for (text, font, color, top) in [
        (
            label,
            FontId::proportional(size::BODY),
            tokens.text,
            rect.top() + 4.0,
        ),
        (
            description,
            FontId::proportional(size::SMALL),
            tokens.dim,
            rect.top() + 21.0,
        ),
    ] {
        let format = egui::TextFormat::simple(font, color);
        let mut job = egui::text::LayoutJob::single_section(text.to_owned(), format);
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        let galley = ui.painter().layout_job(job);
        cut |= galley.elided;
        ui.painter().galley(pos2(left, top), galley, color);
    }
    if cut {
        response.on_hover_text(description)
    } else {
        response
    }
}
