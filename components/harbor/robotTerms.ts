import { canonicalJson } from "../provider/wire";
import type { Robot } from "./api/robots";
import type { RobotPermission } from "./api/robotPermissions";
import { HarborError } from "./error";

/** What a robot may do: `pull`, `push` (and pull), or Harbor's own terms. */
export type Permissions = "pull" | "push" | readonly RobotPermission[];

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long before its end a robot is spoken of; of one that lives no more than SHORT_DAYS, the last tenth of its life. */
const NOTICE_MS = 7 * DAY_MS;
const SHORT_DAYS = 14;
const NEVER = -1;

/** In Harbor's terms. Throws HarborError PERMISSION_INVALID. */
export function permissionsOf(permissions: Permissions, project: string): RobotPermission[] {
  const access = (...actions: string[]) => actions.map((action) => ({ resource: "repository", action }));
  if (permissions === "pull") return [{ kind: "project", namespace: project, access: access("pull") }];
  if (permissions === "push") return [{ kind: "project", namespace: project, access: access("pull", "push") }];
  if (permissions.length === 0 || permissions.some((permission) => permission.access.length === 0)) {
    throw new HarborError(
      "PERMISSION_INVALID",
      "a robot must be allowed something: `pull`, `push`, or a list of permissions",
    );
  }
  return [...permissions];
}

/** A list of permissions in one order: Harbor keeps none. */
export function inOrder(permissions: Permissions): Permissions {
  if (typeof permissions === "string") return permissions;
  const sorted = <Item extends object>(items: readonly Item[]) =>
    [...new Map(items.map((item) => [canonicalJson(item), item]))]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  return sorted(permissions.map((permission) => ({ ...permission, access: sorted(permission.access) })));
}

/** Milliseconds of `7d` or `12h`. Throws HarborError DURATION_INVALID. */
export function overlapMs(overlap: string): number {
  const [, count = "", unit] = /^(\d{1,5})([hd])$/.exec(overlap) ?? [];
  if (count !== "") return Number(count) * (unit === "d" ? DAY_MS : DAY_MS / 24);
  throw new HarborError(
    "DURATION_INVALID",
    `an overlap is a number of days or hours such as 7d or 12h, not ${JSON.stringify(overlap)}`,
  );
}

/** ISO 8601, or `never`. */
export function expiryOf({ expiresAt }: Pick<Robot, "expiresAt">): string {
  return expiresAt === NEVER ? "never" : new Date(expiresAt * 1000).toISOString();
}

export function isExpired(robot: Pick<Robot, "expiresAt">, now: Date): boolean {
  return robot.expiresAt !== NEVER && robot.expiresAt * 1000 <= now.getTime();
}

/** In words when the end is near; empty otherwise. */
export function expiryNotice(robot: Pick<Robot, "expiresAt" | "duration">, now: Date): string {
  const isShort = robot.duration > 0 && robot.duration <= SHORT_DAYS;
  const noticeMs = isShort ? (robot.duration * DAY_MS) / 10 : NOTICE_MS;
  if (robot.expiresAt === NEVER || robot.expiresAt * 1000 - now.getTime() > noticeMs) return "";
  const verb = isExpired(robot, now) ? "expired" : "expires";
  return `it ${verb} on ${expiryOf(robot)}: declare another \`rotation\` to replace it`;
}

const MARK = /^(.*?) ?\[breakwater ([0-9a-f]{16})\]$/s;

/** The description that Harbor keeps: with the mark by which a robot of a killed run is known. */
export function markedDescription(description: string, mark: string | undefined): string {
  return mark === undefined ? description : `${description} [breakwater ${mark}]`.trimStart();
}

export function parseDescription(description: string): { description: string; mark: string | undefined } {
  const [, text = "", mark] = MARK.exec(description) ?? [];
  return mark === undefined ? { description, mark } : { description: text, mark };
}
