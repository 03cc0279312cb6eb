import type { FailOn } from "../../../components/review/forecast/forecastReport";
import { parseOptions } from "../options";
import { STATE } from "../review/context";
import {
  type Format,
  IMAGE_HELP,
  IMAGE_OPTIONS,
  type ImageOptions,
  ImageOptionsReader,
  REACHING_HELP,
} from "../review/imageOptions";

export const FORECAST_HELP = `npm run forecast -- --until DATE [--inventory WHAT] [OPTIONS]
Tells which signed images fail first, when and why, if nobody does anything: a certificate of the signer or above it expires,
a time stamp stops to count, a CRL is not renewed, a signature expires, a registry's TLS certificate expires. Every image is
judged at each time at which something of it ends, as \`up\` and notation would judge it then.

  --until DATE       how far to look: a day (to its end, UTC), a time (ISO 8601), or +90d
  --fail-on WHAT     what exit code 1 stands for: ends, for what nobody renews; any, for what is renewed as a rule, too
  --at TIME          where to begin; now, when left out
  --base REF|DIR     whose trust judges: a branch, tag or commit, or a folder; this project's folder, when left out
  --repository DIR   the project whose trust judges, in git or not; this one, when left out
  --stack NAME       only this stack (may be given again)
  --inventory WHAT   where images are (may be given again); state, when left out
${IMAGE_HELP}
  --format FORMAT    markdown, json or html; by the output file's name, when left out
  --json             as --format json
  --output FILE      where to write (may be given again, a format each); standard output, when left out
${REACHING_HELP}
  --offline          ask nobody about revocation: unknown, and unknown fails under strict
  --schema           print the JSON Schema of --format json
  --help             this text

What ends and is renewed as a rule (CRLs, TLS certificates) is marked "unless renewed", and what fails after it is told, too.
A CRL lasts some days and its issuer replaces it: its end is told, and gives no 1 before it has come. To hear of renewals
that are late, run this with --fail-on any as well, and an --until shorter than what is left when they are due, e.g. +2d.
OCSP answers are given afresh at each verdict: today's stands for those to come, and its age is no failure.

Exit codes: 0 nothing fails until DATE; 1 something does, or has expired already; 2 it can't be told (an image, a registry or
the trust can't be read; an inventory names no image; wrong usage). What was never good, an unsigned image, is listed apart
and no 1.

Examples:
  npm run forecast -- --until +90d
  npm run forecast -- --until 2027-06-30 --inventory registry:registry.example.com --output forecast.html`;

const COMMAND = "npm run forecast --";
const FAIL_ON: readonly FailOn[] = ["ends", "any"];
const DAY_MS = 86_400_000;

export interface ForecastOptions extends ImageOptions {
  /** The project's folder when absent. */
  readonly base: string | undefined;
  /** This project when absent. */
  readonly repository: string | undefined;
  readonly failOn: FailOn;
  readonly at: Date;
  readonly until: Date;
}

/** @throws CommandError USAGE */
export function readForecastOptions(args: readonly string[], now: Date): ForecastOptions | "help" | "schema" {
  const own = {
    base: { type: "string" },
    repository: { type: "string" },
    until: { type: "string" },
    "fail-on": { type: "string" },
    json: { type: "boolean" },
    schema: { type: "boolean" },
  } as const;
  const values = parseOptions(args, { ...IMAGE_OPTIONS, ...own }, COMMAND);
  if (values.help) return "help";
  if (values.schema) return "schema";
  const reader = new ImageOptionsReader(COMMAND);
  const format: Format | undefined = values.json ? "json" : undefined;
  if (format && values.format !== undefined && values.format !== format)
    throw reader.usage(`--json and --format ${values.format} contradict each other`);
  const options = reader.read({ ...values, ...(format && { format }) });
  if (values.until === undefined) throw reader.usage("--until is missing: how far to look, e.g. --until +90d");
  const at = options.at ?? now;
  const until = untilOf(values.until, at, reader);
  if (until <= at) throw reader.usage(`--until ${values.until} is not after ${at.toISOString()}: give a later one`);
  const failOn = FAIL_ON.find((known) => known === (values["fail-on"] ?? "ends"));
  if (failOn === undefined) throw reader.usage(`--fail-on ${values["fail-on"]}: give ${FAIL_ON.join(" or ")}`);
  const inventories = options.inventories.length === 0 ? [STATE] : options.inventories;
  const { base, repository } = values;
  return { ...options, inventories, base, repository, failOn, at, until };
}

function untilOf(text: string, at: Date, reader: ImageOptionsReader): Date {
  const days = /^\+(\d{1,5})d$/.exec(text)?.[1];
  if (days !== undefined) return new Date(at.getTime() + Number(days) * DAY_MS);
  const time = reader.time("--until", text, ", or a number of days, +90d");
  return text.includes("T") ? time : new Date(time.getTime() + DAY_MS - 1);
}
