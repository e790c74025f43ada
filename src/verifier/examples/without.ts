import type { MessageName } from "../messages.ts";

const OPCODES = "Linux looks an instruction up in its table of opcodes first, and says `unknown opcode`.";
const GIVEN_BACK =
  "When an object is given back, every copy of its pointer stops being one, so it cannot be given back twice.";
const NEVER_LOADED =
  "Only programs for functions and hooks get here. The Linux that this is compared with does not load those (EPERM).";
const LOADER = "A loader's mistake: no program text leads to it.";
const SILENT = "Linux says nothing.";
const UNPRIVILEGED = "Only said to users without CAP_PERFMON: test/linux/perfmon.test.ts.";
const LOGGED = "Linux says it in the log and goes on.";
const OTHER_FIRST = "Another check, which comes first, refuses every program that would get here.";

const DUMMY = "Only of programs that Linux tests itself with: test/linux/operations.test.ts.";
const LINES = "Records of source lines, which only loaders write: test/verifier/source-line-cases.ts.";

/** Messages without a program that provokes them, and why there is none. */
export const WITHOUT_EXAMPLE: Readonly<Partial<Record<MessageName, string>>> = {
  alu_opcode: OPCODES,
  attach_argument: NEVER_LOADED,
  attach_arguments: NEVER_LOADED,
  attach_function: LOADER,
  attach_id: SILENT,
  attach_iterator: SILENT,
  attach_license: NEVER_LOADED,
  attach_modify: NEVER_LOADED,
  attach_name: LOADER,
  attach_no_tracepoint: SILENT,
  attach_noreturn: NEVER_LOADED,
  attach_rejected: NEVER_LOADED,
  attach_result: NEVER_LOADED,
  attach_sleepable: NEVER_LOADED,
  attach_type: SILENT,
  attach_unknown: LOADER,
  attach_variadic: NEVER_LOADED,
  cast_context: "Every type of context that `bpf_cast_to_kern_ctx` knows is a structure.",
  context_return_type: NEVER_LOADED,
  dynptr_kind: "Only dynptrs of ring buffers hold a reference, and that is asked first.",
  dynptr_mutates: "The functions that change a dynptr are for programs of hooks, whose callbacks are given none.",
  empty: SILENT,
  exception_missing: LOADER,
  format_arguments: SILENT,
  frozen_elements: SILENT,
  global_context_type: LOGGED,
  global_tag_static: LOGGED,
  insn_index: LOADER,
  iterator_type: "Every iterator function of Linux 6.18 takes its own iterator.",
  jmp_opcode: OPCODES,
  jump_patched: "It takes some 8,000 instructions: `jumps that get too long` in test/linux/verifier.test.ts.",
  kfunc_argument_type: "No function that programs may call has such an argument.",
  kfunc_kind: OTHER_FIRST,
  kfunc_released: GIVEN_BACK,
  kfunc_unsupported: "A task where a buffer is wanted, from programs that may wait: test/linux/mutations.test.ts.",
  ld_imm_size: OPCODES,
  ld_mode: OPCODES,
  line_info_code: LINES,
  line_info_missing: LINES,
  line_info_missing_last: LINES,
  line_info_order: LINES,
  map_struct_type: "In Linux 6.18 every type of map has a structure.",
  not_modelled: "What bpfbook does not know yet, it refuses by name.",
  object_unreferenced: OTHER_FIRST,
  pointer_comparison: UNPRIVILEGED,
  pointer_unary: UNPRIVILEGED,
  private_stack: "An access beyond 512 bytes of one function's stack is refused first.",
  release_unknown: GIVEN_BACK,
  stack_variable_helper: UNPRIVILEGED,
  struct_ops_map: "The map itself cannot be made without its types.",
  struct_write_only: DUMMY,
  struct_write_outside: DUMMY,
  struct_user: "A Linux compiled by gcc does not mark such pointers in its types.",
  symbol_result: "Every variable of Linux in its BTF has a size.",
  too_long: SILENT,
  too_many_async: "It takes more than 8,192 callbacks that wait to be followed.",
  unsupported_type: SILENT,
  uptr_store: "It takes a map of task storage with a pointer to user memory, which the tests do not make.",
  zero_sized: OTHER_FIRST,
  leak: UNPRIVILEGED,
  leak_result: UNPRIVILEGED,
  leak_stack: UNPRIVILEGED,
  partial_copy: UNPRIVILEGED,
  partial_sign: UNPRIVILEGED,
  spilled_part: UNPRIVILEGED,
  unset_stack: UNPRIVILEGED,
  unset_stack_helper: UNPRIVILEGED,
  struct_capability: UNPRIVILEGED,
  speculative_stack: UNPRIVILEGED,
  speculative_stack_range: UNPRIVILEGED,
  speculative_map_range: UNPRIVILEGED,
  speculative_sign: UNPRIVILEGED,
  speculative_type: UNPRIVILEGED,
  speculative_paths: UNPRIVILEGED,
  speculative_limit: UNPRIVILEGED,
};
