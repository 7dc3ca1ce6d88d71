//! What a checkpoint does with the keys: those that expire at about the same time make a run, where
//! they are many enough; the others are carried in the checkpoint itself.
//!
//! A run goes when its last key has expired. So keys are put together by how long they still live, each
//! group up to four times as long as the one before: a key stays no longer than four times its life.
//! Few keys are not worth a run: [`Limits::run_keys_min`](super::Limits), and no less than one in
//! [`SHARE_MIN`] of all keys in runs, which bounds the number of runs that each key is looked for in.

use std::collections::BTreeMap;

use super::{CUT, DedupMemory, NewRun, RECORD_BYTES, Remembered, Run, RunState, second};
use crate::{corrupt::Corrupt, time::Timestamp};

/// A run is no smaller than one in so many of all keys in runs.
const SHARE_MIN: usize = 64;

const NO_RUN: Corrupt = Corrupt("a run of no ledger");

/// What becomes of the keys at a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Runs to be written.
    pub(crate) runs: Vec<NewRun>,
    carried: Vec<Remembered>,
    /// How many places of the recent keys this is about.
    planned: usize,
}

impl DedupMemory {
    /// What becomes of the keys that are alive at `now`.
    pub(crate) fn plan(&self, now: Timestamp) -> Plan {
        let now_s = second(now);
        let mut groups: BTreeMap<u32, Vec<Remembered>> = BTreeMap::new();
        for known in self.recent.iter().filter(|known| known.is_live(now_s)) {
            let left_s = (i64::from(known.until_s) - now_s) as u64;
            groups.entry((left_s.max(1).ilog2()) / 2).or_default().push(*known);
        }
        let in_runs: usize = self.runs.iter().map(Run::len).sum();
        let least = self.limits.run_keys_min.max(in_runs / SHARE_MIN);
        let mut plan = Plan { planned: self.recent.len(), ..Plan::default() };
        for mut keys in groups.into_values() {
            keys.sort_unstable_by_key(|known| known.key);
            if keys.len() < least {
                plan.carried.append(&mut keys);
                continue;
            }
            for keys in keys.chunks(self.limits.run_keys_max.max(1)) {
                let number = self.next_run + plan.runs.len() as u32;
                plan.runs.push(NewRun::new(number, keys, &self.limits));
            }
        }
        plan.carried.sort_unstable_by_key(|known| known.key);
        plan
    }

    /// The plan was written: what is in runs now leaves the recent keys.
    ///
    /// # Errors
    /// [`Corrupt`] when the plan is of another memory.
    pub(crate) fn adopt(&mut self, plan: Plan) -> Result<(), Corrupt> {
        self.recent.replace(plan.planned, plan.carried);
        for run in plan.runs {
            self.next_run = run.number + 1;
            self.runs.push(Run::written(run)?);
        }
        self.cool();
        Ok(())
    }

    /// The runs that there are after a plan, and the number of the next.
    pub(crate) fn states_after(&self, plan: &Plan) -> (Vec<RunState>, u32) {
        let new = plan.runs.iter().map(|run| run.run);
        let states = self.runs.iter().map(|run| run.state).chain(new).collect();
        (states, self.next_run + plan.runs.len() as u32)
    }

    /// The numbers of the runs that there are.
    pub(crate) fn run_numbers(&self) -> Vec<u32> {
        self.runs.iter().map(Run::number).collect()
    }

    /// Takes back what a checkpoint says: the runs, whose indexes are still to come, and the keys
    /// that it carried.
    ///
    /// # Errors
    /// [`Corrupt`] when it does not fit.
    pub(crate) fn restore(
        &mut self,
        states: &[RunState],
        next_run: u32,
        carried: &[u8],
    ) -> Result<(), Corrupt> {
        if !states.is_sorted_by(|a, b| a.number < b.number)
            || states.last().is_some_and(|last| last.number >= next_run)
            || next_run == u32::MAX
        {
            return Err(Corrupt("the runs are out of order"));
        }
        if !states.iter().all(RunState::is_whole) {
            return Err(NO_RUN);
        }
        if !carried.len().is_multiple_of(RECORD_BYTES) {
            return Err(CUT);
        }
        for record in carried.chunks_exact(RECORD_BYTES) {
            let known = Remembered::read(record)?;
            if self.recent.find(&known.key).is_some() {
                return Err(Corrupt("a key comes twice"));
            }
            self.recent.put(known);
        }
        self.runs = states.iter().copied().map(Run::unknown).collect();
        self.next_run = next_run;
        Ok(())
    }
}

