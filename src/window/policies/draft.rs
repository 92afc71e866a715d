//! A policy as it is typed: texts that may be wrong, each held against what it is to be.

use std::sync::Arc;

use super::fault::{Fault, Line, Member, Row};
use crate::jose::visible::visible;
use crate::judge::{
    ClaimPath, ClaimRule, ClaimValue, Issuer, KeyChoice, MAX_LISTED, MAX_REVOKED_LISTED, Policy,
    ProfileChoice, Revoked, RevokedFile, Strictness,
};
use crate::keeping::{KeptPolicy, is_same_name};

/// A longer name (in characters) is refused.
pub const MAX_NAME: usize = 100;

/// A longer text (in characters) is cut in a fault.
const MAX_QUOTED: usize = 40;

/// A policy as it is typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What it is called; may be empty.
    pub name: String,
    /// The kind of token.
    pub profile: ProfileChoice,
    /// Acceptable `alg` values.
    pub algorithms: Vec<String>,
    /// Acceptable issuers.
    pub issuers: Vec<IssuerDraft>,
    /// Acceptable audiences.
    pub audiences: Vec<String>,
    /// Acceptable `typ` values.
    pub types: Vec<String>,
    /// The expected `nonce`, where one is.
    pub nonce: Option<String>,
    /// Seconds.
    pub leeway: String,
    /// Seconds; empty: any age.
    pub max_age: String,
    /// Seconds; empty: any lifetime.
    pub max_lifetime: String,
    /// Claims that must be there.
    pub required: Vec<ClaimDraft>,
    /// Claims that must not be there.
    pub forbidden: Vec<ClaimDraft>,
    /// Revoked `jti`s. There may be very many, and most edits change none.
    pub revoked: Arc<Vec<String>>,
    /// The file of more of them.
    pub revoked_file: Option<FileDraft>,
    /// How much is let pass.
    pub strictness: Strictness,
}

/// An issuer as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssuerDraft {
    /// Its `iss`.
    pub iss: String,
    /// Its keys.
    pub keys: Vec<KeyDraft>,
}

/// What keys are named by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeyBy {
    /// Their `kid`, or the id that they have here.
    #[default]
    Kid,
    /// Their thumbprint.
    Thumbprint,
    /// Where they came from.
    Source,
}

impl KeyBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Kid, Self::Thumbprint, Self::Source];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Kid => "kid",
            Self::Thumbprint => "Thumbprint",
            Self::Source => "Source",
        }
    }

    /// The choice of the keys that have this.
    pub fn choice(self, text: &str) -> KeyChoice {
        let text = text.to_owned();
        match self {
            Self::Kid => KeyChoice::Id(text),
            Self::Thumbprint => KeyChoice::Thumbprint(text),
            Self::Source => KeyChoice::Source(text),
        }
    }
}

/// The keys of an issuer as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyDraft {
    /// What they are named by.
    pub by: KeyBy,
    /// That.
    pub text: String,
}

impl KeyDraft {
    fn of(choice: &KeyChoice) -> Self {
        let (by, text) = match choice {
            KeyChoice::Id(text) => (KeyBy::Kid, text),
            KeyChoice::Thumbprint(text) => (KeyBy::Thumbprint, text),
            KeyChoice::Source(text) => (KeyBy::Source, text),
        };
        Self {
            by,
            text: text.clone(),
        }
    }
}

/// A claim that must be there, or must not, as it is typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimDraft {
    /// Whether `path` is a JSON pointer, and not the name of a claim at the top.
    pub is_pointer: bool,
    /// Where it stands.
    pub path: String,
    /// Its value as JSON; empty: any value.
    pub value: String,
}

impl ClaimDraft {
    fn of(rule: &ClaimRule) -> Self {
        let value = rule.value.as_ref().map(ClaimValue::text);
        Self {
            is_pointer: matches!(rule.path, ClaimPath::Pointer(_)),
            path: rule.path.label().to_owned(),
            value: value.unwrap_or_default().to_owned(),
        }
    }

    fn path(&self) -> ClaimPath {
        let path = self.path.clone();
        if self.is_pointer {
            ClaimPath::Pointer(path)
        } else {
            ClaimPath::Name(path)
        }
    }

