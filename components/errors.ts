/**
 * The root of every error that Breakwater raises on purpose.
 *
 * `code` is stable API (machines and tests compare it, never the prose); `message` names the thing that is wrong and the
 * way out. Each folder's `error.ts` derives one class whose codes are a closed union. No class may have a field `id`: the
 * engine takes an error that carries one for a half-created resource.
 */
export abstract class BreakwaterError<Code extends string = string> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The message of anything thrown, for use inside another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
