//! The kind of token: what its header says of it, and whether it is what that kind must be.

use std::borrow::Cow;
use std::ops::Range;

use super::{Case, Check, CheckResult, Judged, header_range, parameter_range, payload};
use crate::jose::visible::visible;
use crate::judge::profile::{Typing, has_type, is_of_a_kind, is_plain};
use crate::judge::words::capitalised;
use crate::judge::{ChosenBy, Finding, Severity};

/// `typ` against the kind (RFC 8725 section 3.11).
pub(super) fn typ(case: Case<'_>, judged: &Judged<'_>) -> Check {
    let profile = judged.profile;
    let typ = case.token.header().and_then(|header| header.get("typ"));
    let text = typ.and_then(|typ| typ.str());
    let (result, title, text) = if let Some(finding) = refusing(judged, "typ-mismatch") {
        let title = Cow::Borrowed("Type of another kind");
        (
            CheckResult::Failed,
            title,
            Cow::Owned(finding.title.clone()),
        )
    } else {
        match text.map(|text| (text, is_plain(text))) {
            Some((text, false)) => {
                let names = if has_type(profile.spec, text) {
                    profile.phrase()
                } else if profile.chosen_by == ChosenBy::Typ {
                    &profile.why
                } else if is_of_a_kind(text) {
                    "another kind"
                } else {
                    "no kind that is known here"
                };
                (
                    CheckResult::Passed,
                    Cow::Borrowed("Explicit type"),
                    Cow::Owned(format!("{}: {names}", visible(text))),
                )
            }
            Some((_, true)) | None
                if profile.spec.typing == Typing::Required && profile.is_fixed() =>
            {
                (
                    CheckResult::Failed,
                    Cow::Borrowed("No explicit type"),
                    Cow::Owned(format!(
                        "{} must have typ {}",
                        capitalised(profile.phrase()),
                        profile.spec.types.join(" or ")
                    )),
                )
            }
            _ if typ.is_some_and(|typ| typ.str().is_none()) => (
                CheckResult::NotRun,
                Cow::Borrowed("No readable type"),
                Cow::Borrowed("Expected typ as a string"),
            ),
            Some((text, true)) => (
                CheckResult::NotRun,
                Cow::Borrowed("No explicit type"),
                Cow::Owned(format!("{} says no kind", visible(text))),
            ),
            None => (
                CheckResult::NotRun,
                Cow::Borrowed("No explicit type"),
                Cow::Borrowed("The header has no typ"),
            ),
        }
    };
    Check {
        title,
        text,
        byte_range: parameter_range(case, "typ"),
        ..Check::new("type", result)
    }
}

/// The rules whose findings say that a token is not what its kind must be.
const OF_THE_KIND: [&str; 3] = [
    "profile-claim-missing",
    "profile-claim-forbidden",
    "typ-mismatch",
];

/// What the token is, and whether it is that as it must be.
pub(super) fn profile(case: Case<'_>, judged: &Judged<'_>) -> Check {
    let profile = judged.profile;
    let check = |result, title: Cow<'static, str>, text, byte_range| Check {
        title,
        text,
        byte_range,
        ..Check::new("profile", result)
    };
    let payload = || payload(case);
    if case.token.claims().is_none() {
        let text = Cow::Borrowed(if case.is_closed() {
            "The claims are encrypted"
        } else {
            "There are no readable claims"
        });
        return check(
            CheckResult::NotRun,
            "Kind not checked".into(),
            text,
            payload(),
        );
    }
    if profile.name.is_general() {
        let text = match profile.chosen_by {
            ChosenBy::Option => Cow::Borrowed("Chosen: claims and times, no kind"),
            ChosenBy::Typ => Cow::Owned(capitalised(&profile.why)),
            ChosenBy::Guess => Cow::Borrowed("It looks like none that is known here"),
        };
        return check(
            CheckResult::NotRun,
            "No particular kind".into(),
            text,
            payload(),
        );
    }
    let is_lapse = |finding: &&Finding| {
        OF_THE_KIND.contains(&finding.rule) && finding.severity > Severity::Low
    };
    let mut lapses = judged.findings.iter().filter(is_lapse);
    let said = match profile.chosen_by {
        ChosenBy::Guess => format!("Guessed: {}", profile.why),
        ChosenBy::Option => "Chosen".to_owned(),
        ChosenBy::Typ => capitalised(&profile.why),
    };
    let close = profile
        .runner_up
        .as_ref()
        .map(|other| format!("; or else {}", other.name.label()));
    let said = said + &close.unwrap_or_default();
    let phrase = profile.phrase();
    let Some(first) = lapses.next() else {
        let place = deciding(case, judged).or_else(payload);
        let title = match profile.chosen_by {
            ChosenBy::Guess => format!("Looks like {phrase}"),
            ChosenBy::Option | ChosenBy::Typ => format!("As {phrase} must be"),
        };
        return check(CheckResult::Passed, title.into(), Cow::Owned(said), place);
    };
    let more = match lapses.count() {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    let place = first
        .evidence
        .first()
        .map(|evidence| evidence.range.clone());
    let text = Cow::Owned(format!("{said}; but: {}{more}", first.title));
    let (result, title) = if profile.is_fixed() {
        (CheckResult::Failed, format!("Not as {phrase} must be"))
    } else {
        (CheckResult::NotRun, format!("Perhaps {phrase}"))
    };
    check(result, title.into(), text, place)
}

/// The characters that say which kind it is: its explicit type.
fn deciding(case: Case<'_>, judged: &Judged<'_>) -> Option<Range<usize>> {
    let is_typed = judged.profile.chosen_by == ChosenBy::Typ;
    is_typed.then(|| header_range(case, "typ")).flatten()
}

/// The finding by which a rule refuses.
fn refusing<'a>(judged: &Judged<'a>, rule: &str) -> Option<&'a Finding> {
    let mut findings = judged.findings.iter();
    findings.find(|finding| finding.rule == rule && finding.refusal.is_some())
}
