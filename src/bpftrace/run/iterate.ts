import { writeLong } from "../../linux/hooks/words.ts";
import type { Linux } from "../../linux/linux.ts";
import type { Arg } from "../../linux/task.ts";

/** What an iterator's program is told after `struct bpf_iter_meta *`: an object, or several. */
function* objects(linux: Linux, kind: string): Generator<readonly Arg[]> {
  for (const task of linux.tasks()) {
    if (kind === "task") yield [task];
    else if (kind === "task_vma") for (const mapping of task.mm?.mappings ?? []) yield [task, mapping];
    else for (const [fd, file] of task.files.entries()) yield [task, fd, file];
  }
}

/**
 * Runs an iterator: `run` is called with the context of each object, a `struct bpf_iter__task`, `bpf_iter__task_file` or `bpf_iter__task_vma` that
 * is written at `context`. As on Linux the last call has no object.
 */
export function iterate(linux: Linux, kind: string, context: number, run: () => void): void {
  const show = (values: readonly Arg[]): void => {
    for (let index = 0; index < 4; index++)
      writeLong(linux.memory, context + 8 * index, index === 0 ? 0 : values[index - 1], linux.objects.written);
    run();
  };
  for (const values of objects(linux, kind)) show(values);
  show([]);
}