    /// Empty: any value.
    fn value(&self) -> Result<Option<ClaimValue>, String> {
        if self.value.trim().is_empty() {
            return Ok(None);
        }
        ClaimValue::read(&self.value).map(Some).map_err(|error| {
            let advice = match self.quoted() {
                Some(quoted) => format!("A text stands in quotes: {}", cut(&quoted)),
                None => "Write it as JSON, such as \"admin\", 7, true or [1, 2].".to_owned(),
            };
            format!("{error}. {advice}")
        })
    }

    /// The value as a JSON text, where it was typed without its quotes.
    pub fn quoted(&self) -> Option<String> {
        let text = self.value.trim();
        let looks_like_json = text.starts_with(['"', '{', '[', '\'']);
        let is_wrong = !text.is_empty() && ClaimValue::read(text).is_err();
        (is_wrong && !looks_like_json).then(|| serde_json::Value::from(text).to_string())
    }
}

/// A file of revoked `jti`s as it was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDraft {
    /// The file, as the policy names it.
    pub name: String,
    /// What is in it; or why it cannot be read.
    pub content: Result<RevokedFile, String>,
}

impl Default for Draft {
    fn default() -> Self {
        Self::of(&Policy::default())
    }
}

impl Draft {
    /// The policy as it would be typed.
    pub fn of(policy: &Policy) -> Self {
        let seconds =
            |seconds: Option<u32>| seconds.map_or_else(String::new, |seconds| seconds.to_string());
        let in_policy = policy.revoked.in_policy();
        let revoked = in_policy.into_iter().map(str::to_owned).collect();
        Self {
            name: policy.name.clone().unwrap_or_default(),
            profile: policy.profile,
            algorithms: policy.algorithms.clone(),
            issuers: policy
                .issuers
                .iter()
                .map(|issuer| IssuerDraft {
                    iss: issuer.iss.clone(),
                    keys: issuer.keys.iter().map(KeyDraft::of).collect(),
                })
                .collect(),
            audiences: policy.audiences.clone(),
            types: policy.types.clone(),
            nonce: policy.nonce.clone(),
            leeway: policy.leeway_seconds.to_string(),
            max_age: seconds(policy.max_age_seconds),
            max_lifetime: seconds(policy.max_lifetime_seconds),
            required: policy.required_claims.iter().map(ClaimDraft::of).collect(),
            forbidden: policy.forbidden_claims.iter().map(ClaimDraft::of).collect(),
            revoked: Arc::new(revoked),
            revoked_file: policy.revoked.file().map(|file| FileDraft {
                name: file.name().to_owned(),
                content: Ok(file.clone()),
            }),
            strictness: policy.strictness,
        }
    }

    /// The policy that is meant, and what is wrong. A member with something wrong is as in the last good policy; with that comes
    /// what was typed then. A policy that is kept `must_be_named`, and not as one of `others`.
    pub fn read(
        &self,
        (last, typed): (&Policy, &Self),
        others: &[&KeptPolicy],
        must_be_named: bool,
    ) -> (Policy, Vec<Fault>) {
        let mut reading = Reading::default();
        let policy = Policy {
            name: reading.member(&last.name, |faults| {
                faults.extend(self.name_fault(others, must_be_named));
                let name = self.name.trim();
                (!name.is_empty()).then(|| name.to_owned())
            }),
            profile: self.profile,
            algorithms: reading.texts(Member::Algorithms, &self.algorithms, &last.algorithms),
            issuers: reading.member(&last.issuers, |faults| self.issuers(faults)),
            audiences: reading.texts(Member::Audiences, &self.audiences, &last.audiences),
            types: reading.texts(Member::Types, &self.types, &last.types),
            nonce: self.nonce.clone(),
            leeway_seconds: reading.member(&last.leeway_seconds, |faults| {
                let leeway = seconds(&self.leeway, "");
                fault_at(faults, Member::Leeway.into(), leeway).unwrap_or_default()
            }),
            max_age_seconds: reading.limit(Member::MaxAge, &self.max_age, last.max_age_seconds),
            max_lifetime_seconds: reading.limit(
                Member::MaxLifetime,
                &self.max_lifetime,
                last.max_lifetime_seconds,
            ),
            required_claims: reading.claims(
                Member::Required,
                &self.required,
                &last.required_claims,
            ),
            forbidden_claims: reading.claims(
                Member::Forbidden,
                &self.forbidden,
                &last.forbidden_claims,
            ),
            revoked: self.revoked(&mut reading, (&last.revoked, typed)),
            strictness: self.strictness,
        };
        (policy, reading.faults)
    }

