import { isIP } from "node:net";
import type { Output } from "@pulumi/pulumi";
import { WEAKER } from "../components/image/acceptWeaker";
import { ConfigInvalidError, type ConfigProblem } from "./error";
import {
  flag,
  list,
  type ObjectOf,
  object,
  oneOf,
  optional,
  type Reader,
  required,
  text,
  texts,
  wholeNumber,
} from "./fields";
import { checkReferences } from "./harborReferences";

const HOSTNAME =
  /^(?=.{1,253}$)(?!localhost$|127\.|.*\.$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const name = text("lower-case letters and digits, with `.`, `_` or `-` between them", NAME);
const path = text("a path, absolute or relative to the project's folder");
const absolutePath = text("an absolute path", /^\/.*[^/]$/);
const days = (what: string) => wholeNumber(what, 1, 3650);
const port = wholeNumber("a port", 1, 65_535);
const contact = text("the e-mail address that the certificate authority writes to", /^[^\s@]+@[^\s@]+\.[^\s@]+$/);

const challenge = object({
  type: required(oneOf(["http-01", "dns-01"]), "http-01 needs port 80 of this machine, dns-01 a hook"),
  hook: optional(list(text("a word of the command that makes and removes the TXT record"))),
});

const ACME = {
  directory: required(
    oneOf(["letsencrypt", "letsencrypt-staging"]),
    "letsencrypt; to try things out letsencrypt-staging",
  ),
  contact: required(contact, "give an e-mail address: the certificate authority writes to it"),
  challenge: optional(challenge),
  root: optional(path),
};
const FILES = {
  chain: required(path, "name the file with the certificate and those above it, in PEM"),
  key: required(path, "name the file with its private key, in PEM"),
  root: optional(path),
};
const acme = object(ACME);
const files = object({ files: required(object(FILES)) });
type Certificate = ObjectOf<typeof ACME> | { readonly files: ObjectOf<typeof FILES> };

/** `files` makes the difference. */
const certificate: Reader<Certificate> = (value, key, problems) =>
  value !== null && typeof value === "object" && "files" in value
    ? files(value, key, problems)
    : acme(value, key, problems);

const BUILD = {
  context: required(
    text("a folder, or a Git URL with its branch, tag or commit: https://….git#main"),
    "give a folder or a Git URL",
  ),
  dockerfile: optional(path),
  platform: optional(text("a platform, e.g. linux/amd64", /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/)),
  rebuild: optional(text("any word: another one builds the image again")),
};
const buildObject = object(BUILD);
const context = text("a folder, or a Git URL with its branch, tag or commit");
/** A text alone is the context. */
const build: Reader<ObjectOf<typeof BUILD>> = (value, key, problems) => {
  if (typeof value !== "string") return buildObject(value, key, problems);
  const given = context(value, key, problems);
  return given === undefined ? undefined : { context: given };
};

const PROJECT = {
  name: required(name),
  public: optional(flag),
  storageQuota: optional(text("a size such as 10GiB, or unlimited", /^(unlimited|[1-9]\d{0,9}(MiB|GiB|TiB))$/)),
  contentTrust: optional(list(oneOf(["notation", "cosign"]))),
  immutableTags: optional(list(text("a pattern of tags, e.g. v*"))),
  autoScan: optional(flag),
};

const ROBOT = {
  name: required(name),
  project: required(name, "name one of `projects`"),
  permissions: required(oneOf(["push", "pull"]), "push (and pull) or pull"),
  duration: optional(days("how many days it is valid")),
  rotation: optional(text("a word that names the present generation, e.g. 2026-11", /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/)),
  overlap: optional(text("how long the generation before stays valid, e.g. 7d", /^[1-9]\d{0,3}d$/)),
};

const IDENTITY = {
  name: required(text("the name of its certificate in the trust folder", /^[a-zA-Z0-9_.-]{1,64}$/)),
  keyFile: required(path, "name the file of its private key on this machine"),
};

const IMAGE = {
  name: required(name),
  project: required(name, "name one of `projects`"),
  repository: optional(text("a repository within the project", /^[a-z0-9]+([._/-][a-z0-9]+)*$/)),
  tag: required(text("a tag", /^\w[\w.-]{0,127}$/)),
  build: optional(build),
  source: optional(text("an OCI layout folder, an archive, or docker-daemon:NAME:TAG")),
  signedBy: required(text("an identity"), "name one of `identities`"),
  pushedBy: optional(name),
  acceptTag: optional(flag),
  acceptWeaker: optional(list(oneOf(WEAKER))),
  format: optional(oneOf(["jws", "cose"])),
  expiry: optional(text("hours, minutes, seconds as in 24h", /^(?=.)(\d{1,9}h)?(\d{1,9}m)?(\d{1,9}s)?$/)),
  userMetadata: optional(texts("a text")),
};

const HARBOR = {
  environment: required(oneOf(["harbor"])),
  hostname: required(
    text("the name that points to this machine in the DNS (no URL, no localhost)", HOSTNAME),
    "give the name that points to this machine",
  ),
  version: required(
    text('a release of Harbor, in quotes: "2.15.2"', /^\d{1,4}\.\d{1,4}\.\d{1,4}$/),
    'name a release of Harbor, e.g. "2.15.2"',
  ),
  directory: required(path, "where harbor.yml and docker-compose.yml shall be, e.g. /opt/harbor"),
  dataDirectory: required(absolutePath, "where Harbor shall keep its data, e.g. /data"),
  certificate: required(certificate, "give {directory: letsencrypt, contact: …} or {files: {chain: …, key: …}}"),
  installer: optional(
    object({
      path: required(path),
      sha256: required(text("64 hexadecimal digits", /^[0-9a-f]{64}$/), "the sum that the release publishes"),
    }),
  ),
  trivy: optional(flag),
  httpPort: optional(port),
  httpsPort: optional(port),
  deleteData: optional(flag),
  projects: optional(list(object(PROJECT))),
  robots: optional(list(object(ROBOT))),
  identities: optional(list(object(IDENTITY))),
  images: optional(list(object(IMAGE))),
};

export type ProjectConfig = ObjectOf<typeof PROJECT>;
export type RobotConfig = ObjectOf<typeof ROBOT>;
export type IdentityConfig = ObjectOf<typeof IDENTITY>;
export type ImageConfig = ObjectOf<typeof IMAGE>;

/** What a person writes for the environment `harbor`; paths are absolute, or relative to the project's folder. */
export interface HarborConfig extends Omit<ObjectOf<typeof HARBOR>, "projects" | "robots" | "identities" | "images"> {
  readonly stack: string;
  readonly projects: readonly ProjectConfig[];
  readonly robots: readonly RobotConfig[];
  readonly identities: readonly IdentityConfig[];
  readonly images: readonly ImageConfig[];
  /** Of Harbor's user `admin`, a secret; not known in a preview of a stack that has none yet. */
  readonly adminPassword: Output<string>;
}

/** The config of a stack as the engine has it, once it is right. @throws ConfigInvalidError with every mistake */
export function parseHarborConfig(
  raw: Readonly<Record<string, unknown>>,
  file: string,
): Omit<HarborConfig, "adminPassword" | "stack"> {
  const problems: ConfigProblem[] = [];
  const read = object(HARBOR)(raw, "", problems);
  const inLists = problems.some(({ key }) => /^(projects|robots|identities|images)\b/.test(key));
  // Read by themselves, as a mistake elsewhere leaves nothing of the whole.
  const lists = {
    projects: list(object(PROJECT))(raw.projects ?? [], "projects", []) ?? [],
    robots: list(object(ROBOT))(raw.robots ?? [], "robots", []) ?? [],
    identities: list(object(IDENTITY))(raw.identities ?? [], "identities", []) ?? [],
    images: list(object(IMAGE))(raw.images ?? [], "images", []) ?? [],
  };
  // A reference to something that could not be read would be named for nothing.
  if (!inLists) checkReferences(lists, problems);
  if (read) checkCertificate(read, problems);
  if (read === undefined || problems.length > 0) throw new ConfigInvalidError(file, problems);
  return { ...read, ...lists };
}

function checkCertificate({ hostname, certificate }: ObjectOf<typeof HARBOR>, problems: ConfigProblem[]): void {
  if ("files" in certificate) return;
  if (isIP(hostname) !== 0) {
    const message = `is an IP address, for which ${certificate.directory} gives no certificate here; give a name, or \`certificate: {files: …}\``;
    problems.push({ key: "hostname", message });
  }
  const { type = "http-01", hook } = certificate.challenge ?? {};
  if ((type === "dns-01") === (hook !== undefined && hook.length > 0)) return;
  const message =
    type === "dns-01"
      ? "is missing; give the command that makes and removes the TXT record, as a list of words"
      : "is for dns-01 only; leave it out, or give `type: dns-01`";
  problems.push({ key: "certificate.challenge.hook", message });
}
