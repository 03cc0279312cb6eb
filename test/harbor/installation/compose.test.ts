import { describe, expect, it } from "vitest";
import { composeDown } from "../../../components/harbor/installation/compose";
import { expectCode, makePlace, put, scriptDocker } from "./support";

/** A Harbor whose containers run, and a Compose that fails at what `fails` (a shell pattern) says. */
async function runningHarbor(composition: string, fails: string) {
  const { layout } = await makePlace();
  await put(layout.composeFile, composition);
  const row = ["nginx", "running", "x", "Up", "harbor", layout.directory, "proxy", ""].join("\t");
  const calls = await scriptDocker(
    `case "$1 $*" in ps*) echo '${row}' ;; compose*${fails}*) echo "no such luck" >&2; exit 1 ;; esac`,
  );
  const removed = async () => (await calls()).filter((call) => /^(stop|rm) /.test(call));
  return { layout, removed };
}

describe("to stop Harbor", () => {
  // A full disk, or a kill, may leave `prepare`'s file empty or cut: the next run has to get past it to render it anew.
  it("takes no composition that can be read: its containers are known without", async () => {
    const { layout, removed } = await runningHarbor("", "");
    await composeDown(layout);
    expect(await removed()).toEqual(["stop nginx", "rm --force nginx"]);
  });

  it("is Compose's alone where it can read the composition, and its failure is told", async () => {
    const { layout, removed } = await runningHarbor("services: {}", " down ");
    await expectCode(() => composeDown(layout), "DOCKER_COMMAND_FAILED");
    expect(await removed()).toEqual([]);
  });
});
