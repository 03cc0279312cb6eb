import { BreakwaterError } from "../errors";

export type DockerErrorCode =
  | "DOCKER_MISSING"
  | "DOCKER_ENGINE_UNREACHABLE"
  | "DOCKER_COMMAND_FAILED"
  | "DOCKER_OUTPUT_TOO_LARGE"
  | "DOCKER_TIMEOUT";

/** A `docker` command could not be run to its end. */
export class DockerError extends BreakwaterError<DockerErrorCode> {}
