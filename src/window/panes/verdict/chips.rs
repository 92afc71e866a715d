//! What stands behind the verdict: signature or encryption, time, policy, findings, each of the layer that decides.

use super::{Chip, Words};
use crate::jose::visible::visible;
use crate::jose::{Kind, PartRole};
use crate::judge::words::short_span;
use crate::judge::{CheckResult, Expectation, Judgement, Severity, TimeState};
use crate::verify::{
    DecryptionOutcome, DecryptionProof, NotChecked, Outcome, Provenance, SignatureProof,
};
use crate::window::layers::Layer;
use crate::window::panes::focus::Place;
use crate::window::theme::Tokens;
use crate::window::widgets::Icon;

/// What stands behind the verdict, of all layers.
pub(super) fn made_of(theme: &Tokens, layers: &[Layer<'_>], judgement: &Judgement) -> [Chip; 4] {
    [
        signature(theme, layers),
        time(theme, layers, judgement),
        policy(theme, judgement),
        findings(theme, judgement),
    ]
}

/// Of several layers the one that decides: the outermost of those whose signature or encryption is worst.
fn signature(theme: &Tokens, layers: &[Layer<'_>]) -> Chip {
    let rank = |icon: Icon| match icon {
        Icon::Cross => 2,
        Icon::Check => 0,
        _ => 1,
    };
    let chips = layers.iter().enumerate().map(|(layer, of)| Chip {
        layer,
        ..signature_of(theme, of)
    });
    let chips: Vec<Chip> = chips.collect();
    let all_hold = chips.iter().all(|chip| chip.icon == Icon::Check);
    let worst = chips
        .into_iter()
        .rev()
        .max_by_key(|chip| rank(chip.icon))
        .unwrap_or_else(|| signature_chip(theme, &[]));
    let rest = match layers.len() {
        0 | 1 => None,
        _ if all_hold => Some("all layers".to_owned()),
        _ => Some(format!("layer {}", worst.layer.saturating_add(1))),
    };
    Chip { rest, ..worst }
}

fn signature_of(theme: &Tokens, of: &Layer<'_>) -> Chip {
    let proof = of.proof();
    match &proof.decryption {
        Some(decryption) => Chip::new(
            "Encryption",
            Place::Check("decryption"),
            decryption_words(theme, decryption),
        ),
        None => match &proof.signatures[..] {
            [own] if is_holders_own(of, own) => {
                Chip::new("Signature", Place::Check("signature"), holder_words(theme))
            }
            signatures => signature_chip(theme, signatures),
        },
    }
}

/// Whether the key that came in the token is the one whose possession it is there to prove.
fn is_holders_own(of: &Layer<'_>, proof: &SignatureProof) -> bool {
    let used = proof.key.as_ref().map(|used| used.provenance);
    proof.outcome == Outcome::Valid
        && used == Some(Provenance::Token)
        && of.judgement.profile.accepts_own_key()
}

fn holder_words(theme: &Tokens) -> Words {
    let words = ["valid", "the holder\u{2019}s own key"].map(str::to_owned);
    (Icon::Check, theme.ok, words.into())
}

fn decryption_words(theme: &Tokens, decryption: &DecryptionProof) -> Words {
    let open = |words: &str| (Icon::Question, theme.warn, vec![words.to_owned()]);
    match decryption.outcome {
        DecryptionOutcome::Decrypted => {
            let key = decryption.key.as_ref();
            if key.is_some_and(|used| used.provenance == Provenance::PublicDefault) {
                let words = ["opened", "with a public secret"].map(str::to_owned);
                return (Icon::Cross, theme.bad, words.into());
            }
            let key = key.map(|used| format!("your key {}", visible(&used.key.id)));
            let words = std::iter::once("opened".to_owned()).chain(key);
            (Icon::Check, theme.ok, words.collect())
        }
        DecryptionOutcome::Failed => (Icon::Cross, theme.bad, vec!["cannot be opened".to_owned()]),
        DecryptionOutcome::NotTried(_) => open("not opened"),
        DecryptionOutcome::Unsupported => open("not supported"),
    }
}

fn signature_chip(theme: &Tokens, signatures: &[SignatureProof]) -> Chip {
    let place = Place::Check("signature");
    match signatures {
        [] => Chip::new(
            "Encryption",
            Place::Check("decryption"),
            (Icon::Question, theme.warn, vec!["not opened".to_owned()]),
        ),
        [proof] => Chip::new("Signature", place, signature_words(theme, proof)),
        several => Chip::new("Signatures", place, several_words(theme, several)),
    }
}

/// How many of several signatures are valid with the reviewer's keys, and what the others are.
fn several_words(theme: &Tokens, signatures: &[SignatureProof]) -> Words {
    let is_yours = |proof: &&SignatureProof| {
        let used = proof.key.as_ref().map(|used| used.provenance);
        proof.outcome == Outcome::Valid && used == Some(Provenance::Yours)
    };
    let count = |is_meant: &dyn Fn(&&SignatureProof) -> bool| {
        signatures.iter().filter(|proof| is_meant(proof)).count()
    };
    let yours = count(&is_yours);
    let wrong = count(&|proof| proof.outcome == Outcome::Invalid);
    let unsecured = count(&|proof| proof.outcome == Outcome::Unsecured);
    let foreign = count(&|proof| proof.outcome == Outcome::Valid && !is_yours(proof));
    let open =
        count(&|proof| matches!(proof.outcome, Outcome::NotChecked(_) | Outcome::Unsupported));
    let parts = [
        (wrong, "wrong"),
        (unsecured, "unsecured"),
        (foreign, "not by a key of yours"),
        (open, "not checked"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{count} {what}"));
    let first = match yours {
        0 => None,
        yours => Some(format!("{yours} of {} valid", signatures.len())),
    };
    let words = first.into_iter().chain(parts).collect();
    if wrong > 0 || unsecured > 0 {
        (Icon::Cross, theme.bad, words)
    } else if yours > 0 && foreign == 0 {
        (Icon::Check, theme.ok, words)
    } else {
        (Icon::Question, theme.warn, words)
    }
}

/// How a signature stands, in a sign, a colour and a few words.
pub(in crate::window::panes) fn signature_words(theme: &Tokens, proof: &SignatureProof) -> Words {
    let words = |parts: &[&str]| parts.iter().map(|&part| part.to_owned()).collect();
    let open = |parts: &[&str]| (Icon::Question, theme.warn, words(parts));
    match proof.outcome {
        Outcome::Valid => match proof.key.as_ref().map(|used| (used.provenance, &used.key)) {
            Some((Provenance::Yours, key)) => {
                let key = format!("your key {}", visible(&key.id));
                (Icon::Check, theme.ok, words(&["valid", &key]))
            }
            Some((Provenance::Confusion, _)) => (
                Icon::Cross,
                theme.bad,
                words(&["valid", "under a public key"]),
            ),
            Some((Provenance::PublicDefault, _)) => (
                Icon::Cross,
                theme.bad,
                words(&["valid", "under a public secret"]),
            ),
            Some((Provenance::Confirmed, _)) => holder_words(theme),
            Some((Provenance::Token, _)) => open(&["valid", "but the key came with it"]),
            None => open(&["valid"]),
        },
        Outcome::Invalid => {
            let key = proof.designated.as_ref();
            let key = key.map(|(key, _)| format!("not by key {}", visible(&key.id)));
            let parts = ["wrong".to_owned()].into_iter().chain(key).collect();
            (Icon::Cross, theme.bad, parts)
        }
        Outcome::NotChecked(why) => open(&[
            "not checked",
            match why {
                NotChecked::DetachedPayloadMissing => "payload missing",
                NotChecked::NoKey => "no key",
                NotChecked::NoKeyVerifies => "no key verifies it",
                NotChecked::TooLarge => "too large",
            },
        ]),
        Outcome::Unsecured => (Icon::Cross, theme.bad, words(&["none", "unsecured"])),
        Outcome::Unsupported => open(&["not checked", "not supported"]),
    }
}

/// Of the layer that holds the claims.
fn time(theme: &Tokens, layers: &[Layer<'_>], judgement: &Judgement) -> Chip {
    let at = holder(judgement);
    let is_encrypted = layers
        .get(at)
        .map(|layer| &layer.inspection.token)
        .is_some_and(|token| token.kind == Kind::Jwe && token.part(PartRole::Payload).is_none());
    let judgement = judgement.innermost();
    let times = &judgement.times;
    let (icon, color, text) = match times.state {
        TimeState::Expired if times.not_yet_valid => (Icon::Cross, theme.bad, "never valid"),
        TimeState::Expired => (Icon::Cross, theme.bad, "exp passed"),
        TimeState::NotYetValid => (Icon::Cross, theme.bad, "before nbf"),
        TimeState::None if is_encrypted => (Icon::Question, theme.warn, "encrypted"),
        TimeState::None => (Icon::Dash, theme.dim, "no times"),
        TimeState::Unreadable => (Icon::Cross, theme.bad, "not a number"),
        _ if times.within_leeway => (Icon::Question, theme.warn, "valid by the leeway"),
        TimeState::Unlimited => (Icon::Dash, theme.dim, "never expires"),
        TimeState::Valid => (Icon::Check, theme.ok, "valid"),
    };
    let remaining = times.mark("exp").and_then(|mark| mark.at);
    let text = match remaining.filter(|_| times.state == TimeState::Valid && !times.within_leeway) {
        Some(exp) => format!(
            "{text} for {}",
            short_span(exp.duration_since(judgement.at).as_secs())
        ),
        None => text.to_owned(),
    };
    Chip {
        layer: at,
        ..Chip::new("Time", Place::Timeline, (icon, color, vec![text]))
    }
}

/// Which layer holds the claims: the first one inside of each other one's payload.
fn holder(judgement: &Judgement) -> usize {
    let inner = |judgement: &&'_ Judgement| judgement.inner.is_some();
    std::iter::successors(Some(judgement), |judgement| judgement.inner.as_deref())
        .take_while(inner)
        .count()
}

/// What the policy expects of the layer that holds the claims, and of the algorithms of those around it.
fn policy(theme: &Tokens, judgement: &Judgement) -> Chip {
    let layers = judgement.layers().enumerate();
    let expectations: Vec<(usize, CheckResult)> = layers
        .flat_map(|(at, layer)| layer.expectations.iter().map(move |of| (at, of.result)))
        .collect();
    let is_met = |(_, result): &&(usize, CheckResult)| *result == CheckResult::Passed;
    let met = expectations.iter().filter(is_met).count();
    let mut broken = expectations
        .iter()
        .filter(|(_, result)| *result == CheckResult::Failed)
        .peekable();
    let all = expectations.len();
    let (icon, color, text) = match all {
        0 => (Icon::Dash, theme.dim, "expects nothing".to_owned()),
        1 => (Icon::Check, theme.ok, format!("{met} of 1 check")),
        _ => (Icon::Check, theme.ok, format!("{met} of {all} checks")),
    };
    let (icon, color) = match (broken.peek(), met == all) {
        (Some(_), _) => (Icon::Cross, theme.bad),
        (None, true) => (icon, color),
        // Some could not be made.
        (None, false) => (Icon::Dash, theme.dim),
    };
    let layer = broken
        .next()
        .map_or_else(|| holder(judgement), |(at, _)| *at);
    let place = judgement
        .layers()
        .nth(layer)
        .map_or(Place::Checks, expected_at);
    Chip {
        layer,
        ..Chip::new("Policy", place, (icon, color, vec![text]))
    }
}

/// The check that tells most of the policy: the first expectation that is not met, else the first that is, else the first of
/// what it says nothing about.
fn expected_at(judgement: &Judgement) -> Place {
    let checks = || {
        let all = judgement.checks.iter();
        all.filter(|check| Expectation::CHECKS.contains(&check.check))
    };
    let check = checks()
        .find(|check| check.result == CheckResult::Failed)
        .or_else(|| checks().find(|check| !check.is_unasked))
        .or_else(|| checks().next());
    check.map_or(Place::Checks, |check| Place::Check(check.check))
}

/// Those of all layers.
fn findings(theme: &Tokens, judgement: &Judgement) -> Chip {
    let found = || judgement.layers().flat_map(|layer| &layer.findings);
    let counts = Severity::ALL.into_iter().filter_map(|severity| {
        let of_it = |finding: &&crate::judge::Finding| finding.severity == severity;
        let count = found().filter(of_it).count();
        (count > 0).then_some((severity, count))
    });
    let counts: Vec<_> = counts.collect();
    let words = |&(severity, count): &(Severity, usize)| format!("{count} {}", severity.name());
    // "None" must not look like "all rules are content" when some could not look.
    let not_run: usize = judgement.layers().map(|layer| layer.not_run.len()).sum();
    let rest = match &counts[..] {
        [] if not_run > 0 => Some(format!("{not_run} not run")),
        [] | [_] => None,
        [_, second] => Some(words(second)),
        [_, others @ ..] => Some(format!(
            "{} more",
            others.iter().map(|(_, count)| count).sum::<usize>()
        )),
    };
    let (icon, color, text) = match counts.first() {
        Some(worst) => (Icon::from(worst.0), theme.severity(worst.0), words(worst)),
        None if not_run > 0 => (Icon::Dash, theme.dim, "none".to_owned()),
        None => (Icon::Check, theme.ok, "none".to_owned()),
    };
    let is_worst = |layer: &Judgement| {
        let findings = layer.findings.iter();
        let mut severities = findings.map(|finding| finding.severity);
        severities.any(|severity| Some(severity) == counts.first().map(|worst| worst.0))
    };
    Chip {
        rest,
        layer: judgement.layers().position(is_worst).unwrap_or(0),
        ..Chip::new("Findings", Place::Findings, (icon, color, vec![text]))
    }
}
