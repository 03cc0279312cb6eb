import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FolderTree } from "../../components/files/folderTree";
import { readState } from "../../components/review/state/readState";
import type { Readable, TrustState } from "../../components/review/state/state";
import * as make from "../support/certificates";
import { stackSettings } from "./semantic/support";

const SETTINGS = stackSettings({ hostname: "r.example.com" });
let root: make.TestCertificate;
let directory: string;

beforeAll(async () => {
  root = await make.goodRoot();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "breakwater-state-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

function writeTrust(folder: string): void {
  const statement = { name: "images", registryScopes: ["*"], signatureVerification: { level: "strict" } };
  const policy = {
    version: "1.0",
    trustPolicies: [{ ...statement, trustStores: ["ca:acme"], trustedIdentities: ["*"] }],
  };
  write(join(folder, "trustpolicy.json"), JSON.stringify(policy));
  write(join(folder, "truststore/x509/ca/acme/root.crt"), root.pem);
}

function read(): TrustState {
  return readState(new FolderTree(directory), "/some/where", () => SETTINGS);
}

function problem(part: Readable<unknown> | undefined): string | undefined {
  return part && "problem" in part ? part.problem.code : undefined;
}

describe("the state of a side", () => {
  it("has each stack with its trust, its identities' certificates and its settings", () => {
    writeTrust("stacks/production/trust");
    write("stacks/production/trust/localkeys/acme.crt", root.pem);
    write("stacks/production/trust/localkeys/README", "not looked at");
    write("stacks/Pulumi.production.yaml", "config: {}");
    write("stacks/production.ts", "not looked at");
    const { stacks } = read();
    expect([...stacks.keys()]).toEqual(["production"]);
    const stack = stacks.get("production");
    expect(stack?.trust).toMatchObject({ value: { policy: { version: "1.0" } } });
    expect([...(stack?.identities.keys() ?? [])]).toEqual(["acme"]);
    expect(stack?.settings).toEqual({ value: SETTINGS });
  });

  it("passes over the stack whose identity is thrown away, and folders without trust", () => {
    writeTrust("stacks/local/trust");
    write("stacks/other/notes.md", "none");
    expect([...read().stacks.keys()]).toEqual([]);
  });

  it("is empty where there is nothing yet", () => {
    expect(read().stacks.size).toBe(0);
  });

  it("has no trust where a stack has only its config", () => {
    write("stacks/Pulumi.production.yaml", "config: {}");
    expect(read().stacks.get("production")).toMatchObject({ trust: undefined, settings: { value: SETTINGS } });
  });

  it("is one stack for a folder in notation's layout", () => {
    writeTrust(".");
    const { stacks } = read();
    expect([...stacks.keys()]).toEqual(["where"]);
    expect(stacks.get("where")).toMatchObject({ settings: undefined, trust: { value: {} } });
  });

  it("stays a project whatever head puts beside its stacks", () => {
    writeTrust("stacks/production/trust");
    writeTrust(".");
    expect([...read().stacks.keys()]).toEqual(["production"]);
  });

  it("keeps what can be read beside what can't, each problem with code and file", () => {
    writeTrust("stacks/a/trust");
    write("stacks/a/trust/localkeys/broken.crt", "no certificate");
    write("stacks/b/trust/trustpolicy.json", "{");
    write("stacks/Pulumi.b.yaml", "config: {}");
    const { stacks } = readState(new FolderTree(directory), "head", () => {
      throw new Error("no config");
    });
    expect(stacks.get("a")?.trust).toMatchObject({ value: {} });
    expect(problem(stacks.get("a")?.identities.get("broken"))).toBe("CERTIFICATE_MALFORMED");
    expect(problem(stacks.get("b")?.trust)).toBe("POLICY_SYNTAX");
    expect(stacks.get("b")?.trust).toMatchObject({ problem: { file: "stacks/b/trust" } });
    expect(problem(stacks.get("b")?.settings)).toBe("REVIEW_FILE_UNREADABLE");
  });

  it("follows no link: not the policy, a store, a key, the config, nor the folder itself", () => {
    writeTrust("elsewhere");
    mkdirSync(join(directory, "stacks/a/trust/localkeys"), { recursive: true });
    mkdirSync(join(directory, "stacks/b"), { recursive: true });
    symlinkSync(join(directory, "elsewhere/trustpolicy.json"), join(directory, "stacks/a/trust/trustpolicy.json"));
    symlinkSync(
      join(directory, "elsewhere/truststore/x509/ca/acme/root.crt"),
      join(directory, "stacks/a/trust/localkeys/k.crt"),
    );
    symlinkSync(join(directory, "elsewhere"), join(directory, "stacks/b/trust"));
    symlinkSync(join(directory, "elsewhere/trustpolicy.json"), join(directory, "stacks/Pulumi.a.yaml"));
    const { stacks } = read();
    expect(problem(stacks.get("a")?.trust)).toBe("TRUST_FILE_NOT_REGULAR");
    expect(problem(stacks.get("a")?.identities.get("k"))).toBe("REVIEW_FILE_UNREADABLE");
    expect(problem(stacks.get("a")?.settings)).toBe("REVIEW_FILE_UNREADABLE");
    expect(problem(stacks.get("b")?.trust)).toBe("TRUST_STORE_FOLDER_INVALID");
  });

  it("is unreadable behind a link, and not without trust", () => {
    writeTrust("elsewhere/a/trust");
    write("stacks/Pulumi.b.yaml", "config: {}");
    for (const name of ["a", "b"]) symlinkSync("../elsewhere/a", join(directory, "stacks", name));
    const { stacks } = read();
    expect([...stacks.keys()]).toEqual(["a", "b"]);
    for (const { trust } of stacks.values()) expect(problem(trust)).toBe("REVIEW_FILE_UNREADABLE");
    rmSync(join(directory, "stacks"), { recursive: true });
    symlinkSync("elsewhere", join(directory, "stacks"));
    expect(read).toThrow(/stacks is no folder \(links and submodules are not followed\)/);
  });

  it("is unreadable with more certificates than anybody compares", async () => {
    const made = await Promise.all(Array.from({ length: 500 }, () => make.goodRoot()));
    const several = [...made, ...made].map(({ pem }) => pem);
    writeTrust("stacks/a/trust");
    write("stacks/a/trust/truststore/x509/ca/acme/root.crt", several.join(""));
    expect(read().stacks.get("a")?.trust).toMatchObject({ value: {} });
    write("stacks/a/trust/truststore/x509/ca/acme/one-more.crt", root.pem);
    expect(read().stacks.get("a")?.trust).toMatchObject({
      problem: { code: "REVIEW_TREE_TOO_LARGE", message: expect.stringContaining("501 certificates") },
    });
  });

  it("is unreadable with more identities than anybody compares, in seconds", () => {
    writeTrust("stacks/a/trust");
    const path = join(directory, "stacks/a/trust/trustpolicy.json");
    const trusting = (count: number) => {
      const trustedIdentities = Array.from(
        { length: count },
        (_, index) => `x509.subject: C=US, ST=WA, O=A, OU=${index}`,
      );
      const policy = JSON.parse(readFileSync(path, "utf8"));
      writeFileSync(
        path,
        JSON.stringify({ ...policy, trustPolicies: [{ ...policy.trustPolicies[0], trustedIdentities }] }),
      );
      return read().stacks.get("a")?.trust;
    };
    expect(trusting(1000)).toMatchObject({ value: {} });
    const begun = Date.now();
    expect(trusting(8000)).toMatchObject({
      problem: { code: "REVIEW_TREE_TOO_LARGE", message: expect.stringContaining("8000 trusted identities") },
    });
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  it("leaves unread what takes long to parse: a large config, many of them together; a trust policy may be larger", () => {
    const config = `config: {}\n#${"x".repeat(128 * 1024 - 12)}`;
    write("stacks/Pulumi.just.yaml", config);
    write("stacks/Pulumi.large.yaml", `${config}x`);
    const { stacks } = read();
    expect(stacks.get("just")?.settings).toEqual({ value: SETTINGS });
    const { settings } = stacks.get("large") ?? {};
    expect(settings).toMatchObject({
      problem: { code: "REVIEW_FILE_UNREADABLE", message: expect.stringContaining("131073 bytes, and at most 131072") },
    });
    for (let index = 0; index < 20; index++) write(`stacks/Pulumi.p${10 + index}.yaml`, config);
    const all = [...read().stacks.values()].filter(({ stack }) => stack !== "large");
    expect(all.filter(({ settings }) => settings && "value" in settings)).toHaveLength(16);
    expect(all.at(-1)?.settings).toMatchObject({ problem: { message: expect.stringContaining("all stacks") } });
    writeTrust("stacks/just/trust");
    const policy = "stacks/just/trust/trustpolicy.json";
    write(policy, readFileSync(join(directory, policy), "utf8") + " ".repeat(512 * 1024));
    write("stacks/just/trust/localkeys/large.crt", root.pem + "\n".repeat(512 * 1024));
    const { trust, identities } = read().stacks.get("just") ?? {};
    expect(trust && "value" in trust).toBe(true);
    expect(identities?.get("large")).toHaveProperty("value");
  });
});
