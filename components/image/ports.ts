import type { Clock } from "../notary/clock";
import type { RevocationSource } from "../notary/revocation/revocationSource";
import type { TimestampServer } from "../notary/timestamp/timestampServer";
import { httpRevocationSource } from "../pki/revocationSource";
import { httpTimestampServer } from "../pki/timestampServer";

/** What signing and verifying an image take from the world beside the registry; tests pass others. */
export interface Ports {
  readonly clock: Clock;
  readonly revocation: RevocationSource;
  readonly timestampServer: (url: string) => TimestampServer;
}

/** One for the process: what its revocation source keeps of CRLs and OCSP responses serves every image. */
export const realPorts: Ports = {
  clock: () => new Date(),
  revocation: httpRevocationSource(),
  timestampServer: httpTimestampServer,
};
