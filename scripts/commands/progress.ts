import type { DiagnosticEvent, EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { messageOf } from "../../components/errors";
import { announcedChange, type Change, doneChange } from "./changes";
import { say } from "./command";
import { CommandError } from "./error";
import type { Owned } from "./owned";

/** What the engine's events told. */
export class RunLog {
  /** Each resource that was, or in a preview would be, changed. */
  readonly changes: Change[] = [];
  /** What the program or a resource wants a person to know, each once. */
  readonly notes: string[] = [];
  /** The engine's error messages, each once. */
  readonly errors: string[] = [];
  /** The stack's outputs, once they are known. */
  outputs: Record<string, unknown> | undefined;

  readonly #preview: boolean;
  readonly #owned: Owned | undefined;
  /** What was observed to differ. */
  readonly #drifts = new Set<string>();

  /** `owned`: of a run that takes a stack down. */
  constructor(options: { preview: boolean; owned?: Owned }) {
    this.#preview = options.preview;
    this.#owned = options.owned;
  }

  /** To be given to the engine as `onEvent`. */
  readonly onEvent = (event: EngineEvent): void => {
    this.#noteDrift(event.resOutputsEvent?.metadata);
    const change = this.#preview ? announcedChange(event) : doneChange(event, this.#owned);
    if (change !== undefined) {
      this.changes.push(change);
      say(lineOf(change, this.#preview));
    }
    const stack = event.resOutputsEvent?.metadata;
    if (stack?.type === "pulumi:pulumi:Stack" && stack.new?.outputs) this.outputs = stack.new.outputs;
    if (event.diagnosticEvent) this.#addDiagnostic(event.diagnosticEvent);
  };

  /** Why the run failed: the engine's own error says only that a command did. */
  failure(error: unknown): CommandError {
    const reasons = this.errors.length > 0 ? this.errors : [messageOf(error)];
    const text = ["", "Failed:", ...reasons.map((reason) => `  ${reason}`)].join("\n");
    return new CommandError("UPDATE_FAILED", text, { cause: error });
  }

  #noteDrift(observed: StepEventMetadata | undefined): void {
    const drift: unknown = observed?.new?.outputs?.drift;
    if (typeof drift === "string" && drift !== "") this.#drifts.add(drift);
  }

  #addDiagnostic({ severity, message, ephemeral }: DiagnosticEvent): void {
    const text = withoutMarkup(message);
    if (text === "" || ephemeral) return;
    if (severity === "error") {
      if (!this.errors.includes(text)) this.errors.push(text);
    } else if (severity === "warning") {
      if (this.notes.includes(text) || OWN_LAUNCHER.test(text)) return;
      this.notes.push(text);
      say(`  !  ${text}`);
    } else if (severity.startsWith("info") && !this.#preview) {
      this.#sayProgress(text);
    }
  }

  /** What resources say while they are changed. A plain CLI is told the reason of a change by such a line: here it is told anyway. */
  #sayProgress(text: string): void {
    if ([...this.#drifts].some((drift) => text.endsWith(drift.trim()))) return;
    for (const line of text.split("\n")) say(`    … ${line}`);
  }
}

/** With a CLI from elsewhere, the engine finds the launcher of dynamic providers where the set-up put it, and wonders. */
const OWN_LAUNCHER = /^using pulumi-resource-pulumi-nodejs from \$PATH at /;

const VERBS = {
  create: { done: "+ created ", planned: "+ create " },
  update: { done: "~ updated ", planned: "~ update " },
  replace: { done: "± renewed ", planned: "± renew  " },
  delete: { done: "- deleted ", planned: "- delete " },
  /** What is deleted for the engine alone. */
  forget: { done: "- forgot  ", planned: "- forget " },
} as const;

/** Several reasons that together are longer than this stand each on a line of its own. */
const LONG = 80;

/** Why, or what it is; what is new is described before it is made. */
function lineOf({ operation, resource, reason, reasons, details, isKept }: Change, preview: boolean): string {
  const verb = VERBS[isKept ? "forget" : operation][preview ? "planned" : "done"];
  const line = `  ${verb} ${resource}`;
  if (reasons.length > 1 && reason.length > LONG) return [`${line}:`, ...reasons].join("\n      ");
  const words = reason || (preview || operation === "delete" ? details : "");
  return `${line}${words ? `: ${words}` : ""}`;
}

/** The engine marks colours as `<{%name%}>`, says twice that an error is one, and has a long name for each of our kinds. */
function withoutMarkup(message: string): string {
  const text = message.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
  if (/^(update|preview|destroy) failed$/.test(text)) return "";
  return text.replace(/^(error|warning): /, "").replace(/^pulumi-nodejs:dynamic\/breakwater:/, "");
}
