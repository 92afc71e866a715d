//! What the place of a token says of the tokens beside it.

use crate::find::{Place, Where};
use crate::judge::{PlaceRole, Stood};

/// A place as the judging room knows it.
pub(super) fn stood(place: &Place) -> Stood {
    let bare = place.bare_name().unwrap_or_default();
    let is = |name: &str| {
        let letters = |text: &str| -> String {
            let letters = text.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|letter| letter.to_ascii_lowercase()).collect()
        };
        letters(bare) == letters(name)
    };
    let role = if place.where_ == Where::AuthorizationHeader
        || is("authorization")
        || is("access_token")
    {
        PlaceRole::AccessToken
    } else if is("dpop") {
        PlaceRole::DpopProof
    } else if is("id_token") {
        PlaceRole::IdToken
    } else {
        PlaceRole::Other
    };
    Stood::new(
        &place.name,
        record(place),
        place.byte_range.clone(),
        place.line,
        role,
        matches!(place.where_, Where::Form | Where::Url),
    )
}

/// The message of a file of records, such as `entry 12 response` of `entry 12 response body, field id_token`.
fn record(place: &Place) -> Option<&str> {
    let name = place.name_in.as_deref().filter(|_| place.is_in_record())?;
    let end = name
        .match_indices(' ')
        .nth(2)
        .map_or(name.len(), |(at, _)| at);
    name.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_one_message_of_an_entry() {
        let place = |name: &str| Place {
            name: "a.har".to_owned(),
            byte_range: 0..1,
            line: 1,
            where_: Where::Har,
            name_in: Some(name.to_owned()),
            repairs: Vec::new(),
            time: None,
        };
        for (name, expected) in [
            (
                "entry 12 response body, field id_token",
                Some("entry 12 response"),
            ),
            (
                "entry 12 request header Authorization",
                Some("entry 12 request"),
            ),
            ("entry 12 request URL", Some("entry 12 request")),
            ("access_token", None),
        ] {
            assert_eq!(record(&place(name)), expected, "{name}");
        }
    }
}
