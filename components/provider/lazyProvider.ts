import type { dynamic } from "@pulumi/pulumi";

/**
 * The dynamic provider of one kind of resource: it loads the compiled handler when it is called.
 *
 * The engine stores this object's text in the state of every resource, twice. So it captures the word `kind` and
 * nothing else: no code of ours, no path, no secret; the text is the same for every release, and the code on disk is what
 * runs. `createRequire(process.cwd() + "/")` resolves this very package by its own `exports`, since the
 * provider's process runs inside the project (in the folder of Pulumi.yaml's `main`).
 *
 * `configure` hands over the stack's config, so that credentials are no inputs of resources. The engine keeps it with the
 * provider, encrypted, and calls `configure` once a process and kind, before any other method.
 */
export function lazyProvider(kind: string): dynamic.ResourceProvider {
  const handler = () => require("node:module").createRequire(`${process.cwd()}/`)("breakwater/handlers").handlers[kind];
  return {
    configure: (req) => handler().configure(req),
    check: (olds, news) => handler().check(olds, news),
    diff: (id, olds, news) => handler().diff(id, olds, news),
    create: (news) => handler().create(news),
    read: (id, state) => handler().read(id, state),
    update: (id, olds, news) => handler().update(id, olds, news),
    delete: (id, state) => handler().delete(id, state),
  };
}
