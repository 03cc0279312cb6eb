import type { FileTree } from "../files/tree";
import type { RevocationSource } from "../notary/revocation/revocationSource";
import { enforcerEffects } from "./enforcers";
import { ReviewError } from "./error";
import type { Finding } from "./finding";
import { Inventories } from "./inventory/inventories";
import type { InventorySource } from "./inventory/inventory";
import { trustMap } from "./map/map";
import { MapImages } from "./map/mapImages";
import { validitiesOf } from "./map/validity";
import { checkoutChanged } from "./project/checkout";
import { imageFilesChanged, imageFolders } from "./project/imageFiles";
import { changedFiles, type ProgramFiles, programChanged } from "./project/program";
import { projectChanged } from "./project/projectFile";
import type { Report } from "./report/report";
import { judgeRules } from "./rules/judge";
import { unknownStacks } from "./rules/named";
import { problemsOfNextRules, readRules, rulesChanged } from "./rules/readRules";
import { byLoudness } from "./semantic/draft";
import { semanticDiff } from "./semantic/semanticDiff";
import { folderName, isTrustFolder, readState, STACKS, stacksOf } from "./state/readState";
import type { ReadSettings } from "./state/stackConfigs";
import type { Problem, Readable, StackState, TrustState } from "./state/state";
import { type VerdictProgress, verdictDiff } from "./verdicts/verdictDiff";

/** One side of a review. */
export interface ReviewedSide {
  readonly tree: FileTree;
  /** A git ref or a folder, as it was given. */
  readonly name: string;
  readonly commit?: string;
  /** All its files; absent where there is no project around the trust. */
  readonly program?: ProgramFiles;
}

export interface ReviewArgs {
  /** What judges, too: rules and exceptions are the base's. */
  readonly base: ReviewedSide;
  /** Hostile: it is read, and nothing of it is heeded. */
  readonly head: ReviewedSide;
  readonly readSettings: ReadSettings;
  /** Only these stacks; all when absent. */
  readonly stacks?: readonly string[];
  /** Empty: nothing is said of images. */
  readonly inventories: readonly InventorySource[];
  /** As of when everything is judged. */
  readonly at: Date;
  /** When the review is made. */
  readonly today: Date;
  readonly revocation: RevocationSource;
  /** From when on no more images are read: the report is then partial. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: VerdictProgress) => void;
}

/**
 * Compares two states of trust: what the change means, which images flip, and what the rules say.
 * @throws RuleError, TreeError, ReviewError REVIEW_STACK_UNKNOWN; what can't be read of the sides' trust is a problem of the report, which is then partial
 */
export async function review(args: ReviewArgs): Promise<Report> {
  const { at, today } = args;
  const inventories = new Inventories(args.inventories, args.signal);
  const declared = readRules(args.base.tree, today);
  // Two folders in notation's layout are one stack, wherever they are.
  const folders = [args.base, args.head].every(({ tree }) => isTrustFolder(tree));
  const stack = folders ? folderName(args.base.name) : undefined;
  const [base, head] = [stateOf(args.base, args, stack), stateOf(args.head, args, stack)];
  requireStacks(args.stacks ?? [], base, head);
  const findings = [
    ...rulesChanged(args.base.tree, args.head.tree),
    ...[...aroundTrust(args, base, head), ...semanticDiff(base, head)].sort(byLoudness),
  ];
  const shown = new MapImages();
  const images = await verdictDiff({
    images: inventories.entries(),
    base,
    head,
    clock: () => at,
    revocation: args.revocation,
    onVerdicts: (verdicts) => shown.add(verdicts),
    ...(args.onProgress && { onProgress: args.onProgress }),
  });
  const stacks = stacksOfSides(args);
  const unguarded = unknownStacks(declared.rules, stacks);
  const next = problemsOfNextRules(args.head.tree, stacksOf(args.head.tree), today);
  const problems = [
    ...unguarded,
    ...next.filter(({ code }) => code !== "RULE_STACK_UNKNOWN" || unguarded.length === 0),
    ...problemsOf(base),
    ...problemsOf(head),
  ];
  const judged = judgeRules(declared.rules, declared.exceptions, {
    ...{ head, findings, at, stacks },
    images: args.inventories.length === 0 ? undefined : images,
  });
  return {
    version: 1,
    base: nameOf(args.base),
    head: nameOf(args.head),
    at: at.toISOString(),
    made: today.toISOString(),
    partial: problems.length > 0 || images.unknown.length > 0,
    problems,
    inventories: inventories.facts(),
    semantic: findings,
    ...images,
    enforcers: enforcerEffects(base, head),
    ...judged,
    map: trustMap(base, head, shown.all(), shown.leftOut),
    validity: validitiesOf(base, head),
  };
}

/** Of both sides, whichever are looked at. */
function stacksOfSides({ base, head }: ReviewArgs): string[] {
  return [...new Set([base, head].flatMap(({ tree }) => stacksOf(tree)))].sort();
}

/** What changes beside trust and config, and bears on what becomes of them. */
function aroundTrust({ base, head }: ReviewArgs, before: TrustState, after: TrustState): Finding[] {
  const paths = changedFiles(base.program, head.program);
  return [
    ...projectChanged(base.tree, head.tree),
    ...checkoutChanged(base.tree, head.tree, STACKS),
    ...imageFilesChanged(before, after, paths),
    // A head may not call the program an image's files.
    ...programChanged(paths, imageFolders(before)),
  ];
}

/** What a review comes to, as an exit code: 0 nothing stands against the change, 1 a rule does, 2 it can't be told. */
export function outcomeOf({ rules, partial }: Report): 0 | 1 | 2 {
  if (rules.some(({ result }) => result === "violated")) return 1;
  return partial ? 2 : 0;
}

/** The trust of one side, of the wanted stacks. */
export function stateOf(
  { tree, name, commit }: ReviewedSide,
  { readSettings, stacks: wanted }: Pick<ReviewArgs, "readSettings" | "stacks">,
  stack?: string,
): TrustState {
  const state = readState(tree, name, readSettings, stack);
  const stacks = [...state.stacks].filter(([stack]) => wanted === undefined || wanted.includes(stack));
  return { ...state, stacks: new Map(stacks), ...(commit !== undefined && { commit }) };
}

/** A misspelt name would leave a stack out in silence. */
function requireStacks(wanted: readonly string[], base: TrustState, head: TrustState): void {
  const unknown = wanted.find((stack) => !base.stacks.has(stack) && !head.stacks.has(stack));
  if (unknown === undefined) return;
  throw new ReviewError(
    "REVIEW_STACK_UNKNOWN",
    `neither side has a stack "${unknown}": its trust is in stacks/${unknown}/trust, its config in stacks/Pulumi.${unknown}.yaml`,
  );
}

function nameOf({ name, commit }: ReviewedSide): Report["base"] {
  return { name, ...(commit !== undefined && { commit }) };
}

export function problemsOf({ stacks }: TrustState): Problem[] {
  return [...stacks.values()].flatMap(({ trust, settings, identities }: StackState) =>
    [trust, settings, ...identities.values()].flatMap((part: Readable<unknown> | undefined) =>
      part !== undefined && "problem" in part ? [part.problem] : [],
    ),
  );
}
