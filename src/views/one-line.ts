/** Things that a line says: what a cell shows of a link, a task or a workload, whose insides are a machine's. */
import type { MimeBundle } from "../plot/displayable.ts";

/** A link as this view needs it. */
export interface LinkView {
  readonly id: number;
  readonly hook: string;
  readonly program: { readonly spec: { readonly name: string } };
  readonly attached: boolean;
}

/** `count_reads attached to tracepoint:syscalls:sys_exit_read (link 1)`. */
export function renderLink({ id, hook, program, attached }: LinkView): MimeBundle {
  const how = attached ? "attached to" : "detached from";
  return { "text/plain": `${program.spec.name} ${how} ${hook} (link ${id})` };
}

/** A task as this view needs it. */
export interface TaskView {
  readonly comm: string;
  readonly pid: number;
}

/** `webserver, pid 1000`. */
export function renderTask({ comm, pid }: TaskView): MimeBundle {
  return { "text/plain": `${comm}, pid ${pid}` };
}

/** A workload as this view needs it. */
export interface WorkloadView {
  readonly name: string;
  readonly options: object;
}

/** As it would be written: `workloads.webServer({ port: 80, workers: 4 })`. */
export function renderWorkload({ name, options }: WorkloadView): MimeBundle {
  const given = Object.entries(options).map(([option, value]) => `${option}: ${value}`);
  return { "text/plain": `workloads.${name}({ ${given.join(", ")} })` };
}
