// `npm run build`: compiles TypeScript into bin/ when a source has changed, for a plain `pulumi up`.
import { SetupError, setup } from "./setup/setup.mjs";

try {
  await setup({ tools: [] });
  process.stderr.write("bin/ is up to date\n");
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message} [${error.code}]\n`);
  process.exitCode = 1;
}
