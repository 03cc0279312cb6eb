import { RunError } from "@pulumi/pulumi";
import { BreakwaterError } from "../components/errors";
import { readEnvironment, readHarborConfig, readLocalConfig } from "./config";
import { harbor, installed } from "./harbor";
import { keepAsTheyAre } from "./kept";
import { local } from "./local";
import type { Machine } from "./machine";
import { requireRules } from "./requireRules";

/** The program of `npm start` and of `pulumi up` alike; what it returns are the stack's outputs. */
export async function program(machine: Machine = {}): Promise<Record<string, unknown>> {
  try {
    if (readEnvironment() === "local") return local(readLocalConfig());
    const config = readHarborConfig(machine);
    if (machine.renewal === undefined) {
      await requireRules(config.stack, machine); // before anything is declared: what a review stops, an `up` stops
      return { ...(await harbor(config, machine)) };
    }
    await keepAsTheyAre(machine.renewal.others, installed(config).installation);
    return machine.renewal.outputs;
  } catch (error) {
    // A RunError is shown as its message, without a stack.
    throw error instanceof BreakwaterError ? new RunError(`${error.message} [${error.code}]`) : error;
  }
}
