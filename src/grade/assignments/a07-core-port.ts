import type { Release } from "../../btf/data/machine.ts";
import { teachingDifferences, VANISHING } from "../../btf/data/teaching.ts";
import { CheckStopped } from "../../course/examiner.ts";
import type { Sys } from "../../linux/sys.ts";
import type { Task as LinuxTask, UserCode } from "../../linux/task.ts";
import type { BpfObject } from "../../loader/object/bpf-object.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import type { Variant } from "../assignment/variant.ts";
import { readObjectMap } from "./map-contents.ts";

/** One process that opened a file: who it is, and what was true of it just then. */
interface Opener {
  readonly pid: number;
  readonly parent: number;
  /** `__state` of its parent. */
  readonly state: number;
  /** How often it had left its CPU: of its own will, and against it. */
  readonly nvcsw: number;
  readonly nivcsw: number;
}

/** Virtual nanoseconds of a process that sleeps all the time. */
const ALWAYS = 3600e9;

/**
 * Loads an object on a release, lets two processes open a file, and gives what they were. The parent of one sleeps, that of the other
 * computes, so that it is on its CPU or waits for it. Numbers of processes are drawn, or small.
 */
function opened(
  answer: unknown,
  release: Release,
  pid: number,
  it: Inspector,
): { object: BpfObject; openers: readonly Opener[] } {
  const lab = it.lab({ cpus: 1, seed: 11, release });
  const { machine } = lab;
  it.on(
    `a machine with ${release}: processes ${pid} and ${pid + 2} open a file, their parents are ${pid + 1} and ${pid + 3}`,
  );
  const object = prepared(it, release, () => machine.open(it.object(answer)).load().attach());
  const openers: Opener[] = [];
  const sleeper = machine.linux.process({
    comm: "sleeper",
    pid: pid + 1,
    *program(sys: Sys): UserCode {
      for (;;) yield sys.nanosleep(ALWAYS);
    },
  });
  const worker = machine.linux.process({
    comm: "worker",
    pid: pid + 3,
    *program(sys: Sys): UserCode {
      for (;;) yield sys.compute(50_000_000);
    },
  });
  const opens = (at: number, parent: LinuxTask): void => {
    const task: LinuxTask = machine.linux.process({
      comm: "opener",
      pid: at,
      parent,
      *program(sys: Sys): UserCode {
        for (let round = 0; round < 3; round++) {
          yield sys.nanosleep(1e6);
          yield sys.compute(30_000_000);
        }
        const { voluntary: nvcsw, involuntary: nivcsw } = task;
        openers.push({ pid: at, parent: parent.pid, state: parent.state & 0xff, nvcsw, nivcsw });
        yield sys.openat("/etc/passwd", 0);
      },
    });
  };
  opens(pid, sleeper);
  opens(pid + 2, worker);
  lab.pass(1);
  return { object, openers };
}

/** What libbpf or the verifier refuses becomes a failed test. */
function prepared<R>(it: Inspector, release: Release, run: () => R): R {
  try {
    return run();
  } catch (error) {
    if (error instanceof CheckStopped || !(error instanceof Error)) throw error;
    const [line] = error.message.split("\n");
    const mistake = /failed to resolve CO-RE relocation/.test(error.message) ? "unasked" : undefined;
    return it.stop(`${release} takes it`, line!, mistake);
  }
}

/** Tests what an object's map holds for both processes. */
function holds(
  answer: unknown,
  releases: readonly Release[],
  { name, pid }: { readonly name: string; readonly pid: number },
  of: (opener: Opener, release: Release) => Wanted,
  it: Inspector,
): void {
  for (const release of releases) {
    const { object, openers } = opened(answer, release, pid, it);
    const found = readObjectMap(it, object, name);
    for (const opener of openers) {
      const [want, mistakes] = of(opener, release);
      it.equal(`${name}[${opener.pid}] on ${release}`, found.get(opener.pid) ?? "nothing", BigInt(want), mistakes);
    }
  }
}

/** A made-up release with a layout that nobody has seen, of some differences. */
function unseen(v: Variant, label: string, is: (of: ReturnType<typeof teachingDifferences>) => boolean): Release {
  for (let attempt = 0; ; attempt++) {
    const number = v.number(`${label} ${attempt}`, 100, 999_999);
    if (is(teachingDifferences(number))) return `teaching-${number}`;
  }
}

/** Two for hidden tests: one lacks the member, one has it and calls the state as it was called before. */
const layouts = (v: Variant, member: string): readonly [Release, Release] => [
  unseen(v, "without", ({ vanished }) => vanished === member),
  unseen(v, "with", ({ vanished, renamed }) => vanished !== member && renamed),
];

