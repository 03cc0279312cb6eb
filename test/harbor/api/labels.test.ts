import { describe, expect, it, onTestFinished } from "vitest";
import { HarborClient } from "../../../components/harbor/api/client";
import {
  addLabel,
  createLabel,
  deleteLabel,
  findLabel,
  removeLabel,
  updateLabel,
} from "../../../components/harbor/api/labels";
import { type Answer, type Asked, knownUser, startFake } from "./fake";

// Harbor's labels were not recorded: the answers follow its API's description (swagger.yaml, /labels).

const label = { name: "trusted", description: "verified", color: "#00FF00" };
const place = { scope: "p", projectId: 2 } as const;
const artifact = { project: "p", repository: "team/app", digest: "sha256:00" };

async function answering(answer: (asked: Asked) => Answer) {
  const bodies: unknown[] = [];
  const fake = await startFake((asked) => {
    if (asked.body !== undefined) bodies.push(asked.body);
    return knownUser(asked) ?? answer(asked);
  });
  onTestFinished(() => fake.stop());
  return { fake, bodies, client: new HarborClient(fake.login) };
}

function refusal(status: number, code: string): Answer {
  return { status, body: { errors: [{ code, message: "of the label" }] } };
}

describe("A label", () => {
  it("is found by its exact name among those that contain it, also on a later page", async () => {
    const { client, fake } = await answering(({ path }) =>
      path.includes("&page=1&")
        ? { headers: { Link: '</next>; rel="next"' }, body: [{ ...label, id: 1, name: "not trusted" }] }
        : { body: [{ id: 2, name: "trusted" }] },
    );
    const found = await findLabel(client, { ...place, name: "trusted" });
    expect(found).toEqual({ id: 2, name: "trusted", description: "", color: "" });
    expect(fake.asked[1]).toBe("GET /api/v2.0/labels?scope=p&project_id=2&name=trusted&page=1&page_size=100");
  });

  it("is not found where only others contain its name", async () => {
    const { client } = await answering(() => ({ body: [{ ...label, id: 1, name: "not trusted" }] }));
    expect(await findLabel(client, { ...place, name: "trusted" })).toBeUndefined();
  });

  it("is made in its project or for all", async () => {
    const { client, bodies } = await answering(() => ({ status: 201, headers: { location: "/api/v2.0/labels/7" } }));
    expect(await createLabel(client, place, label)).toBe(7);
    expect(await createLabel(client, { scope: "g" }, label)).toBe(7);
    expect(bodies).toEqual([
      { ...label, scope: "p", project_id: 2 },
      { ...label, scope: "g" },
    ]);
  });

  it("whose id Harbor does not tell is no made label", async () => {
    const { client } = await answering(() => ({ status: 201 }));
    await expect(createLabel(client, place, label)).rejects.toMatchObject({ code: "HARBOR_RESPONSE_INVALID" });
  });

  it("is changed; one that is gone is not found then, and no error when it is deleted", async () => {
    const { client, bodies } = await answering(({ before }) => (before === 0 ? {} : refusal(404, "NOT_FOUND")));
    await updateLabel(client, place, { ...label, id: 7 });
    expect(bodies).toEqual([{ ...label, scope: "p", project_id: 2 }]);
    await expect(updateLabel(client, place, { ...label, id: 7 })).rejects.toMatchObject({ code: "HARBOR_NOT_FOUND" });
    await deleteLabel(client, 7);
    await deleteLabel(client, 7);
  });

  it("is put on an artifact and taken off; what is so already is no error", async () => {
    const { client, fake } = await answering(({ before, method }) =>
      before === 0 ? {} : method === "POST" ? refusal(409, "CONFLICT") : refusal(404, "NOT_FOUND"),
    );
    for (let times = 0; times < 2; times++) {
      await addLabel(client, artifact, 7);
      await removeLabel(client, artifact, 7);
    }
    const labels = "/api/v2.0/projects/p/repositories/team%252Fapp/artifacts/sha256:00/labels";
    expect(fake.asked.slice(1, 3)).toEqual([`POST ${labels}`, `DELETE ${labels}/7`]);
  });

  it("is not put on an artifact that is gone", async () => {
    const { client } = await answering(() => refusal(404, "NOT_FOUND"));
    await expect(addLabel(client, artifact, 7)).rejects.toMatchObject({ code: "HARBOR_NOT_FOUND" });
  });
});
