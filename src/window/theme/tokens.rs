//! Every colour, space, radius and size of type. Nothing outside this file names a raw one.
#![expect(
    clippy::disallowed_methods,
    reason = "the one place that makes colours"
)]

use egui::Color32;

use crate::jose::PartRole;
use crate::judge::{CheckResult, Severity, VerdictOutcome};

/// Distances between things, in points.
pub mod space {
    /// Between a sign and its word.
    pub const XXS: f32 = 2.0;
    /// Between words of one line.
    pub const XS: f32 = 4.0;
    /// Between things that belong together.
    pub const S: f32 = 8.0;
    /// Between groups, and around the content of a card.
    pub const M: f32 = 12.0;
    /// Around what stands alone.
    pub const L: f32 = 16.0;
    /// Between chapters.
    pub const XL: f32 = 24.0;
}

/// Rounding of corners, in points.
pub mod radius {
    /// Of buttons, fields, chips.
    pub const SMALL: u8 = 6;
    /// Of cards.
    pub const LARGE: u8 = 8;
}

/// Sizes of type, in points.
pub mod size {
    /// Notes, tags, headings of sections.
    pub const SMALL: f32 = 11.0;
    /// Tokens, values, ids; secondary text.
    pub const MONO: f32 = 12.0;
    /// Text.
    pub const BODY: f32 = 13.0;
    /// The verdict.
    pub const TITLE: f32 = 18.0;
}

/// The colours of one theme, named by what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Whether the theme is dark.
    pub is_dark: bool,
    /// Behind the cards.
    pub bg0: Color32,
    /// Cards, panels, bars.
    pub bg1: Color32,
    /// Chips, buttons and cards on cards.
    pub bg2: Color32,
    /// What is chosen or under the pointer.
    pub bg3: Color32,
    /// Lines between and around things.
    pub line: Color32,
    /// Text.
    pub text: Color32,
    /// Secondary text.
    pub dim: Color32,
    /// Text that may be overlooked: counts, shortcuts, dots.
    pub faint: Color32,
    /// Focus, links, the main action.
    pub accent: Color32,
    /// Text on [`Tokens::accent`].
    pub on_accent: Color32,
    /// Behind selected characters.
    pub selection: Color32,
    /// Under a raised thing.
    pub shadow: Color32,
    /// Status: it holds.
    pub ok: Color32,
    /// Status: open, or only just.
    pub warn: Color32,
    /// Status: refused.
    pub bad: Color32,
    /// Severity critical.
    pub critical: Color32,
    /// Severity high.
    pub high: Color32,
    /// Severity medium.
    pub medium: Color32,
    /// Severity low.
    pub low: Color32,
    /// Severity info.
    pub info: Color32,
    /// The header, in every pane.
    pub header: Color32,
    /// The payload or ciphertext, in every pane.
    pub payload: Color32,
    /// The signature or authentication tag, in every pane.
    pub signature: Color32,
    /// The encrypted content key of a JWE, in every pane.
    pub encrypted_key: Color32,
    /// The initialization vector of a JWE, in every pane.
    pub iv: Color32,
}

/// The dark theme.
pub const DARK: Tokens = Tokens {
    is_dark: true,
    bg0: rgb(*b"0E1116"),
    bg1: rgb(*b"151A21"),
    bg2: rgb(*b"1B222B"),
    bg3: rgb(*b"252E39"),
    line: rgb(*b"2A333F"),
    text: rgb(*b"E6EAF0"),
    dim: rgb(*b"9AA5B4"),
    faint: rgb(*b"8A95A4"),
    accent: rgb(*b"5AA9FF"),
    on_accent: rgb(*b"071019"),
    selection: rgb(*b"1A2C42"),
    shadow: rgb(*b"05070A"),
    ok: rgb(*b"3FB97A"),
    warn: rgb(*b"E0A23B"),
    bad: rgb(*b"F5707B"),
    critical: rgb(*b"FF6079"),
    high: rgb(*b"FF7A59"),
    medium: rgb(*b"E0A23B"),
    low: rgb(*b"B8A66B"),
    info: rgb(*b"6FA8DC"),
    header: rgb(*b"FF8A7A"),
    payload: rgb(*b"B79CFF"),
    signature: rgb(*b"5CC8E6"),
    encrypted_key: rgb(*b"F08CC8"),
    iv: rgb(*b"B5C95A"),
};

/// The light theme.
pub const LIGHT: Tokens = Tokens {
    is_dark: false,
    bg0: rgb(*b"F3F5F8"),
    bg1: rgb(*b"FFFFFF"),
    bg2: rgb(*b"F7F9FB"),
    bg3: rgb(*b"E9EEF4"),
    line: rgb(*b"D8DFE8"),
    text: rgb(*b"17202B"),
    dim: rgb(*b"52606F"),
    faint: rgb(*b"5B6876"),
    accent: rgb(*b"1A63C2"),
    on_accent: rgb(*b"FFFFFF"),
    selection: rgb(*b"DCEAFD"),
    shadow: rgb(*b"C3CCD7"),
    ok: rgb(*b"117341"),
    warn: rgb(*b"8A5800"),
    bad: rgb(*b"C42B3C"),
    critical: rgb(*b"B90F36"),
    high: rgb(*b"B04118"),
    medium: rgb(*b"8A5800"),
    low: rgb(*b"6F6125"),
    info: rgb(*b"28659F"),
    header: rgb(*b"B83C29"),
    payload: rgb(*b"6B46C9"),
    signature: rgb(*b"0A6F89"),
    encrypted_key: rgb(*b"A8327F"),
    iv: rgb(*b"5F6B00"),
};

