//! Panes over a model made from real tokens and keys, without the rest of the window.

use egui::{Rect, Theme, UiBuilder, pos2, vec2};
use egui_kittest::{Harness, HarnessBuilder};
use jiff::Timestamp;
use tokenloupe::find::{Candidate, Place, Where};
use tokenloupe::inspection::Session;
use tokenloupe::judge::{Issuer, Policy};
use tokenloupe::keys::{KeyRing, load};
use tokenloupe::verify::Setting;
use tokenloupe::window::commands::Command;
use tokenloupe::window::model::{Clock, Model};
use tokenloupe::window::panes::checks::ChecksPane;
use tokenloupe::window::panes::claims::ClaimsPane;
use tokenloupe::window::panes::findings::FindingsPane;
use tokenloupe::window::panes::header::HeaderPane;
use tokenloupe::window::panes::raw::RawPane;
use tokenloupe::window::panes::timeline::TimelinePane;
use tokenloupe::window::panes::verdict::VerdictPane;
use tokenloupe::window::theme;

/// The instant of the judgements: three days after the sample expired.
pub(crate) const NOW: &str = "2026-11-21T22:40:13Z";

/// All panes of a token, their model, and what they asked for.
#[derive(Default)]
pub(crate) struct Stage {
    pub(crate) model: Model,
    pub(crate) commands: Vec<Command>,
    pub(crate) verdict: VerdictPane,
    pub(crate) raw: RawPane,
    pub(crate) header: HeaderPane,
    pub(crate) claims: ClaimsPane,
    pub(crate) timeline: TimelinePane,
    pub(crate) checks: ChecksPane,
    pub(crate) findings: FindingsPane,
}

impl Stage {
    /// A stage with this token at [`NOW`].
    pub(crate) fn new(token: &str, keys: KeyRing, policy: Policy) -> Self {
        let mut session = Session {
            tokens: Vec::new(),
            keys,
            policy,
            setting: Setting::default(),
            ..Session::default()
        };
        session.adding().add(Candidate {
            text: token.trim().to_owned().into(),
            place: Place {
                name: "test".to_owned(),
                byte_range: 0..token.len(),
                line: 1,
                where_: Where::Bare,
                name_in: None,
                repairs: Vec::new(),
            },
        });
        let mut stage = Self {
            model: Model {
                session,
                current: Some(0),
                now: NOW.parse().unwrap(),
                ..Model::default()
            },
            ..Self::default()
        };
        stage.judge();
        stage
    }

    /// The ID token of `assets/samples/request.http`, with its issuer's keys and a policy that fits.
    pub(crate) fn id_token() -> Self {
        let request = sample("request.http");
        let token = request
            .lines()
            .find_map(|line| line.strip_prefix("Authorization: Bearer "))
            .unwrap();
        let policy = Policy {
            algorithms: vec!["RS256".to_owned()],
            issuers: vec![Issuer::new("https://accounts.example")],
            audiences: vec!["web-portal".to_owned()],
            ..Policy::default()
        };
        Self::new(token, issuer_keys(), policy)
    }

    /// The encrypted token of `assets/samples/request.http`.
    pub(crate) fn jwe() -> Self {
        let request = sample("request.http");
        let (_, rest) = request.split_once("\"refresh_token\"").unwrap();
        let token = rest.split('"').nth(1).unwrap();
        Self::new(token, issuer_keys(), Policy::default())
    }

    pub(crate) fn judge(&mut self) {
        let now = match self.model.clock {
            Clock::Frozen(at) => at,
            Clock::Live => self.model.now,
        };
        self.model.judgements = self
            .model
            .session
            .tokens
            .iter()
            .map(|inspection| inspection.judge(&self.model.session.policy, now))
            .collect();
    }

    /// Moves the clock as the window does.
    pub(crate) fn freeze(&mut self, at: &str) {
        let at: Timestamp = at.parse().unwrap();
        self.model.clock = Clock::Frozen(at);
        self.model.now = at;
        self.judge();
    }

