import { createServer } from "node:http";
import { CertificateError } from "./error";

/** Where the ACME server finds http-01 challenges: an address to listen on, and the port it looks at (80, but in tests). */
export interface ChallengePlace {
  readonly address: string;
  readonly port: number;
}

/**
 * Answers one http-01 challenge (RFC 8555 § 8.3) while `work` runs, as `certbot certonly --standalone` does, and closes
 * the port again whatever `work` does.
 */
export async function withChallengeListener<T>(
  place: ChallengePlace,
  token: string,
  keyAuthorization: string,
  work: () => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const found = request.url === `/.well-known/acme-challenge/${token}`;
    response.writeHead(found ? 200 : 404, { "content-type": "application/octet-stream", connection: "close" });
    response.end(found ? keyAuthorization : "");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(portTaken(place, cause)));
    server.listen(place.port, place.address, resolve);
  });
  try {
    return await work();
  } finally {
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

function portTaken(place: ChallengePlace, cause: Error): CertificateError {
  return new CertificateError(
    "CHALLENGE_PORT_IN_USE",
    `the http-01 challenge can't be answered on ${place.address}:${place.port} (${cause.message}). Stop the program that listens there for as long as the certificate is ordered`,
    { cause },
  );
}
