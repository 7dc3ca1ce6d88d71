//! Durations in the configuration: a whole number and a unit, `90s`, `15m`, `1h`, `3d`.

/// The seconds of a duration; `None` when it is written otherwise or overflows.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let unit = text.chars().last()?;
    let unit_s: u32 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number = text.strip_suffix(unit)?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u32>().ok()?.checked_mul(unit_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<u32>) {
        assert_eq!(seconds(text), expected, "{text}");
    }

    #[test]
    fn reads_a_number_and_a_unit() {
        check("90s", Some(90));
        check("15m", Some(900));
        check("1h", Some(3_600));
        check("3d", Some(259_200));
        check("0s", Some(0));
        check("4294967295s", Some(u32::MAX));
    }

    #[test]
    fn refuses_anything_else() {
        for text in
            ["", "s", "90", "1.5h", "-1h", "+1h", "1 h", "1H", "1w", "1h30m", "é", "4294967296s"]
        {
            check(text, None);
        }
        check("49711d", None);
    }
}
