import type { Fields } from "./fields";

/** What a robot may do in one place. */
export interface RobotPermission {
  readonly kind: "project" | "system";
  /** The project's name, `*` for all projects, `/` for the system. */
  readonly namespace: string;
  readonly access: readonly RobotAccess[];
}

export interface RobotAccess {
  /** Such as `repository`. */
  readonly resource: string;
  /** Such as `push`. */
  readonly action: string;
}

/** True for the same permissions: Harbor gives them back in another order. */
export function samePermissions(some: readonly RobotPermission[], others: readonly RobotPermission[]): boolean {
  const [a, b] = [permissionSet(some), permissionSet(others)];
  return a.size === b.size && [...a].every((permission) => b.has(permission));
}

export function readPermissions(entries: readonly Fields[]): RobotPermission[] {
  return entries.map((entry) => ({
    kind: entry.text("kind") === "system" ? "system" : "project",
    namespace: entry.text("namespace"),
    access: entry
      .list("access")
      .map((access) => ({ resource: access.text("resource"), action: access.text("action") })),
  }));
}

function permissionSet(permissions: readonly RobotPermission[]): Set<string> {
  return new Set(
    permissions.flatMap(({ kind, namespace, access }) =>
      access.map(({ resource, action }) => JSON.stringify([kind, namespace, resource, action])),
    ),
  );
}
