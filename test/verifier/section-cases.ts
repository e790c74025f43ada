/** Resilient locks, saved interrupts, workqueues, maps in maps with timers. What Linux 6.18 says of each program. */
import { lookup, one, program, RETURN } from "./object-pieces.ts";
import type { TypedText } from "./typed-programs.ts";

const take = (register = 6, offset = 8): string => `r1 = r${register}\n r1 += ${offset}\n call bpf_res_spin_lock`;
const give = (register = 6, offset = 8): string => `r1 = r${register}\n r1 += ${offset}\n call bpf_res_spin_unlock`;
const flag = (at: number, register = 1): string => `r${register} = r10\n r${register} += -${at}`;
const takeIrq = (at = 16): string => `r1 = r6\n r1 += 8\n ${flag(at, 2)}\n call bpf_res_spin_lock_irqsave`;
const giveIrq = (at = 16): string => `r1 = r6\n r1 += 8\n ${flag(at, 2)}\n call bpf_res_spin_unlock_irqrestore`;
const save = (at = 16): string => `${flag(at)}\n call bpf_local_irq_save`;
const restore = (at = 16): string => `${flag(at)}\n call bpf_local_irq_restore`;
const TAKEN = "if r0 != 0 goto none";

const locks: readonly TypedText[] = [
  one("a resilient lock", program(lookup("resilient"), take(), TAKEN, "*(u64 *)(r6 + 0) = 1", give())),
  one(
    "a resilient lock in a socket filter",
    program(lookup("resilient"), take(), TAKEN, give()),
    "socket filter progs cannot use bpf_spin_lock yet",
    "EINVAL",
    { type: "socket_filter" },
  ),
  one(
    "a resilient lock that may not be held is given back",
    program(lookup("resilient"), take(), give()),
    "bpf_res_spin_unlock without taking a lock",
  ),
  one(
    "a resilient lock is never given back",
    program(lookup("resilient"), take(), TAKEN),
    "BPF_EXIT instruction in main prog cannot be used inside bpf_spin_lock-ed region",
  ),
  one(
    "a resilient lock is taken again",
    program(lookup("resilient"), take(), TAKEN, take(), give(), give()),
    "Acquiring the same lock again, AA deadlock detected",
  ),
  one(
    "two resilient locks",
    program(
      lookup("resilient"),
      lookup("resilient", 7),
      take(),
      TAKEN,
      take(7),
      "if r0 != 0 goto out",
      give(7),
      "out:",
      give(),
    ),
  ),
  one(
    "two resilient locks, in the order of taking",
    program(
      lookup("resilient"),
      lookup("resilient", 7),
      take(),
      TAKEN,
      take(7),
      "if r0 != 0 goto out",
      give(),
      give(7),
      RETURN,
      "out:",
      give(),
    ),
    "bpf_res_spin_unlock cannot be out of order",
  ),
  one(
    "a resilient lock of another lookup",
    program(lookup("resilient"), lookup("resilient", 7), take(), TAKEN, give(7)),
    "bpf_res_spin_unlock of different lock",
  ),
  one(
    "a resilient lock elsewhere",
    program(lookup("resilient"), take(6, 4)),
    "off 4 doesn't point to 'struct bpf_res_spin_lock' that is at 8",
  ),
  one(
    "a resilient lock where there is none",
    program(lookup("locked"), take(6, 0)),
    "map 'locked' has no valid bpf_res_spin_lock",
  ),
  one(
    "a resilient lock on the stack",
    program("r6 = r10\n r6 += -8", take(6, 0)),
    "arg#0 doesn't point to map value or allocated object",
  ),
  one(
    "a plain lock as a resilient one",
    program(lookup("resilient"), "r1 = r6\n r1 += 8\n call spin_lock"),
    "map 'resilient' has no valid bpf_spin_lock",
  ),
  one(
    "a helper under a resilient lock",
    program(lookup("resilient"), take(), TAKEN, "call ktime_get_ns", give()),
    "function calls are not allowed while holding a lock",
  ),
  one(
    "a resilient lock with interrupts disabled",
    program(lookup("resilient"), takeIrq(), TAKEN, "*(u64 *)(r6 + 0) = 1", giveIrq()),
  ),
  one(
    "a resilient lock with interrupts disabled, given back without them",
    program(lookup("resilient"), takeIrq(), TAKEN, give()),
    "bpf_res_spin_unlock of different lock",
  ),
  one(
    "a resilient lock, given back with interrupts",
    program(lookup("resilient"), take(), TAKEN, giveIrq()),
    "bpf_res_spin_unlock of different lock",
  ),
  one(
    "the lock's interrupts are restored by themselves",
    program(lookup("resilient"), takeIrq(), TAKEN, restore()),
    "function calls are not allowed while holding a lock",
  ),
  one(
    "a list under a resilient lock in an object",
    program(
      "r1 = local[resilientList]\n r2 = 0\n call bpf_obj_new_impl\n if r0 == 0 goto none\n r7 = r0\n r1 = r7\n r2 = 0\n call bpf_obj_drop_impl",
    ),
  ),
  one(
    "a resilient lock in an object",
    program(
      "r1 = local[resilientList]\n r2 = 0\n call bpf_obj_new_impl\n if r0 == 0 goto none\n r6 = r0",
      take(6, 0),
      "if r0 != 0 goto out",
      "r1 = r6\n r1 += 8\n call bpf_list_front",
      give(6, 0),
      "out: r1 = r6\n r2 = 0\n call bpf_obj_drop_impl",
    ),
  ),
];

