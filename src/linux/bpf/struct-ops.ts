/** Structures of functions that programs implement (`struct_ops`): which there are, what Linux asks of them, and how it calls them. */
import { machineBtf, type Release } from "../../btf/data/machine.ts";
import { sizeOf } from "../../btf/size.ts";
import type { StructType } from "../../btf/type.ts";
import { ERRNO } from "../../maps/errno.ts";
import type { OperationsOwner } from "../../maps/struct-ops.ts";
import { BpfCongestion, type CongestionMachine } from "./congestion.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** A structure with its functions, as it was written into a map. */
interface Operations {
  readonly name: string;
  readonly members: ReadonlyMap<string, LinuxProgram>;
}

/** The structure stands on a line of the cache of its own, behind a count and a state: `struct bpf_struct_ops_...`. */
const LINE = 64;
const CONGESTION = "tcp_congestion_ops";
/** Structures that Linux lets programs implement; nothing here calls the second. */
const IMPLEMENTED: ReadonlySet<string> = new Set([CONGESTION, "bpf_dummy_ops"]);
/** `TCP_CONG_NON_RESTRICTED | TCP_CONG_NEEDS_ECN`: the flags that a congestion control may have. */
const FLAGS = 3;

/** Where the structure lies in the value of its map, and how long that is; undefined for what programs cannot implement. */
export function operationsLayout(
  release: Release,
  name: string,
): { readonly size: number; readonly data: number; readonly struct: StructType } | undefined {
  const struct = IMPLEMENTED.has(name) ? machineBtf(release).byName(name, "struct") : undefined;
  if (struct?.kind !== "struct") return undefined;
  return { size: LINE * (1 + Math.ceil(struct.size / LINE)), data: LINE, struct };
}

/** Registers what maps hold with the machine: congestion controls; of others Linux here has none that it calls (ENOTSUPP). */
export class StructOperations implements OperationsOwner {
  readonly #bpf: BpfSubsystem;
  readonly #machine: CongestionMachine;

  constructor(bpf: BpfSubsystem, machine: CongestionMachine) {
    this.#bpf = bpf;
    this.#machine = machine;
  }

  check(struct: string, value: Uint8Array, validates: boolean): number {
    const read = this.#read(struct, value);
    if (typeof read === "number") return read;
    return validates ? complete(read) : 0;
  }

  register(struct: string, value: Uint8Array): (() => void) | number {
    const read = this.#read(struct, value);
    if (typeof read === "number") return read;
    const wrong = complete(read);
    if (wrong !== 0) return wrong;
    const control = new BpfCongestion(this.#bpf, this.#machine, read.name, read.members);
    const { congestion } = this.#machine.network;
    if (!congestion.add(control)) return -ERRNO.EEXIST;
    return () => congestion.remove(control);
  }

  /** Linux's look at each member: functions are programs for just that one, of the rest only few may be set. */
  #read(name: string, value: Uint8Array): Operations | number {
    const layout = name === CONGESTION ? operationsLayout(this.#machine.release, name) : undefined;
    if (layout === undefined) return -ERRNO.ENOTSUPP;
    const btf = machineBtf(this.#machine.release);
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const members = new Map<string, LinuxProgram>();
    let given = "";
    for (const { name: member, type, bitOffset } of layout.struct.members) {
      const at = layout.data + bitOffset / 8;
      const size = sizeOf(btf, type) ?? 0;
      const bytes = value.subarray(at, at + size);
      const target = btf.resolve(type);
      const isFunction = target.kind === "ptr" && btf.resolve(target.type).kind === "func_proto";
      if (member === "name") {
        const text = nameOf(bytes);
        if (text === undefined) return -ERRNO.EINVAL;
        given = text;
      } else if (member === "flags") {
        if (view.getUint32(at, true) & ~FLAGS) return -ERRNO.EINVAL;
      } else if (!isFunction) {
        if (bytes.some((byte) => byte !== 0)) return -ERRNO.EINVAL;
      } else if (view.getUint32(at, true) !== 0) {
        const program = this.#bpf.programs.get(view.getUint32(at, true));
        if (program === undefined) return -ERRNO.EBADF;
        const { type: kind, attachBtfId, attachMember } = program.spec;
        const its = typeof attachBtfId === "number" ? btf.type(attachBtfId).name : attachBtfId;
        if (kind !== "struct_ops" || its !== name || attachMember !== member) return -ERRNO.EINVAL;
        members.set(member, program);
      }
    }
    return { name: given, members };
  }
}

/** A name as `bpf_obj_name_cpy` takes it: letters, digits, `_` and `.`, with its end, and not empty. */
function nameOf(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const text = new TextDecoder().decode(bytes.subarray(0, Math.max(0, end)));
  return /^[\w.]+$/.test(text) && bytes.subarray(end).every((byte) => byte === 0) ? text : undefined;
}

/** `tcp_validate_congestion_control`. */
function complete({ members }: Operations): number {
  const all = members.has("ssthresh") && members.has("undo_cwnd");
  return all && (members.has("cong_avoid") || members.has("cong_control")) ? 0 : -ERRNO.EINVAL;
}
