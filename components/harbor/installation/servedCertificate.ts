import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { thumbprintOf } from "../../certificate/chain";
import { runDocker } from "../../docker/cli";
import { messageOf } from "../../errors";
import { readFitCertificate } from "./certificate";
import { HarborInstallationError } from "./error";
import type { HarborInstallationInputs } from "./inputs";
import { layoutOf, portsOf } from "./layout";
import { holdsPair, readPair, replacePair } from "./servedPair";

const RELOAD_MS = 30_000;
const CONNECT_MS = 10_000;

/**
 * Sees to it that the running nginx serves the declared certificate. New files go where `prepare` copies them to, and
 * nginx reads them on a signal: nothing restarts and no connection drops.
 */
export async function serveCertificate(
  inputs: HarborInstallationInputs,
  progress: (line: string) => void,
): Promise<void> {
  const { certificate, served } = layoutOf(inputs);
  const wanted = await readFitCertificate(certificate, inputs.hostname);
  const before = await readPair(served);
  const sameFiles = await holdsPair(served, wanted);
  const thumbprint = thumbprintOf(new X509Certificate(wanted.chain));
  if (sameFiles && (await servedThumbprint(inputs)) === thumbprint) return;
  if (!sameFiles) await replacePair(served, wanted);
  try {
    await runDocker(["exec", "nginx", "nginx", "-t"], { timeoutMs: 60_000 });
  } catch (error) {
    if (!sameFiles) await replacePair(served, before);
    throw notServed(`nginx refuses it: ${messageOf(error)}`, error);
  }
  await runDocker(["kill", "--signal", "HUP", "nginx"], { timeoutMs: 60_000 });
  for (const until = Date.now() + RELOAD_MS; Date.now() < until; await sleep(200)) {
    if ((await servedThumbprint(inputs)) !== thumbprint) continue;
    progress("nginx serves the new certificate");
    return;
  }
  throw notServed(
    "nginx was told to load it, and still serves another one: `docker exec nginx nginx -t` and its log say why",
  );
}

/** Puts the certificate's files where nginx reads them at its start; for one that does not run. */
export async function placeCertificate(inputs: HarborInstallationInputs): Promise<void> {
  const { certificate, served } = layoutOf(inputs);
  const wanted = await readFitCertificate(certificate, inputs.hostname);
  if (!(await holdsPair(served, wanted))) await replacePair(served, wanted);
}

/** Says in words that nginx serves another certificate than the declared one; empty when it does not. */
export async function driftOfServed(inputs: HarborInstallationInputs): Promise<string> {
  const wanted = thumbprintOf(new X509Certificate(await readFile(layoutOf(inputs).certificate.chain)));
  const served = await servedThumbprint(inputs);
  if (served === undefined) return "its HTTPS port does not answer";
  return served === wanted ? "" : "nginx serves another certificate than the declared one";
}

/** SHA-256 of the leaf that this machine's Harbor serves, in lower hex; undefined when nothing answers. */
function servedThumbprint(
  inputs: Pick<HarborInstallationInputs, "hostname" | "httpsPort">,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: portsOf(inputs).https,
      ...(isIP(inputs.hostname) === 0 && { servername: inputs.hostname }),
      rejectUnauthorized: false, // only looked at: which leaf is it
      timeout: CONNECT_MS,
    });
    const end = (thumbprint?: string) => {
      socket.destroy();
      resolve(thumbprint);
    };
    socket.once("secureConnect", () => {
      const { raw } = socket.getPeerCertificate();
      end(raw === undefined ? undefined : thumbprintOf(new X509Certificate(raw)));
    });
    socket.once("timeout", () => end());
    socket.once("error", () => end());
    socket.once("close", () => end());
  });
}

function notServed(why: string, cause?: unknown): HarborInstallationError {
  return new HarborInstallationError("HARBOR_CERTIFICATE_NOT_SERVED", `the certificate is not served: ${why}`, {
    cause,
  });
}
