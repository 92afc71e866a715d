//! The token as received: every character, coloured by part.

use std::ops::Range;

use egui::{
    Button, FontId, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui,
    WidgetInfo, pos2, vec2,
};

use super::bytes::{ByteStyle, ByteView, Outcome, Picked, Source};
use super::focus::{self, Place};
use super::{hover, links};
use crate::inspection::Inspection;
use crate::jose::{Kind, Part, PartRole, Serialization, Token};
use crate::judge::words::{capitalised, counted};
use crate::window::commands::Command;
use crate::window::copies::CopyOf;
use crate::window::model::{Model, Selection};
use crate::window::theme::{semibold, size, space, tokens};
use crate::window::widgets::{Card, Icon, grouped, menu_tag, paint_icon, panel_tag, sign};

/// The side of a part's square in the legend, in points.
const SQUARE: f32 = 10.0;

/// Between the square and its word, in points.
const SQUARE_GAP: f32 = 5.0;

/// Faults are listed by so many.
const PAGE: usize = 50;

/// The widths of the buttons for copies and faults, in points, about.
const COPY: f32 = 72.0;
const FAULTS: f32 = 108.0;

/// The width of the list of faults, in points.
const LIST: f32 = 420.0;

/// The pane "Raw token". Takes the height of its text, at most what is there.
#[derive(Debug, Clone, Default)]
pub struct RawPane {
    view: ByteView,
    about: About,
}

/// What is worked out once for each token.
#[derive(Debug, Clone, Default)]
struct About {
    /// The token that it is of.
    identity: String,
    /// `705 bytes · compact JWS`.
    description: String,
    sections: Vec<Section>,
    faults: Vec<(Range<usize>, String)>,
    /// So many of them are listed.
    listed: usize,
}

/// A kind of part in the legend.
#[derive(Debug, Clone)]
struct Section {
    role: PartRole,
    range: Range<usize>,
    /// `header 114`.
    words: String,
    /// The whole of it, for screen readers and under the pointer.
    name: String,
}

impl RawPane {
    /// Shows the token on screen.
    #[must_use]
    pub fn ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let Some((inspection, _)) = model.current() else {
            return Vec::new();
        };
        let token = &*inspection.token;
        if self.about.identity != inspection.sha256 {
            self.about = About::new(token, &inspection.sha256);
        }
        let note = self.about.description.clone();
        let mut commands = Vec::new();
        let mut below = false;
        let mut state = (&mut *self, &mut commands, &mut below);
        Card::new("Raw token").note(&note).show(
            ui,
            &mut state,
            |ui, (pane, commands, below)| {
                if pane.about.legend_fits(ui) {
                    pane.about.legend(ui, commands);
                } else {
                    **below = true;
                }
                pane.about.fault_menu(ui, token, commands);
                menu_tag(ui, "Copy", "Copy", |ui| copy_menu(ui, model, commands));
            },
            |ui, (pane, commands, below)| {
                if **below {
                    pane.about.legend_below(ui, commands);
                }
                pane.text(ui, model, inspection, commands);
            },
        );
        commands
    }

    fn text(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        inspection: &Inspection,
        commands: &mut Vec<Command>,
    ) {
        let token = &*inspection.token;
        let theme = tokens(ui);
        // A dot is to be seen; the JSON around the parts of another form is not what matters.
        let between = match token.serialization {
            Serialization::Compact => theme.text,
            _ => theme.dim,
        };
        let selection = model
            .selection
            .as_ref()
            .map(|selection| selection.range.clone());
        let outcome = self.view.show(
            ui,
            &Source {
                name: "Raw token",
                description: &self.about.description,
                identity: &inspection.sha256,
                bytes: token.text().as_bytes(),
                style: ByteStyle::Wrapped,
                color: &|at| {
                    token
                        .part_at(at)
                        .map_or(between, |part| theme.part(part.role))
                },
                group: &|at| links::group_in_text(token, at),
                selection,
                hovered: hover::get(ui),
                faults: &self.about.faults,
            },
        );
        if let Some(hovered) = &outcome.hovered {
            hover::set(ui, hovered.clone());
        }
        commands.extend(picked(token, &outcome));
        if outcome.copy {
            commands.push(copy(model));
        }
        if let Some(response) = outcome.response {
            if focus::take(ui, Place::Raw) {
                response.request_focus();
                response.scroll_to_me(None);
            }
            response.context_menu(|ui| copy_menu(ui, model, commands));
        }
    }
}

