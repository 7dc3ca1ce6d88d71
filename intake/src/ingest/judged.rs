//! One event of a request, judged by itself.

use std::{borrow::Cow, collections::BTreeMap};

use polso_core::{Reason, ReasonCode, SentAs, Valid, excerpt};

/// One event of the request, judged by itself.
pub(super) enum Judged<'a> {
    Valid(Valid),
    /// Its source does not want it.
    Unwanted,
    Rejected {
        sent_as: SentAs,
        text: Cow<'a, str>,
        reasons: Vec<Reason>,
    },
}

impl<'a> Judged<'a> {
    /// `kept` is what a rejected event was sent as, and its text.
    pub(super) fn of(
        judged: Result<Valid, Vec<Reason>>,
        kept: impl FnOnce() -> (SentAs, Cow<'a, str>),
    ) -> Self {
        match judged {
            Ok(valid) if valid.filtered => Self::Unwanted,
            Ok(valid) => Self::Valid(valid),
            Err(reasons) => {
                let (sent_as, text) = kept();
                Self::Rejected { sent_as, text, reasons }
            }
        }
    }
}

pub(super) fn malformed(line: &str) -> Reason {
    let message = format!("`{}` is not JSON", excerpt(line));
    Reason { code: ReasonCode::JsonInvalid, field: None, message }
}

/// Each reason once for each event that has it.
pub(super) fn count_reasons(counts: &mut BTreeMap<ReasonCode, u64>, reasons: &[Reason]) {
    let mut codes: Vec<ReasonCode> = reasons.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        *counts.entry(code).or_default() += 1;
    }
}
