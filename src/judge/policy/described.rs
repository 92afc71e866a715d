//! What a policy expects, for people.

use super::super::words::{counted, span};
use super::expectation::one_of;
use super::{ClaimRule, KeyChoice, Policy, Strictness};
use crate::judge::profile::ProfileChoice;

impl Policy {
    /// What it expects, a line each: what of, and which. The leeway is always among it, what it leaves open is not. The text is as
    /// the policy has it, and may hold anything.
    pub fn described(&self) -> Vec<(&'static str, String)> {
        let some = |values: &[String]| (!values.is_empty()).then(|| one_of(values));
        let seconds = |seconds: u32| span(i64::from(seconds));
        let issuers = self.issuers.iter().map(|issuer| {
            let keys: Vec<String> = issuer.keys.iter().map(KeyChoice::label).collect();
            match &keys[..] {
                [] => issuer.iss.clone(),
                keys => format!("{}, with the key {}", issuer.iss, one_of(keys)),
            }
        });
        let issuers: Vec<String> = issuers.collect();
        let claims = |rules: &[ClaimRule]| {
            let named = rules.iter().map(|rule| match &rule.value {
                None => rule.path.label().to_owned(),
                Some(value) => format!("{} = {}", rule.path.label(), value.text()),
            });
            let named: Vec<String> = named.collect();
            (!named.is_empty()).then(|| named.join("; "))
        };
        let kind = match self.profile {
            ProfileChoice::Auto => None,
            ProfileChoice::Named(name) => Some(name.label().to_owned()),
        };
        let revoked = match self.revoked.file() {
            _ if self.revoked.is_empty() => None,
            None => Some(counted(self.revoked.len(), "jti")),
            Some(file) => {
                let count = counted(self.revoked.len(), "jti");
                Some(format!("{count}, with those in {}", file.name()))
            }
        };
        let lenient = (self.strictness == Strictness::Lenient)
            .then(|| "lenient: what widely used libraries let pass refuses nothing".to_owned());
        let lines = [
            ("Kind", kind),
            ("Algorithm", some(&self.algorithms)),
            ("Type", some(&self.types)),
            ("Issuer", some(&issuers)),
            ("Audience", some(&self.audiences)),
            ("Nonce", self.nonce.clone()),
            ("Lifetime at most", self.max_lifetime_seconds.map(seconds)),
            ("Age at most", self.max_age_seconds.map(seconds)),
            ("Required claims", claims(&self.required_claims)),
            ("Forbidden claims", claims(&self.forbidden_claims)),
            ("Revoked", revoked),
            ("Strictness", lenient),
            ("Leeway", Some(seconds(self.leeway_seconds))),
        ];
        let lines = lines.into_iter();
        lines
            .filter_map(|(label, value)| Some((label, value?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::{ClaimPath, Issuer, Revoked};

    #[test]
    fn what_is_left_open_is_not_told() {
        let leeway = ("Leeway", "1 minute".to_owned());
        assert_eq!(Policy::default().described(), [leeway]);
    }

    #[test]
    fn everything_that_counts_as_expected_is_told() {
        let claim = |name: &str| ClaimRule {
            path: ClaimPath::Name(name.to_owned()),
            value: None,
        };
        let policy = Policy {
            algorithms: vec!["RS256".to_owned(), "ES256".to_owned()],
            issuers: vec![Issuer {
                iss: "https://idp.example".to_owned(),
                keys: vec![KeyChoice::Id("one".to_owned())],
            }],
            audiences: vec!["api".to_owned()],
            types: vec!["at+jwt".to_owned()],
            nonce: Some("n".to_owned()),
            max_age_seconds: Some(60),
            max_lifetime_seconds: Some(3600),
            required_claims: vec![claim("sub"), claim("jti")],
            forbidden_claims: vec![claim("nonce")],
            revoked: Revoked::listed(["a", "b"]),
            strictness: Strictness::Lenient,
            ..Policy::default()
        };
        let lines: Vec<String> = policy
            .described()
            .iter()
            .map(|(label, value)| format!("{label}: {value}"))
            .collect();
        assert_eq!(
            lines,
            [
                "Algorithm: RS256 or ES256",
                "Type: at+jwt",
                "Issuer: https://idp.example, with the key kid one",
                "Audience: api",
                "Nonce: n",
                "Lifetime at most: 1 hour",
                "Age at most: 1 minute",
                "Required claims: sub; jti",
                "Forbidden claims: nonce",
                "Revoked: 2 jtis",
                "Strictness: lenient: what widely used libraries let pass refuses nothing",
                "Leeway: 1 minute",
            ]
        );
    }
}
