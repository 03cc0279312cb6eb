import path from "node:path";
import { writeAtomically } from "../../components/files/ownedFiles";
import { httpRevocationSource } from "../../components/pki/revocationSource";
import { openInventory } from "../../components/review/inventory/openInventory";
import { printable } from "../../components/notary/quoted";
import { summaryText } from "../../components/review/report/summary";
import { review as judge, outcomeOf } from "../../components/review/review";
import { readSettings } from "../../stacks/reviewSettings";
import { runCommand, say, show } from "./command";
import { contextOf, STATE } from "./review/context";
import { offlineRevocation } from "./review/offline";
import { REVIEW_HELP, type ReviewOptions, readReviewOptions } from "./review/options";
import { ImageProgress, verdictsInWords } from "./review/progress";
import { renderReport, schemaText } from "./review/render";
import { reviewedProject, sideNamed, workingFolder } from "./review/sides";
import { stateImages } from "./review/stateImages";
import { configuredStacks } from "./stackName";

/** What began a minute ago is now. */
const PAST_MS = 60_000;

/** `npm run review`; resolves to its exit code. */
export async function review(args: readonly string[]): Promise<number> {
  let outcome = 0;
  const failed = await runCommand(async () => {
    const options = readReviewOptions(args);
    if (options === "help") show(REVIEW_HELP);
    else if (options === "schema") show(schemaText());
    else outcome = await run(options);
  });
  // Whatever keeps the review from being made, it can't tell.
  return failed === 0 ? outcome : 2;
}

async function run(options: ReviewOptions): Promise<number> {
  const directory = process.env.INIT_CWD ?? process.cwd();
  const project = reviewedProject(options.repository, directory);
  const base = sideNamed(options.base, project, directory);
  const head = options.head === undefined ? workingFolder(project) : sideNamed(options.head, project, directory);
  const at = options.at ?? new Date();
  if (at.getTime() < Date.now() - PAST_MS)
    say(`Judged as of ${at.toISOString()}, which is past: what is revoked or deleted since then counts all the same.`);
  const progress = new ImageProgress(verdictsInWords);
  const { stacks = configuredStacks() } = options;
  const images = options.inventories.includes(STATE) ? await stateImages(stacks) : [];
  const context = contextOf(options, directory, images);
  const report = await judge({
    ...{ base, head, readSettings, at },
    ...(options.stacks && { stacks: options.stacks }),
    inventories: options.inventories.map((spec) => openInventory(spec, context)),
    revocation: options.offline ? offlineRevocation : httpRevocationSource(),
    onProgress: (now) => progress.show(now),
  });
  progress.end();
  for (const { format, file } of options.outputs) {
    const text = renderReport(report, format);
    if (file === undefined) show(text.trimEnd());
    else await writeAtomically(path.resolve(directory, file), { content: text });
  }
  const files = options.outputs.flatMap(({ file = [] }) => file);
  if (files.length > 0) {
    const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    process.stdout.write(`${summaryText(report, { colour })}\nWritten: ${files.map(printable).join(", ")}\n`);
  }
  return outcomeOf(report);
}
