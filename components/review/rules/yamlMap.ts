import { messageOf } from "../../errors";
import { quoted } from "../../notary/quoted";
import { suggestion } from "../../notary/trust/suggestion";
import { parseYaml } from "../yaml";
import { RuleError, type RuleErrorCode } from "./error";

type Map = Record<string, unknown>;

/** Reads files of one kind whole: what they don't know is refused, and each mistake names the file. */
export class YamlReader {
  readonly #file: string;
  readonly #code: RuleErrorCode;

  constructor(file: string, code: RuleErrorCode) {
    this.#file = file;
    this.#code = code;
  }

  /** The file as a map with these keys at most. @throws RuleError */
  document(text: string, known: readonly string[]): Map {
    let document: unknown;
    try {
      document = parseYaml(text) ?? {};
    } catch (error) {
      throw this.invalid(messageOf(error), error);
    }
    return this.map(document, "the file", known);
  }

  /** @param known which keys there may be; any when absent. @throws RuleError */
  map(value: unknown, what: string, known?: readonly string[]): Map {
    if (value === null || typeof value !== "object" || Array.isArray(value)) {
      throw this.invalid(`${what} must be a map${known === undefined ? " of names" : ` with ${known.join(", ")}`}`);
    }
    const map = value as Map;
    const unknown = Object.keys(map).find((key) => known !== undefined && !known.includes(key));
    if (unknown !== undefined) {
      throw this.invalid(`${what} has the unknown key ${quoted(unknown)}${suggestion(unknown, known ?? [])}`);
    }
    return map;
  }

  invalid(what: string, cause?: unknown): RuleError {
    return new RuleError(this.#code, `${this.#file}: ${what}`, { cause });
  }
}
