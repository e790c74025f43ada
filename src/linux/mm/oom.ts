import { sendSignal } from "../signal-send.ts";
import { SI_KERNEL, SIGKILL } from "../signals.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { TP } from "../tracepoints.ts";

/** What `oom_kill_process` gets: `struct oom_control`. */
export class OomControl {
  readonly gfpMask: number;
  readonly order = 0;
  readonly totalPages: number;
  chosen: Task | undefined;
  chosenPoints = 0;

  constructor(gfpMask: number, totalPages: number) {
    this.gfpMask = gfpMask;
    this.totalPages = totalPages;
  }
}

const KIB_A_PAGE = 4;
const NEVER = -1_000;

/** Levels of the kernel's log. */
const ERROR = 3;
const WARNING = 4;
const INFO = 6;

/** `out_of_memory`: the process with most memory is killed, unless one that was killed has not gone yet. */
export function outOfMemory(t: Task, gfpMask: number): void {
  const { linux } = t;
  const control = new OomControl(gfpMask, linux.pages.total);
  t.enter(F.out_of_memory, 2_000, control);
  const leaders = linux.tasks().filter((p) => p.program !== undefined && p.pid === p.tgid && !p.exiting);
  if (leaders.some((p) => p.group.exitStatus !== undefined)) {
    t.leave(1);
    return;
  }
  for (const p of leaders) {
    t.enter(F.oom_badness, 80, p, control.totalPages);
    const points = badness(p, control.totalPages);
    if (points > control.chosenPoints) [control.chosen, control.chosenPoints] = [p, points];
    t.leave(points);
  }
  if (control.chosen !== undefined) oomKillProcess(t, control, "Out of memory");
  t.leave(1);
}

/** `oom_badness`: resident pages, moved by oom_score_adj as so many thousandths of all memory. */
function badness(p: Task, total: number): number {
  if (p.oomScoreAdj === NEVER) return 0;
  return Math.max(1, p.mm.resident + Math.floor((p.oomScoreAdj * total) / 1_000));
}

function oomKillProcess(t: Task, control: OomControl, message: string): void {
  const { linux } = t;
  const p = control.chosen!;
  t.enter(F.oom_kill_process, 300, control, linux.strings.address(message));
  const log = (level: number, text: string) => linux.log.print(t.cpu.now, level, text);
  t.enter(F.dump_header, 40_000, control);
  log(
    WARNING,
    `${t.comm} invoked oom-killer: gfp_mask=0x${control.gfpMask.toString(16)}(GFP_HIGHUSER_MOVABLE|__GFP_ZERO|__GFP_COMP), ` +
      `order=${control.order}, oom_score_adj=${t.oomScoreAdj}`,
  );
  log(
    INFO,
    `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,` +
      `task=${p.comm},pid=${p.pid},uid=${p.uid}`,
  );
  t.leave(undefined);
  t.enter(F.__oom_kill_process, 400, p, linux.strings.address(message));
  sendSignal(t, p, { signal: SIGKILL, errno: 0, code: SI_KERNEL, pid: 0 }, true);
  markVictim(t, p);
  const kib = (pages: number) => `${pages * KIB_A_PAGE}kB`;
  const { total, anon, file } = p.mm;
  log(
    ERROR,
    `${message}: Killed process ${p.pid} (${p.comm}) total-vm:${kib(total)}, anon-rss:${kib(anon)}, ` +
      `file-rss:${kib(file)}, shmem-rss:0kB, UID:${p.uid} pgtables:${pageTables(total)}kB oom_score_adj:${p.oomScoreAdj}`,
  );
  t.leave(undefined, 2);
}

function markVictim(t: Task, p: Task): void {
  t.enter(F.mark_oom_victim, 30, p);
  const hook = t.linux.hooks.live[TP.mark_victim];
  if (hook !== undefined) {
    const { total, anon, file } = p.mm;
    const kib = [total, anon, file, 0].map((pages) => pages * KIB_A_PAGE);
    const values = [p.pid, p.comm, ...kib, p.uid, pageTables(total), p.oomScoreAdj];
    t.linux.hooks.trace(hook, t, values, p, p.uid);
  }
  t.leave(undefined);
}

/** A page of entries for each 512 pages, and the levels above, in KiB. */
function pageTables(total: number): number {
  return (Math.ceil(total / 512) + 3) * KIB_A_PAGE;
}
