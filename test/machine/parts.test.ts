import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventQueue } from "../../src/linux/event-queue.ts";
import { KERNEL_TEXT } from "../../src/linux/kallsyms.ts";
import { nearest } from "../../src/linux/nearest.ts";
import { ABSENT, DIRTY, PageCache, READING, UPTODATE } from "../../src/linux/page-cache.ts";
import { Random } from "../../src/linux/random.ts";
import { SymbolTable } from "../../src/linux/symbols.ts";
import { SYSCALLS, syscallByName, syscallByNumber } from "../../src/linux/syscall-table.ts";

describe("EventQueue", () => {
  it("gives events by time, and in the order of their coming where times are equal", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(20), fc.constant("pop" as const)), { maxLength: 80 }), (script) => {
        const queue = new EventQueue();
        const model: { time: number; order: number }[] = [];
        const got: number[] = [];
        for (const [order, one] of script.entries()) {
          if (one === "pop") {
            queue.pop()?.run(0);
            model.sort((a, b) => a.time - b.time || a.order - b.order);
            const first = model.shift();
            if (first !== undefined) expect(got.at(-1)).toBe(first.order);
          } else {
            queue.at(one, () => void got.push(order));
            model.push({ time: one, order });
          }
          expect(queue.length).toBe(model.length);
          expect(queue.next).toBe(Math.min(Number.POSITIVE_INFINITY, ...model.map(({ time }) => time)));
        }
      }),
    );
  });
});

describe("Random", () => {
  it("repeats itself for a seed and a stream, and for nothing else", () => {
    const take = (seed: number, stream?: number) => {
      const random = new Random(seed, stream);
      return Array.from({ length: 20 }, () => random.u32());
    };
    expect(take(7)).toEqual(take(7, 0));
    for (const other of [take(8), take(7, 1), take(7 + 2 ** 32), take(-7)]) expect(other).not.toEqual(take(7));
  });

  it("is spread as its names say", () => {
    const random = new Random(42);
    const many = (draw: () => number) => Array.from({ length: 20_000 }, draw);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const units = many(() => random.unit());
    expect(mean(units)).toBeCloseTo(0.5, 1);
    expect(Math.min(...units)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...units)).toBeLessThan(1);
    const dice = many(() => random.below(6));
    for (let face = 0; face < 6; face++)
      expect(dice.filter((value) => value === face).length / 20_000).toBeCloseTo(1 / 6, 1);
    expect(mean(many(() => random.exponential(1000)))).toBeGreaterThan(960);
    expect(mean(many(() => random.exponential(1000)))).toBeLessThan(1040);
    const sizes = many(() => random.lognormal(5000, 1)).sort((a, b) => a - b);
    expect(sizes[10_000]).toBeGreaterThan(4700);
    expect(sizes[10_000]).toBeLessThan(5300);
    expect(sizes.every((size) => Number.isInteger(size) && size >= 1)).toBe(true);
    const bits = many(() => random.u32());
    for (let bit = 0; bit < 32; bit++) {
      expect(Math.abs(bits.filter((value) => (value >>> bit) & 1).length - 10_000)).toBeLessThan(400);
    }
  });
});

describe("PageCache", () => {
  it("counts what is in memory and what is dirty", () => {
    const change = fc.tuple(fc.nat(60), fc.constantFrom(ABSENT, READING, UPTODATE, DIRTY));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.boolean(), (changes, clean) => {
        const cache = new PageCache();
        const model = new Map<number, number>();
        for (const [page, state] of changes) {
          cache.set(page, state);
          model.set(page, state);
        }
        if (clean) {
          expect(cache.clean()).toBe([...model.values()].filter((state) => state === DIRTY).length);
          for (const [page, state] of model) if (state === DIRTY) model.set(page, UPTODATE);
        }
        const count = (wanted: number) => [...model.values()].filter((state) => state === wanted).length;
        expect(cache.resident).toBe(count(UPTODATE) + count(DIRTY));
        expect(cache.dirty).toBe(count(DIRTY));
        expect(cache.evict()).toBe(count(UPTODATE));
        expect(cache.resident).toBe(count(DIRTY));
        for (const [page, state] of model) expect(cache.state(page)).toBe(state === UPTODATE ? ABSENT : state);
      }),
    );
  });
});

describe("symbols", () => {
  it("have Linux's addresses and sizes", () => {
    const symbols = new SymbolTable();
    expect(symbols.symbolize(0xffff_ffff_821e_a011n)).toEqual({ name: "do_syscall_64", offset: 0x71 });
    expect(symbols.symbolize(0xffff_ffff_816b_65f0n)).toEqual({ name: "__x64_sys_read", offset: 0 });
    expect(symbols.symbolize(0n)).toBeUndefined();
    expect(symbols.symbolize(2n ** 64n - 1n)).toBeUndefined();
    for (const name of Object.keys(KERNEL_TEXT))
      expect(symbols.list().some((symbol) => symbol.name === name)).toBe(true);
  });

  it("do not overlap, and every address of a function is its own", () => {
    const symbols = new SymbolTable();
    for (const module of ["/bin/a", "/bin/b", "/lib/libc.so.6"]) {
      for (let i = 0; i < 50; i++) symbols.userFrame(module, `f${i}`);
    }
    const list = symbols.list();
    for (const [index, symbol] of list.entries()) {
      const next = list[index + 1];
      const end = symbol.address + BigInt(symbol.size);
      if (next !== undefined && next.address !== symbol.address) expect(next.address).toBeGreaterThanOrEqual(end);
      expect(symbol.at).toBeLessThan(symbol.size);
      const { name, module } = symbols.symbolize(end - 1n)!;
      expect({ name, module }).toEqual({ name: symbol.name, module: symbol.module });
    }
  });

  it("give one frame to one function of one program", () => {
    const symbols = new SymbolTable();
    const main = symbols.userFrame("/bin/a", "main");
    expect(symbols.userFrame("/bin/a", "main")).toBe(main);
    expect(symbols.userFrame("/bin/b", "main")).not.toBe(main);
    const addresses: number[] = [];
    symbols.pushAddress(main, addresses);
    const address = (BigInt(addresses[1]!) << 32n) | BigInt(addresses[0]!);
    expect(symbols.symbolize(address)).toMatchObject({ name: "main", module: "/usr/bin/a" });
    expect(address >> 40n).toBe(0x55n);
    expect(symbols.of(symbols.userFrame("/usr/lib/libc.so.6", "read")).address >> 40n).toBe(0x7fn);
  });
});

describe("the table of system calls", () => {
  it("finds rows by number and by strace's name", () => {
    for (const row of SYSCALLS) {
      expect(syscallByNumber(row.nr)).toBe(row);
      expect(syscallByName(row.name)).toBe(row);
      expect(row.args.length).toBeLessThanOrEqual(6);
    }
    expect(syscallByName("stat")).toMatchObject({ nr: 4, entry: "newstat" });
    expect(syscallByName("read")!.args).toEqual([
      { type: "unsigned int", name: "fd" },
      { type: "char *", name: "buf" },
      { type: "size_t", name: "count" },
    ]);
    expect(syscallByNumber(9999)).toBeUndefined();
  });
});

describe("nearest", () => {
  it("finds slips of the pen, best first, and nothing else", () => {
    expect(nearest("raed", ["read", "write", "rads"])).toEqual(["read", "rads"]);
    expect(nearest("open", ["close", "futex"])).toEqual([]);
  });
});
