import type { ChangeCounts } from "./changes";

/** What `npm start -- --json` prints. Times are ISO 8601, digests and thumbprints SHA-256 in lower hex. */
export interface Summary {
  readonly registry: string;
  readonly certificate: { readonly issuer: string; readonly notAfter: string };
  readonly image: { readonly reference: string; readonly digest: string };
  readonly signature: { readonly digest: string };
  readonly signer: { readonly subject: string; readonly thumbprint: string };
  readonly verdict: "verified" | "failed" | "skipped";
  readonly trustDirectory: string;
  readonly verifyCommand: string;
  readonly changes: ChangeCounts;
}

/** The summary of a stack's outputs, in the order above: the engine sorts them by name. */
export function summaryOf(outputs: Record<string, unknown>, changes: ChangeCounts): Summary {
  const { registry, certificate, image, signature, signer, verdict, trustDirectory, verifyCommand } =
    outputs as unknown as Summary;
  return {
    registry,
    certificate: { issuer: certificate.issuer, notAfter: certificate.notAfter },
    image: { reference: image.reference, digest: image.digest },
    signature: { digest: signature.digest },
    signer: { subject: signer.subject, thumbprint: signer.thumbprint },
    verdict,
    trustDirectory,
    verifyCommand,
    changes,
  };
}

/** The same for a person. */
export function renderSummary(summary: Summary, now: Date): string {
  const { certificate, image, signature, signer } = summary;
  const days = Math.floor((Date.parse(certificate.notAfter) - now.getTime()) / 86_400_000);
  const rows = [
    ["Registry", summary.registry],
    ["Certificate", `issued by ${certificate.issuer}, expires ${certificate.notAfter.slice(0, 10)} (in ${days} days)`],
    ["Image", image.reference],
    ["Signature", signature.digest],
    ["Signer", signer.subject],
    ["", `SHA-256 thumbprint ${signer.thumbprint}`],
    ["Verdict", summary.verdict],
    ["Trust", summary.trustDirectory],
  ];
  const table = rows.map(([label = "", value]) => `${label.padEnd(13)}${value}`);
  return [
    ...table,
    "",
    "Prove it with the notation CLI:",
    `  ${summary.verifyCommand}`,
    "",
    changesLine(summary.changes),
  ].join("\n");
}

export function changesLine(changes: ChangeCounts): string {
  const { create, update, delete: deleted, same } = changes;
  if (create + update + deleted === 0) return `No changes: ${same} resources are as declared.`;
  return `Changes: ${create} created, ${update} updated, ${deleted} deleted, ${same} unchanged.`;
}

export function plannedChangesLine(changes: ChangeCounts): string {
  const { create, update, delete: deleted, same } = changes;
  if (create + update + deleted === 0) return `Nothing would change: ${same} resources are as declared.`;
  return `Would change: ${create} to create, ${update} to update, ${deleted} to delete, ${same} unchanged. Nothing was changed.`;
}
