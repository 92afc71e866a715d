//! The application: what happens before a frame, and where the panes stand in it.

use egui::{
    Align2, CentralPanel, FontId, Frame, Id, LayerId, Margin, Order, Panel, Rect, Ui, UiBuilder,
};

use super::clipboard::Purpose;
use super::commands::Command;
use super::desk::{Desk, Surroundings};
use super::dialogs::DialogKind;
use super::launch::LaunchOptions;
use super::loading::{Source, Wanted};
use super::manager::{KeyCommand, ManagerLayout};
use super::model::{Layout, Model};
use super::panes::focus;
use super::panes::manager::ManagerPane;
use super::panes::notices::NoticesPane;
use super::panes::policy::PolicyPane;
use super::panes::rail::RailPane;
use super::panes::status::StatusPane;
use super::panes::table::TablePane;
use super::panes::toolbar::ToolbarPane;
use super::panes::welcome::WelcomePane;
use super::privacy::OutputGuard;
use super::settings;
use super::shortcuts::{self, Asked};
use super::splitter::{self, Side};
use super::stage::Stage;
use super::theme::{self, size};

/// Below this width (in points) the rail is a strip.
const RAIL_FROM: f32 = 820.0;

/// Below this width verification and findings are tabs beside the timeline.
const COLUMN_FROM: f32 = 1100.0;

/// The window.
pub struct App {
    ctx: egui::Context,
    desk: Desk,
    guard: OutputGuard,
    /// What the panes asked for in the last frame.
    pending: Vec<Command>,
    toolbar: ToolbarPane,
    notices: NoticesPane,
    rail: RailPane,
    stage: Stage,
    table: TablePane,
    manager: ManagerPane,
    policy: PolicyPane,
    status: StatusPane,
    welcome: WelcomePane,
    /// The border that the keyboard is on.
    splitter: Option<splitter::Focused>,
}

impl App {
    /// An empty window on this machine.
    pub fn new(cc: &eframe::CreationContext<'_>) -> Self {
        Self::with_options(cc, LaunchOptions::default())
    }

    /// A window on this machine that opens with these.
    pub fn with_options(cc: &eframe::CreationContext<'_>, options: LaunchOptions) -> Self {
        Self::with_surroundings(cc, options, Surroundings::system())
    }

    /// A window with its own clock, clipboard and dialogs.
    pub fn with_surroundings(
        cc: &eframe::CreationContext<'_>,
        options: LaunchOptions,
        surroundings: Surroundings,
    ) -> Self {
        theme::install(&cc.egui_ctx);
        let guard = OutputGuard::default();
        cc.egui_ctx.add_plugin(guard.clone());
        let mut desk = Desk::new(surroundings, &cc.egui_ctx);
        desk.model.takes_drops = takes_drops(cc);
        // Zooming is in the table of actions, like everything with a shortcut.
        cc.egui_ctx.options_mut(|options| {
            options.zoom_with_keyboard = false;
            options.quit_shortcuts.clear();
        });
        if let Some(storage) = cc.storage {
            settings::restore(storage, &mut desk.model, &cc.egui_ctx);
        }
        desk.model.theme = cc.egui_ctx.options(|options| options.theme_preference);
        let keys = options
            .keys
            .into_iter()
            .map(|path| (Source::File(path), Wanted::Keys));
        let inputs = options
            .inputs
            .into_iter()
            .map(|input| (Source::Argument(input), Wanted::Tokens));
        desk.model.saved.is_possible = desk.keeping.is_possible();
        if desk.model.saved.is_possible {
            desk.look_at_saved();
        }
        if desk.policy_store.is_some() {
            desk.model.policies.place = super::policies::SavedPlace::Ready;
        }
        desk.look_at_policies();
        desk.load(keys.chain(inputs).collect(), "Opened");
        Self {
            ctx: cc.egui_ctx.clone(),
            desk,
            guard,
            pending: Vec::new(),
            toolbar: ToolbarPane::default(),
            notices: NoticesPane::default(),
            rail: RailPane::default(),
            stage: Stage::default(),
            table: TablePane::default(),
            manager: ManagerPane::default(),
            policy: PolicyPane::default(),
            status: StatusPane,
            welcome: WelcomePane,
            splitter: None,
        }
    }

    /// What the window shows.
    pub fn model(&self) -> &Model {
        &self.desk.model
    }

