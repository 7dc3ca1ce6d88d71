//! One program for every target, so that it is built once: `POLSO_FUZZ_TARGET` names the target.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use polso_fuzz::Target;

static TARGET: OnceLock<&Target> = OnceLock::new();

fuzz_target!(
    init: {
        let name = std::env::var("POLSO_FUZZ_TARGET").unwrap_or_default();
        let target = polso_fuzz::named(&name).expect("POLSO_FUZZ_TARGET names no target");
        let _ = TARGET.set(target);
    },
    |data: &[u8]| {
        if let Some(target) = TARGET.get() {
            (target.run)(data);
        }
    }
);
