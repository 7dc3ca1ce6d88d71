//! How a ledger comes back from what was kept, whatever of it can still be read.
//!
//! The newest checkpoint that can be read is the start; the blocks since are replayed. An older
//! checkpoint with a longer tail gives the same state to the last digit, so that nothing is lost with
//! one. A block that cannot be read or is not there is lost: the ledger goes on behind it, under
//! another birth, because the hub and the viewers have counted it. Dedup keys
//! whose index cannot be read are taken out of its pages. Everything that was found is in the `damage` of the ledger.
//!
//! Rows that are missing at the very end of the journal leave no gap. They are found by the [mark](super::mark),
//! or by a hub that knows them ([`Ledger::pull`]).

use crate::{
    checkpoint::{self, Checkpoint},
    corrupt::Corrupt,
    dedup::{Limits, Scope},
    journal::Block,
    rejected::{self, Position},
};

use super::{Ledger, mark};

/// A ledger that is being restored.
#[derive(Debug)]
pub struct Recovery {
    ledger: Ledger,
    /// Whether a checkpoint was read.
    is_based: bool,
    /// Unreadable checkpoints that were shown before that.
    unreadable: u64,
    is_damaged: bool,
    /// Whether any block is lost.
    is_lossy: bool,
    seed: u64,
    limits: Limits,
}

impl Recovery {
    /// Nothing is known yet. `birth` is taken when no checkpoint can be read.
    #[must_use]
    pub fn new(birth: u64, seed: u64, limits: Limits) -> Self {
        let ledger = Ledger::from_checkpoint(Checkpoint::blank(birth, seed, limits));
        Self {
            ledger,
            is_based: false,
            unreadable: 0,
            is_damaged: false,
            is_lossy: false,
            seed,
            limits,
        }
    }

    /// Shows a checkpoint, the newest first, until one can be read.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot: show the one before, or none.
    pub fn checkpoint(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        match checkpoint::decode(bytes, self.seed, self.limits) {
            Ok(checkpoint) => {
                self.ledger = Ledger::from_checkpoint(checkpoint);
                self.is_based = true;
                Ok(())
            }
            Err(corrupt) => {
                self.unreadable += 1;
                self.is_damaged = true;
                Err(corrupt)
            }
        }
    }

    /// Shows a block of the journal, in their order; what the checkpoint covers is skipped.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read: its events are lost.
    pub fn block(&mut self, seq: u64, bytes: &[u8]) -> Result<(), Corrupt> {
        if seq <= self.ledger.seq {
            return Ok(());
        }
        if seq > Position::END.seq {
            self.note();
            return Err(Corrupt("a block number that no ledger comes to"));
        }
        if self.ledger.seq < seq - 1 {
            self.note();
            self.lose(seq - 1);
        }
        match Block::decode(bytes) {
            Ok(block) if block.seq == seq => {
                self.ledger.take_back(&block);
                Ok(())
            }
            other => {
                self.note();
                self.lose(seq);
                Err(other.err().unwrap_or(Corrupt("a block in the place of another")))
            }
        }
    }

    /// Shows where the journal ended at some time, when all blocks were shown.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read.
    pub fn mark(&mut self, bytes: &[u8]) -> Result<(), Corrupt> {
        let end = mark::read(bytes).inspect_err(|_| self.note())?;
        if self.ledger.seq < end && end <= Position::END.seq {
            self.note();
            self.lose(end);
        }
        Ok(())
    }

    /// The runs of keys whose indexes are to be [shown](Self::index) when all blocks were.
    pub fn runs(&mut self) -> Vec<u32> {
        self.ledger.expire(self.ledger.now);
        self.ledger.memory.run_numbers()
    }

    /// Whether runs that are there are to be taken that no checkpoint names, because none could be
    /// read.
    #[must_use]
    pub fn takes_any_run(&self) -> bool {
        !self.is_based
    }

    /// Takes a run that is there, when no checkpoint names any.
    ///
    /// # Errors
    /// [`Corrupt`] when its index cannot be read: its keys are lost.
    pub fn take_run(&mut self, number: u32, index: &[u8]) -> Result<(), Corrupt> {
        let taken = self.ledger.memory.take_run(number, index);
        if taken.is_err() {
            self.note();
        }
        taken
    }

