import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CertificateError } from "../../components/notary/certificates/error";
import { certificatePem, parseCertificates } from "../../components/notary/certificates/pem";
import { TrustPolicyError } from "../../components/notary/trust/error";
import { parseTrustStores } from "../../components/notary/trust/store";
import { goModule } from "../support/goModule";

// The trust stores of notation-go's own tests (verifier/testdata/truststore), with the results of its truststore_test.go.

let stores: string;
beforeAll(() => {
  stores = join(goModule("github.com/notaryproject/notation-go"), "verifier/testdata/truststore/x509");
});

/** The certificates of a store's files, as they are found. */
function load(type: string, name: string, files = readdirSync(join(stores, type, name))) {
  const texts = files.flatMap((file) =>
    parseCertificates(readFileSync(join(stores, type, name, file))).map(({ raw }) => certificatePem(raw)),
  );
  return parseTrustStores({ [`${type}:${name}`]: texts }).get(`${type}:${name}`);
}

function codeOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error instanceof TrustPolicyError || error instanceof CertificateError ? error.code : error;
  }
}

describe("notation-go's trust stores", () => {
  it("are valid with roots and self-signed certificates, PEM and DER", () => {
    expect(load("ca", "valid-trust-store")?.length).toBe(6);
    expect(load("ca", "valid-trust-store-2")?.length).toBe(2);
    expect(load("signingAuthority", "valid-trust-store")?.length).toBe(3);
  });

  it("are valid with a self-signed signing certificate", () => {
    expect(load("ca", "valid-trust-store-self-signed")).toHaveLength(1);
  });

  it("are refused with a file that is no certificate", () => {
    expect(codeOf(() => load("ca", "trust-store-with-invalid-certs"))).toBe("CERTIFICATE_MALFORMED");
  });

  it("are refused with a leaf that another one issued", () => {
    expect(codeOf(() => load("ca", "trust-store-with-leaf-certs"))).toBe("TRUST_STORE_CERTIFICATE_INVALID");
    const inOneFile = "trust-store-with-leaf-certs-in-single-file";
    expect(codeOf(() => load("ca", inOneFile))).toBe("TRUST_STORE_CERTIFICATE_INVALID");
  });

  it("of the type tsa take a root, and nothing else", () => {
    expect(load("tsa", "test-timestamp")).toHaveLength(1);
    expect(load("tsa", "test-mismatch")).toHaveLength(1);
    expect(codeOf(() => load("tsa", "test-nonCA"))).toBe("TRUST_STORE_CERTIFICATE_NOT_A_ROOT");
    expect(codeOf(() => load("tsa", "test-nonSelfIssued"))).toBe("TRUST_STORE_CERTIFICATE_NOT_A_ROOT");
  });
});
