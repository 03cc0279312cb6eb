import http from "node:http";
import https from "node:https";
import { messageOf, SetupError } from "./error.mjs";

const CONNECT_TIMEOUT = 5_000;
const IDLE_TIMEOUT = 30_000;
const TOTAL_TIMEOUT = 15 * 60_000;
const MAX_REDIRECTS = 5;

/**
 * Hosts that did not answer in this run, with the reason, so that the next tool does not wait for them again.
 * @typedef {Map<string, string>} Unreachable
 */

/**
 * Receives a resource over HTTPS, in pieces, within bounds of size and time.
 *
 * @param {URL} url
 * @param {number} maxBytes
 * @param {Unreachable} unreachable
 * @param {(chunk: Buffer, received: number, total: number | undefined) => Promise<void>} consume
 * @throws {SetupError} DOWNLOAD_FAILED
 */
export async function receive(url, maxBytes, unreachable, consume) {
  const signal = AbortSignal.timeout(TOTAL_TIMEOUT);
  try {
    const response = await follow(url, unreachable, signal);
    const length = response.headers["content-length"];
    const total = length === undefined ? undefined : Number(length);
    let received = 0;
    for await (const chunk of response) {
      received += chunk.length;
      if (received > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
      await consume(chunk, received, total);
    }
    if (total !== undefined && received !== total) throw new Error(`it ended after ${received} of ${total} bytes`);
  } catch (error) {
    throw new SetupError("DOWNLOAD_FAILED", `${url}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * @param {URL} start
 * @param {Unreachable} unreachable
 * @param {AbortSignal} signal
 * @returns {Promise<http.IncomingMessage>} a response of status 200
 */
async function follow(start, unreachable, signal) {
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await request(url, unreachable, signal);
    const { location } = response.headers;
    if (response.statusCode === 200) return response;
    response.destroy();
    if (location === undefined || !isRedirect(response.statusCode)) throw new Error(`HTTP ${response.statusCode}`);
    const next = new URL(location, url);
    if (url.protocol === "https:" && next.protocol !== "https:") throw new Error(`redirected to ${next.protocol}`);
    url = next;
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

/** @param {number | undefined} status */
const isRedirect = (status) => status !== undefined && [301, 302, 303, 307, 308].includes(status);

/**
 * @param {URL} url
 * @param {Unreachable} unreachable
 * @param {AbortSignal} signal
 * @returns {Promise<http.IncomingMessage>}
 */
function request(url, unreachable, signal) {
  const known = unreachable.get(url.host);
  if (known !== undefined) return Promise.reject(new Error(known));
  const secure = url.protocol === "https:";
  // Tests serve downloads on loopback; nothing else is taken in the clear.
  if (!secure && !(url.protocol === "http:" && url.hostname === "127.0.0.1")) {
    return Promise.reject(new Error(`${url.protocol} is refused, only https is taken`));
  }
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = (secure ? https : http).get(url, {
      agent: false,
      signal,
      headers: { "user-agent": "breakwater" },
    });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no connection within ${CONNECT_TIMEOUT / 1000} s`)),
      CONNECT_TIMEOUT,
    );
    outgoing.once("socket", (socket) => {
      socket.once(secure ? "secureConnect" : "connect", () => clearTimeout(timer));
    });
    outgoing.setTimeout(IDLE_TIMEOUT, () => outgoing.destroy(new Error(`silent for ${IDLE_TIMEOUT / 1000} s`)));
    outgoing.once("response", (response) => {
      answered = true;
      resolve(response);
    });
    outgoing.on("error", (error) => {
      clearTimeout(timer);
      if (!answered) unreachable.set(url.host, messageOf(error));
      reject(error);
    });
  });
}
