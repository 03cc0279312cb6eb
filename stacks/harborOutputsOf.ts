import { type Input, type Output, output } from "@pulumi/pulumi";
import type { HarborInstallation, HarborRobot, ShadowCheck, Trust, VerifiedImage } from "../components";
import type { TlsCertificate } from "../components/certificate/tlsCertificate";
import type { Declared } from "./declared";
import type { HarborConfig } from "./harborConfig";
import type { ImageConfig, RobotConfig } from "./harborFields";
import type { HarborOutputs, ImageOutputs, ShadowOutputs } from "./harborOutputs";

/** What the program has declared. */
interface DeclaredHarbor {
  readonly config: HarborConfig;
  readonly installation: HarborInstallation;
  readonly certificate: TlsCertificate;
  readonly robots: Declared<RobotConfig, HarborRobot>;
  readonly images: Declared<ImageConfig, VerifiedImage>;
  /** By the project's name. */
  readonly shadows: ReadonlyMap<string, ShadowCheck>;
  readonly trust: Trust;
}

/** The outputs of a stack with Harbor. */
export function harborOutputsOf(declared: DeclaredHarbor): {
  readonly [Name in keyof HarborOutputs]: Input<HarborOutputs[Name]>;
} {
  const { config, installation, certificate, robots, images, shadows, trust } = declared;
  const { root } = certificate.files;
  return {
    environment: "harbor",
    registry: installation.url,
    certificate: output({ issuer: certificate.issuer, notAfter: certificate.notAfter, ...(root && { root }) }),
    projects: output(
      config.projects.map(({ name, contentTrust = [] }) => {
        const check = shadows.get(name);
        return { name, gate: [...contentTrust], ...(check && { shadow: shadowsOf(check) }) };
      }),
    ),
    robots: output(
      robots.all.map(({ part: { name, project, permissions }, thing }) => ({
        name,
        project,
        permissions,
        username: thing.username,
        dockerConfig: thing.connection.apply(({ dockerConfig = "" }) => dockerConfig),
      })),
    ),
    images: output(images.all.map(({ thing }) => imageOf(thing))),
    trustDirectory: trust.directory,
  };
}

function shadowsOf(check: ShadowCheck): Output<ShadowOutputs[]> {
  return check.images.apply((images) =>
    images.map(({ reference, signed, trusted }) => ({ reference, signed, trusted })),
  );
}

function imageOf(gate: VerifiedImage): Output<ImageOutputs> {
  return output({ reference: gate.reference, verdict: gate.verdict }).apply(({ reference, verdict }) => {
    const signer = verdict.signatures.find((signature) => signature.verdict === "verified")?.signer;
    return {
      reference,
      verdict: verdict.verdict,
      ...(signer && { signer: { subject: signer.subject, thumbprint: signer.thumbprint } }),
    };
  });
}
