import type { dynamic } from "@pulumi/pulumi";

/**
 * The dynamic provider of one kind of resource: it loads the compiled handler when it is called.
 *
 * The engine stores this object's text in the state of every resource, twice. So it captures the word `kind` and nothing
 * else: no code of ours, no path, no secret; the text is the same for every release, and the code on disk is what runs.
 * `createRequire(process.cwd() + "/")` resolves this very package by its own `exports`, since the provider's process runs
 * inside the project (in the folder of Pulumi.yaml's `main`).
 */
export function lazyProvider(kind: string): dynamic.ResourceProvider {
  return {
    check: (olds, news) =>
      require("node:module").createRequire(`${process.cwd()}/`)("breakwater/handlers").handlers[kind].check(olds, news),
    diff: (id, olds, news) =>
      require("node:module")
        .createRequire(`${process.cwd()}/`)("breakwater/handlers")
        .handlers[kind].diff(id, olds, news),
    create: (news) =>
      require("node:module").createRequire(`${process.cwd()}/`)("breakwater/handlers").handlers[kind].create(news),
    read: (id, state) =>
      require("node:module").createRequire(`${process.cwd()}/`)("breakwater/handlers").handlers[kind].read(id, state),
    update: (id, olds, news) =>
      require("node:module")
        .createRequire(`${process.cwd()}/`)("breakwater/handlers")
        .handlers[kind].update(id, olds, news),
    delete: (id, state) =>
      require("node:module").createRequire(`${process.cwd()}/`)("breakwater/handlers").handlers[kind].delete(id, state),
  };
}
