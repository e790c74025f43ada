import type { Hook } from "./hook.ts";

/**
 * A static probe that a program was compiled with (USDT). Its arguments are where its notes say that they are: in the
 * registers of a function's arguments.
 */
export class UsdtPoint {
  readonly binary: string;
  readonly provider: string;
  readonly name: string;
  hook: Hook | undefined;

  constructor(binary: string, provider: string, name: string) {
    this.binary = binary;
    this.provider = provider;
    this.name = name;
  }

  /** `BINARY:PROVIDER:NAME`, as hooks are named. */
  get path(): string {
    return `${this.binary}:${this.provider}:${this.name}`;
  }
}

/** Static probes by binary: `provider:name`. */
export const USDT_PROBES: Readonly<Record<string, string>> = {
  "/usr/lib/x86_64-linux-gnu/libc.so.6":
    "libc:memory_malloc_retry libc:memory_sbrk_more libc:setjmp libc:longjmp libc:lll_lock_wait_private libc:pthread_start",
  "/usr/sbin/postgres":
    "postgresql:transaction__start postgresql:transaction__commit postgresql:query__start postgresql:query__done " +
    "postgresql:query__parse__start postgresql:query__parse__done postgresql:query__execute__start " +
    "postgresql:query__execute__done postgresql:buffer__read__start postgresql:buffer__read__done",
};
