/**
 * What a concept says of its resource: plain functions over plain JSON. `toHandler` makes the provider's methods of it.
 *
 * The life of a resource, and where each part stands:
 * - `check` completes the inputs before every preview and `up` (what it adds is known in a preview too), offline; only
 *   at what is to be taken over, and is there already, may it look;
 * - `observe` looks at the real thing and says in words how it differs from the state; it never repairs and never throws;
 * - an observed drift, or an input that changed, becomes an `update`, which repairs or throws;
 * - `replaceBecause` names the reason why the object must be made anew (a certificate is renewed, never edited).
 */
export interface ResourceDefinition<Inputs extends object, Outputs extends object> {
  /** Names of the inputs whose change is an update. What is left out is a permission or a hint and changes nothing. */
  readonly compared: readonly (keyof Inputs & string)[];
  /** Names of the compared inputs whose change makes a new object. */
  readonly replaceOn?: readonly (keyof Inputs & string)[];
  /** True where a preview and an `up` must observe even if no refresh ran before: a gate. */
  readonly observeInDiff?: boolean;

  /** Throws a `PropertyError` for an input that can't be right. `news` may hold values not known yet (`isUnknown`). */
  check?(news: Inputs, olds: Partial<Inputs>): Promise<Inputs>;
  create(inputs: Inputs): Promise<{ id: string; outputs: Outputs }>;
  observe(state: Inputs & Outputs): Promise<Observation<Outputs>>;
  /** `state` with what was observed last. */
  replaceBecause?(state: Inputs & Outputs): string | undefined;
  update(state: Inputs & Outputs, inputs: Inputs): Promise<Outputs>;
  delete(state: Inputs & Outputs): Promise<void>;
}

export interface Observation<Outputs> {
  /** What differs from the declaration, in words for a person; empty when nothing does. */
  readonly drift: string;
  /** Outputs that were observed afresh; the others stay. */
  readonly outputs?: Partial<Outputs>;
}

/** An input that can't be right. The engine prints the property's value where it is short, so it must never be a secret. */
export class PropertyError extends Error {
  readonly property: string;

  constructor(property: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "PropertyError";
    this.property = property;
  }
}
