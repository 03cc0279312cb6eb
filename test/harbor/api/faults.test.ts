import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import { createLabel, findLabel } from "../../../components/harbor/api/labels";
import { createProject, deleteProject, findProject, updateMetadata } from "../../../components/harbor/api/projects";
import { createRobot } from "../../../components/harbor/api/robots";
import { makeLoopbackTls } from "../../support/registries";
import { freePort } from "../../support/ports";
import { recording } from "../recording";
import { replayed } from "../support";
import { type Answer, type Asked, knownUser, recordedAnswer, startFake } from "./fake";

const NAME = "notation-project";
const { status: badGateway, body: html } = recording("core-down-project-get").response;
const project = recording("project-get-by-name").response.body;

async function faulty(answer: (asked: Asked) => Answer) {
  const fake = await startFake((asked) => knownUser(asked) ?? answer(asked));
  onTestFinished(() => fake.stop());
  return { fake, client: new HarborClient(fake.login) };
}

describe("A read", () => {
  it.each(["pg-down-project-get", "core-down-project-get"])(
    "of a Harbor with a part down is repeated, then fails: %s",
    async (name) => {
      const { replay, client } = await replayed({ pool: ["users-current-admin", name] });
      await expect(findProject(client, NAME)).rejects.toMatchObject({ code: "HARBOR_UNHEALTHY" });
      expect(replay.requests.filter(({ path }) => path.includes("projects")).length).toBe(5);
    },
  );

  it.each<[string, Answer]>([
    ["an HTML 502", { status: badGateway, headers: { "content-type": "text/html" }, text: String(html) }],
    ["an empty 502", { status: 502 }],
    ["a 503 for an hour that is none", { status: 503, headers: { "retry-after": "0" } }],
    ["a connection that is cut before the answer", { cut: "before" }],
    ["a connection that is cut within it", { body: project, cut: "within" }],
  ])("goes on after %s", async (_, fault) => {
    const { client } = await faulty(({ before }) => (before === 0 ? fault : { body: project }));
    expect(await findProject(client, NAME)).toMatchObject({ id: 2 });
  });

  it.each<[string, Answer]>([
    ["an empty body", {}],
    ["a web page with 200", { headers: { "content-type": "text/html" }, text: "<html>Welcome</html>" }],
    ["another object", { body: { name: NAME } }],
    ["a list", { body: [project] }],
    ["null", { body: null }],
    ["broken UTF-8", { text: '{"name":"\ud800"}'.replace("\ud800", "\u0000") }],
    ["a 404 of something else than Harbor", { status: 404, text: "<html>404</html>" }],
    ["a redirect to another path", { status: 302, headers: { location: "/c/login" }, text: "" }],
    ["a redirect to another host", { status: 308, headers: { location: "https://elsewhere.invalid:1/x" } }],
  ])("takes %s for no answer of Harbor's, not for a missing project", async (_, answer) => {
    const { client } = await faulty(({ path }) => (path === "/c/login" ? { text: "<html>" } : answer));
    await expect(findProject(client, NAME)).rejects.toMatchObject({
      code: expect.stringMatching(/^HARBOR_(RESPONSE_INVALID|UNREACHABLE)$/),
    });
  });

  it("of more than is read is cut off", async () => {
    const { client } = await faulty(() => ({ text: JSON.stringify("x".repeat(33 * 1024 * 1024)) }));
    await expect(findProject(client, NAME)).rejects.toMatchObject({ code: "HARBOR_RESPONSE_TOO_LARGE" });
  });

  it("of a list without an end is cut off", async () => {
    const link = '</api/v2.0/labels?page=2>; rel="next"';
    const { client, fake } = await faulty(({ path }) => ({
      headers: { link },
      body: [{ id: Number(/[?&]page=([0-9]+)/.exec(path)?.[1]), name: "x" }],
    }));
    await expect(findLabel(client, { scope: "g", name: "y" })).rejects.toMatchObject({
      code: "HARBOR_RESPONSE_TOO_LARGE",
    });
    expect(fake.asked.length).toBeLessThan(300);
  });

  it("of a list asks for no larger pages than Harbor gives", async () => {
    const { client, fake } = await faulty(() => ({ body: [] }));
    await findLabel(client, { scope: "g", name: "y" });
    expect(fake.asked[1]).toContain("page_size=100");
    const { client: recorded } = await replayed({ pool: ["users-current-admin", "project-list-page-size-500"] });
    const request = { method: "GET", path: "projects", query: { page_size: 500 }, what: "Reading" } as const;
    await expect(recorded.send(request)).rejects.toMatchObject({ code: "HARBOR_REQUEST_REFUSED", status: 422 });
  });
});

