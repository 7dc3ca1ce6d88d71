/**
 * Where the viewer's token is: in this tab's session storage or, by the viewer's choice, in this browser until they
 * sign out. Never in the address or the history.
 *
 * A link may bring one as `#token=…`; it is taken out before anything else happens, and kept for this tab only.
 */

const key = "polso.token";
/** Where a browser forbids storage, a token lasts as long as the page. */
let inMemory: string | undefined;

/** The token that the address brought, or the one that this tab or this browser already has. */
export function takeToken(): string | undefined {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const brought = fragment.get("token")?.trim();
  if (brought) {
    fragment.delete("token");
    const rest = fragment.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest && `#${rest}`));
    keepToken(brought, false);
  }
  return currentToken();
}

/** @param remembered whether the next visit has it too; else it goes with the tab */
export function keepToken(token: string, remembered: boolean): void {
  inMemory = token;
  write(sessionStorageOf, token);
  if (remembered) write(localStorageOf, token);
}

/** Signs out: of this tab, and of every later visit. */
export function forgetToken(): void {
  inMemory = undefined;
  write(sessionStorageOf, undefined);
  write(localStorageOf, undefined);
}

/** The token of this visit, if there is one. */
export function currentToken(): string | undefined {
  return inMemory ?? read(sessionStorageOf) ?? read(localStorageOf);
}

/** Calls back when another tab of this browser has signed out. */
export function onForgotten(callback: () => void): void {
  addEventListener("storage", ({ key: changed, newValue }) => {
    if (changed === key && newValue === null) callback();
  });
}

// A browser may forbid storage: then even naming it throws.
type Place = () => Storage;
const sessionStorageOf: Place = () => sessionStorage;
const localStorageOf: Place = () => localStorage;

function read(place: Place): string | undefined {
  try {
    return place().getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

function write(place: Place, token: string | undefined): void {
  try {
    if (token === undefined) place().removeItem(key);
    else place().setItem(key, token);
  } catch {}
}
