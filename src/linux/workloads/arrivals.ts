import type { Linux } from "../linux.ts";
import { Random } from "../random.ts";

/** Somebody outside of the machine does something `rate` times a second, at random times, from `start` (ns from now) on. */
export function arrivals(
  linux: Linux,
  { rate, stream, start = 5_000_000 }: { readonly rate: number; readonly stream: number; readonly start?: number },
  body: (time: number, random: Random) => void,
): void {
  const random = new Random(linux.random32.u32(), stream);
  const next = (now: number) => {
    const time = now + 1 + random.exponential(1e9 / rate);
    linux.at(time, () => {
      body(time, random);
      next(time);
    });
  };
  next(linux.ktimeNs() + start);
}
