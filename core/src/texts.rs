//! A few short texts in one allocation. An event has several, and there are many events.

use core::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, Error, SeqAccess, Visitor},
    ser::SerializeTuple,
};

/// `N` texts of at most 64 KiB together; longer ones are cut off. Written and read as `N` strings.
#[derive(Clone, PartialEq, Eq)]
pub struct Texts<const N: usize> {
    all: Box<str>,
    /// Where each text ends; it begins where the one before it ends.
    ends: [u16; N],
}

impl<const N: usize> Texts<N> {
    /// These texts, in their order.
    #[must_use]
    pub fn new(texts: [&str; N]) -> Self {
        let mut gathered = Gathered::with_capacity(texts.iter().map(|text| text.len()).sum());
        texts.iter().for_each(|text| gathered.push(text));
        gathered.finish()
    }

    /// The text at a position; empty past the last one.
    #[must_use]
    pub fn at(&self, position: usize) -> &str {
        let end = |position: usize| self.ends.get(position).map(|end| usize::from(*end));
        let start = position.checked_sub(1).and_then(end).unwrap_or_default();
        end(position).and_then(|end| self.all.get(start..end)).unwrap_or_default()
    }
}

/// Texts while they come in.
struct Gathered<const N: usize> {
    all: String,
    ends: [u16; N],
    count: usize,
}

impl<const N: usize> Gathered<N> {
    fn with_capacity(bytes: usize) -> Self {
        Self { all: String::with_capacity(bytes), ends: [0; N], count: 0 }
    }

    fn push(&mut self, text: &str) {
        let room = usize::from(u16::MAX) - self.all.len();
        let cut = if text.len() <= room { text.len() } else { text.floor_char_boundary(room) };
        self.all.push_str(text.get(..cut).unwrap_or_default());
        if let Some(end) = self.ends.get_mut(self.count) {
            *end = self.all.len() as u16;
        }
        self.count += 1;
    }

    fn finish(self) -> Texts<N> {
        Texts { all: self.all.into_boxed_str(), ends: self.ends }
    }
}

impl<const N: usize> fmt::Debug for Texts<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries((0..N).map(|position| self.at(position))).finish()
    }
}

impl<const N: usize> Serialize for Texts<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut texts = serializer.serialize_tuple(N)?;
        (0..N).try_for_each(|position| texts.serialize_element(self.at(position)))?;
        texts.end()
    }
}

impl<'de, const N: usize> Deserialize<'de> for Texts<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<const N: usize>;

        impl<'de, const N: usize> Visitor<'de> for All<N> {
            type Value = Texts<N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{N} strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Self::Value, A::Error> {
                let mut gathered = Gathered::with_capacity(64);
                for position in 0..N {
                    let text = texts.next_element_seed(Next(&mut gathered))?;
                    text.ok_or_else(|| Error::invalid_length(position, &self))?;
                }
                Ok(gathered.finish())
            }
        }

        deserializer.deserialize_tuple(N, All)
    }
}

/// Reads one text to the others, without an allocation of its own.
struct Next<'g, const N: usize>(&'g mut Gathered<N>);

impl<'de, const N: usize> DeserializeSeed<'de> for Next<'_, N> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<const N: usize> Visitor<'_> for Next<'_, N> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.0.push(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_where_it_was_put() {
        let texts = Texts::new(["è", "", "abc"]);
        assert_eq!((texts.at(0), texts.at(1), texts.at(2), texts.at(3)), ("è", "", "abc", ""));
        assert_ne!(texts, Texts::new(["è", "a", "bc"]));
    }

    #[test]
    fn is_written_as_the_strings_are() {
        let texts = Texts::new(["è", "", "abc"]);
        let bytes = postcard::to_allocvec(&texts).unwrap();
        assert_eq!(bytes, postcard::to_allocvec(&("è", "", "abc")).unwrap());
        assert_eq!(postcard::from_bytes::<Texts<3>>(&bytes), Ok(texts));
        assert!(postcard::from_bytes::<Texts<4>>(&bytes).is_err());
        let read: Texts<2> = serde_json::from_str(r#"["\u00e8","b"]"#).unwrap();
        assert_eq!(read, Texts::new(["è", "b"]));
        assert!(serde_json::from_str::<Texts<2>>(r#"["a"]"#).is_err());
    }

    #[test]
    fn is_cut_off_between_characters_at_its_bound() {
        let long = "è".repeat(40_000);
        let texts = Texts::new(["a", &long, "b"]);
        assert_eq!((texts.at(0), texts.at(1).len(), texts.at(2)), ("a", 65_534, ""));
        let full = Texts::new([&"a".repeat(65_535), ""]);
        assert_eq!(full.at(0).len(), 65_535);
    }
}