    /// Whether nothing is being worked on and no command waits.
    pub fn is_idle(&self) -> bool {
        self.pending.is_empty() && self.desk.is_idle()
    }
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, frame: &mut eframe::Frame) {
        if ctx.cumulative_frame_nr() == 1 {
            // `.ci/first-frame` waits for it.
            log::info!("first frame shown");
        }
        if let Some(text) = self.desk.collect() {
            // Where the focus has moved on meanwhile, nobody reads it.
            ctx.input_mut(|input| input.events.push(egui::Event::Paste(text)));
        }
        if let Some(back) = self.desk.gives_back.take() {
            focus::give_back(ctx, back);
        }
        for text in self.guard.take_copied() {
            self.desk.copy(text, "the selected text", false);
        }
        focus::settle(ctx);
        if let Some(splitter) = self.splitter {
            splitter::keys(ctx, splitter);
        }
        if let Some(theme) = self.desk.system_theme() {
            // What "as the system" means where egui is not told.
            ctx.options_mut(|options| options.fallback_theme = theme);
        }
        // The window's own button, or the desktop.
        let is_closing = ctx.input(|input| input.viewport().close_requested());
        if is_closing && self.desk.is_to_ask_before_closing() {
            ctx.send_viewport_cmd(egui::ViewportCommand::CancelClose);
            self.pending.push(Command::ShowDialog(DialogKind::Closing));
        }
        let is_asking = self.desk.dialog.is_some();
        for asked in shortcuts::take(ctx, &self.desk.model, is_asking) {
            match asked {
                Asked::Command(command) => self.pending.push(command),
                Asked::PasteIntoField => self.desk.read_clipboard(Purpose::Field),
            }
        }
        // Taken out: while the window is hidden, the input of its last frame comes again.
        let dropped = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
        let dropped = dropped
            .iter()
            .map(|file| (Source::File(file.path().to_owned()), Wanted::Tokens));
        self.desk.load(dropped.collect(), "Dropped");
        for command in std::mem::take(&mut self.pending) {
            self.desk.apply(command, ctx, frame);
        }
        let is_visible = ctx.input(|input| input.viewport().visible().unwrap_or(true));
        if let Some(next) = self.desk.tick(is_visible) {
            ctx.request_repaint_after(next);
        }
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        let commands = self.panes(ui);
        if let Some(mut dialog) = self.desk.dialog.take() {
            let (commands, stays) = dialog.ui(ui, &self.desk.model);
            if !stays && let Some(back) = dialog.back() {
                focus::give_back(ui.ctx(), back);
            }
            self.pending.extend(commands);
            self.desk.dialog = stays.then_some(dialog);
        }
        drop_overlay(ui);
        self.pending.extend(commands);
        if !self.pending.is_empty() {
            ui.ctx().request_repaint();
        }
    }

    /// Beside eframe's own window geometry. Nothing of what is open.
    fn save(&mut self, storage: &mut dyn eframe::Storage) {
        settings::keep(storage, &self.desk.model, &self.ctx);
    }

    fn on_exit(&mut self) {
        self.desk.clipboard.close();
    }

    /// Nothing that widgets remember goes to disk: text fields may hold what is secret.
    fn persist_egui_memory(&self) -> bool {
        false
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}

