import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  basicConstraints,
  digitalSignature,
  ExtendedKeyUsage,
  extendedKeyUsage,
  goodIntermediate,
  goodLeaf,
  goodRoot,
  keyEncipherment,
  keyUsage,
  makeCertificate,
  type TestCertificate,
} from "../support/certificates";
import { breakwater, expectError, Workspace } from "./support";

const AT = ["--at", "2026-06-01T12:00:00Z"];

let workspace: Workspace;
let root: TestCertificate;
let intermediate: TestCertificate;
let leaf: TestCertificate;
beforeAll(async () => {
  workspace = await Workspace.make();
  root = await goodRoot();
  intermediate = await goodIntermediate(root);
  leaf = await goodLeaf(intermediate);
});
afterAll(() => workspace?.remove());

interface LintJson {
  readonly usable: boolean;
  readonly violations: { code: string; position: number; section: string; message: string; enforced: boolean }[];
}

const lint = async (...args: string[]) => {
  const { code, stdout } = await breakwater(["lint", ...args, ...AT, "--json"]);
  return { code, ...(JSON.parse(stdout) as LintJson) };
};

describe("a chain that may sign", () => {
  it("is found in one file, in several, in PEM and in DER", async () => {
    const whole = await workspace.write("whole.pem", leaf.chainPem);
    const parts = [
      await workspace.write("leaf.der", leaf.der),
      await workspace.write("rest.pem", intermediate.chainPem),
    ];
    for (const files of [[whole], parts]) {
      expect(await lint(...files)).toMatchObject({ code: 0, usable: true, violations: [], purpose: "codeSigning" });
    }
    const { code, stdout, stderr } = await breakwater(["lint", "whole.pem", ...AT], { folder: workspace.directory });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^USABLE /);
  });

  it("is judged at the time that is given, else now", async () => {
    const file = await workspace.write("whole.pem", leaf.chainPem);
    const late = await breakwater(["lint", file, "--at", "2036-06-01T12:00:00Z", "--json"]);
    expect(late.code).toBe(1);
    expect((JSON.parse(late.stdout) as LintJson).violations.map(({ code }) => code)).toEqual(
      Array(3).fill("CERTIFICATE_NOT_VALID_AT_SIGNING_TIME"),
    );
    const { stdout } = await breakwater(["lint", file, "--json"]);
    expect(Math.abs(Date.parse(JSON.parse(stdout).at) - Date.now())).toBeLessThan(60_000);
  });
});

describe("a chain that may not", () => {
  it("of a TLS server, shaped like Let's Encrypt's, tells every rule with its section and why it never can", async () => {
    const server = await makeCertificate({
      subject: "CN=registry.example.com",
      issuer: intermediate,
      extensions: [
        basicConstraints(false),
        keyUsage(digitalSignature | keyEncipherment),
        extendedKeyUsage(ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth),
      ],
    });
    // As certbot's fullchain.pem: without the root.
    const file = await workspace.write("fullchain.pem", server.pem + intermediate.pem);
    const { code, usable, violations } = await lint(file);
    expect({ code, usable }).toEqual({ code: 1, usable: false });
    const codes = violations
      .filter(({ enforced }) => enforced)
      .map((violation) => [violation.position, violation.code]);
    expect(codes).toContainEqual([0, "CERTIFICATE_KEY_USAGE"]);
    expect(codes).toContainEqual([0, "CERTIFICATE_EXTENDED_KEY_USAGE"]);
    expect(codes).toContainEqual([1, "CERTIFICATE_CHAIN_ROOT_NOT_SELF_SIGNED"]);
    for (const { section } of violations) expect(section).toMatch(/^signature-specification\.md § ./);

    const shown = await breakwater(["lint", file, ...AT]);
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/^NOT USABLE /);
    for (const { code: rule, section } of violations) expect(shown.stdout).toContain(`${rule}  ${section}`);
    expect(shown.stdout).toContain("Let's Encrypt");
  });

  it("of a signer can't stamp time", async () => {
    const file = await workspace.write("whole.pem", leaf.chainPem);
    const { code, stdout } = await breakwater(["lint", file, "--purpose", "timestamping", ...AT]);
    expect(code).toBe(1);
    expect(stdout).toContain("CERTIFICATE_EXTENDED_KEY_USAGE");
    expect(stdout).not.toContain("Let's Encrypt");
  });

  it("only in the specification's eyes is a warning, and may", async () => {
    const any = await goodLeaf(intermediate, {
      extensions: [keyUsage(digitalSignature), extendedKeyUsage(ExtendedKeyUsage.codeSigning, "2.5.29.37.0")],
    });
    const file = await workspace.write("any.pem", any.chainPem);
    const { code, usable, violations } = await lint(file);
    expect({ code, usable, enforced: violations.map(({ enforced }) => enforced) }).toEqual({
      code: 0,
      usable: true,
      enforced: [false],
    });
    expect((await breakwater(["lint", file, ...AT])).stdout).toContain("warning");
  });
});

describe("a file that can't be read", () => {
  it("is told by its name", async () => {
    const absent = join(workspace.directory, "absent.pem");
    expect(await expectError(["lint", absent], "FILE_UNREADABLE")).toContain(absent);
    expect(await expectError(["lint", workspace.directory], "FILE_UNREADABLE")).toContain(workspace.directory);
    for (const [name, content] of Object.entries({
      "empty.pem": "",
      "text.pem": "no certificate",
      "key.pem": leaf.privateKey,
      "cut.pem": leaf.pem.slice(0, 200),
    })) {
      const file = await workspace.write(name, content);
      const said = await expectError(["lint", file], "CERTIFICATE_MALFORMED");
      expect(said).toContain(file);
      expect(said).not.toContain(leaf.privateKey.slice(100, 140));
    }
    const large = join(workspace.directory, "large.pem");
    await writeFile(large, Buffer.alloc(1024 * 1024 + 1));
    await expectError(["lint", large], "FILE_TOO_LARGE");
  });
});

it("shows control characters of a subject as text", async () => {
  const hostile = await goodLeaf(intermediate, { subject: "C=US, ST=WA, O=o, CN=\u001b[2Jhidden\u202e" });
  const file = await workspace.write("hostile.pem", hostile.chainPem);
  const { stdout } = await breakwater(["lint", file, ...AT]);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain("\u202e");
  expect(stdout).toContain("\\u001b[2Jhidden\\u202e");
});
