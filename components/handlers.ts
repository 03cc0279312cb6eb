import { acmeCertificate } from "./certificate/acmeCertificate.handler";
import { fileCertificate } from "./certificate/fileCertificate.handler";
import { harborContentTrust } from "./harbor/contentTrust.handler";
import { harborInstallation } from "./harbor/harborInstallation.handler";
import { harborImmutableRule } from "./harbor/immutableRule.handler";
import { harborLabel } from "./harbor/label.handler";
import { harborProject } from "./harbor/project.handler";
import { harborRobot } from "./harbor/robot.handler";
import { shadowCheck } from "./harbor/shadowCheck.handler";
import { fileIdentity } from "./identity/fileIdentity.handler";
import { signingIdentity } from "./identity/signingIdentity.handler";
import { pushedImage } from "./image/pushedImage.handler";
import { signedImage } from "./image/signedImage.handler";
import { verifiedImage } from "./image/verifiedImage.handler";
import { pebble } from "./local/pebble.handler";
import { registry } from "./local/registry.handler";
import { toHandler } from "./provider/handler";
import { trust } from "./trust/trust.handler";

/** The handler of each kind of resource, by the word that its `lazyProvider` captured (package export `./handlers`). */
export const handlers = {
  acmeCertificate: toHandler(acmeCertificate),
  fileCertificate: toHandler(fileCertificate),
  fileIdentity: toHandler(fileIdentity),
  harborContentTrust: toHandler(harborContentTrust),
  harborImmutableRule: toHandler(harborImmutableRule),
  harborInstallation: toHandler(harborInstallation),
  harborLabel: toHandler(harborLabel),
  harborProject: toHandler(harborProject),
  harborRobot: toHandler(harborRobot),
  pebble: toHandler(pebble),
  pushedImage: toHandler(pushedImage),
  registry: toHandler(registry),
  shadowCheck: toHandler(shadowCheck),
  signedImage: toHandler(signedImage),
  signingIdentity: toHandler(signingIdentity),
  trust: toHandler(trust),
  verifiedImage: toHandler(verifiedImage),
};
