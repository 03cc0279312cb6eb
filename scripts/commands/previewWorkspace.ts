import { randomBytes } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { LocalWorkspace, type PulumiFn, type Stack } from "@pulumi/pulumi/automation";
import { projectRoot, resolvePath } from "../../components/files/paths";
import { engineEnvironment, engineOptions, PROJECT, TEMPORARY } from "./engine";
import type { StackName } from "./stackName";

/** A stack that was never brought up, in a place of its own: the engine keeps there what it writes even for a preview. */
export interface PreviewWorkspace {
  readonly stack: Stack;
  close(): Promise<void>;
}

/**
 * Opens a stack that has no state for a preview which leaves nothing behind: not in the stack's config, where the engine would
 * put its encryption salt, and not in the state. No passphrase is needed, so secrets of the config are left out; the program is
 * told their names.
 */
export async function openPreviewWorkspace(
  stack: StackName,
  programWithout: (secrets: readonly string[]) => PulumiFn,
): Promise<PreviewWorkspace> {
  const options = await engineOptions(engineEnvironment(stack), ""); // empties the temporary folder
  const directory = await mkdtemp(path.join(resolvePath(TEMPORARY), "preview-"));
  await mkdir(path.join(directory, "state"));
  await mkdir(path.join(directory, path.dirname(stack.configFile)), { recursive: true });
  await cp(path.join(projectRoot, "Pulumi.yaml"), path.join(directory, "Pulumi.yaml"));
  await symlink(path.join(projectRoot, "bin"), path.join(directory, "bin"));
  const { config, secrets } = withoutSecrets(await readFile(resolvePath(stack.configFile), "utf8"));
  await writeFile(path.join(directory, stack.configFile), config);

  const { PULUMI_CONFIG_PASSPHRASE_FILE: _file, PULUMI_ACCESS_TOKEN: _token, ...variables } = options.envVars;
  const opened = await LocalWorkspace.createStack(
    { stackName: stack.name, projectName: PROJECT, program: programWithout(secrets) },
    {
      ...options,
      workDir: directory,
      envVars: {
        ...variables,
        PULUMI_BACKEND_URL: pathToFileURL(path.join(directory, "state")).href,
        PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      },
    },
  );
  return { stack: opened, close: () => rm(directory, { recursive: true, force: true }) };
}

/** A stack's config without what the engine has encrypted in it, as it writes it. */
export function withoutSecrets(config: string): { config: string; secrets: string[] } {
  const secrets: string[] = [];
  const rest = config
    .replace(/^(encryptionsalt|secretsprovider|encryptedkey):.*\n?/gm, "")
    .replace(/^[ \t]+["']?(?:[\w-]+:)?([\w.-]+)["']?:[ \t]*\r?\n[ \t]+secure:.*\n?/gm, (_text, name: string) => {
      secrets.push(name);
      return "";
    });
  return { config: rest, secrets };
}
