import type * as acme from "acme-client";
import { acmeError, isPassing } from "./acmeClient";
import { readProblem } from "./acmeProblem";
import { type Challenge, withAnswers } from "./challenge";
import type { ChallengeAnswer } from "./challengeAnswer";
import { CHALLENGE_PATH } from "./challengeListener";
import { CertificateError } from "./error";

type AcmeChallenge = acme.Authorization["challenges"][number];

/** An authorization that is still to be had, and the challenge that is taken up for it. */
interface Open {
  readonly identifier: string;
  readonly challenge: AcmeChallenge;
  readonly answer: ChallengeAnswer;
}

/**
 * Authorizes all names of an order (RFC 8555 § 7.5). They are shown together: two names may share one DNS record's name, and
 * nginx is reloaded once. `directory` is the absolute folder of the journal.
 * @throws CertificateError `ACME_CHALLENGE_PENDING` when the server has not looked yet: the order can be gone on with
 */
export async function authorizeOrder(
  client: acme.Client,
  order: acme.Order,
  challenge: Challenge,
  directory: string,
): Promise<void> {
  const open: Open[] = [];
  for (const { status, identifier, challenges } of await client.getAuthorizations(order)) {
    if (status === "valid") continue;
    const offered = challenges.find(({ type }) => type === challenge.type);
    if (offered === undefined) throw notOffered(challenge.type, identifier.value, challenges);
    const value = await client.getChallengeKeyAuthorization(offered);
    const answer = { identifier: identifier.value, token: offered.token, value };
    open.push({ identifier: identifier.value, challenge: offered, answer });
  }
  const answers = open.map(({ answer }) => answer);
  await withAnswers(challenge, answers, directory, async () => {
    for (const each of open) await awaitValid(client, order, challenge, each);
  });
}

async function awaitValid(client: acme.Client, order: acme.Order, declared: Challenge, open: Open): Promise<void> {
  const place = placeOf(declared, open.identifier);
  try {
    await client.completeChallenge(open.challenge);
    await client.waitForValidStatus(open.challenge);
  } catch (error) {
    const what = `the ACME server did not accept the answer at ${place}`;
    if (isPassing(error)) throw acmeError("ACME_CHALLENGE_REJECTED", what, error);
    const now = await currentChallenge(client, order, open.challenge.url);
    if (now?.status === "valid") return;
    if (now?.status === "pending" || now?.status === "processing") {
      throw new CertificateError(
        "ACME_CHALLENGE_PENDING",
        `the ACME server has not looked at ${place} yet. Run the command again: it goes on with the same order`,
        { cause: error },
      );
    }
    // The server's reason with its type, which the library's error does not tell.
    throw acmeError("ACME_CHALLENGE_REJECTED", what, readProblem(now?.error, 400) ?? error);
  }
}

async function currentChallenge(
  client: acme.Client,
  order: acme.Order,
  url: string,
): Promise<AcmeChallenge | undefined> {
  const authorizations = await client.getAuthorizations(order).catch(() => []);
  return authorizations.flatMap(({ challenges }) => challenges).find((challenge) => challenge.url === url);
}

function placeOf(challenge: Challenge, identifier: string): string {
  return challenge.type === "dns-01"
    ? `the TXT record _acme-challenge.${identifier}`
    : `http://${identifier}:${challenge.port}${CHALLENGE_PATH}`;
}

function notOffered(type: string, identifier: string, challenges: readonly AcmeChallenge[]): CertificateError {
  const offered = challenges.map((challenge) => String(challenge.type).slice(0, 40)).join(", ");
  return new CertificateError(
    "ACME_ORDER_REFUSED",
    `the ACME server offers no ${type} challenge for ${identifier}, but ${offered || "none"}. Take one of these`,
  );
}
