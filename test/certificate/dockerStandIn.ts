import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A `docker` command for PATH whose container is a program on this machine: what it is told is done by commands of the test.
 * The container itself is tested with the real engine (`test/system`).
 */
export interface DockerStandIn {
  /** To be first in PATH. */
  bin: string;
  /** What it was told so far, one command a line. */
  told(): Promise<string[]>;
  /** `state`: its state, and the composition that it is of, with its folder; the test's own when left out. */
  setRunning(running: boolean, state?: string): Promise<void>;
}

/** `test` and `hangUp` are shell commands for `nginx -t` and SIGHUP. */
export async function makeDockerStandIn(folder: string, test: string, hangUp: string): Promise<DockerStandIn> {
  const bin = join(folder, "docker-bin");
  const [log, running] = [join(folder, "docker.log"), join(folder, "docker-running")];
  await mkdir(bin, { recursive: true });
  const script = `#!/bin/sh
echo "$*" >> "${log}"
case "$*" in
  "container inspect --format {{.State.Status}} {{index .Config.Labels \\"com.docker.compose.project\\"}} \
{{index .Config.Labels \\"com.docker.compose.project.working_dir\\"}} nginx")
    test -e "${running}" && cat "${running}" || { echo "Error: No such container: nginx" >&2; exit 1; } ;;
  "exec nginx nginx -t") ${test} ;;
  "kill --signal HUP nginx") ${hangUp} ;;
  *) echo "unexpected: $*" >&2; exit 64 ;;
esac
`;
  await writeFile(join(bin, "docker"), script, { mode: 0o755 });
  return {
    bin,
    told: async () => (await readFile(log, "utf8").catch(() => "")).split("\n").filter(Boolean),
    setRunning: (is, state = `running harbor ${folder}`) =>
      is ? writeFile(running, state) : rm(running, { force: true }),
  };
}
