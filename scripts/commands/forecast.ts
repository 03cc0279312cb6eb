import { printable } from "../../components/notary/quoted";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import { asReport } from "../../components/review/forecast/asReport";
import { type ForecastProgress, forecast as lookAhead } from "../../components/review/forecast/forecast";
import { outcomeOf } from "../../components/review/forecast/forecastReport";
import { forecastSchema } from "../../components/review/forecast/forecastSchema";
import { renderForecast } from "../../components/review/forecast/renderForecast";
import { servedCertificates } from "../../components/review/forecast/servedCertificates";
import { Inventories } from "../../components/review/inventory/inventories";
import { MapImages } from "../../components/review/map/mapImages";
import { stateOf } from "../../components/review/review";
import type { TrustState } from "../../components/review/state/state";
import { readSettings } from "../../stacks/reviewSettings";
import { say, show } from "./command";
import { CommandError } from "./error";
import { FORECAST_HELP, type ForecastOptions, readForecastOptions } from "./forecast/options";
import { offlineRevocation } from "./review/offline";
import { ImageProgress } from "./review/progress";
import { renderReport } from "./review/render";
import { folderOfPerson, judging, openInventories, stoppingInOrder, writeReports } from "./review/run";
import { reviewedProject, sideNamed, workingFolder } from "./review/sides";

/** `npm run forecast`; resolves to its exit code. */
export function forecast(args: readonly string[]): Promise<number> {
  return judging(async () => {
    const now = new Date();
    const options = readForecastOptions(args, now);
    if (options === "help" || options === "schema") {
      show(options === "help" ? FORECAST_HELP : JSON.stringify(forecastSchema, undefined, 2));
      return 0;
    }
    return await run(options, now);
  });
}

async function run(options: ForecastOptions, today: Date): Promise<number> {
  const directory = folderOfPerson();
  const project = reviewedProject(options.repository, directory);
  const side = options.base === undefined ? workingFolder(project) : sideNamed(options.base, project, directory);
  const trust = stateOf(side, { readSettings, ...(options.stacks && { stacks: options.stacks }) });
  requireTrust(trust, options.stacks ?? []);
  const { at, until } = options;
  const progress = new ImageProgress(inWords);
  const shown = new MapImages();
  const found = await stoppingInOrder(async (signal) => {
    const watching = { signal, onTag: () => progress.tag() };
    const { sources, context, images } = await openInventories(options, directory, watching);
    const ofStacks = new Map(images.flatMap(({ connection }) => (connection ? [[connection.host, connection]] : [])));
    const inventories = new Inventories(sources, signal);
    return lookAhead({
      ...{ trust, at, until, today },
      images: inventories.entries(),
      inventories: () => inventories.facts(),
      revocation: options.offline ? offlineRevocation : httpRevocationSource(),
      served: (host) => servedCertificates(ofStacks.get(host) ?? context.connectionTo(host)),
      onProgress: (now) => progress.show(now),
      onVerdict: (image, stack, verdict) => shown.add({ image, stack, before: verdict, after: verdict }),
    });
  });
  progress.end();
  await writeReports(options.outputs, directory, renderedAs);
  const files = options.outputs.flatMap(({ file = [] }) => file);
  if (files.length > 0) say(`Written: ${files.map(printable).join(", ")}`);
  return outcomeOf(found, options.failOn);

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