    /// Shows the index of a run.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read, or there is none: show the [pages](Self::pages).
    pub fn index(&mut self, run: u32, index: &[u8]) -> Result<(), Corrupt> {
        let attached = self.ledger.memory.attach(run, index);
        if attached.is_err() {
            self.note();
        }
        attached
    }

    /// Takes the keys of a run whose index cannot be read out of its pages: `page` reads one by its
    /// number, empty when it is not there. Which of them cannot be read comes back.
    pub fn pages(&mut self, run: u32, mut page: impl FnMut(u32) -> Vec<u8>) -> Vec<u32> {
        let Some(state) = self.ledger.memory.run_state(run) else { return Vec::new() };
        let mut unreadable = Vec::new();
        for number in 0..state.pages() {
            let bytes = page(number);
            if let Err((_, lost)) = self.ledger.memory.take_page(&state, number, &bytes) {
                self.note();
                let keys_lost = &mut self.ledger.damage.keys_lost;
                *keys_lost = keys_lost.saturating_add(lost as u64);
                unreadable.push(number);
            }
        }
        self.ledger.memory.remove(run);
        unreadable
    }

    /// The ledger, and whether anything could not be read: then a checkpoint must be written at once,
    /// so that it is not found again.
    #[must_use]
    pub fn finish(self) -> (Ledger, bool) {
        let Self { mut ledger, is_based, unreadable, is_damaged, is_lossy, .. } = self;
        let now = ledger.now;
        (0..unreadable).for_each(|_| ledger.damage.note(now));
        if is_lossy && is_based {
            ledger.be_born_again();
        }
        (ledger, is_damaged)
    }

    /// Goes on behind the block `last`.
    fn lose(&mut self, last: u64) {
        self.is_lossy = true;
        self.ledger.damage.lose(self.ledger.seq + 1, last);
        self.ledger.seq = last;
    }

    fn note(&mut self) {
        self.is_damaged = true;
        self.ledger.damage.note(self.ledger.now);
    }
}

impl Ledger {
    /// The ledger that wrote `checkpoint` and needs nothing else. The blocks that it wrote since are to
    /// be replayed.
    ///
    /// # Errors
    /// [`Corrupt`] when the bytes cannot be read, or name runs of keys: [`Recovery`] asks for these.
    pub fn restore(checkpoint: &[u8], seed: u64) -> Result<Self, Corrupt> {
        let checkpoint = checkpoint::decode(checkpoint, seed, Limits::STANDARD)?;
        if !checkpoint.memory.run_numbers().is_empty() {
            return Err(Corrupt("its runs of keys are not here"));
        }
        Ok(Self::from_checkpoint(checkpoint))
    }

    /// Takes a block of the journal back in, in order; what the checkpoint covers is skipped.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read or a block before it is missing.
    pub fn replay(&mut self, block: &[u8]) -> Result<(), Corrupt> {
        let block = Block::decode(block)?;
        if block.seq <= self.seq {
            return Ok(());
        }
        if block.seq - 1 != self.seq {
            return Err(Corrupt("a block of the journal is missing"));
        }
        self.take_back(&block);
        Ok(())
    }

    fn take_back(&mut self, block: &Block) {
        self.generation = self.generation.max(block.generation);
        for group in &block.groups {
            self.now = self.now.max(group.received);
            self.expire(group.received);
            // What does not fit was never written here.
            let _ = self.subjects.take_over(group.subjects.iter());
            rejected::remember(&mut self.memory, &group.replay, group.received);
            let scope = (Scope::of(&group.source), group.dedup_ttl_s);
            for candidate in &group.accepted {
                let key = (candidate.key, candidate.content);
                self.memory.remember(scope, key, group.received);
                self.learn(candidate, &group.source, group.generation, group.received);
            }
        }
        self.count(block);
        // Whoever asks now gets a snapshot: nothing is left to publish.
        self.settle();
        self.published_seq = self.seq;
    }

    /// A hub knows blocks up to `seq` that are not there: they were lost without a trace.
    pub(super) fn fall_behind(&mut self, seq: u64) {
        self.damage.note(self.now);
        self.damage.lose(self.seq + 1, seq);
        self.be_born_again();
    }

    /// Other numbers than those that were told under this birth so far.
    fn be_born_again(&mut self) {
        // Births are of 52 bits.
        let next = self.birth.rotate_left(17) ^ self.seq;
        self.birth = next.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 12;
    }
}
