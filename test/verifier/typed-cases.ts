/**
 * One program for each message about callbacks, iterators, sections, references, dynptrs and global functions, and one for
 * each form that is accepted. Checked with a small made-up Linux here and with the running one in test/linux.
 */
import { CALLBACK_CASES } from "./callback-cases.ts";
import { CONVERGENCE_CASES } from "./convergence-cases.ts";
import { FROZEN_CASES } from "./frozen-cases.ts";
import { FUNCTION_CASES } from "./function-cases.ts";
import { GLOBAL_FUNCTION_CASES, WAITING_CASES } from "./global-function-cases.ts";
import { HEAP_CASES } from "./heap-cases.ts";
import { ITERATOR_CASES } from "./iterator-cases.ts";
import { LOCK_CASES } from "./lock-cases.ts";
import { MUTATION_CASES } from "./mutation-cases.ts";
import { POINTER_CASES } from "./pointer-cases.ts";
import { REFERENCE_CASES } from "./reference-cases.ts";
import { SECTION_CASES } from "./section-cases.ts";
import { TIMER_CASES } from "./timer-cases.ts";
import type { TypedText } from "./typed-programs.ts";

/** What needs more of Linux's types than a made-up one has. */
export const HEAP_AND_MAP_CASES: readonly TypedText[] = [
  ...HEAP_CASES,
  ...POINTER_CASES,
  ...SECTION_CASES,
  ...WAITING_CASES,
];

export const TYPED_CASES: readonly TypedText[] = [
  ...ITERATOR_CASES,
  ...CALLBACK_CASES,
  ...CONVERGENCE_CASES,
  ...REFERENCE_CASES,
  ...LOCK_CASES,
  ...FUNCTION_CASES,
  ...TIMER_CASES,
  ...FROZEN_CASES,
  ...GLOBAL_FUNCTION_CASES,
  ...MUTATION_CASES,
];
