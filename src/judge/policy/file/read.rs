//! A JSON text to a policy. What is not known is refused where it stands: a misspelt expectation would expect nothing.

use std::io;

use super::super::{
    ClaimPath, ClaimRule, ClaimValue, Issuer, KeyChoice, Policy, Revoked, RevokedFile, Strictness,
};
use super::{
    MAX_LISTED, MAX_POLICY_BYTES, MAX_REVOKED_LISTED, MEMBERS, POLICY_VERSION, PolicyError,
    PolicyFault,
};
use crate::jose::json::{self, Document, Json, Member, Value};
use crate::judge::profile::{ProfileChoice, ProfileName};

/// A longer word of a file (in characters) is cut in errors.
const MAX_QUOTED: usize = 40;

/// Where it is, in bytes of the text, and what it is.
type Fault = (usize, PolicyFault);

impl Policy {
    /// Reads a policy. `open` is asked for the file of revoked `jti`s, where the policy names one, and should give at most
    /// [`MAX_REVOKED_BYTES`](super::super::MAX_REVOKED_BYTES) and one more byte.
    ///
    /// # Errors
    /// With the place of the first thing that is wrong: JSON that is not clean, a member that is not known, a value that means nothing,
    /// a list that is too long, or a file of `jti`s that cannot be read.
    pub fn read(
        source_name: &str,
        bytes: &[u8],
        open: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
    ) -> Result<Self, PolicyError> {
        read(bytes, open).map_err(|(at, fault)| {
            let before = bytes.get(..at).unwrap_or(bytes);
            let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at.saturating_add(1));
            PolicyError {
                source_name: source_name.to_owned(),
                line: memchr::memchr_iter(b'\n', before).count().saturating_add(1),
                column: before.len().saturating_sub(line_start).saturating_add(1),
                fault,
            }
        })
    }
}

fn read(bytes: &[u8], open: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> Result<Policy, Fault> {
    if u64::try_from(bytes.len()).is_ok_and(|bytes| bytes > MAX_POLICY_BYTES) {
        return Err((0, PolicyFault::TooLarge));
    }
    let Document { root, faults } = json::read(bytes);
    if let Some(fault) = faults.first() {
        return Err((fault.range.start, PolicyFault::Json(fault.kind.to_string())));
    }
    let Some(root) = root else {
        return Err(mismatch_at(0, "a policy: a JSON object", "nothing"));
    };
    let members = object(&root, "a policy: a JSON object", &MEMBERS)?;
    let get = |name: &str| members.iter().find(|member| member.name == name);
    let version =
        get("version").ok_or((root.range.start, PolicyFault::Missing { name: "version" }))?;
    match &version.value.value {
        Value::Number(number) if number.text == POLICY_VERSION.to_string() => {}
        _ => {
            let found = quoted(&version.value);
            return Err((version.value.range.start, PolicyFault::Version { found }));
        }
    }
    let mut policy = Policy::default();
    for Member { name, value, .. } in members {
        match name.as_str() {
            "name" => policy.name = Some(text(value, "name as a text")?),
            "profile" => policy.profile = profile(value)?,
            "alg" => policy.algorithms = texts(value, "alg")?,
            "issuers" => policy.issuers = list(value, "issuers", MAX_LISTED, &issuer)?,
            "aud" => policy.audiences = texts(value, "aud")?,
            "typ" => policy.types = texts(value, "typ")?,
            "nonce" => policy.nonce = Some(text(value, "nonce as a text")?),
            "leeway_seconds" => policy.leeway_seconds = seconds(value, "leeway_seconds")?,
            "max_age_seconds" => policy.max_age_seconds = Some(seconds(value, "max_age_seconds")?),
            "max_lifetime_seconds" => {
                policy.max_lifetime_seconds = Some(seconds(value, "max_lifetime_seconds")?);
            }
            "required_claims" => policy.required_claims = claims(bytes, value, "required_claims")?,
            "forbidden_claims" => {
                policy.forbidden_claims = claims(bytes, value, "forbidden_claims")?;
            }
            "revoked" => policy.revoked = revoked(value, open)?,
            "strictness" => policy.strictness = strictness(value)?,
            // `version` was read, and `$schema` is for editors.
            _ => {}
        }
    }
    Ok(policy)
}

fn mismatch_at(at: usize, expected: impl Into<String>, found: impl Into<String>) -> Fault {
    let (expected, found) = (expected.into(), found.into());
    (at, PolicyFault::Mismatch { expected, found })
}

fn mismatch(value: &Json, expected: impl Into<String>) -> Fault {
    mismatch_at(value.range.start, expected, quoted(value))
}

/// A value for people: a text or number as it is, of anything else its kind.
fn quoted(value: &Json) -> String {
    let cut = |text: &str| match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    };
    match &value.value {
        Value::String(text) => format!("\u{201C}{}\u{201D}", cut(text)),
        Value::Number(number) => cut(&number.text),
        Value::Bool(value) => value.to_string(),
        Value::Null => "null".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// The members of an object, all of which are known.
fn object<'a>(
    value: &'a Json,
    expected: &str,
    known: &[&'static str],
) -> Result<&'a [Member], Fault> {
    let members = value.object().ok_or_else(|| mismatch(value, expected))?;
    match members
        .iter()
        .find(|member| !known.contains(&member.name.as_str()))
    {
        None => Ok(members),
        Some(unknown) => {
            let fault = PolicyFault::Unknown {
                name: unknown.name.chars().take(MAX_QUOTED).collect(),
                known: known.to_vec(),
            };
            Err((unknown.name_range.start, fault))
        }
    }
}

fn text(value: &Json, expected: &str) -> Result<String, Fault> {
    let text = value.str().ok_or_else(|| mismatch(value, expected))?;
    Ok(text.to_owned())
}

fn list<T>(
    value: &Json,
    name: &'static str,
    limit: usize,
    entry: &dyn Fn(&Json) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let entries = value
        .array()
        .ok_or_else(|| mismatch(value, format!("{name} as an array")))?;
    if entries.len() > limit {
        let found = entries.len();
        let fault = PolicyFault::TooMany { name, limit, found };
        return Err((value.range.start, fault));
    }
    entries.iter().map(entry).collect()
}

fn texts(value: &Json, name: &'static str) -> Result<Vec<String>, Fault> {
    let expected = format!("{name} as an array of texts");
    list(value, name, MAX_LISTED, &|entry| text(entry, &expected))
}

fn seconds(value: &Json, name: &str) -> Result<u32, Fault> {
    let number = match &value.value {
        Value::Number(number) => number.text.parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        let expected = format!("{name} as a whole number from 0 to {}", u32::MAX);
        mismatch(value, expected)
    })
}

