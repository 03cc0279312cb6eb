import { acmeCertificate } from "./certificate/acmeCertificate.handler";
import { harborInstallation } from "./harbor/harborInstallation.handler";
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
  fileIdentity: toHandler(fileIdentity),
  harborInstallation: toHandler(harborInstallation),
  pebble: toHandler(pebble),
  pushedImage: toHandler(pushedImage),
  registry: toHandler(registry),
  signedImage: toHandler(signedImage),
  signingIdentity: toHandler(signingIdentity),
  trust: toHandler(trust),
  verifiedImage: toHandler(verifiedImage),
};
