import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { adoption, connectionOf, type Harbor } from "./harbor";
import { HarborProjectResource } from "./project.resource";
import type { ProjectSettings } from "./projectMetadata";

export interface HarborProjectArgs {
  readonly harbor: Harbor;
  /** Lower case; the resource's own name when absent. */
  readonly projectName?: string;
  /** Anybody may pull; false when absent. */
  readonly public?: boolean;
  /** `10GiB`, `unlimited`; Harbor's own default, and left as it is, when absent. */
  readonly storageQuota?: string;
  readonly metadata?: ProjectSettings;
  /** Takes over a project of this name that is there already, if it is as declared; without any change. */
  readonly adopt?: boolean;
}

/** A project of Harbor's: where images are pushed to. One that holds images is not deleted. */
export class HarborProject extends ComponentResource {
  readonly projectId: Output<number>;
  /** Known to those who wait for it when the project is there. */
  readonly projectName: Output<string>;
  readonly #name: string;

  constructor(name: string, args: HarborProjectArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:Project", name, {}, options);
    const { harbor, projectName = name, public: isPublic = false, adopt, ...declared } = args;
    const resource = new HarborProjectResource(
      name,
      { harbor: connectionOf(harbor), projectName, public: isPublic, ...declared, ...adoption(harbor, adopt) },
      { parent: this },
    );
    this.#name = projectName;
    this.projectId = resource.projectId;
    this.projectName = resource.projectName;
    this.registerOutputs({ projectId: this.projectId, projectName: this.projectName });
  }

  /** Name of a repository in this project, without the host: `notation-project/net-monitor`. */
  repository(name: string): string {
    return `${this.#name}/${name}`;
  }
}
