import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCertificate } from "../../components/notary/certificates/certificate";
import { type CountersignArgs, countersign } from "../../components/notary/timestamp/countersign";
import { TimestampError, type TimestampErrorCode } from "../../components/notary/timestamp/error";
import type { TimestampServer } from "../../components/notary/timestamp/timestampServer";
import { requireTrustedTimestamp } from "../../components/notary/timestamp/trustedTimestamp";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { TSA_EXTENSIONS } from "../support/tsa";
import { makeResponse, makeToken, readRequest, type TokenOptions } from "../support/tsaToken";
import { expectCode } from "./expectCode";

const SIGNATURE = randomBytes(64);
let root: make.TestCertificate;
let tsa: make.TestCertificate;
let signer: make.TestCertificate;
beforeAll(async () => {
  root = await make.goodRoot({ subject: "CN=tsa root" });
  tsa = await make.makeCertificate({ subject: "CN=tsa", issuer: root, extensions: TSA_EXTENSIONS() });
  signer = await make.selfSignedLeaf();
});

/** An authority that answers well, but for what is told. */
function authority(options: Partial<TokenOptions> = {}): TimestampServer {
  return answering((request) => {
    const { nonce } = readRequest(request);
    return makeResponse(makeToken({ leaf: tsa, message: SIGNATURE, genTime: "20260601120000Z", nonce, ...options }));
  });
}

const answering = (reply: (request: Buffer) => Buffer): TimestampServer => ({
  request: async (request) => reply(request),
});

function stamp(server: TimestampServer, args: Partial<CountersignArgs> = {}) {
  return countersign({
    signature: SIGNATURE,
    keySpec: "EC-256",
    certificateChain: [parseCertificate(signer.der)],
    timestamping: { server, roots: [parseCertificate(root.der)], revocation: unreachable },
    now: make.NOW,
    ...args,
  });
}

describe("a countersignature", () => {
  it.each([
    ["EC-256", "sha256"],
    ["RSA-3072", "sha384"],
    ["EC-521", "sha512"],
  ] as const)("for a key of %s is asked for over %s, and is the token that verifies", async (keySpec, hash) => {
    const token = await stamp(authority({ hash }), { keySpec });
    const certificateChain = [parseCertificate(signer.der)];
    const roots = [parseCertificate(root.der)];
    const trusted = { token, signature: SIGNATURE, certificateChain, roots, revocation: unreachable, now: make.NOW };
    await requireTrustedTimestamp(trusted);
  });

  it("is asked for with the certificates, and each time with another nonce", async () => {
    const asked: Buffer[] = [];
    const server = answering((request) => {
      asked.push(request);
      return makeResponse(undefined, 2);
    });
    for (let count = 0; count < 2; count += 1)
      await expectCode(() => stamp(server), TimestampError, "TIMESTAMP_REFUSED");
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = asked;
    expect(readRequest(first).nonce).toHaveLength(20);
    expect(readRequest(first).nonce).not.toEqual(readRequest(second).nonce);
    expect(readRequest(first).hashedMessage).toEqual(readRequest(second).hashedMessage);
    // certReq TRUE.
    expect(first.subarray(-3)).toEqual(Buffer.of(1, 1, 0xff));
  });

  const failing: [string, TimestampErrorCode, () => Promise<unknown>][] = [
    [
      "an authority that does not answer",
      "TIMESTAMP_SERVER_FAILED",
      () => stamp({ request: () => Promise.reject(new Error("ECONNREFUSED")) }),
    ],
    ["an answer that is none", "TIMESTAMP_MALFORMED", () => stamp(answering(() => Buffer.from("<html>")))],
    ["an empty answer", "TIMESTAMP_MALFORMED", () => stamp(answering(() => Buffer.alloc(0)))],
    [
      "an answer that is too large",
      "TIMESTAMP_MALFORMED",
      () => stamp(answering(() => Buffer.alloc(1024 * 1024 + 1, 0x30))),
    ],
    ["no token", "TIMESTAMP_MALFORMED", () => stamp(answering(() => makeResponse(undefined)))],
    ["a refusal", "TIMESTAMP_REFUSED", () => stamp(answering(() => makeResponse(undefined, 2)))],
    ["waiting", "TIMESTAMP_REFUSED", () => stamp(answering(() => makeResponse(undefined, 3)))],
    [
      "another nonce",
      "TIMESTAMP_RESPONSE_MISMATCH",
      () => stamp(authority({ nonce: Buffer.concat([Buffer.of(1), randomBytes(18)]) })),
    ],
    ["another signature", "TIMESTAMP_RESPONSE_MISMATCH", () => stamp(authority({ message: randomBytes(64) }))],
    ["another hash", "TIMESTAMP_RESPONSE_MISMATCH", () => stamp(authority({ hash: "sha512" }))],
    [
      "another zone than UTC",
      "TIMESTAMP_RESPONSE_MISMATCH",
      () => stamp(authority({ genTime: "20260601140000+0200" })),
    ],
    ["no certificate", "TIMESTAMP_RESPONSE_MISMATCH", () => stamp(authority({ certificates: [] }))],
    [
      "an authority that is not trusted",
      "TIMESTAMP_NOT_TRUSTED",
      () => stamp(authority(), { timestamping: { server: authority(), roots: [], revocation: unreachable } }),
    ],
    [
      "an authority that is not valid now",
      "TIMESTAMP_NOT_TRUSTED",
      () => stamp(authority(), { now: new Date("2028-01-01") }),
    ],
    [
      "a time when the signing certificate is not valid",
      "TIMESTAMP_OUTSIDE_CERTIFICATE_VALIDITY",
      () => stamp(authority({ genTime: "20280101000000Z" })),
    ],
  ];
  it.each(failing)("is refused for %s: %s", async (_, code, act) => {
    await expectCode(act, TimestampError, code);
  });
});
