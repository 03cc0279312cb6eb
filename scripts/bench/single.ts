import { pushImages } from "./images";
import { Notation } from "./notation";
import { Ours } from "./ours";
import type { Place } from "./place";
import type { BenchRegistry } from "./registries";
import type { Row } from "./report";
import { inTurns, median } from "./statistics";

/** One image at a time: what a single SignedImage costs beside `notation sign`. */
export async function single(place: Place, registry: BenchRegistry, rounds: number): Promise<Row[]> {
  const images = await pushImages(registry.connection, "bench/single", 2 * rounds + 1);
  const take = () => {
    const image = images.pop();
    if (image === undefined) throw new Error("no image left to sign");
    return [image];
  };
  const ours = new Ours(place);
  const notation = new Notation(place, registry);
  await ours.sign(take(), 1); // logs in; a provider's process does so once for all images
  const times = await inTurns(rounds, {
    ours: () => ours.sign(take(), 1),
    notation: () => notation.sign(take(), 1),
  });
  const [oursMs, notationMs] = [median(times.ours), median(times.notation)];
  return [
    { what: "ours: look for one, sign, verify, push, read the index back", value: oursMs, unit: " ms", digits: 0 },
    { what: "notation sign", value: notationMs, unit: " ms", digits: 0 },
    { what: "notation / ours", value: notationMs / oursMs, unit: "×", digits: 2 },
  ];
}
