/**
 * A site whose pages may load nothing but from itself, with Polso behind the same origin: what `/api/` and `/sdk/` ask for is
 * passed on to a server, sockets included.
 */

import { once } from "node:events";
import { createServer, request } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** Policies that a page with a script of its own can have, the strictest first. */
export const policies = {
  strict: "default-src 'self'",
  wasm: "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'",
  trusted: "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
} as const;

export interface SiteOptions {
  readonly policy?: string;
  /** Between the title and the script. */
  readonly body?: string;
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** A page of one's own. @param script its one script, a module */
export function strictSite(serverUrl: string, script: string, options: SiteOptions = {}): Promise<Site> {
  const { policy = policies.strict, body = '<output id="value"></output>' } = options;
  return siteOf(serverUrl, policy, {
    "/": ["text/html", `<!doctype html><title>x</title>${body}<script type="module" src="/page.js"></script>`],
    "/page.js": ["text/javascript", script],
    "/favicon.ico": ["image/x-icon", ""],
  });
}

/** The server's own pages under another policy. */
export function dashboardSite(serverUrl: string, policy: string): Promise<Site> {
  return siteOf(serverUrl, policy, {});
}

/** @param pages type and content by path; everything else is the server's */
async function siteOf(serverUrl: string, policy: string, pages: Record<string, [string, string]>): Promise<Site> {
  const server = new URL(serverUrl);
  const site = createServer(({ url = "/", method, headers }, response) => {
    const page = pages[url.split("?")[0] ?? ""];
    if (page !== undefined) {
      response.writeHead(200, { "content-type": page[0], "content-security-policy": policy }).end(page[1]);
      return;
    }
    const onward = request({ host: server.hostname, port: server.port, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, "content-security-policy": policy });
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    onward.end();
  });
  site.on("upgrade", ({ url, headers }, socket) => {
    const onward = connect(Number(server.port), server.hostname);
    const lines = Object.keys(headers).map((name) => `${name}: ${headers[name]}`);
    onward.write(`GET ${url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
    socket.pipe(onward).pipe(socket);
    for (const [end, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      end.on("error", () => other.destroy());
      end.on("close", () => other.destroy());
    }
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}`,
    async close() {
      site.closeAllConnections();
      site.close();
      await once(site, "close");
    },
  };
}
