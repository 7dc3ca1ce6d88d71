/**
 * Whether this page's Content-Security-Policy lets WebAssembly run: read, not tried, since a try would violate it.
 *
 * Asks for the headers of the page's own address; when they cannot be had, the core is tried.
 */

export async function mayRunWasm(): Promise<boolean> {
  const header = await fetch(location.pathname, { method: "HEAD" }).then(
    ({ headers }) => headers.get("content-security-policy"),
    () => null,
  );
  const metas = document.querySelectorAll<HTMLMetaElement>('meta[http-equiv="content-security-policy" i]');
  return [header ?? "", ...Array.from(metas, ({ content }) => content)].every(allowsWasm);
}

/** Every policy of a header must; of a directive that comes twice the first one counts (CSP Level 3, 2.2.1). */
export function allowsWasm(header: string): boolean {
  return header.split(",").every((policy) => {
    const directives = policy.split(";").map((directive) => directive.trim().toLowerCase().split(/\s+/));
    const scripts = ["script-src", "default-src"].map((name) => directives.find(([first]) => first === name));
    const [sources] = scripts.filter((directive) => directive !== undefined);
    return sources === undefined || ["'wasm-unsafe-eval'", "'unsafe-eval'"].some((source) => sources.includes(source));
  });
}
