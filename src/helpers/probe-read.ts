import { ERRNO } from "../maps/errno.ts";
import { DIRECT_MAP_HIGH, FIRST_OFFSET, type LinearMemory } from "../memory/memory.ts";
import type { Host } from "./host.ts";
import type { HelperFunction, HelperImplementation } from "./row.ts";

/** The lowest kernel address of x86-64, as the upper 32 bits: what lies below is a user's, or no address at all. */
const KERNEL_HIGH = 0xffff_8000;
/** User space of x86-64 ends here, as the upper 32 bits. */
const USER_END_HIGH = 0x7fff;
/** The page of old system calls lies in the kernel's half and counts as a user's. */
const VSYSCALL = 0xff60_0000;

/**
 * Whether an address may be tried. Linux refuses the others without trying (ERANGE); that nothing is at a kernel address it
 * finds out by a fault (EFAULT).
 */
function isKernelAddress(low: number, high: number): boolean {
  if (high >>> 0 < KERNEL_HIGH) return false;
  return high !== -1 || (low & ~0xfff) >>> 0 !== VSYSCALL;
}

/** Where `size` readable bytes at an address lie in linear memory, or a negative errno. */
type Resolve = (low: number, high: number, size: number) => number;

/**
 * The offset in linear memory of `size` readable bytes at a kernel address, or a negative errno.
 *
 * @example kernelOffset(memory, 0x10000, DIRECT_MAP_HIGH, 8) // 0x10000
 */
export function kernelOffset(memory: LinearMemory, low: number, high: number, size: number): number {
  if (!isKernelAddress(low, high)) return -ERRNO.ERANGE;
  const offset = low >>> 0;
  const readable = high === DIRECT_MAP_HIGH && offset >= FIRST_OFFSET && offset + size <= memory.u8.length;
  // Linux copies nothing where it is asked for nothing, so no fault can happen.
  return readable || size === 0 ? offset : -ERRNO.EFAULT;
}

const kernel =
  (host: Host): Resolve =>
  (low, high, size) => {
    const offset = kernelOffset(host.memory, low, high, size);
    if (offset > 0) host.refreshKernel?.(offset, size);
    return offset;
  };

/** Addresses of the current task. */
const user =
  (host: Host): Resolve =>
  (low, high, size) =>
    size === 0 ? 0 : (host.userOffset?.(low, high, size) ?? -ERRNO.EFAULT);

/** The old helpers choose by the address, as on x86. */
const either = (host: Host): Resolve => {
  const [fromUser, fromKernel] = [user(host), kernel(host)];
  return (low, high, size) => (high >>> 0 <= USER_END_HIGH ? fromUser(low, high, size) : fromKernel(low, high, size));
};

/** Copies bytes; zeroes the destination where the source faults. */
const read =
  (resolver: (host: Host) => Resolve) =>
  (host: Host): HelperFunction => {
    const { memory } = host;
    const resolve = resolver(host);
    return (to, size, low, high) => {
      const from = resolve(low, high, size);
      if (from < 0) {
        memory.u8.fill(0, to, to + size);
        return from;
      }
      memory.u8.copyWithin(to, from, from + size);
      return 0;
    };
  };

/** Copies text up to its zero, cut to fit; returns its bytes with the zero. */
const readText =
  (resolver: (host: Host) => Resolve) =>
  (host: Host): HelperFunction => {
    const { memory } = host;
    const resolve = resolver(host);
    return (to, size, low, high) => {
      if (size === 0) return 0;
      const from = resolve(low, high, 1);
      const zero = from < 0 ? -1 : memory.u8.subarray(from, from + size - 1).indexOf(0);
      const length = zero < 0 ? size - 1 : zero;
      // Text that runs to the end of memory without a zero faults there.
      if (from < 0 || from + length > memory.u8.length) {
        memory.u8.fill(0, to, to + size);
        return from < 0 ? from : -ERRNO.EFAULT;
      }
      memory.u8.copyWithin(to, from, from + length);
      memory.u8[to + length] = 0;
      return length + 1;
    };
  };

/** Memory that the verifier did not prove. */
export const PROBE_READ_HELPERS: readonly HelperImplementation[] = [
  { name: "probe_read", passing: "i32", implement: read(either) },
  { name: "probe_read_str", passing: "i32", implement: readText(either) },
  { name: "probe_read_kernel", passing: "i32", implement: read(kernel) },
  { name: "probe_read_kernel_str", passing: "i32", implement: readText(kernel) },
  { name: "probe_read_user", passing: "i32", implement: read(user) },
  // A page that is not there yet would be waited for; the machine's processes have theirs.
  { name: "copy_from_user", passing: "i32", implement: read(user) },
  { name: "probe_read_user_str", passing: "i32", implement: readText(user) },
];
