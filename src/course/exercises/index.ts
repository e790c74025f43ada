import type { Exercise } from "../exercise.ts";
import { LESSON_00 } from "./00-first-light.ts";
import { LESSON_01 } from "./01-the-way-of-a-program.ts";
import { LESSON_02 } from "./02-registers-and-instructions.ts";
import { LESSON_03 } from "./03-maps.ts";
import { LESSON_04 } from "./04-helpers.ts";
import { LESSON_05 } from "./05-verifier-memory.ts";
import { LESSON_06 } from "./06-verifier-ranges.ts";
import { LESSON_07 } from "./07-verifier-rejections.ts";
import { LESSON_08 } from "./08-jit.ts";
import { LESSON_09 } from "./09-c-and-clang.ts";
import { LESSON_10 } from "./10-program-types.ts";
import { LESSON_11 } from "./11-execsnoop.ts";
import { LESSON_12 } from "./12-histograms.ts";
import { LESSON_13 } from "./13-profiling.ts";
import { LESSON_14 } from "./14-xdp.ts";
import { LESSON_15 } from "./15-tc-and-redirect.ts";
import { LESSON_16 } from "./16-security.ts";
import { LESSON_17 } from "./17-btf-and-core.ts";
import { LESSON_18 } from "./18-libbpf.ts";
import { LESSON_19 } from "./19-bpftrace-one.ts";
import { LESSON_20 } from "./20-bpftrace-two.ts";
import { LESSON_21 } from "./21-bpftool.ts";
import { LESSON_22 } from "./22-bcc-tools.ts";
import { LESSON_23 } from "./23-lost-events.ts";
import { LESSON_24 } from "./24-concurrency.ts";
import { LESSON_25 } from "./25-big-programs.ts";
import { LESSON_26 } from "./26-own-tool.ts";
import { INVESTIGATIONS_1 } from "./investigations-1.ts";
import { INVESTIGATIONS_2 } from "./investigations-2.ts";

/** All exercises of the course, in its order; those of the investigations come last. */
export const EXERCISES: readonly Exercise[] = [
  ...LESSON_00,
  ...LESSON_01,
  ...LESSON_02,
  ...LESSON_03,
  ...LESSON_04,
  ...LESSON_05,
  ...LESSON_06,
  ...LESSON_07,
  ...LESSON_08,
  ...LESSON_09,
  ...LESSON_10,
  ...LESSON_11,
  ...LESSON_12,
  ...LESSON_13,
  ...LESSON_14,
  ...LESSON_15,
  ...LESSON_16,
  ...LESSON_17,
  ...LESSON_18,
  ...LESSON_19,
  ...LESSON_20,
  ...LESSON_21,
  ...LESSON_22,
  ...LESSON_23,
  ...LESSON_24,
  ...LESSON_25,
  ...LESSON_26,
  ...INVESTIGATIONS_1,
  ...INVESTIGATIONS_2,
];
