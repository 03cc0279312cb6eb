import { BreakwaterError, messageOf } from "../errors";
import { type ConfigureRequest, configureFromEngine } from "./configuration";
import { PropertyError, type ResourceDefinition } from "./definition";
import { isUnknown, sameJson, toWire, type Wire, withoutProvider } from "./wire";

/** The seven methods that the engine calls, over plain JSON. They run in the provider's process. */
export interface Handler {
  configure(request: ConfigureRequest): Promise<void>;
  check(olds: Wire, news: Wire): Promise<{ inputs: Wire; failures: { property: string; reason: string }[] }>;
  diff(id: string, olds: Wire, news: Wire): Promise<{ changes: boolean; replaces: string[] }>;
  create(news: Wire): Promise<{ id: string; outs: Wire }>;
  read(id: string, state: Wire): Promise<{ id: string; props: Wire }>;
  update(id: string, olds: Wire, news: Wire): Promise<{ outs: Wire }>;
  delete(id: string, state: Wire): Promise<void>;
}

/** Makes the provider's methods of what a concept says of its resource. */
export function toHandler<Inputs extends object, Outputs extends object>(
  definition: ResourceDefinition<Inputs, Outputs>,
): Handler {
  type State = Inputs & Outputs;
  const asInputs = (wire: Wire) => withoutProvider(wire) as Inputs;
  const asState = (wire: Wire) => withoutProvider(wire) as State;
  const stateOf = (inputs: Inputs, outputs: Outputs) => toWire({ ...inputs, ...outputs, drift: "" });

  return {
    configure: configureFromEngine,

    async check(olds, news) {
      try {
        const inputs = await definition.check?.(asInputs(news), asInputs(olds));
        return { inputs: toWire(inputs ?? asInputs(news)), failures: [] };
      } catch (error) {
        if (!(error instanceof PropertyError)) throw explained(error);
        return { inputs: withoutProvider(news), failures: [failureOf(error, news)] };
      }
    },

    async diff(id, olds, news) {
      const changed = definition.compared.filter((name) => isUnknown(news[name]) || !sameJson(olds[name], news[name]));
      const replaces: string[] = changed.filter((name) => definition.replaceOn?.includes(name));
      const renewal = definition.replaceBecause?.(asState(olds));
      if (renewal !== undefined) replaces.push("drift");
      const drift = renewal ?? (await driftOf(olds, news));
      // The plain CLI shows no reason for an update that no input explains; this line is it.
      if (drift) console.log(`${id}: ${drift}`);
      return { changes: changed.length > 0 || drift !== "", replaces };
    },

    async create(news) {
      return await explaining(async () => {
        const inputs = asInputs(news);
        const { id, outputs } = await definition.create(inputs);
        return { id, outs: stateOf(inputs, outputs) };
      });
    },

    async read(id, state) {
      const { drift, outputs } = await observe(asState(state));
      const renewal = definition.replaceBecause?.({ ...asState(state), ...outputs });
      return { id, props: { ...state, ...toWire({ ...outputs, drift: renewal ?? drift }) } };
    },

    async update(_id, olds, news) {
      return await explaining(async () => {
        const inputs = asInputs(news);
        return { outs: stateOf(inputs, await definition.update(asState(olds), inputs)) };
      });
    },

    async delete(_id, state) {
      await explaining(() => definition.delete(asState(state)));
    },
  };

  /** `observe` never throws; one that does all the same would fail the whole refresh, so it is an observation too. */
  async function observe(state: State) {
    try {
      return await definition.observe(state);
    } catch (error) {
      return { drift: `can't be looked at: ${messageOf(error)}` };
    }
  }

  async function driftOf(olds: Wire, news: Wire): Promise<string> {
    const recorded = typeof olds.drift === "string" ? olds.drift : "";
    if (recorded || !definition.observeInDiff || isUnknown(news)) return recorded;
    return (await observe({ ...asState(olds), ...asInputs(news) })).drift;
  }
}

/** The engine prints the value of a property that it is told of: no object's, which may hold a password, and no whole file's. */
function failureOf(error: PropertyError, news: Wire): { property: string; reason: string } {
  const { property, message, cause } = error;
  const reason = cause instanceof BreakwaterError ? `${message} [${cause.code}]` : message;
  return isToBeShown(news[property]) ? { property, reason } : { property: "", reason: `${property}: ${reason}` };
}

const SHOWN_CHARACTERS = 400;

function isToBeShown(value: unknown): boolean {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return !isObject && (JSON.stringify(value) ?? "").length <= SHOWN_CHARACTERS;
}

/** Only an error's message crosses to the engine, so the stable code goes with it; nothing else, no stack. */
function explained(error: unknown): Error {
  return new Error(error instanceof BreakwaterError ? `${error.message} [${error.code}]` : messageOf(error));
}

async function explaining<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explained(error);
  }
}
