import { inPool } from "../../components/concurrency/inPool";
import { realPorts } from "../../components/image/ports";
import type { Descriptor } from "../../components/notary/descriptor";
import { localSigner } from "../../components/notary/signing/localSigner";
import { signArtifact } from "../../components/notary/signing/signArtifact";
import { compileTrust } from "../../components/notary/trust/declaration";
import { verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import { digestOf } from "../../components/oci/digest";
import type { Place } from "./place";
import type { Row } from "./report";
import { median } from "./statistics";

/** So that no verification is of the envelope before it. */
const DIFFERENT = 50;
const VERIFICATIONS = 4000;
const ROUNDS = 3;
const AIM = 2000;

/**
 * Pure verification of envelopes in memory under a strict policy, RSA-2048: how many a second of processor time, whichever
 * threads spent it, which is the rate of one core.
 */
export async function envelopes(place: Place): Promise<Row[]> {
  const rows: Row[] = [];
  for (const format of ["jws", "cose"] as const) {
    const verify = await verifierOf(place, format);
    await inPool(Array.from({ length: VERIFICATIONS / 4 }), 8, (_, at) => verify(at)); // compiles
    const rates: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = process.cpuUsage();
      await inPool(Array.from({ length: VERIFICATIONS }), 8, (_, at) => verify(at));
      const { user, system } = process.cpuUsage(before);
      rates.push(VERIFICATIONS / ((user + system) / 1e6));
    }
    const what = `verifications a second and core, ${format.toUpperCase()}, RSA-2048`;
    rows.push({ what, value: median(rates), unit: " /s", digits: 0, aim: { least: AIM } });
  }
  return rows;
}

async function verifierOf({ identity, trust }: Place, format: "jws" | "cose") {
  const signer = localSigner({ privateKey: identity.privateKey, certificateChain: identity.certificate });
  const { clock, revocation } = realPorts;
  const scope = "registry.example/app";
  const compiled = compileTrust(trust);
  const signed = await Promise.all(
    Array.from({ length: DIFFERENT }, async (_, at) => {
      const artifact: Descriptor = {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest: digestOf(Buffer.from(String(at))),
        size: 1,
      };
      return { artifact, ...(await signArtifact({ descriptor: artifact, signer, clock, format })) };
    }),
  );
  return async (at: number) => {
    const one = signed[at % signed.length];
    if (one === undefined) throw new Error("no envelope to verify");
    const { artifact, envelope, envelopeMediaType } = one;
    const args = { artifact, envelope, envelopeMediaType, scope, trust: compiled, clock, revocation };
    const { verdict, message } = await verifyEnvelope(args);
    if (verdict !== "verified") throw new Error(`an envelope is not verified: ${message}`);
  };
}
