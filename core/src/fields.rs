//! The members of one event while it is validated: who asks for a field takes it, faults gather,
//! and what nobody asked for is refused or named at the end. Knows no domain.

mod readers;

use std::borrow::Cow;

use crate::{
    decimal::parse_cents,
    json::{self, Kind, Members, Raw, Unreadable},
    reason::{Reason, ReasonCode as Code, excerpt},
    time::Timestamp,
};

pub(crate) use readers::{COUNT_MAX, DURATION_S_MAX, ID_CHARS_MAX, is_free_id};

/// 2000-01-01T00:00:00Z
const OLDEST: Timestamp = Timestamp::from_ms(946_684_800_000);

const NAME_INVALID: &str = "a field's name holds half of a surrogate pair";

/// The members not yet taken, and the faults found so far.
pub(crate) struct Fields<'a, 'v> {
    /// The name of the object within its event; empty for the event itself.
    parent: &'static str,
    names: &'static [&'static str],
    /// The value of each name.
    values: &'v mut [Option<Raw<'a>>],
    /// The position of the name that is asked for next, if the order of the names is kept to.
    next: usize,
    unknown: Vec<Cow<'a, str>>,
    reasons: Vec<Reason>,
}

impl<'a, 'v> Fields<'a, 'v> {
    /// Reads one event; `names` are all the fields that it may have, `values` is room for as many.
    ///
    /// # Errors
    /// What is wrong when it is no JSON, no object, nests too deep or has a name that is no text:
    /// then nothing in it can be judged.
    pub(crate) fn read(
        raw: &'a str,
        names: &'static [&'static str],
        values: &'v mut [Option<Raw<'a>>],
    ) -> Result<Self, Vec<Reason>> {
        match json::members(raw, names, values) {
            Ok(members) => Ok(Self::of(members, "", names, values)),
            Err(unreadable) => Err(vec![refusal(unreadable, raw)]),
        }
    }

    /// The members of a nested object; `None`, with the fault noted, when it is none.
    pub(crate) fn nested<'r, 'w>(
        &mut self,
        name: &'static str,
        raw: Raw<'r>,
        names: &'static [&'static str],
        values: &'w mut [Option<Raw<'r>>],
    ) -> Option<Fields<'r, 'w>> {
        let members = match raw {
            Raw::Plain(_) => Err(Unreadable::NotAnObject),
            Raw::Other(raw) => json::members(raw, names, values),
        };
        match members {
            Ok(members) => Some(Fields::of(members, name, names, values)),
            Err(Unreadable::NameInvalid) => {
                self.refuse(Reason::field(Code::TextInvalid, name, NAME_INVALID));
                None
            }
            Err(_) => self.refuse_type(name, raw, Kind::Object),
        }
    }

    fn of(
        found: Members<'a>,
        parent: &'static str,
        names: &'static [&'static str],
        values: &'v mut [Option<Raw<'a>>],
    ) -> Self {
        let unknown = found.unknown;
        let mut fields = Self { parent, names, values, next: 0, unknown, reasons: Vec::new() };
        if found.overflow {
            let message = format!("an object has at most {} fields", json::MEMBERS_MAX);
            fields.refuse(match parent {
                "" => Reason::event(Code::FieldsTooMany, message),
                parent => Reason::foreign_field(Code::FieldsTooMany, parent, message),
            });
        }
        for name in &found.duplicated {
            let (path, message) =
                (path(parent, name), format!("`{}` comes more than once", excerpt(name)));
            fields.refuse(Reason::foreign_field(Code::FieldDuplicate, &path, message));
        }
        fields
    }

    /// Takes the raw value of a field, if it is there.
    #[inline]
    pub(crate) fn optional(&mut self, name: &str) -> Option<Raw<'a>> {
        // Names are constants: the same one need not be compared letter by letter.
        let at = match self.names.get(self.next).is_some_and(|next| core::ptr::eq(*next, name)) {
            true => self.next,
            false => self.names.iter().position(|known| *known == name)?,
        };
        self.next = at + 1;
        self.values.get_mut(at)?.take()
    }

    /// Takes the raw value of a field that must be there.
    #[inline]
    pub(crate) fn required(&mut self, name: &'static str) -> Option<Raw<'a>> {
        self.optional(name).or_else(|| self.missing(name))
    }

    #[cold]
    fn missing<T>(&mut self, name: &'static str) -> Option<T> {
        self.refuse(Reason::field(Code::FieldMissing, name, format!("`{name}` is required")));
        None
    }

    /// Reads a string.
    #[inline]
    pub(crate) fn text<'r>(&mut self, name: &'static str, raw: Raw<'r>) -> Option<Cow<'r, str>> {
        match raw {
            Raw::Plain(text) => Some(Cow::Borrowed(text)),
            Raw::Other(_) => self.escaped_text(name, raw),
        }
    }

    fn escaped_text<'r>(&mut self, name: &'static str, raw: Raw<'r>) -> Option<Cow<'r, str>> {
        if raw.kind() != Kind::Text {
            return self.refuse_type(name, raw, Kind::Text);
        }
        let text = json::text(raw);
        if text.is_none() {
            let message = format!("`{name}` holds half of a surrogate pair");
            self.refuse(Reason::field(Code::TextInvalid, name, message));
        }
        text
    }

    /// Reads a string of at most `chars_max` characters.
    #[inline]
    pub(crate) fn bounded_text<'r>(
        &mut self,
        name: &'static str,
        raw: Raw<'r>,
        chars_max: usize,
    ) -> Option<Cow<'r, str>> {
        let text = self.text(name, raw)?;
        if text.len() > chars_max && text.chars().count() > chars_max {
            return self.too_long(name, chars_max);
        }
        Some(text)
    }

    #[cold]
    fn too_long<T>(&mut self, name: &'static str, chars_max: usize) -> Option<T> {
        let message = format!("`{name}` has more than {chars_max} characters");
        self.refuse(Reason::field(Code::TextLength, name, message));
        None
    }

    /// The text of a number.
    pub(crate) fn number<'r>(&mut self, name: &'static str, raw: Raw<'r>) -> Option<&'r str> {
        match raw {
            Raw::Other(number) if raw.kind() == Kind::Number => Some(number),
            _ => self.refuse_type(name, raw, Kind::Number),
        }
    }

    /// Reads an amount of euro as cents.
    pub(crate) fn cents(&mut self, name: &'static str, raw: Raw<'_>) -> Option<i64> {
        let number = self.number(name, raw)?;
        let faults = match parse_cents(number) {
            Ok(cents) => return Some(cents),
            Err(faults) => faults,
        };
        let number = excerpt(number);
        for (found, code, should) in [
            (faults.negative, Code::ValueNegative, "must not be negative"),
            (faults.precision, Code::ValuePrecision, "must have at most 2 decimals"),
            (faults.range, Code::ValueRange, "must be at most 1000000000 euro"),
        ] {
            if found {
                self.refuse(Reason::field(code, name, format!("`{number}` {should}")));
            }
        }
        None
    }

    /// Reads an instant, not before 2000.
    pub(crate) fn timestamp(&mut self, name: &'static str, raw: Raw<'_>) -> Option<Timestamp> {
        let text = self.text(name, raw)?;
        let (code, message) = match Timestamp::parse(&text) {
            None => (
                Code::TimestampFormat,
                format!(
                    "`{}` is no RFC 3339 time with an offset, such as `2024-05-20T14:32:45.123Z`",
                    excerpt(&text)
                ),
            ),
            Some(time) if time < OLDEST => {
                (Code::TimestampPast, format!("`{time}` is before 2000-01-01"))
            }
            Some(time) => return Some(time),
        };
        self.refuse(Reason::field(code, name, message));
        None
    }

    /// Reads one of a closed set of names.
    pub(crate) fn choice<T>(
        &mut self,
        name: &'static str,
        raw: Raw<'_>,
        named: impl Fn(&str) -> Option<T>,
        names: &[&str],
    ) -> Option<T> {
        let text = self.text(name, raw)?;
        let choice = named(&text);
        if choice.is_none() {
            let names = names.join("`, `");
            let message = format!("`{}` is none of `{names}`", excerpt(&text));
            self.refuse(Reason::field(Code::ChoiceUnknown, name, message));
        }
        choice
    }

    fn refuse_type<T>(&mut self, name: &'static str, raw: Raw<'_>, expected: Kind) -> Option<T> {
        let (found, expected) = (raw.kind().name(), expected.name());
        let message = format!("`{name}` must be {expected}, not {found}");
        self.refuse(Reason::field(Code::FieldType, name, message));
        None
    }

    /// Notes a fault.
    pub(crate) fn refuse(&mut self, reason: Reason) {
        self.reasons.push(reason);
    }

    /// Notes the faults of a nested object.
    pub(crate) fn take_over(&mut self, nested: Fields<'_, '_>) {
        self.reasons.extend(nested.reasons);
    }

    /// The names of the fields that nobody took.
    pub(crate) fn rest(&self) -> impl Iterator<Item = &str> {
        let known = self.names.iter().zip(&*self.values);
        let left = known.filter(|(_, value)| value.is_some()).map(|(name, _)| *name);
        left.chain(self.unknown.iter().map(AsRef::as_ref))
    }

    /// Refuses every field that nobody took.
    pub(crate) fn refuse_rest(&mut self) {
        let unknown: Vec<Reason> = self
            .rest()
            .map(|name| {
                let message = format!("`{}` is no field of this event; remove it", excerpt(name));
                Reason::foreign_field(Code::FieldUnknown, &path(self.parent, name), message)
            })
            .collect();
        self.reasons.extend(unknown);
    }

    /// Every fault, in the order in which they were found.
    pub(crate) fn into_reasons(self) -> Vec<Reason> {
        self.reasons
    }
}

/// Why nothing in `raw` can be judged.
fn refusal(unreadable: Unreadable, raw: &str) -> Reason {
    let (code, message) = match unreadable {
        Unreadable::TooDeep => {
            (Code::JsonDepth, format!("nesting deeper than {}", json::DEPTH_MAX))
        }
        Unreadable::NotJson => (Code::JsonInvalid, format!("`{}` is not JSON", excerpt(raw))),
        Unreadable::NotAnObject => {
            let found = Kind::of(raw.trim_start()).name();
            (Code::NotAnObject, format!("an event is an object, not {found}"))
        }
        Unreadable::NameInvalid => (Code::TextInvalid, NAME_INVALID.to_owned()),
    };
    Reason::event(code, message)
}

fn path(parent: &str, name: &str) -> String {
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}