impl DedupMemory {
    /// What is known of a run beside its index.
    pub(crate) fn run_state(&self, number: u32) -> Option<RunState> {
        self.run(number).map(|run| run.state)
    }

    /// Reads the index of a run.
    ///
    /// # Errors
    /// [`Corrupt`] when it cannot be read, or there is no such run.
    pub(crate) fn attach(&mut self, number: u32, index: &[u8]) -> Result<(), Corrupt> {
        self.run_mut(number).ok_or(NO_RUN)?.attach(index)
    }

    /// Takes the keys of a page into memory, of a run whose index cannot be read.
    ///
    /// # Errors
    /// [`Corrupt`] with how many keys are lost, when the page cannot be read either.
    pub(crate) fn take_page(
        &mut self,
        run: &RunState,
        page: u32,
        bytes: &[u8],
    ) -> Result<(), (Corrupt, usize)> {
        let lost = |corrupt| (corrupt, run.records_of(page));
        let records = run.records(page, bytes).map_err(lost)?;
        for record in records.chunks_exact(RECORD_BYTES) {
            let known = Remembered::read(record).map_err(lost)?;
            // A key that came again after its time is known better already.
            let later = |other: Remembered| other.until_s >= known.until_s;
            if !self.recent.find(&known.key).is_some_and(later) {
                self.recent.put(known);
            }
        }
        Ok(())
    }

    /// Forgets a run whose keys are in memory now.
    pub(crate) fn remove(&mut self, number: u32) {
        self.runs.retain(|run| run.number() != number);
    }

    /// Takes a run that no checkpoint names.
    ///
    /// # Errors
    /// [`Corrupt`] when its index cannot be read.
    pub(crate) fn take_run(&mut self, number: u32, index: &[u8]) -> Result<(), Corrupt> {
        let state = RunState::of_index(index)?;
        let is_next = self.runs.last().is_none_or(|last| last.number() < number);
        if state.number != number || number == u32::MAX || !state.is_whole() || !is_next {
            return Err(NO_RUN);
        }
        let mut run = Run::unknown(state);
        run.attach(index)?;
        self.runs.push(run);
        self.next_run = number + 1;
        Ok(())
    }
}

impl Plan {
    /// How many bytes [`write`](Self::write) appends.
    pub(crate) fn written_bytes(&self) -> usize {
        self.carried.len() * RECORD_BYTES
    }

