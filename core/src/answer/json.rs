//! The JSON text of an answer, as the server sends it and the browser reads it.

use super::{Answer, Freshness, Reading};
use crate::{decimal::Decimal, json::Object};

impl Answer {
    /// The body of `GET /api/v1/kpi`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(512 + 192 * self.readings.len());
        let mut answer = Object::begin(&mut out);
        answer.text("space", Some(&self.space));
        answer.text("now", Some(&self.now));
        self.write_numbers(&mut answer);
        write_freshness(&mut answer, &self.freshness);
        answer.end();
        out
    }

    /// What was summed and what it came to, as members of an object.
    fn write_numbers(&self, answer: &mut Object<'_>) {
        let mut window = Object::begin(answer.member("window"));
        window.text("kind", Some(self.window.kind));
        window.text("from", self.window.from.as_deref());
        window.text("to", self.window.to.as_deref());
        number(window.member("bucket_s"), self.window.bucket_s.map(Decimal::whole));
        window.end();
        let readings = answer.member("readings");
        readings.push('[');
        for (position, reading) in self.readings.iter().enumerate() {
            if position > 0 {
                readings.push(',');
            }
            reading.write(readings);
        }
        readings.push(']');
        if let Some(groups) = self.groups {
            number(answer.member("groups"), Some(Decimal::whole(groups as i64)));
        }
    }

    /// What of it changes with the numbers alone: an object of `window` and `readings`, and of
    /// `groups` where it has them.
    pub(crate) fn numbers_to_json(&self) -> String {
        let mut out = String::with_capacity(256 + 192 * self.readings.len());
        let mut numbers = Object::begin(&mut out);
        self.write_numbers(&mut numbers);
        numbers.end();
        out
    }
}

/// Writes the member `freshness`.
pub(crate) fn write_freshness(answer: &mut Object<'_>, freshness: &Freshness) {
    let mut written = Object::begin(answer.member("freshness"));
    written.text("last_event", freshness.last_event.as_deref());
    written.text("last_received", freshness.last_received.as_deref());
    written.end();
}

impl Reading {
    fn write(&self, out: &mut String) {
        let mut reading = Object::begin(out);
        reading.text("kpi", Some(self.kpi));
        number(reading.member("value"), self.value);
        number(reading.member("numerator"), Some(self.numerator));
        number(reading.member("denominator"), self.denominator);
        reading.text("unit", Some(self.unit));
        number(reading.member("target"), self.target);
        reading.text("status", Some(self.status));
        reading.text("group", self.group.as_deref());
        reading.end();
    }
}

fn number(out: &mut String, number: Option<Decimal>) {
    match number {
        Some(number) => number.write(out),
        None => out.push_str("null"),
    }
}
