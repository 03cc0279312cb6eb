import { hostname } from "node:os";
import { describe, expect, it, vi } from "vitest";
import { requireLocalEngine } from "../../../components/harbor/installation/engine";
import { expectCode, scriptDocker } from "./support";

/** A docker whose engine is in place, local and new enough, except for what is given. */
async function engine({
  address = "unix:///run/docker.sock",
  version = "28.2.2",
  name = hostname(),
  compose = "2.40.3",
}) {
  vi.stubEnv("DOCKER_HOST", "");
  return await scriptDocker(`
case "$1" in
  context) echo "${address}" ;;
  info) printf '${version}\\t${name}\\n' ;;
  compose) ${compose === "" ? 'echo "unknown command: docker compose" >&2; exit 1' : `echo ${compose}`} ;;
esac`);
}

describe("the engine", () => {
  it("of this machine, new enough and with Compose, will do", async () => {
    await engine({ version: "20.10.24+dfsg1", compose: "v2.27.0-desktop.2" });
    await expect(requireLocalEngine()).resolves.toBeUndefined();
  });

  it.each(["tcp://10.0.0.1:2376", "ssh://root@build"])("at %s is refused, by context", async (address) => {
    await engine({ address });
    await expectCode(requireLocalEngine, "HARBOR_ENGINE_REMOTE");
  });

  it("that DOCKER_HOST names elsewhere is refused without a password in the message", async () => {
    await engine({});
    vi.stubEnv("DOCKER_HOST", "ssh://root:secret@build");
    const error = await expectCode(requireLocalEngine, "HARBOR_ENGINE_REMOTE");
    expect(error.message).not.toContain("secret");
  });

  it("that a local socket leads to on another machine is refused", async () => {
    await engine({ name: "docker-desktop" });
    await expectCode(requireLocalEngine, "HARBOR_ENGINE_REMOTE");
  });

  it("that is too old is refused", async () => {
    await engine({ version: "19.3.15" });
    await expectCode(requireLocalEngine, "HARBOR_ENGINE_TOO_OLD");
  });

  it.each(["", "2.3.3", "1.29.2"])("with Compose %j is refused", async (compose) => {
    await engine({ compose });
    await expectCode(requireLocalEngine, "HARBOR_COMPOSE_MISSING");
  });
});
