import { mapId } from "../../maps/inner-map.ts";
import type { RuntimeMap } from "../../maps/runtime.ts";
import { MAP_TYPES } from "../../maps/spec.ts";
import { PROGRAM_TYPES } from "../../programs/types.ts";
import type { BpfLink } from "../bpf/link.ts";
import type { LinuxProgram } from "../bpf/program.ts";
import type { TextSymbol } from "../symbols.ts";
import type { StructRow } from "./row.ts";

/** What `struct bpf_map` is of a map. */
export const BPF_MAP: StructRow<RuntimeMap> = {
  struct: "bpf_map",
  write(w, map) {
    const { spec } = map;
    w.int("id", mapId(map));
    w.text("name", spec.name);
    w.int("map_type", MAP_TYPES[spec.type]);
    w.int("key_size", spec.keySize);
    w.int("value_size", spec.valueSize);
    w.int("max_entries", spec.maxEntries);
    w.int("map_flags", spec.flags);
    w.int("map_extra", spec.mapExtra ?? 0);
    w.int("refcnt.counter", 1);
    w.int("usercnt.counter", 1);
  },
};

/** What `struct bpf_prog_aux` is of a program. */
const BPF_PROG_AUX: StructRow<LinuxProgram> = {
  struct: "bpf_prog_aux",
  write(w, { id, spec, loadedAt, maps }) {
    w.int("id", id);
    w.text("name", spec.name);
    w.int("load_time", loadedAt);
    w.int("used_map_cnt", maps.length);
    w.int("refcnt.counter", 1);
  },
};

/** What `struct bpf_prog` is of a program. */
export const BPF_PROG: StructRow<LinuxProgram> = {
  struct: "bpf_prog",
  write(w, program) {
    w.int("type", program.spec.type === "raw" ? 0 : PROGRAM_TYPES[program.spec.type]);
    w.int("len", program.spec.insns.length);
    w.int("jited", program.engine === "jit");
    w.pointer("aux", program, BPF_PROG_AUX);
  },
};

/** What `struct bpf_link` is of a link. */
export const BPF_LINK: StructRow<BpfLink> = {
  struct: "bpf_link",
  write(w, { id, program }) {
    w.int("id", id);
    w.pointer("prog", program, BPF_PROG);
    w.int("refcnt.counter", 1);
  },
};

/** What `struct kallsym_iter` is at a function of Linux. */
export const KALLSYM: StructRow<TextSymbol> = {
  struct: "kallsym_iter",
  write(w, { name, address }) {
    w.text("name", name);
    w.int("value", address);
    w.int("type", "T".charCodeAt(0));
    w.int("show_value", 1);
  },
};
