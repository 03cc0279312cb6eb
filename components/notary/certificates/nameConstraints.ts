import { malformed } from "../der/error";
import type { DerReader } from "../der/reader";
import { Tag } from "../der/tag";
import { ascii, GeneralNameTag, requireDomain } from "./generalNames";

// An atom or a quoted text before the last "@" of a mailbox (RFC 2821), as Go takes it.
const LOCAL =
  /^(?:(?!\.)(?:(?:[0-9A-Za-z!#$%&'*+\-/=?^_`{|}~]|\\.)\.?)+(?<!\.)|"(?:[^"\\\0\t\n\r\x80-\xff]|\\[^\0\n\r\x80-\xff])*")@/s;

/**
 * Reads nameConstraints (RFC 5280 § 4.2.1.10) as Go does: notation does not hold names to them
 * (signature-specification.md § Other requirements), but a certificate with constraints that Go cannot read is refused.
 * @returns whether Go knows the type of every constraint
 * @throws DerError
 */
export function readNameConstraints(der: DerReader): boolean {
  const constraints = der.sequence();
  if (!der.isEmpty) malformed("data follow the name constraints");
  const lists = [Tag.explicit(0), Tag.explicit(1)].map((tag) => constraints.optional(tag));
  if (!constraints.isEmpty) malformed("name constraints have an unknown part");
  if (lists.every((list) => list === undefined || list.isEmpty)) malformed("name constraints are empty");
  const known = lists.map((list) => list?.readAll((subtrees) => readSubtree(subtrees.sequence())) ?? []);
  return !known.flat().includes(false);
}

function readSubtree(subtree: DerReader): boolean {
  const { tag, content } = subtree.any();
  switch (tag) {
    case GeneralNameTag.dns:
      requireDomain(ascii(content), true);
      return true;
    case GeneralNameTag.ip:
      requireNetwork(content);
      return true;
    case GeneralNameTag.email:
      requireMailboxOrDomain(ascii(content));
      return true;
    case GeneralNameTag.uri:
      requireUriDomain(ascii(content));
      return true;
    default:
      return false;
  }
}

function requireMailboxOrDomain(text: string): void {
  const isMailbox = text.includes("@");
  const [local] = isMailbox ? (LOCAL.exec(text) ?? malformed("a mailbox cannot be read")) : [""];
  requireDomain(text.slice(local.length), !isMailbox);
}

function requireUriDomain(text: string): void {
  const octet = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  const isAddress = new RegExp(`^${octet}(?:\\.${octet}){3}$`).test(text) || URL.canParse(`http://[${text}]`);
  if (isAddress) malformed("a URI constraint is an IP address");
  requireDomain(text, true);
}

/** Address and mask, of four octets each or of sixteen; the mask's ones come first. */
function requireNetwork(content: Buffer): void {
  if (content.length !== 8 && content.length !== 32) malformed("an IP constraint has neither 8 nor 32 octets");
  const mask = [...content.subarray(content.length / 2)].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  if (!/^1*0*$/.test(mask)) malformed("an IP constraint has an invalid mask");
}
