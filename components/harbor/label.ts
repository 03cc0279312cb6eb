import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { adoption, connectionOf, type Harbor, type HarborProjectReference } from "./harbor";
import { HarborLabelResource } from "./label.resource";

export interface HarborLabelArgs {
  readonly harbor: Harbor;
  /** Absent: for the artifacts of all projects. */
  readonly project?: HarborProjectReference;
  /** The resource's own name when absent. */
  readonly labelName?: string;
  /** `#RRGGBB` */
  readonly color: string;
  readonly description?: string;
  /** Takes over a label of this name that is there already, if it is as declared; without any change. */
  readonly adopt?: boolean;
}

/** A label that Harbor shows on artifacts. Deleting it takes it off all of them. */
export class HarborLabel extends ComponentResource {
  readonly labelId: Output<number>;

  constructor(name: string, args: HarborLabelArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:Label", name, {}, options);
    const { harbor, project, labelName = name, description = "", adopt, ...declared } = args;
    const resource = new HarborLabelResource(
      name,
      {
        harbor: connectionOf(harbor),
        ...(project && { project: project.projectName }),
        labelName,
        description,
        ...declared,
        ...adoption(harbor, adopt),
      },
      { parent: this },
    );
    this.labelId = resource.labelId;
    this.registerOutputs({ labelId: this.labelId });
  }
}
