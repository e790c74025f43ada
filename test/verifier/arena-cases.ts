/** Arenas: casts of addresses, what may be done with them, and the functions that give out pages. What Linux 6.18 says. */
import type { TypedText } from "./typed-programs.ts";

const CAST = "r1 = map[arena][0]\n r6 = addr_space_cast(r1, 0, 1)";
const RETURN = "r0 = 0\n exit";

/** A program with r6 = an address of an arena. */
const with6 = (name: string, body: string, errno?: string, error?: string): TypedText => ({
  ...{ name: `arena: ${name}`, text: `${CAST}\n ${body}` },
  ...(errno === undefined ? {} : { errno, error }),
});

const ATOMIC = "BPF_ATOMIC stores into R6 arena is not allowed";
const ALLOCATE = "call bpf_arena_alloc_pages";
const ARGUMENTS = "r2 = 0\n r3 = 1\n r4 = -1\n r5 = 0";

export const ARENA_CASES: readonly TypedText[] = [
  with6(
    "loads of all sizes",
    "r0 = *(u8 *)(r6 + 0)\n r0 = *(u16 *)(r6 + 2)\n r0 = *(u32 *)(r6 + 32767)\n r0 = *(u64 *)(r6 - 32768)\n exit",
  ),
  with6("loads with a sign", "r0 = *(s8 *)(r6 + 0)\n r0 = *(s16 *)(r6 + 2)\n r0 = *(s32 *)(r6 + 1)\n exit"),
  with6("stores", `*(u8 *)(r6 + 0) = 1\n *(u64 *)(r6 + 3) = r6\n ${RETURN}`),
  with6("arithmetic of any kind", `r6 += 4\n r6 *= 8\n r6 s/= 3\n r6 <<= 40\n r6 ^= r10\n r0 = *(u8 *)(r6 + 0)\n exit`),
  with6("a number and an address make an address", `r2 = 5\n r2 += r6\n r0 = *(u32 *)(r2 + 0)\n exit`),
  with6("a number in 32 bits and an address too", `w2 = 5\n w2 -= w6\n r0 = *(u32 *)(r2 + 0)\n exit`),
  with6("a pointer to the stack and an address too", `r2 = r10\n r2 -= r6\n r0 = *(u32 *)(r2 + 0)\n exit`),
  with6(
    "its negative is a number",
    "r6 = -r6\n r0 = *(u8 *)(r6 + 0)\n exit",
    "EACCES",
    "R6 invalid mem access 'scalar'",
  ),
  with6(
    "its lower half is a number",
    "w2 = w6\n r0 = *(u8 *)(r2 + 0)\n exit",
    "EACCES",
    "R2 invalid mem access 'scalar'",
  ),
  with6("the bytes the other way round are a number", `r6 = be16 r6\n ${RETURN}`),
  with6("division by zero", `r6 /= 0\n ${RETURN}`, "EINVAL", "div by zero"),
  with6("atomic addition", `lock *(u64 *)(r6 + 0) += r1\n r1 = atomic_fetch_add((u64 *)(r6 + 4), r1)\n ${RETURN}`),
  with6("exchange", `r1 = xchg_64(r6 + 0, r1)\n r0 = 1\n r0 = cmpxchg_64(r6 + 8, r0, r1)\n exit`),
  with6("acquire and release", `r0 = load_acquire((u32 *)(r6 + 0))\n store_release((u8 *)(r6 + 0), r0)\n exit`),
  with6("atomic or that fetches", `r1 = atomic_fetch_or((u64 *)(r6 + 0), r1)\n ${RETURN}`, "EACCES", ATOMIC),
  with6("atomic and that fetches", `r1 = atomic_fetch_and((u64 *)(r6 + 0), r1)\n ${RETURN}`, "EACCES", ATOMIC),
  with6("atomic or", `lock *(u64 *)(r6 + 0) |= r1\n ${RETURN}`),
  with6("an address on the stack", `*(u64 *)(r10 - 8) = r6\n r2 = *(u64 *)(r10 - 8)\n r0 = *(u32 *)(r2 + 0)\n exit`),
  with6(
    "half an address on the stack",
    `*(u32 *)(r10 - 8) = r6\n ${RETURN}`,
    "EACCES",
    "invalid size of register spill",
  ),
  with6("an address is returned", "r0 = r6\n exit"),
  with6("a cast back is a number", "r0 = addr_space_cast(r6, 1, 0)\n r0 >>= 32\n exit"),
  with6("comparisons", `if r6 == 0 goto +2\n if r6 > 5 goto +1\n r6 += 1\n ${RETURN}`),
  with6(
    "an address space that does not exist",
    "r0 = addr_space_cast(r6, 2, 0)\n exit",
    "EINVAL",
    "addr_space_cast insn can only convert between address space 1 and 0",
  ),
  with6(
    "no memory for a helper",
    `r1 = r6\n r2 = 4\n r3 = 0\n call trace_printk\n ${RETURN}`,
    "EACCES",
    "R1 type=arena expected=fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_",
  ),
  with6(
    "an instruction for an address and the stack",
    `call get_prandom_u32\n if r0 > 7 goto +1\n r6 = r10\n r0 = *(u8 *)(r6 - 1)\n exit`,
    "EINVAL",
    "same insn cannot be used with different pointers",
  ),
  with6("two arenas", `r1 = map[arena2][0]\n ${RETURN}`, "EBUSY", "Only one arena per program"),
  with6("the arena itself", `r1 = map[arena]\n ${RETURN}`),
  {
    name: "arena: a loop over a list in it",
    text: `${CAST}\n next: if r6 == 0 goto done\n r6 = *(u64 *)(r6 + 8)\n r6 = addr_space_cast(r6, 0, 1)\n may_goto done\n goto next\n done: ${RETURN}`,
  },
  {
    name: "arena: a cast without one",
    text: "r0 = 0\n r1 = addr_space_cast(r0, 0, 1)\n exit",
    errno: "EINVAL",
    error: "addr_space_cast insn can only be used in a program that has an associated arena",
  },
  {
    name: "arena: without an address",
    text: `r1 = map[nowhere]\n ${RETURN}`,
    errno: "EINVAL",
    error: "arena's user address must be set via map_extra or mmap()",
  },
  {
    name: "arena: pages",
    type: "syscall",
    text: `r1 = map[arena]\n ${ARGUMENTS}\n ${ALLOCATE}\n r6 = r0\n r1 = map[arena]\n r2 = r6\n r3 = 1\n call bpf_arena_free_pages\n ${RETURN}`,
  },
  {
    name: "arena: reserved pages",
    type: "syscall",
    text: `r1 = map[arena]\n ${ARGUMENTS}\n call bpf_arena_reserve_pages\n exit`,
  },
  {
    name: "arena: pages where nobody may wait",
    text: `r1 = map[arena]\n ${ARGUMENTS}\n ${ALLOCATE}\n ${RETURN}`,
    errno: "EACCES",
    error: "program must be sleepable to call sleepable kfunc bpf_arena_alloc_pages",
  },
  {
    name: "arena: pages of no map",
    type: "syscall",
    text: `r1 = 1\n ${ARGUMENTS}\n ${ALLOCATE}\n ${RETURN}`,
    errno: "EINVAL",
    error: "pointer in R1 isn't map pointer",
  },
  {
    name: "arena: pages of NULL",
    type: "syscall",
    text: `r1 = 0\n ${ARGUMENTS}\n ${ALLOCATE}\n ${RETURN}`,
    errno: "EACCES",
    error: "Possibly NULL pointer passed to trusted arg0",
  },
  {
    name: "arena: pages of a value",
    type: "syscall",
    text: `r1 = map[one][0]\n ${ARGUMENTS}\n ${ALLOCATE}\n ${RETURN}`,
    errno: "EINVAL",
    error: "R1 must be referenced or trusted",
  },
  {
    name: "arena: pages of another map",
    type: "syscall",
    text: `r1 = map[one]\n ${ARGUMENTS}\n ${ALLOCATE}\n ${RETURN}`,
  },
  {
    name: "arena: how many pages must be a number",
    type: "syscall",
    text: `r1 = map[arena]\n ${ARGUMENTS}\n r3 = r10\n ${ALLOCATE}\n ${RETURN}`,
    errno: "EINVAL",
    error: "R3 is not a scalar",
  },
];
