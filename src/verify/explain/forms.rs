//! The bytes that a public key can be mistaken for when a verifier takes it as a shared secret: each way to write it
//! down (catalogue, `hmac-key-confusion`).

use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::PointConversionForm;
use openssl::error::ErrorStack;

use crate::jose::base64url;
use crate::keys::{Curve, Key, KeyKind};

/// A way to write a key, and the bytes that it gives.
pub(super) struct Written {
    /// What it is: `the PEM text (PUBLIC KEY)`.
    pub(super) what: String,
    pub(super) bytes: Vec<u8>,
    /// Whether it is a text, which gains and loses white space on its way.
    pub(super) is_text: bool,
}

/// What stands before a text that is handed on, and what it is called.
pub(super) const FRONTS: [(&str, &str); 5] = [
    ("", ""),
    ("\n", " after a line break"),
    (" ", " after a space"),
    ("\t", " after a tab"),
    ("\u{FEFF}", " after a byte order mark"),
];

/// And behind it.
pub(super) const ENDS: [(&str, &str); 6] = [
    ("\n", " with a final line break"),
    ("", " without a final line break"),
    ("\r\n", " with a final CR LF"),
    ("\n\n", " with two final line breaks"),
    (" ", " with a final space"),
    ("\\n", " with a final backslash and n"),
];

/// The line ends inside PEM.
const LINE_ENDS: [(&str, &str); 4] = [
    ("\n", ""),
    ("\r\n", ", lines ended by CR LF"),
    ("\\n", ", lines ended by a backslash and n"),
    ("", ", without line breaks"),
];

/// So many lines of a file of OpenSSH are tried each alone.
const MAX_LINES: usize = 100;

/// Columns of PEM; the last is all on one line.
const WIDTHS: [(usize, &str); 3] = [
    (64, ""),
    (76, ", lines of 76 columns"),
    (usize::MAX, ", on one line"),
];

/// Every way to write a public key, without what stands around texts.
pub(super) fn written(key: &Key) -> Vec<Written> {
    let mut all = Forms::default();
    let numbers = Numbers::of(key);
    for (label, der) in ders(key) {
        all.pem(label, &der);
    }
    if let Some(numbers) = &numbers {
        all.jwk(numbers);
        all.text("the OpenSSH text", numbers.ssh());
    }
    for (label, der) in ders(key) {
        let (base64, url) = (base64(&der), base64url::encode(&der));
        let bare = base64.trim_end_matches('=').to_owned();
        let padding = "=".repeat(base64.len().saturating_sub(bare.len()));
        all.text(&format!("the base64 of the DER ({label})"), Some(base64));
        all.text(
            &format!("the base64 of the DER ({label}), without padding"),
            Some(bare),
        );
        all.text(
            &format!("the base64url of the DER ({label})"),
            Some(url.clone()),
        );
        all.text(
            &format!("the base64url of the DER ({label}), with padding"),
            Some(url + &padding),
        );
        all.binary(&format!("the DER ({label})"), Some(der));
    }
    if let Some(numbers) = numbers {
        all.numbers(numbers);
    }
    all.loaded("the JWK as it was loaded", key.loaded.jwk.as_deref());
    all.0
}

/// The ways to write the file that a key was loaded from.
pub(super) fn written_file(file: &[u8]) -> Vec<Written> {
    let mut all = Forms::default();
    all.loaded("the file as it was loaded", Some(file));
    all.0
}

/// Standard base64 (RFC 4648 section 4) with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    openssl::base64::encode_block(bytes)
}

/// The DER structures that a key comes in, with the labels of RFC 7468.
fn ders(key: &Key) -> Vec<(&'static str, Vec<u8>)> {
    let spki = key
        .public()
        .and_then(|public| public.public_key_to_der().ok());
    let pkcs1 = key
        .public()
        .and_then(|public| public.rsa().ok()?.public_key_to_der_pkcs1().ok());
    let certificate = key.loaded.certificate.as_deref().map(<[u8]>::to_vec);
    [
        ("PUBLIC KEY", spki),
        ("RSA PUBLIC KEY", pkcs1),
        ("CERTIFICATE", certificate),
    ]
    .into_iter()
    .filter_map(|(label, der)| Some((label, der?)))
    .collect()
}

#[derive(Default)]
struct Forms(Vec<Written>);

impl Forms {
    fn text(&mut self, what: &str, text: Option<String>) {
        self.0.extend(text.map(|text| Written {
            what: what.to_owned(),
            bytes: text.into_bytes(),
            is_text: true,
        }));
    }

    fn binary(&mut self, what: &str, bytes: Option<Vec<u8>>) {
        self.0.extend(bytes.map(|bytes| Written {
            what: what.to_owned(),
            bytes,
            is_text: false,
        }));
    }

