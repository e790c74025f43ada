/** Programs of static probes as libbpf attaches them: where the arguments are comes from the notes, through maps of the object. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { usdtArguments } from "../../../src/loader/object/usdt-arguments.ts";
import { TOOLS } from "../../fixtures/tools.ts";
import { bytesOf, open, replaced } from "./fixtures.ts";

const SECTION = "usdt//usr/sbin/postgres:postgresql:query__start";

describe("notes", () => {
  it("say size, sign and place of each argument", () => {
    expect(usdtArguments("-4@%edi 8@-16(%rbp) 1@$-7 2@(%r9) 8@%r15")).toEqual([
      { kind: "register", size: 4, signed: true, register: 112 },
      { kind: "memory", size: 8, signed: false, register: 32, offset: -16n },
      { kind: "constant", size: 1, signed: false, value: -7n },
      { kind: "memory", size: 2, signed: false, register: 64, offset: 0n },
      { kind: "register", size: 8, signed: false, register: 0 },
    ]);
    expect(usdtArguments("")).toEqual([]);
  });

  it.each([
    ["8@%rdi 8@nonsense", "usdt: unrecognized arg #1 spec '8@nonsense'"],
    ["3@%rdi", "usdt: unsupported arg #0 (spec '3@%rdi') size: 3"],
    ["8@%xmm0", "usdt: unrecognized register 'xmm0'"],
    ["8@%rdi ".repeat(13).trim(), /^usdt: too many USDT arguments \(> 12\)/],
  ])("%s is refused", (text, message) => {
    expect(() => usdtArguments(text)).toThrow(message);
  });

  it("of any text are read or refused", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-\d@%$()a-z ]{0,40}$/), (text) => {
        try {
          usdtArguments(text);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("programs of static probes", () => {
  it("see the arguments of a database's probes", async () => {
    const { m, object } = open("usdt");
    object.load().attach();
    expect(Object.values(object.links).map(({ hook }) => hook)).toEqual([
      "usdt:/usr/sbin/postgres:postgresql:query__start",
      "usdt:/usr/sbin/postgres:postgresql:buffer__read__done",
    ]);
    m.spawn(workloads.database());
    await m.run("60ms");
    const records = object.maps.queries!.read() as { pid: number; text: string }[];
    expect(records.length).toBeGreaterThan(3);
    expect(records.every(({ pid, text }) => pid > 1000 && /^(SELECT|UPDATE) /.test(text))).toBe(true);
    // No such argument: -ENOENT, and the value is 0. Fork number 0 each time.
    expect({ ...object.bss }).toMatchObject({ arguments: 2, no_sixth: -2, fork_sum: 0n, cookie: 0n });
    expect([Number(object.bss.reads) > 0, Number(object.bss.blocks) > 0]).toEqual([true, true]);
  });

  it("have a cookie of their own, and one specification each, which a later program gets", async () => {
    const { m, object } = open("usdt");
    object.progs.by_hand!.autoload = true;
    object.progs.on_query!.autoload = false;
    object.progs.on_read!.autoload = false;
    object.maps.__bpf_usdt_specs!.maxEntries = 2;
    object.load();
    const hook = "usdt:postgres:postgresql:query__done";
    const attach = (cookie: bigint) => object.progs.by_hand!.attach(hook, { cookie });
    const first = attach(7n);
    const second = attach(2n ** 63n);
    expect(() => attach(9n)).toThrow(/prog 'by_hand': failed to attach to .*query__done: Argument list too long/);
    second.detach();
    first.detach();
    attach(1234n);
    m.spawn(workloads.database());
    await m.run("40ms");
    expect(object.bss.cookie).toBe(1234n);
    object.destroy();
  });

  it("say what is missing, in libbpf's words", () => {
    const named = (section: string) => {
      const { m } = open("usdt");
      return m.open(replaced(bytesOf("usdt"), SECTION, section.padEnd(SECTION.length, "_")), { name: "usdt" });
    };
    const attached = (section: string) => () => named(section).load().attach();
    expect(attached("usdt/postgres:nothing")).toThrow(/expected SEC\("usdt\/<path>:<provider>:<name>"\)/);
    expect(attached("usdt/nowhere:postgresql:query__start")).toThrow(/failed to resolve full path for 'nowhere': -2/);
    expect(attached("usdt//usr/sbin/postgres:postgresql:no_probe")).toThrow(/no such hook/);
    const { m } = open("usdt");
    const without = replaced(bytesOf("usdt"), "__bpf_usdt_specs", "__bpf_usdt_other");
    expect(() => m.open(without).load().attach()).toThrow(
      "failed to find USDT support BPF maps, did you forget to include bpf/usdt.bpf.h?",
    );
  });
});

const javagc = TOOLS.find(({ name }) => name === "javagc");
it.skipIf(javagc === undefined)("javagc of libbpf-tools attaches to a probe by hand", async () => {
  const { m } = open("usdt");
  const object = m.open(javagc!.object, { name: "javagc" }).load();
  // There is no Java here: any probes that begin and end something will do.
  object.progs.handle_gc_start!.attach("usdt:postgres:postgresql:query__start");
  object.progs.handle_gc_end!.attach("usdt:postgres:postgresql:query__done");
  m.spawn(workloads.database());
  await m.run("60ms");
  // The object has no type of its records: two words, and how long it took in nanoseconds.
  const records = object.maps.perf_map!.read() as Uint8Array[];
  const times = records.map((bytes) => Number(new DataView(bytes.slice().buffer).getBigUint64(8, true)));
  expect(times.length).toBeGreaterThan(0);
  expect(times.every((time) => time > 10_000 && time < 50e6)).toBe(true);
});