const interrupts: readonly TypedText[] = [
  one("interrupts are disabled for a while", program(save(), "call ktime_get_ns", restore())),
  one(
    "interrupts stay disabled",
    program(save()),
    "BPF_EXIT instruction in main prog cannot be used inside bpf_local_irq_save-ed region",
  ),
  one("interrupts are disabled twice", program(save(), save(24), restore(24), restore())),
  one(
    "interrupts are restored in the order of saving",
    program(save(), save(24), restore(), restore(24)),
    "cannot restore irq state out of order, expected id=2 acquired at insn_idx=5",
    "EACCES",
  ),
  one(
    "interrupts are restored twice",
    program(save(), restore(), restore()),
    "expected an initialized irq flag as arg#0",
  ),
  one("interrupts are saved over a saved state", program(save(), save()), "expected uninitialized irq flag as arg#0"),
  one(
    "interrupts are restored that were not saved",
    program("*(u64 *)(r10 - 16) = 0", restore()),
    "expected an initialized irq flag as arg#0",
  ),
  one("a saved state in half a slot", program(save(12)), "expected uninitialized irq flag as arg#0"),
  one(
    "a saved state in a map",
    program(lookup("plain"), "r1 = r6\n call bpf_local_irq_save"),
    "arg#0 doesn't point to an irq flag on stack",
  ),
  one(
    "a saved state is read",
    program(save(), "r1 = *(u64 *)(r10 - 16)", restore()),
    "invalid read from stack off -16+0 size 8",
    "EACCES",
  ),
  one(
    "a saved state is overwritten",
    program(save(), "*(u64 *)(r10 - 16) = 0", restore()),
    "expected an initialized irq flag as arg#0",
  ),
  one(
    "interrupts on one path only",
    program("r7 = *(u32 *)(r1 + 0)\n if r7 == 0 goto over", save(), "over:", "if r7 == 0 goto none", restore()),
  ),
  one(
    "the lock's functions restore interrupts",
    program(lookup("resilient"), save(), take(), "if r0 != 0 goto out", giveIrq(), "out:", restore()),
    "bpf_res_spin_unlock of different lock",
  ),
  one(
    "a helper that may wait with interrupts disabled",
    program(save(), "r1 = r10\n r1 += -8\n *(u64 *)(r10 - 8) = 0\n r2 = 8\n r3 = 0\n call copy_from_user", restore()),
    "sleepable helper bpf_copy_from_user#148 in IRQ-disabled region",
    "EINVAL",
    { type: "syscall" },
  ),
  one(
    "interrupts in a function",
    `${program("r1 = r10\n r1 += -16\n call deep\n r1 = r10\n r1 += -16\n call bpf_local_irq_restore")}\ndeep: call bpf_local_irq_save\n ${RETURN}`,
    undefined,
    undefined,
    { functions: ["deep"] },
  ),
];

