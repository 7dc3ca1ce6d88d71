//! What JavaScript passes in: sources, queries; and the objects that it gets back.
//!
//! Read property by property: a general reader of objects would be a tenth of the module.

use js_sys::{Array, Error, Object, Reflect};
use polso_core::{ClientIdRule, DedupPolicy, EventKind, Query, Source, excerpt};
use wasm_bindgen::{JsCast, prelude::*};

/// What is judged, and for whom.
pub(crate) struct Judge {
    pub(crate) source: Source,
    pub(crate) kind: EventKind,
    /// The id that the sender signed, if any.
    pub(crate) event_id: Option<String>,
}

/// The source that `options` describe, with the event's kind and signed id where they name them.
pub(crate) fn judge(options: &JsValue) -> Result<Judge, JsValue> {
    let known = ["name", "dedup", "dedup_ttl_s", "client_id", "only_italy", "event_id", "kind"];
    let options = Options::of(options, "source_invalid", &known)?;
    let name = options.text("name")?.ok_or_else(|| options.refusal("`name` is required"))?;
    let dedup = options.choice("dedup", &DedupPolicy::NAMES)?.unwrap_or_default();
    let dedup_ttl_s = options.whole("dedup_ttl_s")?.unwrap_or_else(Source::dedup_ttl_s_default);
    let client_id = options.choice("client_id", &ClientIdRule::NAMES)?.unwrap_or_default();
    let only_italy = options.flag("only_italy")?;
    let event_id = options.text("event_id")?;
    let kind = match options.text("kind")? {
        None => EventKind::Conversion,
        Some(name) => EventKind::named(&name)
            .ok_or_else(|| options.refusal(&format!("`{}` is no kind of event", excerpt(&name))))?,
    };
    Ok(Judge { source: Source { name, dedup, dedup_ttl_s, client_id, only_italy }, kind, event_id })
}

/// The query that an object describes, by the rules of the HTTP parameters.
pub(crate) fn query(options: &JsValue) -> Result<Query, JsValue> {
    let known = ["window", "kind", "at", "kpi", "where", "by", "top"];
    let options = Options::of(options, "query_invalid", &known)?;
    let mut parameters = Vec::new();
    for name in ["window", "kind", "at", "by"] {
        parameters.extend(options.text(name)?.map(|value| (name, value)));
    }
    for name in ["kpi", "where"] {
        parameters.extend(options.texts(name)?.into_iter().map(|value| (name, value)));
    }
    parameters.extend(options.whole("top")?.map(|top| ("top", top.to_string())));
    Query::parse(parameters.iter().map(|(name, value)| (*name, value.as_str())))
        .map_err(|error| throw(error.code, &error.message))
}

/// The properties of one object; `undefined` and `null` are as good as missing.
struct Options<'a> {
    object: &'a Object,
    /// Of the error that a wrong property is.
    code: &'static str,
}

impl<'a> Options<'a> {
    /// Refuses names that mean nothing: a misspelt one would pass unseen.
    fn of(value: &'a JsValue, code: &'static str, known: &[&str]) -> Result<Self, JsValue> {
        let object = value.dyn_ref().ok_or_else(|| throw(code, "expected an object"))?;
        let options = Self { object, code };
        for key in Object::keys(object).iter().filter_map(|key| key.as_string()) {
            if !known.contains(&key.as_str()) {
                return Err(options.none_of(&key, known));
            }
        }
        Ok(options)
    }

    fn value(&self, name: &str) -> Result<Option<JsValue>, JsValue> {
        let value = Reflect::get(self.object, &name.into())?;
        Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    fn text(&self, name: &str) -> Result<Option<String>, JsValue> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| self.must_be(name, "a string"))
    }

    fn texts(&self, name: &str) -> Result<Vec<String>, JsValue> {
        let Some(value) = self.value(name)? else { return Ok(Vec::new()) };
        let texts = value.dyn_ref().and_then(|list: &Array| {
            list.iter().map(|text| text.as_string()).collect::<Option<_>>()
        });
        texts.ok_or_else(|| self.must_be(name, "an array of strings"))
    }

    fn whole(&self, name: &str) -> Result<Option<u32>, JsValue> {
        let Some(value) = self.value(name)? else { return Ok(None) };
        let whole = value.as_f64().filter(|number| f64::from(*number as u32) == *number);
        let whole = whole.ok_or_else(|| self.must_be(name, "a whole number below 2^32"))?;
        Ok(Some(whole as u32))
    }

    fn flag(&self, name: &str) -> Result<bool, JsValue> {
        let Some(value) = self.value(name)? else { return Ok(false) };
        value.as_bool().ok_or_else(|| self.must_be(name, "`true` or `false`"))
    }

    fn choice<T: Copy>(&self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, JsValue> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        match choices.iter().find(|(name, _)| *name == text) {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
                Err(self.none_of(&text, &names))
            }
        }
    }

    fn none_of(&self, text: &str, known: &[&str]) -> JsValue {
        let known = known.join("`, `");
        self.refusal(&format!("`{}` is none of `{known}`", excerpt(text)))
    }

    fn must_be(&self, name: &str, kind: &str) -> JsValue {
        self.refusal(&format!("`{name}` must be {kind}"))
    }

    fn refusal(&self, message: &str) -> JsValue {
        throw(self.code, message)
    }
}

/// An `Error` with a stable `code`.
pub(crate) fn throw(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    set(&error, "code", code);
    error.into()
}

/// Sets a property of an object of ours, which cannot fail.
pub(crate) fn set(object: &Object, name: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(object, &name.into(), &value.into());
}
