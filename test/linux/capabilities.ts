/** This thread without some of its capabilities, for a moment: what Linux then says. */
import koffi from "koffi";
import { BPF_CAPABILITIES, type BpfCapability } from "../../src/linux/bpf/permission.ts";

const NUMBERS: Readonly<Record<BpfCapability, number>> = {
  CAP_BPF: 39,
  CAP_PERFMON: 38,
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
};
const VERSION = 0x20080522;

/** Does `work` without those of the capabilities of bpf(2) that are not in `kept`. */
export function without<T>(kept: readonly BpfCapability[], work: () => T): T {
  const libc = koffi.load("libc.so.6");
  const get = libc.func("int capget(void *, void *)");
  const set = libc.func("int capset(void *, void *)");
  const header = new Uint32Array([VERSION, 0]);
  const before = new Uint32Array(6);
  get(header, before);
  const less = before.slice();
  for (const name of BPF_CAPABILITIES) {
    const word = NUMBERS[name] >= 32 ? 3 : 0;
    if (!kept.includes(name)) less[word]! &= ~(1 << (NUMBERS[name] & 31));
  }
  if (set(header, less) !== 0) throw new Error("capset refused to give capabilities up");
  try {
    return work();
  } finally {
    set(header, before);
  }
}