    fn pem(&mut self, label: &str, der: &[u8]) {
        let body = base64(der);
        for (line_end, ended) in LINE_ENDS {
            for (width, wide) in WIDTHS {
                let mut text = format!("-----BEGIN {label}-----{line_end}");
                let mut rest = body.as_str();
                while let Some((line, after)) = rest.split_at_checked(width) {
                    text += line;
                    text += line_end;
                    rest = after;
                }
                if !rest.is_empty() {
                    text += rest;
                    text += line_end;
                }
                text.extend(["-----END ", label, "-----"]);
                self.text(&format!("the PEM text ({label}{wide}{ended})"), Some(text));
                if line_end.is_empty() {
                    break;
                }
            }
        }
    }

    /// As it was loaded, without what stands around it, and, where it is JSON, without the white space in it.
    fn loaded(&mut self, what: &str, bytes: Option<&[u8]>) {
        let Some(bytes) = bytes else {
            return;
        };
        self.binary(what, Some(bytes.to_vec()));
        let Ok(text) = std::str::from_utf8(bytes) else {
            return;
        };
        let text = text.trim();
        self.text(what, Some(text.to_owned()));
        if text.starts_with(['{', '[']) {
            self.text(&format!("{what}, without white space"), Some(compact(text)));
        }
        // As PEM: with each kind of line end. A line of its own is a line of OpenSSH, with its comment.
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        if lines.len() > 1 {
            for (line_end, ended) in LINE_ENDS {
                let joined = lines.join(line_end);
                let name = match ended {
                    "" => ", lines ended by LF",
                    ended => ended,
                };
                if joined != text {
                    self.text(&format!("{what}{name}"), Some(joined));
                }
            }
            let is_of_ssh = |line: &str| {
                let name = line.split(' ').next().unwrap_or_default();
                line.contains(' ') && ["ssh-", "ecdsa-"].iter().any(|of| name.starts_with(of))
            };
            let numbered = (1_usize..).zip(&lines);
            let of_ssh = numbered.filter(|(_, line)| is_of_ssh(line));
            for (number, line) in of_ssh.take(MAX_LINES) {
                let name = format!("line {number} (OpenSSH) of {what}");
                self.text(&name, Some((*line).to_owned()));
            }
        }
    }

    fn jwk(&mut self, numbers: &Numbers) {
        let members = numbers.members();
        let object = |members: &[(&str, &str)]| {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!(r#""{name}":"{value}""#))
                .collect();
            format!("{{{}}}", members.join(","))
        };
        let of = |order: &[&str]| {
            let member = |name: &&str| {
                let found = members.iter().find(|(own, _)| own == name);
                found.map(|(name, value)| (*name, value.as_str()))
            };
            object(&order.iter().filter_map(member).collect::<Vec<_>>())
        };
        // RFC 7638 section 3.2, and the order in which most programs write.
        self.text(
            "the JWK text",
            Some(of(&["crv", "e", "kty", "n", "x", "y"])),
        );
        self.text(
            "the JWK text, kty first",
            Some(of(&["kty", "crv", "n", "e", "x", "y"])),
        );
        self.text(
            "the JWK text, kty and e first",
            Some(of(&["kty", "e", "n"])),
        );
        for (name, value) in members {
            if matches!(name, "n" | "x") {
                self.text(&format!("the member {name} of the JWK"), Some(value));
            }
        }
    }

    fn numbers(&mut self, numbers: Numbers) {
        match numbers {
            Numbers::Ec { x, y, .. } => {
                let both = [x.as_slice(), &y].concat();
                let odd = y.last().is_some_and(|last| last % 2 == 1);
                let sign = if odd { 3 } else { 2 };
                self.binary(
                    "the point, uncompressed",
                    Some([&[4], both.as_slice()].concat()),
                );
                self.binary(
                    "the point, compressed",
                    Some([&[sign], x.as_slice()].concat()),
                );
                self.binary("x and y", Some(both));
                self.binary("x", Some(x));
            }
            Numbers::Okp { x, .. } => self.binary("the bytes of the key", Some(x)),
            Numbers::Rsa { n, .. } => {
                self.binary(
                    "the modulus after a zero byte",
                    Some([&[0], n.as_slice()].concat()),
                );
                self.binary("the modulus", Some(n));
            }
        }
    }
}

/// What a public key is made of.
enum Numbers {
    Ec {
        curve: Curve,
        x: Vec<u8>,
        y: Vec<u8>,
    },
    Okp {
        crv: &'static str,
        x: Vec<u8>,
    },
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
}

impl Numbers {
    fn of(key: &Key) -> Option<Self> {
        let public = key.public()?;
        let numbers = || -> Result<Option<Self>, ErrorStack> {
            Ok(Some(match key.kind {
                KeyKind::Rsa { .. } => {
                    let rsa = public.rsa()?;
                    Self::Rsa {
                        n: rsa.n().to_vec(),
                        e: rsa.e().to_vec(),
                    }
                }
                KeyKind::Ec(curve) => {
                    let ec = public.ec_key()?;
                    let mut context = BigNumContext::new()?;
                    let point = ec.public_key().to_bytes(
                        ec.group(),
                        PointConversionForm::UNCOMPRESSED,
                        &mut context,
                    )?;
                    let halves = point
                        .strip_prefix(&[4])
                        .and_then(|point| point.split_at_checked(curve.coordinate_bytes()));
                    let Some((x, y)) = halves else {
                        return Ok(None);
                    };
                    Self::Ec {
                        curve,
                        x: x.to_vec(),
                        y: y.to_vec(),
                    }
                }
                KeyKind::Okp(curve) => Self::Okp {
                    crv: curve.name(),
                    x: public.raw_public_key()?,
                },
                KeyKind::Akp(_) | KeyKind::Oct { .. } | KeyKind::Unknown => return Ok(None),
            }))
        };
        numbers().ok().flatten()
    }

