import { BreakwaterError } from "../components/errors";

export type ConfigErrorCode =
  | "ENVIRONMENT_UNKNOWN"
  | "CONFIG_INVALID"
  | "ADMIN_PASSWORD_MISSING"
  | "IDENTITY_CERTIFICATE_MISSING"
  | "IDENTITY_CERTIFICATE_INVALID";

/** A stack's config can't be what it is. */
export class ConfigError extends BreakwaterError<ConfigErrorCode> {}

/** One mistake in a stack's config. */
export interface ConfigProblem {
  /** Where, e.g. `robots[0].project`. */
  readonly key: string;
  /** What is wrong, and the way out. */
  readonly message: string;
}

/** Every mistake of a stack's config at once. */
export class ConfigInvalidError extends ConfigError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ key, message }) => `  ${key}: ${message}`);
    const count = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
    super("CONFIG_INVALID", [`${file} has ${count}:`, ...lines].join("\n"));
    this.problems = problems;
  }
}
