//! The theme as egui wants it.

use egui::style::{ScrollStyle, Selection, WidgetVisuals, Widgets};
use egui::{
    CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals,
    vec2,
};

use super::fonts;
use super::tokens::{DARK, LIGHT, Tokens, radius, size};

/// Puts both themes and the bundled faces into egui. Call it once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts::bundled());
    for (theme, tokens) in [(Theme::Dark, &DARK), (Theme::Light, &LIGHT)] {
        let mut style = (*ctx.style_of(theme)).clone();
        text(&mut style);
        spacing(&mut style);
        style.visuals = visuals(tokens);
        ctx.set_style_of(theme, style);
    }
}

fn text(style: &mut Style) {
    style.text_styles = [
        (
            TextStyle::Small,
            FontId::new(size::SMALL, FontFamily::Proportional),
        ),
        (
            TextStyle::Body,
            FontId::new(size::BODY, FontFamily::Proportional),
        ),
        (
            TextStyle::Button,
            FontId::new(size::BODY, FontFamily::Proportional),
        ),
        (
            TextStyle::Monospace,
            FontId::new(size::MONO, FontFamily::Monospace),
        ),
        (TextStyle::Heading, fonts::semibold(size::TITLE)),
    ]
    .into();
    // Clicks on words belong to the row or card around them.
    style.interaction.selectable_labels = false;
}

fn spacing(style: &mut Style) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 4.0);
    spacing.button_padding = vec2(8.0, 4.0);
    spacing.interact_size = vec2(24.0, 24.0);
    spacing.menu_margin = Margin::same(4);
    spacing.window_margin = Margin::same(12);
    spacing.tooltip_width = 420.0;
    spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        floating_allocated_width: 8.0,
        handle_min_length: 24.0,
        dormant_background_opacity: 0.0,
        // Seen without the pointer on it: it says that there is more.
        foreground_color: true,
        dormant_handle_opacity: 0.4,
        active_handle_opacity: 0.5,
        interact_handle_opacity: 0.7,
        ..ScrollStyle::thin()
    };
    spacing.scroll.fade.strength = 0.0;
}

fn visuals(tokens: &Tokens) -> Visuals {
    let base = if tokens.is_dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: tokens.shadow.gamma_multiply(0.6),
    };
    let mut visuals = Visuals {
        widgets: widgets(tokens),
        selection: Selection {
            bg_fill: tokens.selection,
            stroke: Stroke::new(1.0, tokens.accent),
        },
        weak_text_color: Some(tokens.dim),
        hyperlink_color: tokens.accent,
        faint_bg_color: tokens.bg2,
        extreme_bg_color: tokens.bg0,
        text_edit_bg_color: Some(tokens.bg0),
        code_bg_color: tokens.bg2,
        warn_fg_color: tokens.warn,
        error_fg_color: tokens.bad,
        window_corner_radius: CornerRadius::same(radius::LARGE),
        window_shadow: shadow,
        window_fill: tokens.bg1,
        window_stroke: Stroke::new(1.0, tokens.line),
        menu_corner_radius: CornerRadius::same(radius::SMALL),
        panel_fill: tokens.bg1,
        popup_shadow: shadow,
        ..base
    };
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.accent);
    visuals
}

fn widgets(tokens: &Tokens) -> Widgets {
    let rest = WidgetVisuals {
        bg_fill: tokens.bg2,
        weak_bg_fill: tokens.bg2,
        bg_stroke: Stroke::new(1.0, tokens.line),
        corner_radius: CornerRadius::same(radius::SMALL),
        fg_stroke: Stroke::new(1.0, tokens.text),
        expansion: 0.0,
    };
    let with = |fill, stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: stroke,
        ..rest
    };
    Widgets {
        noninteractive: with(tokens.bg1, Stroke::new(1.0, tokens.line)),
        inactive: rest,
        hovered: with(tokens.bg3, Stroke::new(1.0, tokens.faint)),
        // Pressed, and focused by the keyboard: the ring must be seen.
        active: with(tokens.bg3, Stroke::new(1.5, tokens.accent)),
        open: with(tokens.bg3, Stroke::new(1.0, tokens.line)),
    }
}
