import type { Certificate } from "../../notary/certificates/certificate";
import { isSelfSigned } from "../../notary/certificates/chain";
import { ExtendedKeyUsage } from "../../notary/certificates/usage";
import type { Statement } from "../../notary/trust/declaration";
import { decisiveFailure } from "../../notary/verification/ruleThatFailed";
import { certificateFacts } from "../../signers/certificateFacts";
import type { InventoryImage } from "../inventory/inventory";
import type { ForecastCause, ForecastEvent } from "../report/report";
import type { ImageForecast, Refusal } from "./imageForecast";
import type { OpenedSignature } from "./openedSignatures";
import type { ConsultedCrl } from "./todaysRevocation";

interface Ending {
  readonly cause: ForecastCause;
  readonly certificate?: Certificate | undefined;
  readonly sentence: string;
}

/** A refusal by its cause: what failed the signature that was verified until then. */
export function eventOf(
  { reference, tags }: Pick<InventoryImage, "reference" | "tags">,
  stack: string,
  statement: Statement | undefined,
  refusal: Refusal,
  { signatures, crls }: Pick<ImageForecast, "signatures" | "crls">,
): ForecastEvent {
  const { instant, verdict, before, unlessRenewed } = refusal;
  const failure = decisiveFailure(verdict, before.signatures.at(-1)?.digest);
  const { code = "VERIFICATION_INCONCLUSIVE", message = "" } = failure ?? verdict;
  const signature = signatures.find(({ digest }) => digest === failure?.signature?.digest);
  const ending = unlessRenewed
    ? endingOfCrl(soonest([...crls.values()], instant), signatures)
    : endingOf(code, message, instant, signature, statement);
  return {
    instant: instant.toISOString(),
    reference,
    tags,
    stack,
    cause: ending.cause,
    validation: failure?.validation ?? null,
    code,
    ...(ending.certificate && { certificate: certificateFacts(ending.certificate) }),
    unlessRenewed,
    sentence: ending.sentence,
  };
}

function endingOf(
  code: string,
  message: string,
  instant: Date,
  signature: OpenedSignature | undefined,
  statement: Statement | undefined,
): Ending {
  if (code === "SIGNATURE_EXPIRED") {
    return { cause: "signature-expiry", sentence: "the signature expires, as its signer has set it: sign again" };
  }
  const chain = signature?.content.certificateChain ?? [];
  const ended = chain.find(({ notAfter }) => notAfter < instant);
  if (ended && (code === "CERTIFICATE_EXPIRED" || code === "TIMESTAMP_MISSING")) {
    const place = placeOf(ended, chain);
    const anchor = isAnchor(ended, statement) ? ", which is the trust anchor," : "";
    const unstamped = code === "TIMESTAMP_MISSING" ? ", and no time stamp says that the signature is older" : "";
    return {
      cause: place,
      certificate: ended,
      sentence: `${NAMES[place]} ${ended.subject}${anchor} expires${unstamped}: sign again with a certificate that lasts longer`,
    };
  }
  if (code.startsWith("TIMESTAMP_")) {
    const certificate = signature?.tsa.find(({ extendedKeyUsage = [] }) =>
      extendedKeyUsage.includes(ExtendedKeyUsage.timeStamping),
    );
    const since = ended ? `${NAMES[placeOf(ended, chain)]} ${ended.subject} expires, and its` : "the";
    return { cause: "tsa", certificate, sentence: `${since} time stamp does not count: ${message}` };
  }
  return { cause: "other", sentence: message };
}

const NAMES = {
  leaf: "the signing certificate",
  intermediate: "the intermediate certificate",
  root: "the root certificate",
} as const;

function placeOf(certificate: Certificate, chain: readonly Certificate[]): keyof typeof NAMES {
  if (certificate === chain[0]) return "leaf";
  return isSelfSigned(certificate) ? "root" : "intermediate";
}

function isAnchor({ thumbprint }: Certificate, statement: Statement | undefined): boolean {
  const { ca = [], signingAuthority = [] } = statement?.certificates ?? {};
  return [...ca, ...signingAuthority].some((anchor) => anchor.thumbprint === thumbprint);
}

/** The one that has just ended. */
function soonest(crls: readonly ConsultedCrl[], instant: Date): ConsultedCrl | undefined {
  const ended = crls.filter(({ nextUpdate }) => nextUpdate < instant);
  return ended.sort((left, right) => right.nextUpdate.getTime() - left.nextUpdate.getTime())[0];
}

function endingOfCrl(crl: ConsultedCrl | undefined, signatures: readonly OpenedSignature[]): Ending {
  const certificate = crl && certificateOf(crl, signatures);
  const whose = certificate ? `, which tells whether ${certificate.subject} is revoked,` : "";
  const where = crl ? ` ${crl.url}` : "";
  return {
    cause: "crl",
    certificate,
    sentence: `the CRL${where}${whose} ends at its nextUpdate: see that its issuer publishes a new one in time`,
  };
}

/** A delta CRL is named by its base CRL alone: then by their issuer. */
function certificateOf(
  { url, issuerDer }: ConsultedCrl,
  signatures: readonly OpenedSignature[],
): Certificate | undefined {
  const certificates = signatures.flatMap(({ content, tsa }) => [...content.certificateChain, ...tsa]);
  return (
    certificates.find(({ revocation }) => revocation.crl.includes(url)) ??
    certificates.find((certificate) => certificate.issuerDer.equals(issuerDer) && !isSelfSigned(certificate))
  );
}
