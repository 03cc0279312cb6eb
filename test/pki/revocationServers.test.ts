import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { KeyUsageFlags } from "../../components/notary/certificates/usage";
import { revocationOfChain } from "../../components/notary/revocation/chainRevocation";
import { ocspRequest } from "../../components/notary/revocation/ocspRequest";
import { RevocationCache } from "../../components/pki/revocationCache";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import * as make from "../support/certificates";
import { EXTENSION, makeCrl } from "../support/crl";
import { freePort } from "../support/ports";
import { RevocationAuthority } from "../support/revocationAuthority";

// OpenSSL's responder and CRLs, over HTTP on loopback, at the machine's present time.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
const CA = [make.basicConstraints(true), make.keyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign)];

let root: make.TestCertificate;
let authority: RevocationAuthority;
let web: Server;
let webUrl: string;
const files = new Map<string, Buffer>();
const hits: string[] = [];
/** OpenSSL's responders: signing as the issuer (which sends its certificate), delegated, and not allowed to. */
const ports = { issuer: 0, delegated: 0, unauthorized: 0, nobody: 0, hanging: 0 };
const held = new Set<Socket>();
const hanging = createTcpServer((socket) => {
  held.add(socket);
  socket.on("error", () => undefined);
});

beforeAll(async () => {
  root = await make.goodRoot({ ...validity, extensions: CA });
  authority = await RevocationAuthority.create(root);
  web = createServer((request, response) => {
    hits.push(request.url ?? "");
    const file = files.get(request.url ?? "");
    response.writeHead(file ? 200 : 404, { "content-type": "application/pkix-crl" }).end(file);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  webUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  for (const name of ["issuer", "delegated", "unauthorized", "nobody"] as const) ports[name] = await freePort();
  ports.hanging = (hanging.address() as AddressInfo).port;
  const signing = make.keyUsage(make.digitalSignature);
  const responder = await make.makeCertificate({
    ...validity,
    subject: "CN=responder",
    issuer: root,
    extensions: [signing, make.extendedKeyUsage(make.ExtendedKeyUsage.ocspSigning)],
  });
  const signer = await make.goodLeaf(root, { ...validity, subject: "C=US, ST=WA, O=wabbit-networks.io, CN=signer" });
  await authority.startResponder(ports.issuer);
  await authority.startResponder(ports.delegated, responder, "-resp_key_id");
  await authority.startResponder(ports.unauthorized, signer);
}, 60_000);

afterAll(async () => {
  await authority?.stop();
  web?.closeAllConnections();
  web?.close();
  for (const socket of held) socket.destroy();
  hanging.close();
});

interface Places {
  ocsp?: keyof typeof ports;
  crl?: string;
}

function leafAt({ ocsp, crl }: Places): Promise<make.TestCertificate> {
  return make.goodLeaf(root, {
    ...validity,
    extensions: [
      make.keyUsage(make.digitalSignature),
      ...(ocsp ? [make.ocspResponder(`http://127.0.0.1:${ports[ocsp]}`)] : []),
      ...(crl ? [make.crlDistributionPoint(`${webUrl}${crl}`)] : []),
    ],
  });
}

const freshSource = (timeoutMs = 5_000) =>
  httpRevocationSource({ ocspTimeoutMs: timeoutMs, crlTimeoutMs: timeoutMs, cache: new RevocationCache() });

interface Circumstances {
  source?: ReturnType<typeof freshSource>;
  signingTime?: Date;
  issuer?: make.TestCertificate;
}

async function judge(leaf: make.TestCertificate, { issuer = root, ...more }: Circumstances = {}) {
  const chain = [leaf, issuer].map(({ der }) => parseCertificate(der));
  return revocationOfChain({ chain, source: freshSource(), now: new Date(), ...more });
}

it.each(["issuer", "delegated"] as const)("believes OpenSSL's responder, %s: good, unknown, revoked", async (ocsp) => {
  const leaf = await leafAt({ ocsp });
  expect((await judge(leaf)).code).toBe("OCSP_STATUS_UNKNOWN");
  await authority.issue(leaf);
  await expect.poll(async () => (await judge(leaf)).status, { timeout: 10_000 }).toBe("ok");
  await authority.revoke(leaf, "-crl_reason", "keyCompromise");
  await expect.poll(async () => (await judge(leaf)).status, { timeout: 10_000 }).toBe("revoked");
});

it("does not believe a responder whose certificate is another signer's", async () => {
  const leaf = await leafAt({ ocsp: "unauthorized" });
  await authority.issue(leaf);
  expect((await judge(leaf)).code).toBe("OCSP_RESPONDER_UNAUTHORIZED");
});

it("sends the request that OpenSSL would", async () => {
  const leaf = await leafAt({ ocsp: "issuer" });
  const [certificate, issuer] = [leaf, root].map(({ der }) => parseCertificate(der));
  if (!certificate || !issuer) throw new Error("two certificates");
  expect(ocspRequest(certificate, issuer)).toEqual(await authority.ocspRequest(leaf));
});

it("believes OpenSSL's CRLs: not listed, listed, on hold", async () => {
  const leaf = await leafAt({ crl: "/ca.crl" });
  const paused = await leafAt({ crl: "/ca.crl" });
  files.set("/ca.crl", await authority.crl());
  expect(await judge(leaf)).toEqual({ status: "ok" });
  await authority.revoke(leaf, "-crl_reason", "superseded");
  await authority.revoke(paused, "-crl_hold", "holdInstructionReject");
  files.set("/ca.crl", await authority.crl());
  expect((await judge(leaf)).status).toBe("revoked");
  expect((await judge(paused)).status).toBe("revoked");
  expect((await judge(await leafAt({ crl: "/ca.crl" }))).status).toBe("ok");
});

it.each([
  ["RSA-2048", "-md", "sha1"],
  ["RSA-2048", "-md", "sha384"],
  ["RSA-3072", "-md", "sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"],
  ["RSA-3072", "-md", "sha512", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest"],
  ["EC-384", "-md", "sha384"],
  ["EC-521", "-md", "sha512"],
] as const)("verifies CRLs of an issuer with a key %s: %s %s %s %s", async (keySpec, ...options) => {
  const issuer = await make.goodRoot({ ...validity, extensions: CA, keySpec });
  const leaf = await make.goodLeaf(issuer, {
    ...validity,
    extensions: [make.keyUsage(make.digitalSignature), make.crlDistributionPoint(`${webUrl}/algorithm.crl`)],
  });
  const own = await RevocationAuthority.create(issuer);
  try {
    files.set("/algorithm.crl", await own.crl(...options));
    expect(await judge(leaf, { issuer })).toEqual({ status: "ok" });
    await own.revoke(leaf);
    files.set("/algorithm.crl", await own.crl(...options));
    expect((await judge(leaf, { issuer })).status).toBe("revoked");
  } finally {
    await own.stop();
  }
});

it("verifies no CRL that is signed with MD5, or with PSS and another salt", async () => {
  const issuer = await make.goodRoot({ ...validity, extensions: CA, keySpec: "RSA-2048" });
  const leaf = await make.goodLeaf(issuer, {
    ...validity,
    extensions: [make.keyUsage(make.digitalSignature), make.crlDistributionPoint(`${webUrl}/weak.crl`)],
  });
  const own = await RevocationAuthority.create(issuer);
  try {
    for (const options of [
      ["-md", "md5"],
      ["-md", "sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20"],
    ]) {
      files.set("/weak.crl", await own.crl(...options));
      expect((await judge(leaf, { issuer })).code).toBe("CRL_SIGNATURE_INVALID");
    }
  } finally {
    await own.stop();
  }
});

it("compares the invalidity date of OpenSSL's CRL with the signing time", async () => {
  const leaf = await leafAt({ crl: "/compromise.crl" });
  await authority.revoke(leaf, "-crl_compromise", "20260101000000Z");
  files.set("/compromise.crl", await authority.crl());
  expect((await judge(leaf)).status).toBe("revoked");
  expect((await judge(leaf, { signingTime: new Date("2025-12-31T23:59:59Z") })).status).toBe("ok");
  expect((await judge(leaf, { signingTime: new Date("2026-01-01T00:00:00Z") })).status).toBe("revoked");
});

it("falls back to the CRL when the responder is away, hangs, or does not know the certificate", async () => {
  for (const ocsp of ["nobody", "hanging", "issuer"] as const) {
    const leaf = await leafAt({ ocsp, crl: "/fallback.crl" });
    const source = freshSource(500);
    files.delete("/fallback.crl");
    expect((await judge(leaf, { source })).status).toBe("unknown");
    files.set("/fallback.crl", await authority.crl());
    expect((await judge(leaf, { source })).status).toBe("ok");
  }
});

it("takes a delta CRL into account", async () => {
  const leaf = await leafAt({ crl: "/base.crl" });
  const times = { thisUpdate: new Date(Date.now() - HOUR), nextUpdate: new Date(Date.now() + HOUR) };
  const freshest = EXTENSION.freshest(`${webUrl}/delta.crl`);
  files.set("/base.crl", makeCrl({ issuer: root, ...times, extensions: [EXTENSION.number(1), freshest] }));
  expect((await judge(leaf)).code).toBe("REVOCATION_SOURCE_FAILED");
  const extensions = [EXTENSION.number(2), EXTENSION.deltaIndicator(1)];
  files.set("/delta.crl", makeCrl({ issuer: root, ...times, extensions, entries: [{ certificate: leaf }] }));
  expect((await judge(leaf)).status).toBe("revoked");
});

it("asks once for what several want at the same time, and keeps it until it expires", async () => {
  const leaves = await Promise.all([1, 2, 3].map(() => leafAt({ crl: "/shared.crl" })));
  const end = Date.now() + 1_500;
  files.set("/shared.crl", makeCrl({ issuer: root, thisUpdate: new Date(), nextUpdate: new Date(end) }));
  const source = freshSource();
  const count = () => hits.filter((path) => path === "/shared.crl").length;
  const found = await Promise.all(leaves.map((leaf) => judge(leaf, { source })));
  expect(found.map(({ status }) => status)).toEqual(["ok", "ok", "ok"]);
  expect(count()).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, end - Date.now() + 10));
  files.delete("/shared.crl");
  expect((await Promise.all(leaves.map((leaf) => judge(leaf, { source })))).map(({ status }) => status)).toEqual([
    "unknown",
    "unknown",
    "unknown",
  ]);
  expect(count()).toBe(2);
});
