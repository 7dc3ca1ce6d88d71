/**
 * Serves the pages in plain workerd, as Cloudflare's static assets do there: content types, ETags, `index.html`
 * for a folder, and the rules of `_headers`. workerd's disk service (`FILES`) knows only bytes.
 */

const types = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  map: "application/json",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  woff2: "font/woff2",
};

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" && request.method !== "HEAD")
      return new Response(null, { status: 405, headers: { Allow: "GET, HEAD" } });
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const file = await env.FILES.fetch(new URL(path, "http://files"));
    // The disk service answers a folder with a listing, as JSON; rules are no page.
    if (!file.ok || file.headers.get("content-type") === "application/json" || path === "/_headers") {
      return new Response("not found\n", { status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" } });
    }
    const body = await file.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body)).subarray(0, 16);
    const headers = new Headers({
      "Cache-Control": "public, max-age=0, must-revalidate",
      "Content-Type": types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream",
      ETag: `"${digest.toHex()}"`,
    });
    for (const rule of env.HEADERS) {
      if (new RegExp(rule.pattern).test(pathname)) for (const [name, value] of rule.headers) headers.set(name, value);
    }
    const known = request.headers.get("If-None-Match")?.includes(headers.get("ETag"));
    if (known) return new Response(null, { status: 304, headers });
    return new Response(request.method === "HEAD" ? null : body, { headers });
  },
};