/// The colours of the theme that is on.
pub fn tokens(ctx: &egui::Context) -> &'static Tokens {
    match ctx.theme() {
        egui::Theme::Dark => &DARK,
        egui::Theme::Light => &LIGHT,
    }
}

impl Tokens {
    /// The colour of a part, the same in every pane.
    pub fn part(&self, role: PartRole) -> Color32 {
        match role {
            PartRole::KeyBinding | PartRole::ProtectedHeader | PartRole::UnprotectedHeader => {
                self.header
            }
            PartRole::Payload | PartRole::Ciphertext | PartRole::Disclosure => self.payload,
            PartRole::Signature | PartRole::Tag => self.signature,
            PartRole::EncryptedKey => self.encrypted_key,
            PartRole::Iv => self.iv,
            PartRole::Aad | PartRole::Key | PartRole::Token => self.text,
        }
    }

    /// The colour of a severity.
    pub fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// The colour of a verdict. Unknown is a warning, never green or red.
    pub fn verdict(&self, outcome: VerdictOutcome) -> Color32 {
        match outcome {
            VerdictOutcome::Accept => self.ok,
            VerdictOutcome::Reject => self.bad,
            VerdictOutcome::Undetermined => self.warn,
        }
    }

    /// The colour of a check's result.
    pub fn check(&self, result: CheckResult) -> Color32 {
        match result {
            CheckResult::Failed => self.bad,
            CheckResult::NotRun => self.faint,
            CheckResult::Passed => self.ok,
        }
    }

    /// A card's colour with a hint of another.
    pub fn tint(&self, color: Color32) -> Color32 {
        mix(self.bg1, color, 0.11)
    }

    /// A stretch of the timeline, of a status.
    pub fn zone(&self, color: Color32) -> Color32 {
        mix(self.bg1, color, if color == self.bad { 0.16 } else { 0.28 })
    }

    /// The line inside of a card, between rows.
    pub fn row_line(&self) -> Color32 {
        mix(self.bg1, self.line, 0.55)
    }
}

/// `share` of `over` on `under`, both opaque.
pub fn mix(under: Color32, over: Color32, share: f32) -> Color32 {
    let blend = |a: u8, b: u8| {
        let (a, b) = (f32::from(a), f32::from(b));
        (a + (b - a) * share.clamp(0.0, 1.0)).round() as u8
    };
    Color32::from_rgb(
        blend(under.r(), over.r()),
        blend(under.g(), over.g()),
        blend(under.b(), over.b()),
    )
}

/// The contrast of two opaque colours, 1 to 21 (WCAG 2.2, "contrast ratio").
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(color: Color32) -> f32 {
    let linear = |channel: u8| {
        let channel = f32::from(channel) / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

/// A colour from six hexadecimal digits.
const fn rgb([r1, r0, g1, g0, b1, b0]: [u8; 6]) -> Color32 {
    Color32::from_rgb(
        digit(r1) * 16 + digit(r0),
        digit(g1) * 16 + digit(g0),
        digit(b1) * 16 + digit(b0),
    )
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        _ => character - b'A' + 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((contrast(rgb(*b"000000"), rgb(*b"FFFFFF")) - 21.0).abs() < 0.01);
        assert!((contrast(rgb(*b"767676"), rgb(*b"FFFFFF")) - 4.54).abs() < 0.01);
    }

    #[test]
    fn text_can_be_read_on_every_surface() {
        for theme in [&DARK, &LIGHT] {
            let texts = [
                ("text", theme.text),
                ("dim", theme.dim),
                ("faint", theme.faint),
                ("accent", theme.accent),
                ("ok", theme.ok),
                ("warn", theme.warn),
                ("bad", theme.bad),
                ("critical", theme.critical),
                ("high", theme.high),
                ("medium", theme.medium),
                ("low", theme.low),
                ("info", theme.info),
                ("header", theme.header),
                ("payload", theme.payload),
                ("signature", theme.signature),
                ("encrypted key", theme.encrypted_key),
                ("iv", theme.iv),
            ];
            let surfaces = [
                ("bg0", theme.bg0),
                ("bg1", theme.bg1),
                ("bg2", theme.bg2),
                ("bg3", theme.bg3),
                ("selection", theme.selection),
                ("tint of bad", theme.tint(theme.bad)),
                ("tint of warn", theme.tint(theme.warn)),
                ("tint of ok", theme.tint(theme.ok)),
                ("tint of high", theme.tint(theme.high)),
                ("tint of info", theme.tint(theme.info)),
            ];
            for (text, color) in texts {
                for (surface, under) in surfaces {
                    let found = contrast(color, under);
                    assert!(
                        found >= 4.5,
                        "{text} on {surface}, dark {}: {found:.2}",
                        theme.is_dark
                    );
                }
            }
            for zone in [theme.ok, theme.warn, theme.bad] {
                assert!(
                    contrast(theme.text, theme.zone(zone)) >= 4.5,
                    "dark {}",
                    theme.is_dark
                );
            }
            assert!(
                contrast(theme.on_accent, theme.accent) >= 4.5,
                "dark {}",
                theme.is_dark
            );
        }
    }

    #[test]
    fn marks_stand_out_from_what_is_on_them_and_behind_them() {
        for theme in [&DARK, &LIGHT] {
            for line in [theme.accent, theme.bad, theme.text] {
                for zone in [theme.ok, theme.warn, theme.bad] {
                    let found = contrast(line, theme.zone(zone));
                    assert!(found >= 3.0, "dark {}: {found:.2}", theme.is_dark);
                }
            }
            for mark in [theme.ok, theme.warn, theme.bad, theme.faint, theme.accent] {
                for under in [theme.bg0, theme.bg1, theme.bg2, theme.bg3] {
                    assert!(contrast(mark, under) >= 3.0);
                }
            }
        }
    }
}
