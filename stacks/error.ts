import { BreakwaterError } from "../components/errors";

export type ConfigErrorCode =
  | "ENVIRONMENT_UNKNOWN"
  | "CONFIG_INVALID"
  | "ADMIN_PASSWORD_MISSING"
  | "ADMIN_PASSWORD_PLAIN"
  | "ADMIN_PASSWORD_UNFIT"
  | "RULES_VIOLATED"
  | "RULES_UNJUDGED"
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
  /** Of a mistake that machines tell from others. */
  readonly code?: ConfigErrorCode;
}

/** Every mistake of a stack's config at once; its code is that of a mistake which is the only one, where that has its own. */
export class ConfigInvalidError extends ConfigError {
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ key, message }) => `  ${key}: ${message}`);
    const count = problems.length === 1 ? "one mistake" : `${problems.length} mistakes`;
    const [first, ...more] = problems;
    super((more.length === 0 && first?.code) || "CONFIG_INVALID", [`${file} has ${count}:`, ...lines].join("\n"));
    this.problems = problems;
  }
}
