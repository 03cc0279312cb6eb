import { isRecord } from "../../oci/descriptor";
import { HarborApiError } from "./error";

/** Reads the fields of an object that Harbor sent; `what` names it in messages. Throws HarborApiError HARBOR_RESPONSE_INVALID. */
export class Fields {
  readonly #record: Readonly<Record<string, unknown>>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    if (!isRecord(value)) throw invalid(what, "it is no object");
    this.#record = value;
    this.#what = what;
  }

  text(name: string): string {
    const value = this.#record[name];
    if (typeof value !== "string") throw invalid(this.#what, `\`${name}\` is no text`);
    return value;
  }

  /** Harbor leaves out what is empty. */
  textOr(name: string, absent: string): string {
    return this.#isAbsent(name) ? absent : this.text(name);
  }

  integer(name: string): number {
    const value = this.#record[name];
    if (!Number.isSafeInteger(value)) throw invalid(this.#what, `\`${name}\` is no whole number`);
    return value as number;
  }

  integerOr(name: string, absent: number): number {
    return this.#isAbsent(name) ? absent : this.integer(name);
  }

  /** Harbor leaves out what is false. */
  flag(name: string): boolean {
    const value = this.#isAbsent(name) ? false : this.#record[name];
    if (typeof value !== "boolean") throw invalid(this.#what, `\`${name}\` is neither true nor false`);
    return value;
  }

  /** The objects of a list; none where Harbor left it out or says null. */
  list(name: string): Fields[] {
    const value = this.#isAbsent(name) ? [] : this.#record[name];
    if (!Array.isArray(value)) throw invalid(this.#what, `\`${name}\` is no list`);
    return value.map((item) => new Fields(item, `An entry of \`${name}\` of ${this.#what}`));
  }

  fields(name: string): Fields {
    return new Fields(this.#record[name], `\`${name}\` of ${this.#what}`);
  }

  /** As `fields`; without fields where Harbor left it out or says null. */
  fieldsOr(name: string): Fields {
    return this.#isAbsent(name) ? new Fields({}, `\`${name}\` of ${this.#what}`) : this.fields(name);
  }

  texts(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#record).map((name) => [name, this.text(name)]));
  }

  #isAbsent(name: string): boolean {
    return this.#record[name] === undefined || this.#record[name] === null;
  }
}

function invalid(what: string, reason: string): HarborApiError {
  return new HarborApiError(
    "HARBOR_RESPONSE_INVALID",
    `${what} is not as Harbor describes it: ${reason}. Check that \`url\` is a Harbor's of version 2.`,
  );
}
