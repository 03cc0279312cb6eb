import { describe, expect, it } from "vitest";
import { DockerError } from "../../../components/docker/error";
import { explainingFullDisk } from "../../../components/harbor/installation/diskFull";
import { HarborInstallationError } from "../../../components/harbor/installation/error";
import { expectCode, makePlace } from "./support";

const failing = async (error: Error) => {
  const { layout } = await makePlace();
  return () => explainingFullDisk(layout, () => Promise.reject(error));
};

describe("a full disk", () => {
  it.each([
    ["here", Object.assign(new Error("write"), { code: "ENOSPC" })],
    ["in a container", new DockerError("DOCKER_COMMAND_FAILED", "OSError: [Errno 28] No space left on device")],
    [
      "below another error",
      new HarborInstallationError("HARBOR_UPGRADE_FAILED", "the old one runs again", {
        cause: Object.assign(new Error("write"), { code: "EDQUOT" }),
      }),
    ],
  ])("is told wherever it is: %s", async (_where, error) => {
    const told = await expectCode(await failing(error), "HARBOR_DISK_FULL");
    expect(told.message).toContain(error.message);
  });

  it("is not told of other errors", async () => {
    const error = new DockerError("DOCKER_COMMAND_FAILED", "no such image");
    await expect(await failing(error)).rejects.toBe(error);
  });
});
