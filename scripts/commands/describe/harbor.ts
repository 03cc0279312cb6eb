import { entriesOf, type Fact, type Inputs, list, objectOf, ofKnown, one, plain, set, text } from "./fact";

export function installationFacts({ version, hostname, directory, dataDirectory, ...rest }: Inputs): Fact[] {
  const { adminPassword: _secret, ...settings } = rest;
  const deleted = settings.deleteData === true ? ", deleted with it" : "";
  return [
    one("version", version, `Harbor ${text(version)} at https://${text(hostname)}`),
    one("hostname", hostname),
    one("directory", directory, `in ${text(directory)}`),
    one("data directory", dataDirectory, `its data in ${text(dataDirectory)}${deleted}`),
    ...Object.entries(settings).map(([name, value]) => plain(name, value)),
  ];
}

export function projectFacts({ projectName, public: isPublic, storageQuota, metadata, harbor }: Inputs): Fact[] {
  const pulls = isPublic === true ? "everybody" : "members";
  return [
    one("name", projectName),
    one(
      "may pull",
      typeof isPublic === "string" ? isPublic : pulls,
      isPublic === true ? "everybody may pull" : "private",
    ),
    one("quota", storageQuota, storageQuota === undefined ? "no quota" : `quota ${text(storageQuota)}`),
    { ...plain("settings", metadata), said: entriesOf(metadata).join(", ") },
    plain("Harbor", harbor),
  ];
}

export function robotFacts(inputs: Inputs): Fact[] {
  const { permissions, duration, rotation, overlap, robotName, description, directory, harbor, host } = inputs;
  const may = typeof permissions === "string" ? text(permissions) : "do what its permissions list";
  const never = duration === -1;
  return [
    one("name", robotName),
    set("may", permissionsOf(permissions), `may ${may === "push" ? "push and pull" : may} in ${projectOf(inputs)}`),
    one("project", projectOf(inputs)),
    one("expires", never ? "never" : `${text(duration)} days after it is made`, expiry(duration)),
    one("generation", rotation, rotation === undefined ? "" : `generation ${text(rotation)}`),
    one("overlap", overlap),
    one("description", description),
    one("directory of its login", directory),
    one("host of its login", host),
    plain("Harbor", harbor),
  ];
}

function expiry(duration: unknown): string {
  return duration === -1 ? "never expires" : `expires after ${text(duration)} days`;
}

/** `pull` and `push` as they are declared; Harbor's own terms each as a member. */
function permissionsOf(permissions: unknown): unknown {
  if (permissions === "push") return ["push", "pull"];
  if (permissions === "pull") return ["pull"];
  if (!Array.isArray(permissions)) return permissions;
  return permissions.flatMap((permission) => {
    const { kind, namespace, access } = objectOf(permission);
    const place = kind === "system" ? "the system" : namespace === "" ? "its project" : namespace;
    const rights = Array.isArray(access) ? access.map(objectOf) : [];
    return rights.map(({ resource, action }) => `${text(action)} ${text(resource)} in ${text(place)}`);
  });
}

export function contentTrustFacts(inputs: Inputs): Fact[] {
  const { require, harbor } = inputs;
  const project = projectOf(inputs);
  const words = `the gate: Harbor hands out no image of ${project} without a signature of ${list(require)}`;
  return [set("required signatures", require, words), one("project", project), plain("Harbor", harbor)];
}

export function immutableRuleFacts(inputs: Inputs): Fact[] {
  const { tags, repositories, disabled, harbor } = inputs;
  const project = projectOf(inputs);
  return [
    one("tags", pattern(tags), `no tag ${pattern(tags)} of ${project} may be moved or deleted`),
    one("repositories", pattern(repositories), everything(repositories) ? "" : `in ${pattern(repositories)}`),
    one("switched off", disabled, disabled === true ? "switched off" : ""),
    one("project", project),
    plain("Harbor", harbor),
  ];
}

function everything(repositories: unknown): boolean {
  return repositories === undefined || repositories === "**" || ofKnown("", repositories) === "";
}

function pattern(value: unknown): string {
  const { except } = objectOf(value);
  return except === undefined ? text(value) : `all but ${text(except)}`;
}

export function labelFacts({ labelName, project, color, description, harbor }: Inputs): Fact[] {
  return [
    one("name", labelName),
    one("project", project),
    one("colour", color, ofKnown("", description) === "" ? text(color) : ""),
    one("description", description, ofKnown("", description)),
    plain("Harbor", harbor),
  ];
}

/** The name of the project that something is in. */
export function projectOf({ project, projectName, projectId }: Inputs): string {
  const name = projectName ?? objectOf(project).name ?? project;
  return ofKnown("", name) === "" ? `its project${ofKnown(" ", projectId)}` : text(name);
}
