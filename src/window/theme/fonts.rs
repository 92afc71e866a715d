//! Faces: the system's where one of those known to suit is installed, egui's bundled ones otherwise.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat};
use egui::{FontData, FontDefinitions, FontFamily, FontId};

use super::tokens::size;

/// The family of headings.
const SEMIBOLD: &str = "semibold";

/// No more directory entries than this are looked at.
const MAX_ENTRIES: usize = 20_000;

/// A larger file is no face for text.
const MAX_FILE_BYTES: u64 = 32 << 20;

/// A face by its files: the regular one, and the one for headings where there is one.
struct Face {
    regular: &'static str,
    semibold: &'static str,
}

/// Faces for text, the best first.
const TEXT: &[Face] = &[
    Face {
        regular: "Inter-Regular",
        semibold: "Inter-SemiBold",
    },
    Face {
        regular: "AdwaitaSans-Regular",
        semibold: "AdwaitaSans-SemiBold",
    },
    Face {
        regular: "segoeui",
        semibold: "seguisb",
    },
    Face {
        regular: "SFNS",
        semibold: "SFNS",
    },
    Face {
        regular: "NotoSans-Regular",
        semibold: "NotoSans-SemiBold",
    },
    Face {
        regular: "OpenSans-Regular",
        semibold: "OpenSans-SemiBold",
    },
    Face {
        regular: "Cantarell-Regular",
        semibold: "Cantarell-Bold",
    },
    Face {
        regular: "Ubuntu-R",
        semibold: "Ubuntu-M",
    },
    Face {
        regular: "DejaVuSans",
        semibold: "DejaVuSans-Bold",
    },
    Face {
        regular: "LiberationSans-Regular",
        semibold: "LiberationSans-Bold",
    },
];

/// Faces for tokens, values and ids, the best first.
const MONO: &[Face] = &[
    // First the one without ligatures: characters are shown one by one.
    Face {
        regular: "JetBrainsMonoNL-Regular",
        semibold: "JetBrainsMonoNL-Regular",
    },
    Face {
        regular: "JetBrainsMono-Regular",
        semibold: "JetBrainsMono-Regular",
    },
    Face {
        regular: "AdwaitaMono-Regular",
        semibold: "AdwaitaMono-Regular",
    },
    Face {
        regular: "CascadiaMono",
        semibold: "CascadiaMono",
    },
    Face {
        regular: "consola",
        semibold: "consola",
    },
    Face {
        regular: "SFNSMono",
        semibold: "SFNSMono",
    },
    Face {
        regular: "NotoSansMono-Regular",
        semibold: "NotoSansMono-Regular",
    },
    Face {
        regular: "DejaVuSansMono",
        semibold: "DejaVuSansMono",
    },
    Face {
        regular: "LiberationMono-Regular",
        semibold: "LiberationMono-Regular",
    },
];

/// The face of headings, at a size.
pub fn semibold(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(SEMIBOLD.into()))
}

/// The face of tokens, values and ids.
pub fn mono() -> FontId {
    FontId::monospace(size::MONO)
}

/// Adds text to a job so that every character is drawn for itself: a face's ligatures for `--` or `://` would hide
/// what stands there.
pub fn append_exact(job: &mut LayoutJob, text: &str, format: &TextFormat) {
    // `LayoutJob::append` would join sections of one format, and a section is what a face shapes as a whole.
    let mut add = |piece: &str| {
        let start = job.text.len();
        job.text.push_str(piece);
        job.sections.push(LayoutSection {
            leading_space: 0.0,
            byte_range: ByteIndex(start)..ByteIndex(job.text.len()),
            format: format.clone(),
        });
    };
    let mut start = 0;
    let mut previous = ' ';
    for (at, character) in text.char_indices() {
        let is_pair = previous.is_ascii_punctuation() && character.is_ascii_punctuation();
        // Letters join in `www` only.
        if is_pair || (previous == 'w' && character == 'w') {
            add(text.get(start..at).unwrap_or_default());
            start = at;
        }
        previous = character;
    }
    add(text.get(start..).unwrap_or_default());
}

