import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCertificates } from "../../components/notary/certificates/pem";
import { TimestampError, type TimestampErrorCode } from "../../components/notary/timestamp/error";
import { requireTrustedTimestamp } from "../../components/notary/timestamp/trustedTimestamp";
import { requireImprint } from "../../components/notary/timestamp/tstInfo";
import { parseToken, verifyToken } from "../../components/notary/timestamp/verifyToken";
import { goModule } from "../support/goModule";
import { unreachable } from "../support/revocation";

// Every token among the reference's own test data, by a real authority or altered. Those that stamp the reference's message
// are judged as of a signature: what tspclient-go verifies comes here as far as revocation, which needs the authority's
// servers; the others fail at the step where it fails. Those that stamp something else are judged by themselves.
const TRUSTED = "TIMESTAMP_REVOCATION_UNKNOWN";
const EXPECTED: Readonly<Record<string, Readonly<Record<string, TimestampErrorCode>>>> = {
  testdata: {
    SHA1TimeStampToken: "TIMESTAMP_NOT_TRUSTED",
    TimeStampToken: TRUSTED,
    TimeStampTokenNoRoot: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithInvalidSignature: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithInvalidSigningCertificateV1: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithInvalidSigningCertificateV2: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithInvalidTSTInfo: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithInvalideContentType: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithMismatchCertHash: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSHA1CertHash: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSigningCertificateV1: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSigningCertificateV1NoCert: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSigningCertificateV2NoCert: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithTSTInfoVersion2: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithValidAndInvalidSignerInfos: TRUSTED,
    TimeStampTokenWithWrongSigningCertificateV2IssuerChoiceTag: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutCertificate: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSigningCertificate: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSigningCertificateV2IssuerSerial: "TIMESTAMP_NOT_TRUSTED",
  },
  "internal/cms/testdata": {
    Sha1SignedData: "TIMESTAMP_MALFORMED",
    SignedDataWithoutSignedAttributes: "TIMESTAMP_MALFORMED",
    TimeStampToken: TRUSTED,
    TimeStampTokenInvalidSignedAttributeContentType: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithAnInvalidAndAValidSignerInfo: TRUSTED,
    TimeStampTokenWithInvalidCertificates: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithInvalidContentType: "TIMESTAMP_MALFORMED",
    TimeStampTokenWithInvalidSignature: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithInvalidSigningTime: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSignedAttributeSHA1: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSignerVersion2: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSigningTime: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithSigningTimeBeforeExpected: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithUnknownSignerIssuer: TRUSTED,
    TimeStampTokenWithoutCertificate: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSignedAttributeContentType: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSignedAttributeDigest: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSignedAttributes: "TIMESTAMP_NOT_TRUSTED",
    TimeStampTokenWithoutSigner: "TIMESTAMP_NOT_TRUSTED",
  },
};
/** Not of the reference's message "notation": their own defect would stay behind that of the imprint. */
const OF_ANOTHER_MESSAGE: ReadonlySet<string> = new Set(
  [
    "SHA1TimeStampToken",
    "TimeStampTokenNoRoot",
    "TimeStampTokenWithInvalidSigningCertificateV1",
    "TimeStampTokenWithSigningCertificateV1",
    "TimeStampTokenWithSigningCertificateV1NoCert",
  ].map((name) => `testdata/${name}`),
);
const module = goModule("github.com/notaryproject/tspclient-go");

describe.each(Object.keys(EXPECTED))("tspclient-go %s", (folder) => {
  it("is judged as the reference judges it", async () => {
    const roots = parseCertificates(readFileSync(join(module, folder, "GlobalSignRootCA.crt")));
    const judge = async (name: string): Promise<string> => {
      const token = readFileSync(join(module, folder, `${name}.p7s`));
      const signature = Buffer.from("notation");
      const now = new Date("2026-06-01T12:00:00Z");
      // Any chain that was valid then: the authority's own root.
      const stamped = { token, signature, certificateChain: roots, roots, revocation: unreachable, now };
      try {
        if (OF_ANOTHER_MESSAGE.has(`${folder}/${name}`)) {
          const parsed = parseToken(token);
          expect(() => requireImprint(parsed.info, signature)).toThrow(TimestampError);
          verifyToken(parsed, roots, parsed.info.genTime);
        } else await requireTrustedTimestamp(stamped);
        return "trusted";
      } catch (error) {
        if (error instanceof TimestampError) return error.code;
        throw error;
      }
    };
    const names = readdirSync(join(module, folder)).filter((file) => file.endsWith(".p7s"));
    const judged = names.map(async (file) => [file.slice(0, -4), await judge(file.slice(0, -4))] as const);
    expect(Object.fromEntries(await Promise.all(judged))).toEqual(EXPECTED[folder]);
  });
});
