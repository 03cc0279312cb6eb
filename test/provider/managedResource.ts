import type { Handler } from "../../components/provider/handler";
import type { Wire } from "../../components/provider/wire";

/** What the engine did with a resource in one `up`. */
export type Step = "create" | "update" | "replace" | "same";

/** The input that was refused; the engine is not told of one whose value it should not print. */
export function refusedProperty({ property, reason }: { property: string; reason: string }): string {
  return property === "" ? reason.replace(/:.*/s, "") : property;
}

/**
 * One resource as the engine keeps it: its methods call a handler in the engine's order and keep what would be in state,
 * as JSON. Nothing of the handler is replaced; what is left out is the engine's own part (secrets, parallel steps).
 */
export class ManagedResource {
  #handler: Handler;
  #inputs: Wire = {};
  #id: string | undefined;
  #state: Wire = {};

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  get id(): string {
    if (this.#id === undefined) throw new Error("the resource does not exist");
    return this.#id;
  }

  get state(): Wire {
    return this.#state;
  }

  /** What `read` observes is kept, as a refresh does. */
  async refresh(): Promise<string> {
    const { props } = await this.#handler.read(this.id, this.#state);
    this.#state = overTheWire(props);
    return String(this.#state.drift);
  }

  /** Refreshes, then says what an `up` would do. */
  async preview(declared: object): Promise<Step> {
    const inputs = await this.#checked(declared);
    if (this.#id === undefined) return "create";
    await this.refresh();
    const { changes, replaces } = await this.#handler.diff(this.#id, this.#state, inputs);
    if (replaces.length > 0) return "replace";
    return changes ? "update" : "same";
  }

  /** Refresh, check, diff, and the step that follows; a replaced object is deleted after its replacement was made. */
  async up(declared: object): Promise<Step> {
    const step = await this.preview(declared);
    const inputs = await this.#checked(declared);
    const [oldId, oldState] = [this.#id, this.#state];
    if (step === "create" || step === "replace") {
      const { id, outs } = await this.#handler.create(inputs);
      this.#keep(inputs, outs);
      this.#id = id;
      if (oldId !== undefined) await this.#handler.delete(oldId, oldState);
    } else if (step === "update") {
      this.#keep(inputs, (await this.#handler.update(this.id, this.#state, inputs)).outs);
    }
    return step;
  }

  /** As `up` of an engine that is killed when the handler has done everything, and before it saves anything. */
  async upThenKilled(declared: object): Promise<void> {
    const step = await this.preview(declared);
    const inputs = await this.#checked(declared);
    if (step === "update") await this.#handler.update(this.id, this.#state, inputs);
    else await this.#handler.create(inputs);
  }

  /** In the next process of the provider. */
  continueWith(handler: Handler): void {
    this.#handler = handler;
  }

  async destroy(): Promise<void> {
    if (this.#id === undefined) return;
    await this.#handler.delete(this.#id, this.#state);
    this.forget();
  }

  /** As after a kill before the engine saved anything; the inputs that `check` completed are forgotten as well. */
  forget(): void {
    this.#id = undefined;
    this.#state = {};
    this.#inputs = {};
  }

  #keep(inputs: Wire, outs: Wire): void {
    this.#inputs = inputs;
    this.#state = overTheWire(outs);
  }

  async #checked(declared: object): Promise<Wire> {
    const { inputs, failures } = await this.#handler.check(this.#inputs, overTheWire(declared));
    if (failures.length > 0) throw new Error(`check failed: ${JSON.stringify(failures)}`);
    return overTheWire(inputs);
  }
}

function overTheWire(value: object): Wire {
  return JSON.parse(JSON.stringify(value)) as Wire;
}
