import type { EngineEvent } from "@pulumi/pulumi/automation";
import { announcedChange, type Change, doneChange } from "./changes";

/** What the engine's events told. */
export class RunLog {
  /** Each resource that was, or in a preview would be, changed. */
  readonly changes: Change[] = [];
  /** The engine's error messages, each once. */
  readonly errors: string[] = [];
  /** The stack's outputs, once they are known. */
  outputs: Record<string, unknown> | undefined;

  readonly #say: (line: string) => void;
  readonly #preview: boolean;

  constructor(say: (line: string) => void, options: { preview: boolean }) {
    this.#say = say;
    this.#preview = options.preview;
  }

  /** To be given to the engine as `onEvent`. */
  readonly onEvent = (event: EngineEvent): void => {
    const change = this.#preview ? announcedChange(event) : doneChange(event);
    if (change !== undefined) {
      this.changes.push(change);
      this.#say(lineOf(change, this.#preview));
    }
    const stack = event.resOutputsEvent?.metadata;
    if (stack?.type === "pulumi:pulumi:Stack" && stack.new?.outputs) this.outputs = stack.new.outputs;
    if (event.diagnosticEvent?.severity === "error") this.#addError(event.diagnosticEvent.message);
  };

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
