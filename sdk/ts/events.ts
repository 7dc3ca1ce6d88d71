/**
 * The events as they are sent, field by field: what `docs/api.md` calls the fields of a conversion, an action and a
 * snapshot. Types only; whether an event is good is the server's to say, and the core's.
 */

/** RFC 3339 with an offset; a `Date` becomes one. */
type Instant = string | Date;

/** What a client did. Money is in euro, with at most two decimals. */
export interface Conversion {
  readonly id_cliente: string;
  readonly evento: "richiesta_demo" | "acquisto_concluso" | "iscrizione_evento" | "cancello_abbandono";
  readonly timestamp: Instant;
  readonly valore: number;
  readonly canale: "email" | "social_media" | "webform" | "sms";
  readonly stato: "completato" | "duplicato" | "fallito";
  readonly metadati?: { readonly campagna?: string; readonly dispositivo?: string; readonly localita?: string };
}

interface OfStory {
  readonly story_id: string;
  readonly timestamp: Instant;
  readonly user_location?: string;
  readonly segmento?: { readonly eta?: string; readonly genere?: string; readonly interesse?: string };
  /** `video_breve` has a target for its completion. */
  readonly formato?: string;
  /** Length of the story in seconds, 0 to 3600. */
  readonly durata_s?: number;
}

/** One viewer, one deed. */
export type StoryAction = OfStory & { readonly user_id: string } & (
    | { readonly event_type: "StoryView"; readonly completion_rate?: number; readonly tempo_visione_s?: number }
    | {
        readonly event_type: "Interaction";
        readonly interaction_type: "swipe_up" | "link_click" | "like" | "love" | "laugh" | "comment" | "swipe_away";
      }
    | { readonly event_type: "Share"; readonly hashtag?: readonly string[] }
  );

/** The totals of a story and a segment of its viewers. */
export interface StorySnapshot extends OfStory {
  readonly event_type: "StoryView";
  readonly engagement: {
    readonly completion_rate?: number;
    readonly view_count?: number;
    readonly clicks?: number;
    readonly comments?: number;
    readonly shares?: number;
    readonly reactions?: { readonly like?: number; readonly love?: number; readonly laugh?: number };
  };
}
