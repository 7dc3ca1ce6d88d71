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
    }
}
