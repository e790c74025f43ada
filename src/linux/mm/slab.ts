/** Objects of Linux from its slabs: each costs one look where nobody watches. The time that it takes is in that of the callers. */
import { F } from "../symbols.ts";
import type { Arg, Task } from "../task.ts";
import { TP } from "../tracepoints.ts";

/** `GFP_KERNEL`, and with `__GFP_ACCOUNT`; `GFP_NOIO`. */
const GFP_KERNEL = 0xcc0;
const GFP_KERNEL_ACCOUNT = 0x40_0cc0;
const GFP_NOIO = 0xc00;

/** No node is asked for. */
const ANY_NODE = -1;

/** A cache of objects of one kind, with sizes as `/sys/kernel/slab` of Linux 6.18 shows them. */
export class SlabCache {
  readonly name: string;
  readonly objectSize: number;
  readonly size: number;
  readonly gfp: number;

  constructor(name: string, objectSize: number, size: number, gfp: number) {
    this.name = name;
    this.objectSize = objectSize;
    this.size = size;
    this.gfp = gfp;
  }
}

export const TASK_STRUCTS = new SlabCache("task_struct", 4_240, 4_288, GFP_KERNEL);
export const BIOS = new SlabCache("bio-184", 184, 192, GFP_NOIO);

/** Where objects lie that nothing but their address is known of: `kmalloc` areas, 64 bytes apart from here. */
const KMALLOC_AREA = 0xffff_8881_0240_0000n;

/** Sizes that `kmalloc` has caches for. */
const KMALLOC_SIZES = [8, 16, 32, 64, 96, 128, 192, 256, 512, 1_024, 2_048, 4_096, 8_192];

/** `kmem_cache_alloc_noprof`: an object of a cache, for the function of Linux that the task is in. */
export function cacheAlloc(t: Task, cache: SlabCache, object: Arg): void {
  const { hooks } = t.linux;
  t.enter(F.kmem_cache_alloc_noprof, 0, cache, cache.gfp);
  const hook = hooks.live[TP.kmem_cache_alloc];
  if (hook !== undefined) {
    const { name, objectSize, size, gfp } = cache;
    const accounted = gfp === GFP_KERNEL_ACCOUNT;
    hooks.trace(
      hook,
      t,
      [caller(t), object, name, objectSize, size, gfp, ANY_NODE, accounted],
      caller(t),
      object,
      cache,
    );
  }
  t.leave(object);
}

/** `kmem_cache_free`. */
export function cacheFree(t: Task, cache: SlabCache, object: Arg): void {
  const { hooks } = t.linux;
  t.enter(F.kmem_cache_free, 0, cache, object);
  const hook = hooks.live[TP.kmem_cache_free];
  if (hook !== undefined) hooks.trace(hook, t, [caller(t), object, cache.name], caller(t), object, cache);
  t.leave(undefined);
}

/** `kmalloc`: the address of so many bytes; the `serial`-th of those that are asked for lies at the `serial`-th place. */
export function kmalloc(t: Task, bytes: number, serial: number): bigint {
  const { hooks } = t.linux;
  const at = KMALLOC_AREA + BigInt(serial % 0x10_0000) * 64n;
  t.enter(F.__kmalloc_noprof, 0, bytes, GFP_KERNEL);
  const hook = hooks.live[TP.kmalloc];
  if (hook !== undefined) {
    const size = KMALLOC_SIZES.find((one) => one >= bytes) ?? bytes;
    hooks.trace(
      hook,
      t,
      [caller(t), at, bytes, size, GFP_KERNEL, ANY_NODE],
      caller(t),
      at,
      bytes,
      size,
      GFP_KERNEL,
      ANY_NODE,
    );
  }
  return t.leave(at);
}

/** `kfree`. */
export function kfree(t: Task, at: bigint): void {
  const { hooks } = t.linux;
  t.enter(F.kfree, 0, at);
  const hook = hooks.live[TP.kfree];
  if (hook !== undefined) hooks.trace(hook, t, [caller(t), at], caller(t), at);
  t.leave(undefined);
}

/** `_RET_IP_`: where the function that asked goes on. */
function caller(t: Task): bigint {
  const symbol = t.linux.symbols.of(t.kernel[t.kernelDepth - 2]!);
  return symbol.address + BigInt(symbol.at);
}
