import { delimiter } from "node:path";
import { BACKEND, givenState, PASSPHRASES } from "./givenState";

/** What a renewal by a timer has to know of the environment in which it was asked for. */
interface RenewalEnvironment {
  /** What everybody may read. */
  readonly plain: Readonly<Record<string, string>>;
  /** Names of variables whose values nobody may read. */
  readonly secrets: readonly string[];
}

/** Heeded by set-up and Node, by the requests of an ACME server and of the engine, and by Docker's command. */
const HEEDED = [
  "BREAKWATER_PULUMI",
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
  ...["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"],
  ...["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG"],
];
/** With which the engine reaches a state that is elsewhere: https://www.pulumi.com/docs/iac/concepts/state-and-backends/. */
const OF_CLOUDS = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_PROFILE"],
  ...["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CREDENTIALS"],
  ...["AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN"],
  ...["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"],
];
const SECRETS = [
  ...["PULUMI_CONFIG_PASSPHRASE", "PULUMI_ACCESS_TOKEN"],
  ...["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "GOOGLE_CREDENTIALS"],
  ...["AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_CLIENT_SECRET"],
];
const HAS_PASSWORD = /(^|:\/\/)[^/@]*:[^/@]+@/; // of a URL, or of a proxy without a scheme

/** Reads a person's environment; our own state and passphrase, which every command finds by itself, are left out. */
export function renewalEnvironment(environment: NodeJS.ProcessEnv): RenewalEnvironment {
  const state = Object.entries(givenState(environment));
  const isElsewhere = state.some(([name]) => name === BACKEND);
  const names = isElsewhere ? [...HEEDED, ...OF_CLOUDS] : HEEDED;
  const heeded = names.flatMap((name) => (environment[name] ? [[name, environment[name]] as const] : []));
  // A token opens no state of ours.
  const all = [...state.filter(([name]) => isElsewhere || PASSPHRASES.includes(name)), ...heeded];
  const isSecret = ([name, value]: readonly [string, string]) => SECRETS.includes(name) || HAS_PASSWORD.test(value);
  return {
    plain: { PATH: searchPath(environment), ...Object.fromEntries(all.filter((entry) => !isSecret(entry))) },
    secrets: all.filter(isSecret).map(([name]) => name),
  };
}

/** That of the person, without what npm puts before it. */
function searchPath({ PATH = "" }: NodeJS.ProcessEnv): string {
  const folders = PATH.split(delimiter).filter((folder) => !/(^|\/)(node_modules|node-gyp-bin)(\/|$)/.test(folder));
  return [...new Set(folders)].join(delimiter) || "/usr/local/bin:/usr/bin:/bin";
}
