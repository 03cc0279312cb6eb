import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { type Certificate, parseCertificate } from "../../components/notary/certificates/certificate";
import { TimestampError } from "../../components/notary/timestamp/error";
import { requireTrustedTimestamp } from "../../components/notary/timestamp/trustedTimestamp";
import { parseToken } from "../../components/notary/timestamp/verifyToken";
import * as make from "../support/certificates";
import { unreachable } from "../support/revocation";
import { TSA_EXTENSIONS } from "../support/tsa";
import { makeToken } from "../support/tsaToken";

// Whatever is done to a token: it fails with a typed error, or it says what its authority signed.

const SIGNATURE = randomBytes(64);
let token: Buffer;
let roots: Certificate[];
let certificateChain: Certificate[];
beforeAll(async () => {
  const root = await make.goodRoot({ subject: "CN=tsa root" });
  const leaf = await make.makeCertificate({ subject: "CN=tsa", issuer: root, extensions: TSA_EXTENSIONS() });
  token = makeToken({ leaf, message: SIGNATURE, genTime: "20260601120000Z", certificates: [leaf.der, root.der] });
  roots = [parseCertificate(root.der)];
  certificateChain = [parseCertificate((await make.selfSignedLeaf()).der)];
});

async function codeOf(changed: Buffer, signature = SIGNATURE): Promise<string> {
  const trusted = { token: changed, signature, certificateChain, roots, revocation: unreachable, now: make.NOW };
  try {
    await requireTrustedTimestamp(trusted);
    return "trusted";
  } catch (error) {
    if (error instanceof TimestampError) return error.code;
    throw error;
  }
}

async function holds(changed: Buffer): Promise<void> {
  if ((await codeOf(changed)) === "trusted") expect(parseToken(changed).info).toEqual(parseToken(token).info);
}

const position = fc.nat();
const edits = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("set" as const), position, octet: fc.nat(255) }),
    fc.record({ kind: fc.constant("insert" as const), position, bytes: fc.uint8Array({ maxLength: 4 }) }),
    fc.record({ kind: fc.constant("remove" as const), position, length: fc.nat(8) }),
    fc.record({ kind: fc.constant("repeat" as const), position, length: fc.nat(64) }),
  ),
  { minLength: 1, maxLength: 3 },
);
type Edit = (typeof edits extends fc.Arbitrary<infer List> ? List : never) extends (infer One)[] ? One : never;

function edited(bytes: Buffer, edit: Edit): Buffer {
  const at = edit.position % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (edit.kind === "set") return Buffer.concat([before, Buffer.of(edit.octet), after.subarray(1)]);
  if (edit.kind === "insert") return Buffer.concat([before, edit.bytes, after]);
  if (edit.kind === "remove") return Buffer.concat([before, after.subarray(edit.length)]);
  return Buffer.concat([before, after.subarray(0, edit.length), after]);
}

describe("a changed token", () => {
  it("is trusted as it is, and of no other signature", async () => {
    expect(await codeOf(token)).toBe("trusted");
    expect(await codeOf(token, randomBytes(64))).toBe("TIMESTAMP_IMPRINT_MISMATCH");
  });

  it("never says anything else than what was signed, wherever one octet differs", async () => {
    for (let at = 0; at < token.length; at += 1) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await holds(changed);
    }
  });

  it("nor after any edits", async () => {
    const run = fc.asyncProperty(edits, (list) => holds(list.reduce(edited, token)));
    await fc.assert(run, { numRuns: 2000 });
  });

  it("fails with every octet of what is signed", async () => {
    const { signedData } = parseToken(token);
    const [signer] = signedData.signerInfos;
    const parts = [
      signedData.content,
      signer?.signature ?? Buffer.alloc(0),
      ...(signer?.signedAttributes ?? []).map(({ raw }) => raw),
    ];
    for (const part of parts) {
      const start = token.indexOf(part);
      expect(start).toBeGreaterThan(0);
      for (let at = start; at < start + part.length; at += 1) {
        const changed = Buffer.from(token);
        changed[at] = (changed[at] ?? 0) ^ 0x40;
        expect(await codeOf(changed), `octet ${at}`).not.toBe("trusted");
      }
    }
  });

  it("fails when it is anything else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await codeOf(Buffer.from(bytes))).toBe("TIMESTAMP_MALFORMED");
      }),
      { numRuns: 2000 },
    );
  });
});
