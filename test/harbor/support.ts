import { onTestFinished } from "vitest";
import { HarborClient } from "../../components/harbor/api/client";
import { RIGHT_PASSWORD } from "./recording";
import { type Replay, type ReplayOptions, startReplay } from "./replay";

/** A client of a Harbor that answers with these recordings; what no recording knows fails the test. */
export async function replayed(
  options: ReplayOptions | readonly string[] = {},
  login: { username?: string; password?: string } = {},
): Promise<{ replay: Replay; client: HarborClient }> {
  const replay = await startReplay(isSequence(options) ? { sequence: options } : options);
  onTestFinished(() => replay.stop());
  return { replay, client: clientOf(replay, login) };
}

export function clientOf(
  { url, ca }: Pick<Replay, "url" | "ca">,
  { username = "admin", password = RIGHT_PASSWORD }: { username?: string; password?: string } = {},
): HarborClient {
  return new HarborClient({ url, ca, username, password });
}

function isSequence(options: ReplayOptions | readonly string[]): options is readonly string[] {
  return Array.isArray(options);
}
