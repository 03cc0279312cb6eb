import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { messageOf } from "../../errors";
import { type Certificate, parseCertificate } from "../../notary/certificates/certificate";
import { isSelfSigned } from "../../notary/certificates/chain";
import { originOf, type RegistryConnection } from "../../oci/connection";
import { OciError } from "../../oci/error";

const CONNECT_MS = 10_000;
const MAX_CHAIN = 10;

/**
 * The certificates that a registry serves, leaf first, by one connection; with a `caFile` also the CA that is trusted for it.
 * Empty over plain HTTP. They are only looked at: whether they are trusted, requests to the registry find out.
 * Throws OciError REGISTRY_UNREACHABLE, CA_FILE_UNREADABLE.
 */
export async function servedCertificates(connection: RegistryConnection): Promise<Certificate[]> {
  const { protocol, hostname, port } = originOf(connection);
  if (protocol !== "https:") return [];
  const host = hostname.replace(/^\[|\]$/g, "");
  const ca = connection.caFile === undefined ? undefined : readCa(connection.caFile);
  const chain = await new Promise<Certificate[]>((resolve, reject) => {
    const socket = connect({
      host,
      port: port === "" ? 443 : Number(port),
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
      rejectUnauthorized: false, // also one that has expired is to be told of
      timeout: CONNECT_MS,
    });
    const fail = (why: string, cause?: unknown) => {
      socket.destroy();
      reject(
        new OciError("REGISTRY_UNREACHABLE", `${connection.host} shows no TLS certificate: ${why}. Run again.`, {
          cause,
        }),
      );
    };
    socket.once("secureConnect", () => {
      try {
        resolve(chainOf(socket));
        socket.destroy();
      } catch (error) {
        fail(messageOf(error), error);
      }
    });
    socket.once("timeout", () => fail(`no answer in ${CONNECT_MS / 1000} seconds`));
    socket.once("error", (error) => fail(messageOf(error), error));
    socket.once("close", () => fail("it ended the connection"));
  });
  // A root that comes along without need is not what TLS is trusted by.
  return chain.filter((certificate, index) => index === 0 || ca !== undefined || !isSelfSigned(certificate));
}

function chainOf(socket: TLSSocket): Certificate[] {
  const chain: Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < MAX_CHAIN) {
    const certificate = parseCertificate(next.raw);
    // A root is its own issuer there.
    if (chain.some(({ thumbprint }) => thumbprint === certificate.thumbprint)) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new OciError("CA_FILE_UNREADABLE", `The CA file ${file} can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
