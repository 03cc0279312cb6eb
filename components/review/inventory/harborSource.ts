import { readFileSync } from "node:fs";
import { concurrently } from "../../concurrency/concurrently";
import type { Artifact } from "../../harbor/api/artifacts";
import { listRepositories } from "../../harbor/api/artifacts";
import { HarborClient } from "../../harbor/api/client";
import { HarborApiError } from "../../harbor/api/error";
import { listProjects, type Project } from "../../harbor/api/projects";
import { artifactsOf, isSignatureIndex } from "../../harbor/shadowImages";
import type { Descriptor } from "../../oci/descriptor";
import { OciError } from "../../oci/error";
import type { InventoryContext } from "./context";
import { InventoryError } from "./error";
import { type HarborLogin, harborLogin } from "./harborLogin";
import { imageOf } from "./images";
import type { InventoryEntry, InventorySource } from "./inventory";
import { type OpenRepository, Registries } from "./registries";
import type { RegistryHealth } from "./registryHealth";
import { unknownEntry, unknownInventory } from "./unknown";

const CONCURRENT_REQUESTS = 16;
const SIGNATURE = "signature.notation";

/**
 * `harbor:URL`: the artifacts of all projects that the login may see, also those without a tag; of an index, the manifests below it
 * that have signatures of their own. Accessories are no images.
 */
export function harborSource(name: string, url: string, context: InventoryContext): InventorySource {
  async function* entries(): AsyncGenerator<InventoryEntry> {
    try {
      const harbor = await open(url, context);
      for (const project of await projectsOf(harbor)) yield* projectEntries(name, harbor, project.name);
    } catch (error) {
      yield unknownInventory(name, error);
    }
  }
  return {
    name,
    ifEmpty: "no project that its login may see has an artifact: push one, or use a login that may see more",
    entries,
  };
}

interface OpenHarbor {
  readonly login: HarborLogin;
  readonly client: HarborClient;
  readonly registries: Registries;
  readonly health: RegistryHealth;
}

async function open(url: string, context: InventoryContext): Promise<OpenHarbor> {
  const host = URL.canParse(url) ? new URL(url).host : "";
  const login = await harborLogin(host, context);
  const { username, password } = login;
  const connection = context.connectionTo(host);
  const ca = connection.caFile === undefined ? undefined : readFileSync(connection.caFile, "utf8");
  const client = new HarborClient({ url, username, password, ...(ca !== undefined && { ca }) });
  const registries = new Registries({ ...context, connectionTo: () => ({ ...connection, login, plainHttp: false }) });
  return { login, client, registries, health: context.health };
}

/** The first that is asked: whether the login is a good one. */
async function projectsOf({ client, login }: OpenHarbor): Promise<Project[]> {
  try {
    return await listProjects(client);
  } catch (error) {
    if (!(error instanceof HarborApiError && error.code === "HARBOR_UNAUTHORIZED")) throw error;
    throw new InventoryError(
      "HARBOR_LOGIN_REFUSED",
      `${client.host} does not accept the password of ${JSON.stringify(login.username)} (login from ${login.source}): correct it there, then run again.`,
      { cause: error },
    );
  }
}

async function* projectEntries(
  inventory: string,
  { client, registries, health }: OpenHarbor,
  project: string,
): AsyncGenerator<InventoryEntry> {
  const ask = <Answer>(question: () => Promise<Answer>) => health.ask(client.host, question);
  try {
    for (const name of await ask(() => listRepositories(client, project))) {
      const repository = `${project}/${name}`;
      try {
        const opened = registries.open(client.host, repository);
        const artifacts = imagesAmong(await ask(() => artifactsOf(client, project, name)));
        const entry = (artifact: Artifact) => entryOf(inventory, opened, artifact);
        yield* concurrently(artifacts, CONCURRENT_REQUESTS, entry);
      } catch (error) {
        yield unknownEntry(inventory, `${client.host}/${repository}`, error);
      }
    }
  } catch (error) {
    yield unknownEntry(inventory, `${client.host}/${project}`, error);
  }
}

/** Without the lists of signatures that tools write under tags, and what is inside an index and is not signed by itself. */
function imagesAmong(artifacts: readonly Artifact[]): Artifact[] {
  const accessories = new Set(artifacts.flatMap((artifact) => artifact.accessories.map(({ digest }) => digest)));
  const inside = new Set(artifacts.flatMap(({ references }) => references));
  return artifacts.filter(
    (artifact) =>
      !isSignatureIndex(artifact, accessories) &&
      (artifact.tags.length > 0 || !inside.has(artifact.digest) || isSigned(artifact)),
  );
}

function isSigned({ accessories }: Artifact): boolean {
  return accessories.some(({ type }) => type === SIGNATURE);
}

async function entryOf(inventory: string, repository: OpenRepository, artifact: Artifact): Promise<InventoryEntry> {
  const { scope, signatures } = repository;
  try {
    const descriptor = await descriptorOf(repository, artifact);
    return { image: imageOf({ inventory, scope, signatures }, descriptor, artifact.tags) };
  } catch (error) {
    return unknownEntry(inventory, `${scope}@${artifact.digest}`, error);
  }
}

/** Harbor's API gives an image's size, not that of its manifest, which is what was signed. */
async function descriptorOf(repository: OpenRepository, artifact: Artifact): Promise<Descriptor> {
  const { digest, manifestMediaType: mediaType } = artifact;
  try {
    const descriptor = await repository.resolve(digest);
    if (descriptor !== undefined) return descriptor;
  } catch (error) {
    // A gate keeps back what is not signed. Without a signature there is nothing that the size is compared with.
    const gated = error instanceof OciError && error.code === "IMAGE_GATED" && !isSigned(artifact);
    if (gated) return { mediaType, digest, size: 0 };
    throw error;
  }
  throw new InventoryError(
    "IMAGE_ABSENT",
    `${repository.scope}@${digest} was deleted while it was looked at: run again.`,
  );
}
