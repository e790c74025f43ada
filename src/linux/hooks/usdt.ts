import type { Hook } from "./hook.ts";

/**
 * A static probe that a program was compiled with (USDT). Its arguments are where its note says that they are: in the
 * registers of a function's arguments.
 */
export class UsdtPoint {
  readonly binary: string;
  readonly provider: string;
  readonly name: string;
  /** Where the arguments are, as `readelf -n` shows the note: `-4@%edi 8@%rsi`. */
  readonly arguments: string;
  hook: Hook | undefined;

  constructor(binary: string, provider: string, name: string, args: string) {
    this.binary = binary;
    this.provider = provider;
    this.name = name;
    this.arguments = args;
  }

  /** `BINARY:PROVIDER:NAME`, as hooks are named. */
  get path(): string {
    return `${this.binary}:${this.provider}:${this.name}`;
  }
}

/** What the note of a probe says that a program brings itself: as many arguments as there are registers for them. */
export const ALL_ARGUMENTS = "8@%rdi 8@%rsi 8@%rdx 8@%rcx 8@%r8 8@%r9";

/** A probe of a binary, with what its note says of its arguments. */
type UsdtRow = readonly [name: string, args: string];

/** Static probes by binary: `provider:name`, and the places of the arguments by their types in the source. */
export const USDT_PROBES: Readonly<Record<string, readonly UsdtRow[]>> = {
  "/usr/lib/x86_64-linux-gnu/libc.so.6": [
    ["libc:memory_malloc_retry", "8@%rdi"],
    ["libc:memory_sbrk_more", "8@%rdi 8@%rsi"],
    ["libc:setjmp", "8@%rdi -4@%esi 8@%rdx"],
    ["libc:longjmp", "8@%rdi -4@%esi 8@%rdx"],
    ["libc:lll_lock_wait_private", "8@%rdi"],
    ["libc:pthread_start", "8@%rdi 8@%rsi 8@%rdx"],
  ],
  "/usr/sbin/postgres": [
    ["postgresql:transaction__start", "4@%edi"],
    ["postgresql:transaction__commit", "4@%edi"],
    ["postgresql:query__start", "8@%rdi"],
    ["postgresql:query__done", "8@%rdi"],
    ["postgresql:query__parse__start", "8@%rdi"],
    ["postgresql:query__parse__done", "8@%rdi"],
    ["postgresql:query__execute__start", ""],
    ["postgresql:query__execute__done", ""],
    ["postgresql:buffer__read__start", "-4@%edi 4@%esi"],
    ["postgresql:buffer__read__done", "-4@%edi 4@%esi"],
  ],
};
