/** What libbpf does for programs of static probes: it tells them in maps of their own where the arguments are. */
import type { UsdtPoint } from "../../linux/hooks/usdt.ts";
import { MapCommands } from "../../maps/commands.ts";
import type { BpfMap } from "./bpf-map.ts";
import { ObjectError } from "./error.ts";
import { MOST_ARGUMENTS, type UsdtArgument, usdtArguments } from "./usdt-arguments.ts";

/** The maps that `bpf/usdt.bpf.h` declares. */
const SPECS = "__bpf_usdt_specs";
const BY_ADDRESS = "__bpf_usdt_ip_to_spec_id";

const KINDS = { constant: 0, register: 1, memory: 2 } as const satisfies Record<UsdtArgument["kind"], number>;

/** Bytes of an argument, and of all that is said of a probe: `struct __bpf_usdt_spec`. */
const ARGUMENT = 16;
const COOKIE = MOST_ARGUMENTS * ARGUMENT;
const COUNT = COOKIE + 8;
const SPEC = COUNT + 8;

/** A probe that a program is attached to: what Linux is given as cookie, and what gives it back. */
export interface UsdtSpec {
  readonly id: bigint;
  readonly release: () => void;
}

/** The specifications of an object's probes: as many as its map has room for, numbered from 0. */
export class UsdtSpecs {
  readonly #object: string;
  readonly #map: BpfMap | undefined;
  readonly #free: number[] = [];
  #next = 0;

  constructor(object: string, maps: ReadonlyMap<string, BpfMap>) {
    this.#object = object;
    this.#map = maps.has(BY_ADDRESS) ? maps.get(SPECS) : undefined;
  }

  /** Whether the object's programs ask for their arguments this way. */
  get exist(): boolean {
    return this.#map !== undefined;
  }

  /** Writes where the arguments of a probe are. Throws {@link ObjectError} in libbpf's words. */
  take(program: string, point: UsdtPoint, cookie: bigint): UsdtSpec {
    if (this.#map === undefined)
      throw this.#error(
        program,
        "failed to find USDT support BPF maps, did you forget to include bpf/usdt.bpf.h?",
        "Programs of static probes ask maps of that header for their arguments.",
      );
    const { runtime } = this.#map.view;
    const value = specBytes(this.#read(program, point), cookie);
    const id = this.#free.pop() ?? this.#next;
    if (id >= runtime.spec.maxEntries || runtime.spec.valueSize !== SPEC)
      throw this.#error(
        program,
        `failed to attach to ${point.path}: Argument list too long`,
        `Map ${SPECS} has no room for another probe: set maps.${SPECS}.maxEntries before load.`,
      );
    if (id === this.#next) this.#next++;
    new MapCommands(runtime).update(new Uint8Array(Uint32Array.of(id).buffer), value, 0);
    return { id: BigInt(id), release: () => this.#free.push(id) };
  }

  #read(program: string, point: UsdtPoint): readonly UsdtArgument[] {
    try {
      return usdtArguments(point.arguments);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      throw this.#error(program, cause.message, `The note of ${point.path} says '${point.arguments}'.`, cause);
    }
  }

  #error(program: string, reason: string, hint: string, cause?: unknown): ObjectError {
    return new ObjectError("EINVAL", this.#object, `prog '${program}': ${reason}`, hint, cause);
  }
}

/**
 * `struct __bpf_usdt_spec` as the header's functions read it:
 *
 *     0   args[12]: 0 u64 value or offset | 8 u32 kind | 12 s16 offset in pt_regs | 14 bool signed | 15 u8 bits to drop
 *     192 u64 cookie | 200 s16 number of arguments
 */
function specBytes(args: readonly UsdtArgument[], cookie: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(SPEC));
  for (const [index, arg] of args.entries()) {
    const at = index * ARGUMENT;
    view.setUint32(at + 8, KINDS[arg.kind], true);
    if (arg.kind === "constant") view.setBigInt64(at, arg.value, true);
    else view.setInt16(at + 12, arg.register, true);
    if (arg.kind === "memory") view.setBigInt64(at, arg.offset, true);
    view.setUint8(at + 14, Number(arg.signed));
    view.setUint8(at + 15, 64 - 8 * arg.size);
  }
  view.setBigUint64(COOKIE, BigInt.asUintN(64, cookie), true);
  view.setInt16(COUNT, args.length, true);
  return new Uint8Array(view.buffer);
}
