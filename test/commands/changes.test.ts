import type { EngineEvent } from "@pulumi/pulumi/automation";
import { describe, expect, it } from "vitest";
import { parseCertificatesPem } from "../../components/notary/certificates/pem";
import { generateTestIdentity } from "../../components/identity/generateTest";
import { type Change, announcedChange, doneChange } from "../../scripts/commands/changes";
import { say, show } from "../../scripts/commands/command";
import { describe as inWords } from "../../scripts/commands/describe";
import { ownedIn } from "../../scripts/commands/owned";
import { RunLog } from "../../scripts/commands/progress";
import { capturedStreams } from "./written";

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** As the engine's events have a secret, whatever it is. */
const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "[secret]" };

interface Step {
  readonly op?: string;
  readonly old?: object;
  readonly new?: object;
  readonly drift?: string;
}

function eventOf(kind: string, { op = "update", old, new: next, drift = "" }: Step): EngineEvent {
  const type = `pulumi-nodejs:dynamic/breakwater:${kind}`;
  const urn = `urn:pulumi:s::breakwater::${type}::thing`;
  const state = (inputs: object | undefined, outputs: object) => inputs && { inputs, outputs };
  const metadata = { op, type, urn, old: state(old, { drift }), new: state(next, {}) };
  return { resourcePreEvent: { metadata }, resOutputsEvent: { metadata } } as unknown as EngineEvent;
}

function reasonsOf(kind: string, old: object, next: object, drift = ""): readonly string[] | undefined {
  return announcedChange(eventOf(kind, { old, new: next, drift }))?.reasons;
}

const statement = (changed: object = {}) => ({
  name: "images",
  registryScopes: ["r/a"],
  signatureVerification: { level: "strict" },
  trustStores: ["ca:a"],
  trustedIdentities: ["x509.subject: CN=a"],
  ...changed,
});
const trustOf = (stores: object, ...trustPolicies: object[]) => ({
  policy: { version: "1.0", trustPolicies },
  stores,
  directory: "trust",
});

async function identity(commonName: string) {
  const { certificate } = await generateTestIdentity({ commonName, lifetimeSeconds: 86_400, clock: () => new Date() });
  const [leaf] = parseCertificatesPem(certificate);
  if (leaf === undefined) throw new Error("an identity has a certificate");
  return { certificate, named: `${leaf.subject}, SHA-256 thumbprint ${leaf.thumbprint}`, notAfter: leaf.notAfter };
}

