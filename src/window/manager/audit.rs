//! What the rules say of the loaded keys: found out on a thread, after each change of the ring.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::judge::{KeyAudit, audit_key};
use crate::window::desk::{Desk, News};

/// By the id of the key.
pub type Audits = Arc<BTreeMap<String, KeyAudit>>;

/// What was found out.
pub(in crate::window) struct Audited {
    /// Counts the changes of the key ring.
    generation: u64,
    audits: BTreeMap<String, KeyAudit>,
}

/// What is being found out.
#[derive(Default)]
pub(in crate::window) struct Auditing {
    /// For this state of the ring.
    generation: u64,
    job: Option<u64>,
}

impl Desk {
    /// Has the keys looked at where the ring has changed.
    pub(in crate::window) fn audit(&mut self) {
        if self.auditing.generation == self.generation {
            return;
        }
        self.auditing.generation = self.generation;
        if let Some(job) = self.auditing.job.take() {
            self.jobs.stop(job);
        }
        let ground = self.ground();
        let label = match ground.keys.len() {
            0 => {
                self.model.audits = Audits::default();
                return;
            }
            1 => "Looking at 1 key".to_owned(),
            count => format!("Looking at {count} keys"),
        };
        self.auditing.job = self.start(&label, false, move |leave| {
            let keys = ground.keys.keys();
            let count = keys.len() as u64;
            let mut audits = BTreeMap::new();
            for (at, key) in (0..).zip(keys) {
                if leave.is_stopped() {
                    break;
                }
                leave.done(at, count);
                let audit = audit_key(key, &ground.keys, Some(ground.now));
                audits.insert(key.id.clone(), audit);
            }
            News::Audited(Audited {
                generation: ground.generation,
                audits,
            })
        });
    }

    /// Takes in what was found out.
    pub(in crate::window) fn audited(&mut self, audited: Audited) {
        if audited.generation == self.generation {
            self.model.audits = Arc::new(audited.audits);
            self.model.manager.is_outdated = true;
        }
    }
}
