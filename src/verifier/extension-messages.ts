/** Messages about programs that replace a function of another one. */
import { type MessageRow, row } from "./message-row.ts";

const SAME = "Give the replacement the prototype of the function that it replaces.";
const GLOBAL = "Only global functions are verified by themselves: make it one (without `static`), and `__noinline`.";

export const EXTENSION_MESSAGES = {
  extension_target: row(
    "EBADF",
    "",
    "The program whose function is to be replaced is itself refused by Linux.",
    "Load that program first.",
  ),
  extension_name: row(
    "ENOENT",
    "%s is not found in prog's BTF",
    "The other program has no function of the name {0} (the words are libbpf's).",
    "Name one of its functions, as its source spells it.",
  ),
  extension_types: row(
    "EINVAL",
    "Tracing program can only be attached to another program annotated with BTF",
    "The other program was loaded without types, so nothing says what its functions take and return.",
    "Compile it with -g, so that it brings BTF.",
  ),
  extension_subprogram: row(
    "EINVAL",
    "Subprog %s doesn't exist",
    "The other program has no function {0} any more: nothing calls it, so Linux removed it.",
    "Name a function that the program calls.",
  ),
  extension_exception: row(
    "EINVAL",
    "Extension programs cannot attach to exception callback",
    "The function is what Linux calls when the program throws.",
    "Replace another function.",
  ),
  extension_static: row(
    "EINVAL",
    "Cannot replace static functions",
    "Calls of the function do not fit its types, so a replacement could be given anything.",
    GLOBAL,
  ),
  extension_jit: row(
    "EINVAL",
    "Extension programs should be JITed",
    "A function is replaced in compiled code, and the machine compiles no programs (net.core.bpf_jit_enable is 0).",
    "Set net.core.bpf_jit_enable to 1, and load again.",
  ),
  extension_packet: row(
    "EINVAL",
    "Extension program changes packet data, while original does not",
    "Who calls the function goes on with pointers into the packet, which the replacement could make stale.",
    "Leave such helpers out, or use one of them in the original too.",
  ),
  extension_sleeps: row(
    "EINVAL",
    "Extension program may sleep, while original does not",
    "Who calls the function may be where nothing may wait.",
    "Leave out what may wait, or do so in the original too.",
  ),
  extension_nested: row(
    "EINVAL",
    "Cannot recursively attach",
    "The other program is an extension itself: extensions of extensions could call each other in a circle.",
    "Replace the function in the program that the other one extends.",
  ),
  extension_trampoline: row(
    "EINVAL",
    "Cannot extend fentry/fexit",
    "A program at fentry or fexit may itself watch a program, so replacing its functions could make a circle.",
    "Replace a function of a program of another type.",
  ),
  extension_kernel: row(
    "EINVAL",
    "Cannot replace kernel functions",
    "Extensions replace functions of programs, not of Linux.",
    "Say which program: setAttachTarget(program, function). To change what Linux does, use fmod_ret, lsm or struct_ops.",
  ),
  extension_btf: row(
    "EINVAL",
    "Program extension requires BTF",
    "The replacement was loaded without types, so it cannot be compared with what it replaces.",
    "Compile it with -g; in assembly, give it `btf` and `functions`.",
  ),
  extension_linkage: row("EINVAL", "%s() is not a global function", "{0} is static.", GLOBAL),
  extension_arguments: row(
    "EINVAL",
    "%s() has %d args while %s() has %d args",
    "The replacement {0} takes {1} arguments, and {2} takes {3}.",
    SAME,
  ),
  extension_result: row(
    "EINVAL",
    "Return type %s of %s() doesn't match type %s of %s()",
    "The replacement returns a {0}, and who calls {3} expects a {2}.",
    SAME,
  ),
  extension_kind: row(
    "EINVAL",
    "arg%d in %s() is %s while %s() has %s",
    "Argument {0} is a {2} in the replacement, and a {4} in {3}.",
    SAME,
  ),
  extension_size: row(
    "EINVAL",
    "arg%d in %s() has size %d while %s() has %d",
    "Argument {0} has {2} bytes in the replacement, and {4} in {3}.",
    SAME,
  ),
  extension_argument: row(
    "EINVAL",
    "arg%d in %s() has unrecognized type",
    "Argument {0} is neither a number nor a pointer.",
    "Replace functions that take numbers and the context.",
  ),
  extension_pointer: row(
    "EINVAL",
    "arg%d in %s() is not a pointer to context",
    "Argument {0} of {1} points to no structure.",
    "Replace functions that take numbers and pointers to structures.",
  ),
  extension_struct: row(
    "EINVAL",
    "arg%d %s(struct %s *) doesn't match %s(struct %s *)",
    "Argument {0} points to a {2} in the replacement, and to a {4} in {3}.",
    SAME,
  ),
} as const satisfies Readonly<Record<string, MessageRow>>;
