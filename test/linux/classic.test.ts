/** Classic programs on a socket of the running Linux: what it refuses, and how much of a datagram it keeps. */
import fc from "fast-check";
import koffi from "koffi";
import { afterAll, describe, expect, test } from "vitest";
import { checkClassic } from "../../src/asm/classic/check.ts";
import { ClassicError, type ClassicInstruction } from "../../src/asm/classic/instruction.ts";
import { CLASSIC_OPCODES } from "../../src/asm/classic/rows.ts";
import { classic } from "../../src/loader/classic.ts";
import { Machine } from "../../src/machine.ts";
import { compileFilter } from "../../src/packets/filter/compile.ts";
import { anyPacket } from "../packets/arbitrary.ts";
import { expression } from "../packets/expression.ts";
import { available, suiteName } from "./bpf.ts";

const SYS = { socketpair: 53, sendto: 44, recvfrom: 45, setsockopt: 54, close: 3 } as const;
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOL_SOCKET = 1;
const ATTACH_FILTER = 26;
const DONTWAIT = 0x40;

function sockets() {
  const call = koffi
    .load("libc.so.6")
    .func("long syscall(long, long, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t)");
  const size = 1 << 17;
  const block = koffi.alloc("uint8_t", size);
  const bytes = new Uint8Array(koffi.view(block, size));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const base = koffi.address(block) as bigint;
  call(SYS.socketpair, AF_UNIX, SOCK_DGRAM, 0, base, 0, 0);
  const [sender, receiver] = [view.getInt32(0, true), view.getInt32(4, true)];
  return {
    /** Whether Linux takes the program. */
    attach(insns: readonly ClassicInstruction[]): boolean {
      view.setUint16(0, insns.length, true);
      view.setBigUint64(8, base + 16n, true);
      insns.forEach(({ code, jt, jf, k }, at) => {
        view.setUint16(16 + 8 * at, code, true);
        view.setUint8(18 + 8 * at, jt);
        view.setUint8(19 + 8 * at, jf);
        view.setUint32(20 + 8 * at, k, true);
      });
      return call(SYS.setsockopt, receiver, SOL_SOCKET, ATTACH_FILTER, base, 16, 0) === 0;
    },
    /** Bytes of a datagram that the filter keeps; 0 where it takes nothing. */
    kept(data: Uint8Array): number {
      bytes.set(data);
      call(SYS.sendto, sender, base, data.length, DONTWAIT, 0, 0);
      return Math.max(0, call(SYS.recvfrom, receiver, base, size, DONTWAIT, 0, 0));
    },
    close() {
      for (const fd of [sender, receiver]) call(SYS.close, fd, 0, 0, 0, 0, 0);
    },
  };
}

const linux = available ? sockets() : undefined;
afterAll(() => linux?.close());

const machine = new Machine();

/** The same here: the datagram as the frame of a test run. */
function keptHere(insns: readonly ClassicInstruction[], data: Uint8Array): number {
  return Math.min(data.length, machine.load(classic(insns).program()).run(data).retval);
}

const codes = [...CLASSIC_OPCODES.keys()];
const small = fc.oneof(fc.nat(20), fc.nat(70), fc.constantFrom(0x7fffffff, 0x80000000, 0xffffffff, 31, 32, 0x800));
const anyInstruction = fc.record({
  code: fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...codes) }, { weight: 1, arbitrary: fc.nat(0xff) }),
  jt: fc.nat(4),
  jf: fc.nat(4),
  k: small,
});
const RET_A = { code: 0x16, jt: 0, jf: 0, k: 0 };
const programs = fc
  .tuple(
    fc.array(anyInstruction, { minLength: 1, maxLength: 12 }),
    fc.array(fc.constant(RET_A), { minLength: 1, maxLength: 5 }),
  )
  .map(([body, end]) => [...body, ...end]);

/** An ARP frame's type, so that a test run takes any bytes. */
const frame = fc.uint8Array({ minLength: 14, maxLength: 80 }).map((bytes) => {
  bytes.set([0x08, 0x06], 12);
  return bytes;
});
const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

describe.skipIf(!available)(suiteName("classic BPF against the running Linux"), () => {
  test("what Linux refuses is refused, and what it takes keeps as much", () => {
    let taken = 0;
    fc.assert(
      fc.property(programs, frame, (insns, data) => {
        let ok = true;
        try {
          checkClassic(insns);
        } catch (error) {
          expect(error).toBeInstanceOf(ClassicError);
          ok = false;
        }
        expect(ok).toBe(linux!.attach(insns));
        // Offsets from the link layer's and the network's header differ: such a datagram has none.
        if (!ok || insns.some(({ code, k }) => (code & 7) <= 1 && k > 0x7fff_ffff)) return;
        taken++;
        expect(keptHere(insns, data)).toBe(linux!.kept(data));
      }),
      { numRuns: NIGHT ? 50_000 : 3000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test("filter expressions", () => {
    fc.assert(
      fc.property(expression, anyPacket, ({ text }, data) => {
        const insns = compileFilter(text);
        expect([text, linux!.attach(insns)]).toEqual([text, true]);
        expect([text, keptHere(insns, data)]).toEqual([text, linux!.kept(data)]);
      }),
      { numRuns: NIGHT ? 10_000 : 300 },
    );
  });
});
