//! The members of an object as a plain parser gives them: all of them, in order, repeated or not.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Names with their raw values.
pub struct Pairs<'a>(pub Vec<(String, &'a str)>);

impl Pairs<'_> {
    /// The names that come again among the first `most` members.
    pub fn repeated(&self, most: usize) -> Vec<&str> {
        let names: Vec<&str> = self.0.iter().take(most).map(|(name, _)| name.as_str()).collect();
        (0..names.len()).filter(|n| names[..*n].contains(&names[*n])).map(|n| names[n]).collect()
    }

    /// Whether a name comes again in an object that is a value here, however deep.
    pub fn repeats_within(&self) -> bool {
        let mut inner = self.0.iter().filter_map(|(_, raw)| serde_json::from_str(raw).ok());
        inner.any(|pairs: Pairs<'_>| {
            !pairs.repeated(usize::MAX).is_empty() || pairs.repeats_within()
        })
    }
}

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(name) = map.next_key()? {
            pairs.push((name, map.next_value::<&RawValue>()?.get()));
        }
        Ok(Pairs(pairs))
    }
}
