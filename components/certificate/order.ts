import { generateKeyPairSync } from "node:crypto";
import { isIP } from "node:net";
import * as acme from "acme-client";
import { type AcmeConnection, acmeError, connectAcme, fetchRoot, isPassing } from "./acmeClient";
import { AcmeProblem } from "./acmeProblem";
import type { AcmeServer } from "./acmeServer";
import { authorizeOrder } from "./authorization";
import { endsIn, inspectChain } from "./chain";
import { type Challenge, clearLeftOvers } from "./challenge";
import { CertificateError, type CertificateErrorCode } from "./error";
import { accountKey, deleteOrder, type OrderJournal, readOrder, writeOrder } from "./journal";
import { predecessorId } from "./predecessor";
import { renewalReason } from "./renewal";
import { askRenewalInfo } from "./renewalInfo";
import { requireServable } from "./servable";

export interface CertificateRequest {
  readonly server: AcmeServer;
  /** DNS names or IP addresses (RFC 8738), all in the one certificate. */
  readonly identifiers: readonly string[];
  readonly challenge: Challenge;
  /** An e-mail address for the account. */
  readonly contact?: string;
  /** A certificate profile that the server offers, e.g. `shortlived`. */
  readonly profile?: string;
  /** Absolute folder of the account's key, of the order in flight and of the certificate that it replaces. */
  readonly directory: string;
}

/** PEM throughout; `chain` is leaf first, without the root. */
export interface IssuedCertificate {
  readonly chain: string;
  readonly privateKey: string;
  readonly root?: string;
}

/**
 * Orders a certificate (RFC 8555 § 7.4). An order that an interrupted run left is gone on with: its URL and key are on disk
 * before it is finalised. The journal outlives the order until the engine is known to have saved the result (`endOrder`), so that
 * a kill before that, however long ago, downloads the same certificate again instead of ordering another.
 */
export async function orderCertificate(request: CertificateRequest, now: Date): Promise<IssuedCertificate> {
  await clearLeftOvers(request.challenge, request.directory);
  const connection = await connectAcme(request.server, await accountKey(request.directory, newKey), request.contact);
  const { client } = connection;
  const resumed = await resume(client, request, now);
  const issued = resumed && (await finish(client, request, resumed.order, resumed.journal).catch(unlessExpired));
  if (issued !== undefined) {
    // It may be due for renewal by now, or be what is replaced because it is.
    const renewal = await askRenewalInfo(request.server, issued.chain, now);
    if (renewalReason({ ...inspectChain(issued.chain), renewal }, now) === undefined) return issued;
  }
  const { order, journal } = await begin(connection, request);
  return await finish(client, request, order, journal);
}

/** A server keeps an order of a short-lived certificate longer than that lives. */
function unlessExpired(error: unknown): undefined {
  if (!(error instanceof CertificateError) || error.code !== "CERTIFICATE_EXPIRED") throw error;
}

interface OrderInFlight {
  readonly order: acme.Order;
  readonly journal: OrderJournal;
}

async function begin(connection: AcmeConnection, request: CertificateRequest): Promise<OrderInFlight> {
  const { directory, identifiers } = request;
  const order = await createOrder(connection, request).catch((error) => {
    const { profiles } = connection.directory;
    const hint = error instanceof AcmeProblem && error.type === "invalidProfile" && profiles.length > 0;
    const offered = hint ? ` (profiles offered: ${profiles.slice(0, 20).join(", ").slice(0, 500)})` : "";
    throw acmeError("ACME_ORDER_REFUSED", `no order for ${identifiers.join(", ")}${offered}`, error);
  });
  const journal = { asked: askedBy(request), orderUrl: order.url, privateKey: newKey() };
  await writeOrder(directory, journal);
  return { order, journal };
}

