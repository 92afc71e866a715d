//! The zone that times are shown in, and that typed ones are read in.

use jiff::tz::{self, TimeZone};
use serde::{Deserialize, Serialize};

/// Longer than every name of the tz database, in bytes.
const MAX_NAME: usize = 48;

/// A zone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    /// The machine's.
    Local,
    /// One by its name in the tz database, such as `Europe/Berlin`.
    Named(ZoneName),
    /// UTC.
    #[default]
    Utc,
}

impl Zone {
    /// The zone itself.
    pub fn time_zone(self) -> TimeZone {
        match self {
            Self::Local => TimeZone::system(),
            Self::Named(name) => TimeZone::get(name.as_str()).unwrap_or(TimeZone::UTC),
            Self::Utc => TimeZone::UTC,
        }
    }

    /// What it is called: `UTC`, `Local time (Europe/Berlin)`, `Europe/Berlin`.
    pub fn name(self) -> String {
        match self {
            Self::Local => format!(
                "Local time ({})",
                crate::instant::zone_name(&TimeZone::system())
            ),
            Self::Named(name) => name.as_str().to_owned(),
            Self::Utc => "UTC".to_owned(),
        }
    }

    /// All that there are: UTC, the machine's, then those of the tz database by name.
    pub fn all() -> Vec<Self> {
        let mut names: Vec<String> = tz::db().available().map(|name| name.to_string()).collect();
        names.sort_unstable();
        let named = names.iter().filter_map(|name| ZoneName::unchecked(name));
        [Self::Utc, Self::Local]
            .into_iter()
            .chain(named.map(Self::Named))
            .collect()
    }
}

/// The name of a zone in the tz database. As small as a copy of it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName {
    bytes: [u8; MAX_NAME],
    length: usize,
}

impl ZoneName {
    /// A zone of the tz database; `None` where there is none of this name.
    pub fn new(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        Self::unchecked(zone.iana_name()?)
    }

    fn unchecked(name: &str) -> Option<Self> {
        let mut bytes = [0; MAX_NAME];
        bytes
            .get_mut(..name.len())?
            .copy_from_slice(name.as_bytes());
        Some(Self {
            bytes,
            length: name.len(),
        })
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl TryFrom<String> for ZoneName {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::new(&name).ok_or_else(|| format!("expected the name of a time zone, found {name:?}"))
    }
}

impl From<ZoneName> for String {
    fn from(name: ZoneName) -> Self {
        name.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_remembered_by_name_and_unknown_ones_are_not() {
        let berlin = Zone::Named(ZoneName::new("europe/berlin").expect("a zone"));
        assert_eq!(berlin.name(), "Europe/Berlin");
        let text = serde_json::to_string(&berlin).expect("JSON");
        assert_eq!(text, r#"{"named":"Europe/Berlin"}"#);
        assert_eq!(serde_json::from_str::<Zone>(&text).expect("a zone"), berlin);
        assert!(serde_json::from_str::<Zone>(r#"{"named":"Europe/Atlantis"}"#).is_err());
        assert_eq!(
            serde_json::from_str::<Zone>("\"utc\"").expect("a zone"),
            Zone::Utc
        );
        assert_eq!(ZoneName::new(&"a".repeat(60)), None);
    }

    /// The database is built in, for systems without one.
    #[test]
    fn every_zone_of_the_list_can_be_shown() {
        let all = Zone::all();
        assert!(all.len() > 400, "{}", all.len());
        for zone in all {
            if let Zone::Named(name) = zone {
                assert!(ZoneName::new(name.as_str()).is_some(), "{}", name.as_str());
            }
        }
        let bundled = tz::TimeZoneDatabase::bundled();
        assert!(bundled.get("Europe/Berlin").is_ok());
    }
}
