import type { EngineEvent } from "@pulumi/pulumi/automation";
import { messageOf } from "../../components/errors";
import { announcedChange, type Change, doneChange } from "./changes";
import { say } from "./command";
import { CommandError } from "./error";

/** What the engine's events told. */
export class RunLog {
  /** Each resource that was, or in a preview would be, changed. */
  readonly changes: Change[] = [];
  /** The engine's error messages, each once. */
  readonly errors: string[] = [];
  /** The stack's outputs, once they are known. */
  outputs: Record<string, unknown> | undefined;

  readonly #preview: boolean;

  constructor(options: { preview: boolean }) {
    this.#preview = options.preview;
  }

  /** To be given to the engine as `onEvent`. */
  readonly onEvent = (event: EngineEvent): void => {
    const change = this.#preview ? announcedChange(event) : doneChange(event);
    if (change !== undefined) {
      this.changes.push(change);
      say(lineOf(change, this.#preview));
    }
    const stack = event.resOutputsEvent?.metadata;
    if (stack?.type === "pulumi:pulumi:Stack" && stack.new?.outputs) this.outputs = stack.new.outputs;
    if (event.diagnosticEvent?.severity === "error") this.#addError(event.diagnosticEvent.message);
  };

  /** Why the run failed: the engine's own error says only that a command did. */
  failure(error: unknown): CommandError {
    const reasons = this.errors.length > 0 ? this.errors : [messageOf(error)];
    const text = ["", "Failed:", ...reasons.map((reason) => `  ${reason}`)].join("\n");
    return new CommandError("UPDATE_FAILED", text, { cause: error });
  }

  #addError(message: string): void {
    const text = withoutMarkup(message);
    if (text !== "" && !this.errors.includes(text)) this.errors.push(text);
  }
}

const VERBS = {
  create: { done: "+ created ", planned: "+ create " },
  update: { done: "~ updated ", planned: "~ update " },
  replace: { done: "± renewed ", planned: "± renew  " },
  delete: { done: "- deleted ", planned: "- delete " },
} as const;

function lineOf({ operation, resource, reason }: Change, preview: boolean): string {
  const verb = VERBS[operation][preview ? "planned" : "done"];
  return `  ${verb} ${resource}${reason ? `: ${reason}` : ""}`;
}

/** The engine marks colours as `<{%name%}>`; and says twice that an error is one. */
function withoutMarkup(message: string): string {
  const text = message.replaceAll(/<\{%[^%]*%\}>/g, "").trim();
  if (/^(update|preview|destroy) failed$/.test(text)) return "";
  return text.replace(/^error: /, "");
}
