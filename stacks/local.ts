import {
  AcmeCertificate,
  LocalRegistry,
  Pebble,
  PushedImage,
  SignedImage,
  SigningIdentity,
  Trust,
  VerifiedImage,
} from "../components";
import { resolvePath } from "../components/files/paths";
import { readTrustDirectory } from "../components/trust/directory";
import { LOCAL_HOME, type LocalConfig } from "./localConfig";
import { notationVerifyCommand } from "./verifyCommand";

/** The whole chain on loopback, with real parts and nothing to install by hand. */
export function local(config: LocalConfig) {
  const committed = readTrustDirectory(resolvePath("stacks/local/trust")); // first: a mistake in it makes nothing
  const acme = new Pebble("pebble", { directory: `${LOCAL_HOME}/pebble` });
  const certificate = new AcmeCertificate("registry", {
    server: acme.server,
    challenge: acme.challenge,
    identifiers: ["127.0.0.1"],
    directory: `${LOCAL_HOME}/certificate`,
  });
  const registry = new LocalRegistry("registry", {
    directory: `${LOCAL_HOME}/registry`,
    certificate,
    ...(config.registryPort && { port: config.registryPort }),
  });

  const wabbit = new SigningIdentity("wabbit-networks.io", {
    keySpec: config.keySpec,
    directory: `${LOCAL_HOME}/identity`,
  });
  const trust = new Trust("wabbit-networks-images", {
    policy: committed.policy,
    stores: { ...committed.stores, "ca:wabbit-networks.io": [wabbit.certificate] },
    directory: `${LOCAL_HOME}/trust`,
  });

  const pushed = new PushedImage("net-monitor", {
    source: config.image,
    registry: registry.connection,
    repository: "notation-project/net-monitor",
    tag: "v1",
    acceptTag: config.acceptTag,
  });
  const signed = new SignedImage("net-monitor", { image: pushed, identity: wabbit, trust }); // makes
  const gate = new VerifiedImage("net-monitor", { image: signed, trust }); // gates

  const signer = gate.verdict.apply(
    ({ signatures }) => signatures.find(({ verdict }) => verdict === "verified")?.signer,
  );
  return {
    registry: registry.host.apply((host) => `https://${host}`),
    certificate: { issuer: certificate.issuer, notAfter: certificate.notAfter },
    image: { reference: gate.reference, digest: pushed.pinned.digest },
    signature: { digest: signed.signatureDigest },
    signer: signer.apply((found) => ({ subject: found?.subject, thumbprint: found?.thumbprint })),
    verdict: gate.verdict.verdict,
    trustDirectory: resolvePath(trust.directory),
    verifyCommand: notationVerifyCommand({ reference: gate.reference, connection: registry.connection, trust }),
  };
}
