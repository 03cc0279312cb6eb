import { generateKeyPairSync } from "node:crypto";
import { isIP } from "node:net";
import * as acme from "acme-client";
import { type AcmeServer, acmeError, connectAcme, fetchRoot } from "./acmeClient";
import { endsIn, inspectChain, isRenewalDue } from "./chain";
import { type ChallengePlace, withChallengeListener } from "./challengeListener";
import { CertificateError } from "./error";
import { accountKey, deleteOrder, type OrderJournal, readOrder, writeOrder } from "./journal";

export interface CertificateRequest {
  readonly server: AcmeServer;
  /** DNS names or IP addresses (RFC 8738), all in the one certificate. */
  readonly identifiers: readonly string[];
  readonly challenge: ChallengePlace;
  /** An e-mail address for the account. */
  readonly contact?: string;
  /** A certificate profile that the server offers, e.g. `shortlived`. */
  readonly profile?: string;
  /** Absolute folder of the account's key and of the order in flight. */
  readonly directory: string;
}

/** PEM throughout; `chain` is leaf first, without the root. */
export interface IssuedCertificate {
  readonly chain: string;
  readonly privateKey: string;
  readonly root?: string;
}

/**
 * Orders a certificate (RFC 8555 § 7.4) by http-01. An order that an interrupted run left is gone on with: its URL and key
 * are on disk before it is finalised. The journal outlives the order, so that a kill before the engine has saved the
 * result downloads the same certificate again instead of ordering another.
 */
export async function orderCertificate(request: CertificateRequest, now: Date): Promise<IssuedCertificate> {
  const client = await connectAcme(request.server, await accountKey(request.directory, newKey), request.contact);
  const resumed = await resume(client, request, now);
  if (resumed !== undefined) {
    const issued = await finish(client, request, resumed.order, resumed.journal);
    if (!isRenewalDue(inspectChain(issued.chain), now)) return issued;
  }
  const { order, journal } = await begin(client, request, now);
  return await finish(client, request, order, journal);
}

const RESUMED_WITHIN_MS = 10 * 60_000;

interface OrderInFlight {
  readonly order: acme.Order;
  readonly journal: OrderJournal;
}

async function begin(client: acme.Client, request: CertificateRequest, now: Date): Promise<OrderInFlight> {
  const identifiers = request.identifiers.map((value) => ({ type: isIP(value) ? "ip" : "dns", value }));
  const order = await client
    .createOrder({ identifiers, ...(request.profile && { profile: request.profile }) })
    .catch((error) => {
      throw acmeError("ACME_ORDER_REFUSED", `no order for ${request.identifiers.join(", ")}`, error);
    });
  const journal = {
    asked: askedBy(request),
    orderUrl: order.url,
    orderedAt: now.toISOString(),
    privateKey: newKey(),
  };
  await writeOrder(request.directory, journal);
  return { order, journal };
}

/**
 * The order in flight, if the server still knows it and it can still be fulfilled. One that was fulfilled a while ago is
 * not: the engine has its certificate, and who replaces that wants another, with another key.
 */
async function resume(client: acme.Client, request: CertificateRequest, now: Date): Promise<OrderInFlight | undefined> {
  const journal = await readOrder(request.directory, askedBy(request));
  if (journal === undefined) return undefined;
  const order = await client.getOrder({ url: journal.orderUrl } as acme.Order).catch(() => undefined);
  if (order === undefined || order.status === "invalid") return undefined;
  const age = now.getTime() - Date.parse(journal.orderedAt);
  return order.status === "valid" && !(age < RESUMED_WITHIN_MS) ? undefined : { order, journal };
}

async function finish(
  client: acme.Client,
  request: CertificateRequest,
  started: acme.Order,
  journal: OrderJournal,
): Promise<IssuedCertificate> {
  const { privateKey } = journal;
  let order = started;
  if (order.status === "pending") {
    for (const authorization of await client.getAuthorizations(order)) {
      await authorize(client, request, authorization);
    }
    order = await client.getOrder(order);
  }
  try {
    if (order.status === "ready") {
      const [, csr] = await acme.crypto.createCsr({ altNames: [...request.identifiers] }, privateKey);
      order = await client.finalizeOrder(order, csr);
    }
    if (order.status !== "valid") order = await client.waitForValidStatus(order);
    const chain = await client.getCertificate(order);
    const root = await fetchRoot(request.server);
    if (root !== undefined && !endsIn(chain, root)) {
      throw new CertificateError(
        "CERTIFICATE_CHAIN_INVALID",
        "the chain does not end in the root that the server shows",
      );
    }
    return { chain, privateKey, ...(root && { root }) };
  } catch (error) {
    await deleteOrder(request.directory); // the next run orders anew
    if (error instanceof CertificateError) throw error;
    throw acmeError(
      "ACME_ORDER_INVALID",
      `the order for ${request.identifiers.join(", ")} yields no certificate`,
      error,
    );
  }
}

async function authorize(
  client: acme.Client,
  request: CertificateRequest,
  authorization: acme.Authorization,
): Promise<void> {
  if (authorization.status === "valid") return;
  const identifier = authorization.identifier.value;
  const challenge = authorization.challenges.find(({ type }) => type === "http-01");
  if (challenge === undefined) {
    throw new CertificateError("ACME_ORDER_REFUSED", `the ACME server offers no http-01 challenge for ${identifier}`);
  }
  const keyAuthorization = await client.getChallengeKeyAuthorization(challenge);
  await withChallengeListener(request.challenge, challenge.token, keyAuthorization, async () => {
    try {
      await client.completeChallenge(challenge);
      await client.waitForValidStatus(challenge);
    } catch (error) {
      await deleteOrder(request.directory);
      const place = `http://${identifier}:${request.challenge.port}/.well-known/acme-challenge/`;
      throw acmeError("ACME_CHALLENGE_REJECTED", `the ACME server did not accept the answer at ${place}`, error);
    }
  });
}

function askedBy({ server, identifiers, profile }: CertificateRequest): string {
  return JSON.stringify([server.url, [...identifiers].sort(), profile ?? ""]);
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
