import path from "node:path";
import { writeAtomically } from "../../components/files/ownedFiles";
import { projectRoot } from "../../components/files/paths";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import { asReport } from "../../components/review/forecast/asReport";
import { type ForecastProgress, forecast as lookAhead } from "../../components/review/forecast/forecast";
import { outcomeOf } from "../../components/review/forecast/forecastReport";
import { renderForecast } from "../../components/review/forecast/renderForecast";
import { servedCertificates } from "../../components/review/forecast/servedCertificates";
import { entriesOfAll } from "../../components/review/inventory/combined";
import { openInventory } from "../../components/review/inventory/openInventory";
import { MapImages } from "../../components/review/mapImages";
import { stateOf } from "../../components/review/review";
import type { TrustState } from "../../components/review/state";
import { readSettings } from "../../stacks/reviewSettings";
import { runCommand, say, show } from "./command";
import { CommandError } from "./error";
import { FORECAST_HELP, type ForecastOptions, readForecastOptions } from "./forecast/options";
import { contextOf, STATE } from "./review/context";
import { offlineRevocation } from "./review/offline";
import { ImageProgress } from "./review/progress";
import { renderReport } from "./review/render";
import { sideNamed, workingFolder } from "./review/sides";
import { stateImages } from "./review/stateImages";
import { configuredStacks } from "./stackName";

/** `npm run forecast`; resolves to its exit code. */
export async function forecast(args: readonly string[]): Promise<number> {
  let outcome = 0;
  const failed = await runCommand(async () => {
    const now = new Date();
    const options = readForecastOptions(args, now);
    if (options === "help") show(FORECAST_HELP);
    else outcome = await run(options, now);
  });
  // Whatever keeps the forecast from being made, it can't tell.
  return failed === 0 ? outcome : 2;
}

async function run(options: ForecastOptions, today: Date): Promise<number> {
  const directory = process.env.INIT_CWD ?? process.cwd();
  const side =
    options.base === undefined ? workingFolder(projectRoot) : sideNamed(options.base, projectRoot, directory);
  const trust = stateOf(side, { readSettings, ...(options.stacks && { stacks: options.stacks }) });
  requireTrust(trust, options.stacks ?? []);
  const { stacks = configuredStacks(), at, until } = options;
  const images = options.inventories.includes(STATE) ? await stateImages(stacks) : [];
  const context = contextOf(options, directory, images);
  const ofStacks = new Map(images.flatMap(({ connection }) => (connection ? [[connection.host, connection]] : [])));
  const progress = new ImageProgress(inWords);
  const shown = new MapImages();
  const found = await lookAhead({
    ...{ trust, at, until, today },
    images: entriesOfAll(options.inventories.map((spec) => openInventory(spec, context))),
    revocation: options.offline ? offlineRevocation : httpRevocationSource(),
    served: (host) => servedCertificates(ofStacks.get(host) ?? context.connectionTo(host)),
    onProgress: (now) => progress.show(now),
    onVerdict: (image, stack, verdict) => shown.add({ image, stack, before: verdict, after: verdict }),
  });
  progress.end();
  if (found.counts.lasting + found.counts.refused === 0)
    say(
      `No image of ${options.inventories.join(", ")} is verified at the beginning: there is nothing that could fail later.`,
    );
  for (const { format, file } of options.outputs) {
    const text = renderedAs(format);
    if (file === undefined) show(text.trimEnd());
    else await writeAtomically(path.resolve(directory, file), { content: text });
  }
  return outcomeOf(found);

  function renderedAs(format: ForecastOptions["outputs"][number]["format"]): string {
    if (format === "markdown") return renderForecast(found);
    if (format === "json") return `${JSON.stringify(found, undefined, 2)}\n`;
    return renderReport(asReport(found, trust, shown), format);
  }
}

/** Without any trust nothing would ever fail. @throws CommandError STACK_UNKNOWN */
function requireTrust({ stacks, name }: TrustState, wanted: readonly string[]): void {
  const judging = [...stacks.values()].filter(({ trust }) => trust !== undefined).map(({ stack }) => stack);
  const missing = wanted.find((stack) => !judging.includes(stack));
  if (missing === undefined && judging.length > 0) return;
  const what = missing === undefined ? "no stack with a trust folder" : `no trust of the stack "${missing}"`;
  throw new CommandError(
    "STACK_UNKNOWN",
    `${name} has ${what} to judge by (there: ${judging.join(", ") || "none"}): give --base, a commit or folder that has it`,
  );
}

function inWords({ images, refused, unknown }: ForecastProgress): string {
  return `${images} image${images === 1 ? "" : "s"}: ${refused} good now and failing by then, ${unknown} unknown`;
}
