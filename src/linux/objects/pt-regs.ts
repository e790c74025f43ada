import type { UserRegisters } from "../hooks/user-registers.ts";
import type { StructRow } from "./row.ts";

/** Where system calls have their arguments; the fourth is elsewhere than a function's. */
const ARGUMENTS = ["di", "si", "dx", "r10", "r8", "r9"] as const;
const USER_CODE = 0x33;
const USER_STACK = 0x2b;
const FLAGS = 0x246;
const ENOSYS = 38;

/** What `struct pt_regs` is of a program that made a system call: what `PT_REGS_SYSCALL_REGS` leads to. */
export const PT_REGS: StructRow<UserRegisters> = {
  struct: "pt_regs",
  write(w, { task }) {
    for (const [index, register] of ARGUMENTS.entries()) w.int(register, whole(task.args[index] ?? 0));
    w.int("orig_ax", task.nr);
    w.int("ax", -ENOSYS);
    w.int("cs", USER_CODE);
    w.int("ss", USER_STACK);
    w.int("flags", FLAGS);
    const ip: number[] = [];
    if (task.userDepth > 0) task.linux.symbols.pushAddress(task.user[task.userDepth - 1]!, ip);
    w.int("ip", (BigInt(ip[1] ?? 0) << 32n) | BigInt(ip[0] ?? 0));
  },
};

/** A register of the simulation as the whole number that it is. */
const whole = (value: number): bigint => BigInt(Math.trunc(value));
