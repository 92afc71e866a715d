//! What is remembered between two runs: how the window looks, and which saved policy was in force. Nothing of what was open.

use egui::{Context, ThemePreference};
use serde::{Deserialize, Serialize};

use super::commands::ZOOM;
use super::model::{Layout, Model, Zone};

/// Under this name eframe's storage keeps them.
const KEY: &str = "settings";

/// The remembered looks, as JSON. What is missing or cannot be read is as in a new window.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    theme: Theme,
    zone: Zone,
    /// 1 is the system's size.
    zoom: Option<f32>,
    layout: Layout,
    /// The file of the saved policy that was in force.
    policy: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    Dark,
    Light,
    #[default]
    System,
}

impl From<ThemePreference> for Theme {
    fn from(theme: ThemePreference) -> Self {
        match theme {
            ThemePreference::Dark => Self::Dark,
            ThemePreference::Light => Self::Light,
            ThemePreference::System => Self::System,
        }
    }
}

impl From<Theme> for ThemePreference {
    fn from(theme: Theme) -> Self {
        match theme {
            Theme::Dark => Self::Dark,
            Theme::Light => Self::Light,
            Theme::System => Self::System,
        }
    }
}

/// Makes the window look as it did.
pub(super) fn restore(storage: &dyn eframe::Storage, model: &mut Model, ctx: &Context) {
    let Some(text) = storage.get_string(KEY) else {
        return;
    };
    let settings = read(&text);
    ctx.set_theme(ThemePreference::from(settings.theme));
    model.zone = settings.zone;
    model.layout = settings.layout.sane();
    model.policies.remembered = settings.policy;
    if let Some(zoom) = settings.zoom.filter(|zoom| ZOOM.contains(zoom)) {
        ctx.set_zoom_factor(zoom);
    }
}

/// Keeps how the window looks.
pub(super) fn keep(storage: &mut dyn eframe::Storage, model: &Model, ctx: &Context) {
    let settings = Settings {
        theme: model.theme.into(),
        zone: model.zone,
        zoom: Some(ctx.zoom_factor()),
        layout: model.layout,
        // Until the saved ones are known, the one that was remembered.
        policy: model
            .policies
            .file
            .clone()
            .or(model.policies.remembered.clone()),
    };
    if let Ok(text) = serde_json::to_string(&settings) {
        storage.set_string(KEY, text);
    }
}

/// One member that cannot be read costs no other.
fn read(text: &str) -> Settings {
    let Ok(serde_json::Value::Object(members)) = serde_json::from_str(text) else {
        return Settings::default();
    };
    Settings {
        theme: member(&members, "theme").unwrap_or_default(),
        zone: member(&members, "zone").unwrap_or_default(),
        zoom: member(&members, "zoom"),
        layout: member(&members, "layout").unwrap_or_default(),
        policy: member(&members, "policy"),
    }
}

fn member<T: serde::de::DeserializeOwned>(
    members: &serde_json::Map<String, serde_json::Value>,
    name: &str,
) -> Option<T> {
    serde_json::from_value(members.get(name)?.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::window::table::{Column, Many, Widths};

    #[test]
    fn settings_come_back_as_they_were() {
        let settings = Settings {
            theme: Theme::Light,
            zone: Zone::Local,
            zoom: Some(1.5),
            layout: Layout {
                rail: 300.0,
                ..Layout::default()
            },
            policy: Some("web.json".to_owned()),
        };
        let text = serde_json::to_string(&settings).unwrap();
        assert_eq!(read(&text), settings);
    }

    /// What eframe writes to disk.
    #[derive(Default)]
    struct Disk(std::collections::BTreeMap<String, String>);

    impl eframe::Storage for Disk {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }

        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.to_owned(), value);
        }

        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }

        fn flush(&mut self) {}
    }

    /// A zoom factor holds from the next frame on.
    fn frame(ctx: &Context) {
        let output = ctx.run_ui(egui::RawInput::default(), |_| {});
        output.drop_without_applying_deltas();
    }

    #[test]
    fn a_new_window_looks_like_the_last_one_and_nothing_else_is_kept() {
        let mut disk = Disk::default();
        let ctx = Context::default();
        ctx.set_zoom_factor(1.5);
        frame(&ctx);
        let mut model = Model {
            theme: ThemePreference::Light,
            zone: Zone::Local,
            last_action: "Pasted eyJhbGciOiJub25lIn0".to_owned(),
            layout: Layout {
                column: 400.0,
                tab: crate::window::model::Tab::Findings,
                many: Many::List,
                columns: Widths::default().with(Column::Issuer, 300.0),
                ..Layout::default()
            },
            ..Model::default()
        };
        model.policies.file = Some("web.json".to_owned());
        keep(&mut disk, &model, &ctx);
        assert_eq!(disk.0.len(), 1);
        assert!(!disk.0[KEY].contains("eyJ"), "{}", disk.0[KEY]);

        let (mut new, ctx) = (Model::default(), Context::default());
        restore(&disk, &mut new, &ctx);
        assert_eq!((new.zone, new.layout), (model.zone, model.layout));
        assert_eq!(new.policies.remembered, model.policies.file);
        assert_eq!(ctx.options(|options| options.theme_preference), model.theme);
        frame(&ctx);
        assert!((ctx.zoom_factor() - 1.5).abs() < 1e-6);
    }

    #[test]
    fn what_cannot_be_read_is_as_in_a_new_window_and_costs_nothing_else() {
        assert_eq!(read("not json"), Settings::default());
        assert_eq!(read("[]"), Settings::default());
        let read = read(r#"{"theme":"dark","zone":7,"zoom":"big","layout":{"rail":"x"}}"#);
        assert_eq!(read.theme, Theme::Dark);
        assert_eq!((read.zone, read.zoom), (Zone::Utc, None));
        assert_eq!(read.layout, Layout::default());
    }
}
