import { isUnknown } from "../../components/provider/wire";

// What a resource is declared to be, in words for a reviewer who sees it in a preview before it exists.

type Inputs = Readonly<Record<string, unknown>>;
type Words = (inputs: Inputs) => string;

/** By the last word of the resource's type. */
const WORDS: Readonly<Record<string, Words>> = {
  AcmeCertificate: (inputs) => `for ${list(inputs.identifiers)}, from ${place(inputs.server)}${challengeOf(inputs)}`,
  FileCertificate: ({ files, names }) =>
    `from the file ${text((files as Inputs | undefined)?.chain)}, for ${list(names)}; checked before it is served`,
  HarborInstallation: (inputs) =>
    `Harbor ${text(inputs.version)} at https://${text(inputs.hostname)}, in ${text(inputs.directory)}, its data in ${text(inputs.dataDirectory)}`,
  HarborProject: (inputs) =>
    [
      inputs.public === true ? "everybody may pull" : "private",
      inputs.storageQuota === undefined ? "no quota" : `quota ${text(inputs.storageQuota)}`,
      settings(inputs.metadata),
    ]
      .filter((part) => part !== "")
      .join(", "),
  HarborRobot: (inputs) => {
    const may = typeof inputs.permissions === "string" ? inputs.permissions : "do what its permissions list";
    const life = inputs.duration === -1 ? ", never expires" : `, expires after ${text(inputs.duration)} days`;
    const generation = inputs.rotation === undefined ? "" : `, generation ${text(inputs.rotation)}`;
    return `may ${may === "push" ? "push and pull" : may} in ${projectOf(inputs)}${life}${generation}`;
  },
  HarborContentTrust: (inputs) =>
    `the gate: Harbor hands out no image of ${projectOf(inputs)} without a signature of ${list(inputs.require)}`,
  HarborImmutableRule: (inputs) => `no tag ${list(inputs.tags)} of ${projectOf(inputs)} may be moved or deleted`,
  HarborLabel: (inputs) => text(inputs.description ?? inputs.color),
  ShadowCheck: (inputs) => `labels each image of ${projectOf(inputs)} as trusted or not, by the declared trust`,
  FileIdentity: (inputs) =>
    `${text(inputs.subject)}, SHA-256 thumbprint ${text(inputs.thumbprint)}, expires ${text(inputs.notAfter).slice(0, 10)}; its key is ${text(inputs.keyFile)}`,
  SigningIdentity: (inputs) =>
    `a throw-away key (${text(inputs.keySpec)}) with a certificate for ${text(inputs.commonName)}`,
  Trust: (inputs) => statements(inputs.policy),
  PushedImage: (inputs) =>
    `${text(inputs.repository)}:${text(inputs.tag)}${ofKnown("@", inputs.digest)}${ofKnown(", from ", inputs.origin ?? inputs.source)}`,
  SignedImage: (inputs) =>
    `signed as ${text(inputs.format ?? "jws").toUpperCase()}${ofKnown(", expires after ", inputs.expiry)}, and pushed only if the trust verifies it`,
  VerifiedImage: (inputs) => {
    const accepted = Array.isArray(inputs.acceptWeaker) ? list(inputs.acceptWeaker) : "";
    return `verified at every run, or \`up\` fails${accepted === "" ? "" : `; accepts weaker ${accepted}`}`;
  },
  Image: () => "built by Docker Engine on this machine",
};

/** Empty for a kind of which there is nothing to tell. */
export function describe(kind: string, inputs: Inputs | undefined): string {
  return inputs === undefined ? "" : (WORDS[kind]?.(inputs) ?? "");
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "?";
  if (isUnknown(value)) return "(known after it is made)";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function ofKnown(before: string, value: unknown): string {
  return value === undefined || value === null || isUnknown(value) ? "" : `${before}${text(value)}`;
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.map(text).join(" and ") : text(value);
}

function place(server: unknown): string {
  if (typeof server === "string") return text(server);
  const url = (server as { url?: unknown } | undefined)?.url;
  return text(url);
}

function challengeOf({ challenge }: Inputs): string {
  const { type, port } = (challenge ?? {}) as { type?: unknown; port?: unknown };
  if (type === "dns-01") return ", by dns-01";
  return isUnknown(challenge) ? "" : `, by http-01 on port ${text(port)}`;
}

function projectOf({ project, projectName, projectId }: Inputs): string {
  const name = projectName ?? (typeof project === "object" && project !== null ? (project as Inputs).name : project);
  return name === undefined || isUnknown(name) ? `its project${ofKnown(" ", projectId)}` : text(name);
}

function settings(metadata: unknown): string {
  if (metadata === undefined || metadata === null || isUnknown(metadata)) return "";
  return Object.entries(metadata as Inputs)
    .map(([name, value]) => `${name}=${text(value)}`)
    .join(", ");
}

/** Who may sign what from now on. */
function statements(policy: unknown): string {
  const found = (policy as { trustPolicies?: readonly Inputs[] } | undefined)?.trustPolicies ?? [];
  return found
    .map((statement) => {
      const { level } = (statement.signatureVerification ?? {}) as { level?: unknown };
      const scopes = list(statement.registryScopes);
      const stores = Array.isArray(statement.trustStores) ? ` of ${list(statement.trustStores)}` : "";
      const identities = list(statement.trustedIdentities ?? []);
      const who = identities === "" ? "" : `, signed by ${identities === "*" ? "anyone" : identities}${stores}`;
      return `"${text(statement.name)}" (${text(level)}) for ${scopes === "*" ? "every image" : scopes}${who}`;
    })
    .join("; ");
}
