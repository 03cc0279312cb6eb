import { type CustomResourceOptions, dynamic, type Output } from "@pulumi/pulumi";
import { lazyProvider } from "../provider/lazyProvider";
import { type ArgsOf, MODULE } from "../provider/resource";
import type { PebbleInputs, PebblePorts } from "./pebble.handler";

const provider = lazyProvider("pebble");

export class PebbleResource extends dynamic.Resource {
  declare readonly ports: Output<PebblePorts>;

  constructor(name: string, args: ArgsOf<PebbleInputs>, options?: CustomResourceOptions) {
    super(provider, name, { ports: undefined, ...args, drift: undefined }, options, MODULE, "Pebble");
  }
}