    /// Does what the panes asked for, where that is about selection, clock, zone and leeway.
    pub(crate) fn obey(&mut self, command: &Command) {
        match command {
            Command::Select(selection) => self.model.selection.clone_from(selection),
            Command::FreezeClock(at) => {
                self.model.clock = Clock::Frozen(*at);
                self.model.now = *at;
            }
            Command::LiveClock => {
                self.model.clock = Clock::Live;
                self.model.now = NOW.parse().unwrap();
            }
            Command::SetLeeway(seconds) => self.model.session.policy.leeway_seconds = *seconds,
            Command::SetZone(zone) => self.model.zone = *zone,
            _ => {}
        }
        self.judge();
    }

    /// The panes as they stand in the window: the middle and the right column.
    pub(crate) fn all(&mut self, ui: &mut egui::Ui) {
        let tokens = theme::tokens(ui);
        let rect = ui.ctx().content_rect();
        ui.painter().rect_filled(rect, 0, tokens.bg0);
        let right = Rect::from_min_max(pos2(rect.right() - 372.0, rect.top()), rect.max);
        ui.painter().rect_filled(right, 0, tokens.bg1);
        let middle = Rect::from_min_max(rect.min, pos2(right.left(), rect.bottom())).shrink(10.0);
        let model = &self.model;
        let mut commands = Vec::new();
        ui.scope_builder(UiBuilder::new().max_rect(middle), |ui| {
            ui.spacing_mut().item_spacing.y = 10.0;
            commands.extend(self.verdict.ui(ui, model));
            ui.scope(|ui| {
                ui.set_max_height(200.0);
                commands.extend(self.raw.ui(ui, model));
            });
            let rest = ui.available_rect_before_wrap();
            let bottom = rest.bottom() - 148.0;
            let split = rest.left() + (rest.width() * 0.38).floor();
            let header = Rect::from_min_max(rest.min, pos2(split, bottom));
            let claims =
                Rect::from_min_max(pos2(split + 10.0, rest.top()), pos2(rest.right(), bottom));
            let timeline = Rect::from_min_max(pos2(rest.left(), bottom + 10.0), rest.max);
            let at = |rect, salt: &str| UiBuilder::new().max_rect(rect).id_salt(salt.to_owned());
            ui.scope_builder(at(header, "header"), |ui| {
                commands.extend(self.header.ui(ui, model));
            });
            ui.scope_builder(at(claims, "claims"), |ui| {
                commands.extend(self.claims.ui(ui, model));
            });
            ui.scope_builder(at(timeline, "timeline"), |ui| {
                commands.extend(self.timeline.ui(ui, model));
            });
        });
        ui.scope_builder(UiBuilder::new().max_rect(right).id_salt("right"), |ui| {
            egui::ScrollArea::vertical()
                .auto_shrink(false)
                .show(ui, |ui| {
                    commands.extend(self.checks.ui(ui, model));
                    ui.add_space(6.0);
                    commands.extend(self.findings.ui(ui, model));
                });
        });
        for command in &commands {
            self.obey(command);
        }
        self.commands.extend(commands);
    }
}

/// The keys of `assets/samples/issuer.jwks.json`.
pub(crate) fn issuer_keys() -> KeyRing {
    KeyRing::new(load("jwks.json", sample("issuer.jwks.json").as_bytes()).unwrap())
}

pub(crate) fn sample(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/samples/");
    std::fs::read_to_string(format!("{folder}{name}")).unwrap()
}

/// A compact token of this header and payload, with a signature of three bytes.
pub(crate) fn token(header: &str, payload: &str) -> String {
    use tokenloupe::jose::base64url::encode;
    format!(
        "{}.{}.AQID",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    )
}

/// A harness that shows one thing of a stage.
pub(crate) fn harness(
    stage: Stage,
    size: [f32; 2],
    theme: Theme,
    show: impl FnMut(&mut egui::Ui, &mut Stage) + 'static,
) -> Harness<'static, Stage> {
    build(Harness::builder(), stage, size, theme, show)
}

pub(crate) fn build(
    builder: HarnessBuilder<Stage>,
    stage: Stage,
    size: [f32; 2],
    theme: Theme,
    show: impl FnMut(&mut egui::Ui, &mut Stage) + 'static,
) -> Harness<'static, Stage> {
    let mut harness = builder
        .with_size(vec2(size[0], size[1]))
        .with_theme(theme)
        .with_pixels_per_point(1.0)
        .with_max_steps(16)
        .with_step_dt(1.0 / 60.0)
        .with_context_setup(theme::install)
        .build_ui_state(show, stage);
    harness.run();
    harness
}
