/** Names of the files that an `AcmeCertificate` writes into its directory. */
export const CERTIFICATE_FILES = { chain: "chain.pem", key: "key.pem", root: "root.pem" } as const;
