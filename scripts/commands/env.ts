import { resolvePath } from "../../components/files/paths";
import { engineEnvironment } from "./engine";

/** `eval "$(npm run --silent env)"` lets a plain Pulumi CLI work on the state of `npm start`. */
export function env(): number {
  const { PULUMI_HOME: _ours, ...variables } = engineEnvironment(); // a full installation has its own
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
  // Another stack's passphrase would win over the file.
  process.stdout.write(
    `unset PULUMI_CONFIG_PASSPHRASE\n${lines.join("\n")}\ncd '${resolvePath(".").replaceAll("'", "'\\''")}'\n`,
  );
  return 0;
}
