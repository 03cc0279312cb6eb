import type { Case } from "./case";
import { summaryOf, summaryOfAnswer } from "./compare";
import { differencesOf } from "./differences";
import { evaluate, type Verdict } from "./evaluate";
import { generate } from "./generate";
import { loadKeys } from "./keys";
import { type Answer, Oracle } from "./oracle";

export interface Disagreement {
  index: number;
  /** Names of the changes that matter. */
  recipe: string;
  ours: string;
  theirs: string;
  /** What each says for reasons. */
  why: string[];
  question: Case;
}

/** What came of a run. */
export interface Tally {
  cases: number;
  /** Cases that ours verifies; that it fails; and so on. */
  verdicts: Map<string, number>;
  /** By "validation, action, result, code". */
  outcomes: Map<string, number>;
  differences: Map<string, number>;
  disagreements: Disagreement[];
  seconds: number;
}

type Keys = ReturnType<typeof loadKeys>;

export interface RunOptions {
  seed: number;
  /** Indexes of the cases. */
  indexes: Iterable<number>;
  binary: string;
  /** Told now and then how far it is. */
  onProgress?: (done: number) => void;
}

/** More are found at once than anybody reads. */
const DISAGREEMENTS_MAX = 200;
/** Questions that an oracle has at once, so that neither side waits for the other. */
const IN_FLIGHT = 16;

/** Puts cases to both implementations and compares. */
export async function run({ seed, indexes, binary, onProgress }: RunOptions): Promise<Tally> {
  const keys = loadKeys();
  const started = Date.now();
  const tally: Tally = {
    cases: 0,
    verdicts: new Map(),
    outcomes: new Map(),
    differences: new Map(),
    disagreements: [],
    seconds: 0,
  };
  const oracle = new Oracle(binary);
  const open = new Set<Promise<void>>();
  try {
    for (const index of indexes) {
      const { recipe, question } = generate(seed, index, keys);
      const asked = oracle.ask(question);
      const judged = judge(question, asked).then(({ ours, theirs }) => {
        record(tally, { index, recipe, question, ours, theirs });
        open.delete(judged);
        if (tally.cases % 500 === 0) onProgress?.(tally.cases);
      });
      open.add(judged);
      if (open.size >= IN_FLIGHT) await Promise.race(open);
    }
    await Promise.all(open);
    for (const disagreement of tally.disagreements) await shrink(oracle, seed, disagreement, keys);
  } finally {
    await oracle.close();
  }
  tally.seconds = (Date.now() - started) / 1000;
  return tally;
}

async function judge(question: Case, asked: Promise<Answer>): Promise<{ ours: Verdict; theirs: Answer }> {
  // Whatever it throws is a disagreement, too.
  const judged = evaluate(question).catch(({ stack }): Verdict => ({ kind: "panic", message: stack, outcomes: [] }));
  const [ours, theirs] = await Promise.all([judged, asked]);
  return { ours, theirs };
}

const agrees = (question: Case, { ours, theirs }: { ours: Verdict; theirs: Answer }) =>
  summaryOf(ours) === summaryOfAnswer(theirs) || differencesOf(question, ours, theirs) !== undefined;

/**
 * Leaves out one change after the other, as long as the two still disagree. The case itself is made anew only then: its
 * signatures, and so what a change of single bytes hits, are others each time.
 */
async function shrink(oracle: Oracle, seed: number, disagreement: Disagreement, keys: Keys): Promise<void> {
  const { index } = disagreement;
  const { changes } = generate(seed, index, keys);
  disagreement.recipe = changes.join(" + ");
  const without = new Set<number>();
  for (let at = changes.length - 1; at >= 0 && without.size < changes.length - 1; at--) {
    const smaller = generate(seed, index, keys, new Set([...without, at]));
    const judged = await judge(smaller.question, oracle.ask(smaller.question));
    if (agrees(smaller.question, judged)) continue;
    without.add(at);
    Object.assign(disagreement, {
      recipe: smaller.changes.join(" + "),
      question: smaller.question,
      ...described(judged.ours, judged.theirs),
    });
  }
}

const described = (ours: Verdict, theirs: Answer): Pick<Disagreement, "ours" | "theirs" | "why"> => ({
  ours: summaryOf(ours),
  theirs: summaryOfAnswer(theirs),
  why: reasonsOf(ours, theirs),
});

interface Judged {
  index: number;
  recipe: string;
  question: Case;
  ours: Verdict;
  theirs: Answer;
}

function record(tally: Tally, { index, recipe, question, ours, theirs }: Judged): void {
  tally.cases++;
  count(tally.verdicts, ours.kind);
  for (const outcome of outcomesOf(ours)) count(tally.outcomes, outcome);
  if (summaryOf(ours) === summaryOfAnswer(theirs)) return;
  const named = differencesOf(question, ours, theirs);
  for (const { name } of named ?? []) count(tally.differences, name);
  if (!named && tally.disagreements.length < DISAGREEMENTS_MAX) {
    tally.disagreements.push({ index, recipe, question, ...described(ours, theirs) });
  }
}

/**
 * The outcomes of a verdict, and what no validation of the specification's list records: "policy" for the document and
 * the stores, "selection" for the applicable statement, "signature" for what no level relaxes.
 */
export function outcomesOf({ kind, code, outcomes }: Verdict): string[] {
  const key = (...parts: (string | undefined)[]) => parts.map((part) => part ?? "").join(" | ");
  if (kind === "policy") return [key("policy", "enforce", "failed", code)];
  if (kind === "none") return [key("selection", "enforce", "failed", code)];
  if (kind === "skipped") return [key("selection", "skip", "skipped", "")];
  const all = outcomes.map((outcome) => key(outcome.validation, outcome.action, outcome.result, outcome.code));
  const last = outcomes.at(-1);
  const bySignature = kind === "failed" && !(last?.action === "enforce" && last.result === "failed");
  return bySignature ? [...all, key("signature", "enforce", "failed", code)] : all;
}

function reasonsOf(ours: Verdict, theirs: Answer): string[] {
  const own = [ours.code, ours.message, ...ours.outcomes.flatMap(({ code, message }) => [code, message])];
  const others = [theirs.error, ...(theirs.results ?? []).map(({ error }) => error), ...(theirs.log ?? [])];
  const told = (texts: readonly (string | undefined)[]) => [...new Set(texts.filter((text) => text !== undefined))];
  return [`ours: ${told(own).join(" — ")}`, `theirs: ${told(others).join(" — ")}`];
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
