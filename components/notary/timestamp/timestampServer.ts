/**
 * The port to a time stamping authority: the DER of a TimeStampResp to the DER of a TimeStampReq (RFC 3161 § 3.4).
 * Source: signing-and-verification-workflow.md § Signing Steps.
 */
export interface TimestampServer {
  request(timeStampReq: Buffer): Promise<Buffer>;
}
