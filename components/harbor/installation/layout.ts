import path from "node:path";
import { resolvePath } from "../../files/paths";
import type { HarborInstallationInputs } from "./inputs";

/** Where everything of an installation is; absolute paths. */
export interface Layout {
  readonly directory: string;
  readonly harborYml: string;
  readonly composeFile: string;
  /** What `prepare` renders; its `config` holds passwords, so that only root may enter. */
  readonly common: string;
  /** What the release's script makes for `prepare`, and removes. */
  readonly input: string;
  /** What was rendered last. */
  readonly rendered: string;
  /** What was rendered for the release before the last upgrade; beside the data, which may be on another file system. */
  readonly before: string;
  /** The upgrade that is under way. */
  readonly journal: string;
  readonly data: string;
  /** What belongs to the data: version and database password. */
  readonly record: string;
  /** What nginx serves. */
  readonly served: { readonly chain: string; readonly key: string };
  /** What harbor.yml names: the certificate's own files. */
  readonly certificate: { readonly chain: string; readonly key: string };
}

/** What Harbor and `prepare` make in the data folder; beside this program's own, what else is there is somebody's. */
export const DATA = ["ca_download", "database", "job_logs", "redis", "registry", "secret", "trivy-adapter"];

export function layoutOf(inputs: Pick<HarborInstallationInputs, "directory" | "dataDirectory" | "tls">): Layout {
  const directory = resolvePath(inputs.directory);
  const data = path.resolve(inputs.dataDirectory);
  const inDirectory = (name: string) => path.join(directory, name);
  return {
    directory,
    harborYml: inDirectory("harbor.yml"),
    composeFile: inDirectory("docker-compose.yml"),
    common: inDirectory("common"),
    input: inDirectory("input"),
    rendered: inDirectory("rendered.json"),
    before: inDirectory("before-upgrade"),
    journal: inDirectory("upgrade.json"),
    data,
    record: path.join(data, "breakwater.json"),
    served: {
      chain: path.join(data, "secret/cert/server.crt"),
      key: path.join(data, "secret/cert/server.key"),
    },
    certificate: { chain: resolvePath(inputs.tls.chainFile), key: resolvePath(inputs.tls.keyFile) },
  };
}

/** The ports of this machine that Harbor's nginx takes. */
export function portsOf(inputs: Pick<HarborInstallationInputs, "httpPort" | "httpsPort">) {
  return { http: inputs.httpPort ?? 80, https: inputs.httpsPort ?? 443 };
}

/** `https://host[:port]` */
export function urlOf(inputs: Pick<HarborInstallationInputs, "hostname" | "httpsPort">): string {
  return `https://${hostOf(inputs)}`;
}

/** `host[:port]`, as in the names of images. */
export function hostOf(inputs: Pick<HarborInstallationInputs, "hostname" | "httpsPort">): string {
  const port = inputs.httpsPort ?? 443;
  return port === 443 ? inputs.hostname : `${inputs.hostname}:${port}`;
}
