import { expect, it } from "vitest";
import { ERRNO } from "../../src/linux/errno.ts";
import { Linux } from "../../src/linux/linux.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";

it("connect to an address that nobody has: SYN six times more, each wait twice as long, then ETIMEDOUT after 127 s", () => {
  const linux = new Linux({ seed: 7 });
  const syns: number[] = [];
  let result: number | undefined;
  let took = 0;
  linux.hooks.attach("kprobe:__dev_queue_xmit", { run: () => void syns.push(linux.ktimeNs()) });
  linux.process({
    comm: "nc",
    *program(sys: Sys): UserCode<void> {
      const fd = yield sys.socket();
      const begun = sys.now();
      result = yield sys.connect(fd, "192.0.2.1", 80);
      took = sys.now() - begun;
    },
  });
  linux.runUntil(200e9);
  expect(result).toBe(-ERRNO.ETIMEDOUT!);
  expect(Math.round(took / 1e9)).toBe(127);
  const waits = syns.slice(1).map((time, i) => Math.round((time - syns[i]!) / 1e9));
  expect(waits).toEqual([1, 2, 4, 8, 16, 32]);
});
