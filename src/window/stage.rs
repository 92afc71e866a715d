//! Where the panes about one token stand: the centre, and the column at the right or its tabs.

use egui::{Align, Frame, Id, Layout, Margin, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::commands::Command;
use super::model::{Model, Tab};
use super::panes::checks::ChecksPane;
use super::panes::claims::ClaimsPane;
use super::panes::findings::FindingsPane;
use super::panes::focus::{self, Place};
use super::panes::header::HeaderPane;
use super::panes::layers::LayersPane;
use super::panes::raw::RawPane;
use super::panes::table::preview;
use super::panes::timeline::TimelinePane;
use super::panes::together::TogetherPane;
use super::panes::verdict::VerdictPane;
use super::theme::{self, space};
use super::widgets::{Segment, segmented};
use crate::jose::Serialization;

/// Between the cards, in points.
const GAP: f32 = 10.0;

/// A timeline of several lanes gets no more than this share of the height; the rest of the lanes is scrolled.
const TIMELINE_SHARE: f32 = 0.36;

/// And one token's timeline no less than this, in points.
const TIMELINE: f32 = 138.0;

/// The height of verification or findings behind the tabs.
const TAB: f32 = 260.0;

/// The height of the tabs themselves, with the gap below.
const TABS: f32 = 34.0;

/// Header and claims get no less height than this; the rest is scrolled.
const MEMBERS: f32 = 168.0;

/// The raw token gets at least and at most this height.
const RAW: (f32, f32) = (112.0, 280.0);

/// A centre narrower than this has header and claims below each other.
const SIDE_BY_SIDE: f32 = 640.0;

/// Where the share of the header ends, side by side with the claims.
const HEADER_SHARE: f32 = 0.38;

/// The panes about the token on screen.
#[derive(Default)]
pub(super) struct Stage {
    verdict: VerdictPane,
    layers: LayersPane,
    raw: RawPane,
    header: HeaderPane,
    claims: ClaimsPane,
    timeline: TimelinePane,
    checks: ChecksPane,
    findings: FindingsPane,
    together: TogetherPane,
    /// What had the focus when the scroll areas last looked.
    focused: [Option<Id>; 2],
}

impl Stage {
    /// Verification and findings, one above the other.
    pub(super) fn column_ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let mut commands = Vec::new();
        ScrollArea::vertical()
            .id_salt("column")
            .auto_shrink(false)
            .show(ui, |ui| {
                commands.extend(reported(ui, Place::Checks, |ui| self.checks.ui(ui, model)));
                commands.extend(reported(ui, Place::Findings, |ui| {
                    self.findings.ui(ui, model)
                }));
                commands.extend(self.together.ui(ui, model));
                ui.add_space(GAP);
                focus::reveal(ui, &mut self.focused[0]);
            });
        commands
    }

    /// The token of a row of the table.
    pub(super) fn preview_ui(&mut self, ui: &mut Ui, model: &Model) -> Vec<Command> {
        let (layers, findings) = (&mut self.layers, &mut self.findings);
        let together = &mut self.together;
        preview(ui, model, |ui| {
            let mut commands = Vec::new();
            if model.layers().len() > 1 {
                let margin = Margin::symmetric(space::M as i8, space::XS as i8);
                let frame = Frame::new().inner_margin(margin);
                commands.extend(frame.show(ui, |ui| layers.ui(ui, model)).inner);
            }
            commands.extend(findings.ui(ui, model));
            commands.extend(together.ui(ui, model));
            commands
        })
    }

    /// Everything else; with `tabs` also what [`Stage::column_ui`] shows in a wide window.
    pub(super) fn centre_ui(&mut self, ui: &mut Ui, model: &Model, tabs: bool) -> Vec<Command> {
        let mut commands = Vec::new();
        self.header.set_form(model.layout.header);
        self.claims.set_form(model.layout.claims);
        let height = ui.available_height();
        ScrollArea::vertical()
            .id_salt("centre")
            .auto_shrink(false)
            .show(ui, |ui| {
                let width = ui.available_width();
                let start = ui.cursor().top();
                ui.spacing_mut().item_spacing.y = GAP;
                commands.extend(self.verdict.ui(ui, model));
                if model.layers().len() > 1 {
                    commands.extend(reported(ui, Place::Layers, |ui| self.layers.ui(ui, model)));
                }
                let most = (height * TIMELINE_SHARE).max(TIMELINE).floor();
                let timeline = self.timeline.height().min(most);
                let bottom = match model.layout.tab {
                    _ if !tabs => timeline,
                    Tab::Timeline => TABS + timeline,
                    Tab::Checks | Tab::Findings => TABS + TAB,
                };
                let stacked = width < SIDE_BY_SIDE;
                let header = MEMBERS + choices(model);
                let least = if stacked { 2.0 * header + GAP } else { header };
                // The raw token makes room for the rest, as long as a few lines of it are seen.
                let used = ui.cursor().top() - start;
                let left = height - used - least - bottom - 2.0 * GAP;
                let raw = (height * 0.3).min(left).clamp(RAW.0, RAW.1);
                let raw = vec2(width, raw.floor());
                ui.allocate_ui_with_layout(raw, Layout::top_down(Align::Min), |ui| {
                    commands.extend(reported(ui, Place::Raw, |ui| self.raw.ui(ui, model)));
                });
                let used = ui.cursor().top() - start;
                let members = (height - used - bottom - GAP).max(least).floor();
                commands.extend(self.members(ui, model, vec2(width, members), stacked));
                let (header, claims) = (self.header.form(), self.claims.form());
                if (header, claims) != (model.layout.header, model.layout.claims) {
                    commands.push(Command::SetForms { header, claims });
                }
                if tabs {
                    commands.extend(self.tabs(ui, model, vec2(width, bottom)));
                } else {
                    let place = place(ui, vec2(width, bottom));
                    commands.extend(within(ui, "timeline", place, |ui| {
                        reported(ui, Place::Timeline, |ui| self.timeline.ui(ui, model))
                    }));
                }
                focus::reveal(ui, &mut self.focused[1]);
            });
        commands
    }

    fn members(
        &mut self,
        ui: &mut Ui,
        model: &Model,
        size: egui::Vec2,
        stacked: bool,
    ) -> Vec<Command> {
        let area = place(ui, size);
        let (header, claims) = if stacked {
            let middle = area.center().y;
            (
                area.with_max_y(middle - GAP / 2.0),
                area.with_min_y(middle + GAP / 2.0),
            )
        } else {
            let border = area.left() + ((area.width() - GAP) * HEADER_SHARE).round();
            (area.with_max_x(border), area.with_min_x(border + GAP))
        };
        let mut commands = within(ui, "header", header, |ui| {
            reported(ui, Place::Header, |ui| self.header.ui(ui, model))
        });
        commands.extend(within(ui, "claims", claims, |ui| {
            reported(ui, Place::Claims, |ui| self.claims.ui(ui, model))
        }));
        commands
    }

    fn tabs(&mut self, ui: &mut Ui, model: &Model, size: egui::Vec2) -> Vec<Command> {
        let area = place(ui, size);
        let mut tab = model.layout.tab;
        let mut commands = within(ui, "tabs", area, |ui| {
            segmented(
                ui,
                &mut tab,
                &[
                    Segment {
                        value: Tab::Timeline,
                        label: "Timeline",
                        name: "Timeline",
                    },
                    Segment {
                        value: Tab::Checks,
                        label: "Verification",
                        name: "Verification",
                    },
                    Segment {
                        value: Tab::Findings,
                        label: "Findings",
                        name: "Findings",
                    },
                ],
            );
            let tokens = theme::tokens(ui);
            let panel = Frame::new()
                .fill(tokens.bg1)
                .stroke(egui::Stroke::new(1.0, tokens.line))
                .corner_radius(theme::radius::LARGE)
                .inner_margin(Margin::same(1));
            let scrolled = |ui: &mut Ui, show: &mut dyn FnMut(&mut Ui) -> Vec<Command>| {
                let area = ScrollArea::vertical().id_salt("tab").auto_shrink(false);
                panel.show(ui, |ui| area.show(ui, show).inner).inner
            };
            match tab {
                Tab::Checks => scrolled(ui, &mut |ui| {
                    reported(ui, Place::Checks, |ui| self.checks.ui(ui, model))
                }),
                Tab::Findings => scrolled(ui, &mut |ui| {
                    let mut commands =
                        reported(ui, Place::Findings, |ui| self.findings.ui(ui, model));
                    commands.extend(self.together.ui(ui, model));
                    commands
                }),
                Tab::Timeline => reported(ui, Place::Timeline, |ui| self.timeline.ui(ui, model)),
            }
        });
        if tab != model.layout.tab {
            commands.push(Command::SetTab(tab));
        }
        commands
    }
}

