/** docs/verifier-explanations.md: what Linux 7.3 says of a program beside what bpfbook says. `vitest -u` writes it anew. */
import { expect, test } from "vitest";
import type { ProgramType } from "../../src/programs/types.ts";
import { exampleProgram } from "../../src/verifier/catalogue.ts";
import { explain } from "../../src/verifier/explain.ts";
import { verify } from "../../src/verifier/verify.ts";
import { renderVerdict } from "../../src/views/verdict.ts";

const ours = (text: string, type: ProgramType): string => {
  const program = { ...exampleProgram({ text, type }), name: "program" };
  const explanation = explain(program);
  const view = { program, verdict: { ...verify(program), log: "" }, ...(explanation ? { explanation } : {}) };
  return String(renderVerdict(view)["text/plain"]).trimEnd();
};

/** The report of Linux 7.3 for `exit` alone, as it stands in cilium/ebpf's pull request 2111. */
const LINUX_7_3 = `R0 !read_ok

Verification failed: Register Type Safety: Unreadable register

Reason:
  R0 has never been initialized on this path, so the verifier cannot use it as an input.

At:
  insn 0
        | ^-- error: R0 is not readable
  Instruction context:
  >>> 0 | (95) exit

Causal path:
  no retained diagnostic events on this path

Suggestion:
  Initialize R0 on every path before this instruction.`;

/** What published reports of 7.3 say of the same mistakes; their listings, of other programs, are left out. */
const OVERWRITTEN_7_3 = `Verification failed: Register Type Safety: Invalid dereference

Reason:
  R0 is an integer scalar here, not a pointer to memory.

At:
  error: invalid dereference of R0 (scalar)

Causal path:
  update: R0 changed from integer scalar value 35 to integer scalar with unknown value

Suggestion:
  Preserve a pointer-valued register where needed, or reload and revalidate the pointer after scalar arithmetic, helper
  calls, or other operations that can invalidate it.`;
const OVERWRITTEN = `    *(u64 *)(r10 - 8) = r1
    r0 = 35
    *(u8 *)(r10 - 7) = r0
    r0 = *(u64 *)(r10 - 8)
    r0 = *(u64 *)(r0 + 8)
    exit`;
const POLICY_7_3 = `Verification failed: Policy: Operation is not allowed

Reason:
  The operation helper bpf_ktime_get_coarse_ns#160 is not allowed: this program type does not allow the helper.

At:
  error: policy check failed for helper bpf_ktime_get_coarse_ns#160

Suggestion:
  Use a helper allowed for this program type, or move the logic to a compatible program type.`;
const POLICY = `    call ktime_get_coarse_ns
    r0 = 0
    exit`;

const NULL_CHECK = `.map hash, hash, key 4, value 16, entries 4
    r7 = *(u32 *)(r1 + 12)
    *(u32 *)(r10 - 4) = 0
    r2 = r10
    r2 += -4
    r1 = map[hash]
    call map_lookup_elem
    if r7 == 0 goto use
    if r0 == 0 goto out
use:
    r1 = *(u64 *)(r0 + 0)
out:
    r0 = 2
    exit`;
const PACKET = `    r2 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r2
    r4 += 14
    if r4 > r3 goto out
    r5 = *(u8 *)(r2 + 23)
out:
    r0 = 2
    exit`;

const block = (text: string): string => `\`\`\`\n${text}\n\`\`\`\n`;

test("docs/verifier-explanations.md is what is shown", async () => {
  const page = `# Explanations, beside those of Linux 7.3

Since 7.3 Linux's verifier prints more than a message: a category, the reason, the place, a causal path of events that it has
kept, and a suggestion. No machine with Linux 7.3 was at hand: the reports here are published ones, that of \`exit\` whole, the
others without the listings of their own programs. Where none was found for a mistake, only ours is shown.

| | Linux 7.3 | bpfbook |
|---|---|---|
| message and errno of 6.18, word for word | yes | yes |
| reason | a sentence | a sentence, with the numbers of this program |
| place | instruction, line of C where BTF has it | instruction, line of C or assembly |
| history | kept events, in the log's words | each register's chain back to its origin, loops told once |
| the branch that decides, both sides | no such section | found by verifying the program without one side |
| an input that goes wrong | no | searched for, and checked by a run |
| what to do | a suggestion in words | changes as a diff of your text, each verified before it is shown |

## \`exit\` alone

Linux 7.3:

${block(LINUX_7_3)}
bpfbook:

${block(ours("    exit", "xdp"))}
## A pointer of which one byte was written over

Linux 7.3, of the same mistake:

${block(OVERWRITTEN_7_3)}
bpfbook:

${block(ours(OVERWRITTEN, "socket_filter"))}
## A helper that the type may not call

Linux 7.3, of the same mistake:

${block(POLICY_7_3)}
bpfbook:

${block(ours(POLICY, "kprobe"))}
## A check that one path goes around

${block(ours(NULL_CHECK, "xdp"))}
## Fewer bytes checked than read

${block(ours(PACKET, "xdp"))}`;
  await expect(page).toMatchFileSnapshot("../../docs/verifier-explanations.md");
  expect(page).not.toMatch(/undefined|NaN/);
});
