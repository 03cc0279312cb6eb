import { type Output, output, runtime } from "@pulumi/pulumi";

// A stack's program under the SDK's mocks: what it registers, not what the handlers do (they have their own tests).

/** What the SDK asks the engine for beside the inputs. */
interface Requested {
  parent?: string;
  dependencies?: string[];
  secrets?: string[];
  deletedWith?: string;
}

export interface Registered extends Requested {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

/** Sets the SDK's mocks; what is registered from now on is in the list. `made` is what the handlers would add, by kind. */
export async function mockEngine(
  stack: string,
  made: Readonly<Record<string, object>>,
  preview = false,
): Promise<Registered[]> {
  const registered: Registered[] = [];
  /** By `type::name`. */
  const requested = new Map<string, Requested>();
  await runtime.setMocks(
    {
      newResource({ type, name, inputs }) {
        const { __provider: _, ...rest } = inputs as Record<string, unknown>;
        registered.push({ type, name, inputs: rest, ...requested.get(`${type}::${name}`) });
        const kind = type.split(":").at(-1) ?? "";
        return { id: `${kind}-id`, state: { ...rest, ...made[kind] } };
      },
      call: ({ inputs }) => inputs,
    },
    "breakwater",
    stack,
    preview,
  );
  listenToRequests(requested);
  return registered;
}

/** The mocks are not told of parents, dependencies and secrets; the monitor, which calls them, is. */
function listenToRequests(requested: Map<string, Requested>): void {
  const monitor = runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    requested.set(`${request.getType()}::${request.getName()}`, {
      parent: nameIn(request.getParent()),
      dependencies: request.getDependenciesList().map(nameIn),
      secrets: request.getAdditionalsecretoutputsList(),
      deletedWith: nameIn(request.getDeletedwith()),
    });
    return register(request, callback);
  };
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: unknown): unknown;
}

/** The part of the protocol's message that is looked at. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  getDeletedwith(): string;
}

/** `urn:pulumi:stack::project::parent$type::name` → `type::name`. */
function nameIn(urn: string): string {
  const [type = "", name = ""] = urn.split("::").slice(2);
  return urn === "" ? "" : `${type.split("$").at(-1)}::${name}`;
}

export function resolved<T>(value: T): Promise<T> {
  return new Promise((resolve) => void (output(value) as Output<T>).apply(resolve));
}
