import { expect } from "vitest";
import type { BreakwaterError } from "../../components/errors";

type ErrorClass<E extends BreakwaterError> = new (...args: never[]) => E;

/** The thing throws an error of this class with this code; the prose is nobody's contract. */
export async function expectCode<E extends BreakwaterError>(
  act: () => unknown,
  errorClass: ErrorClass<E>,
  code: E["code"],
): Promise<void> {
  let thrown: unknown;
  try {
    await act();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(errorClass);
  expect((thrown as E).code).toBe(code);
}
