import { type Output, runtime } from "@pulumi/pulumi";

/** What resources were registered with, by `Kind name`; components of ours are not among them. */
export type Registered = Map<string, Record<string, unknown>>;

/**
 * Puts the SDK under its own mocks for the tests of a file. A resource's outputs are its inputs and what `made` has for its
 * `Kind name`, else for its kind.
 */
export async function registerByMocks(made: Readonly<Record<string, object>>): Promise<Registered> {
  const registered: Registered = new Map();
  await runtime.setMocks({
    newResource({ type, name, inputs }) {
      const { __provider: _, ...rest } = inputs as Record<string, unknown>;
      const kind = type.split(":").at(-1) ?? "";
      if (!type.startsWith("breakwater:")) registered.set(`${kind} ${name}`, rest);
      return { id: `${kind}-id`, state: { ...rest, ...(made[`${kind} ${name}`] ?? made[kind]) } };
    },
    call: ({ inputs }) => inputs,
  });
  return registered;
}

export function known<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
