//! What the entry constructs to have a Wasm instance that works: nothing else.

use wasm_bindgen::prelude::*;

/// Constructed through worker-build's proxy, which makes the Wasm instance anew after a crash.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Instance;

#[wasm_bindgen]
impl Instance {
    /// Nothing.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}
