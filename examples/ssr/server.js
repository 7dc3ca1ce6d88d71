import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { html } from "./conversions.js";

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Conversions</title>${html}
<script type="module" src="/client.js"></script></html>`;
const types = { ".js": "text/javascript", ".wasm": "application/wasm" };

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const type = types[extname(pathname)];
  if (type === undefined) {
    response.writeHead(200, { "content-type": "text/html" }).end(page);
    return;
  }
  const file = createReadStream(join(import.meta.dirname, "public", pathname));
  file.on("error", () => response.writeHead(404).end());
  file.on("open", () => file.pipe(response.writeHead(200, { "content-type": type })));
});
server.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
