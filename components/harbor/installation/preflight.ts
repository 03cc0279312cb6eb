import { existsSync } from "node:fs";
import { requireFitPassword } from "./adminPassword";
import { readFitCertificate } from "./certificate";
import { containersOf, requireNoForeignHarbor } from "./containers";
import { requireLocalEngine } from "./engine";
import type { HarborInstallationInputs } from "./inputs";
import { layoutOf, portsOf } from "./layout";
import { requireAddress, requireDisk, requireFreePorts, requireMachine } from "./machine";
import { requireFitPath } from "./paths";
import { requireSupported } from "./version";

/** Where the log container listens for the others (docker-compose.yml of the release). */
const LOG_PORT = 1514;

/** Looks, before anything is touched, at all that would stop an installation half-way. Throws what is wrong first. */
export async function preflight(inputs: HarborInstallationInputs): Promise<void> {
  const layout = layoutOf(inputs);
  requireSupported(inputs.version);
  requireFitPassword(inputs.adminPassword);
  for (const file of [layout.directory, layout.data, layout.certificate.chain, layout.certificate.key])
    requireFitPath(file);
  requireMachine();
  await readFitCertificate(layout.certificate, inputs.hostname);
  await requireLocalEngine();
  await requireNoForeignHarbor(layout.directory);
  const ours = await containersOf(layout.directory);
  const { http, https } = portsOf(inputs);
  await requireFreePorts(
    [http, https, LOG_PORT],
    ours.flatMap(({ ports }) => ports),
  );
  await requireAddress(inputs.hostname);
  // What is there already needs no more room than it has; and an interrupted upgrade must be able to end.
  if (ours.length === 0 && !existsSync(layout.record)) await requireDisk(layout.data);
}
