import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { endLeftOvers, PREPARE_CONTAINER } from "../../../components/harbor/installation/leftOvers";
import { makePlace, scriptDocker } from "./support";

const found = `case "$1" in ps) echo 0123456789ab ;; esac`;

describe("the container of `prepare`", () => {
  it("that a killed run left is removed", async () => {
    const { layout } = await makePlace();
    const calls = await scriptDocker(found);
    await endLeftOvers(layout);
    expect(await calls()).toContain(`rm --force ${PREPARE_CONTAINER}`);
  });

  it("whose client's parent waits for it is left alone", async () => {
    const { layout } = await makePlace();
    const calls = await scriptDocker(found);
    const client = spawn("sh", ["-c", "read line", "docker", "run", "--name", PREPARE_CONTAINER, "image"]);
    onTestFinished(() => void client.kill());
    await once(client, "spawn");
    await endLeftOvers(layout);
    expect(await calls()).not.toContain(`rm --force ${PREPARE_CONTAINER}`);
  });
});
