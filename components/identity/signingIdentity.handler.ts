import { deleteOwnedFiles, driftOfOwnedFiles, type OwnedFile, writeOwnedFiles } from "../files/ownedFiles";
import { resolvePath } from "../files/paths";
import type { ResourceDefinition } from "../provider/definition";
import { type GeneratedIdentity, generateTestIdentity, type KeySpec } from "./generateTest";

export interface SigningIdentityInputs {
  /** Common name of the certificate's subject. */
  readonly commonName: string;
  readonly keySpec: KeySpec;
  readonly lifetimeDays: number;
  /** Relative to the project's folder; holds `<commonName>.crt` and `<commonName>.key` (0600). */
  readonly directory: string;
}

/**
 * A throw-away signing identity, like `notation cert generate-test` makes it. A certificate never changes: another subject,
 * key or lifetime makes another identity, and so does the end of its life; an update only writes its files again.
 */
export const signingIdentity: ResourceDefinition<SigningIdentityInputs, GeneratedIdentity> = {
  compared: ["commonName", "keySpec", "lifetimeDays", "directory"],
  replaceOn: ["commonName", "keySpec", "lifetimeDays", "directory"],

  async create(inputs) {
    const { commonName, keySpec, lifetimeDays } = inputs;
    const lifetimeSeconds = lifetimeDays * 86_400;
    const outputs = await generateTestIdentity({ commonName, keySpec, lifetimeSeconds, clock: () => new Date() });
    await writeOwnedFiles(resolvePath(inputs.directory), filesOf({ ...inputs, ...outputs }));
    return { id: outputs.thumbprint, outputs };
  },

  async observe(state) {
    return { drift: await driftOfOwnedFiles(resolvePath(state.directory), filesOf(state)) };
  },

  replaceBecause(state) {
    return Date.parse(state.notAfter) <= Date.now() ? `the certificate expired on ${state.notAfter}` : undefined;
  },

  async update(state) {
    await writeOwnedFiles(resolvePath(state.directory), filesOf(state));
    const { certificate, privateKey, thumbprint, subject, notBefore, notAfter } = state;
    return { certificate, privateKey, thumbprint, subject, notBefore, notAfter };
  },

  async delete(state) {
    await deleteOwnedFiles(resolvePath(state.directory), filesOf(state));
  },
};

function filesOf({ commonName, certificate, privateKey }: SigningIdentityInputs & GeneratedIdentity): OwnedFile[] {
  return [
    { name: `${commonName}.crt`, content: certificate },
    { name: `${commonName}.key`, content: privateKey, secret: true },
  ];
}
