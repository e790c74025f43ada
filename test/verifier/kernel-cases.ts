/** All cases that need Linux's types: here with those of the machine, in test/linux with those of the running Linux. */
import { ARENA_CASES } from "./arena-cases.ts";
import { ARGUMENT_CASES } from "./argument-cases.ts";
import { BTF_POINTER_CASES, CONTEXT_CASES } from "./btf-pointer-cases.ts";
import { OBJECT_CASES } from "./kernel-object-cases.ts";
import { KFUNC_CASES } from "./kfunc-cases.ts";
import { MESSAGE_CASES } from "./message-cases.ts";
import { OPERATION_CASES } from "./operation-cases.ts";
import { TAG_CASES, THROW_CASES } from "./throw-cases.ts";
import { HEAP_AND_MAP_CASES } from "./typed-cases.ts";
import type { TypedText } from "./typed-programs.ts";

export const KERNEL_CASES: readonly TypedText[] = [
  ...CONTEXT_CASES,
  ...BTF_POINTER_CASES,
  ...OBJECT_CASES,
  ...ARGUMENT_CASES,
  ...HEAP_AND_MAP_CASES,
  ...KFUNC_CASES,
  ...OPERATION_CASES,
  ...THROW_CASES,
  ...TAG_CASES,
  ...ARENA_CASES,
  ...MESSAGE_CASES,
];