fn picked(token: &Token, outcome: &Outcome) -> Option<Command> {
    let range = match (&outcome.picked, outcome.whole) {
        // Of a part, where there is one: the view knows nothing of parts.
        (Some(Picked::Bytes(all)), Some(at)) => token
            .part_at(at)
            .map_or_else(|| all.clone(), |part| part.range.clone()),
        (Some(Picked::Bytes(range)), None) => range.clone(),
        (Some(Picked::Nothing), _) => return Some(Command::Select(None)),
        (None, _) => return None,
    };
    Some(Command::Select(Some(Selection {
        part: links::role_of(token, &range),
        range,
    })))
}

/// What is selected, or all.
fn copy(model: &Model) -> Command {
    match &model.selection {
        Some(selection) => Command::Copy(CopyOf::Found(selection.clone())),
        None => Command::Copy(CopyOf::Token),
    }
}

/// What can be copied; what would yield nothing cannot be chosen.
fn copy_menu(ui: &mut Ui, model: &Model, commands: &mut Vec<Command>) {
    let mut line = |ui: &mut Ui, label: &str, what: Option<CopyOf>| {
        let what = what.filter(|what| what.text(model).is_some());
        let button = ui.add_enabled(what.is_some(), Button::new(label));
        if button.clicked() {
            commands.extend(what.map(Command::Copy));
            ui.close();
        }
    };
    let token = model.current().map(|(inspection, _)| &inspection.token);
    let without = match token.map(|token| (token.kind, token.entries())) {
        Some((Kind::Jwe, _)) => "Without what is encrypted",
        Some((_, 2..)) => "Without its signatures",
        _ => "Without its signature",
    };
    line(ui, "Token as found", Some(CopyOf::Token));
    line(ui, without, Some(CopyOf::Redacted));
    ui.separator();
    let selected = |form: fn(Selection) -> CopyOf| model.selection.clone().map(form);
    line(ui, "Selected characters as found", selected(CopyOf::Found));
    line(ui, "Selected, decoded", selected(CopyOf::Decoded));
    line(ui, "Selected, as JSON", selected(CopyOf::Json));
}

impl About {
    fn new(token: &Token, identity: &str) -> Self {
        let length = token.text().len();
        let faults = token.faults.iter();
        Self {
            identity: identity.to_owned(),
            description: description(token),
            sections: sections(token),
            faults: faults
                .map(|fault| (at_a_character(&fault.range, length), fault_text(fault)))
                .collect(),
            listed: PAGE,
        }
    }

