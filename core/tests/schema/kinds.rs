//! Valid events of each kind, to start from. A new kind gives at least one, and all its members.

use polso_core::EventKind;

/// When they are received.
pub const NOW: &str = "2026-05-20T12:00:00Z";

pub fn examples(kind: EventKind) -> &'static [&'static str] {
    match kind {
        EventKind::Conversion => &[
            r#"{"id_cliente":"CLIENTE-ITALIA-789456","evento":"richiesta_demo","timestamp":"2026-05-20T11:32:45.123Z","valore":19.99,"canale":"email","stato":"completato","metadati":{"campagna":"Primavera","dispositivo":"mobile","localita":"Forlì"}}"#,
            r#"{"id_cliente":"CLIENTE-ABCD-000000","evento":"richiesta_demo_completata","timestamp":"2000-01-01T00:00:00Z","valore":0,"canale":"sms","stato":"duplicato"}"#,
        ],
        EventKind::Spend => &[
            r#"{"canale":"social_media","campagna":"Primavera","importo":120.50,"da":"2026-05-20T00:00:00+02:00","a":"2026-05-21T00:00:00+02:00"}"#,
            r#"{"canale":"webform","importo":1e9,"da":"2000-01-01T00:00:00Z","a":"2000-01-01T00:00:00.001Z"}"#,
        ],
        EventKind::Story => &[
            r#"{"event_type":"StoryView","story_id":"s1","user_id":"u1","user_location":"Milano, Italia","timestamp":"2026-05-20T11:32:45.123Z","formato":"video","durata_s":15,"completion_rate":0.62,"tempo_visione_s":9.3,"segmento":{"eta":"25-34","genere":"f","interesse":"moda"}}"#,
            r#"{"event_type":"StoryView","story_id":"s1","timestamp":"2026-05-20T11:40:00Z","engagement":{"completion_rate":0.5,"view_count":1200,"clicks":30,"comments":4,"shares":5,"reactions":{"like":10,"love":2,"laugh":0}}}"#,
            r#"{"event_type":"StoryView","story_id":"s1","user_id":"u2","timestamp":"2026-05-20T11:32:45Z","durata_s":15,"tempo_visione_s":15}"#,
            r#"{"event_type":"Interaction","story_id":"s1","user_id":"u1","timestamp":"2026-05-20T11:33:00Z","interaction_type":"swipe_up"}"#,
            r##"{"event_type":"Share","story_id":"s1","user_id":"u1","timestamp":"2026-05-20T11:34:00Z","hashtag":["#roma","estate"]}"##,
        ],
    }
}