    /// Appends the keys that are carried.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        self.carried.iter().for_each(|known| known.write(bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        dedup::{Limits, Scope, Seen},
        key::DedupKey,
    };

    const LIMITS: Limits =
        Limits { run_keys_min: 4, run_keys_max: 10, page_keys: 3, ..Limits::STANDARD };

    fn key(n: u64) -> (DedupKey, u32) {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&n.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        (DedupKey::from_bytes(bytes), 0)
    }

    fn at(s: i64) -> Timestamp {
        Timestamp::from_ms(s * 1_000)
    }

    fn put(memory: &mut DedupMemory, numbers: core::ops::Range<u64>, ttl_s: u32, now_s: i64) {
        for n in numbers {
            memory.remember((Scope::of("a"), ttl_s), key(n), at(now_s));
        }
    }

    fn is_known(memory: &DedupMemory, n: u64, now_s: i64) -> bool {
        let (scope, (key, _)) = (Scope::of("a"), key(n));
        let looked = memory.look_up([(scope, key)].into_iter(), at(now_s));
        assert_eq!(looked.wants(), None, "all of it is in memory");
        memory.clone().check(&looked, (scope, 60), (key, 0), at(now_s)) != Seen::New
    }

    /// How many keys each run has, and how many are carried.
    #[track_caller]
    fn check(memory: &DedupMemory, now_s: i64, runs: &[u32], carried: usize) -> Plan {
        let plan = memory.plan(at(now_s));
        let found: Vec<u32> = plan.runs.iter().map(|run| run.run.keys).collect();
        assert_eq!((found.as_slice(), plan.carried.len()), (runs, carried));
        plan
    }

    #[test]
    fn keys_that_expire_together_make_a_run_and_few_are_carried() {
        let mut memory = DedupMemory::new(1, LIMITS);
        put(&mut memory, 0..3, 60, 0);
        put(&mut memory, 10..14, 3_600, 0);
        put(&mut memory, 20..45, 604_800, 0);
        check(&memory, 0, &[4, 10, 10, 5], 3);
        // Those of a minute have expired.
        let plan = check(&memory, 61, &[4, 10, 10, 5], 0);
        memory.adopt(plan).unwrap();
        assert_eq!((memory.len(), memory.recent.len(), memory.next_run), (29, 0, 5));
        assert!((10..14).chain(20..45).all(|n| is_known(&memory, n, 61)));
        memory.expire(at(3_600));
        assert_eq!(memory.len(), 29);
        memory.expire(at(3_601));
        assert_eq!(memory.len(), 25);
    }

    #[test]
    fn what_comes_after_a_plan_stays() {
        let mut memory = DedupMemory::new(1, LIMITS);
        put(&mut memory, 0..5, 60, 0);
        let plan = check(&memory, 61, &[], 0);
        put(&mut memory, 0..2, 60, 61);
        memory.adopt(plan).unwrap();
        assert_eq!(memory.len(), 2);
        assert!(is_known(&memory, 1, 61) && !is_known(&memory, 2, 61));
    }

    #[test]
    fn runs_grow_with_what_is_there_so_that_there_are_few() {
        let limits = Limits { run_keys_min: 1, ..Limits::STANDARD };
        let mut memory = DedupMemory::new(1, limits);
        for round in 0..2_000 {
            put(&mut memory, round * 10..(round + 1) * 10, 604_800, 0);
            let plan = memory.plan(at(0));
            memory.adopt(plan).unwrap();
        }
        assert_eq!(memory.len(), 20_000);
        assert!(memory.runs.len() < 300, "{}", memory.runs.len());
    }

    #[test]
    fn the_oldest_pages_leave_memory_first() {
        let limits = Limits { hot_keys_max: 9, ..LIMITS };
        let mut memory = DedupMemory::new(1, limits);
        for first in [0, 10, 20] {
            put(&mut memory, first..first + 5, 3_600, 0);
            let plan = memory.plan(at(0));
            memory.adopt(plan).unwrap();
        }
        assert_eq!(memory.runs.iter().map(Run::cold).collect::<Vec<_>>(), [5, 5, 0]);
        assert_eq!(memory.spilled(), 10);
    }

    #[test]
    fn reads_back_what_it_kept_and_refuses_what_it_cannot_have_written() {
        let mut memory = DedupMemory::new(1, LIMITS);
        put(&mut memory, 0..3, 3_600, 0);
        let plan = memory.plan(at(0));
        let mut bytes = Vec::new();
        plan.write(&mut bytes);
        assert_eq!(bytes.len(), plan.written_bytes());
        let restored = |states: &[RunState], next, bytes: &[u8]| {
            let mut back = DedupMemory::new(2, LIMITS);
            back.restore(states, next, bytes).map(|()| back).map_err(|corrupt| corrupt.0)
        };
        let back = restored(&[], 1, &bytes).unwrap();
        assert!((0..4).all(|n| is_known(&back, n, 0) == (n < 3)));
        let refused = |states: &[RunState], next, bytes: &[u8]| {
            restored(states, next, bytes).map(drop).unwrap_err()
        };
        assert_eq!(refused(&[], 1, &bytes[1..]), CUT.0);
        assert_eq!(refused(&[], 1, &[&bytes[..], &bytes[..24]].concat()), "a key comes twice");
        let run = RunState { number: 1, keys: 9, page_keys: 3, until_s: 9 };
        assert!(restored(&[run], 2, &[]).is_ok());
        assert_eq!(refused(&[run], 1, &[]), "the runs are out of order");
        assert_eq!(refused(&[run, run], 2, &[]), "the runs are out of order");
        assert_eq!(refused(&[RunState { keys: 0, ..run }], 2, &[]), NO_RUN.0);
        assert_eq!(refused(&[RunState { page_keys: 0, ..run }], 2, &[]), NO_RUN.0);
        assert_eq!(refused(&[RunState { keys: u32::MAX, ..run }], 2, &[]), NO_RUN.0);
    }
}
