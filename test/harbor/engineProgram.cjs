// A stack of its own for engine.test.ts: run by plain node inside a copy of the project, with what is compiled there.
// Arguments: the project's folder, the address of a Harbor, the file of its CA, the administrator's password, `up` or `preview`.
const path = require("node:path");

const [root, url, caFile, password, operation] = process.argv.slice(2);
const requireThere = require("node:module").createRequire(path.join(root, "bin", "stacks", "index.js"));
const { LocalWorkspace, PulumiCommand } = requireThere("@pulumi/pulumi/automation");
const components = requireThere("../components");

async function program() {
  const harbor = components.existingHarbor({ url, caFile });
  const place = { harbor, project: new components.HarborProject("app", { harbor, storageQuota: "1GiB" }) };
  const robot = new components.HarborRobot("signer", { ...place, permissions: "push", directory: "robots/signer" });
  new components.HarborLabel("trusted", { ...place, color: "#00AB9A" });
  new components.HarborImmutableRule("releases", { ...place, tags: "v*" });
  const { require } = new components.HarborContentTrust(
    "app",
    { ...place, require: ["notation"] },
    { dependsOn: robot },
  );
  return { require, username: robot.username, connection: robot.connection };
}

async function run() {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "engine", projectName: "breakwater", program },
    {
      workDir: root,
      pulumiCommand: await PulumiCommand.get({
        root: path.join(root, ".breakwater/tools/pulumi"),
        skipVersionCheck: true,
      }),
    },
  );
  await stack.setConfig("breakwater:adminPassword", { value: password, secret: true });
  const said = [];
  const settings = { refresh: true, color: "never", onOutput: (text) => said.push(text) };
  const done = operation === "up" ? await stack.up(settings) : await stack.preview(settings);
  const changes = operation === "up" ? done.summary.resourceChanges : done.changeSummary;
  const { deployment } = await stack.exportStack();
  process.stdout.write(JSON.stringify({ changes, said: said.join(""), resources: deployment.resources ?? [] }));
}

run().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
