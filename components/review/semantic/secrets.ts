import type { IdentitySettings, StackSettings } from "../state/state";
import { type Draft, settingDraft } from "./draft";

/** Where the private keys of signing identities are; the certificate of each is compared where it is committed. */
export function compareKeyFiles(base: readonly IdentitySettings[], head: readonly IdentitySettings[]): Draft[] {
  return head.flatMap(({ name, keyFile: after }) => {
    const before = base.find((identity) => identity.name === name)?.keyFile;
    if (before === undefined || before === after) return [];
    const sentence = `the identity "${name}" signs with the private key in ${after} from now on, and no longer with that in ${before}`;
    return [
      settingDraft(["signing-key-file-changed", "medium", "neutral"], { subject: name, before, after }, sentence),
    ];
  });
}

/** What is encrypted can't be compared but for being another text; nothing of it is shown. */
export function compareSecrets(base: StackSettings, head: StackSettings): Draft[] {
  const { secrets: before, providers: known } = base;
  const { secrets: after, providers } = head;
  const settings = Object.keys({ ...known, ...providers }).filter((key) => known[key] !== providers[key]);
  return [
    ...(before.adminPassword === after.adminPassword
      ? []
      : [
          settingDraft(
            ["admin-password-changed", "medium", "neutral"],
            { subject: "adminPassword" },
            "the password of Harbor's admin is set anew: whoever knows it may push, and open each gate",
          ),
        ]),
    // The engine notes how it encrypts with the first secret.
    ...(before.encryption === undefined || before.encryption === after.encryption
      ? []
      : [
          settingDraft(
            ["encryption-changed", "high", "neutral"],
            { subject: "encryption" },
            "the config's secrets are encrypted by another key or passphrase from now on: whoever has it may read them",
          ),
        ]),
    ...settings.map((key) =>
      settingDraft(
        ["provider-setting-changed", "high", "neutral"],
        { subject: key },
        `the setting ${key}, which the engine or the provider that builds images reads, ${providers[key] === undefined ? "is gone" : known[key] === undefined ? "is new" : "has another value"}`,
      ),
    ),
  ];
}