/// What the choice between signatures and between headers takes of the header's height, in points.
fn choices(model: &Model) -> f32 {
    let token = model.current().map(|(inspection, _)| &inspection.token);
    match token {
        Some(token) if token.entries() > 1 => 120.0,
        Some(token) if token.serialization != Serialization::Compact => 52.0,
        _ => 0.0,
    }
}

/// Shows a pane and says where it is, so that the keyboard can go from pane to pane.
fn reported<R>(ui: &mut Ui, place: Place, show: impl FnOnce(&mut Ui) -> R) -> R {
    let shown = ui.scope(show);
    focus::report(ui.ctx(), place, shown.response.rect);
    shown.inner
}

/// Room at the cursor.
fn place(ui: &mut Ui, size: egui::Vec2) -> Rect {
    let at = ui.cursor().min;
    ui.allocate_space(size);
    Rect::from_min_size(pos2(at.x, at.y), size)
}

/// Shows something in a rectangle that is taken already. What does not fit is cut at its edge.
fn within<R>(ui: &mut Ui, salt: &str, rect: Rect, show: impl FnOnce(&mut Ui) -> R) -> R {
    let builder = UiBuilder::new()
        .id_salt(salt)
        .max_rect(rect)
        .layout(Layout::top_down(Align::Min))
        .sense(Sense::hover());
    ui.scope_builder(builder, |ui| {
        ui.shrink_clip_rect(rect.expand(1.0));
        show(ui)
    })
    .inner
}