    fn name_fault(&self, others: &[&KeptPolicy], must_be_named: bool) -> Option<Fault> {
        let name = self.name.trim();
        let what = if name.is_empty() {
            let what = "Expected a name for the saved policy, found none.";
            must_be_named.then(|| what.to_owned())
        } else if name.chars().count() > MAX_NAME {
            let found = name.chars().count();
            Some(format!(
                "Expected at most {MAX_NAME} characters, found {found}."
            ))
        } else {
            let other = others.iter().find(|other| is_same_name(&other.name, name));
            other.map(|other| {
                format!(
                    "Expected a name that no other saved policy has, found \u{201C}{}\u{201D}, which one has.",
                    cut(&visible(&other.name))
                )
            })
        };
        what.map(|what| Fault::new(Member::Name, what))
    }

    fn issuers(&self, faults: &mut Vec<Fault>) -> Vec<Issuer> {
        too_many(faults, Member::Issuers, self.issuers.len(), MAX_LISTED);
        for (row, issuer) in self.issuers.iter().enumerate() {
            let row = Row::new(Member::Issuers, row);
            if issuer.iss.is_empty() {
                faults.push(Fault::empty(row.into(), "an issuer"));
            }
            if issuer.keys.len() > MAX_LISTED {
                let found = issuer.keys.len();
                let what = format!("Expected at most {MAX_LISTED} keys, found {found}.");
                faults.push(Fault {
                    at: row.into(),
                    what,
                });
            }
            for (at, key) in issuer.keys.iter().enumerate() {
                if key.text.is_empty() {
                    let what = match key.by {
                        KeyBy::Kid => "a kid",
                        KeyBy::Thumbprint => "a thumbprint",
                        KeyBy::Source => "the name of a file",
                    };
                    faults.push(Fault::empty(row.part(at), what));
                }
            }
        }
        let issuer = |issuer: &IssuerDraft| Issuer {
            iss: issuer.iss.clone(),
            keys: issuer
                .keys
                .iter()
                .map(|key| key.by.choice(&key.text))
                .collect(),
        };
        self.issuers.iter().map(issuer).collect()
    }

    fn revoked(&self, reading: &mut Reading, (last, typed): (&Revoked, &Self)) -> Revoked {
        let listed = reading.member(last, |faults| {
            too_many(
                faults,
                Member::Revoked,
                self.revoked.len(),
                MAX_REVOKED_LISTED,
            );
            for (row, jti) in self.revoked.iter().enumerate() {
                if jti.is_empty() {
                    faults.push(Fault::empty(Row::new(Member::Revoked, row).into(), "a jti"));
                }
            }
            // Most edits are of something else.
            if Arc::ptr_eq(&self.revoked, &typed.revoked) {
                last.clone()
            } else {
                Revoked::listed(self.revoked.iter().map(String::as_str))
            }
        });
        let last_file = last.file().cloned();
        let file = reading.member(&last_file, |faults| {
            let file = self.revoked_file.as_ref()?;
            let content = file
                .content
                .clone()
                .map_err(|what| format!("{what}. Choose the file again, or remove it."));
            fault_at(faults, Member::RevokedFile.into(), content)
        });
        listed.with_file(file)
    }
}

/// Faults, as they are found.
#[derive(Default)]
struct Reading {
    faults: Vec<Fault>,
}

impl Reading {
    /// What a member is, or was last where something is wrong now.
    fn member<T: Clone>(&mut self, last: &T, read: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        let before = self.faults.len();
        let value = read(&mut self.faults);
        if self.faults.len() == before {
            value
        } else {
            last.clone()
        }
    }