/** Names the certificate that is replaced to a server that offers renewal information (RFC 9773 § 5): it counts less then. */
async function createOrder({ client, directory }: AcmeConnection, request: CertificateRequest): Promise<acme.Order> {
  const identifiers = request.identifiers.map((value) => ({ type: isIP(value) ? "ip" : "dns", value }));
  const asked = { identifiers, ...(request.profile && { profile: request.profile }) };
  const replaces = directory.renewalInfo
    ? await predecessorId(request.directory, request.server.url, request.identifiers)
    : undefined;
  if (replaces === undefined) return await client.createOrder(asked);
  try {
    return await client.createOrder({ ...asked, ...{ replaces } });
  } catch (error) {
    // Replaced already, or forgotten by the server, or another account's: then it is a new one.
    if (!(error instanceof AcmeProblem) || error.type === "rateLimited") throw error;
    return await client.createOrder(asked);
  }
}

/** The order whose certificate the engine has not saved, if the server still knows it and its time is not over. */
async function resume(client: acme.Client, request: CertificateRequest, now: Date): Promise<OrderInFlight | undefined> {
  const journal = await readOrder(request.directory, askedBy(request));
  if (journal === undefined) return undefined;
  const order = await client.getOrder({ url: journal.orderUrl } as acme.Order).catch((error) => {
    if (isPassing(error)) {
      throw acmeError(
        "ACME_ORDER_INVALID",
        `the order for ${request.identifiers.join(", ")} can't be gone on with`,
        error,
      );
    }
    return undefined;
  });
  if (order === undefined || order.status === "invalid") return undefined;
  // RFC 8555 § 7.1.3: from then on the server considers it invalid, and may have forgotten the certificate.
  const isOver = order.expires !== undefined && now.getTime() >= Date.parse(order.expires);
  return isOver ? undefined : { order, journal };
}

async function finish(
  client: acme.Client,
  request: CertificateRequest,
  started: acme.Order,
  journal: OrderJournal,
): Promise<IssuedCertificate> {
  const { privateKey } = journal;
  const { directory, identifiers } = request;
  let order = started;
  try {
    if (order.status === "pending") {
      await authorizeOrder(client, order, request.challenge, directory);
      order = await client.getOrder(order);
    }
    if (order.status === "ready") {
      const [, csr] = await acme.crypto.createCsr({ altNames: [...identifiers] }, privateKey);
      order = await client.finalizeOrder(order, csr);
    }
    if (order.status !== "valid") order = await awaitIssued(client, order);
    const chain = await client.getCertificate(order);
    const root = await fetchRoot(request.server);
    if (root !== undefined && !endsIn(chain, root)) {
      throw new CertificateError(
        "CERTIFICATE_CHAIN_INVALID",
        "the chain does not end in the root that the server shows",
      );
    }
    requireServable({ chain, privateKey }, { names: identifiers, now: new Date() });
    return { chain, privateKey, ...(root && { root }) };
  } catch (error) {
    if (!canGoOn(error)) await deleteOrder(directory); // the next run orders anew
    throw acmeError("ACME_ORDER_INVALID", `the order for ${identifiers.join(", ")} yields no certificate`, error);
  }
}

/** Waits for what was finalised (RFC 8555 § 7.4). A server that is still at it has decided nothing. */
async function awaitIssued(client: acme.Client, order: acme.Order): Promise<acme.Order> {
  try {
    return await client.waitForValidStatus(order);
  } catch (error) {
    if (isPassing(error) || (await client.getOrder(order)).status !== "processing") throw error;
    throw new CertificateError(
      "ACME_ORDER_PENDING",
      "the ACME server is still issuing the certificate. Run the command again later: it goes on with the same order",
      { cause: error },
    );
  }
}

/** What another try of the same order can't mend. */
const FINAL: ReadonlySet<CertificateErrorCode> = new Set([
  "ACME_CHALLENGE_REJECTED",
  "ACME_ORDER_REFUSED",
  "CERTIFICATE_CHAIN_INVALID",
  "CERTIFICATE_HOSTNAME_MISMATCH",
  "CERTIFICATE_KEY_MISMATCH",
]);

/** Failures that leave the order as it is: nothing was decided by the server. */
function canGoOn(error: unknown): boolean {
  if (!(error instanceof CertificateError)) return isPassing(error);
  if (isPassing(error.cause)) return true;
  return !FINAL.has(error.code);
}

function askedBy({ server, identifiers, profile }: CertificateRequest): string {
  return JSON.stringify([server.url, [...identifiers].sort(), profile ?? ""]);
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}
