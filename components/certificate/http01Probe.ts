import { lookup } from "node:dns";
import { isIP } from "node:net";
import { Agent, request } from "undici";
import type { ChallengeAnswer } from "./challengeAnswer";
import { CHALLENGE_PATH, type ChallengePlace } from "./challengeListener";

const PROBED_FOR_MS = 10_000;
const PAUSE_MS = 100;
/** For some time after its signal nginx's old processes take connections beside the new ones. */
const IN_A_ROW = 5;
const TIMEOUT_MS = 2_000;
const REDIRECTS_MAX = 5;

/**
 * Waits until this machine serves the answer: a reload of nginx is over some time after its signal. It looks as the ACME
 * server will, through the redirect and whatever the certificate is, but on this machine's own addresses, since many networks
 * don't lead back to themselves. So it is no proof, and after some seconds the ACME server may find out.
 */
export async function probeAnswer(place: ChallengePlace, answer: ChallengeAnswer): Promise<boolean> {
  let good = 0;
  for (const until = Date.now() + PROBED_FOR_MS; Date.now() < until; ) {
    good = (await isServed(place, answer)) ? good + 1 : 0;
    if (good === IN_A_ROW) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return false;
}

/** On connections of its own: one that is kept stays with the process that took it. */
async function isServed(place: ChallengePlace, answer: ChallengeAnswer): Promise<boolean> {
  const address = { "0.0.0.0": "127.0.0.1", "::": "::1" }[place.address] ?? place.address;
  const agent = new Agent({
    connect: {
      timeout: TIMEOUT_MS,
      rejectUnauthorized: false,
      lookup: (_host, options, done) => lookup(address, options, done),
    },
  });
  try {
    return (await fetchAnswer(agent, place, answer)).trim() === answer.value;
  } catch {
    return false;
  } finally {
    await agent.destroy();
  }
}

async function fetchAnswer(agent: Agent, place: ChallengePlace, answer: ChallengeAnswer): Promise<string> {
  const host = isIP(answer.identifier) === 6 ? `[${answer.identifier}]` : answer.identifier;
  let url = new URL(`http://${host}:${place.port}${CHALLENGE_PATH}${answer.token}`);
  for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
    const location = headers.location;
    if (statusCode === 200) return (await body.text()).slice(0, 2_000);
    await body.dump();
    if (typeof location !== "string") return "";
    url = new URL(location, url);
  }
  return "";
}
