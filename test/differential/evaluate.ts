import type { RevocationSource } from "../../components/notary/revocation/revocationSource";
import { compileTrust, type Trust } from "../../components/notary/trust/declaration";
import { TrustPolicyError } from "../../components/notary/trust/error";
import type { ArtifactVerdict, VerdictCode } from "../../components/notary/verification/verdict";
import { verifyEnvelope } from "../../components/notary/verification/verifyArtifact";
import type { Case, NetworkResponse } from "./case";
import type { Answer } from "./oracle";

/** A verdict of ours in the oracle's words. */
export interface Verdict {
  kind: Answer["kind"];
  /** Of the whole: of the document, or of what failed the signature. */
  code?: VerdictCode;
  message?: string;
  outcomes: { validation: string; action: string; result: "passed" | "failed"; code?: VerdictCode; message?: string }[];
}

/** The verdict of Breakwater on a case. It must not throw, whatever the case. */
export async function evaluate(question: Case): Promise<Verdict> {
  let trust: Trust;
  try {
    trust = compileTrust({ policy: question.policy, stores: question.stores });
  } catch (error) {
    if (!(error instanceof TrustPolicyError)) throw error;
    return { kind: "policy", code: error.code, message: error.message, outcomes: [] };
  }
  const verdict = await verifyEnvelope({
    artifact: question.artifact,
    scope: question.scope,
    trust,
    clock: () => new Date(question.clock),
    revocation: sourceOf(question.network),
    envelope: Buffer.from(question.envelope, "base64"),
    envelopeMediaType: question.envelopeMediaType,
    userMetadata: question.userMetadata,
  });
  return verdictOf(verdict);
}

function verdictOf(verdict: ArtifactVerdict): Verdict {
  if (verdict.verdict === "skipped") return { kind: "skipped", outcomes: [] };
  const [signature] = verdict.signatures;
  if (!signature) return { kind: "none", ...(verdict.code && { code: verdict.code }), outcomes: [] };
  const { code, message } = signature;
  return {
    kind: signature.verdict,
    ...(code && { code }),
    ...(message !== undefined && { message }),
    outcomes: signature.outcomes.flatMap(({ result, ...rest }) => (result === "skipped" ? [] : [{ ...rest, result }])),
  };
}

/** The case's network as the core's port: what is not a good answer is an error. */
function sourceOf(network: Record<string, NetworkResponse>): RevocationSource {
  const fetch = async (url: string): Promise<Buffer> => {
    const response = network[url];
    if (!response) throw new Error(`${url} is not known`);
    if (response.failure) throw new Error(`${url} does not answer`);
    if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
    return Buffer.from(response.body, "base64");
  };
  return { askOcsp: fetch, fetchCrl: fetch };
}
