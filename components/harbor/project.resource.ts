import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { ProjectInputs } from "./project.handler";

const provider = lazyProvider("harborProject");

export class HarborProjectResource extends dynamic.Resource {
  declare readonly projectName: Output<string>;
  declare readonly projectId: Output<number>;

  constructor(name: string, args: ArgsOf<ProjectInputs>, options?: CustomResourceOptions) {
    const computed = { projectId: undefined, drift: undefined };
    super(provider, name, { ...computed, ...args }, options, MODULE, "HarborProject");
  }
}
