import { lastBackup } from "./backup";
import { composeDown, composeServices, composeUp } from "./compose";
import { containersOf } from "./containers";
import { type DataRecord, hasDatabase, newRecord, readRecord, writeRecord } from "./dataRecord";
import { explainingFullDisk } from "./diskFull";
import { waitForHealth } from "./health";
import { provideImages } from "./images";
import type { HarborInstallationInputs, HarborInstallationOutputs, HarborInstallationState } from "./inputs";
import { type Layout, layoutOf } from "./layout";
import { endLeftOvers } from "./leftOvers";
import { requireOwnFolders } from "./ownFolders";
import { preflight } from "./preflight";
import { prepare } from "./prepare";
import { progress } from "./progress";
import { isRenderingDue, repairHarborYml } from "./rendered";
import { ensureAdminPassword } from "./rotation";
import { placeCertificate, serveCertificate } from "./servedCertificate";
import { recoverUpgrade, upgrade } from "./upgrade";
import { requireNoDowngrade } from "./version";

/** nginx, by its name in the release's composition. */
const NGINX_SERVICE = "proxy";

/**
 * Makes this machine's Harbor what is declared, whatever is there: nothing, a run that was killed, another configuration,
 * an older release. Each step looks first at what is there, so that it can be begun again.
 */
export async function converge(
  inputs: HarborInstallationInputs,
  state?: HarborInstallationState,
): Promise<HarborInstallationOutputs> {
  const layout = layoutOf(inputs);
  return await explainingFullDisk(layout, async () => {
    await preflight(inputs);
    if (state === undefined) await requireOwnFolders(layout);
    await endLeftOvers(layout);
    await recoverUpgrade(inputs);
    // A release that never came so far as to have data can be any other.
    const record = (await hasDatabase(layout)) ? await readRecord(layout) : undefined;
    requireNoDowngrade(record?.version ?? inputs.version, inputs.version);
    // Asked for before anything is stopped, and only then: a new certificate needs no registry.
    if (isUpgrade(record, inputs) || (await isRenderingDue(inputs))) await provideImages(inputs, progress);
    if (isUpgrade(record, inputs)) await upgrade(inputs, record, state);
    await bringUp(inputs, layout);
    await ensureAdminPassword(inputs, inputs.adminPassword, state?.adminPassword, progress);
    const backup = await lastBackup(layout);
    return backup === undefined ? {} : { backup };
  });
}

function isUpgrade(record: DataRecord | undefined, inputs: HarborInstallationInputs): record is DataRecord {
  return record !== undefined && record.version !== inputs.version;
}

/** Renders what has to be rendered and starts what does not run. */
async function bringUp(inputs: HarborInstallationInputs, layout: Layout): Promise<void> {
  const known = await readRecord(layout);
  const record = { ...(known ?? newRecord(inputs.version)), version: inputs.version };
  // Before the first start: a database whose password is lost is lost as well.
  if (known?.version !== record.version) await writeRecord(layout, record);
  if (await isRenderingDue(inputs)) {
    progress(`rendering the configuration of Harbor ${inputs.version}`);
    // As the reconfiguration guide has it: `prepare` replaces folders that running containers have bound.
    await composeDown(layout);
    await prepare(inputs, record.databasePassword, inputs.version);
    await composeUp(inputs, progress);
  } else {
    await repairHarborYml(inputs, record.databasePassword);
    await start(inputs, layout);
  }
  await waitForHealth(inputs, progress);
  await serveCertificate(inputs, progress);
}

/** Starts what was stopped of a composition that is rendered, and gives it the declared certificate. */
async function start(inputs: HarborInstallationInputs, layout: Layout): Promise<void> {
  const stopped = await stoppedServices(layout);
  if (stopped.includes(NGINX_SERVICE)) await placeCertificate(inputs);
  if (stopped.length > 0) await composeUp(inputs, progress);
  // Before any question to Harbor: its answers are trusted by the declared certificate's root.
  if (!stopped.includes(NGINX_SERVICE)) await serveCertificate(inputs, progress);
}

/** The services of the composition of which no container runs. */
export async function stoppedServices(layout: Layout): Promise<string[]> {
  const running = (await containersOf(layout.directory)).filter(({ state }) => state === "running");
  return (await composeServices(layout)).filter((name) => !running.some(({ service }) => service === name));
}
