import { readNotationConfig } from "../../../components/notation/config";
import { notationFolder } from "../../../components/notation/folder";
import { isPlainHttpByDefault, type RegistryConnection } from "../../../components/oci/connection";
import { defaultDockerConfig } from "../../../components/oci/dockerConfig";
import type { VerbArguments } from "./arguments";
import type { Terminal } from "./terminal";

/** Options of every verb that reads an image's signatures. */
export const IMAGE_OPTIONS = {
  "oci-layout": { type: "string" },
  "docker-config": { type: "string" },
  "ca-file": { type: "string" },
  "insecure-registry": { type: "boolean" },
  json: { type: "boolean" },
} as const;

export const IMAGE_OPTIONS_HELP = `  --oci-layout DIR      the image and its signatures are in the OCI image layout DIR, not in a registry.
                        REF stays host/repository:tag or @digest: the repository is the registry scope that
                        selects the trust policy statement (notation's --scope)
  --docker-config DIR   folder of the Docker config.json that has the login, or names the credential helper.
                        Default: notation's own config.json when it has logins, else DOCKER_CONFIG, else ~/.docker.
                        NOTATION_USERNAME and NOTATION_PASSWORD, where both are set, come before all of these
  --ca-file FILE        PEM file of the CA that issued the registry's certificate. Default: the system's CAs,
                        and SSL_CERT_FILE and SSL_CERT_DIR
  --insecure-registry   speak plain HTTP to the registry (as for localhost:PORT, and the insecureRegistries of
                        notation's config.json)`;

/** How to reach the registry, as notation finds it out; `config` is the user's own notation configuration folder. */
export function connectionOf(
  host: string,
  args: VerbArguments,
  terminal: Terminal,
  config?: string,
): RegistryConnection {
  const folder = config ?? notationFolder(terminal.env);
  const { insecureRegistries, hasLogins } = readNotationConfig(folder);
  const caFile = args.path("ca-file");
  const { NOTATION_USERNAME: username = "", NOTATION_PASSWORD: password = "" } = terminal.env;
  const source = "NOTATION_USERNAME and NOTATION_PASSWORD";
  return {
    host,
    ...(caFile === undefined ? { systemRoots: true } : { caFile }),
    ...(username !== "" && password !== "" && { login: { username, password, source } }),
    dockerConfig: args.path("docker-config") ?? (hasLogins ? folder : defaultDockerConfig(terminal.env)),
    plainHttp: args.flag("insecure-registry") || insecureRegistries.includes(host) || isPlainHttpByDefault(host),
  };
}
