import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, vi } from "vitest";
import type * as configuration from "../../components/provider/configuration";
import type { ResourceDefinition } from "../../components/provider/definition";
import type * as handlers from "../../components/provider/handler";
import type { Handler } from "../../components/provider/handler";
import { ManagedResource } from "../provider/managedResource";
import { RIGHT_PASSWORD } from "./recording";
import { type StandIn, startStandIn } from "./standIn";

const DEFINITIONS = {
  project: "harborProject",
  contentTrust: "harborContentTrust",
  robot: "harborRobot",
  immutableRule: "harborImmutableRule",
  label: "harborLabel",
} as const;
type Kind = keyof typeof DEFINITIONS;

/** One stand-in, and a folder for this stack's files; both end with the test. */
export interface Surroundings {
  readonly harbor: StandIn;
  readonly connection: { url: string; caFile: string; username: string; passwordKey: string };
  readonly home: string;
  /** The handler in a new process of the provider: nothing is known of the one before but what is in files. */
  handler(kind: Kind): Promise<Handler>;
  /** A resource of this kind, as the engine keeps it. */
  resource(kind: Kind): Promise<ManagedResource>;
}

export async function surroundings(): Promise<Surroundings> {
  const harbor = await startStandIn();
  const home = await mkdtemp(path.join(tmpdir(), "breakwater-home-"));
  onTestFinished(async () => {
    await harbor.stop();
    await rm(home, { recursive: true, force: true });
  });
  const handler = (kind: Kind) => newProcess(home, kind);
  return {
    harbor,
    connection: connectionOf(harbor),
    home,
    handler,
    resource: async (kind) => new ManagedResource(await handler(kind)),
  };
}

export function connectionOf({ url, caFile }: { url: string; caFile: string }) {
  return { url, caFile, username: "admin", passwordKey: "adminPassword" };
}

export async function newProcess(home: string, kind: Kind, password = RIGHT_PASSWORD): Promise<Handler> {
  vi.resetModules();
  vi.doMock("../../components/files/paths", () => ({
    projectRoot: home,
    resolvePath: (relative: string) => path.resolve(home, relative),
  }));
  const load = <Module>(file: string) => import(/* @vite-ignore */ `../../components/${file}`) as Promise<Module>;
  const { configure } = await load<typeof configuration>("provider/configuration");
  configure((key) => (key === "adminPassword" ? password : undefined));
  const { toHandler } = await load<typeof handlers>("provider/handler");
  const module = await load<Record<string, ResourceDefinition<object, object>>>(`harbor/${kind}.handler`);
  const definition = module[DEFINITIONS[kind]];
  if (definition === undefined) throw new Error(`${kind}.handler exports no ${DEFINITIONS[kind]}`);
  return toHandler(definition);
}

/** Only an error's message crosses to the engine, with the code at its end. */
export async function expectRefused(work: Promise<unknown>, code: string, ...words: RegExp[]): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  const { message } = error as Error;
  expect(message).toContain(`[${code}]`);
  expect(message).not.toContain(RIGHT_PASSWORD);
  for (const word of words) expect(message).toMatch(word);
}
