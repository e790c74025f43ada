import { LD_IMM64, LD_IMM64_CODE } from "./constants.ts";
import type { OpcodeRow } from "./opcode-row.ts";

const COMMON = { code: LD_IMM64_CODE, group: "base64", since: 1 } as const;

/** `ld_imm64`, the one instruction of two slots; `src` says what its 64 bits mean. */
export const IMM64_ROWS: readonly OpcodeRow[] = [
  {
    ...COMMON,
    name: "ld_imm64",
    fixed: { src: LD_IMM64.IMM },
    text: ["{rd} = {imm64} ll"],
    mnemonic: ["lddw {rd}, {imm64}"],
    log: "{rd} = {imm64}",
    doc: "dst = a 64-bit constant: imm, and the second slot's imm as its upper half",
  },
  {
    ...COMMON,
    name: "ld_map_fd",
    fixed: { src: LD_IMM64.MAP_FD },
    text: ["{rd} = map[{map}]", "{rd} = {mapSymbol} ll"],
    mnemonic: ["lddw {rd}, map_by_fd({map})", "lddw {rd}, map[{map}]"],
    log: "{rd} = {imm64}",
    doc: "dst = the map",
  },
  {
    ...COMMON,
    name: "ld_map_value",
    fixed: { src: LD_IMM64.MAP_VALUE },
    text: ["{rd} = map[{map}][0]{value}"],
    mnemonic: ["lddw {rd}, map_val(map_by_fd({map})){value}", "lddw {rd}, map[{map}][0]{value}"],
    log: "{rd} = {imm64}",
    doc: "dst = address in the value of an array map's element 0, at the offset in the second slot",
  },
  {
    ...COMMON,
    name: "ld_btf_id",
    fixed: { src: LD_IMM64.BTF_ID },
    text: ["{rd} = btf[{btfId}]", "{rd} = btf[{btfId}][{btfFd}]"],
    mnemonic: ["lddw {rd}, var_addr({btfId})", "lddw {rd}, var_addr({btfId}, {btfFd})"],
    log: "{rd} = {imm64}",
    doc: "dst = address of a variable of Linux, by BTF id (and the BTF's file descriptor, 0 is vmlinux)",
  },
  {
    ...COMMON,
    name: "ld_func",
    fixed: { src: LD_IMM64.FUNC },
    text: ["{rd} = func[{far}]"],
    mnemonic: ["lddw {rd}, code_addr({far})"],
    log: "{rd} = {imm64}",
    doc: "dst = address of the subprogram at pc + imm, for a callback",
  },
  {
    ...COMMON,
    name: "ld_map_idx",
    fixed: { src: LD_IMM64.MAP_IDX },
    text: ["{rd} = map_idx[{mapIdx}]"],
    mnemonic: ["lddw {rd}, map_by_idx({mapIdx})"],
    log: "{rd} = {imm64}",
    doc: "dst = the map at an index of the loader's fd_array",
  },
  {
    ...COMMON,
    name: "ld_map_idx_value",
    fixed: { src: LD_IMM64.MAP_IDX_VALUE },
    text: ["{rd} = map_idx[{mapIdx}][0]{value}"],
    mnemonic: ["lddw {rd}, map_val(map_by_idx({mapIdx})){value}"],
    log: "{rd} = {imm64}",
    doc: "dst = address in the value of element 0 of that map",
  },
];
