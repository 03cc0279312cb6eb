import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GO_RELEASE } from "../../../scripts/setup/gotoolchain.mjs";
import { toolsDirectory } from "../../../scripts/setup/paths.mjs";
import { projectRoot, toolPath } from "../../support/tools";
import type { DockerEngine } from "../dockerEngine";
import { placeNginx } from "./nginx";
import { placeProgram } from "./program";

/** What the stand-in plays in each image, what it is built on, and whose user the container runs as. */
const IMAGES = [
  { image: "prepare", role: "prepare", base: "plain", user: "0:0" },
  { image: "harbor-log", role: "log", base: "plain", user: "0:0" },
  { image: "harbor-core", role: "core", base: "plain", user: "10000:10000" },
  { image: "harbor-db", role: "db", base: "plain", user: "999:999" },
  { image: "redis-photon", role: "redis", base: "plain", user: "999:999" },
  { image: "harbor-registryctl", role: "registryctl", base: "plain", user: "10000:10000" },
  { image: "harbor-jobservice", role: "jobservice", base: "plain", user: "10000:10000" },
  { image: "harbor-portal", role: "portal", base: "plain", user: "10000:10000" },
  { image: "registry-photon", role: "registry", base: "registry", user: "10000:10000" },
] as const;

/** The names of all images of a release, e.g. of `2.15.2`. */
export function imagesOf(release: string): string[] {
  return [...IMAGES.map(({ image }) => image), "nginx-photon"].map((image) => `goharbor/${image}:v${release}`);
}

/**
 * Builds images by Harbor's names FROM scratch: nothing can be pulled where the tests run. nginx and the registry in them
 * are real, the rest is the program in `standin`.
 */
export function buildImages(engine: DockerEngine, releases: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), "breakwater-images-"));
  try {
    const context = join(folder, "context");
    mkdirSync(context);
    buildStandIn(join(context, "standin"));
    // Debian's registry, which may stand for the tested one, is linked dynamically.
    placeProgram(join(context, "registry"), toolPath("registry"), "registry");
    placeNginx(join(context, "nginx"), join(folder, "fetched"));
    const bases = {
      plain: ["FROM scratch", "COPY standin /standin", 'ENTRYPOINT ["/standin"]'],
      registry: ["FROM standin/plain", "COPY registry /"],
      nginx: [
        "FROM scratch",
        "COPY nginx /",
        "USER 10000:10000",
        'ENTRYPOINT ["/usr/sbin/nginx", "-g", "daemon off;"]',
      ],
    };
    for (const [base, lines] of Object.entries(bases)) {
      writeFileSync(join(context, "Dockerfile"), `${lines.join("\n")}\n`);
      engine.docker(["build", "--quiet", "--tag", `standin/${base}`, context]);
    }
    for (const release of releases) buildRelease(engine, `v${release}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function buildRelease(engine: DockerEngine, tag: string): void {
  for (const { image, role, base, user } of IMAGES) {
    const lines = [`FROM standin/${base}`, `ENV STANDIN_ROLE=${role} STANDIN_VERSION=${tag}`, `USER ${user}`];
    engine.docker(["build", "--quiet", "--tag", `goharbor/${image}:${tag}`, "-"], lines.join("\n"));
  }
  engine.docker(["tag", "standin/nginx", `goharbor/nginx-photon:${tag}`]);
}

function buildStandIn(file: string): void {
  const own = join(toolsDirectory(projectRoot), `go-${GO_RELEASE.version}`, "bin", "go");
  const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };
  execFileSync(
    existsSync(own) ? own : "go",
    ["build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", file, "."],
    {
      cwd: join(__dirname, "standin"),
      env,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
}
