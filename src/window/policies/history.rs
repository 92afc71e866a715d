//! What was typed before, to go back to and forth again.

use super::draft::Draft;
use crate::judge::Policy;

/// So many steps can be taken back.
const MAX_STEPS: usize = 200;

/// And fewer, where they hold more entries than this together.
const MAX_ENTRIES: usize = 1_000_000;

/// How the editor stood.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What was typed.
    pub draft: Draft,
    /// What was in force.
    pub policy: Policy,
    /// The saved policy that it was of.
    pub file: Option<String>,
    /// What it was compared with.
    pub compared: Policy,
}

/// Steps back and forth.
#[derive(Debug, Clone, Default)]
pub struct History {
    back: Vec<Step>,
    forth: Vec<Step>,
    /// The visit of a field that typed last, which all is one step.
    typing: Option<u64>,
    /// The number of what was deleted, while nothing changed since.
    pub deleted: Option<u64>,
}

impl History {
    /// Whether a step can be taken back.
    pub fn can_undo(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether one can be taken again.
    pub fn can_redo(&self) -> bool {
        !self.forth.is_empty()
    }

    /// Takes note of how it stood before something changes. What is typed in one visit of a field is one step.
    pub(super) fn note(&mut self, step: Step, visit: Option<u64>) {
        let goes_on = visit.is_some() && visit == self.typing && !self.back.is_empty();
        self.typing = visit;
        self.deleted = None;
        self.forth.clear();
        if goes_on {
            return;
        }
        self.back.push(step);
        let is_too_much = |back: &Vec<Step>| {
            let entries: usize = back.iter().map(Step::entries).sum();
            back.len() > MAX_STEPS || back.len() > 1 && entries > MAX_ENTRIES
        };
        while is_too_much(&self.back) {
            self.back.remove(0);
        }
    }

    /// Says that what was in the one file, or in none, is saved in the other.
    pub(super) fn saved(&mut self, before: Option<&str>, now: &str) {
        let since = self.back.iter_mut().rev();
        let since = since.take_while(|step| step.file.as_deref() == before);
        for step in since.chain(&mut self.forth) {
            if step.file.as_deref() == before {
                step.file = Some(now.to_owned());
            }
        }
    }

    /// How it stood before, for how it stands.
    pub(super) fn undo(&mut self, present: Step) -> Option<Step> {
        let step = self.back.pop()?;
        self.forth.push(present);
        self.typing = None;
        Some(step)
    }

    /// How it stood before that was taken back.
    pub(super) fn redo(&mut self, present: Step) -> Option<Step> {
        let step = self.forth.pop()?;
        self.back.push(present);
        self.typing = None;
        Some(step)
    }
}

impl Step {
    /// Roughly how much it holds of its own.
    fn entries(&self) -> usize {
        self.draft.revoked.len().saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str) -> Step {
        Step {
            draft: Draft {
                name: name.to_owned(),
                ..Draft::default()
            },
            policy: Policy::default(),
            file: None,
            compared: Policy::default(),
        }
    }

    #[test]
    fn a_visit_of_a_field_is_one_step() {
        let mut history = History::default();
        history.note(step(""), Some(1));
        history.note(step("a"), Some(1));
        history.note(step("ab"), Some(2));
        history.note(step("abc"), None);
        history.note(step("abcd"), None);
        let mut at = step("now");
        let mut seen = Vec::new();
        while let Some(back) = history.undo(at.clone()) {
            seen.push(back.draft.name.clone());
            at = back;
        }
        assert_eq!(seen, ["abcd", "abc", "ab", ""]);
        let mut seen = Vec::new();
        while let Some(forth) = history.redo(at.clone()) {
            seen.push(forth.draft.name.clone());
            at = forth;
        }
        assert_eq!(seen, ["ab", "abc", "abcd", "now"]);
        // After going back, typing goes another way.
        history.undo(at.clone());
        history.note(step("else"), Some(2));
        assert!(!history.can_redo() && history.can_undo());
    }

    #[test]
    fn old_steps_make_room() {
        let mut history = History::default();
        for number in 0..MAX_STEPS * 2 {
            history.note(step(&number.to_string()), None);
        }
        assert_eq!(history.back.len(), MAX_STEPS);
        let mut large = step("large");
        large.draft.revoked = std::sync::Arc::new(vec![String::new(); MAX_ENTRIES]);
        history.note(large.clone(), None);
        history.note(large, None);
        assert_eq!(history.back.len(), 1);
    }
}
