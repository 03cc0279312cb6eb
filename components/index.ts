/** The public API: what a stack is written with. */
export { AcmeCertificate, type AcmeCertificateArgs } from "./certificate/acmeCertificate";
export { HarborInstallation, type HarborInstallationArgs } from "./harbor/harborInstallation";
export { FileIdentity, type FileIdentityArgs } from "./identity/fileIdentity";
export { SigningIdentity, type SigningIdentityArgs } from "./identity/signingIdentity";
export type { Weaker } from "./image/acceptWeaker";
export { PushedImage, type PushedImageArgs } from "./image/pushedImage";
export { SignedImage, type SignedImageArgs } from "./image/signedImage";
export { VerifiedImage, type VerifiedImageArgs } from "./image/verifiedImage";
export { Pebble, type PebbleArgs } from "./local/pebble";
export { LocalRegistry, type LocalRegistryArgs } from "./local/registry";
export { Trust, type TrustArgs } from "./trust/trust";
