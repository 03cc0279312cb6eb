import type { RevocationSource } from "../../../components/notary/revocation/revocationSource";

/** Asks nobody: whether a certificate is revoked stays unknown, on both sides alike. */
export const offlineRevocation: RevocationSource = {
  askOcsp: () => Promise.reject(new Error("nobody is asked: --offline")),
  fetchCrl: () => Promise.reject(new Error("nobody is asked: --offline")),
};
