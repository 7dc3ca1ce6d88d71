/**
 * One workerd process: started, ready, ended.
 *
 * Ready means that `/healthz` answered 200; a server that answers anything else is broken and is ended at once.
 * It is ended by its process id and never restarted: that is the supervisor's matter.
 */

import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { Complaint } from "../complaint.mjs";
import { workerd } from "../paths.mjs";

const readyMsMax = 30_000;
const pollMs = 25;
/** What a server has answered is durable: one that still waits for open sockets may go. */
const stopMsMax = 2_000;
const logCharsMax = 1_000_000;

/**
 * @typedef {object} Workerd
 * @property {number} port
 * @property {number} pid
 * @property {Promise<{ code: number | null, signal: string | null }>} ended
 * @property {() => string} log the last of what it wrote
 * @property {(signal?: NodeJS.Signals) => Promise<void>} end resolves when the process is gone
 */

/**
 * @param {object} options
 * @param {string} options.config the path of its `.capnp`
 * @param {string} options.address such as `127.0.0.1:8787`; port 0 is any free one
 * @param {Record<string, string>} options.secrets its whole environment
 * @param {(text: string) => void} [options.onLog] told what it writes, once it is ready
 * @param {boolean} [options.broken] whether an unhealthy server is wanted, to see what it says
 * @returns {Promise<Workerd>}
 * @throws {Complaint} when the port is taken or it does not become ready
 */
export async function startWorkerd({ config, address, secrets, onLog = () => {}, broken = false }) {
  // The import path makes an absolute path in the configuration mean what it says.
  const args = ["serve", "--import-path", "/", "--socket-addr", `http=${address}`, "--control-fd", "3", config];
  const child = spawn(workerd, args, { env: secrets, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let log = "";
  let ready = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      log = (log + text).slice(-logCharsMax);
      if (ready) onLog(text);
    });
  }
  /** @type {Workerd["ended"]} */
  const ended = new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal }));
  });
  const end = async (/** @type {NodeJS.Signals} */ signal = "SIGTERM") => {
    child.kill(signal);
    const late = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    await ended;
    clearTimeout(late);
  };
  try {
    const failed = ended.then(() => Promise.reject(failure(address, log)));
    const port = await Promise.race([listeningPort(child.stdio[3]), failed]);
    const health = await Promise.race([firstAnswer(`http://127.0.0.1:${port}/healthz`), failed]);
    if (!health.ok && !broken) throw new Complaint(`the server is not healthy: ${health.text.trim()}\n${log}`.trim());
    ready = true;
    if (log) onLog(log);
    return { port, pid: child.pid ?? 0, ended, log: () => log, end };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

/**
 * @param {any} control where workerd writes one JSON object per line
 * @returns {Promise<number>}
 */
async function listeningPort(control) {
  let text = "";
  for await (const chunk of control.setEncoding("utf8")) {
    text += chunk;
    for (const line of text.split("\n").slice(0, -1)) {
      const message = JSON.parse(line);
      if (message.event === "listen" && message.socket === "http") return message.port;
    }
  }
  return new Promise(() => {}); // it ended, which is reported elsewhere
}

/**
 * Waits for the first answer: it comes when the Worker is loaded.
 * @param {string} url
 */
async function firstAnswer(url) {
  const deadline = performance.now() + readyMsMax;
  for (;;) {
    try {
      const response = await fetch(url);
      return { ok: response.ok, text: await response.text() };
    } catch (error) {
      if (performance.now() > deadline) throw new Complaint(`the server does not answer: ${error}`);
    }
    await delay(pollMs);
  }
}

/**
 * @param {string} address
 * @param {string} log
 */
function failure(address, log) {
  if (/address already in use/i.test(log)) {
    const port = address.split(":").at(-1);
    return new Complaint(`port ${port} is taken: stop what listens there, or choose another with --port (0 is any)`);
  }
  return new Complaint(`workerd ended before it served:\n${log.trim()}`);
}
