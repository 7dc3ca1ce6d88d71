//! Adapters: from what a provider sends to events of Polso's own shape.
//!
//! An adapter cuts an authenticated body into pieces, each of which tells at most one event. Every piece has a text
//! of its own, which the same adapter reads again to the same piece: that is what is kept of a rejected one, and
//! what a replay goes by. An adapter names fields and translates words; whether the event is valid is the core's to
//! say, as for everybody's. How many pieces a source takes at once is its caller's to bound; here it is [`PIECES_MAX`].

mod built_in;
mod meta;
mod salesforce;
mod text;
mod zoho;

use polso_core::{EventKind, Reason, ReasonCode as Code};

pub use self::meta::Meta;
pub use self::text::Text;
pub(crate) use self::text::range;
use crate::config::{Kind, table::Table};
use crate::mapping::{self, Mapping, Node, digest, form, is_form};

/// The most pieces that a body is cut into: one more than any source takes, so that it is seen to be too many.
pub(crate) const PIECES_MAX: usize = 1_001;
/// The longest value that an adapter takes over into the envelope of a piece, in bytes; a longer one is left out.
const SCALAR_BYTES_MAX: usize = 256;

/// One thing that a provider tells, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// A body that holds this piece alone: the same adapter reads it again, with this id and without a content type.
    /// No credential is in it.
    pub text: Text<'a>,
    /// What its repetitions have in common, from authenticated bytes: the provider's id, or a digest. Rejected
    /// pieces have one too: their sender may send them again after a replay.
    pub id: Option<String>,
    /// What it means.
    pub made: Made,
}

/// What an adapter makes of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Made {
    /// An event, not yet validated.
    Event {
        /// Of this kind.
        kind: EventKind,
        /// As JSON in Polso's own shape.
        json: String,
    },
    /// Nothing that this source counts.
    Filtered,
    /// Something that cannot be read, or that the mapping has no word for.
    Rejected(Vec<Reason>),
}

/// How the bodies of one source are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// By a mapping alone.
    Mapped(Mapping),
    /// Notifications of Meta, each change and message by a mapping.
    Meta(Meta),
    /// Outbound Messages and change events of Salesforce, each record by a mapping.
    Salesforce(Mapping),
    /// Notifications of Zoho CRM, each record by a mapping.
    Zoho(Mapping),
}

impl Adapter {
    /// The keys of a source's table that are an adapter's.
    pub(crate) const fn keys(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Native | Kind::Browser => &[],
            Kind::Meta => &["map", "replies"],
            _ => &["map"],
        }
    }

    /// Reads the keys of an adapter from a source's table; `None` for kinds that need none, and after a problem.
    pub(crate) fn read(kind: Kind, table: &mut Table<'_>) -> Option<Self> {
        let mapping = mapping::read(table, built_in::rules(kind)?);
        Some(match kind {
            Kind::Meta => Self::Meta(Meta::read(table, mapping)?),
            Kind::Salesforce => Self::Salesforce(mapping?),
            Kind::Zoho => Self::Zoho(mapping?),
            _ => Self::Mapped(mapping?),
        })
    }

    /// Cuts an authenticated body into pieces. `message_id` is what the sender signed as the id of the whole, or the
    /// id of a piece whose text is read again.
    ///
    /// A body that cannot be read is one rejected piece; what is no UTF-8 is U+FFFD in its text, or all of it is left out
    /// where a body holds what proves it.
    #[must_use]
    pub fn cut<'a>(
        &self,
        content_type: Option<&str>,
        body: &'a [u8],
        message_id: Option<&str>,
    ) -> Vec<Piece<'a>> {
        if is_form(content_type) {
            let json = form(body);
            return self.cut_text(&json, message_id).into_iter().map(Piece::into_owned).collect();
        }
        match std::str::from_utf8(body) {
            // However many byte order marks there are: none is part of what is kept.
            Ok(text) => self.cut_text(text.trim_start_matches('\u{feff}'), message_id),
            Err(error) => {
                let message = format!("the body is not UTF-8 from byte {} on", error.valid_up_to());
                let text = match self {
                    Self::Mapped(_) | Self::Meta(_) => String::from_utf8_lossy(body).into_owned(),
                    // What proved it is in it.
                    Self::Salesforce(_) | Self::Zoho(_) => String::new(),
                };
                vec![Piece {
                    text: Text::from(text),
                    id: Some(message_id.map_or_else(|| digest([body]), str::to_owned)),
                    made: Made::Rejected(vec![Reason::event(Code::JsonInvalid, message)]),
                }]
            }
        }
    }

    fn cut_text<'a>(&self, text: &'a str, message_id: Option<&str>) -> Vec<Piece<'a>> {
        match self {
            Self::Mapped(mapping) => mapping.cut(text, message_id),
            Self::Meta(meta) => meta.cut(text),
            Self::Salesforce(mapping) => salesforce::cut(mapping, text, message_id),
            Self::Zoho(mapping) => zoho::cut(mapping, text, message_id),
        }
    }
}

impl<'a> Piece<'a> {
    /// A piece of which an adapter has made a record of its own shape, for the mapping to read. The record has this id
    /// unless a map names another.
    fn of_record(mapping: &Mapping, text: Text<'a>, record: &str, id: &str) -> Self {
        let found = mapping.cut(record, Some(id)).pop();
        let (id, made) = found.map_or((None, Made::Filtered), |piece| (piece.id, piece.made));
        Self { text, id, made }
    }

    /// A piece of something that is not counted, whatever the mapping says.
    fn filtered(text: Text<'a>, id: String) -> Self {
        Self { text, id: Some(id), made: Made::Filtered }
    }

    /// A piece that cannot be read.
    fn rejected(text: Text<'a>, id: String, reason: Reason) -> Self {
        Self { text, id: Some(id), made: Made::Rejected(vec![reason]) }
    }

    fn into_owned(self) -> Piece<'static> {
        Piece { text: self.text.into_owned(), id: self.id, made: self.made }
    }
}

/// A short value that is no object, list or `null`.
fn scalar(node: Node<'_>) -> Option<&str> {
    let fits = node.raw().len() <= SCALAR_BYTES_MAX && node.text().ok()?.is_some();
    fits.then(|| node.raw())
}

/// The text of a node as a body of its own, which is read again to that node alone, and not to what is in it.
fn alone(node: Node<'_>) -> Text<'_> {
    if node.is_object() { node.raw().into() } else { Text::around("[", node.raw(), "]") }
}