describe("what a change of trust says", () => {
  const before = trustOf({}, statement());

  it.each<[string, object, string[]]>([
    ["level", { signatureVerification: { level: "audit" } }, ['statement "images", level: strict → audit']],
    [
      "override",
      { signatureVerification: { level: "strict", override: { expiry: "log" } } },
      ['statement "images", override of expiry: none → log'],
    ],
    [
      "verifyTimestamp",
      { signatureVerification: { level: "strict", verifyTimestamp: "afterCertExpiry" } },
      ['statement "images", verifyTimestamp: always → afterCertExpiry'],
    ],
    ["scopes", { registryScopes: ["r/b", "r/a"] }, ['statement "images", registry scopes: added r/b']],
    [
      "identities",
      { trustedIdentities: ["*"] },
      [
        'statement "images", trusted identities: added *',
        'statement "images", trusted identities: removed x509.subject: CN=a',
      ],
    ],
    ["stores", { trustStores: ["ca:a", "tsa:t"] }, ['statement "images", trust stores: added tsa:t']],
  ])("of a statement's %s", (_, changed, reasons) => {
    expect(reasonsOf("Trust", before, trustOf({}, statement(changed)))).toEqual(reasons);
  });

  it("of statements that came and went, and nothing of their order", () => {
    const [a, b] = [statement({ name: "a" }), statement({ name: "b", signatureVerification: { level: "audit" } })];
    expect(reasonsOf("Trust", trustOf({}, a, b), trustOf({}, b, a))).toEqual([]);
    expect(reasonsOf("Trust", trustOf({}, a), trustOf({}, b))).toEqual([
      'statement "b" added: audit, for r/a, signed by x509.subject: CN=a of ca:a',
      'statement "a" removed: strict, for r/a, signed by x509.subject: CN=a of ca:a',
    ]);
  });

  it("of certificates in stores, with subject, thumbprint and expiry", async () => {
    const [a, b] = [await identity("a"), await identity("b")];
    const day = (date: Date) => date.toISOString().slice(0, 10);
    const stores = (...pems: string[]) => trustOf({ "ca:x": pems }, statement());
    expect(reasonsOf("Trust", stores(a.certificate), stores(b.certificate))).toEqual([
      `trust stores, ca:x: added ${b.named}, expires ${day(b.notAfter)}`,
      `trust stores, ca:x: removed ${a.named}, expires ${day(a.notAfter)}`,
    ]);
    expect(reasonsOf("Trust", stores(a.certificate), stores(UNKNOWN))).toContain(
      "trust stores, ca:x: added (known after it is made)",
    );
    // Nothing is known: so nothing is said to be gone.
    expect(reasonsOf("Trust", stores(a.certificate), { ...stores(), stores: UNKNOWN })).toEqual([
      "trust stores: ca:x → (known after it is made)",
    ]);
  });

  it("shows overrides beside the level of what is new, too", () => {
    const signatureVerification = { level: "strict", override: { expiry: "log" }, verifyTimestamp: "afterCertExpiry" };
    expect(inWords("Trust", trustOf({}, statement({ signatureVerification })))).toBe(
      '"images" (strict, but expiry=log, verifyTimestamp=afterCertExpiry) for r/a, signed by x509.subject: CN=a of ca:a',
    );
  });
});

