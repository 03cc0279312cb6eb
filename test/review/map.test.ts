import { beforeAll, describe, expect, it } from "vitest";
import { type MapImage, trustMap } from "../../components/review/map/map";
import type { TrustMap } from "../../components/review/report/report";
import {
  ACME,
  APP,
  certificates,
  OTHER,
  RELEASE,
  type StackOptions,
  stackState,
  statement,
  trustState,
  WEB,
} from "./semantic/support";

let made: Awaited<ReturnType<typeof certificates>>;
beforeAll(async () => {
  made = await certificates();
});

const side = (options: StackOptions) =>
  trustState(
    stackState({
      stores: { "ca:acme": [made.root.pem], "ca:two": [made.second.pem], "tsa:time": [made.tsa.pem] },
      ...options,
    }),
  );
const image = (changes: Partial<MapImage> = {}): MapImage => ({
  stack: "production",
  reference: `${APP}@sha256:1`,
  scope: APP,
  tags: ["v1"],
  verdict: "verified",
  flips: false,
  ...changes,
});
const outline = ({ nodes }: TrustMap) => nodes.map(({ column, label, change }) => `${column} ${label} ${change}`);
/** All paths from an identity to a repository, by labels. */
function paths({ nodes, edges }: TrustMap): string[] {
  const node = (id: string) => nodes.find((candidate) => candidate.id === id);
  const walk = (id: string): string[] => {
    const here = node(id)?.label ?? "";
    const next = edges.filter(({ from }) => from === id).flatMap(({ to }) => walk(to));
    return next.length === 0 ? [here] : next.map((rest) => `${here} > ${rest}`);
  };
  return nodes.filter(({ column }) => column === "identity").flatMap(({ id }) => walk(id));
}

describe("the trust map", () => {
  it("goes from identities over stores and statements to repositories and images", () => {
    const map = trustMap(side({}), side({}), [image()]);
    expect(outline(map)).toEqual([
      "identity C=US, ST=WA, O=Acme same",
      "store ca:acme same",
      "statement images same",
      `repository ${APP} same`,
      `image ${APP}@sha256:1 same`,
    ]);
    expect(paths(map)).toEqual([`C=US, ST=WA, O=Acme > ca:acme > images > ${APP} > ${APP}@sha256:1`]);
    expect(map.nodes.at(-1)).toMatchObject({ verdict: "verified", detail: ["v1"] });
  });

  it("has no path that the policy does not allow, where statements share a store", () => {
    const trustPolicies = [statement(), statement({ name: "web", scopes: [WEB], identities: [OTHER] })];
    expect(paths(trustMap(side({ trustPolicies }), side({ trustPolicies }))).sort()).toEqual([
      `C=DE, ST=BE, O=Other > ca:acme > web > ${WEB}`,
      `C=US, ST=WA, O=Acme > ca:acme > images > ${APP}`,
    ]);
  });

  it("says what was added, removed and changed", () => {
    const base = side({ trustPolicies: [statement({ identities: [RELEASE] })] });
    const head = side({
      trustPolicies: [
        statement({ name: "renamed", scopes: [APP, WEB], identities: [ACME], stores: ["ca:acme", "tsa:time"] }),
      ],
      stores: { "ca:acme": [made.root.pem, made.second.pem], "tsa:time": [made.tsa.pem] },
    });
    expect(outline(trustMap(base, head, [image({ flips: true, verdict: "failed" })]))).toEqual([
      "identity C=US, ST=WA, O=Acme added",
      "identity C=US, ST=WA, O=Acme, OU=Release removed",
      "store ca:acme changed",
      "store tsa:time added",
      "statement renamed changed",
      `repository ${APP} same`,
      `repository ${WEB} added`,
      `image ${APP}@sha256:1 changed`,
    ]);
  });

  it("shows repositories of images under the statement for all others, and moves them with it", () => {
    const all = statement({ name: "all", scopes: ["*"] });
    const map = trustMap(side({ trustPolicies: [statement(), all] }), side({ trustPolicies: [all] }), [image()]);
    const into = map.edges.filter(({ to }) => map.nodes.find(({ id }) => id === to)?.label === APP);
    expect(into.map(({ change }) => change).sort()).toEqual(["added", "removed"]);
    expect(outline(map)).toContain("repository every other repository same");
  });

  it("shows the other side when one cannot be read, and keeps stacks apart", () => {
    const problem = { code: "POLICY_SYNTAX", message: "no JSON" };
    expect(outline(trustMap(side({ problem }), side({})))).toContain("statement images added");
    expect(outline(trustMap(side({}), side({ problem })))).toContain("statement images same");
    const two = trustState(
      stackState({ stores: { "ca:acme": [made.root.pem] } }, "a"),
      stackState({ stores: { "ca:acme": [made.root.pem] } }, "b"),
    );
    expect(new Set(trustMap(two, two).nodes.map(({ id }) => id)).size).toBe(8);
  });

  it("has edges between its own nodes only", () => {
    const map = trustMap(side({}), side({ trustPolicies: [statement({ identities: ["*"] })] }), [
      image({ scope: "none.example.com/x" }),
    ]);
    const ids = new Set(map.nodes.map(({ id }) => id));
    expect(map.edges.filter(({ from, to }) => !ids.has(from) || !ids.has(to))).toEqual([]);
  });
});
