import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import { readHealth } from "../../../components/harbor/api/health";
import { replayed } from "../support";
import { startFake } from "./fake";

describe("Harbor's health", () => {
  it("is read without a login: it is asked for before there is one", async () => {
    const { replay, client } = await replayed(["health-all-healthy"], { password: "any" });
    const health = await readHealth(client);
    expect(health.status).toBe("healthy");
    expect(health.components.map(({ name }) => name)).toContain("registryctl");
    expect(replay.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it.each(["database", "jobservice", "redis", "registry", "registryctl"])(
    "is bad with status 200 while %s is down, and names it",
    async (name) => {
      const { client } = await replayed([`health-${name}-down`]);
      const health = await readHealth(client);
      expect(health.status).toBe("unhealthy");
      const sick = health.components.find((component) => component.name === name);
      expect(sick).toMatchObject({ status: "unhealthy", error: expect.stringMatching(/connect|refused|unexpected/) });
    },
  );

  it.each([
    { status: "healthy", components: [] },
    {
      status: "healthy",
      components: [
        { name: "core", status: "healthy" },
        { name: "redis", status: "" },
      ],
    },
    { status: "", components: [{ name: "core", status: "healthy" }] },
  ])("is not taken from a word that the parts do not bear out: %j", async (body) => {
    const fake = await startFake(() => ({ body }));
    onTestFinished(() => fake.stop());
    expect((await readHealth(new HarborClient(fake.login))).status).toBe("unhealthy");
  });

  it("is not asked for again by itself: who waits for it decides", async () => {
    const fake = await startFake(() => ({ status: 502, headers: { "content-type": "text/html" }, text: "<html>" }));
    onTestFinished(() => fake.stop());
    await expect(readHealth(new HarborClient(fake.login))).rejects.toMatchObject({ code: "HARBOR_UNHEALTHY" });
    expect(fake.asked).toHaveLength(1);
  });
});
