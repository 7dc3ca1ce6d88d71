//! Blocks of the journal: one that cannot be read changes nothing, and after one that can the ledger
//! goes on.

use polso_core::Ledger;

use crate::input::{Input, chunk};
use crate::world::{self, checkpoint, goes_on, sealed, unsealed};

/// Chunks: a byte (even: the chunk is a body, and gets a seal that fits), then bytes of a block.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let (_, genuine) = world::ledger();
    let mut ledger = Ledger::new(7, 1);
    let mut state = checkpoint(&mut ledger);
    while !input.is_empty() {
        let seal = input.is_even();
        let bytes = input.chunk();
        let block = if seal { sealed(&genuine, bytes) } else { bytes.to_vec() };
        let read = ledger.replay(&block);
        let after = checkpoint(&mut ledger);
        if read.is_err() {
            assert_eq!(after, state, "a block that cannot be read has changed something");
        } else {
            let _ = ledger.replay(&block);
            assert_eq!(checkpoint(&mut ledger), after, "a block was counted twice");
        }
        state = after;
    }
    goes_on(ledger);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let (mut ledger, first) = world::ledger();
    ledger.ingest(world::batch(world::candidates()), world::now().plus_ms(7_200_000)).unwrap();
    let second = world::blocks(&ledger.commit()).remove(0);
    let sealed = |block: &[u8]| [vec![0], chunk(unsealed(block))].concat();
    vec![
        sealed(&first),
        [sealed(&first), sealed(&second)].concat(),
        [vec![1], chunk(&first)].concat(),
        sealed(&second),
    ]
}
