//! Writing of JSON text, for answers with thousands of readings: a number or a name is put where it
//! belongs, and nothing passes through a tree of values.

/// Writes one object, member after member.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Object<'a> {
    /// Begins an object.
    pub(crate) fn begin(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, first: true }
    }

    /// Where the value of the member `name` is to be written. Names need no escapes.
    pub(crate) fn member(&mut self, name: &str) -> &mut String {
        if !core::mem::take(&mut self.first) {
            self.out.push(',');
        }
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }

    /// Writes a text, or `null`.
    pub(crate) fn text(&mut self, name: &str, text: Option<&str>) {
        let out = self.member(name);
        match text {
            Some(text) => quote(out, text),
            None => out.push_str("null"),
        }
    }

    /// Ends it.
    pub(crate) fn end(self) {
        self.out.push('}');
    }
}

/// Writes a text with its quotes.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [character as u32 >> 4, character as u32 & 15] {
                    out.extend(char::from_digit(digit, 16));
                }
            }
            plain => out.push(plain),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_reads_back() {
        for text in ["", "Roma", "a\"b\\c/d", "\u{0}\u{8}\n\u{1f}\u{7f}", "Forlì 東京 \u{10348}"]
        {
            let mut out = String::new();
            quote(&mut out, text);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn members_stand_in_their_order() {
        let mut out = String::new();
        let mut object = Object::begin(&mut out);
        object.text("a", Some("x"));
        object.text("b", None);
        object.member("c").push('7');
        object.end();
        assert_eq!(out, r#"{"a":"x","b":null,"c":7}"#);
        out.clear();
        Object::begin(&mut out).end();
        assert_eq!(out, "{}");
    }
}
