// What Go's net/url and crypto/x509 take for a URI or domain name in a certificate; it decides only whether the
// certificate can be read (signature-specification.md § Other requirements).

const ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** In a host an escape may only stand for an octet beyond ASCII, or for the percent sign. */
const HOST_ESCAPE = /%(?!25|[89A-Fa-f][0-9A-Fa-f])/;
const HOST = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%]*$/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(?::\d*)?$/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+\-.]*):(.*)$/s;

/** @param text ASCII */
export function isUri(text: string): boolean {
  const hash = text.indexOf("#");
  const [address, fragment] = hash < 0 ? [text, ""] : [text.slice(0, hash), text.slice(hash + 1)];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\0-\x1f\x7f]/.test(address) || address.startsWith(":") || ESCAPE.test(fragment)) return false;
  if (address === "*") return true;
  const [, scheme = "", afterScheme = address] = SCHEME.exec(address) ?? [];
  const [rest = ""] = afterScheme.split("?", 1);
  if (!rest.startsWith("/") && scheme !== "") return true;
  if (!rest.startsWith("/") && (rest.split("/", 1)[0] ?? "").includes(":")) return false;
  if (!rest.startsWith("//") || (scheme === "" && rest.startsWith("///"))) return !ESCAPE.test(rest);
  const slash = rest.indexOf("/", 2);
  const [authority, path] = slash < 0 ? [rest.slice(2), ""] : [rest.slice(2, slash), rest.slice(slash)];
  return isAuthority(authority) && !ESCAPE.test(path);
}

/** @param isConstraint a leading period is then allowed */
export function isDomainName(text: string, isConstraint: boolean): boolean {
  if (text === "") return true;
  if (text.endsWith(".")) return false;
  const labels = (isConstraint && text.startsWith(".") ? text.slice(1) : text).split(".");
  return labels.every((label) => /^[!-~]+$/.test(label));
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? "" : authority.slice(0, at);
  const host = authority.slice(at + 1);
  return USER.test(user) && !ESCAPE.test(user) && isHost(host) && isDomainName(decoded(host), false);
}

function isHost(host: string): boolean {
  const bracket = host.lastIndexOf("[");
  if (bracket > 0) return false;
  if (bracket === 0) {
    const close = host.lastIndexOf("]");
    return close > 0 && PORT.test(host.slice(close + 1)) && isIpv6(host.slice(1, close));
  }
  // Of several colons the last one counts: so reads Go by the rules of the versions that notation is written for.
  const colon = host.lastIndexOf(":");
  if (colon >= 0 && !PORT.test(host.slice(colon))) return false;
  return HOST.test(host) && !HOST_ESCAPE.test(host);
}

/** With a zone, perhaps. */
function isIpv6(text: string): boolean {
  const [address = "", ...zone] = text.split("%25");
  return URL.canParse(`http://[${address}]`) && (zone.length === 0 || zone.join("%25") !== "");
}

/** Octets beyond ASCII come out as such: they are in no domain name. */
function decoded(host: string): string {
  return host.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
