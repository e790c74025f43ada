/**
 * Functions of Linux by name: `[offset from KERNEL_BASE, size, usual return offset]`.
 *
 * Addresses and sizes are those of one real x86-64 build of Linux 6.18.44 (its /proc/kallsyms); the third number is the
 * offset that this function most often shows in that build's stacks (`do_syscall_64+0x71`), half its size if never seen.
 */
export type KernelText = Readonly<Record<string, readonly [offset: number, size: number, at: number]>>;
