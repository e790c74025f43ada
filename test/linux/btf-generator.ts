/**
 * Programs at tracepoints and iterators of the running Linux that walk its structures, made from a tape of numbers: loads
 * through members as their types say, now and then with a wrong offset or size; helpers and kernel functions with objects.
 */
import type { Btf } from "../../src/btf/btf.ts";
import { type BtfType, isComposite, type StructType, type UnionType } from "../../src/btf/type.ts";
import { ITERATOR_TARGETS } from "../../src/programs/iterator-targets.ts";
import type { TypedText } from "../verifier/typed-programs.ts";

const KEPT = [7, 8, 9] as const;
const LARGEST_OFFSET = 32_000;

/** What the program could be attached to. */
export interface Places {
  readonly kernel: Btf;
  readonly tracepoints: readonly string[];
  readonly iterators: readonly string[];
}

export function placesOf(kernel: Btf): Places {
  const tracepoints: string[] = [];
  for (const type of kernel.types())
    if (type.kind === "typedef" && type.name.startsWith("btf_trace_")) tracepoints.push(type.name);
  // Buffers of maps are not modelled.
  const plain = Object.entries(ITERATOR_TARGETS).filter(
    ([, args]) => !Object.values(args).some((a) => /buffer/.test(a)),
  );
  return { kernel, tracepoints, iterators: plain.map(([name]) => `bpf_iter_${name}`) };
}

type Structure = StructType | UnionType;

/** The program that a tape stands for. */
export function btfTextFromTape(tape: readonly number[], { kernel, tracepoints, iterators }: Places): TypedText {
  let at = 0;
  const pick = (limit: number): number => (tape[at++] ?? 0) % limit;
  const rarely = (times: number): boolean => pick(times) === times - 1;
  const one = <T>(list: readonly T[]): T => list[pick(list.length)];
  const iterates = rarely(3);
  const to = one(iterates ? iterators : tracepoints);
  const params = parametersOf(kernel, to, iterates);
  const lines = ["r6 = r1", "*(u64 *)(r10 - 8) = 0", ...KEPT.map((register) => `r${register} = 0`)];
  /** What registers should point to. */
  const known = new Map<number, Structure>();
  const receive = (register: number, type: BtfType, checked: number): void => {
    known.delete(register);
    const target = type.kind === "ptr" ? kernel.resolve(type.type) : undefined;
    if (target === undefined || !isComposite(target)) return;
    known.set(register, target);
    if (pick(checked) > 0) lines.push(`if r${register} == 0 goto end`);
  };
  while (at < tape.length) {
    const kind = pick(12);
    const register = one(KEPT);
    if (kind < 4 || known.size === 0) {
      if (params.length === 0) break;
      const index = pick(params.length);
      lines.push(`r${register} = *(u64 *)(r6 + ${8 * index})`);
      receive(register, kernel.resolve(params[index]), 4);
      continue;
    }
    const [from, struct] = one([...known]);
    if (kind < 9) {
      const member = struct.members.length > 0 ? one(struct.members) : undefined;
      const type = kernel.resolve(member?.type ?? 0);
      const whole = type.kind === "ptr" ? 8 : "size" in type && [1, 2, 4, 8].includes(type.size) ? type.size : 0;
      const size = whole === 0 || rarely(25) ? one([1, 2, 4, 8]) : whole;
      const offset = ((member?.bitOffset ?? 0) >> 3) + (rarely(25) ? one([1, 4, 8, 1000, -8]) : 0);
      if (offset > LARGEST_OFFSET) continue;
      lines.push(`r${register} = *(u${8 * size} *)(r${from} + ${offset})`);
      receive(register, type, 3);
    } else if (kind < 11) lines.push(one(USES)(from, register));
    else lines.push(pick(6) > 0 ? `if r${from} == 0 goto +1\n r0 = 1` : `*(u64 *)(r${from} + 0) = 1`);
  }
  return {
    name: "generated",
    type: "tracing",
    attach: { to, ...(iterates ? { as: "trace_iter" as const } : {}) },
    sleepable: iterates && rarely(3),
    text: [...lines, "end:", "r0 = 0", "exit"].join("\n"),
  };
}

const acquire = (what: string, from: number): string =>
  `r1 = r${from}\n call bpf_${what}_acquire\n if r0 == 0 goto +2\n r1 = r0\n call bpf_${what}_release`;

/** Ways to use an object in register `from`. */
const USES: readonly ((from: number, other: number) => string)[] = [
  (from) => `r1 = r10\n r1 += -8\n r2 = 8\n r3 = r${from}\n call probe_read_kernel`,
  (from) => `r1 = r10\n r1 += -8\n r2 = 8\n r3 = r${from}\n call probe_read_kernel`,
  (from) => `r1 = r${from}\n call task_pt_regs`,
  (from) => `r1 = r${from}\n call skc_to_tcp_sock`,
  (from) => `r1 = r${from}\n r2 = 8\n call trace_printk`,
  (from) => `r${from} += 8`,
  (from, other) => `if r${from} != r${other} goto +0`,
  (from) => `*(u64 *)(r10 - 16) = r${from}\n r${from} = *(u64 *)(r10 - 16)`,
  (_, other) => `call get_current_task_btf\n r${other} = *(u32 *)(r0 + task_struct->pid)`,
  () =>
    "call get_current_task_btf\n r1 = r0\n call bpf_task_acquire\n if r0 == 0 goto +2\n r1 = r0\n call bpf_task_release",
  (from) => acquire("task", from),
  (from) => acquire("cgroup", from),
  (from) => `r1 = r${from}\n call bpf_task_acquire`,
  (from) => `r1 = r${from}\n call this_cpu_ptr`,
  (from, other) => `r1 = r${from}\n r2 = type[task_struct]\n call bpf_rdonly_cast\n r${other} = *(u64 *)(r0 + 8)`,
  () => "call bpf_rcu_read_lock\n call bpf_rcu_read_unlock",
  () => "call bpf_rcu_read_lock",
];

/** Types of the arguments. */
function parametersOf(kernel: Btf, to: string, iterates: boolean): number[] {
  const type = iterates ? kernel.byName(to, "func")! : kernel.byName(to, "typedef")!;
  let proto = kernel.type(type.type);
  if (proto.kind === "ptr") proto = kernel.type(proto.type);
  if (proto.kind !== "func_proto") return [];
  return proto.params.slice(iterates ? 0 : 1).map((param) => param.type);
}
