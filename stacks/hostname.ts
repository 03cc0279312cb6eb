import { isIP } from "node:net";
import { textUnless } from "./fields";

const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);

/**
 * The name under which clients know the registry. It stands in names of images, in certificates and in registry scopes, which
 * are compared letter by letter: so there is one way to write it.
 */
export const hostname = textUnless((name) => {
  if (name === "localhost" || name.startsWith("127.")) return "that is every machine itself: give the name in the DNS";
  if (name.endsWith(".")) return "leave the dot at its end out, as names of images and registry scopes do";
  if (/[A-Z]/.test(name)) return "write it in lower case, as names of images and registry scopes have it";
  if (name.includes("_")) return "a host's name has letters, digits and `-`, but no `_`: give it another in the DNS";
  if (!NAME.test(name))
    return "give the name that points to this machine in the DNS, e.g. registry.example.com (no URL)";
  if (isIP(name) !== 0) return undefined;
  if (!name.includes(".")) return "docker takes a single word for a user of Docker Hub: give the whole name in the DNS";
  if (/\.\d+$/.test(name)) return "that is neither a name nor an IP address: give the name in the DNS";
  return undefined;
});
