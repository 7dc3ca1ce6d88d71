//! Checkpoints: what can be restored goes on, and no checkpoint with one bit changed can.

use polso_core::Ledger;

use crate::input::Input;
use crate::world::{self, checkpoint, goes_on, sealed, unsealed};

/// A byte (even: the rest is a body, and gets a seal that fits), two bytes that choose a bit to
/// change, then bytes of a checkpoint.
pub fn run(data: &[u8]) {
    let mut input = Input::new(data);
    let seal = input.is_even();
    let bit = usize::from(input.byte()) << 8 | usize::from(input.byte());
    let rest = input.rest();
    let like = checkpoint(&mut Ledger::new(7, 1));
    let mut bytes = if seal { sealed(&like, rest) } else { rest.to_vec() };
    let Ok(ledger) = Ledger::restore(&bytes, 5) else { return };
    goes_on(ledger);
    let bit = bit % (bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
    assert!(Ledger::restore(&bytes, 5).is_err(), "bit {bit} means nothing");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let checkpoints = [checkpoint(&mut Ledger::new(7, 1)), checkpoint(&mut world::ledger().0)];
    let sealed = checkpoints.iter().map(|bytes| [&[0, 1, 2], unsealed(bytes)].concat());
    let whole = checkpoints.iter().map(|bytes| [&[1, 1, 2], &bytes[..]].concat());
    sealed.chain(whole).collect()
}
