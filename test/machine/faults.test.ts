import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { FaultError, type FaultName } from "../../src/linux/faults/inject.ts";
import { MYSTERY_KINDS } from "../../src/linux/faults/mystery.ts";
import { FAULTS } from "../../src/linux/faults/table.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { Machine } from "../../src/machine.ts";

describe("faults", () => {
  it("begin and end at their times", async () => {
    const m = new Machine({ seed: 2 });
    const { link } = m.linux.network.outside;
    m.inject("disk:slow", { at: "1ms", for: "3ms", disk: "vdb", factor: 7 });
    m.inject("link:loss", { loss: 0.5 });
    const slow = async () => {
      await m.run("2ms");
      return m.linux.disks[1]!.slowdown;
    };
    expect([m.linux.disks[1]!.slowdown, await slow(), await slow(), await slow()]).toEqual([1, 7, 7, 1]);
    expect(link.loss).toBe(0.5);
  });

  it.each(["memory:leak", "memory:hog", "lock:contention", "cpu:hog"] as const)(
    "%s ends: its processes are gone, and what they held is given back",
    async (name) => {
      const m = new Machine({ seed: 2, ram: 2 ** 28 });
      const { linux } = m;
      const before = { pids: linux.tasks().map(({ pid }) => pid), free: linux.pages.anon };
      m.inject(name, { at: "10ms", for: "300ms" });
      await m.run("200ms");
      expect(linux.tasks().length).toBeGreaterThan(before.pids.length);
      await m.run("2s");
      const processes = linux.tasks().filter(({ program }) => program !== undefined);
      expect(processes.map(({ pid }) => pid).filter((pid) => !before.pids.includes(pid))).toEqual([]);
      expect(linux.pages.anon).toBe(before.free);
    },
  );

  it("of every kind make the machine another one, the same each time", async () => {
    const state = async (name?: FaultName) => {
      const m = new Machine({ seed: 3, ram: 2 ** 28 });
      m.spawn(workloads.dnsTrouble({ every: 5 }));
      m.spawn(workloads.readFiles({ pause: 3 }));
      m.spawn(workloads.tlsClient({ pause: 5 }));
      if (name !== undefined) m.inject(name, { at: "10ms" });
      const { syscalls, switches } = await m.run("250ms");
      return { syscalls, switches };
    };
    const healthy = await state();
    for (const name of Object.keys(FAULTS) as FaultName[]) {
      const ill = await state(name);
      expect(ill, name).not.toEqual(healthy);
      expect(await state(name)).toEqual(ill);
    }
  });

  it("that do not exist, or cannot be so, are refused with what there is", () => {
    const m = new Machine();
    // @ts-expect-error a slip of the pen
    expect(() => m.inject("disk:slwo")).toThrow(
      /no such fault: "disk:slwo"\. Did you mean disk:slow\?.*There are: disk:slow, link:loss/,
    );
    // @ts-expect-error no such parameter
    expect(() => m.inject("disk:slow", { facotr: 3 })).toThrow(/no parameter "facotr"\. Did you mean factor/);
    // @ts-expect-error no such disk
    expect(() => m.inject("disk:slow", { disk: "sda" })).toThrow(/disk must be one of vda, vdb, vdc, not "sda"/);
    expect(() => m.inject("link:loss", { loss: 3 })).toThrow(/loss must be a number from 0 to 1/);
    expect(() => m.inject("link:loss", { at: "soon" })).toThrow(/not a duration/);
    // @ts-expect-error not an object
    expect(() => m.inject("link:loss", 5)).toThrow(FaultError);
    expect(() => m.inject("toString" as never)).toThrow(FaultError);
  });
});

describe("a mystery", () => {
  it("is solved by saying what it is, and by nothing else", () => {
    const found = new Set<string>();
    for (let seed = 0; seed < 40; seed++) {
      const { mystery } = new Machine({ mystery: seed });
      const right = MYSTERY_KINDS.filter((kind) => mystery.answer({ kind, culprit: "nobody" }).kind);
      expect(right).toHaveLength(1);
      found.add(right[0]!);
      expect(mystery.answer({ kind: right[0]!, culprit: "nobody" })).toEqual({
        right: false,
        kind: true,
        culprit: false,
      });
    }
    expect(found.size).toBeGreaterThan(7);
  });

  it("is the same for the same seed, a number or a text", async () => {
    const runs = await Promise.all(
      ["exam 3", "exam 3"].map(async (mystery) => (await new Machine({ mystery }).run("120ms")).syscalls),
    );
    expect(runs[0]).toBe(runs[1]);
    expect(runs[0]).toBeGreaterThan(100);
  });

  it("cannot be read from the object", () => {
    const { mystery } = new Machine({ mystery: 7 });
    const kind = MYSTERY_KINDS.find((one) => mystery.answer({ kind: one, culprit: "" }).kind)!;
    const told = JSON.stringify({ ...mystery }) + inspect(mystery, { depth: 9, showHidden: true });
    expect(told).not.toContain(kind);
    expect(told).toContain("7");
  });

  it("refuses what is no answer, and machines without one", () => {
    const { mystery } = new Machine({ mystery: 1 });
    expect(() => mystery.answer({ kind: "slow dist", culprit: "vda" })).toThrow(
      /Did you mean slow disk\?.*There are: /,
    );
    // @ts-expect-error only a text
    expect(() => mystery.answer("slow disk")).toThrow(FaultError);
    expect(() => new Machine({ mystery: 1.5 })).toThrow(FaultError);
    expect(() => new Machine().mystery).toThrow(/new Machine\(\{ mystery: 7 \}\)/);
  });
});
