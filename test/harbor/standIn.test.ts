import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRecord } from "../../components/oci/descriptor";
import { RIGHT_PASSWORD, type Recording, recording } from "./recording";
import { type StandIn, startStandIn } from "./standIn";

// The stand-in behaves as Harbor was recorded to: the recorded requests, in an order that makes sense, get the recorded
// answers. Ids are the stand-in's own; times, and what it leaves out since nothing here reads it, are not compared.

let standIn: StandIn;
let ca: string;
beforeAll(async () => {
  standIn = await startStandIn();
  ca = await readFile(standIn.caFile, "utf8");
});
afterAll(() => standIn.stop());

const VOLATILE = new Set([
  "id",
  "project_id",
  "creation_time",
  "update_time",
  "expires_at",
  "secret",
  "owner_name",
  "repo_count",
  "used",
]);

describe("The stand-in for Harbor answers as Harbor", () => {
  it.each([
    "users-current-admin",
    "project-get-missing",
    "project-create",
    "project-create-duplicate",
    "project-create-uppercase",
    "project-create-bool-metadata",
    "project-create-unknown-field",
    "project-get-unknown-field",
    "project-create-numeric-name",
    "project-get-numeric-name-as-id",
    "project-get-numeric-name-header",
    "project-get-by-name",
    "project-put-content-trust-notation",
    "project-get-after-content-trust",
    "project-put-content-trust-value-yes",
    "project-put-bool",
    "project-put-missing",
    "quota-list-project",
    "quota-update",
    "quota-update-zero",
    "robot-create-signer",
    "robot-create-duplicate",
    "robot-create-uppercase-name",
    "robot-create-duration-missing",
    "robot-create-duration-zero",
    "robot-create-no-permissions",
    "robot-create-missing-project",
    "robot-list-project-without-projectid",
    "robot-list-by-fullname",
    "robot-list-by-name",
    "robot-list-by-storedname",
    "robot-list-storedname-double-encoded",
    "robot-get",
    "robot-get-missing",
    "robot-create-with-own-secret",
    "robot-put-description",
    "robot-put-duration-change",
    "robot-get-after-duration",
    "robot-put-rename",
    "robot-put-shortname",
    "robot-put-level-change",
    "robot-put-missing",
    "robot-put-permissions",
    "robot-get-after-permissions",
    "robot-patch-secret-weak",
    "robot-patch-secret-generate",
    "robot-delete",
    "robot-delete-missing",
    "immutable-create",
    "immutable-create-duplicate",
    "immutable-list",
    "immutable-update",
    "immutable-update-missing",
    "immutable-update-disable",
    "immutable-list-after-disable",
    "immutable-update-enable",
    "immutable-delete-again",
    "immutable-get-one",
  ])("%s", async (name) => {
    const { status, body } = await ask(recording(name));
    const { response } = recording(name);
    expect(status).toBe(response.status);
    expectSaid(body, response.body);
  });

  it("project-delete-not-empty and project-delete", async () => {
    const live = standIn.store.projects.find((project) => project.name === "notation-project");
    if (live !== undefined) live.repoCount = 1;
    for (const name of ["project-delete-not-empty", "project-delete-missing"]) {
      const { status, body } = await ask(recording(name));
      expect(status).toBe(recording(name).response.status);
      expectSaid(body, recording(name).response.body);
    }
  });

  it("robot-api-users-current and robot-api-project-get, to a robot", async () => {
    const [robot] = standIn.store.robots;
    for (const name of ["robot-api-users-current", "robot-api-project-get"]) {
      const { status } = await ask(recording(name), robot?.secret);
      expect(status).toBe(recording(name).response.status);
    }
  });
});

/** What the stand-in says is what was recorded, whatever the order. */
function expectSaid(body: unknown, recorded: unknown): void {
  if (Array.isArray(recorded) && Array.isArray(body)) {
    expect(body).toHaveLength(recorded.length);
    const text = (value: unknown) => JSON.stringify(value, (_key, part) => (isRecord(part) ? sorted(part) : part));
    const [ours, theirs] = [body, recorded].map((list) => list.toSorted((a, b) => (text(a) < text(b) ? -1 : 1)));
    for (const [at, item] of (ours ?? []).entries()) expectSaid(item, theirs?.[at]);
  } else if (isRecord(body) && isRecord(recorded)) {
    for (const [key, value] of Object.entries(body)) {
      const isOurs = key === "message" && !/exists|not found|illegal/.test(String(value));
      if (!VOLATILE.has(key) && !isOurs) expectSaid(withoutIds(value), withoutIds(recorded[key]));
    }
  } else {
    expect(body).toEqual(recorded ?? undefined);
  }
}

/** Messages name ids. */
function withoutIds(value: unknown): unknown {
  return typeof value === "string" && value.includes(" ") ? value.replace(/\d+/g, "N") : value;
}

function sorted(record: Record<string, unknown>) {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sends a recorded request, with the ids that the stand-in has given. */
async function ask(
  { request: asked }: Recording,
  password = RIGHT_PASSWORD,
): Promise<{ status: number; body: unknown }> {
  const { store } = standIn;
  const id = (recorded: string, real: number | undefined) => (Number(recorded) > 100 ? recorded : String(real ?? 9999));
  const path = asked.path
    .replace(/(robots\/)(\d+)/, (_all, head, recorded) => {
      const name = recorded === "1" ? "signer" : "ownsecret";
      return head + id(recorded, store.robots.find((robot) => robot.name === name)?.id);
    })
    .replace(/(quotas\/)(\d+)/, (_all, head) => head + store.projects[0]?.id)
    .replace(
      /(immutabletagrules\/)(\d+)/,
      (_all, head, recorded) => head + (recorded === "1" ? id("1", store.rules[0]?.id) : recorded),
    );
  const username = isRecord(asked.auth) ? String(asked.auth.username) : "";
  const text = await new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request(
      `${standIn.url}${path}`,
      {
        method: asked.method,
        ca,
        headers: { ...asked.headers, authorization: `Basic ${btoa(`${username}:${password}`)}` },
      },
      (response) => {
        let body = "";
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    sent.on("error", reject);
    sent.end(asked.body === null ? undefined : JSON.stringify(asked.body));
  });
  return { status: text.status, body: text.body === "" ? undefined : JSON.parse(text.body) };
}
