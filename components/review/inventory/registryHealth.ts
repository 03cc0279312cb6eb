import { BreakwaterError } from "../../errors";
import { OciError } from "../../oci/error";
import { interrupted, InventoryError } from "./error";

/** Of one registry, without an answer in between. */
const MAX_FAILURES = 3;
const TRANSPORT: ReadonlySet<string> = new Set([
  "REGISTRY_UNREACHABLE",
  "REGISTRY_TLS_UNTRUSTED",
  "CONNECTION_LOST",
  "HARBOR_UNREACHABLE",
  "HARBOR_TLS_UNTRUSTED",
]);

/** Which registries of a run still answer: thousands of images are not to wait for one that is down, each for itself. */
export class RegistryHealth {
  readonly #failures = new Map<string, { count: number; last: BreakwaterError }>();
  readonly #signal: AbortSignal | undefined;

  /** @param signal from when on no registry is asked any more */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
  }

  /** Throws what `ask` throws; InventoryError REGISTRY_GIVEN_UP for a host that failed three times in a row, INTERRUPTED. */
  async ask<Answer>(host: string, ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#signal?.aborted) throw interrupted();
    const known = this.#failures.get(host);
    if (known !== undefined && known.count >= MAX_FAILURES) throw givenUp(host, known.last);
    try {
      const answer = await ask();
      this.#answered(host);
      return answer;
    } catch (error) {
      if (error instanceof BreakwaterError && isTransport(error)) {
        const { count } = this.#failures.get(host) ?? { count: 0 };
        this.#failures.set(host, { count: count + 1, last: error });
      } else {
        this.#answered(host);
      }
      throw error;
    }
  }

  /** An answer that was on its way when the registry was given up changes nothing. */
  #answered(host: string): void {
    if ((this.#failures.get(host)?.count ?? 0) < MAX_FAILURES) this.#failures.delete(host);
  }
}

function isTransport(error: BreakwaterError): boolean {
  const { status = 0 } = error instanceof OciError ? error : {};
  return TRANSPORT.has(error.code) || (error.code === "REGISTRY_ERROR" && (status >= 500 || status === 429));
}

function givenUp(host: string, last: BreakwaterError): InventoryError {
  return new InventoryError(
    "REGISTRY_GIVEN_UP",
    `${host} failed ${MAX_FAILURES} times in a row and is not asked any more in this run (${last.code}): run again when it answers; what was read already is not read again.`,
    { cause: last },
  );
}