/// Looks for the system's faces and puts them before the bundled ones. Reads the font directories, so it is
/// for a real window only: tests keep the bundled faces and look the same everywhere.
pub fn use_system_fonts(ctx: &egui::Context) {
    let files = font_files();
    let mut fonts = bundled();
    let find = |faces: &[Face]| {
        faces.iter().find_map(|face| {
            let regular = read(&files, face.regular)?;
            let semibold = read(&files, face.semibold).unwrap_or_else(|| Arc::clone(&regular));
            Some((face.regular, regular, semibold))
        })
    };
    let mut add = |name: String, data: Arc<FontData>, family: FontFamily| {
        fonts
            .families
            .entry(family)
            .or_default()
            .insert(0, name.clone());
        fonts.font_data.insert(name, data);
    };
    if let Some((name, regular, semibold)) = find(TEXT) {
        log::debug!("text face: {name}");
        add(
            format!("{name}, semibold"),
            semibold,
            FontFamily::Name(SEMIBOLD.into()),
        );
        add(name.to_owned(), regular, FontFamily::Proportional);
    }
    if let Some((name, regular, _)) = find(MONO) {
        log::debug!("monospace face: {name}");
        add(name.to_owned(), regular, FontFamily::Monospace);
    }
    ctx.set_fonts(fonts);
}

/// egui's own faces, which also serve for headings.
pub(super) fn bundled() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    let text = fonts
        .families
        .get(&FontFamily::Proportional)
        .cloned()
        .unwrap_or_default();
    fonts
        .families
        .insert(FontFamily::Name(SEMIBOLD.into()), text);
    fonts
}

/// A face's file, if it looks like one: egui panics on what is none.
fn read(files: &[PathBuf], name: &str) -> Option<Arc<FontData>> {
    let path = files
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == name))?;
    if path.metadata().ok()?.len() > MAX_FILE_BYTES {
        return None;
    }
    let bytes = std::fs::read(path).ok()?;
    let is_font = [&b"\0\x01\0\0"[..], b"OTTO", b"true"]
        .iter()
        .any(|magic| bytes.starts_with(magic));
    is_font.then(|| Arc::new(FontData::from_owned(bytes)))
}

/// The font files of this system, in no particular order.
fn font_files() -> Vec<PathBuf> {
    let mut open = directories();
    let mut files = Vec::new();
    let mut looked_at = 0_usize;
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(directory) else {
            continue;
        };
        for entry in entries.flatten() {
            looked_at = looked_at.saturating_add(1);
            if looked_at > MAX_ENTRIES {
                return files;
            }
            let path = entry.path();
            // Not through links: they may lead round in circles.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(path),
                Ok(_) if is_font_name(&path) => files.push(path),
                _ => {}
            }
        }
    }
    files
}

fn is_font_name(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("ttf") || extension.eq_ignore_ascii_case("otf")
    })
}

fn directories() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = if cfg!(windows) {
        std::env::var_os("WINDIR")
            .map(|windows| Path::new(&windows).join("Fonts"))
            .into_iter()
            .collect()
    } else if cfg!(target_os = "macos") {
        vec!["/System/Library/Fonts".into(), "/Library/Fonts".into()]
    } else {
        vec!["/usr/share/fonts".into(), "/usr/local/share/fonts".into()]
    };
    if let Some(user) = directories::UserDirs::new()
        && let Some(fonts) = user.font_dir()
    {
        directories.push(fonts.to_owned());
    }
    directories
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_have_a_face_without_any_system_font() {
        let fonts = bundled();
        let family = fonts
            .families
            .get(&FontFamily::Name(SEMIBOLD.into()))
            .expect("bound");
        assert!(family.iter().all(|name| fonts.font_data.contains_key(name)) && !family.is_empty());
    }

    #[test]
    fn exact_text_is_whole_and_cut_where_a_ligature_could_join() {
        let mut job = LayoutJob::default();
        append_exact(&mut job, "https://www.a--b", &TextFormat::default());
        assert_eq!(job.text, "https://www.a--b");
        let pieces: Vec<&str> = job
            .sections
            .iter()
            .map(|section| &job.text[section.byte_range.start.0..section.byte_range.end.0])
            .collect();
        assert_eq!(pieces, ["https:", "/", "/w", "w", "w.a-", "-b"]);
    }

    #[test]
    fn what_is_no_font_is_not_handed_to_egui() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("Inter-Regular.ttf");
        std::fs::write(&path, b"<html>not found</html>").expect("written");
        assert!(read(&[path], "Inter-Regular").is_none());
    }
}
