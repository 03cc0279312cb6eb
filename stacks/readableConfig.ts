import { members, membersOfEach, type ObjectOf } from "./fields";
import {
  HARBOR,
  IDENTITY,
  type IdentityConfig,
  IMAGE,
  type ImageConfig,
  PROJECT,
  type ProjectConfig,
  ROBOT,
  type RobotConfig,
} from "./harborFields";

/** What is declared in Harbor, beside Harbor itself. */
export const LISTS = ["projects", "robots", "identities", "images"] as const;

/** What can be read of a config that may have mistakes; what can't be is left out, and an item of a list keeps its place. */
export interface ReadableConfig extends Partial<Omit<ObjectOf<typeof HARBOR>, (typeof LISTS)[number]>> {
  readonly projects: readonly Partial<ProjectConfig>[];
  readonly robots: readonly Partial<RobotConfig>[];
  readonly identities: readonly Partial<IdentityConfig>[];
  readonly images: readonly Partial<ImageConfig>[];
}

export function readableOf(raw: Readonly<Record<string, unknown>>): ReadableConfig {
  return {
    ...members(HARBOR, raw),
    projects: membersOfEach(PROJECT, raw.projects),
    robots: membersOfEach(ROBOT, raw.robots),
    identities: membersOfEach(IDENTITY, raw.identities),
    images: membersOfEach(IMAGE, raw.images),
  };
}