describe("what another change says", () => {
  it.each<[string, object, object, string[]]>([
    [
      "HarborRobot",
      { permissions: "pull", project: "p", duration: 90 },
      { permissions: "push", project: "p", duration: -1, rotation: "b" },
      ["may: added push", "expires: 90 days after it is made → never", "generation: none → b"],
    ],
    [
      "HarborRobot",
      { permissions: [{ kind: "project", namespace: "p", access: [{ resource: "tag", action: "list" }] }] },
      { permissions: [{ kind: "project", namespace: "p", access: [{ resource: "tag", action: "create" }] }] },
      ["may: added create tag in p", "may: removed list tag in p"],
    ],
    [
      "HarborProject",
      { projectName: "p", public: false, storageQuota: "1GiB", metadata: { autoScan: true }, storageLimit: 1 },
      { projectName: "p", public: true, metadata: { autoScan: false }, storageLimit: 2 },
      ["may pull: members → everybody", "quota: 1GiB → none", "settings, autoScan: true → false"],
    ],
    [
      "HarborContentTrust",
      { project: "p", require: ["notation", "cosign"] },
      { project: "p", require: ["notation"] },
      ["required signatures: removed cosign"],
    ],
    ["HarborInstallation", { version: "2.15.1" }, { version: "2.15.2" }, ["version: 2.15.1 → 2.15.2"]],
    ["HarborInstallation", { tls: { keyFile: "a" } }, { tls: { keyFile: "b" } }, ["tls, keyFile: a → b"]],
    [
      "AcmeCertificate",
      { identifiers: ["a.example"], server: "letsencrypt-staging", challenge: { type: "http-01", port: 80 } },
      { identifiers: ["a.example", "b.example"], server: "letsencrypt", challenge: { type: "dns-01" } },
      [
        "names: added b.example",
        "server: letsencrypt-staging → letsencrypt",
        "challenge, type: http-01 → dns-01",
        "challenge, port: 80 → none",
      ],
    ],
    [
      "PushedImage",
      { tag: "v1", digest: "sha256:a" },
      { tag: "v1", digest: UNKNOWN },
      ["digest: sha256:a → (known after it is made)"],
    ],
    ["Registry", { port: 5000, __provider: "a" }, { port: 5001, __provider: "b" }, ["port: 5000 → 5001"]],
    ["constructor", { a: [1] }, { a: [2] }, ["a: added 2", "a: removed 1"]],
  ])("of a %s", (kind, old, next, reasons) => {
    expect(reasonsOf(kind, old, next)).toEqual(reasons);
    expect(reasonsOf(kind, next, next)).toEqual([]);
  });

  it("of who signs an image, of its reference, and of the trust that judges it, which is shown elsewhere", async () => {
    const [a, b] = [await identity("a"), await identity("b")];
    const signed = (host: string, { certificate }: { certificate: string }, trust: object) => ({
      image: { registry: { host }, repository: "p/app", digest: "sha256:1" },
      identity: { certificate, keyFile: "k" },
      trust,
    });
    const before = signed("r:1", a, trustOf({}, statement()));
    expect(reasonsOf("SignedImage", before, signed("r:2", b, trustOf({}, statement({ name: "other" }))))).toEqual([
      "image: r:1/p/app@sha256:1 → r:2/p/app@sha256:1",
      `signer: ${a.named} → ${b.named}`,
      "is judged by the changed trust",
    ]);
    expect(reasonsOf("SignedImage", before, { ...before, image: UNKNOWN, identity: UNKNOWN })).toEqual([
      "image: r:1/p/app@sha256:1 → (known after it is made)",
      `signer: ${a.named} → (known after it is made)`,
    ]);
    expect(inWords("SignedImage", before)).toBe(
      `r:1/p/app@sha256:1, signed as JWS by ${a.named}, and pushed only if the trust verifies it`,
    );
    expect(inWords("SignedImage", { ...before, image: UNKNOWN, identity: UNKNOWN })).not.toContain(UNKNOWN);
  });

  it("is said beside an observed drift, which keeps its words", () => {
    expect(reasonsOf("Trust", { directory: "a" }, { directory: "a" }, "file x was edited by hand")).toEqual([
      "file x was edited by hand",
    ]);
    expect(reasonsOf("Trust", { directory: "a" }, { directory: "b" }, "it is gone")).toEqual([
      "it is gone",
      "directory: a → b",
    ]);
  });

  it("names a secret, and never shows one", () => {
    const harbor = (version: string) => ({ version, adminPassword: SECRET });
    expect(reasonsOf("HarborInstallation", harbor("1"), harbor("1"))).toEqual([
      "another adminPassword, which is a secret",
    ]);
    expect(reasonsOf("HarborInstallation", harbor("1"), harbor("2"))).toEqual([
      "version: 1 → 2",
      "perhaps another adminPassword",
    ]);
    expect(reasonsOf("HarborInstallation", harbor("1"), harbor("1"), "not healthy")).toEqual(["not healthy"]);
    expect(reasonsOf("Any", { token: "before" }, { token: SECRET })).toEqual(["token: before → (a secret)"]);
  });
});

