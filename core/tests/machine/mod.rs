//! A ledger with its disk, as the Worker keeps one.

use polso_core::{Effect, Ledger, LedgerSnapshot, Pulled};

pub struct Machine {
    pub ledger: Ledger,
    checkpoint: Vec<u8>,
    journal: Vec<Vec<u8>>,
}

impl Machine {
    pub fn new(birth: u64) -> Self {
        let ledger = Ledger::new(birth, birth);
        let mut machine = Self { ledger, checkpoint: Vec::new(), journal: Vec::new() };
        machine.checkpoint();
        machine
    }

    /// Commits: what goes on the disk is there, the other effects come back.
    pub fn commit(&mut self) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in self.ledger.commit() {
            match effect {
                Effect::Append { block, .. } => self.journal.push(block),
                Effect::Checkpoint { bytes } => self.checkpoint = bytes,
                Effect::Keep { .. } | Effect::Publish(_) | Effect::WakeAt(_) => others.push(effect),
            }
        }
        others
    }

    pub fn checkpoint(&mut self) {
        let Effect::Checkpoint { bytes } = self.ledger.checkpoint() else {
            panic!("no checkpoint")
        };
        self.checkpoint = bytes;
    }

    /// The ledger is made anew from the disk.
    pub fn restart(&mut self, seed: u64) {
        self.ledger = Ledger::restore(&self.checkpoint, seed).unwrap();
        self.journal.iter().for_each(|block| self.ledger.replay(block).unwrap());
    }

    /// What a hub is told that knows nothing yet.
    pub fn snapshot(&mut self) -> LedgerSnapshot {
        match self.ledger.pull(0, 0) {
            Pulled::Snapshot(snapshot) => *snapshot,
            Pulled::Deltas(_) => panic!("nobody is born as 0"),
        }
    }
}
