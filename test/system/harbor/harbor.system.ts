import { afterAll, beforeAll, describe } from "vitest";
import { describeCertificate } from "./certificate";
import { describeHealth } from "./health";
import { describeInstallation } from "./installation";
import { describeInterruptions } from "./interrupted";
import { Machine } from "./machine";
import { describeRefusals } from "./refusals";
import { describeStack } from "./stack";
import { describeUpgrade } from "./upgrade";

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
  }, 900_000);
  afterAll(async () => {
    await started?.stop();
  });

  describeRefusals(the);
  describeInstallation(the);
  describeCertificate(the);
  describeHealth(the);
  describeStack(the);
  describeUpgrade(the);
  describeInterruptions(the);
});
