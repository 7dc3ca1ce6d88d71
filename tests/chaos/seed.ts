/** What short runs are drawn from: `CHAOS_SEED` repeats one. */

export const seed = Number(process.env["CHAOS_SEED"] ?? Date.now() % 1_000_000);
