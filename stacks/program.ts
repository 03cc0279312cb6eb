import { RunError } from "@pulumi/pulumi";
import { BreakwaterError } from "../components/errors";
import { readLocalConfig } from "./config";
import { local } from "./local";

/** The program of `npm start` and of `pulumi up` alike; what it returns are the stack's outputs. */
export async function program(): Promise<Record<string, unknown>> {
  try {
    return local(readLocalConfig());
  } catch (error) {
    // A RunError is shown as its message, without a stack.
    throw error instanceof BreakwaterError ? new RunError(`${error.message} [${error.code}]`) : error;
  }
}
