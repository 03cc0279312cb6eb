/**
 * @typedef {object} Download an official release
 * @property {string} base URL of the folder of assets; https, or http on 127.0.0.1
 * @property {(platform: import("./node.mjs").Platform) => string | undefined} asset file name, undefined when the release has none for the platform
 * @property {(asset: string) => string} checksums file name of the release's SHA-256 checksums
 * @property {string} [member] what is unpacked from the archive: the binary, or the folder that has it; absent when the asset is the
 *   binary itself
 * @property {number} maxBytes bound of the asset's size
 *
 * @typedef {object} GoModule how the tool is built; its go.mod is `scripts/setup/tools/<name>/go.mod`
 * @property {string} package
 * @property {string} ldflags
 * @property {string} tags
 *
 * @typedef {object} Tool
 * @property {string} name of the binary that the set-up provides, and of its variable `BREAKWATER_<NAME>`
 * @property {string} version installed, and known to work here
 * @property {string} description
 * @property {readonly string[]} commands names on PATH
 * @property {readonly string[]} versionArgs arguments that print the version
 * @property {RegExp} versionPattern its first group is `major.minor.patch`; it tells namesakes apart, too
 * @property {{from: string, before: string}} accepts versions on PATH that serve as well: from <= version < before
 * @property {Download} [download] absent when the release publishes no checksums
 * @property {GoModule} go
 * @property {string} [companion] a file of the project that must lie beside the binary
 * @property {true} [systemTests] only the system tests need it: it is installed for nothing else
 */

const MEBIBYTE = 1024 * 1024;

/** @param {import("./node.mjs").Platform} platform */
const goArch = ({ arch }) => (arch === "x64" ? "amd64" : arch);

/** The programs that are no npm packages. @type {readonly Tool[]} */
export const tools = [
  {
    name: "pulumi",
    version: "3.250.0",
    description: "the Pulumi engine",
    commands: ["pulumi"],
    versionArgs: ["version"],
    versionPattern: /^v?(\d+\.\d+\.\d+)/m,
    accepts: { from: "3.250.0", before: "4.0.0" },
    download: {
      base: "https://github.com/pulumi/pulumi/releases/download/v3.250.0/",
      asset: ({ os, arch }) => `pulumi-v3.250.0-${os}-${arch}.tar.gz`,
      checksums: () => "pulumi-3.250.0-checksums.txt",
      member: "pulumi",
      maxBytes: 512 * MEBIBYTE,
    },
    // Flags and tags as in the release's .goreleaser.yml.
    go: {
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      ldflags: "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=3.250.0",
      tags: "osusergo,grpcnotrace",
    },
    // The engine starts dynamic providers by this script and warns when it is not beside the binary.
    companion: "node_modules/@pulumi/pulumi/pulumi-resource-pulumi-nodejs",
  },
  {
    name: "notation",
    version: "1.3.2",
    description: "the Notary Project's CLI",
    commands: ["notation"],
    versionArgs: ["version"],
    versionPattern: /^Version:\s+v?(\d+\.\d+\.\d+)/m,
    accepts: { from: "1.3.2", before: "2.0.0" },
    download: {
      base: "https://github.com/notaryproject/notation/releases/download/v1.3.2/",
      asset: (platform) => `notation_1.3.2_${platform.os}_${goArch(platform)}.tar.gz`,
      checksums: () => "notation_1.3.2_checksums.txt",
      member: "notation",
      maxBytes: 64 * MEBIBYTE,
    },
    go: { package: "github.com/notaryproject/notation/cmd/notation", ldflags: "-s -w", tags: "" },
  },
  {
    name: "registry",
    version: "3.1.2",
    description: "the embedded registry, CNCF Distribution",
    commands: ["registry", "docker-registry"],
    versionArgs: ["--version"],
    versionPattern: /distribution(?:\/v\d+)?\s+v?(\d+\.\d+\.\d+)/,
    accepts: { from: "2.8.2", before: "4.0.0" },
    download: {
      base: "https://github.com/distribution/distribution/releases/download/v3.1.2/",
      // The release has no binary for macOS.
      asset: (platform) => (platform.os === "linux" ? `registry_3.1.2_linux_${goArch(platform)}.tar.gz` : undefined),
      checksums: (asset) => `${asset}.sha256`,
      member: "registry",
      maxBytes: 128 * MEBIBYTE,
    },
    go: { package: "github.com/distribution/distribution/v3/cmd/registry", ldflags: "-s -w", tags: "" },
  },
  {
    // Its release has binaries, cosign signatures and SBOMs, but no checksums.
    name: "olareg",
    version: "0.1.2",
    description: "the second registry of the tests",
    commands: ["olareg"],
    versionArgs: ["version"],
    versionPattern: /^VCSTag:\s+v?(\d+\.\d+\.\d+)/m,
    accepts: { from: "0.1.2", before: "0.2.0" },
    go: {
      package: "github.com/olareg/olareg/cmd/olareg",
      ldflags: "-s -w -X github.com/olareg/olareg/internal/version.vcsTag=v0.1.2",
      tags: "",
    },
  },
  {
    // Its release has archives, but no checksums.
    name: "pebble",
    version: "2.10.1",
    description: "Let's Encrypt's ACME test server",
    commands: ["pebble"],
    versionArgs: ["-version"],
    versionPattern: /^Pebble version: v?(\d+\.\d+\.\d+)/m,
    accepts: { from: "2.4.0", before: "3.0.0" },
    go: {
      package: "github.com/letsencrypt/pebble/v2/cmd/pebble",
      ldflags: "-s -w -X main.version=v2.10.1",
      tags: "",
    },
  },
  {
    // The plugin of the Docker CLI; as a program of its own it is called docker-compose.
    name: "compose",
    version: "2.40.3",
    description: "Docker Compose",
    commands: ["docker-compose"],
    versionArgs: ["version"],
    versionPattern: /^Docker Compose version v?(\d+\.\d+\.\d+)/m,
    accepts: { from: "2.20.0", before: "3.0.0" },
    download: {
      base: "https://github.com/docker/compose/releases/download/v2.40.3/",
      asset: ({ os, arch }) => `docker-compose-${os}-${arch === "x64" ? "x86_64" : "aarch64"}`,
      checksums: (asset) => `${asset}.sha256`,
      maxBytes: 256 * MEBIBYTE,
    },
    go: {
      package: "github.com/docker/compose/v2/cmd",
      ldflags: "-s -w -X github.com/docker/compose/v2/internal.Version=v2.40.3",
      tags: "",
    },
    systemTests: true,
  },
];
