//! Tokens that came of one sign-in, one after the other.

use super::{Confidence, Finding, Rule, Ruling, Severity, Subject, claim_evidence};
use crate::judge::neighbours::{Traces, session_claims};
use crate::judge::words::counted;

/// Others of a sign-in that are counted.
const MOST: usize = 1_000;

/// `refresh-family`: the session holds several generations of what one sign-in gave.
pub(in super::super) struct RefreshFamily;

impl Rule for RefreshFamily {
    fn id(&self) -> &'static str {
        "refresh-family"
    }

    fn look(&self, subject: &Subject<'_>) -> Ruling {
        let case = subject.case;
        let claims = match case.beside.own() {
            _ if !subject.has_claims() => return Ruling::Unconcerned,
            Some(own) => session_claims(case)
                .into_iter()
                .map(move |claim| (own, claim)),
            None if session_claims(case).is_empty() => return Ruling::Unconcerned,
            None => return Ruling::NotRun,
        };
        let family = claims.filter_map(|(own, (name, mark))| {
            let others = case.beside.others(mark).take(MOST);
            let count = others
                .filter(|(_, other)| is_other_generation(own, other))
                .count();
            (count > 0).then_some((name, count))
        });
        // Of several claims the one that most share.
        let Some((name, count)) = family.max_by_key(|(_, count)| *count) else {
            return Ruling::Ran(Vec::new());
        };
        let others = match count {
            MOST.. => format!("{MOST} other tokens or more"),
            _ => counted(count, "other token"),
        };
        let share = if count == 1 { "shares" } else { "share" };
        Ruling::Ran(vec![Finding {
            rule: self.id(),
            severity: Severity::Info,
            confidence: Confidence::Likely,
            title: "One of several generations of one sign-in".to_owned(),
            detail: format!(
                "{} in this session {share} its {name}, and were issued at another time or renew it. Whoever ends the sign-in must end all of them, and a refresh token among them makes new ones until then.",
                crate::judge::words::capitalised(&others)
            ),
            remedy: "Revoke the family, not the single token, when one of them is lost.".to_owned(),
            references: vec!["RFC 9700 \u{A7}4.14", "RFC 7009 \u{A7}2.1"],
            evidence: claim_evidence(subject, name),
            refusal: None,
        }])
    }
}

/// Whether another token of the sign-in came before or after this one, and not beside it.
fn is_other_generation(own: &Traces, other: &Traces) -> bool {
    if own.is_refresh_token || other.is_refresh_token {
        return true;
    }
    let is_of_one_kind =
        own.is_access_token && other.is_access_token || own.is_id_token && other.is_id_token;
    is_of_one_kind && own.issued.is_some() && other.issued.is_some() && own.issued != other.issued
}
