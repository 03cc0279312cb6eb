import { realpath } from "node:fs/promises";
import { runDocker } from "../../docker/cli";
import { HarborInstallationError } from "./error";

/** The name of the composition, as the release's folder has it. */
export const PROJECT = "harbor";

/** Names that the release's composition gives to its containers: an engine has room for one Harbor. */
const NAMES = [
  "harbor-log",
  "registry",
  "registryctl",
  "harbor-db",
  "harbor-core",
  "harbor-portal",
  "harbor-jobservice",
  "redis",
  "nginx",
  "trivy-adapter",
  "harbor-exporter",
];

export interface Container {
  readonly name: string;
  /** created, running, restarting, exited … */
  readonly state: string;
  readonly image: string;
  /** For a person: "Up 2 minutes", "Exited (1) 5 seconds ago". */
  readonly status: string;
  /** Of its composition; empty when it belongs to none. */
  readonly project: string;
  readonly folder: string;
  readonly service: string;
  /** Ports of the machine that it holds. */
  readonly ports: readonly number[];
}

const FIELDS = [
  "{{.Names}}",
  "{{.State}}",
  "{{.Image}}",
  "{{.Status}}",
  '{{.Label "com.docker.compose.project"}}',
  '{{.Label "com.docker.compose.project.working_dir"}}',
  '{{.Label "com.docker.compose.service"}}',
  "{{.Ports}}",
];

/** All containers of the engine, running or not. */
async function listContainers(): Promise<Container[]> {
  const output = await runDocker(["ps", "--all", "--no-trunc", "--format", FIELDS.join("\t")], { timeoutMs: 60_000 });
  return output.split("\n").flatMap((line) => {
    const [name, state = "", image = "", status = "", project = "", folder = "", service = "", ports = ""] =
      line.split("\t");
    return name ? [{ name, state, image, status, project, folder, service, ports: hostPorts(ports) }] : [];
  });
}

/** Of `0.0.0.0:80->8080/tcp, [::]:80->8080/tcp, 9090/tcp` the 80. */
function hostPorts(text: string): number[] {
  return [...new Set([...text.matchAll(/:(\d+)->/g)].map(([, port]) => Number(port)))];
}

/** The containers of the Harbor whose composition is in this folder. */
export async function containersOf(directory: string): Promise<Container[]> {
  const target = await realpath(directory).catch(() => directory);
  const all = await listContainers();
  const ours = await Promise.all(all.map((container) => belongsTo(container, target)));
  return all.filter((_container, at) => ours[at]);
}

/** Containers by one of Harbor's names, or of a composition by its name, that do not belong to this folder. */
export async function foreignContainers(directory: string): Promise<Container[]> {
  const target = await realpath(directory).catch(() => directory);
  const candidates = (await listContainers()).filter(
    ({ name, project }) => NAMES.includes(name) || project === PROJECT,
  );
  const ours = await Promise.all(candidates.map((container) => belongsTo(container, target)));
  return candidates.filter((_container, at) => !ours[at]);
}

/** Throws `HARBOR_FOREIGN` for such a container: Compose would take it over, or fail half-way. */
export async function requireNoForeignHarbor(directory: string): Promise<void> {
  const [container] = await foreignContainers(directory);
  if (container === undefined) return;
  const whose = container.folder
    ? `the composition in ${container.folder}, which is not ${directory}`
    : `somebody else (image ${container.image})`;
  throw new HarborInstallationError(
    "HARBOR_FOREIGN",
    `the engine has a container named ${container.name} of ${whose}. Harbor's container names are fixed, so that an engine has ` +
      "room for one Harbor: remove that one first, or name its folder as `directory`",
  );
}

async function belongsTo(container: Container, directory: string): Promise<boolean> {
  if (container.project !== PROJECT || container.folder === "") return false;
  return (await realpath(container.folder).catch(() => container.folder)) === directory;
}
