import type { ChallengeAnswer } from "./challengeAnswer";
import { runHook } from "./dns01Hook";
import { awaitPropagation, type Propagation } from "./dns01Propagation";
import { clearDnsRecords, type DnsRecord, noteDnsRecords } from "./dns01Records";

/** dns-01 (RFC 8555 § 8.4): a command of the user's puts TXT records into DNS. The only challenge for wildcards. */
export interface Dns01 {
  readonly type: "dns-01";
  /**
   * A command and its arguments, run without a shell in the project's folder, once for each record to add and once for each to
   * remove. Its environment says which: `ACTION` is `present` or `cleanup`, `DOMAIN` the name in the certificate,
   * `RECORD_NAME` and `RECORD_VALUE` the TXT record. One name can have several values at a time.
   */
  readonly hook: readonly string[];
  readonly propagation?: Propagation;
}

export async function withDnsRecords<T>(
  challenge: Dns01,
  answers: readonly ChallengeAnswer[],
  directory: string,
  work: () => Promise<T>,
): Promise<T> {
  const records = answers.map(
    ({ identifier, value }): DnsRecord => ({
      domain: identifier,
      name: `_acme-challenge.${identifier}`,
      value,
    }),
  );
  await noteDnsRecords(directory, records); // before they exist: a kill leaves none that nobody knows of
  try {
    for (const record of records) await runHook(challenge.hook, "present", record);
    await awaitPropagation(records, challenge.propagation);
    return await work();
  } finally {
    await clearDnsRecords(challenge.hook, directory);
  }
}
