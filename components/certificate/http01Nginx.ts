import { readdir, realpath, rm } from "node:fs/promises";
import path from "node:path";
import { runDocker } from "../docker/cli";
import { DockerError } from "../docker/error";
import { messageOf } from "../errors";
import { writeAtomically } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import type { ChallengeAnswer } from "./challengeAnswer";
import { CHALLENGE_PATH, type ChallengePlace } from "./challengeListener";
import { CertificateError } from "./error";
import { probeAnswer } from "./http01Probe";

/** A Harbor's running nginx that answers http-01 challenges itself. */
export interface NginxPlace {
  /** Name of the container: `nginx`. */
  readonly container: string;
  /** Absolute, or relative to the project's folder: what the container sees as `/etc/nginx/conf.d`. */
  readonly confDirectory: string;
  /** Where its port 80 redirects to; 443 when left out. */
  readonly httpsPort?: number;
}

/** Harbor's nginx includes `conf.d/harbor.https.*.conf` in its TLS server, and port 80 redirects to that. */
const FILE = "harbor.https.acme-challenge.conf";
const COMMAND_TIMEOUT_MS = 30_000;

/** What a Harbor's own nginx is: somebody else's may have that name, and one that starts again and again answers nothing. */
const STATE =
  '{{.State.Status}} {{index .Config.Labels "com.docker.compose.project"}} {{index .Config.Labels "com.docker.compose.project.working_dir"}}';

/** False as well for a Harbor's elsewhere, which does not see the folder; and without Docker, where no Harbor runs. */
export async function isNginxRunning(nginx: NginxPlace): Promise<boolean> {
  const args = ["container", "inspect", "--format", STATE, nginx.container];
  try {
    const said = (await runDocker(args, { timeoutMs: COMMAND_TIMEOUT_MS })).trim();
    const [, composition] = /^running harbor (\/.*)$/.exec(said) ?? [];
    if (composition === undefined) return false;
    const [outer, inner] = await Promise.all([composition, directoryOf(nginx)].map(realOf));
    return `${inner}/`.startsWith(`${outer}/`);
  } catch (error) {
    if (error instanceof DockerError && error.code !== "DOCKER_TIMEOUT") return false;
    throw error;
  }
}

/** Puts a location for each answer into nginx while `work` runs. No connection drops: nginx is tested, then reloaded. */
export async function withNginxAnswers<T>(
  nginx: NginxPlace,
  place: ChallengePlace,
  answers: readonly ChallengeAnswer[],
  work: () => Promise<T>,
): Promise<T> {
  await writeAtomically(fileOf(nginx), { content: configuration(answers) });
  try {
    await reload(nginx);
    for (const answer of answers) await probeAnswer(place, answer);
    return await work();
  } finally {
    await clearNginxAnswers(nginx);
  }
}

export async function hasNginxAnswers(nginx: NginxPlace): Promise<boolean> {
  return (await answerFiles(nginx)).length > 0;
}

/** Removes the locations, also those of a run that was killed, and reloads nginx where it runs. */
export async function clearNginxAnswers(nginx: NginxPlace): Promise<void> {
  const files = await answerFiles(nginx);
  if (files.length === 0) return;
  for (const name of files) await rm(path.join(directoryOf(nginx), name), { force: true });
  try {
    if (await isNginxRunning(nginx)) await runDocker(hangUp(nginx), { timeoutMs: COMMAND_TIMEOUT_MS });
  } catch (error) {
    // The certificate is there, or the order's own error matters more; the next reload drops the locations as well.
    console.log(`nginx was not reloaded after the ACME challenge: ${messageOf(error)}`);
  }
}

async function reload(nginx: NginxPlace): Promise<void> {
  try {
    await runDocker(["exec", nginx.container, "nginx", "-t"], { timeoutMs: COMMAND_TIMEOUT_MS });
    await runDocker(hangUp(nginx), { timeoutMs: COMMAND_TIMEOUT_MS });
  } catch (cause) {
    throw new CertificateError(
      "CHALLENGE_NGINX_REFUSED",
      `nginx of the container ${nginx.container} does not take the location that answers the ACME challenge; it was removed ` +
        `again and nginx goes on as it was. Mend its configuration and run the command again: ${messageOf(cause)}`,
      { cause },
    );
  }
}

function hangUp({ container }: NginxPlace): string[] {
  return ["kill", "--signal", "HUP", container];
}

/** The file, and drafts of it that a kill left. */
async function answerFiles(nginx: NginxPlace): Promise<string[]> {
  const names = await readdir(directoryOf(nginx)).catch(() => []);
  return names.filter((name) => name === FILE || (name.startsWith(`${FILE}.`) && name.endsWith(".tmp")));
}

function configuration(answers: readonly ChallengeAnswer[]): string {
  const locations = answers.map(
    ({ token, value }) =>
      `location = ${CHALLENGE_PATH}${token} {\n  default_type application/octet-stream;\n  return 200 "${value}";\n}\n`,
  );
  return `# Answers an ACME challenge while a certificate is ordered; removed afterwards.\n${locations.join("")}`;
}

async function realOf(folder: string): Promise<string> {
  return await realpath(folder).catch(() => folder);
}

function directoryOf({ confDirectory }: NginxPlace): string {
  return resolvePath(confDirectory);
}

function fileOf(nginx: NginxPlace): string {
  return path.join(directoryOf(nginx), FILE);
}
