//! Why a request proves nothing: the stable code of each fault, and what to do about it.

/// Why a request proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofFault {
    /// What the scheme asks for did not come with the request.
    Missing,
    /// It came, but not in the form that the scheme gives it.
    Malformed,
    /// It is not what the secret makes of this request.
    Wrong,
    /// It was signed too long ago.
    Old,
    /// It was signed at a time yet to come.
    Early,
}

impl ProofFault {
    /// Every fault.
    pub const ALL: [Self; 5] =
        [Self::Missing, Self::Malformed, Self::Wrong, Self::Old, Self::Early];

    /// The stable code that programs tell faults apart by.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "signature_missing",
            Self::Malformed => "signature_malformed",
            Self::Wrong => "signature_invalid",
            Self::Old => "signature_old",
            Self::Early => "signature_early",
        }
    }

    /// What is wrong and what to do next, for people; nothing that helps to forge a proof.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::Missing => {
                "the request proves no sender; check the address and how its sender is told to sign"
            }
            Self::Malformed => {
                "the proof of the sender is not in the form of its scheme; check the source's `kind`"
            }
            Self::Wrong => {
                "the proof of the sender does not fit the request; check the source's secret"
            }
            Self::Old => "the request was signed too long ago; check both clocks and sign it anew",
            Self::Early => "the request was signed at a time yet to come; check both clocks",
        }
    }
}