    fn texts(&mut self, member: Member, texts: &[String], last: &Vec<String>) -> Vec<String> {
        self.member(last, |faults| {
            too_many(faults, member, texts.len(), MAX_LISTED);
            for (row, text) in texts.iter().enumerate() {
                if text.is_empty() {
                    faults.push(Fault::empty(Row::new(member, row).into(), member.one()));
                }
            }
            texts.to_vec()
        })
    }

    fn limit(&mut self, member: Member, text: &str, last: Option<u32>) -> Option<u32> {
        self.member(&last, |faults| {
            if text.trim().is_empty() {
                return None;
            }
            fault_at(faults, member.into(), seconds(text, ", or nothing"))
        })
    }

    fn claims(
        &mut self,
        member: Member,
        claims: &[ClaimDraft],
        last: &Vec<ClaimRule>,
    ) -> Vec<ClaimRule> {
        self.member(last, |faults| {
            too_many(faults, member, claims.len(), MAX_LISTED);
            let rule = |(row, claim): (usize, &ClaimDraft)| {
                let row = Row::new(member, row);
                let path = claim.path();
                if claim.path.is_empty() {
                    faults.push(Fault::empty(row.into(), "the name of a claim"));
                } else if !path.is_well_formed() {
                    let what = format!(
                        "Expected a JSON pointer (RFC 6901) such as /cnf/jkt, found \u{201C}{}\u{201D}.",
                        cut(&visible(&claim.path))
                    );
                    faults.push(Fault {
                        at: row.into(),
                        what,
                    });
                }
                let value = fault_at(faults, row.part(0), claim.value()).flatten();
                ClaimRule { path, value }
            };
            claims.iter().enumerate().map(rule).collect()
        })
    }
}

fn too_many(faults: &mut Vec<Fault>, member: Member, found: usize, limit: usize) {
    if found > limit {
        let what = format!("Expected at most {limit} entries, found {found}.");
        faults.push(Fault::new(member, what));
    }
}

/// The value, or a note of what is wrong with it.
fn fault_at<T>(faults: &mut Vec<Fault>, at: Line, value: Result<T, String>) -> Option<T> {
    value.map_err(|what| faults.push(Fault { at, what })).ok()
}

