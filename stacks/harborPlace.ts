import { isIP } from "node:net";
import path from "node:path";
import { resolvePath } from "../components/files/paths";
import type { ConfigProblem } from "./error";
import type { ReadableConfig } from "./readableConfig";

/** Where Harbor is on the machine and in the network: ports, folders, and whether its certificate can be had there. */
export function checkPlace(config: ReadableConfig, problems: ConfigProblem[]): void {
  const { httpPort = 80, httpsPort = 443 } = config;
  if (httpPort === httpsPort) {
    const key = config.httpsPort === undefined ? "httpPort" : "httpsPort";
    const message = `is ${httpPort} for HTTP and HTTPS alike; give each its own (80 and 443 when they are left out)`;
    problems.push({ key, message });
  }
  checkFolders(config, problems);
  checkAcme(config, problems);
}

/** Harbor's folder is rendered anew, and goes with the installation; the data stays. */
function checkFolders({ directory, dataDirectory }: ReadableConfig, problems: ConfigProblem[]): void {
  if (directory === undefined || dataDirectory === undefined) return;
  const [ofHarbor, ofData] = [resolvePath(directory), path.resolve(dataDirectory)];
  if (!holds(ofHarbor, ofData) && !holds(ofData, ofHarbor)) return;
  const how = ofHarbor === ofData ? "the same folder as" : ofHarbor.length < ofData.length ? "inside of" : "around";
  const message = `is ${ofData}, ${how} \`directory\` (${ofHarbor}); give two folders of which neither is in the other`;
  problems.push({ key: "dataDirectory", message });
}

function holds(outer: string, inner: string): boolean {
  const way = path.relative(outer, inner);
  return way !== ".." && !way.startsWith(`..${path.sep}`);
}

/** An ACME server asks at port 80, and follows a redirect to port 443 alone (Let's Encrypt, Challenge Types § HTTP-01). */
function checkAcme({ certificate, hostname = "", ...ports }: ReadableConfig, problems: ConfigProblem[]): void {
  if (certificate === undefined || "files" in certificate) return;
  if (isIP(hostname) !== 0) {
    const message = `is an IP address, for which ${certificate.directory} gives no certificate here; give a name, or \`certificate: {files: …}\``;
    problems.push({ key: "hostname", message });
  }
  if (certificate.challenge?.type === "dns-01") return;
  for (const [key, needed] of [["httpPort", 80] as const, ["httpsPort", 443] as const]) {
    const given = ports[key] ?? needed;
    if (given === needed) continue;
    const message = `is ${given}, but http-01 is answered at the ports 80 and 443 only, so that the certificate could not be renewed; leave it out, or take \`certificate.challenge: {type: dns-01, hook: […]}\` or \`certificate: {files: …}\``;
    problems.push({ key, message });
  }
}
