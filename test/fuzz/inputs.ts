// What several corpora are made of.

export const ARTIFACT = {
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  digest: `sha256:${"a".repeat(64)}`,
  size: 1024,
  annotations: { "org.example": "a" },
};

export const text = (...texts: string[]) => texts.map((value) => Buffer.from(value));
export const json = (...values: unknown[]) => text(...values.map((value) => JSON.stringify(value)));
