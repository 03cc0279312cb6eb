import type { RevocationSource } from "../../components/notary/revocation/revocationSource";

/** No OCSP responder and no CRL can be reached. */
export const unreachable: RevocationSource = {
  askOcsp: async (url) => {
    throw new Error(`${url} is unreachable`);
  },
  fetchCrl: async (url) => {
    throw new Error(`${url} is unreachable`);
  },
};
