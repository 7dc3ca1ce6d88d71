//! A ledger with its disk, as the Worker keeps one.
#![allow(clippy::panic, dead_code)]

use std::collections::BTreeMap;

use polso_core::{
    Batch, Busy, Effect, Enquiry, Heritage, Ledger, LedgerSnapshot, Limits, Lookup, Outcome,
    Pulled, Recovery, Save, Timestamp,
};

/// A checkpoint, and the journal since.
#[derive(Clone, Default)]
pub struct Segment {
    pub checkpoint: Vec<u8>,
    pub journal: BTreeMap<u64, Vec<u8>>,
}

pub struct Machine {
    pub ledger: Ledger,
    /// The two that are kept, oldest first.
    pub segments: Vec<Segment>,
    /// The index and the pages of each run of keys.
    pub runs: BTreeMap<u32, (Vec<u8>, Vec<Vec<u8>>)>,
    /// Where the journal ended, when that was last written down.
    pub mark: Vec<u8>,
    /// How many pages of keys were read.
    pub reads: usize,
    limits: Limits,
}

impl Machine {
    pub fn new(birth: u64) -> Self {
        Self::with_limits(birth, Limits::STANDARD)
    }

    pub fn with_limits(birth: u64, limits: Limits) -> Self {
        let ledger = Ledger::with_limits(birth, birth, limits);
        let (segments, runs, mark) = (Vec::new(), BTreeMap::new(), Vec::new());
        let mut machine = Self { ledger, segments, runs, mark, reads: 0, limits };
        machine.checkpoint();
        machine
    }

    /// Judges a batch, with what the disk says of its keys.
    pub fn ingest(&mut self, batch: Batch, now: Timestamp) -> Result<Vec<Outcome>, Busy> {
        let lookup = self.ledger.look_up(batch, 100, now)?;
        let lookup = self.read(lookup);
        self.ledger.judge(lookup)
    }

    /// Answers for what came here before the number of shards changed.
    pub fn tell(&mut self, enquiry: Enquiry, now: Timestamp) -> Result<Heritage, Busy> {
        let lookup = self.ledger.look_back(enquiry, now)?;
        let lookup = self.read(lookup);
        self.ledger.tell(lookup)
    }

    fn read<Of>(&mut self, mut lookup: Lookup<Of>) -> Lookup<Of> {
        while let Some(page) = lookup.wants() {
            self.reads += 1;
            let bytes =
                self.runs.get(&page.run).and_then(|(_, pages)| pages.get(page.page as usize));
            if lookup.read(page, bytes.map_or(&[], Vec::as_slice)).is_err() {
                lookup.give_up(page);
            }
        }
        lookup
    }

    /// Commits: what goes on the disk is there, the other effects come back.
    pub fn commit(&mut self) -> Vec<Effect> {
        let mut others = Vec::new();
        for effect in self.ledger.commit() {
            match effect {
                Effect::Append { seq, block } => {
                    let segment = self.segments.last_mut();
                    segment.map(|segment| segment.journal.insert(seq, block));
                }
                Effect::Checkpoint(save) => self.save(save),
                Effect::Mark { bytes } => self.mark = bytes,
                Effect::Keep { .. } | Effect::Publish(_) | Effect::WakeAt(_) => others.push(effect),
            }
        }
        others
    }

    /// The timer of the ledger rings.
    pub fn tick(&mut self, now: Timestamp) {
        for effect in self.ledger.tick(now) {
            if let Effect::Mark { bytes } = effect {
                self.mark = bytes;
            }
        }
    }

    pub fn checkpoint(&mut self) {
        let save = self.ledger.checkpoint();
        self.save(save);
    }

    fn save(&mut self, save: Save) {
        for run in save.runs() {
            self.runs.insert(run.number, (run.index.clone(), run.pages.clone()));
        }
        self.runs.retain(|number, _| save.keeps(*number));
        self.segments.push(Segment { checkpoint: save.bytes.clone(), ..Segment::default() });
        if self.segments.len() > 2 {
            self.segments.remove(0);
        }
        assert_eq!(self.ledger.saved(save), Ok(()), "its own checkpoint");
    }

    /// The ledger is made anew from the disk; whether anything was damaged.
    pub fn restart(&mut self, seed: u64) -> bool {
        let mut recovery = Recovery::new(seed, seed, self.limits);
        let readable = |segment: &Segment| recovery.checkpoint(&segment.checkpoint).is_ok();
        let first = self.segments.iter().rposition(readable).unwrap_or_default();
        for (seq, block) in self.segments[first..].iter().flat_map(|segment| &segment.journal) {
            let _ = recovery.block(*seq, block);
        }
        if !self.mark.is_empty() {
            let _ = recovery.mark(&self.mark);
        }
        if recovery.takes_any_run() {
            for (number, (index, _)) in &self.runs {
                let _ = recovery.take_run(*number, index);
            }
        }
        for number in recovery.runs() {
            let run = self.runs.get(&number);
            let index = run.map_or(&[][..], |(index, _)| index);
            if !recovery.takes_any_run() && recovery.index(number, index).is_err() {
                let pages = run.map_or(&[][..], |(_, pages)| pages);
                let page = |page| pages.get(page as usize).cloned().unwrap_or_default();
                recovery.pages(number, page);
            }
        }
        let (ledger, is_damaged) = recovery.finish();
        self.ledger = ledger;
        if is_damaged {
            self.checkpoint();
        }
        is_damaged
    }

    /// What a hub is told that knows nothing yet.
    pub fn snapshot(&mut self) -> LedgerSnapshot {
        match self.ledger.pull(0, 0) {
            Pulled::Snapshot(snapshot) => *snapshot,
            Pulled::Deltas(_) => panic!("nobody is born as 0"),
        }
    }
}