fn profile(value: &Json) -> Result<ProfileChoice, Fault> {
    let name = value.str().unwrap_or_default();
    if name == "auto" {
        return Ok(ProfileChoice::Auto);
    }
    let profile = ProfileName::from_name(name).map(ProfileChoice::Named);
    profile.ok_or_else(|| {
        mismatch(
            value,
            "profile as auto or a kind of token that is known here",
        )
    })
}

fn strictness(value: &Json) -> Result<Strictness, Fault> {
    let name = value.str().unwrap_or_default();
    let known = Strictness::ALL
        .into_iter()
        .find(|strictness| strictness.name() == name);
    known.ok_or_else(|| mismatch(value, "strictness as strict or lenient"))
}

fn issuer(value: &Json) -> Result<Issuer, Fault> {
    let members = object(value, "an issuer as an object with iss", &["iss", "keys"])?;
    let get = |name: &str| members.iter().find(|member| member.name == name);
    let iss = get("iss").ok_or((value.range.start, PolicyFault::Missing { name: "iss" }))?;
    let keys = get("keys").map(|keys| list(&keys.value, "keys", MAX_LISTED, &key));
    Ok(Issuer {
        iss: text(&iss.value, "iss as a text")?,
        keys: keys.transpose()?.unwrap_or_default(),
    })
}

fn key(value: &Json) -> Result<KeyChoice, Fault> {
    const EXPECTED: &str = "a key as an object with kid, thumbprint or source";
    match object(value, EXPECTED, &["kid", "thumbprint", "source"])? {
        [only] => {
            let named = text(&only.value, "a text that names the key")?;
            Ok(match only.name.as_str() {
                "kid" => KeyChoice::Id(named),
                "thumbprint" => KeyChoice::Thumbprint(named),
                _ => KeyChoice::Source(named),
            })
        }
        [] => Err(mismatch_at(value.range.start, EXPECTED, "an empty object")),
        [_, second, ..] => Err(mismatch_at(
            second.name_range.start,
            "one of kid, thumbprint and source",
            "more than one",
        )),
    }
}

fn claims(bytes: &[u8], value: &Json, name: &'static str) -> Result<Vec<ClaimRule>, Fault> {
    list(value, name, MAX_LISTED, &|entry| claim(bytes, entry))
}

fn claim(bytes: &[u8], value: &Json) -> Result<ClaimRule, Fault> {
    const EXPECTED: &str = "a claim as an object with name or pointer";
    let members = object(value, EXPECTED, &["name", "pointer", "value"])?;
    let get = |name: &str| members.iter().find(|member| member.name == name);
    let path = match (get("name"), get("pointer")) {
        (Some(name), None) => ClaimPath::Name(text(&name.value, "name as a text")?),
        (None, Some(pointer)) => {
            const POINTER: &str = "pointer as a JSON pointer (RFC 6901), such as /cnf/jkt";
            let path = ClaimPath::Pointer(text(&pointer.value, POINTER)?);
            if !path.is_well_formed() {
                return Err(mismatch(&pointer.value, POINTER));
            }
            path
        }
        (None, None) => return Err(mismatch_at(value.range.start, EXPECTED, "neither")),
        (Some(_), Some(pointer)) => {
            return Err(mismatch_at(
                pointer.name_range.start,
                "name or pointer",
                "both",
            ));
        }
    };
    let value = get("value").map(|member| {
        let at = member.value.range.start;
        let text = bytes.get(member.value.range.clone()).unwrap_or_default();
        ClaimValue::read(&String::from_utf8_lossy(text))
            .map_err(|error| (at, PolicyFault::Json(error.to_string())))
    });
    Ok(ClaimRule {
        path,
        value: value.transpose()?,
    })
}

fn revoked(
    value: &Json,
    open: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> Result<Revoked, Fault> {
    let members = object(
        value,
        "revoked as an object with jti or file",
        &["jti", "file"],
    )?;
    let get = |name: &str| members.iter().find(|member| member.name == name);
    let listed = match get("jti") {
        Some(listed) => list(&listed.value, "revoked.jti", MAX_REVOKED_LISTED, &|entry| {
            text(entry, "jti as an array of texts")
        })?,
        None => Vec::new(),
    };
    let file = get("file").map(|file| {
        let name = text(&file.value, "file as the name of a file")?;
        let failed = |why: String| {
            let file_name = name.clone();
            let fault = PolicyFault::Revoked {
                file: file_name,
                why,
            };
            (file.value.range.start, fault)
        };
        let bytes = open(&name).map_err(|error| failed(error.to_string()))?;
        RevokedFile::read(&name, &bytes).map_err(|error| failed(error.to_string()))
    });
    Ok(Revoked::listed(listed).with_file(file.transpose()?))
}
