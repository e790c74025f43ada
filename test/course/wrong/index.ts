import { WRONG_00 } from "./00-first-light.ts";
import { WRONG_01 } from "./01-the-way-of-a-program.ts";
import { WRONG_02 } from "./02-registers-and-instructions.ts";
import { WRONG_03 } from "./03-maps.ts";
import { WRONG_04 } from "./04-helpers.ts";
import { WRONG_05 } from "./05-verifier-memory.ts";
import { WRONG_06 } from "./06-verifier-ranges.ts";
import { WRONG_07 } from "./07-verifier-rejections.ts";
import { WRONG_08 } from "./08-jit.ts";
import { WRONG_09 } from "./09-c-and-clang.ts";
import { WRONG_10 } from "./10-program-types.ts";
import { WRONG_11 } from "./11-execsnoop.ts";
import { WRONG_12 } from "./12-histograms.ts";
import { WRONG_13 } from "./13-profiling.ts";
import { WRONG_14 } from "./14-xdp.ts";
import { WRONG_15 } from "./15-tc-and-redirect.ts";
import { WRONG_16 } from "./16-security.ts";
import { WRONG_17 } from "./17-btf-and-core.ts";
import { WRONG_18 } from "./18-libbpf.ts";
import { WRONG_19 } from "./19-bpftrace-one.ts";
import { WRONG_20 } from "./20-bpftrace-two.ts";
import { WRONG_21 } from "./21-bpftool.ts";
import { WRONG_22 } from "./22-bcc-tools.ts";
import { WRONG_23 } from "./23-lost-events.ts";
import { WRONG_24 } from "./24-concurrency.ts";
import { WRONG_25 } from "./25-big-programs.ts";
import { WRONG_26 } from "./26-own-tool.ts";
import { WRONG_INVESTIGATIONS } from "./investigations.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** Wrong answers to all exercises. */
export const WRONG: WrongAnswers = {
  ...WRONG_00,
  ...WRONG_01,
  ...WRONG_02,
  ...WRONG_03,
  ...WRONG_04,
  ...WRONG_05,
  ...WRONG_06,
  ...WRONG_07,
  ...WRONG_08,
  ...WRONG_09,
  ...WRONG_10,
  ...WRONG_11,
  ...WRONG_12,
  ...WRONG_13,
  ...WRONG_14,
  ...WRONG_15,
  ...WRONG_16,
  ...WRONG_17,
  ...WRONG_18,
  ...WRONG_19,
  ...WRONG_20,
  ...WRONG_21,
  ...WRONG_22,
  ...WRONG_23,
  ...WRONG_24,
  ...WRONG_25,
  ...WRONG_26,
  ...WRONG_INVESTIGATIONS,
};