    /// The faults one by one: what is only underlined cannot be read by everybody.
    fn fault_menu(&mut self, ui: &mut Ui, token: &Token, commands: &mut Vec<Command>) {
        let count = self.faults.len();
        if count == 0 {
            return;
        }
        let label = match count {
            1 => "1 fault".to_owned(),
            _ => format!("{count} faults"),
        };
        let name = format!("{label} in the token");
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            sign(ui, Icon::Triangle, 11.0, tokens(ui).bad);
            self.fault_list(ui, (&label, &name), token, commands);
        });
    }

    fn fault_list(
        &mut self,
        ui: &mut Ui,
        (label, name): (&str, &str),
        token: &Token,
        commands: &mut Vec<Command>,
    ) {
        let count = self.faults.len();
        panel_tag(ui, label, name, |ui| {
            ui.set_width(LIST.min(ui.ctx().content_rect().width() - 64.0));
            ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                for (range, text) in self.faults.iter().take(self.listed) {
                    let line = format!("Byte {}. {text}", range.start);
                    if ui.add(Button::new(line).wrap()).clicked() {
                        commands.push(Command::Select(Some(Selection {
                            part: links::role_at(token, range.start),
                            range: range.start..range.end.max(range.start.saturating_add(1)),
                        })));
                        commands.push(Command::Focus(Place::Raw));
                        ui.close();
                    }
                }
            });
            let hidden = count.saturating_sub(self.listed);
            if hidden > 0 {
                let next = hidden.min(PAGE);
                let more = format!("Show {next} of {hidden} more");
                if ui.add(Button::new(more)).clicked() {
                    self.listed = self.listed.saturating_add(PAGE);
                }
            }
        });
    }

    /// Whether the legend fits into the header beside title and note.
    fn legend_fits(&self, ui: &Ui) -> bool {
        let body = TextStyle::Body.resolve(ui.style());
        let title = width(ui, "Raw token", semibold(size::BODY));
        let note = width(ui, &self.description, body.clone());
        let legend: f32 = self
            .sections
            .iter()
            .map(|section| width(ui, &section.words, body.clone()))
            .map(|words| words + SQUARE + SQUARE_GAP + space::S)
            .sum();
        let gaps = space::M + 2.0 * ui.spacing().item_spacing.x + space::S;
        let faults = if self.faults.is_empty() { 0.0 } else { FAULTS };
        title + note + legend + gaps + faults + COPY <= ui.available_width()
    }

    fn legend(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let before = ui.spacing().item_spacing;
        ui.spacing_mut().item_spacing.x = space::S;
        for section in &self.sections {
            if section_button(ui, section).clicked() {
                commands.push(Command::Select(Some(Selection {
                    part: section.role,
                    range: section.range.clone(),
                })));
            }
        }
        ui.spacing_mut().item_spacing = before;
    }

    fn legend_below(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        if self.sections.is_empty() {
            return;
        }
        egui::Frame::new()
            .inner_margin(egui::Margin {
                left: space::M as i8,
                right: space::M as i8,
                top: space::XS as i8,
                bottom: 0,
            })
            .show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    self.legend(ui, commands);
                });
            });
        ui.spacing_mut().item_spacing.y = 0.0;
    }
}

fn width(ui: &Ui, text: &str, font: FontId) -> f32 {
    let color = tokens(ui).text;
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, color);
    galley.size().x
}

/// So many parts of a JSON form have a section each.
const APART: usize = 9;

/// The kinds of part in text order, with their sizes in characters; many disclosures are one, and so are the same parts of
/// many signatures.
fn sections(token: &Token) -> Vec<Section> {
    let shown = token.parts.iter().enumerate();
    let parts: Vec<(usize, &Part)> = shown
        // What came out of a ciphertext stands in no character of its own.
        .filter(|(_, part)| {
            part.role != PartRole::Token
                && !(part.role == PartRole::Payload && token.kind == Kind::Jwe)
        })
        .map(|(at, part)| (at, &**part))
        .collect();
    if token.serialization == Serialization::Compact {
        let groups = parts.chunk_by(|(_, a), (_, b)| a.role == b.role);
        return groups
            .filter_map(|group| section(group, None, true))
            .collect();
    }
    if parts.len() > APART {
        let mut roles: Vec<PartRole> = Vec::new();
        for (_, part) in &parts {
            if !roles.contains(&part.role) {
                roles.push(part.role);
            }
        }
        let of_role = |role: PartRole| -> Vec<(usize, &Part)> {
            let parts = parts.iter().copied();
            parts.filter(|(_, part)| part.role == role).collect()
        };
        return roles
            .into_iter()
            .filter_map(|role| section(&of_role(role), None, false))
            .collect();
    }
    parts
        .iter()
        .filter_map(|part| section(&[*part], token.entry_of(part.0), true))
        .collect()
}

