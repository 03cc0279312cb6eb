import { httpRevocationSource } from "../../components/pki/revocationSource";
import { printable } from "../../components/notary/quoted";
import { reportSchema } from "../../components/review/report/reportSchema";
import { summaryText } from "../../components/review/report/summary";
import { review as judge, outcomeOf } from "../../components/review/review";
import { readSettings } from "../../stacks/reviewSettings";
import { show } from "./command";
import { offlineRevocation } from "./review/offline";
import { REVIEW_HELP, type ReviewOptions, readReviewOptions } from "./review/options";
import { ImageProgress, verdictsInWords } from "./review/progress";
import { renderReport } from "./review/render";
import { folderOfPerson, judging, openInventories, stoppingInOrder, writeReports } from "./review/run";
import { reviewedProject, sideNamed, workingFolder } from "./review/sides";

/** `npm run review`; resolves to its exit code. */
export function review(args: readonly string[]): Promise<number> {
  return judging(async () => {
    const options = readReviewOptions(args);
    if (options === "help" || options === "schema") {
      show(options === "help" ? REVIEW_HELP : JSON.stringify(reportSchema, undefined, 2));
      return 0;
    }
    return await run(options);
  });
}

async function run(options: ReviewOptions): Promise<number> {
  const directory = folderOfPerson();
  const project = reviewedProject(options.repository, directory);
  const base = sideNamed(options.base, project, directory);
  const head = options.head === undefined ? workingFolder(project) : sideNamed(options.head, project, directory);
  const today = new Date();
  const at = options.at ?? today;
  const progress = new ImageProgress(verdictsInWords);
  const report = await stoppingInOrder(async (signal) => {
    const watching = { signal, onTag: () => progress.tag() };
    const { sources } = await openInventories(options, directory, watching);
    return judge({
      ...{ base, head, readSettings, at, today, signal },
      ...(options.stacks && { stacks: options.stacks }),
      inventories: sources,
      revocation: options.offline ? offlineRevocation : httpRevocationSource(),
      onProgress: (now) => progress.show(now),
    });
  });
  progress.end();
  await writeReports(options.outputs, directory, (format) => renderReport(report, format));
  const files = options.outputs.flatMap(({ file = [] }) => file);
  if (files.length > 0) {
    const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
    process.stdout.write(`${summaryText(report, { colour })}\nWritten: ${files.map(printable).join(", ")}\n`);
  }
  return outcomeOf(report);
}
