//! From what a sender calls a place to the name that it is counted under.
//!
//! Accents, case, spaces, hyphens and apostrophes make no difference. It knows names, not maps: a
//! place that shares its name with an Italian one is taken for it, unless the sender says more
//! (`Rome, Georgia`).

use super::places::PLACES;

/// What a place outside Italy is counted under.
pub(crate) const ABROAD: &str = "estero";
/// The country's codes: places by themselves, and no hashtags.
const CODES: [&str; 2] = ["it", "ita"];
const COUNTRY: &str = "Italia";

/// The name that a location is counted under: `Italia`, an Italian region or provincial capital, or
/// [`ABROAD`]. Of `Milano, Italia` it is the first part, if every part is Italian.
pub(crate) fn place(location: &str) -> &'static str {
    let mut parts = location.split(',').filter(|part| !part.trim().is_empty()).map(italian);
    match parts.next().flatten() {
        Some(first) if parts.all(|part| part.is_some()) => first,
        _ => ABROAD,
    }
}

/// Whether a hashtag, with its `#` or without, is the name of Italy or of a place in it.
pub(crate) fn names_italy(hashtag: &str) -> bool {
    known(&fold(hashtag.trim_start_matches('#'))).is_some()
}

fn italian(name: &str) -> Option<&'static str> {
    let folded = fold(name);
    if CODES.contains(&folded.as_str()) { Some(COUNTRY) } else { known(&folded) }
}

fn known(folded: &str) -> Option<&'static str> {
    let position = PLACES.binary_search_by(|(name, _)| (*name).cmp(folded)).ok()?;
    PLACES.get(position).map(|(_, name)| *name)
}

/// Letters and digits alone, small and without accents, whichever way the accents are written.
fn fold(name: &str) -> String {
    let plain = |letter: char| match letter {
        'À'..='Å' | 'à'..='å' => Some('a'),
        'È'..='Ë' | 'è'..='ë' => Some('e'),
        'Ì'..='Ï' | 'ì'..='ï' => Some('i'),
        'Ò'..='Ö' | 'ò'..='ö' => Some('o'),
        'Ù'..='Ü' | 'ù'..='ü' => Some('u'),
        // Accents that stand on their own, behind their letter.
        '\u{300}'..='\u{36f}' | '’' => None,
        letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => None,
        letter => Some(letter.to_ascii_lowercase()),
    };
    name.chars().filter_map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(location: &str, expected: &str) {
        assert_eq!(place(location), expected, "{location}");
    }

    #[test]
    fn finds_the_country_its_regions_and_its_capitals() {
        check("Italia", "Italia");
        check("Toscana", "Toscana");
        check("Roma", "Roma");
        check("Forlì", "Forlì");
        check("Tortolì", "Tortolì");
    }

    #[test]
    fn case_accents_and_punctuation_make_no_difference() {
        check("  FORLI ", "Forlì");
        check("forli\u{300}", "Forlì");
        check("FORLÌ", "Forlì");
        check("l'aquila", "L’Aquila");
        check("L’Aquila", "L’Aquila");
        check("reggio nell’emilia", "Reggio Emilia");
        check("Valle d'Aosta", "Valle d’Aosta");
        check("emilia romagna", "Emilia-Romagna");
    }

    #[test]
    fn knows_english_and_german_names() {
        check("Rome", "Roma");
        check("Florence", "Firenze");
        check("Tuscany", "Toscana");
        check("Bozen", "Bolzano");
        check("Südtirol", "Trentino-Alto Adige");
    }

    #[test]
    fn more_words_say_where_it_is() {
        check("Milano, Italia", "Milano");
        check("Milan, Lombardy, IT", "Milano");
        check("Rome, Georgia", ABROAD);
        check("Paris, Italy", ABROAD);
        check("IT", "Italia");
        check("ita", "Italia");
    }

    #[test]
    fn the_rest_is_abroad() {
        for location in ["Paris", "Zürich", "東京", "Roma2", "romana", ",", "#roma, x"] {
            check(location, ABROAD);
        }
    }

    #[test]
    fn hashtags_name_italy_in_the_same_words_but_not_by_its_code() {
        for hashtag in ["#Italia", "italy", "#roma", "#ReggioCalabria", "#laspezia", "#lAquila"] {
            assert!(names_italy(hashtag), "{hashtag}");
        }
        for hashtag in ["#it", "#romantico", "#", "", "#parigi"] {
            assert!(!names_italy(hashtag), "{hashtag}");
        }
    }

    #[test]
    fn the_table_is_folded_in_order_and_names_every_province() {
        assert!(PLACES.is_sorted_by(|a, b| a.0 < b.0));
        for (folded, name) in PLACES {
            assert_eq!(*folded, fold(folded), "{name}");
            assert_eq!(place(name), *name, "{name} is found under its own name");
        }
        let mut names: Vec<&str> = PLACES.iter().map(|(_, name)| *name).collect();
        names.sort_unstable();
        names.dedup();
        // Italy, 20 regions and the 119 capitals of its 110 provinces.
        assert_eq!(names.len(), 140);
    }
}
