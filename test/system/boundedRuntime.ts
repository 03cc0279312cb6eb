import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** By number, as in <linux/capability.h>. */
const CAPABILITIES = (
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE " +
  "NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN " +
  "SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE " +
  "MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE"
).split(" ");

/**
 * Options of `dockerd` for a machine whose root lacks capabilities, as sandboxes' often does: there `docker run --privileged`
 * fails, since it asks for all that the kernel knows. The runtime is the real one, asked for what the machine can give.
 */
export function boundedRuntime(home: string): string[] {
  const status = readFileSync("/proc/self/status", "utf8");
  const bound = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? "0"}`);
  const missing = CAPABILITIES.filter((_name, at) => ((bound >> BigInt(at)) & 1n) === 0n);
  if (missing.length === 0) return [];
  const edits = missing.map((name) => `s/"CAP_${name}",//g; s/,"CAP_${name}"//g`).join("; ");
  const wrapper = join(home, "runtime");
  const script = `#!/bin/sh
for argument; do
  if [ "$previous" = --bundle ]; then sed -i '${edits}' "$argument/config.json"; fi
  previous=$argument
done
exec runc "$@"
`;
  writeFileSync(wrapper, script, { mode: 0o755 });
  return [`--add-runtime=bounded=${wrapper}`, "--default-runtime=bounded"];
}
