import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { writeAtomically } from "../files/ownedFiles";
import { forgetDnsRecords } from "./dns01Records";

/** What must survive a kill in the middle of an order, since the engine saves nothing before `create` has ended. */
export interface OrderJournal {
  /** The ACME server, identifiers and profile that were asked for, as one comparable text. */
  readonly asked: string;
  readonly orderUrl: string;
  /** PEM; the key of the certificate that this order yields. */
  readonly privateKey: string;
}

const ORDER = "order.json";
const ISSUER = "issuer.json";
const ACCOUNT_KEY = "account-key.pem";

/** The order that an earlier run began; undefined when there is none, or for other identifiers. */
export async function readOrder(directory: string, asked: string): Promise<OrderJournal | undefined> {
  const journal = await readJson<OrderJournal>(directory, ORDER);
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

/** Ends the order of a certificate that the engine has saved: from then on whoever creates one wants another. */
export async function endOrder(directory: string, privateKey: string): Promise<void> {
  const journal = await readJson<OrderJournal>(directory, ORDER);
  if (journal?.privateKey === privateKey) await deleteOrder(directory);
}

/** URL of the directory of the ACME server that issued the certificate in the folder. */
export async function readIssuer(directory: string): Promise<string | undefined> {
  return (await readJson<{ server: string }>(directory, ISSUER))?.server;
}

export async function writeIssuer(directory: string, server: string): Promise<void> {
  await writeAtomically(path.join(directory, ISSUER), { content: JSON.stringify({ server }) });
}

export async function deleteOrder(directory: string): Promise<void> {
  await rm(path.join(directory, ORDER), { force: true });
}

/** The order, who issued, the notes of DNS records and the account's key. */
export async function deleteJournals(directory: string): Promise<void> {
  await deleteOrder(directory);
  await forgetDnsRecords(directory);
  for (const name of [ISSUER, ACCOUNT_KEY]) await rm(path.join(directory, name), { force: true });
}

async function readJson<T>(directory: string, name: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path.join(directory, name), "utf8")) as T;
  } catch {
    return undefined; // none, or not whole: a new order is always right
  }
}
