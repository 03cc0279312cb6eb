import { describe, expect, it } from "vitest";
import { validitiesOf } from "../../components/review/map/validity";
import * as make from "../support/certificates";
import { certificates, stackState, statement, thumbprint, trustState } from "./semantic/support";

describe("validities", () => {
  it("are those of anchors in use and of signing identities, what ends first first", async () => {
    const { root, second, tsa, leaf } = await certificates();
    const soon = await make.goodRoot({
      subject: "C=US, ST=WA, O=Acme, CN=soon",
      notAfter: new Date("2026-07-01T00:00:00Z"),
    });
    const trustPolicies = [statement({ stores: ["ca:acme", "tsa:time"] })];
    const common = { "tsa:time": [tsa.pem], "ca:idle": [second.pem] };
    const base = trustState(stackState({ trustPolicies, stores: { ...common, "ca:acme": [root.pem] } }));
    const head = trustState(
      stackState({ trustPolicies, stores: { ...common, "ca:acme": [soon.pem] }, identities: { acme: leaf.pem } }),
    );
    const signature = {
      what: "signature",
      label: "image",
      stack: "production",
      notBefore: null,
      notAfter: "2026-06-15T00:00:00.000Z",
      change: "same",
    } as const;
    const validities = validitiesOf(base, head, [signature]);
    expect(validities.map(({ what, label, change }) => `${what} ${label} ${change}`)).toEqual([
      "signature image same",
      "anchor ca:acme: CN=soon,O=Acme,ST=WA,C=US added",
      "signing-identity acme: CN=one,OU=Release,O=Acme,ST=WA,C=US added",
      "anchor ca:acme: CN=root,O=Acme,ST=WA,C=US removed",
      "tsa-anchor tsa:time: CN=tsa,O=Time,ST=WA,C=US same",
    ]);
    expect(validities[1]).toMatchObject({
      notAfter: "2026-07-01T00:00:00.000Z",
      certificate: { thumbprint: thumbprint(soon) },
    });
  });

  it("are two for a renewed certificate of the same name", async () => {
    const { root, impostor } = await certificates();
    const side = (pem: string) => trustState(stackState({ stores: { "ca:acme": [pem] } }));
    const changes = validitiesOf(side(root.pem), side(impostor.pem)).map(({ change }) => change);
    expect(changes.sort()).toEqual(["added", "removed"]);
  });
});
