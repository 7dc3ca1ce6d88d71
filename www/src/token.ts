/**
 * Where the viewer's token is: in this tab's session storage, and never in the address or the history.
 *
 * A link may bring one as `#token=…`; it is taken out before anything else happens.
 */

const key = "polso.token";
let inMemory: string | undefined;

/** The token that the address brought or this tab already has. */
export function takeToken(): string | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const brought = fragment.get("token")?.trim();
  if (brought) {
    fragment.delete("token");
    const rest = fragment.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
    keepToken(brought);
  }
  return currentToken();
}

export function keepToken(token: string): void {
  inMemory = token;
  try {
    sessionStorage.setItem(key, token);
  } catch {}
}

/** The token of this visit, if there is one. */
export function currentToken(): string | undefined {
  try {
    return inMemory ?? sessionStorage.getItem(key) ?? undefined;
  } catch {
    return inMemory;
  }
}