describe("A write", () => {
  it("that certainly failed is not sent again", async () => {
    const { replay, client } = await replayed(["project-create-duplicate"]);
    await expect(createProject(client, { name: NAME, metadata: { public: "false" } })).rejects.toMatchObject({
      code: "HARBOR_CONFLICT",
    });
    expect(replay.mutations()).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ["a cut connection", { cut: "before" }],
    ["an HTML 502", { status: 502, text: "<html>" }],
    ["a 500", { status: 500, body: { errors: [{ code: "UNKNOWN", message: "internal server error" }] } }],
  ])("is not sent again after %s when a look shows that it was done", async (_, fault) => {
    const { client, fake } = await faulty(({ method }) => (method === "POST" ? fault : { body: project }));
    expect(await createProject(client, { name: NAME, metadata: { public: "false" } })).toMatchObject({ id: 2 });
    expect(fake.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(1);
  });

  it("is sent again when a look shows that it was not done", async () => {
    let made = false;
    const missing = recordedAnswer("project-get-missing");
    const { client, fake } = await faulty(({ method, before }) => {
      if (method !== "POST") return made ? { body: project } : missing;
      if (before === 0) return { cut: "before" };
      made = true;
      return { status: 201 };
    });
    await createProject(client, { name: NAME, metadata: { public: "false" } });
    expect(fake.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(2);
  });

  it("is given up when it is never done, with the reason", async () => {
    const missing = recordedAnswer("project-get-missing");
    const { client, fake } = await faulty(({ method }) => (method === "POST" ? { cut: "before" } : missing));
    await expect(createProject(client, { name: NAME, metadata: {} })).rejects.toMatchObject({
      code: "HARBOR_UNREACHABLE",
      outcomeUnknown: true,
    });
    expect(fake.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(3);
  });

  it("of metadata, a delete and a label do so as well", async () => {
    const gone = recordedAnswer("project-get-missing");
    const lost = await faulty(({ method }) => (method === "DELETE" ? { cut: "before" } : gone));
    await deleteProject(lost.client, NAME);
    expect(lost.fake.asked.filter((asked) => asked.startsWith("DELETE"))).toHaveLength(1);

    const put = await faulty(({ method }) => (method === "PUT" ? { status: 500 } : { body: project }));
    await updateMetadata(put.client, NAME, { public: "false" });
    expect(put.fake.asked.filter((asked) => asked.startsWith("PUT"))).toHaveLength(1);

    const label = { name: "trusted", description: "", color: "#00FF00" };
    const post = await faulty(({ method }) => (method === "POST" ? { status: 502 } : { body: [{ ...label, id: 7 }] }));
    expect(await createLabel(post.client, { scope: "g" }, label)).toBe(7);
  });

  it("of a robot whose secret was lost on the way gives it another secret", async () => {
    const access = [{ resource: "repository", action: "pull" }];
    const permissions = [{ kind: "project" as const, namespace: "p", access }];
    const robot = { id: 4, name: "robot$p+ci", level: "project", duration: 30, expires_at: 1, permissions };
    const { client, fake } = await faulty(({ method }) => {
      if (method === "POST") return { cut: "before" };
      return method === "PATCH" ? { body: { secret: "Another-1" } } : { body: [robot] };
    });
    const created = await createRobot(client, { project: { id: 1, name: "p" }, name: "ci", duration: 30, permissions });
    expect(created).toEqual({ id: 4, fullName: "robot$p+ci", secret: "Another-1" });
    expect(fake.asked.filter((asked) => asked.startsWith("POST"))).toHaveLength(1);
  });
});

describe("A connection", () => {
  it("is had over https only, to an address and nothing else", () => {
    for (const url of [
      "http://harbor.example",
      "harbor.example",
      "https://a:b@harbor.example",
      "https://harbor.example/c",
    ]) {
      const open = () => new HarborClient({ url, username: "admin", password: "Any-Passw0rd" });
      expect(open).toThrow(expect.objectContaining({ code: "HARBOR_URL_INVALID" }));
    }
  });

  it("to a Harbor that another CA vouches for is not had, and no password is sent", async () => {
    const { fake } = await faulty(() => ({}));
    const { ca } = await makeLoopbackTls();
    const client = new HarborClient({ ...fake.login, ca });
    await expect(findProject(client, NAME)).rejects.toMatchObject({ code: "HARBOR_TLS_UNTRUSTED" });
    expect(fake.asked).toEqual([]);
  });

  it("to nobody is unreachable, at once", async () => {
    const url = `https://127.0.0.1:${await freePort()}`;
    const client = new HarborClient({ url, username: "admin", password: "Any-Passw0rd" });
    await expect(findProject(client, NAME)).rejects.toMatchObject({
      code: "HARBOR_UNREACHABLE",
      outcomeUnknown: false,
    });
  });
});
