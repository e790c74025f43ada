import type { Btf } from "../btf/btf.ts";
import { machineBtf, type Release } from "../btf/data/machine.ts";
import { pathOf } from "../btf/member-path.ts";
import { sizeOf } from "../btf/size.ts";
import { DIRECT_MAP_HIGH, type LinearMemory } from "../memory/memory.ts";
import type { Task } from "./task.ts";

/** What a `task_struct` is written from. */
type Told = Pick<Task, "pid" | "tgid" | "uid" | "gid" | "comm" | "state" | "exitCode">;

/** Where one task's structs lie: the task's, and behind it its `cred`. */
interface Place {
  readonly task: number;
  readonly cred: number;
}

/** The ancestor of all processes: nothing in the machine runs as it. */
const INIT: Told = { pid: 1, tgid: 1, uid: 0, gid: 0, comm: "systemd", state: 1, exitCode: 0 };

const DEFAULT_PRIO = 120;
/** `PF_KTHREAD`. */
const KERNEL_THREAD = 0x0020_0000;

/**
 * Tasks as programs see them: `struct task_struct` and `struct cred` in linear memory, with the layout of the machine's own
 * release. A task's struct is made when a program first asks for the task, and written again each time; members that
 * nothing is known of are zero.
 */
export class TaskStructs {
  readonly #memory: LinearMemory;
  readonly #offsets = new Map<string, number>();
  readonly #taskSize: number;
  readonly #credSize: number;
  readonly #btf: Btf;
  #places = new Map<Task | "init", Place>();

  constructor(memory: LinearMemory, release: Release) {
    this.#memory = memory;
    this.#btf = machineBtf(release);
    this.#taskSize = sizeOf(this.#btf, this.#struct("task_struct"))!;
    this.#credSize = sizeOf(this.#btf, this.#struct("cred"))!;
  }

  /** Offset of a task's struct, with its ancestors' written too. */
  of(task: Task): number {
    const place = this.#place(task);
    const parent = task.parent === undefined ? this.#init() : task.parent === task ? place.task : this.of(task.parent);
    const leader = task.pid === task.tgid ? place.task : (this.#leader(task) ?? place.task);
    this.#write(place, task, {
      parent: task.pid === 0 ? place.task : parent,
      leader,
      thread: task.program === undefined,
    });
    return place.task;
  }

  /** A task has gone: its memory is given back. */
  forget(task: Task): void {
    const place = this.#places.get(task);
    if (place === undefined) return;
    this.#places.delete(task);
    this.#memory.free(place.task, this.#taskSize);
    this.#memory.free(place.cred, this.#credSize);
  }

  /** For rewinding: which tasks have a struct; the memory is restored by who asked. */
  remember(): () => void {
    const places = new Map(this.#places);
    return () => {
      this.#places = places;
    };
  }

  #init(): number {
    const place = this.#place("init");
    this.#write(place, INIT, { parent: place.task, leader: place.task, thread: false });
    return place.task;
  }

  #leader(task: Task): number | undefined {
    for (const [other, place] of this.#places) if (other !== "init" && other.pid === task.tgid) return place.task;
    return undefined;
  }

  #place(task: Task | "init"): Place {
    const known = this.#places.get(task);
    if (known !== undefined) return known;
    const place = { task: this.#memory.allocate(this.#taskSize), cred: this.#memory.allocate(this.#credSize) };
    this.#places.set(task, place);
    return place;
  }

  #write(
    { task, cred }: Place,
    told: Told,
    { parent, leader, thread }: { readonly parent: number; readonly leader: number; readonly thread: boolean },
  ): void {
    const int = (member: string, value: number) => this.#int(task, "task_struct", member, value);
    const pointer = (member: string, to: number) => this.#pointer(task, "task_struct", member, to);
    int("pid", told.pid);
    int("tgid", told.tgid);
    int("__state", told.state & 0xff);
    int("exit_code", told.exitCode << 8);
    int("flags", thread ? KERNEL_THREAD : 0);
    for (const member of ["prio", "static_prio", "normal_prio"]) int(member, DEFAULT_PRIO);
    this.#text(task, "comm", told.comm, 16);
    pointer("real_parent", parent);
    pointer("parent", parent);
    pointer("group_leader", leader);
    pointer("cred", cred);
    pointer("real_cred", cred);
    for (const member of ["uid", "suid", "euid", "fsuid"]) this.#int(cred, "cred", `${member}.val`, told.uid);
    for (const member of ["gid", "sgid", "egid", "fsgid"]) this.#int(cred, "cred", `${member}.val`, told.gid);
  }

  #struct(name: string): number {
    return this.#btf.byName(name, "struct")!.id;
  }

  /** Where a member lies; `undefined` in a release that does not have it. */
  #offset(struct: string, member: string): number | undefined {
    const key = `${struct}.${member}`;
    let offset = this.#offsets.get(key);
    if (offset === undefined) {
      const path = pathOf(this.#btf, this.#struct(struct), member);
      offset = path === undefined ? -1 : path.bitOffset / 8;
      this.#offsets.set(key, offset);
    }
    return offset < 0 ? undefined : offset;
  }

  #int(at: number, struct: string, member: string, value: number): void {
    const offset = this.#offset(struct, member);
    if (offset !== undefined) this.#memory.view.setInt32(at + offset, value, true);
  }

  #pointer(at: number, struct: string, member: string, to: number): void {
    const offset = this.#offset(struct, member);
    if (offset === undefined) return;
    this.#memory.view.setUint32(at + offset, to, true);
    this.#memory.view.setInt32(at + offset + 4, DIRECT_MAP_HIGH, true);
  }

  #text(at: number, member: string, text: string, size: number): void {
    const offset = this.#offset("task_struct", member);
    if (offset === undefined) return;
    const bytes = this.#memory.u8.subarray(at + offset, at + offset + size);
    bytes.fill(0);
    new TextEncoder().encodeInto(text, bytes.subarray(0, size - 1));
  }
}
