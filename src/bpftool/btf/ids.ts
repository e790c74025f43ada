import type { Btf } from "../../btf/btf.ts";
import { machineBtf } from "../../btf/data/machine.ts";
import { VMLINUX_BTF_ID } from "../../linux/bpf/btf-table.ts";
import { mapId } from "../../maps/inner-map.ts";
import type { Arguments } from "../arguments.ts";
import { BpftoolError, usageError } from "../error.ts";
import { type Json, object } from "../json.ts";
import { mapsOf } from "../map/find.ts";
import type { Reply, Tool } from "../tool.ts";

/** One BTF object of a machine. */
export interface BtfObject {
  readonly id: number;
  readonly btf: Btf;
  readonly name: string | undefined;
}

/** All of them, by id: Linux's own first. */
export function btfObjects({ machine: { linux, bpf } }: Tool): BtfObject[] {
  const own = { id: VMLINUX_BTF_ID, btf: machineBtf(linux.release), name: "vmlinux" };
  return [own, ...bpf.btf.list().map(([id, btf]) => ({ id, btf, name: undefined }))];
}

/**
 * Who refers to which BTF, in the order in which bpftool prints them: its table turns each list around when it grows, and puts new ones
 * first.
 */
class References {
  readonly #lists = new Map<number, number[]>();
  #count = 0;
  #room = 0;

  add(btf: number | undefined, id: number): void {
    if (btf === undefined) return;
    if (this.#room === 0 || Math.trunc(((this.#count + 1) * 4) / 3) > this.#room) {
      this.#room = Math.max(4, this.#room * 2);
      for (const list of this.#lists.values()) list.reverse();
    }
    this.#count++;
    const list = this.#lists.get(btf);
    if (list === undefined) this.#lists.set(btf, [id]);
    else list.unshift(id);
  }

  of(btf: number): readonly number[] {
    return this.#lists.get(btf) ?? [];
  }
}

/** `bpftool btf { show | list } [id BTF_ID]`. */
export function showBtf(tool: Tool, args: Arguments): Reply {
  const { bpf } = tool.machine;
  const [programs, maps] = [new References(), new References()];
  for (const program of bpf.programs.values()) programs.add(bpf.btf.idOf(program.spec.btf), program.id);
  for (const map of mapsOf(tool)) maps.add(bpf.btf.idOf(map.spec.btf?.btf), mapId(map));
  // Types that nobody uses any more are gone; Linux's own stay.
  const all = btfObjects(tool).filter(
    ({ id, name }) => name !== undefined || programs.of(id).length > 0 || maps.of(id).length > 0,
  );
  const one = args.left > 0;
  const shown = one ? [readBtfId(tool, args)] : all;
  if (args.left > 0) throw usageError("btf");
  const lines = shown.map(({ id, btf, name }) => {
    const users = [
      ...(programs.of(id).length > 0 ? [`  prog_ids ${programs.of(id).join(",")}`] : []),
      ...(maps.of(id).length > 0 ? [`  map_ids ${maps.of(id).join(",")}`] : []),
    ];
    return `${id}: name ${name === undefined ? "<anon>" : `[${name}]`}  size ${btf.bytes.length}B${users.join("")}\n`;
  });
  const json = shown.map(
    ({ id, btf, name }): Json =>
      object(
        ["id", id],
        ["size", btf.bytes.length],
        ["prog_ids", programs.of(id)],
        ["map_ids", maps.of(id)],
        ["kernel", name !== undefined],
        ["name", name],
      ),
  );
  return { text: lines.join(""), json };
}

/** The object of `id N`. */
export function readBtfId(tool: Tool, args: Arguments): BtfObject {
  if (!args.take("id")) throw new BpftoolError(`expected 'id', got: '${args.word}'?`);
  const id = args.number("ID");
  const found = btfObjects(tool).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw new BpftoolError(`can't get BTF object by id (${id}): No such file or directory`);
}