type Wanted = readonly [want: number, mistakes: Readonly<Record<string, string>>];
const parents = ({ parent }: Opener): Wanted => [parent, { '"nothing"': "key", 0: "offset", 1: "itself" }];
const states = ({ state }: Opener): Wanted => [state, { '"nothing"': "key", [1 - state]: "bent" }];
const switches =
  ({ member, otherwise }: { readonly member: (typeof VANISHING)[number]; readonly otherwise: number }) =>
  (opener: Opener, release: Release): Wanted => {
    const number = Number(/^teaching-(\d+)$/.exec(release)?.[1] ?? 0);
    const gone = number > 0 && teachingDifferences(number).vanished === member;
    return [gone ? otherwise : opener[member], gone ? { 0: "otherwise" } : { [otherwise]: "given-up" }];
  };

const pidOf = (v: Variant): number => v.number("pid", 2000, 30_000);

/** One object for releases of Linux that its author has not seen. */
export const A07 = assignment({
  id: "a7",
  title: "A CO-RE port",
  summary:
    "A program with one machine's offsets in it becomes an object that runs on every release, also where a member is renamed or gone.",
  lesson: "17",
  source: "a07-core-port",
  revision: 1,
  variant: (v) => {
    const member = v.choice("member", VANISHING);
    return {
      parents: `${v.name("parents")}_p`,
      states: `${v.name("states")}_s`,
      switches: `${v.name("switches")}_w`,
      member,
      otherwise: v.number("otherwise", 1000, 60_000),
      release: unseen(v, "release", ({ vanished }) => vanished === member),
    };
  },
  tasks: [
    {
      id: "a7/1",
      title: "Moved",
      points: 4,
      submit: { name: "moved", kind: "object" },
      visible: [
        {
          title: "it is right on 6.18",
          run: ({ answer, params, it }) => holds(answer, ["6.18"], { name: params.parents, pid: 4000 }, parents, it),
        },
      ],
      hidden: [
        {
          title: "it is right on 6.1 and on two layouts that nobody has seen",
          weight: 3,
          partial: true,
          run({ answer, params, it, v }) {
            const releases = ["6.1" as const, ...layouts(v, params.member)];
            holds(answer, releases, { name: params.parents, pid: pidOf(v) }, parents, it);
          },
        },
      ],
      hints: [
        "The numbers in the program are places in one machine's task_struct. Name the members instead: BPF_CORE_READ(task, real_parent, tgid).",
        "A declaration of your own with just the members that you read is enough, as members are found by name; vmlinux.h has all of them.",
      ],
      mistakes: {
        key: "There is nothing under this process: the key is its tgid, the upper half of bpf_get_current_pid_tgid.",
        offset: "Something else than the parent's number was read: is an offset still a number of yours?",
        itself: "That is process 1: is it the parent's member that you read?",
        unasked: "A member is read that this release does not have: ask with bpf_core_field_exists first.",
      },
    },
    {
      id: "a7/2",
      title: "Renamed, and gone",
      points: 6,
      submit: { name: "renamed", kind: "object" },
      visible: [
        {
          title: "the parent's state is right on 6.18",
          run: ({ answer, params, it }) => holds(answer, ["6.18"], { name: params.states, pid: 4000 }, states, it),
        },
        {
          title: "a member that is not there is known on your release",
          run: ({ answer, params, it }) =>
            holds(answer, [params.release as Release], { name: params.switches, pid: 4000 }, switches(params), it),
        },
      ],
      hidden: [
        {
          title: "the state on 6.1, and on a layout that nobody has seen which has it under its old name",
          weight: 2,
          partial: true,
          run: ({ answer, params, it, v }) =>
            holds(answer, ["6.1", layouts(v, params.member)[1]], { name: params.states, pid: pidOf(v) }, states, it),
        },
        {
          title: "the member where it is there, and where it is not",
          weight: 2,
          partial: true,
          run({ answer, params, it, v }) {
            const { member } = params;
            const releases = ["6.18" as const, ...layouts(v, member)];
            holds(answer, releases, { name: params.switches, pid: pidOf(v) }, switches(params), it);
          },
        },
      ],
      hints: [
        "bpf_core_field_exists(task->__state) is 1 or 0 when the object is loaded. The old name needs a flavour: struct task_struct___old { volatile long state; }.",
        "Read each member only on the side on which it is there: if (bpf_core_field_exists(task->MEMBER)) value = BPF_CORE_READ(task, MEMBER); else value = ...",
      ],
      mistakes: {
        key: "There is nothing under this process: the key is its tgid.",
        bent: "That is another state than the parent's: 1 is one that sleeps, 0 one that computes.",
        otherwise: "Where the member is missing, the value is your number.",
        "given-up": "This release has the member: its value is asked for.",
        unasked: "A member is read that this release does not have: ask with bpf_core_field_exists first.",
      },
    },
  ],
});
