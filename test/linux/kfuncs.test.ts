/**
 * Each kernel function of the running Linux's BTF called from each kind of program, with nothing, with the context and with
 * the stack as arguments: who may call it, and what is said of the first argument that does not fit.
 */
import { describe, expect, test } from "vitest";
import type { ProgramType } from "../../src/programs/types.ts";
import { type TypedText, typedProgram } from "../verifier/typed-programs.ts";
import { available, suiteName } from "./bpf.ts";
import { compare, KERNEL } from "./verifier-compare.ts";

const NIGHT = process.env.BPFBOOK_NIGHT !== undefined;

const plain = (type: ProgramType): Partial<TypedText> => ({ type });
const PLACES: readonly Partial<TypedText>[] = [
  plain("sched_cls"),
  { type: "tracing", attach: { to: "bpf_iter_task", as: "trace_iter" }, sleepable: true },
  ...(NIGHT
    ? [
        ...(["socket_filter", "sched_act", "xdp", "tracepoint", "kprobe", "cgroup_skb", "sock_ops"] as const).map(
          plain,
        ),
        ...(["syscall", "netfilter", "sk_msg"] as const).map(plain),
        { type: "tracing", attach: { to: "btf_trace_sched_switch" } } as const,
      ]
    : []),
];

const ARGUMENTS: readonly string[] = [
  "r1 = r10\n r1 += -16\n r2 = r1\n r3 = 0\n r4 = 0\n r5 = 0",
  ...(NIGHT ? ["r1 = 0\n r2 = 0\n r3 = 0\n r4 = 0\n r5 = 0", "r2 = r10\n r2 += -8\n r3 = r2\n r4 = 8\n r5 = 0"] : []),
];

describe.skipIf(!available || KERNEL === undefined)(suiteName("kernel functions"), () => {
  test("called by whom they may be", { timeout: NIGHT ? 600_000 : 60_000 }, () => {
    const kernel = KERNEL!;
    const tagged = [...kernel.allByName("bpf_kfunc", "decl_tag")].map((tag) => (tag as { type: number }).type);
    const differing: string[] = [];
    const unknown = new Set<string>();
    let calls = 0;
    for (const place of PLACES)
      for (const set of ARGUMENTS) {
        const body = `*(u64 *)(r10 - 8) = 0\n *(u64 *)(r10 - 16) = 0\n ${set}\n call bpf_rcu_read_lock\n r0 = 0\n exit`;
        const program = typedProgram({ name: "", text: body, ...place }, kernel);
        for (const id of new Set(tagged)) {
          const insns = program.insns.map((insn) => (insn.code === 0x85 ? { ...insn, imm: id } : insn));
          const { linux, ours } = compare({ ...program, insns });
          calls++;
          if (ours.message === "not_modelled") unknown.add(kernel.type(id).name);
          else if (linux.error !== ours.error || linux.errno !== ours.errno)
            differing.push(`${kernel.type(id).name} in ${place.type}: ${linux.error} / ${ours.error}`);
        }
      }
    console.log(`${calls} calls of kernel functions; not modelled: ${[...unknown].join(" ") || "none"}`);
    expect(differing).toEqual([]);
  });
});
