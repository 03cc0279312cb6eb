import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../errors";
import { writeAtomically } from "../files/ownedFiles";
import { runHook } from "./dns01Hook";

/** A TXT record that answers a challenge. */
export interface DnsRecord {
  /** The name in the certificate. */
  readonly domain: string;
  readonly name: string;
  readonly value: string;
}

const FILE = "dns-records.json";

/** Notes on disk what is about to be put into DNS, so that it is taken out again even after a kill. */
export async function noteDnsRecords(directory: string, records: readonly DnsRecord[]): Promise<void> {
  await writeAtomically(path.join(directory, FILE), { content: JSON.stringify(records) });
}

/** True while a record is noted that may still be in DNS. */
export function hasDnsRecords(directory: string): boolean {
  return existsSync(path.join(directory, FILE));
}

/** Runs the hook's clean-up for each noted record. What it can't remove stays noted for the next run; it never throws. */
export async function clearDnsRecords(hook: readonly string[], directory: string): Promise<void> {
  const left: DnsRecord[] = [];
  const records = await readRecords(directory);
  for (const record of records) {
    try {
      await runHook(hook, "cleanup", record);
    } catch (error) {
      console.log(`the TXT record ${record.name} is left in DNS until the next run: ${messageOf(error)}`);
      left.push(record);
    }
  }
  if (left.length > 0) await noteDnsRecords(directory, left);
  else await forgetDnsRecords(directory);
}

export async function forgetDnsRecords(directory: string): Promise<void> {
  await rm(path.join(directory, FILE), { force: true });
}

async function readRecords(directory: string): Promise<DnsRecord[]> {
  try {
    const noted: unknown = JSON.parse(await readFile(path.join(directory, FILE), "utf8"));
    return Array.isArray(noted) ? noted.filter(isRecord) : [];
  } catch {
    return []; // none, or not whole
  }
}

function isRecord(value: unknown): value is DnsRecord {
  const { domain, name, value: text } = (value ?? {}) as Partial<Record<keyof DnsRecord, unknown>>;
  return typeof domain === "string" && typeof name === "string" && typeof text === "string";
}
