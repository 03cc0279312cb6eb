import { describe, expect, it } from "vitest";
import { containersOf, requireNoForeignHarbor } from "../../../components/harbor/installation/containers";
import { expectCode, makePlace, scriptDocker } from "./support";

const line = (name: string, project = "", folder = "", ports = "") =>
  [name, "running", "goharbor/x:v2.15.2", "Up 2 minutes", project, folder, name, ports].join("\t");
const list = (...lines: string[]) => scriptDocker(`cat <<'LIST'\n${lines.join("\n")}\nLIST`);

describe("containers", () => {
  it("are known by the folder of their composition, with the ports that they hold", async () => {
    const { layout } = await makePlace();
    const ports = "0.0.0.0:80->8080/tcp, [::]:80->8080/tcp, 0.0.0.0:443->8443/tcp, 9090/tcp";
    await list(
      line("nginx", "harbor", layout.directory, ports),
      line("web", "shop", "/srv/shop", "0.0.0.0:81->80/tcp"),
    );
    const containers = await containersOf(layout.directory);
    expect(containers.map(({ name }) => name)).toEqual(["nginx"]);
    expect(containers[0]?.ports).toEqual([80, 443]);
    await expect(requireNoForeignHarbor(layout.directory)).resolves.toBeUndefined();
  });

  it("of a Harbor in another folder stop an installation", async () => {
    const { layout } = await makePlace();
    await list(line("harbor-core", "harbor", "/opt/harbor"));
    const error = await expectCode(() => requireNoForeignHarbor(layout.directory), "HARBOR_FOREIGN");
    expect(error.message).toContain("/opt/harbor");
  });

  it("that somebody named as Harbor names its own stop an installation", async () => {
    const { layout } = await makePlace();
    await list(line("redis"));
    await expectCode(() => requireNoForeignHarbor(layout.directory), "HARBOR_FOREIGN");
  });

  it("of another composition that is called harbor stop an installation: Compose would take them over", async () => {
    const { layout } = await makePlace();
    await list(line("harbor-web-1", "harbor", "/srv/boats"));
    await expectCode(() => requireNoForeignHarbor(layout.directory), "HARBOR_FOREIGN");
  });
});
