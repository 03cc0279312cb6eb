// The core: signature-specification.md § Signature Envelope, trust-store-trust-policy.md § Signature Verification.
export { type Certificate, parseCertificate } from "./certificates/certificate";
export { isSelfSigned, requireSigningChain, requireTimestampingChain } from "./certificates/chain";
export { CertificateError, type CertificateErrorCode } from "./certificates/error";
export { ALGORITHM_OF, KEY_SPECS, type KeySpec, keySpecOf, type SignatureAlgorithm } from "./certificates/keySpec";
export { type ChainPurpose, type ChainViolation, lintChain } from "./certificates/lint";
export { certificatePem, parseCertificates, parseCertificatesPem } from "./certificates/pem";
export type { Clock } from "./clock";
export type { Descriptor } from "./descriptor";
export {
  COSE_MEDIA_TYPE,
  type EnvelopeContent,
  type ExtendedAttribute,
  JWS_MEDIA_TYPE,
  PAYLOAD_MEDIA_TYPE,
  type SignedAttributes,
  type SigningScheme,
  type UnsignedAttributes,
} from "./envelope/content";
export { EnvelopeError, type EnvelopeErrorCode } from "./envelope/error";
export { openEnvelope } from "./envelope/open";
export { JsonError, type JsonErrorCode } from "./json/error";
export { parsePayload } from "./payload";
export type { RevocationSource } from "./revocation/revocationSource";
export type { FetchedSignature, PackedSignature, SignatureRepository } from "./signatureRepository";
export { SigningError, type SigningErrorCode } from "./signing/error";
export type { EnvelopeFormat } from "./signing/extendedAttributes";
export { type LocalSignerArgs, localSigner } from "./signing/localSigner";
export {
  type PackSignatureArgs,
  packSignature,
  SIGNATURE_ARTIFACT_TYPE,
  type SignatureManifestForm,
  THUMBPRINT_ANNOTATION,
  type UnpackedSignature,
  unpackSignature,
} from "./signing/manifest";
export { type SignArtifactArgs, type SignedEnvelope, signArtifact } from "./signing/signArtifact";
export type { Signer } from "./signing/signer";
export type { Timestamping } from "./timestamp/countersign";
export { TimestampError, type TimestampErrorCode } from "./timestamp/error";
export type { TimestampServer } from "./timestamp/timestampServer";
export {
  applicableStatement,
  compileTrust,
  type Statement,
  type Trust,
  type TrustDeclaration,
} from "./trust/declaration";
export type {
  SignatureVerification,
  TrustPolicyDocument,
  TrustPolicyStatement,
  TrustStoreType,
  ValidationAction,
  ValidationType,
  VerificationLevelName,
} from "./trust/document";
export { TrustPolicyError, type TrustPolicyErrorCode } from "./trust/error";
export { LEVELS } from "./trust/level";
export { parseTrustPolicy } from "./trust/policy";
export { parseTrustStoreReference } from "./trust/storeReference";
export { VerificationError, type VerificationErrorCode } from "./verification/error";
export { ruleThatFailed } from "./verification/ruleThatFailed";
export type {
  ArtifactVerdict,
  Failure,
  Outcome,
  SignatureVerdict,
  SignerIdentity,
  VerdictCode,
} from "./verification/verdict";
export {
  type VerifyArtifactArgs,
  type VerifyEnvelopeArgs,
  verifyArtifact,
  verifyEnvelope,
} from "./verification/verifyArtifact";
