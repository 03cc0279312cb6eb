import { readFileSync } from "node:fs";
import { ComponentResource, dynamic } from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand } from "@pulumi/pulumi/automation";
import { Agent, request } from "undici";
import { resolvePath } from "../../components/files/paths";
import { TOOLS_DIRECTORY } from "../../components/local/tool";
import { engineVariables } from "../commands/engine";

/**
 * The engine's own floor, as a process of its own: a program with as many resources that do nothing, refreshed as well,
 * and the bare HTTP requests that fresh verdicts need. Called by the benchmark: `node floor.js HOME RESOURCES REQUESTS URL CA`.
 */
async function floor([home = "", resources = "0", requests = "0", url = "", ca = ""]: string[]): Promise<void> {
  const stack = await LocalWorkspace.createOrSelectStack(
    {
      stackName: "floor",
      projectName: "floor",
      program: async () => {
        for (let at = 0; at < Number(resources); at += 1) {
          const parent = new ComponentResource("floor:index:Nothing", `nothing-${at}`);
          new Nothing(`nothing-${at}`, { at }, { parent });
        }
      },
    },
    {
      workDir: home,
      pulumiHome: `${home}/pulumi-home`,
      pulumiCommand: await PulumiCommand.get({
        root: resolvePath(`${TOOLS_DIRECTORY}/pulumi`),
        skipVersionCheck: true,
      }),
      projectSettings: { name: "floor", runtime: "nodejs", backend: { url: `file://${home}` } },
      envVars: { ...engineVariables(), PULUMI_CONFIG_PASSPHRASE: "floor" },
    },
  );
  await stack.up({ refresh: true });
  const dispatcher = new Agent({ connect: { ca: readFileSync(ca, "utf8") } });
  for (let at = 0; at < Number(requests); at += 1) {
    const { body } = await request(`${url}/v2/`, { dispatcher });
    await body.dump();
  }
  await dispatcher.close();
}

const provider: dynamic.ResourceProvider = {
  check: async (_olds, inputs) => ({ inputs }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "nothing", outs: inputs }),
  read: async (id, props) => ({ id, props }),
};

class Nothing extends dynamic.Resource {
  constructor(name: string, args: { at: number }, options: { parent: ComponentResource }) {
    super(provider, name, args, options);
  }
}

floor(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
