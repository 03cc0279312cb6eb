import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TrustDeclaration } from "../../components/notary/trust/declaration";
import { TrustPolicyError, type TrustPolicyErrorCode } from "../../components/notary/trust/error";
import { FolderTree } from "../../components/files/folderTree";
import { readTrust, readTrustDirectory, renderTrustDirectory } from "../../components/trust/directory";
import { TrustDirectoryError, type TrustDirectoryErrorCode } from "../../components/trust/error";
import { expectCode } from "../notary/expectCode";
import * as make from "../support/certificates";

let root: make.TestCertificate;
let other: make.TestCertificate;
let declaration: TrustDeclaration;
let directory: string;
const STORE = "truststore/x509/ca/wabbit-networks.io";

beforeAll(async () => {
  [root, other] = [await make.goodRoot(), await make.goodRoot()];
  const statement = {
    name: "images",
    registryScopes: ["*"],
    signatureVerification: { level: "strict" as const },
    trustStores: ["ca:wabbit-networks.io"],
    trustedIdentities: ["*"],
  };
  declaration = {
    policy: { version: "1.0", trustPolicies: [statement] },
    stores: { "ca:wabbit-networks.io": [root.pem + other.pem] },
  };
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "breakwater-trust-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

describe("a trust directory", () => {
  it("has one file a certificate in notation's layout, and the same bytes for the same trust", () => {
    const files = renderTrustDirectory(declaration);
    expect(Object.keys(files)).toHaveLength(3);
    expect(Object.keys(files)).toContain("trustpolicy.json");
    expect(Object.keys(files).filter((path) => new RegExp(`^${STORE}/[0-9a-f]{64}\\.pem$`).test(path))).toHaveLength(2);
    const reordered = {
      policy: JSON.parse(JSON.stringify(declaration.policy)),
      stores: { "ca:wabbit-networks.io": [other.pem, root.pem, root.pem] },
    };
    expect(Object.entries(renderTrustDirectory(reordered)).sort()).toEqual(Object.entries(files).sort());
  });

  it("is not read behind a link that is a folder on the way", async () => {
    write(renderTrustDirectory(declaration));
    mkdirSync(join(directory, "stacks"));
    symlinkSync("..", join(directory, "stacks/linked"));
    write({ "trust/trustpolicy.json": JSON.stringify(declaration.policy) });
    const tree = new FolderTree(directory);
    await expectCode(() => readTrust(tree, "stacks/linked/trust"), TrustDirectoryError, "TRUST_POLICY_FILE_MISSING");
  });

  it("is read back as what was written", () => {
    write(renderTrustDirectory(declaration));
    const read = readTrustDirectory(directory);
    expect(read.policy).toEqual(declaration.policy);
    expect(read.stores["ca:wabbit-networks.io"]?.sort()).toEqual([root.pem, other.pem].sort());
  });

  it("may hold DER, several certificates a file, and no store at all", () => {
    const policy = JSON.stringify(declaration.policy);
    write({ "trustpolicy.oci.json": policy });
    expect(readTrustDirectory(directory).stores).toEqual({});
    write({ [`${STORE}/a.crt`]: root.der, [`${STORE}/b.cer`]: root.pem + other.pem });
    expect(readTrustDirectory(directory).stores).toEqual({ "ca:wabbit-networks.io": [root.pem, root.pem, other.pem] });
  });

  it("may hold what else a notation configuration folder holds, and files of any name", () => {
    write(renderTrustDirectory(declaration));
    rmSync(join(directory, STORE), { recursive: true });
    write({
      "config.json": "{}",
      "signingkeys.json": "no JSON",
      "localkeys/signer.key": "secret",
      "plugins/acme/notation-acme": "binary",
      "trustpolicy.blob.json": "{}",
      "truststore/x509/.DS_Store": "",
      "truststore/x509/ca/notes.txt": "about the stores",
      "truststore/x509/tsa/unused/root.der": root.der,
      [`${STORE}/two.der`]: Buffer.concat([root.der, other.der]),
      [`${STORE}/windows`]: `subject=root\r\n${other.pem.replaceAll("\n", "\r\n")}`,
    });
    expect(readTrustDirectory(directory)).toEqual({
      policy: declaration.policy,
      stores: { "ca:wabbit-networks.io": [root.pem, other.pem, other.pem], "tsa:unused": [root.pem] },
    });
  });

  it("gives the newer policy file before the older one, when both say the same", () => {
    write(renderTrustDirectory(declaration));
    write({ "trustpolicy.oci.json": readFileSync(join(directory, "trustpolicy.json")) });
    expect(readTrustDirectory(directory).policy).toEqual(declaration.policy);
  });

  const flawed: [string, TrustDirectoryErrorCode, () => void][] = [
    ["has no policy", "TRUST_POLICY_FILE_MISSING", () => rmSync(join(directory, "trustpolicy.json"))],
    ["has two policies that differ", "TRUST_POLICY_FILES_DIFFER", () => write({ "trustpolicy.oci.json": "{}" })],
    ["has notes in a store", "TRUST_FILE_EXTENSION_UNSUPPORTED", () => write({ [`${STORE}/README`]: "our roots" })],
    [
      "has a file that is no certificate",
      "TRUST_FILE_CERTIFICATE_INVALID",
      () => write({ [`${STORE}/a.pem`]: "nothing" }),
    ],
    ["has an empty file in a store", "TRUST_FILE_CERTIFICATE_INVALID", () => write({ [`${STORE}/a.crt`]: "" })],
    [
      "has half a PEM block after a whole one",
      "TRUST_FILE_CERTIFICATE_INVALID",
      () => write({ [`${STORE}/a.pem`]: root.pem + other.pem.slice(0, 300) }),
    ],
    [
      "has data after the DER of a certificate",
      "TRUST_FILE_CERTIFICATE_INVALID",
      () => write({ [`${STORE}/a.cer`]: Buffer.concat([root.der, Buffer.of(0)]) }),
    ],
    [
      "has a private key in a store",
      "TRUST_FILE_CERTIFICATE_INVALID",
      () => write({ [`${STORE}/a.pem`]: root.pem + root.privateKey }),
    ],
    [
      "has a file for its trust stores",
      "TRUST_STORE_FOLDER_INVALID",
      () => {
        rmSync(join(directory, "truststore"), { recursive: true });
        write({ "truststore/x509": "" });
      },
    ],
    ["has a huge file", "TRUST_FILE_TOO_LARGE", () => write({ [`${STORE}/a.pem`]: Buffer.alloc(1024 * 1024 + 1) })],
    ["has a folder in a store", "TRUST_FILE_NOT_REGULAR", () => write({ [`${STORE}/more.pem/a.pem`]: root.pem })],
    [
      "has a link in a store",
      "TRUST_FILE_NOT_REGULAR",
      () => symlinkSync(join(directory, "trustpolicy.json"), join(directory, STORE, "a.pem")),
    ],
    [
      "has a link for a store",
      "TRUST_STORE_FOLDER_INVALID",
      () => symlinkSync(join(directory, STORE), join(directory, "truststore/x509/ca/linked")),
    ],
    [
      "has a link for its policy",
      "TRUST_FILE_NOT_REGULAR",
      () => symlinkSync(join(directory, "trustpolicy.json"), join(directory, "trustpolicy.oci.json")),
    ],
    [
      "has an unknown store type",
      "TRUST_STORE_FOLDER_INVALID",
      () => write({ "truststore/x509/CA/a/a.pem": root.pem }),
    ],
    [
      "has a store with a bad name",
      "TRUST_STORE_FOLDER_INVALID",
      () => write({ "truststore/x509/ca/a b/a.pem": root.pem }),
    ],
  ];
  it.each(flawed)("is refused when it %s", async (_, code, spoil) => {
    write(renderTrustDirectory(declaration));
    spoil();
    await expectCode(() => readTrustDirectory(directory), TrustDirectoryError, code);
  });

  it.each([
    ["POLICY_SYNTAX", '{\n  "version": "1.0"\n  "trustPolicies": []\n}', ", line 3: "],
    ["POLICY_SYNTAX", '{ "version": x }', ": "],
    ["POLICY_NO_STATEMENTS", '{ "version": "1.0" }', ": "],
  ])("names the file of a policy that is wrong, and the line where the parser tells: %s", async (code, text, where) => {
    write({ ...renderTrustDirectory(declaration), "trustpolicy.json": text });
    await expectCode(() => readTrustDirectory(directory), TrustPolicyError, code as TrustPolicyErrorCode);
    expect(() => readTrustDirectory(directory)).toThrow(`${join(directory, "trustpolicy.json")}${where}`);
  });

  it("is refused when it is none", async () => {
    write({ file: "" });
    const file = join(directory, "file");
    await expectCode(() => readTrustDirectory(file), TrustDirectoryError, "TRUST_POLICY_FILE_MISSING");
    const absent = join(directory, "absent");
    await expectCode(() => readTrustDirectory(absent), TrustDirectoryError, "TRUST_POLICY_FILE_MISSING");
    const endless = join(directory, "a".repeat(5000));
    await expectCode(() => readTrustDirectory(endless), TrustDirectoryError, "TRUST_FILE_UNREADABLE");
  });

  it("is refused when its policy is not valid", async () => {
    write({ "trustpolicy.json": "{}" });
    await expectCode(() => readTrustDirectory(directory), TrustPolicyError, "POLICY_VERSION_MISSING");
  });
});
