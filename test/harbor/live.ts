import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  addLabel,
  createLabel,
  deleteLabel,
  findLabel,
  removeLabel,
  updateLabel,
} from "../../components/harbor/api/labels";
import { listArtifacts, listRepositories } from "../../components/harbor/api/artifacts";
import { HarborClient, type HarborClientOptions } from "../../components/harbor/api/client";
import { readHealth } from "../../components/harbor/api/health";
import {
  createImmutableRule,
  deleteImmutableRule,
  listImmutableRules,
  updateImmutableRule,
} from "../../components/harbor/api/immutableRules";
import {
  createProject,
  deleteProject,
  findProject,
  type Project,
  updateMetadata,
} from "../../components/harbor/api/projects";
import { findQuota, updateQuota } from "../../components/harbor/api/quotas";
import type { RobotPermission } from "../../components/harbor/api/robotPermissions";
import { createRobot, deleteRobot, findRobot, refreshSecret, updateRobot } from "../../components/harbor/api/robots";
import { currentUser } from "../../components/harbor/api/users";
import { path } from "../../components/harbor/api/path";
import { openRepository } from "../../components/image/pinnedImage";
import { pushImage } from "../../components/image/push";
import { openImageSource } from "../../components/image/source";
import { writeLayout } from "../support/images";

export interface LiveHarbor extends HarborClientOptions {
  /** The file that `ca` was read from. */
  caFile?: string;
}

/** Where a real Harbor is: HARBOR_URL, HARBOR_PASSWORD of `admin`, HARBOR_CA (a PEM file; absent: the public CAs). */
export function liveHarbor(environment: NodeJS.ProcessEnv): LiveHarbor | undefined {
  const { HARBOR_URL: url, HARBOR_PASSWORD: password, HARBOR_CA: caFile } = environment;
  if (url === undefined || url === "") return undefined;
  if (password === undefined || password === "") {
    throw new Error("HARBOR_URL is set: set HARBOR_PASSWORD to the password of its user `admin` as well.");
  }
  const trust = caFile === undefined || caFile === "" ? {} : { ca: readFileSync(caFile, "utf8"), caFile };
  return { url, username: "admin", password, ...trust };
}

