//! Bodies of `application/x-www-form-urlencoded`: read as an object whose members are strings.
//!
//! A name that comes again has a list of strings. Percent sequences that are no UTF-8 become U+FFFD.

use std::collections::BTreeMap;

use serde_json::Value;

/// The JSON that stands for a form.
pub(crate) fn form(body: &[u8]) -> String {
    let mut members: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        members.entry(name.into_owned()).or_default().push(Value::String(value.into_owned()));
    }
    let value = |mut values: Vec<Value>| match values.len() {
        1 => values.remove(0),
        _ => Value::Array(values),
    };
    let object = members.into_iter().map(|(name, values)| (name, value(values))).collect();
    Value::Object(object).to_string()
}

/// Whether a body of this `Content-Type` is a form.
pub(crate) fn is_form(content_type: Option<&str>) -> bool {
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: &str) {
        assert_eq!(form(body.as_bytes()), expected, "{body}");
    }

    #[test]
    fn members_are_strings() {
        check("email=a%40b.it&valore=12.50", r#"{"email":"a@b.it","valore":"12.50"}"#);
        check("citta=Forl%C3%AC+Cesena&%22=%5C", r#"{"\"":"\\","citta":"Forlì Cesena"}"#);
        check("a&b=&=c", r#"{"":"c","a":"","b":""}"#);
        check("a=%FF", "{\"a\":\"\u{fffd}\"}");
        check("", "{}");
    }

    #[test]
    fn a_name_that_comes_again_has_a_list() {
        check("a=1&b=2&a=3", r#"{"a":["1","3"],"b":"2"}"#);
    }

    #[test]
    fn is_told_by_the_content_type() {
        for form in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
        ] {
            assert!(is_form(Some(form)), "{form}");
        }
        for other in
            [None, Some(""), Some("application/json"), Some("application/x-www-form-urlencoded2")]
        {
            assert!(!is_form(other), "{other:?}");
        }
    }
}
