import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import type { TestRegistry } from "../../support/registries";
import { toolPath } from "../../support/tools";

export type CliVerdict = "verified" | "failed" | "skipped";

/** What `notation verify` ends with when it has judged an image and refuses it; anything else is no verdict. */
const REFUSALS = [
  /signature verification failed for all the signatures associated with/,
  /no signature is associated with/,
  /has no applicable trust policy/,
  /trust policy .*(is not present|does not exist|not found)/i,
];

export interface Notation {
  readonly registry: TestRegistry;
  /** Its `NOTATION_CONFIG`: trust policy and trust stores. */
  readonly trust: string;
  /** For what it keeps, such as revocation lists. */
  readonly home: string;
}

/** The verdicts of the real CLI on images, by their references; one process for each, some at a time. */
export async function cliVerdicts(
  notation: Notation,
  references: readonly string[],
): Promise<ReadonlyMap<string, CliVerdict>> {
  const verdicts = new Map<string, CliVerdict>();
  const left = [...references];
  const work = async () => {
    for (let reference = left.pop(); reference !== undefined; reference = left.pop()) {
      verdicts.set(reference, await cliVerdict(notation, reference));
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return verdicts;
}

function cliVerdict({ registry, trust, home }: Notation, reference: string): Promise<CliVerdict> {
  const env = {
    NOTATION_CONFIG: trust,
    HOME: home,
    SSL_CERT_FILE: registry.caFile,
    DOCKER_CONFIG: registry.dockerConfigDirectory,
  };
  return new Promise((resolve, reject) => {
    execFile(toolPath("notation"), ["verify", reference], { env }, (error, stdout, stderr) => {
      if (error === null && /^Successfully verified signature for/m.test(stdout)) resolve("verified");
      else if (error === null && /^Trust policy is configured to skip signature verification/m.test(stdout))
        resolve("skipped");
      else if (error?.code === 1 && REFUSALS.some((refusal) => refusal.test(stderr))) resolve("failed");
      else reject(new Error(`notation verify ${reference} gives no verdict: ${stdout}${stderr}`, { cause: error }));
    });
  });
}
