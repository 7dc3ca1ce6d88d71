/** A web server for one folder: types by the ending of a name, nothing else. */

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

export interface FolderSite {
  readonly url: string;
  close(): Promise<void>;
}

/** @param changed types in place of the right ones */
export async function serveFolder(folder: string, changed: Readonly<Record<string, string>> = {}): Promise<FolderSite> {
  const site = createServer(async ({ url = "/" }, response) => {
    const { pathname } = new URL(url, "http://localhost");
    const name = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const body = await readFile(join(folder, name)).catch(() => undefined);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": { ...types, ...changed }[extname(name)] ?? "text/plain" }).end(body);
  });
  site.listen(0, "127.0.0.1");
  await once(site, "listening");
  return {
    url: `http://127.0.0.1:${(site.address() as AddressInfo).port}/`,
    async close() {
      site.closeAllConnections();
      site.close();
      await once(site, "close");
    },
  };
}
