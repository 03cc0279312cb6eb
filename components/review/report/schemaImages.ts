import type { ValidationType, VerificationLevelName } from "../../notary/trust/document";
import type { ChangeState, ForecastCause, InventoryFacts, MapNode, Validity, VerdictFacts } from "./report";
import { flag, listOf, namesOf, number, oneOf, orNull, record, text, thumbprint, time } from "./schemaParts";
import { certificate } from "./schemaTrust";

// What a report says of images, and when things end.

const REFERENCE = [text, "host/repository@digest"] as const;
export const TAGS = [listOf(text), "the tags that point to it"] as const;

const level = namesOf<VerificationLevelName>({ strict: true, permissive: true, audit: true, skip: true });
const change = namesOf<ChangeState>({ same: true, added: true, removed: true, changed: true });
const verdict = namesOf<VerdictFacts["verdict"]>({ verified: true, failed: true, skipped: true });
export const validation = namesOf<ValidationType>({
  integrity: true,
  authenticity: true,
  authenticTimestamp: true,
  expiry: true,
  revocation: true,
});
const verdictFacts = record({
  verdict: [verdict, "skipped: let through without being verified"],
  enforced: [flag, "whether its authenticity is enforced: false where anybody's signature passes"],
  statement: [orNull(text), "the trust policy statement that applies; null when none does"],
  level: [orNull(level), "the statement's verification level"],
});

export const flip = record({
  stack: [text, "whose trust judges: an image that several stacks govern is judged by each"],
  reference: REFERENCE,
  digest: [text, "the image manifest's digest"],
  tags: TAGS,
  towards: [oneOf("trust", "distrust"), "whether more or less passes by it"],
  before: [verdictFacts, "the verdict under the base"],
  after: [verdictFacts, "the verdict under the head"],
  statement: [orNull(text), "the statement that causes it: the head's, or the base's where the head has none"],
  validation: [orNull(validation), "the validation that fails on the failing side; null when none was reached"],
  code: [orNull(text), "stable code of the failing side's reason; null when both sides verify"],
  why: [text, "the reason in words"],
  signer: [
    orNull(
      record({
        subject: [text, "distinguished name of the signing certificate"],
        thumbprint: [thumbprint, "SHA-256 of the signing certificate"],
      }),
    ),
    "who signed it; null when nobody is known to have",
  ],
});

export const inventory = record({
  name: [text, "as it was given, e.g. registry:registry.example.com/team"],
  state: [
    namesOf<InventoryFacts["state"]>({ read: true, empty: true, unreadable: true, "broken-off": true }),
    "empty: it names no image; unreadable: nothing of it could be had; broken-off: not to its end",
  ],
  images: [number, "how many it named that were there"],
  "code?": [text, "stable code of what keeps it from being read"],
  "why?": [text, "what went wrong, and the way out"],
});

export const unknown = record({
  reference: [text, "the image; of an inventory as a whole its name"],
  inventory: [text, "the inventory that named it"],
  "whole?": [flag, "it is no image but the inventory: see inventories"],
  "stack?": [text, "whose trust could not judge it; absent where the image itself can't be had"],
  code: [text, "stable code of the error"],
  why: [text, "what went wrong, and the way out"],
});

export const node = record({
  id: [text, "unique in the map"],
  column: [
    namesOf<MapNode["column"]>({ identity: true, store: true, statement: true, repository: true, image: true }),
    "what it is",
  ],
  stack: [text, "whose it is"],
  label: [text, "its name"],
  detail: [listOf(text), "more of it, a line each; of an image its tags"],
  change: [change, "whether the head has it as the base has; of an image: whether its verdict is another"],
  "verdict?": [
    namesOf<NonNullable<MapNode["verdict"]>>({ verified: true, failed: true, skipped: true, unknown: true }),
    "of an image: what the head says",
  ],
});

export const edge = record({
  from: [text, "id of the node nearer to the identities"],
  to: [text, "id of the node nearer to the images"],
  change: [change, "whether the head connects them as the base does"],
});

export const validity = record({
  what: [
    namesOf<Validity["what"]>({
      anchor: true,
      "tsa-anchor": true,
      "signing-identity": true,
      signature: true,
      tls: true,
    }),
    "what is valid for a time",
  ],
  label: [text, "its name"],
  stack: [text, "whose it is"],
  notBefore: [orNull(time), "when it begins; null when it always was valid"],
  notAfter: [time, "when it ends"],
  "certificate?": [certificate, "the certificate whose time it is"],
  change: [change, "whether the head has it as the base has"],
});

const cause = namesOf<ForecastCause>({
  leaf: true,
  intermediate: true,
  root: true,
  tsa: true,
  crl: true,
  "signature-expiry": true,
  tls: true,
  other: true,
});

export const forecastEvent = record({
  instant: [time, "the first millisecond at which it fails"],
  reference: [text, "host/repository@digest; of tls the registry's host"],
  tags: TAGS,
  stack: [orNull(text), "whose trust judges it; null of a registry that is no stack's"],
  cause: [cause, "what ends: a certificate by its place in the chain, a time stamp's trust, a CRL, the signature, TLS"],
  validation: [orNull(validation), "the validation that fails then; null where it is none of the Notary Project's"],
  code: [text, "stable code of the verdict at that time"],
  "certificate?": [certificate, "the certificate that ends, or whose CRL does"],
  unlessRenewed: [flag, "what ends is replaced in time as a rule: it fails only if nobody does"],
  sentence: [text, "what fails then, and the way out; plain text with foreign names in it as they are"],
});
