import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GeneratedIdentity, generateTestIdentity } from "../../components/identity/generateTest";
import { KEY_SPECS, type KeySpec } from "../../components/notary/certificates/keySpec";
import { anHourAgo } from "../support/clock";
import { startDistribution, startOlareg, type TestRegistry } from "../support/registries";
import { startTsa, type TestTsa } from "../support/tsa";
import { configureNotation, pushArtifact, type SignOptions, sign, trusting, verify } from "./support";

// {JWS, COSE} × six key specs × {tag schema, referrers API} × {plain, metadata, expiry, timestamp}, both directions, with the real
// notation CLI: what one signs, the other verifies, and so does the signer.

const METADATA = { "io.wabbit-networks.buildId": "<1&2> é" };
const metadataFlags = Object.entries(METADATA).flatMap(([key, value]) => ["-m", `${key}=${value}`]);

interface Variant {
  variant: string;
  ours: SignOptions;
  signFlags: readonly string[];
  verifyFlags: readonly string[];
  userMetadata: Record<string, string>;
  timestamped: boolean;
}

const PLAIN = { ours: {}, signFlags: [], verifyFlags: [], userMetadata: {}, timestamped: false };
const VARIANTS: readonly Variant[] = [
  { ...PLAIN, variant: "plain" },
  {
    ...PLAIN,
    variant: "with metadata",
    ours: { userMetadata: METADATA },
    signFlags: metadataFlags,
    verifyFlags: metadataFlags,
    userMetadata: METADATA,
  },
  { ...PLAIN, variant: "with expiry", ours: { expirySeconds: 3600 }, signFlags: ["--expiry", "1h"] },
  { ...PLAIN, variant: "with timestamp", timestamped: true },
];
const REGISTRIES = [
  { registryName: "distribution, tag schema", start: () => startDistribution(), signFlags: [] },
  // By default notation 1.3.2 writes the tag schema even here, and then neither it nor we find the signature.
  { registryName: "olareg, referrers API", start: startOlareg, signFlags: ["--force-referrers-tag=false"] },
];
const CELLS = (["jws", "cose"] as const).flatMap((format) =>
  KEY_SPECS.flatMap((keySpec) => VARIANTS.map((variant) => ({ format, keySpec, ...variant }))),
);

let directory: string;
let tsa: TestTsa;
let tsaRootFile: string;
const identities = new Map<KeySpec, GeneratedIdentity>();
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "breakwater-interop-"));
  tsa = await startTsa();
  tsaRootFile = join(directory, "tsa-root.pem");
  await writeFile(tsaRootFile, tsa.rootPem);
  for (const keySpec of KEY_SPECS) {
    const commonName = "wabbit-networks.io";
    identities.set(
      keySpec,
      await generateTestIdentity({ commonName, keySpec, lifetimeSeconds: 86_400, clock: anHourAgo }),
    );
  }
});
afterAll(async () => {
  await tsa?.stop();
  await rm(directory, { recursive: true, force: true });
});

it("has a cell for each combination", () => {
  expect(CELLS).toHaveLength(2 * 6 * 4);
});

describe.each(REGISTRIES)("$registryName", ({ start, signFlags: registryFlags }) => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await start();
  });
  afterAll(() => registry?.stop());

  it.each(CELLS)("$format $keySpec $variant: each verifies what the other signs", async (cell) => {
    const { format, keySpec, variant, ours, signFlags, verifyFlags, userMetadata, timestamped } = cell;
    const identity = identities.get(keySpec);
    if (!identity) throw new Error(`no identity for ${keySpec}`);
    const name = `${format}/${keySpec}/${variant}`.toLowerCase().replaceAll(" ", "-");
    const mine = await pushArtifact(registry, `ours/${name}`);
    const theirs = await pushArtifact(registry, `theirs/${name}`);

    for (const artifact of [mine, theirs]) {
      const trust = trusting(identity, artifact.repository.scope, timestamped ? tsa.rootPem : undefined);
      const notation = await configureNotation(registry, directory, trust, identity);
      if (artifact === mine) {
        const timestamp = timestamped ? { timestamp: { url: tsa.url, rootPem: tsa.rootPem } } : {};
        await sign(mine, identity, { format, ...ours, ...timestamp });
      } else {
        const timestampFlags = timestamped ? ["--timestamp-url", tsa.url, "--timestamp-root-cert", tsaRootFile] : [];
        const flags = ["--key", "signer", "--signature-format", format, ...signFlags, ...timestampFlags];
        await notation("sign", ...registryFlags, ...flags, theirs.reference);
      }
      expect(await notation("verify", ...verifyFlags, artifact.reference)).toContain("Successfully verified");
      const verdict = await verify(artifact, trust, userMetadata);
      expect(verdict).toMatchObject({ verdict: "verified", enforced: true, statement: "images" });
      expect(verdict.signatures[0]?.outcomes.map(({ result }) => result)).toEqual(Array(5).fill("passed"));
      expect(verdict.signatures[0]?.signer?.thumbprint).toBe(identity.thumbprint);
    }
  });
});