/** The client against a real Harbor: in a project of its own, which is deleted at the end. */
export function liveCases(login: LiveHarbor): void {
  describe(`The Harbor at ${login.url}`, () => {
    const client = new HarborClient(login);
    const name = `breakwater-${randomBytes(6).toString("hex")}`;
    let project: Project;
    beforeAll(async () => {
      project = await createProject(client, { name, metadata: { public: "false" }, storageLimit: 1024 ** 3 });
    });
    afterAll(async () => {
      for (const repository of await listRepositories(client, name)) {
        const part = encodeURIComponent(repository);
        const what = `Deleting ${repository}`;
        await client.send({ method: "DELETE", path: path`projects/${name}/repositories/${part}`, what });
      }
      await deleteProject(client, name);
      expect(await findProject(client, name)).toBeUndefined();
    });

    it("is healthy, and tells who asks", async () => {
      expect(await readHealth(client)).toMatchObject({ status: "healthy" });
      expect(await currentUser(client)).toMatchObject({ username: "admin", administrator: true });
    });

    it("keeps metadata that are written by key, and a quota", async () => {
      const { metadata } = await updateMetadata(client, name, { enable_content_trust: "true" });
      expect(metadata).toMatchObject({ public: "false", enable_content_trust: "true" });
      await updateMetadata(client, name, { enable_content_trust: "false" });
      const quota = await findQuota(client, project.id);
      expect(quota?.storage).toBe(1024 ** 3);
      await updateQuota(client, quota?.id ?? 0, -1);
      expect((await findQuota(client, project.id))?.storage).toBe(-1);
    });

    it("refuses a project that exists", async () => {
      await expect(createProject(client, { name, metadata: {} })).rejects.toMatchObject({ code: "HARBOR_CONFLICT" });
    });

    it("makes, finds, changes and deletes a robot", async () => {
      const place = { project, name: "live.ci" };
      const pull = { resource: "repository", action: "pull" };
      const push = { resource: "repository", action: "push" };
      const may = (access: RobotPermission["access"]) => [{ kind: "project", namespace: name, access }] as const;
      const created = await createRobot(client, { ...place, duration: 1, permissions: may([pull]) });
      expect(created.secret).not.toBe("");
      const robot = await findRobot(client, place);
      expect(robot).toMatchObject({ id: created.id, fullName: created.fullName, name: "live.ci", duration: 1 });
      if (robot === undefined) return;
      await updateRobot(client, robot, { permissions: may([push, pull]), description: "changed" });
      expect(await findRobot(client, place)).toMatchObject({ description: "changed" });
      const robotLogin = { ...login, username: created.fullName };
      expect(await currentUser(new HarborClient({ ...robotLogin, password: created.secret }))).toBeUndefined();
      const next = await refreshSecret(client, created.id);
      expect(await currentUser(new HarborClient({ ...robotLogin, password: next }))).toBeUndefined();
      await deleteRobot(client, created.id);
      await deleteRobot(client, created.id);
      expect(await findRobot(client, place)).toBeUndefined();
    });

    it("makes, changes and deletes an immutable tag rule", async () => {
      const rule = (pattern: string, disabled: boolean) => ({
        disabled,
        tags: [{ decoration: "matches", pattern }],
        repositories: [{ decoration: "repoMatches", pattern: "**" }],
      });
      const id = await createImmutableRule(client, name, rule("v*", false));
      await updateImmutableRule(client, name, { id, ...rule("release-*", true) });
      expect(await listImmutableRules(client, name)).toEqual([{ id, ...rule("release-*", true) }]);
      await deleteImmutableRule(client, name, id);
      expect(await listImmutableRules(client, name)).toEqual([]);
    });

    it("puts a label on an artifact of a nested repository, and takes it off", async () => {
      const place = { scope: "p", projectId: project.id } as const;
      const label = { name: "trusted", description: "verified", color: "#00AB9A" };
      const id = await createLabel(client, place, label);
      await updateLabel(client, place, { ...label, id, color: "#FF0000" });
      expect(await findLabel(client, { ...place, name: "trusted" })).toEqual({ ...label, id, color: "#FF0000" });
      const digest = await push(login, `${name}/team/app`);
      const artifact = { project: name, repository: "team/app", digest };
      const labels = async () => (await listArtifacts(client, name, "team/app"))[0]?.labels.map((each) => each.name);
      for (let times = 0; times < 2; times++) await addLabel(client, artifact, id);
      expect(await labels()).toEqual(["trusted"]);
      for (let times = 0; times < 2; times++) await removeLabel(client, artifact, id);
      expect(await labels()).toEqual([]);
      await deleteLabel(client, id);
      expect(await listRepositories(client, name)).toEqual(["team/app"]);
    });

    it("finds out a wrong password before it answers as to nobody, and takes the right one after the lock", async () => {
      const wrong = new HarborClient({ ...login, password: `${login.password}-not` });
      const request = { method: "GET", path: "systeminfo", what: "Reading Harbor's version" } as const;
      await expect(wrong.send(request)).rejects.toMatchObject({ code: "HARBOR_UNAUTHORIZED" });
      expect(await currentUser(new HarborClient(login))).toMatchObject({ username: "admin" });
    });
  });
}

async function push(login: LiveHarbor, repository: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "breakwater-live-"));
  try {
    const { host } = new URL(login.url);
    const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    await writeFile(join(directory, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }), { mode: 0o600 });
    await writeLayout(join(directory, "layout"), { layers: [repository] });
    const registry = { host, dockerConfig: directory, ...(login.caFile !== undefined && { caFile: login.caFile }) };
    const target = openRepository({ registry, repository });
    return (await pushImage(await openImageSource(join(directory, "layout")), target, { tag: "v1" })).digest;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
