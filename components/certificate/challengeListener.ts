import { createServer } from "node:http";
import type { ChallengeAnswer } from "./challengeAnswer";
import { CertificateError } from "./error";

/** Where the ACME server finds http-01 challenges: an address to listen on, and the port it looks at (80, but in tests). */
export interface ChallengePlace {
  readonly address: string;
  readonly port: number;
}

export const CHALLENGE_PATH = "/.well-known/acme-challenge/";

/**
 * Answers http-01 challenges (RFC 8555 § 8.3) while `work` runs, as `certbot certonly --standalone` does, and closes the port
 * again whatever `work` does.
 */
export async function withChallengeListener<T>(
  place: ChallengePlace,
  answers: readonly ChallengeAnswer[],
  work: () => Promise<T>,
): Promise<T> {
  const byPath = new Map(answers.map(({ token, value }) => [`${CHALLENGE_PATH}${token}`, value]));
  const server = createServer((request, response) => {
    const found = byPath.get(request.url ?? "");
    response.writeHead(found === undefined ? 404 : 200, {
      "content-type": "application/octet-stream",
      connection: "close",
    });
    response.end(found ?? "");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(portRefused(place, cause)));
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

function portRefused(place: ChallengePlace, cause: NodeJS.ErrnoException): CertificateError {
  const what = `the http-01 challenge can't be answered on ${place.address}:${place.port} (${cause.message})`;
  if (cause.code === "EACCES") {
    return new CertificateError(
      "CHALLENGE_PORT_FORBIDDEN",
      `${what}: ports below 1024 need rights. Run the command as root, or allow it once with \`sysctl net.ipv4.ip_unprivileged_port_start=80\``,
      { cause },
    );
  }
  return new CertificateError(
    "CHALLENGE_PORT_IN_USE",
    `${what}. Stop the program that listens there for as long as the certificate is ordered; where that is a Harbor's nginx, name its container in the challenge's \`nginx\` and it answers itself`,
    { cause },
  );
}
