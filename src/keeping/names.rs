//! Names of files that every file system takes.

/// A longer name (in characters) is cut.
const MAX_NAME: usize = 48;

/// Names that Windows has for devices, whatever ending they have.
const DEVICES: [&str; 6] = ["aux", "con", "nul", "prn", "com", "lpt"];

/// What a file may be called after something that has this name, without its ending: nothing is taken over that a file system may
/// not like. Where nothing is left, it is `otherwise`.
pub fn plain_name(name: &str, otherwise: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let plain: String = name
        .chars()
        .take(MAX_NAME)
        .map(|c| if is_plain(c) { c } else { '-' })
        .collect();
    let plain = plain.trim_matches(['.', '-']);
    if plain.is_empty() {
        return otherwise.to_owned();
    }
    let first = plain.split('.').next().unwrap_or(plain);
    let first = first.to_ascii_lowercase();
    let device = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = first.len().saturating_sub(device.len());
    let is_device = DEVICES.contains(&device) && digits <= 1;
    if is_device {
        format!("{otherwise}-{plain}")
    } else {
        plain.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_nothing_of_a_path_and_is_no_device() {
        for (name, plain) in [
            ("web-portal", "web-portal"),
            ("../../etc/pass wd\u{202E}", "etc-pass-wd"),
            ("///", "policy"),
            ("", "policy"),
            ("..", "policy"),
            ("Über uns", "ber-uns"),
            ("CON", "policy-CON"),
            ("com1.backup", "policy-com1.backup"),
            ("console", "console"),
            ("nul", "policy-nul"),
        ] {
            assert_eq!(plain_name(name, "policy"), plain, "{name}");
        }
        assert_eq!(plain_name(&"a".repeat(500), "x").len(), MAX_NAME);
    }
}