fn seconds(text: &str, or: &str) -> Result<u32, String> {
    let trimmed = text.trim();
    let is_plain = !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit());
    let number = trimmed.parse().ok().filter(|_| is_plain);
    number.ok_or_else(|| {
        let found = if trimmed.is_empty() {
            "nothing".to_owned()
        } else {
            format!("\u{201C}{}\u{201D}", cut(&visible(trimmed)))
        };
        format!(
            "Expected a whole number of seconds from 0 to {}{or}, found {found}.",
            u32::MAX
        )
    })
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Policy {
        let text = r#"{"version":1,"name":"web","profile":"access-token","alg":["ES256","RS256"],
            "issuers":[{"iss":"https://a.example","keys":[{"kid":"k"},{"thumbprint":"t"},{"source":"f.pem"}]},{"iss":"b"}],
            "aud":["x","y"],"typ":["at+jwt"],"nonce":"","leeway_seconds":5,"max_age_seconds":0,"max_lifetime_seconds":3600,
            "required_claims":[{"name":"sub"},{"pointer":"/cnf/jkt","value":"z"},{"name":"/odd","value":{"a":1.0}}],
            "forbidden_claims":[{"name":"admin","value":true}],
            "revoked":{"jti":[" b","a"],"file":"r.txt"},"strictness":"lenient"}"#;
        Policy::read("p", text.as_bytes(), &mut |_| Ok(b"c\nd".to_vec())).unwrap()
    }

    fn read(draft: &Draft, last: &Policy) -> (Policy, Vec<Fault>) {
        draft.read((last, &Draft::default()), &[], false)
    }

    #[test]
    fn a_policy_is_the_same_after_it_was_typed() {
        for policy in [Policy::default(), full()] {
            let draft = Draft::of(&policy);
            let (again, faults) = read(&draft, &Policy::default());
            assert_eq!((again, &faults[..]), (policy, &[][..]));
        }
    }

    #[test]
    fn what_is_wrong_is_said_where_it_stands_and_the_last_good_value_holds() {
        let last = full();
        let wrong = |change: fn(&mut Draft), at: Line, words: &str| {
            let mut draft = Draft::of(&last);
            change(&mut draft);
            let (policy, faults) = read(&draft, &last);
            assert_eq!(policy, last, "{words}");
            let [fault] = &faults[..] else {
                panic!("{words}: {faults:?}");
            };
            assert_eq!(fault.at, at, "{words}");
            assert!(fault.what.contains(words), "{words}: {}", fault.what);
        };
        let row = |member, row| Row::new(member, row);
        wrong(
            |d| d.leeway = "1.5".to_owned(),
            Member::Leeway.into(),
            "found \u{201C}1.5\u{201D}",
        );
        wrong(|d| d.leeway.clear(), Member::Leeway.into(), "found nothing");
        wrong(
            |d| d.max_age = "+5".to_owned(),
            Member::MaxAge.into(),
            "or nothing, found",
        );
        wrong(
            |d| d.max_lifetime = "4294967296".to_owned(),
            Member::MaxLifetime.into(),
            "from 0 to 4294967295",
        );
        wrong(
            |d| d.audiences.push(String::new()),
            row(Member::Audiences, 2).into(),
            "an audience",
        );
        wrong(
            |d| d.algorithms[0].clear(),
            row(Member::Algorithms, 0).into(),
            "an algorithm",
        );
        wrong(
            |d| d.types[0].clear(),
            row(Member::Types, 0).into(),
            "a type",
        );
        wrong(
            |d| d.issuers[1].iss.clear(),
            row(Member::Issuers, 1).into(),
            "an issuer",
        );
        wrong(
            |d| d.issuers[0].keys[1].text.clear(),
            row(Member::Issuers, 0).part(1),
            "a thumbprint",
        );
        wrong(
            |d| d.required[1].path = "cnf".to_owned(),
            row(Member::Required, 1).into(),
            "RFC 6901",
        );
        wrong(
            |d| d.required[0].path.clear(),
            row(Member::Required, 0).into(),
            "the name of a claim",
        );
        wrong(
            |d| d.required[1].value = "ad min".to_owned(),
            row(Member::Required, 1).part(0),
            "\"ad min\"",
        );
        wrong(
            |d| d.forbidden[0].value = "{".to_owned(),
            row(Member::Forbidden, 0).part(0),
            "as JSON",
        );
        wrong(
            |d| Arc::make_mut(&mut d.revoked).push(String::new()),
            row(Member::Revoked, 2).into(),
            "a jti",
        );
        wrong(
            |d| d.revoked_file.as_mut().unwrap().content = Err("gone".to_owned()),
            Member::RevokedFile.into(),
            "gone. Choose the file again",
        );
        wrong(
            |d| d.name = "n".repeat(101),
            Member::Name.into(),
            "found 101",
        );
        wrong(
            |d| d.audiences = vec!["a".to_owned(); MAX_LISTED + 1],
            Member::Audiences.into(),
            "at most 1000 entries",
        );
    }

    #[test]
    fn the_rest_of_a_policy_follows_beside_a_fault() {
        let mut draft = Draft::of(&full());
        draft.leeway = "x".to_owned();
        draft.audiences = vec!["z".to_owned()];
        let (policy, faults) = read(&draft, &full());
        assert_eq!((policy.leeway_seconds, faults.len()), (5, 1));
        assert_eq!(policy.audiences, ["z"]);
    }

    #[test]
    fn a_kept_policy_has_a_name_of_its_own() {
        let other = KeptPolicy {
            file: "web.json".to_owned(),
            name: "Web".to_owned(),
            content: Ok(Box::default()),
            stamp: None,
        };
        let draft = |name: &str| Draft {
            name: name.to_owned(),
            ..Draft::default()
        };
        let faults = |name: &str, must| {
            let (_, faults) =
                draft(name).read((&Policy::default(), &Draft::default()), &[&other], must);
            faults.len()
        };
        assert_eq!(faults("", false), 0);
        assert_eq!(faults(" ", true), 1);
        assert_eq!(faults("wEB ", false), 1);
        assert_eq!(faults("web2", true), 0);
    }
}
