//! Bytes that were written by us, or so it seemed, and cannot be read.

use core::fmt;

/// Why kept or received bytes are refused. They are never read in part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corrupt(pub &'static str);

impl fmt::Display for Corrupt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl core::error::Error for Corrupt {}
