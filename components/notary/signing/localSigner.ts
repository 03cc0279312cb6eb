import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { requireSigningChain } from "../certificates/chain";
import { ALGORITHM_OF, keySpecOf } from "../certificates/keySpec";
import { parseCertificatesPem } from "../certificates/pem";
import { withSignatureParameters } from "../envelope/primitiveSignature";
import { quoted } from "../quoted";
import { SigningError } from "./error";
import type { Signer } from "./signer";

/** signature-specification.md § Signature Algorithm Requirements. */
export interface LocalSignerArgs {
  /** PKCS#8 in PEM, not encrypted. */
  privateKey: string;
  /** PEM, leaf first, complete up to the root; one self-signed certificate is a chain too. */
  certificateChain: string;
}

/**
 * A signer whose key is in memory. The chain's requirements and the match of key and leaf are checked before anything
 * is signed.
 * @throws SigningError SIGNING_KEY_*; CertificateError
 */
export function localSigner({ privateKey, certificateChain }: LocalSignerArgs): Signer {
  const chain = parseCertificatesPem(certificateChain);
  requireSigningChain(chain);
  const key = parsePrivateKey(privateKey);
  const keySpec = keySpecOf(key);
  if (!keySpec) {
    throw new SigningError(
      "SIGNING_KEY_UNSUPPORTED",
      "the signing key is not RSA 2048, 3072, 4096 or EC P-256, P-384, P-521: use one of these",
    );
  }
  if (!chain[0]?.publicKey.equals(createPublicKey(key))) {
    throw new SigningError(
      "SIGNING_KEY_DOES_NOT_MATCH_CERTIFICATE",
      `the signing key is not the key of the certificate ${quoted(chain[0]?.subject)}: give the pair, leaf first`,
    );
  }
  const { hash } = ALGORITHM_OF[keySpec];
  return {
    certificateChain: chain.map(({ raw }) => raw),
    keySpec,
    sign: (content) => signOffThread(hash, content, key),
  };
}

/** On libuv's threads, so that many signatures are made at the same time. */
function signOffThread(hash: string, content: Buffer, key: KeyObject): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    sign(hash, content, withSignatureParameters(key), (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch {
    // Neither the text nor OpenSSL's words about it: they may show parts of the key.
    throw new SigningError(
      "SIGNING_KEY_MALFORMED",
      "the signing key cannot be read: give it as PKCS#8 in PEM, not encrypted",
    );
  }
}
