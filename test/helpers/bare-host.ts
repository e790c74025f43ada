/** A host for helpers without a machine: everything set by the test. */
import { Callbacks } from "../../src/helpers/callbacks.ts";
import type { CurrentTask, Host } from "../../src/helpers/host.ts";
import { helperId } from "../../src/helpers/names.ts";
import { helperById } from "../../src/helpers/table.ts";
import type { RuntimeMap } from "../../src/maps/runtime.ts";
import { FIRST_OFFSET, LinearMemory, RETURN_HIGH } from "../../src/memory/memory.ts";
import { bareSockets } from "./socket-uses.ts";

export class BareHost implements Host {
  readonly memory = new LinearMemory();
  readonly maps: RuntimeMap[] = [];
  readonly callbacks = new Callbacks();
  readonly lines: string[] = [];
  readonly sockets = bareSockets((answer) => answer);
  now = 0;
  current: CurrentTask = { pid: 12, tgid: 10, uid: 1000, gid: 100, comm: "bash" };
  stacks: { kernel: readonly number[]; user: readonly number[] } = { kernel: [], user: [] };
  readonly planned: { readonly at: number; readonly run: () => void }[] = [];
  later(ns: number, run: () => void): void {
    this.planned.push({ at: this.now + ns, run });
  }
  ktimeNs(): number {
    return this.now;
  }
  cpu(): number {
    return 1;
  }
  task(): CurrentTask {
    return this.current;
  }
  random(): number {
    return 0xdeadbeef;
  }
  /** All of memory is the user's, too, at 0x7f00_0000_0000. */
  userOffset(low: number, high: number, size: number): number {
    const at = low >>> 0;
    return high === 0x7f00 && at >= FIRST_OFFSET && at + size <= this.memory.size ? at : -14;
  }
  trace(line: string): void {
    this.lines.push(line);
  }
  stack(kind: "kernel" | "user"): readonly number[] {
    return this.stacks[kind];
  }

  /** Calls a helper by name with the i32 arguments that jitted code passes. */
  call(name: string, ...args: number[]): number {
    return helperById(helperId(name)!)!.implement!(this)(...args);
  }

  /** The 64 bits that the last call returned, given what it returned. */
  u64(low: number): bigint {
    return (BigInt(this.memory.u32[RETURN_HIGH >> 2]) << 32n) | BigInt(low >>> 0);
  }

  /** Bytes in memory; gives their offset. */
  put(bytes: Uint8Array | string): number {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    const at = this.memory.allocate(data.length + 1);
    this.memory.u8.set(data, at);
    return at;
  }
}
