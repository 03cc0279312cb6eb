import { AcmeCertificate, FileCertificate } from "../components";
import type { TlsCertificate } from "../components/certificate/tlsCertificate";
import type { HarborConfig } from "./harborConfig";

/** What Harbor serves: by ACME, renewed by an `up`; or from files, which somebody else renews. */
export function tlsCertificate(config: HarborConfig, home: string): TlsCertificate {
  const { certificate, hostname } = config;
  if ("files" in certificate) return new FileCertificate("registry", { names: [hostname], ...certificate.files });
  const { directory, contact, root } = certificate;
  const issued = new AcmeCertificate("registry", {
    server: directory,
    contact,
    identifiers: [hostname],
    challenge: challengeOf(config),
    directory: `${home}/certificate`,
  });
  if (root === undefined) return issued;
  // Clients don't know the root of a staging server; whoever tries it out names it.
  return { id: issued.id, notAfter: issued.notAfter, issuer: issued.issuer, files: { ...issued.files, root } };
}

/** Port 80 answers before Harbor runs; afterwards Harbor's own nginx does. */
function challengeOf({ certificate, directory }: HarborConfig) {
  const { type = "http-01", hook = [] } = ("challenge" in certificate && certificate.challenge) || {};
  if (type === "dns-01") return { type: "dns-01", hook } as const;
  const confDirectory = `${directory}/common/config/nginx/conf.d`;
  return { type: "http-01", address: "0.0.0.0", port: 80, nginx: { container: "nginx", confDirectory } } as const;
}
