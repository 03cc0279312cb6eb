import { compareVersions, OLDEST } from "../components/harbor/installation/version";
import { WEAKER } from "../components/image/acceptWeaker";
import { certificate } from "./certificateFields";
import {
  distinct,
  flag,
  list,
  type ObjectOf,
  object,
  oneOf,
  optional,
  path,
  type Reader,
  required,
  text,
  texts,
  wholeNumber,
} from "./fields";
import { hostname } from "./hostname";

// What a person writes for the environment `harbor`, field for field.

const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

const name = text("lower-case letters and digits, with `.`, `_` or `-` between them", NAME);
const absolutePath = text("an absolute path", /^\/.*[^/]$/);
const days = (what: string) => wholeNumber(what, 1, 3650);
const port = wholeNumber("a port", 1, 65_535);

const release = text('a release of Harbor, in quotes: "2.15.2"', /^\d{1,4}\.\d{1,4}\.\d{1,4}$/);
const version: Reader<string> = (value, key, problems) => {
  const read = release(value, key, problems);
  if (read === undefined || compareVersions(read, OLDEST) >= 0) return read;
  problems.push({ key, message: `is ${read}; give ${OLDEST} or a newer release of Harbor` });
  return undefined;
};

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

export const PROJECT = {
  name: required(name),
  public: optional(flag),
  storageQuota: optional(text("a size such as 10GiB, or unlimited", /^(unlimited|[1-9]\d{0,9}(MiB|GiB|TiB))$/)),
  contentTrust: optional(distinct(oneOf(["notation", "cosign"]))),
  immutableTags: optional(distinct(text("a pattern of tags, e.g. v*"))),
  autoScan: optional(flag),
};

export const ROBOT = {
  name: required(name),
  project: required(name, "name one of `projects`"),
  permissions: required(oneOf(["push", "pull"]), "push (and pull) or pull"),
  duration: optional(days("how many days it is valid")),
  rotation: optional(text("a word that names the present generation, e.g. 2026-11", NAME)),
  overlap: optional(text("how long the generation before stays valid, e.g. 7d", /^[1-9]\d{0,3}d$/)),
};

export const IDENTITY = {
  name: required(text("the name of its certificate in the trust folder", /^[a-zA-Z0-9_.-]{1,64}$/)),
  keyFile: required(path, "name the file of its private key on this machine"),
};

export const IMAGE = {
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

const isGiven = (value: unknown) => value !== undefined && value !== null;
const imageObject = object(IMAGE);
/** It is built, or it is there. */
const image: Reader<ImageConfig> = (value, key, problems) => {
  const read = imageObject(value, key, problems);
  const { build, source } = (value ?? {}) as { build?: unknown; source?: unknown };
  if (isGiven(build) !== isGiven(source)) return read;
  const message = "needs either `build` (a folder or a Git URL) or `source` (an image that is there), one of both";
  problems.push({ key, message });
  return undefined;
};

export const HARBOR = {
  environment: required(oneOf(["harbor"])),
  hostname: required(hostname, "give the name that points to this machine"),
  version: required(version, 'name a release of Harbor, e.g. "2.15.2"'),
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
  images: optional(list(image)),
};

export type ProjectConfig = ObjectOf<typeof PROJECT>;
export type RobotConfig = ObjectOf<typeof ROBOT>;
export type IdentityConfig = ObjectOf<typeof IDENTITY>;
export type ImageConfig = ObjectOf<typeof IMAGE>;