    /// The members of the JWK that RFC 7638 wants.
    fn members(&self) -> Vec<(&'static str, String)> {
        let text = |bytes: &[u8]| base64url::encode(bytes);
        match self {
            Self::Ec { curve, x, y } => vec![
                ("kty", "EC".to_owned()),
                ("crv", curve.name().to_owned()),
                ("x", text(x)),
                ("y", text(y)),
            ],
            Self::Okp { crv, x } => vec![
                ("kty", "OKP".to_owned()),
                ("crv", (*crv).to_owned()),
                ("x", text(x)),
            ],
            Self::Rsa { n, e } => vec![("kty", "RSA".to_owned()), ("n", text(n)), ("e", text(e))],
        }
    }

    /// One line as in `authorized_keys`, without a comment (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709
    /// section 4).
    fn ssh(&self) -> Option<String> {
        let (name, fields): (_, Vec<Vec<u8>>) = match self {
            Self::Ec { curve, x, y } => {
                let (name, curve) = match curve {
                    Curve::P256 => ("ecdsa-sha2-nistp256", "nistp256"),
                    Curve::P384 => ("ecdsa-sha2-nistp384", "nistp384"),
                    Curve::P521 => ("ecdsa-sha2-nistp521", "nistp521"),
                    Curve::Secp256k1 => return None,
                };
                let point = [&[4], x.as_slice(), y].concat();
                (name, vec![curve.as_bytes().to_vec(), point])
            }
            Self::Okp { crv: "Ed25519", x } => ("ssh-ed25519", vec![x.clone()]),
            Self::Okp { .. } => return None,
            Self::Rsa { n, e } => ("ssh-rsa", vec![mpint(e)?, mpint(n)?]),
        };
        let mut blob = Vec::new();
        for field in std::iter::once(name.as_bytes().to_vec()).chain(fields) {
            blob.extend_from_slice(&u32::try_from(field.len()).ok()?.to_be_bytes());
            blob.extend_from_slice(&field);
        }
        Some(format!("{name} {}", base64(&blob)))
    }
}

/// A positive number with room for its sign (RFC 4251 section 5).
fn mpint(number: &[u8]) -> Option<Vec<u8>> {
    let bytes = BigNum::from_slice(number).ok()?.to_vec();
    let needs_zero = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let zero: &[u8] = if needs_zero { &[0] } else { &[] };
    Some([zero, &bytes].concat())
}

/// JSON text without the white space between its parts.
fn compact(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut in_string, mut is_escaped) = (false, false);
    for character in json.chars() {
        if in_string {
            in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            in_string = character == '"';
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::keys::load;

    #[test]
    fn white_space_in_strings_stays() {
        assert_eq!(
            compact("{ \"a b\" : \"c \\\" d\",\n\t\"\\\\\" : [ 1 ] }"),
            r#"{"a b":"c \" d","\\":[1]}"#
        );
    }

    #[test]
    fn each_way_is_told_once() {
        let jwk = br#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
        let key = load("key.jwk", jwk).unwrap().remove(0);
        let all = written(&key);
        let names: HashSet<_> = all.iter().map(|form| (&form.what, form.is_text)).collect();
        assert_eq!(names.len(), all.len());
        let pem = all
            .iter()
            .find(|form| form.what == "the PEM text (PUBLIC KEY)")
            .unwrap();
        let openssl = key.public().unwrap().public_key_to_pem().unwrap();
        assert_eq!([&pem.bytes[..], b"\n"].concat(), openssl);
    }
}
