import "reflect-metadata";
import { createHash } from "node:crypto";
import * as x509 from "@peculiar/x509";
import * as make from "../support/certificates";
import { hex, integer, sequence, time } from "../support/der";
import { TSA_EXTENSIONS } from "../support/tsa";
import { attribute, makeResponse, makeToken, OID, type TokenOptions } from "../support/tsaToken";
import type { Corpus } from "./corpus";

// Time stamps that lead to a trusted root, over the message and with the nonce that the targets ask for.

const MESSAGE = Buffer.from("notation");
const NONCE = hex("4001020304050607");
/** The instant of the target, make.NOW. */
const GEN_TIME = "20260601120000Z";

async function tokens(): Promise<Corpus> {
  const root = await make.goodRoot();
  const below = await make.goodIntermediate(root, {
    extensions: [
      make.basicConstraints(true, 0),
      make.keyUsage(make.keyCertSign),
      await x509.SubjectKeyIdentifierExtension.create(root.keys.publicKey),
    ],
  });
  const names = new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "time.test" }]);
  const leaves = await Promise.all([
    make.makeCertificate({ issuer: root, extensions: TSA_EXTENSIONS() }),
    make.makeCertificate({ issuer: root, keySpec: "RSA-2048", extensions: TSA_EXTENSIONS() }),
    make.makeCertificate({ issuer: below, extensions: [...TSA_EXTENSIONS(), names] }),
  ]);
  const common = { message: MESSAGE, genTime: GEN_TIME, nonce: NONCE };
  const stated: Pick<TokenOptions, "attributes" | "accuracy"> = {
    accuracy: sequence(integer(1)),
    attributes: (attributes) => [...attributes, attribute(OID.signingTime, time("260601120000Z"))],
  };
  const valid = leaves.flatMap((leaf) => {
    const certificates = [leaf.der, below.der, root.der];
    return [{}, stated].map((more) => makeToken({ ...common, leaf, certificates, ...more }));
  });
  return { valid, context: { root: root.der, message: MESSAGE } };
}

async function responses(): Promise<Corpus> {
  const { valid } = await tokens();
  const imprint = createHash("sha256").update(MESSAGE).digest();
  return {
    valid: valid.flatMap((token) => [makeResponse(token), makeResponse(token, 1)]),
    context: { nonce: NONCE, imprint },
  };
}

export const TIMESTAMPS: Record<string, () => Promise<Corpus>> = {
  "timestamp-token": tokens,
  "timestamp-response": responses,
};
