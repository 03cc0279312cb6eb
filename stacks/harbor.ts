import {
  HarborContentTrust,
  HarborImmutableRule,
  HarborInstallation,
  HarborProject,
  HarborRobot,
  ShadowCheck,
  SignedImage,
  SigningIdentity,
  Trust,
  VerifiedImage,
} from "../components";
import { readCommittedChain } from "./committedIdentity";
import { readCommittedTrust } from "./committedTrust";
import { Declared } from "./declared";
import { tlsCertificate } from "./harborCertificate";
import type { HarborConfig } from "./harborConfig";
import { imagesToMake, pushedImage } from "./harborImage";
import { harborOutputsOf } from "./harborOutputsOf";
import { homeOf } from "./home";
import type { Machine } from "./machine";
import { behind, given, goesWith } from "./options";
import { pusherOf } from "./pusher";

/** One machine: Harbor by Docker Compose, with a certificate that clients know, and gates that only trusted images pass. */
export async function harbor(config: HarborConfig, machine: Machine) {
  const { stack } = config;
  const committed = readCommittedTrust(stack); // first: a mistake makes nothing
  const chains = new Declared(config.identities, ({ name }) => readCommittedChain(stack, name));
  const toMake = await imagesToMake(config, machine);
  const home = homeOf(stack);

  const { certificate, installation } = installed(config);
  const kept = goesWith(installation); // in Harbor's data: it stays there when the stack is taken down

  const projects = new Declared(config.projects, ({ name, public: isPublic, storageQuota, autoScan }) => {
    const settings = given({
      public: isPublic,
      storageQuota,
      metadata: autoScan === undefined ? undefined : { autoScan },
    });
    return new HarborProject(name, { harbor: installation, ...settings, adopt: true }, kept);
  });
  const robots = new Declared(config.robots, ({ name, project, permissions, duration, rotation, overlap }) => {
    const life = given({ duration, rotation, overlap });
    const place = { harbor: installation, project: projects.named(project), directory: `${home}/robots/${name}` };
    return new HarborRobot(name, { ...place, permissions, ...life });
  });

  const trust = new Trust(stack, { ...committed, directory: `${home}/trust` });
  const identities = new Declared(config.identities, ({ name, keyFile }) =>
    SigningIdentity.fromFiles(name, { certificate: chains.named(name), keyFile }),
  );

  const images = new Declared(toMake, (image) => {
    const robot = robots.named(pusherOf(image, config.robots) ?? ""); // the validation of the config has found one
    const pushed = pushedImage(image, projects.named(image.project), robot);
    const { format, expiry, userMetadata, acceptWeaker } = image;
    const signed = new SignedImage(image.name, {
      ...{ image: pushed, identity: identities.named(image.signedBy), trust },
      ...given({ format, expiry, userMetadata, acceptWeaker }),
    }); // makes: verified in memory, then pushed
    return new VerifiedImage(image.name, { image: signed, trust, ...given({ acceptWeaker }) }); // gates
  });

  const shadows = new Map<string, ShadowCheck>();
  for (const { part, thing: project } of projects.all) {
    const { name, contentTrust, immutableTags = [] } = part;
    // Behind the gates of its images: the signer is never locked out.
    const last = behind(
      images.where((image) => image.project === name),
      kept,
    );
    const place = { harbor: installation, project };
    if (contentTrust?.length) new HarborContentTrust(name, { ...place, require: [...contentTrust] }, last);
    for (const tags of immutableTags) new HarborImmutableRule(`${name} ${tags}`, { ...place, tags, adopt: true }, last);
    // Behind a gate one that may only pull sees no unsigned image, and those are not trusted anyway.
    const readers = (may: string) =>
      robots.where(({ project, permissions }) => project === name && permissions === may);
    const [reader] = [...readers("push"), ...readers("pull")];
    if (reader) shadows.set(name, new ShadowCheck(name, { ...place, trust, registry: reader.connection }, last));
  }
  return harborOutputsOf({ config, installation, certificate, robots, images, shadows, trust });
}

/** Harbor itself and what it serves: all that a renewal of the certificate is about. */
export function installed(config: HarborConfig) {
  const { version, hostname, directory, dataDirectory, adminPassword } = config;
  const certificate = tlsCertificate(config, homeOf(config.stack));
  const installation = new HarborInstallation("harbor", {
    ...{ version, hostname, directory, dataDirectory, adminPassword, certificate },
    ...given({ installer: config.installer, withTrivy: config.trivy, deleteData: config.deleteData }),
    ...given({ httpPort: config.httpPort, httpsPort: config.httpsPort }),
  });
  return { certificate, installation };
}
