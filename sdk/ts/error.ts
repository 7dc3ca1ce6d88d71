/** The one error class of the package: a stable code to branch on, a sentence to read. */

export class PolsoError extends Error {
  override readonly name = "PolsoError";
  /** Stable, `snake_case`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What the core threw (an `Error` with a `code`) as a {@link PolsoError}; anything else as it is. */
export function fromCore(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof PolsoError) return thrown;
  const { code } = thrown as { code?: unknown };
  return typeof code === "string" ? new PolsoError(code, thrown.message, { cause: thrown }) : thrown;
}
