import { afterAll, beforeAll, describe } from "vitest";
import { describeInstallation } from "./installation";
import { Machine } from "./machine";
import { describeRefusals } from "./refusals";

// One file, since a machine has room for one Harbor: its composition takes port 1514.
describe("Harbor by Docker Compose", () => {
  let started: Machine;
  const the = {
    get machine() {
      return started;
    },
  };

  beforeAll(async () => {
    started = await Machine.start();
  });
  afterAll(async () => {
    await started?.stop();
  });

  describeRefusals(the);
  describeInstallation(the);
});