const init = (map = "works", offset = 8): string =>
  `r1 = r6\n r1 += ${offset}\n r2 = map[${map}]\n r3 = 0\n call bpf_wq_init`;
const setCallback = (offset = 8): string =>
  `r1 = r6\n r1 += ${offset}\n r2 = func[run]\n r3 = 0\n r4 = 0\n call bpf_wq_set_callback_impl`;
const start = (offset = 8): string => `r1 = r6\n r1 += ${offset}\n r2 = 0\n call bpf_wq_start`;
const work = (name: string, text: string, error?: string, errno?: string, run = "run: r0 = 0\n exit"): TypedText =>
  one(name, `${text}\n${run}`, error, errno, { functions: ["run"] });

const works: readonly TypedText[] = [
  work("a workqueue", program(lookup("works"), init(), setCallback(), start())),
  work("a workqueue of a hash", program(lookup("moreWorks"), init("moreWorks"), setCallback(), start())),
  work(
    "a workqueue's function works on its element",
    program(lookup("works"), setCallback()),
    undefined,
    undefined,
    "run: r1 = *(u64 *)(r3 + 0)\n r1 += 1\n *(u64 *)(r3 + 0) = r1\n r2 = *(u32 *)(r2 + 0)\n r0 = 0\n exit",
  ),
  work(
    "a workqueue's function starts it again",
    program(lookup("works"), setCallback()),
    undefined,
    undefined,
    "run: r1 = r3\n r1 += 8\n r2 = 0\n call bpf_wq_start\n r0 = 0\n exit",
  ),
  work(
    "a workqueue's function may wait",
    program(lookup("works"), setCallback()),
    undefined,
    undefined,
    "run: r1 = r10\n r1 += -8\n *(u64 *)(r10 - 8) = 0\n r2 = 8\n r3 = 0\n call copy_from_user\n r0 = 0\n exit",
  ),
  work(
    "a workqueue's function returns 1",
    program(lookup("works"), setCallback()),
    "At async callback return the register R0 has smin=1 smax=1 should have been in [0, 0]",
    "EINVAL",
    "run: r0 = 1\n exit",
  ),
  work(
    "a workqueue's function touches the work",
    program(lookup("works"), setCallback()),
    "bpf_wq cannot be accessed directly by load/store",
    "EACCES",
    "run: r0 = *(u64 *)(r3 + 8)\n exit",
  ),
  work(
    "a workqueue with the map of another",
    program(lookup("works"), init("moreWorks"), setCallback()),
    "workqueue pointer in R1 map_uid=0 doesn't match map pointer in R2 map_uid=0",
  ),
  work(
    "a workqueue elsewhere",
    program(lookup("works"), init("works", 0), setCallback()),
    "off 0 doesn't point to 'struct bpf_wq' that is at 8",
  ),
  work(
    "a workqueue on the stack",
    program("r6 = r10\n r6 += -24", setCallback()),
    "arg#0 doesn't point to a map value",
  ),
  work("a workqueue where there is none", program(lookup("timed"), setCallback()), "map 'timed' has no valid bpf_wq"),
  one(
    "a workqueue's function that is a number",
    program(lookup("works"), setCallback().replace("func[run]", "0")),
    "arg1 expected pointer to func",
  ),
  one(
    "a workqueue in a program that traces",
    program(lookup("works"), start()),
    "tracing progs cannot use bpf_wq yet",
    "EINVAL",
    { type: "tracepoint" },
  ),
];

