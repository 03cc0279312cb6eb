/** A registry without the referrers API is not asked again for this long; one with it is believed to keep it. */
const ABSENT_MS = 60_000;
const PRESENT_MS = 600_000;

interface Observation {
  present: boolean;
  until: number;
}

/**
 * What is known of one registry's referrers API: for each repository that was asked, and, since most registries are alike in
 * all repositories, a presumption for those that were not.
 */
export class ReferrersSupport {
  readonly #repositories = new Map<string, Observation>();
  #present: Observation | undefined;
  #absent: Observation | undefined;

  observe(repository: string, present: boolean): void {
    const observation = { present, until: Date.now() + (present ? PRESENT_MS : ABSENT_MS) };
    this.#repositories.set(repository, observation);
    if (present) this.#present = observation;
    else this.#absent = observation;
  }

  /** Undefined when that repository was not asked lately. */
  known(repository: string): boolean | undefined {
    return current(this.#repositories.get(repository))?.present;
  }

  /** True when other repositories of the registry are without the API, and none is with it. */
  get presumedAbsent(): boolean {
    return current(this.#absent) !== undefined && current(this.#present) === undefined;
  }
}

function current(observation: Observation | undefined): Observation | undefined {
  return observation !== undefined && observation.until > Date.now() ? observation : undefined;
}
