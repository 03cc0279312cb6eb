import { type Output, output } from "@pulumi/pulumi";
import type { Trust } from "../components";
import { resolvePath } from "../components/files/paths";
import { toolPath } from "../components/local/tool";
import type { RegistryConnection } from "../components/oci/repository";
import { shellWord } from "../components/shellWord";

/** The shell command with which the notation CLI comes to the same verdict. The login is in a file, not in the command. */
export function notationVerifyCommand(proof: {
  reference: Output<string>;
  connection: Output<RegistryConnection>;
  trust: Trust;
}): Output<string> {
  const notation = toolPath("notation");
  return output({ reference: proof.reference, connection: proof.connection }).apply(({ reference, connection }) => {
    const environment = {
      NOTATION_CONFIG: resolvePath(proof.trust.directory),
      ...(connection.dockerConfig && { DOCKER_CONFIG: resolvePath(connection.dockerConfig) }),
      ...(connection.caFile && { SSL_CERT_FILE: resolvePath(connection.caFile) }),
    };
    const variables = Object.entries(environment).map(([name, value]) => `${name}=${shellWord(value)}`);
    return [...variables, shellWord(notation), "verify", reference].join(" ");
  });
}
