import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { functionFlows } from "../../src/asm/flow/control-flow.ts";
import { flowDot } from "../../src/asm/flow/dot.ts";
import { formatXlated, xlatedListing } from "../../src/asm/xlated.ts";
import { decode, encode } from "../../src/isa/encode.ts";
import { asm } from "../asm/names.ts";
import { available, close, mapCreate, progLoad, progXlated, suiteName } from "./bpf.ts";

/** Programs that bpftool of any age prints alike; each ends with its only exit, and no block with a call. */
const PROGRAMS = {
  arithmetic: "r0 = 1\nw0 += 7\nr1 = 0x1122334455667788 ll\nr0 ^= r1\nw0 = -w0\nr0 = be16 r0\nr0 s>>= 3\nexit",
  loop: "r0 = 0\na: r0 += 1\nif r0 < 9 goto a\nif r0 s> -5 goto b\nr0 <<= 1\nb: w0 |= 3\nif w0 == 7 goto c\nr0 = 4\nc: exit",
  memory:
    "*(u64 *)(r10 - 8) = 0\n*(u16 *)(r10 - 12) = 9\nr1 = *(u64 *)(r10 - 8)\nlock *(u64 *)(r10 - 8) += r1\nr1 = atomic_fetch_add((u64 *)(r10 - 8), r1)\nr1 = xchg_64(r10 - 8, r1)\nr0 = 0\nexit",
  maps: "r1 = map[0]\nr2 = r10\nr2 += -4\n*(u32 *)(r10 - 4) = 0\ncall 1\nif r0 == 0 goto out\nr2 = map[0][0]+4\nr0 = *(u32 *)(r2 + 0)\nout: r0 = 0\nexit",
  calls: "r6 = r1\ncall f\ncall 5\nr0 = 2\nexit\nf: r0 = 1\nexit",
} as const;

const bpftool = (...args: readonly string[]): string => execFileSync("bpftool", [...args], { encoding: "utf8" });
const hasBpftool = (() => {
  try {
    return bpftool("version").includes("bpftool");
  } catch {
    return false;
  }
})();

/** What bpftool lists of the programs that are loaded. */
const loadedIds = (): number[] => (JSON.parse(bpftool("prog", "list", "-j")) as { id: number }[]).map(({ id }) => id);

describe.skipIf(!available || !hasBpftool)(suiteName("bpftool's listing of loaded programs"), () => {
  const map = available ? mapCreate({ type: "array", keySize: 4, valueSize: 8, maxEntries: 1, name: "xl" }) : undefined;

  test.each(Object.entries(PROGRAMS))("%s", (_, text) => {
    const before = new Set(loadedIds());
    const { insns } = asm(text);
    const { fd, log } = progLoad({ type: "socket_filter", insns: encode(insns), mapFds: [map!.fd], logLevel: 1 });
    expect(fd, log).toBeGreaterThanOrEqual(0);
    try {
      const xlated = decode(progXlated(fd));
      // Others may load programs meanwhile: ours is the one with our instructions.
      const dumps = loadedIds()
        .filter((id) => !before.has(id))
        .map((id) => ({ id, dump: bpftool("prog", "dump", "xlated", "id", String(id), "opcodes") }));
      const bytesOf = (listing: string) =>
        listing
          .split("\n")
          .filter((line) => /^ {7}[0-9a-f]{2} /.test(line))
          .join();
      const mine = xlatedListing(xlated, { opcodes: true });
      const theirs = dumps.find(({ dump }) => bytesOf(dump) === bytesOf(mine));
      expect(theirs).toBeDefined();
      const names = namesOf(theirs!.dump);
      expect(xlatedListing(xlated, { opcodes: true, ...names })).toBe(theirs!.dump);

      const visual = bpftool("prog", "dump", "xlated", "id", String(theirs!.id), "visual");
      const flows = functionFlows(xlated);
      // bpftool does not know the names of subprograms here.
      const drawn = flowDot(flows.slice(0, 1), (slot) =>
        xlated[slot].code === 0 ? undefined : formatXlated(xlated, slot, { helperName: names.helperName }),
      );
      expect(drawn.slice(0, -2)).toBe(visual.slice(0, drawn.length - 2));
    } finally {
      close(fd);
    }
  });
});

/** Names that only the running Linux knows: helpers by their distance from its code, subprograms by their tags. */
function namesOf(dump: string) {
  const helpers = new Map<number, string>();
  const subprograms = new Map<number, string>();
  for (const [, at, name, id] of dump.matchAll(/^ *(\d+): \(85\) call (\w+)#(-?\d+)$/gm)) {
    if (!name.startsWith("pc")) helpers.set(Number(id), name);
    else subprograms.set(Number(at), name);
  }
  for (const [, at, distance, name] of dump.matchAll(/^ *(\d+): \(85\) call pc\+(\d+)#(\w+)$/gm)) {
    subprograms.set(Number(at) + 1 + Number(distance), name);
  }
  return {
    helperName: (id: number) => helpers.get(id),
    subprogName: (slot: number) => subprograms.get(slot),
  };
}
