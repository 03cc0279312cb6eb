import { extname } from "node:path";
import { messageOf } from "../../../components/errors";
import { assertHost } from "../../../components/oci/reference";
import { CommandError } from "../error";

// What `review` and `forecast` ask alike: of which images, as of when, and where the report goes.

/** Lines of their help. */
export const IMAGE_HELP = `                       state                      what the stacks on this machine have signed
                       registry:HOST[/PREFIX]     every tag of a registry
                       harbor:https://HOST        every artifact of a Harbor
                       pods:FILE | pods:live      what runs: kubectl get pods -A -o json
                       oci-layout:DIR=HOST/REPOSITORY   images and signatures in a folder
                       file:FILE                  references, one a line`;

export const REACHING_HELP = `  --docker-config DIR, --ca-file FILE   how registries are reached; Docker's login and the system's CAs, when left out
  --insecure-registry HOST   speak plain HTTP to this registry, HOST[:PORT] (may be given again), as to localhost:PORT;
                     whoever is on the way reads a login, and may answer what he likes`;

export const IMAGE_OPTIONS = {
  stack: { type: "string", multiple: true },
  inventory: { type: "string", multiple: true },
  at: { type: "string" },
  format: { type: "string" },
  output: { type: "string", multiple: true },
  "docker-config": { type: "string" },
  "ca-file": { type: "string" },
  "insecure-registry": { type: "string", multiple: true },
  offline: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

export const FORMATS = ["markdown", "json", "html"] as const;
export type Format = (typeof FORMATS)[number];
const FORMAT_OF: Readonly<Record<string, Format>> = { ".md": "markdown", ".json": "json", ".html": "html" };
/** A day, or a time with its zone. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

export interface ImageOptions {
  readonly stacks: readonly string[] | undefined;
  readonly inventories: readonly string[];
  readonly at: Date | undefined;
  /** Where the report goes; standard output where `file` is absent. */
  readonly outputs: readonly { readonly format: Format; readonly file?: string }[];
  readonly dockerConfig: string | undefined;
  readonly caFile: string | undefined;
  /** `host[:port]` of those that are spoken to in plain HTTP. */
  readonly insecureRegistries: readonly string[];
  readonly offline: boolean;
}

interface ImageValues {
  readonly stack?: string[] | undefined;
  readonly inventory?: string[] | undefined;
  readonly at?: string | undefined;
  readonly format?: string | undefined;
  readonly output?: string[] | undefined;
  readonly "docker-config"?: string | undefined;
  readonly "ca-file"?: string | undefined;
  readonly "insecure-registry"?: string[] | undefined;
  readonly offline?: boolean | undefined;
}

/** The options of one of the two commands, and the errors that name it. */
export class ImageOptionsReader {
  readonly command: string;

  /** @param command e.g. `npm run review --` */
  constructor(command: string) {
    this.command = command;
  }

  /** @throws CommandError USAGE */
  read(values: ImageValues): ImageOptions {
    return {
      stacks: values.stack,
      inventories: values.inventory ?? [],
      at: values.at === undefined ? undefined : this.time("--at", values.at),
      outputs: this.#outputs(values.output ?? [], values.format),
      dockerConfig: values["docker-config"],
      caFile: values["ca-file"],
      insecureRegistries: (values["insecure-registry"] ?? []).map((host) => this.#host(host)),
      offline: values.offline ?? false,
    };
  }

  /** @param others what else the option takes, for the error. @throws CommandError USAGE */
  time(option: string, text: string, others = ""): Date {
    const time = new Date(TIME.test(text) ? text : Number.NaN);
    if (!Number.isNaN(time.getTime())) return time;
    throw this.usage(`${option} ${text}: give a day or a time, 2026-12-31 or 2026-12-31T12:00:00Z${others}`);
  }

  usage(what: string): CommandError {
    return new CommandError("USAGE", `${what}. \`${this.command} --help\` shows what there is`);
  }

  /** A misspelt one would never be asked, and the right one by TLS in vain. */
  #host(host: string): string {
    try {
      assertHost(host);
      return host;
    } catch (error) {
      throw this.usage(`--insecure-registry ${host}: ${messageOf(error)}; give HOST or HOST:PORT`);
    }
  }

  #outputs(files: readonly string[], format: string | undefined): ImageOptions["outputs"] {
    const given = FORMATS.find((known) => known === format);
    if (format !== undefined && given === undefined) throw this.usage(`--format ${format}: give ${FORMATS.join(", ")}`);
    if (files.length === 0) return [{ format: given ?? "markdown" }];
    return files.map((file) => {
      const byName = given ?? FORMAT_OF[extname(file).toLowerCase()];
      if (byName === undefined)
        throw this.usage(`--output ${file}: give --format, or a name that ends in .md, .json or .html`);
      return { format: byName, file };
    });
  }
}
