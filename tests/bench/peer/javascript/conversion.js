/** The rules of one conversion, as a zod schema. */

import { z } from "zod";

const sinceMs = Date.UTC(2000, 0, 1);
const aheadMsMax = 5 * 60_000;
const lateMs = 2 * 3_600_000;
const textCharsMax = 64;

/** Whole cents of an amount, or `undefined` where it has a third decimal. */
function cents(amount) {
  const rounded = Math.round(amount * 100);
  return Math.abs(amount * 100 - rounded) < 1e-4 ? rounded : undefined;
}

const text = z.string().max(textCharsMax).optional();

const conversion = z.strictObject({
  id_cliente: z.string().regex(/^CLIENTE-[A-Z]{4,10}-\d{6}$/),
  evento: z.enum([
    "richiesta_demo",
    "richiesta_demo_completata",
    "acquisto_concluso",
    "iscrizione_evento",
    "cancello_abbandono",
  ]),
  timestamp: z.iso.datetime({ offset: true }),
  valore: z
    .number()
    .min(0)
    .max(1_000_000_000)
    .refine((amount) => cents(amount) !== undefined, "more than two decimals"),
  canale: z.enum(["email", "social_media", "webform", "sms"]),
  stato: z.enum(["completato", "duplicato", "fallito"]),
  metadati: z.looseObject({ campagna: text, dispositivo: text, localita: text }).optional(),
});

/** The event, with what was ignored of it, or every reason why it is none. */
export function readConversion(raw, now) {
  const { success, data, error } = conversion.safeParse(raw);
  if (!success) {
    const reasons = error.issues.map(({ code, path, message }) => ({ code, field: path.join("."), message }));
    return { reasons };
  }
  const timeMs = Date.parse(data.timestamp);
  if (timeMs < sinceMs || timeMs > now + aheadMsMax) {
    return { reasons: [{ code: "time_range", field: "timestamp", message: "before 2000 or ahead of the clock" }] };
  }
  const { campagna = "", dispositivo = "", localita = "", ...others } = data.metadati ?? {};
  const ignored = Object.keys(others).map((name) => `\`metadati.${name}\` is ignored`);
  const event = {
    client: data.id_cliente,
    kind: data.evento === "richiesta_demo_completata" ? "richiesta_demo" : data.evento,
    timeMs,
    late: now - timeMs > lateMs,
    valueCents: cents(data.valore),
    channel: data.canale,
    outcome: data.stato,
    campaign: campagna,
    device: dispositivo,
    place: localita,
  };
  return { event, warnings: ignored.length > 0 ? ignored : undefined };
}
