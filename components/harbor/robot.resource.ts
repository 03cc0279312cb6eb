import { type CustomResourceOptions, dynamic, mergeOptions, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { PreviousRobot, RobotInputs } from "./robot.handler";

const provider = lazyProvider("harborRobot");
const secrets = { additionalSecretOutputs: ["secret"] };

export class HarborRobotResource extends dynamic.Resource {
  declare readonly directory: Output<string>;
  declare readonly username: Output<string>;
  declare readonly expiresAt: Output<string>;
  declare readonly previous: Output<PreviousRobot[]>;
  declare readonly unreadable: Output<string[]>;

  constructor(name: string, args: ArgsOf<RobotInputs>, options?: CustomResourceOptions) {
    const outputs = {
      robotId: undefined,
      username: undefined,
      secret: undefined,
      expiresAt: undefined,
      previous: undefined,
      unreadable: undefined,
      drift: undefined,
    };
    super(provider, name, { ...args, ...outputs }, mergeOptions(options, secrets), MODULE, "HarborRobot");
  }
}
