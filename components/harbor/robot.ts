import { ComponentResource, type ComponentResourceOptions, type Output, output } from "@pulumi/pulumi";
import type { RegistryConnection } from "../oci/connection";
import { adoption, connectionOf, type Harbor, type HarborProjectReference } from "./harbor";
import type { PreviousRobot } from "./robot.handler";
import { HarborRobotResource } from "./robot.resource";
import { DOCKER_DIRECTORY } from "./robotLogin";
import type { Permissions } from "./robotTerms";

export interface HarborRobotArgs {
  readonly harbor: Harbor;
  readonly project: HarborProjectReference;
  /** Lower case, without project and prefix; the resource's own name when absent. */
  readonly robotName?: string;
  readonly permissions: Permissions;
  /** Days, counted from the robot's creation; it never expires when absent. */
  readonly duration?: number;
  /** Any word. Another one makes a new robot, and the one before stays until the overlap is over. */
  readonly rotation?: string;
  /** `7d`, `12h`; `7d` when absent. */
  readonly overlap?: string;
  readonly description?: string;
  /** Where the login is written to, as `docker/config.json` (0600); relative to the project's folder, and this robot's alone. */
  readonly directory: string;
  /** Takes over a robot of this name, if it is as declared; its secret stays unknown until the next `rotation`. */
  readonly adopt?: boolean;
}

/** A login of a Harbor project for machines, which were tried before they are handed on. */
export class HarborRobot extends ComponentResource {
  /** How clients log in: host, CA and the docker configuration with the login. */
  readonly connection: Output<RegistryConnection>;
  /** With Harbor's prefix: `robot$project+name`. */
  readonly username: Output<string>;
  /** ISO 8601, or `never`. */
  readonly expiresAt: Output<string>;
  /** Replaced robots that are still accepted. */
  readonly previous: Output<PreviousRobot[]>;
  /** What Harbor does not tell: the secret of a robot that was taken over. */
  readonly unreadable: Output<string[]>;

  constructor(name: string, args: HarborRobotArgs, options?: ComponentResourceOptions) {
    super("breakwater:harbor:Robot", name, {}, options);
    const { harbor, project, robotName = name, duration = -1, overlap = "7d", directory, adopt, ...declared } = args;
    const resource = new HarborRobotResource(
      name,
      {
        harbor: connectionOf(harbor),
        host: harbor.host,
        project: project.projectName,
        robotName,
        duration,
        overlap,
        directory,
        ...declared,
        ...adoption(harbor, adopt),
      },
      { parent: this },
    );
    this.username = resource.username;
    this.expiresAt = resource.expiresAt;
    this.previous = resource.previous;
    this.unreadable = resource.unreadable;
    // Its users wait for the robot that wrote the file; the folder is known in a preview, whatever becomes of the robot.
    const { directory: written } = resource;
    this.connection = output({ harbor: harbor.connection, host: harbor.host, written }).apply(
      ({ harbor: { caFile }, host, written }): RegistryConnection => ({
        host,
        ...(caFile !== undefined && { caFile }),
        dockerConfig: `${written}/${DOCKER_DIRECTORY}`,
      }),
    );
    this.registerOutputs({ username: this.username });
  }
}