describe("what a deletion says", () => {
  const deletion = (kind: string, old: object): Change | undefined => doneChange(eventOf(kind, { op: "delete", old }));

  it.each<[string, object, RegExp, boolean]>([
    ["HarborProject", { projectName: "p" }, /if it is empty.*holds images is kept/, false],
    ["HarborRobot", {}, /refuses its login/, false],
    ["HarborContentTrust", { project: "p" }, /holds images its gate stays closed/, false],
    ["HarborImmutableRule", { project: "p", tags: { except: "x" } }, /of p .*: all but x/, false],
    ["HarborInstallation", { dataDirectory: "/data" }, /images and database stay in \/data/, false],
    [
      "HarborInstallation",
      { dataDirectory: "/data", deleteData: true },
      /in \/data all images and the database/,
      false,
    ],
    ["SignedImage", {}, /signature stay/, true],
    ["PushedImage", { repository: "p/a", tag: "v1" }, /^p\/a:v1 stays/, true],
    ["FileIdentity", { keyFile: "k" }, /its key stays: k/, true],
  ])("of a %s", (kind, old, details, isKept) => {
    const change = deletion(kind, old);
    expect(change).toMatchObject({ operation: "delete", reason: "", details: expect.stringMatching(details) });
    expect(change?.isKept ?? false).toBe(isKept);
  });

  it("tells the truth of what stays in Harbor's data, or goes with it", () => {
    const event = eventOf("HarborProject", { op: "delete", old: { projectName: "p" } });
    const urn = event.resOutputsEvent?.metadata.urn ?? "";
    const ownedWith = (deleteData: boolean) =>
      ownedIn({
        version: 3,
        deployment: {
          resources: [
            { urn: "component" },
            { urn: "installation", parent: "component", inputs: { deleteData } },
            { urn, deletedWith: "component" },
          ],
        },
      });
    expect(doneChange(event, ownedWith(false))).toMatchObject({
      isKept: true,
      details: expect.stringContaining("stays"),
    });
    expect(doneChange(event, ownedWith(true))).toMatchObject({ details: "with Harbor's data" });
    expect(doneChange(event, ownedWith(true))?.isKept).toBeUndefined();
    expect(ownedIn({ version: 3, deployment: {} }).size).toBe(0);
  });
});

describe("what is printed", () => {
  const written = capturedStreams();

  const obeyed = (text: string) => ["\u001b", "\u009b", "\u202e", "\u200b"].filter((one) => text.includes(one));
  const HOSTILE = "a\u001b[2J\n  + create  Trust forged\u009b31m\u202e\u200b";

  it("has several long reasons on lines of their own, short ones on one", () => {
    const log = new RunLog({ preview: true });
    log.onEvent(eventOf("HarborRobot", { old: { rotation: "a" }, new: { rotation: "b", overlap: "7d" } }));
    const long = "x".repeat(90);
    log.onEvent(eventOf("HarborRobot", { old: { rotation: "a" }, new: { rotation: "b", overlap: long } }));
    log.onEvent(eventOf("SignedImage", { op: "delete", old: {} }));
    expect(written.stderr).toBe(
      "  ~ update  HarborRobot thing: generation: a → b; overlap: none → 7d\n" +
        `  ~ update  HarborRobot thing:\n      generation: a → b\n      overlap: none → ${long}\n` +
        "  - forget  SignedImage thing: the image and its signature stay in the registry\n",
    );
  });

  it("can't be forged or made to obey by names of others", () => {
    const log = new RunLog({ preview: true });
    const [old, next] = [trustOf({}, statement()), trustOf({ [HOSTILE]: [] }, statement({ name: HOSTILE }))];
    log.onEvent(eventOf("Trust", { old, new: next, drift: HOSTILE }));
    log.onEvent(eventOf("Trust", { op: "create", new: next }));
    log.onEvent(eventOf("PushedImage", { op: "delete", old: { repository: HOSTILE, tag: "v1" } }));
    expect(obeyed(written.stderr)).toEqual([]);
    expect(written.stderr).not.toMatch(/^ {2}\+ create {2}Trust forged/m);
    expect(written.stderr).toContain("a\\u001b[2J\\u000a  + create  Trust forged\\u009b31m\\u202e\\u200b");
  });

  it("keeps its lines, and is the same JSON", () => {
    say(`Failed:\r\n\tby ${HOSTILE}`);
    show("one\ntwo\u001b");
    expect(written.stderr).toMatch(/^Failed:\n {2}by a\\u001b\[2J\n/);
    expect(obeyed(written.stderr)).toEqual([]);
    expect(written.stdout).toBe("one\ntwo\\u001b\n");
    written.stdout = "";
    show({ name: HOSTILE });
    expect(obeyed(written.stdout)).toEqual([]);
    expect(JSON.parse(written.stdout)).toEqual({ name: HOSTILE });
  });
});
