import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../files/ownedFiles";
import { forgetDnsRecords } from "./dns01Records";

/** What must survive a kill in the middle of an order, since the engine saves nothing before `create` has ended. */
export interface OrderJournal {
  /** The ACME server, identifiers and profile that were asked for, as one comparable text. */
  readonly asked: string;
  readonly orderUrl: string;
  /** When the order was made, ISO 8601. */
  readonly orderedAt: string;
  /** URL of the ACME server's directory. Orders of earlier releases don't say it. */
  readonly server?: string;
  /** PEM; the key of the certificate that this order yields. */
  readonly privateKey: string;
}

const ORDER = "order.json";
const ACCOUNT_KEY = "account-key.pem";

/** The order that an earlier run made last, in flight or fulfilled. */
export async function readLastOrder(directory: string): Promise<OrderJournal | undefined> {
  try {
    return JSON.parse(await readFile(path.join(directory, ORDER), "utf8")) as OrderJournal;
  } catch {
    return undefined; // none, or not whole: a new order is always right
  }
}

/** The order that an earlier run began; undefined when there is none, or for other identifiers. */
export async function readOrder(directory: string, asked: string): Promise<OrderJournal | undefined> {
  const journal = await readLastOrder(directory);
  return journal?.asked === asked ? journal : undefined;
}

export async function writeOrder(directory: string, journal: OrderJournal): Promise<void> {
  await writeAtomically(path.join(directory, ORDER), { content: JSON.stringify(journal), secret: true });
}

/** The account's key, made by `generate` at the first order and kept for the next ones. */
export async function accountKey(directory: string, generate: () => string): Promise<string> {
  const file = path.join(directory, ACCOUNT_KEY);
  const kept = await readFile(file, "utf8").catch(() => "");
  if (kept.includes("PRIVATE KEY")) return kept;
  const content = generate();
  await writeAtomically(file, { content, secret: true });
  return content;
}

export async function deleteOrder(directory: string): Promise<void> {
  await rm(path.join(directory, ORDER), { force: true });
}

/** The order, the notes of DNS records and the account's key. */
export async function deleteJournals(directory: string): Promise<void> {
  await deleteOrder(directory);
  await forgetDnsRecords(directory);
  await rm(path.join(directory, ACCOUNT_KEY), { force: true });
}
