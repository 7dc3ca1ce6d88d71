/**
 * A shop on an origin of its own, and a gate between its pages and Polso that does to requests what networks do.
 *
 * The shop's page has a tracker as `window.tracker`, which knows Polso by the gate's address. Faults are laid out for the
 * requests that bring events; everything else passes.
 */

import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  /** The connection ends before the request has arrived. */
  | "cut"
  /** The request arrives, and the connection ends before its answer has. */
  | "answer lost"
  /** The request arrives, and nothing ever comes back. */
  | "silence"
  /** An answer in the server's place. */
  | { readonly status: number; readonly retryAfterS: number };

export class Gate {
  /** For the next requests that bring events, one each. */
  readonly faults: Fault[] = [];
  /** When each of them came, in milliseconds. */
  readonly cameMs: number[] = [];
  /** What the server has answered them. */
  readonly statuses: number[] = [];
  /** How often a browser has asked for leave first. */
  preflights = 0;
  /** Where Polso is. */
  target = "";
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (incoming: IncomingMessage, answer: ServerResponse) => void this.#pass(incoming, answer));
  }

  static async open(): Promise<Gate> {
    return new Gate(await listening(createServer()));
  }

  get url(): string {
    return urlOf(this.#server);
  }

  close = () => closed(this.#server);

  async #pass(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (incoming.method === "OPTIONS") this.preflights += 1;
    const brings = incoming.method === "POST" && incoming.url?.startsWith("/collect/");
    if (brings) this.cameMs.push(performance.now());
    const fault = brings ? this.faults.shift() : undefined;
    if (fault === "cut") {
      incoming.socket.destroy();
    } else if (typeof fault === "object") {
      const origin = incoming.headers.origin ?? "";
      const shared = { "access-control-allow-origin": origin, "access-control-expose-headers": "Retry-After" };
      answer.writeHead(fault.status, { ...shared, "retry-after": String(fault.retryAfterS) }).end();
    } else {
      this.#forward(incoming, (from) => {
        if (brings) this.statuses.push(from.statusCode ?? 0);
        if (fault === "answer lost") incoming.socket.destroy();
        else if (fault !== "silence") from.pipe(answer.writeHead(from.statusCode ?? 502, from.headers));
      }).on("error", () => incoming.socket.destroy());
    }
  }

  #forward(incoming: IncomingMessage, answered: (from: IncomingMessage) => void) {
    const { hostname: host, port } = new URL(this.target);
    const { url: path, method, headers } = incoming;
    return incoming.pipe(request({ host, port, path, method, headers }, answered));
  }
}

/** The shop's site. */
export class Shop {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** @param pages by their paths; at any other path is the one at `/` */
  static async open(pages: Readonly<Record<string, string>>): Promise<Shop> {
    const page = (path = "/") => pages[path] ?? pages["/"];
    const server = createServer(({ url }, answer) => {
      answer.writeHead(200, { "content-type": "text/html" }).end(page(url));
    });
    return new Shop(await listening(server));
  }

  get url(): string {
    return urlOf(this.#server);
  }

  close = () => closed(this.#server);
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}
