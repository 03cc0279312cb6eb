import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { adoption, connectionOf, type Harbor, type HarborProjectReference } from "./harbor";
import type { Pattern } from "./immutableRule.handler";
import { HarborImmutableRuleResource } from "./immutableRule.resource";

export type { Pattern } from "./immutableRule.handler";

export interface HarborImmutableRuleArgs {
  readonly harbor: Harbor;
  readonly project: HarborProjectReference;
  /** A glob such as `v*`, or `{ except: "latest" }`; every tag when absent. */
  readonly tags?: Pattern;
  /** A glob of names without the project; every repository when absent. */
  readonly repositories?: Pattern;
  /** False when absent. */
  readonly disabled?: boolean;
  /** Takes over an equal rule that is there already. */
  readonly adopt?: boolean;
}

/**
 * Tags of a project that can't be moved or deleted. A rule for every tag also stops signatures under the fallback tag
 * `sha256-…`, which signers use where the registry has no referrers API; Harbor has one.
 */
export class HarborImmutableRule extends ComponentResource {
  readonly ruleId: Output<number>;

  constructor(name: string, args: HarborImmutableRuleArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:ImmutableRule", name, {}, options);
    const { harbor, project, tags = "**", repositories = "**", disabled = false, adopt } = args;
    const resource = new HarborImmutableRuleResource(
      name,
      {
        harbor: connectionOf(harbor),
        project: project.projectName,
        tags,
        repositories,
        disabled,
        ...adoption(harbor, adopt),
      },
      { parent: this },
    );
    this.ruleId = resource.ruleId;
    this.registerOutputs({ ruleId: this.ruleId });
  }
}