const inTask = (map = "tasks", offset = 8): string =>
  `r1 = r7\n r2 = r6\n r2 += ${offset}\n r3 = map[${map}]\n r4 = func[run]\n r5 = 0\n call bpf_task_work_schedule_signal_impl`;
const TASK = "r1 = 1\n call bpf_task_from_pid\n if r0 == 0 goto none\n r7 = r0";
const RELEASE = "r1 = r7\n call bpf_task_release";

const taskWorks: readonly TypedText[] = [
  work("work in a task", program(lookup("tasks"), TASK, inTask(), RELEASE)),
  work(
    "work in a task may wait and returns more than an int",
    program(lookup("tasks"), TASK, inTask(), RELEASE),
    "At async callback return the register R0 has unknown scalar value should have been in [-2147483648, 2147483647]",
    "EINVAL",
    "run: r1 = r10\n r1 += -8\n *(u64 *)(r10 - 8) = 0\n r2 = 8\n r3 = 0\n call copy_from_user\n exit",
  ),
  work(
    "work in a task with the map of another",
    program(lookup("tasks"), TASK, inTask("moreTasks"), RELEASE),
    "bpf_task_work pointer in R2 map_uid=0 doesn't match map pointer in R3 map_uid=0",
  ),
  work(
    "work in a task elsewhere",
    program(lookup("tasks"), TASK, inTask("tasks", 0), RELEASE),
    "off 0 doesn't point to 'struct bpf_task_work' that is at 8",
  ),
  work(
    "work in a task that may not be there",
    program(lookup("tasks"), "r1 = 1\n call bpf_task_from_pid\n r7 = r0", inTask()),
    "Possibly NULL pointer passed to trusted arg0",
    "EACCES",
  ),
];

const innerLookup = (register: number): string => `
  *(u32 *)(r10 - 4) = 0\n r1 = map[outer]\n r2 = r10\n r2 += -4\n call map_lookup_elem\n if r0 == 0 goto none
  r${register} = r0\n *(u32 *)(r10 - 4) = 0\n r1 = r0\n r2 = r10\n r2 += -4\n call map_lookup_elem\n if r0 == 0 goto none`;

const inner: readonly TypedText[] = [
  work(
    "a timer in a map of a map",
    program(
      innerLookup(7),
      "r6 = r0\n r1 = r6\n r1 += 8\n r2 = r7\n r3 = 0\n call timer_init\n r1 = r6\n r1 += 8\n r2 = func[run]\n call timer_set_callback\n r1 = r6\n r1 += 8\n r2 = 0\n r3 = 0\n call timer_start",
    ),
  ),
  one(
    "a timer of another lookup of a map",
    program(innerLookup(7), "r6 = r0", innerLookup(8), "r1 = r6\n r1 += 8\n r2 = r8\n r3 = 0\n call timer_init"),
    "timer pointer in R1 map_uid=1 doesn't match map pointer in R2 map_uid=2",
  ),
  work(
    "a timer's function in a map of a map starts it again",
    program(innerLookup(7), "r1 = r0\n r1 += 8\n r2 = func[run]\n call timer_set_callback"),
    undefined,
    undefined,
    "run: r1 = r3\n r1 += 8\n r2 = 0\n r3 = 0\n call timer_start\n r0 = 0\n exit",
  ),
  work(
    "a timer's function in a map of a map looks at the map",
    program(innerLookup(7), "r1 = r0\n r1 += 8\n r2 = func[run]\n call timer_set_callback"),
    undefined,
    undefined,
    "run: r4 = r1\n r1 = r3\n r1 += 8\n r2 = r4\n r3 = 0\n call timer_init\n r0 = 0\n exit",
  ),
];

export const SECTION_CASES: readonly TypedText[] = [...locks, ...interrupts, ...works, ...taskWorks, ...inner];