/// Parts of one role. `entry`: of which signature or recipient. Where others lie between them, only the first is selected.
fn section(parts: &[(usize, &Part)], entry: Option<usize>, is_run: bool) -> Option<Section> {
    let (_, first) = parts.first()?;
    let (_, last) = parts.last()?;
    let entry = entry.map_or_else(String::new, |entry| format!(" {}", entry.saturating_add(1)));
    let label = match first.role {
        PartRole::Iv => "IV".to_owned(),
        role if parts.len() > 1 => format!("{} {}s", parts.len(), role.label()),
        role => format!("{}{entry}", role.label()),
    };
    let characters: usize = parts.iter().map(|(_, part)| part.range.len()).sum();
    let bytes: usize = parts.iter().map(|(_, part)| part.bytes().len()).sum();
    let words = format!("{label} {}", grouped(characters));
    let end = if is_run { last } else { first }.range.end;
    Some(Section {
        role: first.role,
        range: first.range.start..end,
        name: format!("{words} characters, {bytes} bytes. Select"),
        words,
    })
}

fn section_button(ui: &mut Ui, section: &Section) -> Response {
    let theme = tokens(ui);
    let color = theme.part(section.role);
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui
        .painter()
        .layout_no_wrap(section.words.clone(), font, color);
    let place = vec2(SQUARE + SQUARE_GAP + galley.size().x, 22.0);
    let (rect, response) = ui.allocate_exact_size(place, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &section.name));
    let is_lit = response.hovered() || response.has_focus();
    let ground = rect.expand2(vec2(space::XS, 0.0));
    if is_lit {
        ui.painter().rect_filled(ground, 4, theme.bg3);
    }
    if response.has_focus() {
        let ring = Stroke::new(1.5, theme.accent);
        ui.painter()
            .rect_stroke(ground, 4, ring, StrokeKind::Inside);
    }
    let center = pos2(rect.left() + SQUARE / 2.0, rect.center().y);
    let square = Rect::from_center_size(center, vec2(SQUARE, SQUARE));
    paint_icon(ui.painter(), square, Icon::Square, color);
    let at = pos2(
        square.right() + SQUARE_GAP,
        rect.center().y - galley.size().y / 2.0,
    );
    ui.painter().galley(at, galley, color);
    response.on_hover_text(&section.name)
}

/// `705 bytes · compact JWS`.
fn description(token: &Token) -> String {
    let length = token.text().len();
    let bytes = if length == 1 {
        "1 byte".to_owned()
    } else {
        format!("{} bytes", grouped(length))
    };
    let form = token.serialization.name();
    // A list of one is still a list.
    let several = |noun| match token.serialization {
        Serialization::General => format!(", {}", counted(token.entries(), noun)),
        _ => String::new(),
    };
    match (token.kind, token.serialization) {
        (Kind::Jwe, _) => format!("{bytes} · {form} JWE{}", several("recipient")),
        (Kind::Jws, _) => format!("{bytes} · {form} JWS{}", several("signature")),
        (Kind::SdJwt, Serialization::Compact) => format!("{bytes} · SD-JWT"),
        (Kind::SdJwt, _) => format!("{bytes} · {form} SD-JWT{}", several("signature")),
        (Kind::Unreadable, _) => format!("{bytes} · not readable as a token"),
    }
}

fn fault_text(fault: &crate::jose::Fault) -> String {
    let place = match fault.part {
        PartRole::Token => String::new(),
        part => format!("{}: ", capitalised(part.label())),
    };
    let text = fault.kind.to_string();
    if place.is_empty() {
        capitalised(&text)
    } else {
        place + &text
    }
}

/// A fault without a character of its own is shown at the one before it when it stands at the end.
fn at_a_character(range: &Range<usize>, length: usize) -> Range<usize> {
    if range.is_empty() && range.start >= length {
        length.saturating_sub(1)..length
    } else {
        range.clone()
    }
}
