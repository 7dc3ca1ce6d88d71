//! What each parameter of a query is read as, and what is said when it cannot be. Which ones there may be, and
//! what they mean together, is [`Query`](super::Query)'s to say.

use crate::{
    reason::excerpt,
    time::Timestamp,
    window::{HOURS_HELD_DAYS, LENGTH_DAYS_MAX, Window, WindowKind},
};

use super::{QueryError, list, refuse};

/// Most groups that a query may limit itself to.
const TOP_MAX: usize = 400;

pub(super) fn once<'a>(
    name: &str,
    slot: &mut Option<&'a str>,
    value: &'a str,
) -> Result<(), QueryError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => refuse("parameter_repeated", format!("`{name}` may come only once")),
    }
}

pub(super) fn parse_window(window: Option<&str>, kind: Option<&str>) -> Result<Window, QueryError> {
    let kind = kind.map_or(Ok(WindowKind::Sliding), |name| {
        WindowKind::named(name).ok_or_else(|| QueryError {
            code: "kind_invalid",
            message: format!(
                "`{}` is none of {}",
                excerpt(name),
                list(WindowKind::NAMES.iter().copied())
            ),
        })
    })?;
    let text = window.unwrap_or("5m");
    Window::parse(text, kind).ok_or_else(|| {
        let known = match kind {
            WindowKind::Sliding | WindowKind::Tumbling => format!(
                "a whole number with `s`, `m`, `h` or `d`, from `30s` to `{LENGTH_DAYS_MAX}d`, or `all`"
            ),
            WindowKind::Calendar => {
                format!("whole days, from `1d` to `{HOURS_HELD_DAYS}d`, or `all`")
            }
        };
        let message = format!("`{}` is no window: {known}", excerpt(text));
        QueryError { code: "window_invalid", message }
    })
}

pub(super) fn parse_at(text: &str) -> Result<Timestamp, QueryError> {
    Timestamp::parse(text).ok_or_else(|| QueryError {
        code: "at_invalid",
        message: format!(
            "`{}` is no RFC 3339 time with an offset (`+` is written `%2B` in a URL)",
            excerpt(text)
        ),
    })
}

pub(super) fn parse_top(text: &str) -> Result<usize, QueryError> {
    let top = text.parse().ok().filter(|top| (1..=TOP_MAX).contains(top));
    top.ok_or_else(|| QueryError {
        code: "top_invalid",
        message: format!("`{}` is no whole number from 1 to {TOP_MAX}", excerpt(text)),
    })
}

pub(super) fn add_where(
    wheres: &mut Vec<(String, Vec<String>)>,
    text: &str,
) -> Result<(), QueryError> {
    let Some((name, value)) = text.split_once(':') else {
        let message = format!("`{}` is not `dimension:value`", excerpt(text));
        return refuse("where_invalid", message);
    };
    match wheres.iter_mut().find(|(known, _)| known == name) {
        Some((_, values)) => values.push(value.to_owned()),
        None => wheres.push((name.to_owned(), vec![value.to_owned()])),
    }
    Ok(())
}
