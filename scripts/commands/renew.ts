import type { Deployment, Stack } from "@pulumi/pulumi/automation";
import type { KnownResource } from "../../stacks/kept";
import type { Machine } from "../../stacks/machine";
import { program } from "../../stacks/program";
import { type Exclusively, outlivingInterrupts, runCommand, show } from "./command";
import { namingConfig } from "./configSyntax";
import { openStackIfThere, valuesOf } from "./engine";
import { CommandError } from "./error";
import { parseOptions } from "./options";
import { RunLog } from "./progress";
import { pruneHistory, recover } from "./recovery";
import { type StackName, stackNamedOtherThanLocal } from "./stackName";
import { systemdUnits } from "./systemdUnits";

const HELP = `npm run renew -- --stack NAME [OPTIONS]
Renews the TLS certificate of a stack with Harbor when it is due, and lets Harbor serve it without a restart: an \`up\` of
the certificate and of the installation alone, meant to be run by a timer. Nothing is asked, no signing key is needed.

  --stack NAME  the stack; it has been brought up on this machine
  --check       say whether it is due, and change nothing
  --systemd     print commands that install a systemd service and timer, which run this twice a day; for
                \`npm run --silent renew -- --stack NAME --systemd | sudo sh\`. The service gets what is set here of
                PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE_FILE, BREAKWATER_PULUMI, of proxies, roots (SSL_CERT_FILE,
                NODE_EXTRA_CA_CERTS), Docker and the cloud that holds the state; of secrets, such as
                PULUMI_CONFIG_PASSPHRASE, only the names are looked at: their values belong in /etc/breakwater/NAME.env
  --json        print the result as JSON, alone on standard output (npm run --silent renew -- …)
  --help        this text

Exit codes: 0 renewed or not due, 1 failed, 2 wrong usage, 130 interrupted.`;

/** What `--json` prints. */
interface Renewal {
  readonly renewed: boolean;
  /** In words, why something had to be done; empty when nothing had. */
  readonly reason: string;
  readonly issuer: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

const OPTIONS = {
  stack: { type: "string" },
  check: { type: "boolean" },
  systemd: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

interface Options {
  readonly stack: StackName;
  readonly check: boolean;
  readonly systemd: boolean;
  readonly json: boolean;
}

/** The command; resolves to its exit code. */
export function renew(args: readonly string[], exclusively: Exclusively): Promise<number> {
  return runCommand(async () => {
    const options = readOptions(args);
    if (options === undefined) process.stdout.write(`${HELP}\n`);
    else if (options.systemd) process.stdout.write(systemdUnits(options.stack));
    else {
      const renewal = await exclusively(() =>
        outlivingInterrupts(() => namingConfig(options.stack, () => run(options))),
      );
      show(options.json ? renewal : lineOf(renewal, options));
    }
  });
}

async function run({ stack: name, check }: Options): Promise<Renewal> {
  let renewal: NonNullable<Machine["renewal"]> = { others: [], outputs: {} };
  const stack = await openStackIfThere(name, () => program({ renewal }));
  const resources = stack ? resourcesOf(await stack.exportStack()) : [];
  const before = certificateIn(resources);
  if (stack === undefined || before === undefined) {
    throw new CommandError(
      "STACK_NOT_UP",
      `the stack "${name.name}" has no certificate yet: bring it up with \`npm start -- --stack ${name.name}\``,
    );
  }
  await recover(stack, name);
  const others = resources.filter(({ type, delete: gone }) => !RENEWED.test(type) && !gone);
  renewal = { others, outputs: valuesOf(await stack.outputs()) };
  const target = resources.filter(({ type }) => RENEWED.test(type)).map(({ urn }) => urn);
  const log = new RunLog({ preview: check });
  await operate(stack, { target, check, log });
  await pruneHistory(name);
  const reason = log.changes.map(({ resource, reason }) => `${resource}${reason ? `: ${reason}` : ""}`).join("; ");
  const now = certificateIn(resourcesOf(await stack.exportStack())) ?? before;
  return { renewed: !check && log.changes.length > 0, reason, ...now };
}

async function operate(stack: Stack, run: { target: string[]; check: boolean; log: RunLog }): Promise<void> {
  const { target, check, log } = run;
  const settings = { target: [...new Set(target)], refresh: true, onEvent: log.onEvent, color: "never" as const };
  try {
    if (check) await stack.preview(settings);
    else await stack.up(settings);
  } catch (error) {
    throw log.failure(error);
  }
}

/** Certificate and installation, each a component with its resource. */
const RENEWED = /:(AcmeCertificate|FileCertificate|HarborInstallation|harbor:Installation)$/;

interface StateResource extends KnownResource {
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** It has a successor, and was not deleted yet. */
  readonly delete?: boolean;
}

function resourcesOf({ deployment }: Deployment): StateResource[] {
  return (deployment as { resources?: StateResource[] } | undefined)?.resources ?? [];
}

function certificateIn(resources: readonly StateResource[]): Pick<Renewal, "issuer" | "notAfter"> | undefined {
  const isCertificate = /dynamic\/.*:(AcmeCertificate|FileCertificate)$/;
  const found = resources.find(({ type, delete: gone }) => isCertificate.test(type) && !gone);
  const { issuer, notAfter } = found?.outputs ?? {};
  return found && { issuer: String(issuer), notAfter: String(notAfter) };
}

function lineOf({ renewed, reason, issuer, notAfter }: Renewal, { stack, check }: Options): string {
  const days = Math.floor((Date.parse(notAfter) - Date.now()) / 86_400_000);
  const certificate = `the certificate of "${stack.name}", issued by ${issuer}, expires ${notAfter.slice(0, 10)} (in ${days} days)`;
  if (reason === "") return `Not due: ${certificate}`;
  return renewed || !check ? `Renewed: ${certificate}. ${reason}` : `Due: ${certificate}. ${reason}`;
}

function readOptions(args: readonly string[]): Options | undefined {
  const values = parseOptions(args, OPTIONS, "npm run renew --");
  if (values.help) return undefined;
  if (values.check && values.systemd) throw new CommandError("USAGE", "--check and --systemd: use one of them");
  return {
    stack: stackNamedOtherThanLocal(values.stack, "npm run renew --"),
    check: values.check ?? false,
    systemd: values.systemd ?? false,
    json: values.json ?? false,
  };
}
