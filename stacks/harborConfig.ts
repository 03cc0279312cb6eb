import type { Output } from "@pulumi/pulumi";
import type { TrustPolicyDocument } from "../components/notary/trust/document";
import { ADMIN_PASSWORD } from "./adminPassword";
import { ConfigInvalidError, type ConfigProblem } from "./error";
import { type ObjectOf, object } from "./fields";
import { HARBOR, type IdentityConfig, type ImageConfig, type ProjectConfig, type RobotConfig } from "./harborFields";
import { checkGates } from "./harborGates";
import { checkPlace } from "./harborPlace";
import { checkReferences } from "./harborReferences";
import { checkScopes } from "./harborScopes";
import { type LISTS, readableOf } from "./readableConfig";

/** What a person writes for the environment `harbor`; paths are absolute, or relative to the project's folder. */
export interface HarborConfig extends Omit<ObjectOf<typeof HARBOR>, (typeof LISTS)[number]> {
  readonly stack: string;
  readonly projects: readonly ProjectConfig[];
  readonly robots: readonly RobotConfig[];
  readonly identities: readonly IdentityConfig[];
  readonly images: readonly ImageConfig[];
  /** Of Harbor's user `admin`, a secret; not known in a preview of a stack that has none yet. */
  readonly adminPassword: Output<string>;
}

/** What a config is judged by, beside itself. */
export interface Judging {
  /** Of the config, to be named. */
  readonly file: string;
  /** The committed trust policy; without it the scopes are not looked at. */
  readonly policy?: TrustPolicyDocument | undefined;
  /** Mistakes that were found elsewhere, to be named as well. */
  readonly problems?: readonly ConfigProblem[];
}

/** The config of a stack as the engine has it, once it is right. @throws ConfigInvalidError with every mistake */
export function parseHarborConfig(
  raw: Readonly<Record<string, unknown>>,
  { file, policy, problems: elsewhere = [] }: Judging,
): Omit<HarborConfig, "adminPassword" | "stack"> {
  const problems = [...elsewhere];
  const read = object(HARBOR, [ADMIN_PASSWORD])(raw, "", problems);
  // A mistake leaves nothing of the whole: what is right beside it is judged all the same, to name every mistake at once.
  const readable = readableOf(raw);
  checkPlace(readable, problems);
  checkReferences(readable, problems);
  checkGates(readable, problems);
  if (policy !== undefined) checkScopes(readable, policy, problems);
  if (read === undefined || problems.length > 0) throw new ConfigInvalidError(file, problems);
  const { projects = [], robots = [], identities = [], images = [] } = read;
  return { ...read, projects, robots, identities, images };
}