impl App {
    fn panes(&mut self, ui: &mut Ui) -> Vec<Command> {
        let model = &self.desk.model;
        let mut layout = model.layout;
        // Other ids, so that egui's memory of the old sizes is not asked.
        let salt = |name: &'static str| (name, model.layout_resets);
        let tokens = theme::tokens(ui);
        let width = ui.ctx().content_rect().width();
        let bar = |vertical| {
            Frame::new()
                .fill(tokens.bg1)
                .inner_margin(Margin::symmetric(12, vertical))
        };
        let mut commands = Vec::new();
        let toolbar = Panel::top("toolbar")
            .exact_size(44.0)
            .frame(bar(0))
            .resizable(false);
        commands.extend(toolbar.show(ui, |ui| self.toolbar.ui(ui, model)).inner);
        let status = Panel::bottom("status")
            .exact_size(24.0)
            .frame(bar(0))
            .resizable(false);
        let status = status.show(ui, kept).inner;
        if !model.notices.is_empty() {
            let notices = Panel::top("notices")
                .exact_size(self.notices.height())
                .frame(Frame::new().fill(tokens.bg1))
                .resizable(false);
            commands.extend(notices.show(ui, |ui| self.notices.ui(ui, model)).inner);
        }
        let side = Frame::new().fill(tokens.bg1);
        let mut splitter = None;
        let is_manager = model.manager.is_open;
        let is_policy = model.policies.is_open;
        let is_room = is_manager || is_policy;
        let is_table = model.table.is_open && !model.session.tokens.is_empty() && !is_room;
        if is_table || is_room {
            // The table is the list.
        } else if width < RAIL_FROM {
            let strip = Panel::left("strip")
                .exact_size(48.0)
                .frame(side)
                .resizable(false);
            commands.extend(strip.show(ui, |ui| self.rail.strip_ui(ui, model)).inner);
        } else {
            let rail = Panel::left(salt("rail"))
                .default_size(layout.rail)
                .size_range(Layout::RAIL)
                .frame(side);
            let shown = rail.show(ui, |ui| self.rail.ui(ui, model));
            layout.rail = shown.response.rect.width();
            splitter = splitter::show(ui, shown.response.rect, Side::Right);
            commands.extend(shown.inner);
        }
        let ground = Frame::new().fill(tokens.bg0).inner_margin(Margin::same(10));
        let is_wide = width >= COLUMN_FROM;
        let mut column_place = None;
        if is_manager {
            if is_wide && model.chosen_key().is_some() {
                let column = Panel::right(salt("key details"))
                    .default_size(layout.manager.details)
                    .size_range(ManagerLayout::DETAILS)
                    .frame(side);
                let shown = column.show(ui, kept);
                layout.manager.details = shown.response.rect.width();
                splitter = splitter.or(splitter::show(ui, shown.response.rect, Side::Left));
                column_place = Some(shown.inner);
            }
        } else if is_wide && (model.current().is_some() || is_policy) {
            let column = Panel::right(salt("column"))
                .default_size(layout.column)
                .size_range(Layout::COLUMN)
                .frame(side);
            let shown = column.show(ui, kept);
            layout.column = shown.response.rect.width();
            splitter = splitter.or(splitter::show(ui, shown.response.rect, Side::Left));
            column_place = Some(shown.inner);
        }
        let centre = CentralPanel::no_frame().frame(ground).show(ui, |ui| {
            if is_manager {
                self.manager.ui(ui, model, is_wide)
            } else if is_policy {
                self.policy.ui(ui, model, is_wide)
            } else if is_table {
                self.table.ui(ui, model)
            } else if model.current().is_some() {
                self.stage.centre_ui(ui, model, !is_wide)
            } else {
                self.welcome.ui(ui, model)
            }
        });
        commands.extend(centre.inner);
        // Their places are taken before the centre; the keyboard comes to them after it.
        if let Some(place) = column_place {
            let column = within(ui, place, |ui| {
                if is_manager {
                    self.manager.details_ui(ui, model)
                } else if is_policy {
                    self.policy.effect_ui(ui, model)
                } else if is_table {
                    self.stage.preview_ui(ui, model)
                } else {
                    self.stage.column_ui(ui, model)
                }
            });
            commands.extend(column);
        }
        commands.extend(within(ui, status, |ui| self.status.ui(ui, model)));
        self.splitter = splitter;
        if layout != model.layout {
            let (rail, column) = (layout.rail, layout.column);
            if layout.manager == model.layout.manager {
                commands.push(Command::SetWidths { rail, column });
            } else {
                commands.push(KeyCommand::SetWidth(layout.manager.details).into());
            }
        }
        commands
    }
}

/// Takes all the place that is there, for something that is shown later.
fn kept(ui: &mut Ui) -> Rect {
    let rect = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(rect);
    rect
}

/// Shows something in a place that is kept for it.
fn within<R>(ui: &mut Ui, place: Rect, show: impl FnOnce(&mut Ui) -> R) -> R {
    let mut child = ui.new_child(UiBuilder::new().max_rect(place));
    child.shrink_clip_rect(place);
    show(&mut child)
}

/// Says that what hangs over the window may be let go.
fn drop_overlay(ui: &Ui) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let tokens = theme::tokens(ui);
    let painter = ui
        .ctx()
        .layer_painter(LayerId::new(Order::Foreground, Id::unique("drop overlay")));
    let screen = ui.ctx().content_rect();
    painter.rect_filled(screen, 0.0, tokens.bg0.gamma_multiply(0.9));
    painter.text(
        screen.center(),
        Align2::CENTER_CENTER,
        "Drop to read tokens and keys",
        FontId::proportional(size::TITLE),
        tokens.text,
    );
}

/// winit takes no drops on Wayland.
fn takes_drops(cc: &eframe::CreationContext<'_>) -> bool {
    use eframe::wgpu::rwh::{HasDisplayHandle as _, RawDisplayHandle};
    cc.display_handle().map_or(true, |handle| {
        !matches!(handle.as_raw(), RawDisplayHandle::Wayland(_))
    })
}
