//! Closed sets of values: one table gives the Rust enum, its wire names and the JSON Schema.

/// Defines an enum with a name on the wire for each variant. Variants are only ever appended: the
/// journal and the dedup keys hold them by position.
macro_rules! choice {
    ($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $variant_doc:literal])+ $variant:ident = $wire:literal,)+ }) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $variant_doc])+ #[serde(rename = $wire)] $variant,)+
        }

        impl $name {
            /// Every name on the wire, in the order of the enum.
            pub const NAMES: &[&str] = &[$($wire,)+];

            /// Its name on the wire.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $wire,)+ }
            }

            /// The variant of a name on the wire.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name { $($wire => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use choice;
