import { KINDS } from "../../btf/kinds.ts";
import type { BtfType } from "../../btf/type.ts";
import { type Json, object } from "../json.ts";

const nameOf = (name: string): string => (name === "" ? "(anon)" : name);

/** A type as `bpftool -j btf dump ... format raw` writes it. */
export function typeJson(type: BtfType): Json {
  const head = [
    ["id", type.id] as const,
    ["kind", KINDS[type.kind].text] as const,
    ["name", nameOf(type.name)] as const,
  ];
  const row = (...members: readonly (readonly [string, Json | undefined])[]): Json => object(...head, ...members);
  switch (type.kind) {
    case "void":
      return row();
    case "int":
      return row(
        ["size", type.size],
        ["bits_offset", type.bitOffset],
        ["nr_bits", type.bits],
        ["encoding", type.encoding === "" ? "(none)" : type.encoding.toUpperCase()],
      );
    case "ptr":
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
    case "type_tag":
      return row(["type_id", type.type]);
    case "array":
      return row(["type_id", type.type], ["index_type_id", type.indexType], ["nr_elems", type.length]);
    case "struct":
    case "union":
      return row(
        ["size", type.size],
        ["vlen", type.members.length],
        [
          "members",
          type.members.map(({ name, type: id, bitOffset, bitSize }) =>
            object(
              ["name", nameOf(name)],
              ["type_id", id],
              ["bits_offset", bitOffset],
              ["bitfield_size", bitSize > 0 ? bitSize : undefined],
            ),
          ),
        ],
      );
    case "enum":
    case "enum64":
      return row(
        ["encoding", type.signed ? "SIGNED" : "UNSIGNED"],
        ["size", type.size],
        ["vlen", type.values.length],
        ["values", [...type.values].map(({ name, value }) => object(["name", nameOf(name)], ["val", value]))],
      );
    case "fwd":
      return row(["fwd_kind", type.of]);
    case "func":
      return row(["type_id", type.type], ["linkage", type.linkage]);
    case "func_proto":
      return row(
        ["ret_type_id", type.type],
        ["vlen", type.params.length],
        ["params", type.params.map(({ name, type: id }) => object(["name", nameOf(name)], ["type_id", id]))],
      );
    case "var":
      return row(["type_id", type.type], ["linkage", type.linkage]);
    case "datasec":
      return row(
        ["size", type.size],
        ["vlen", type.vars.length],
        [
          "vars",
          type.vars.map(({ type: id, offset, size }) => object(["type_id", id], ["offset", offset], ["size", size])),
        ],
      );
    case "float":
      return row(["size", type.size]);
    case "decl_tag":
      return row(["type_id", type.type], ["component_idx", type.component]);
  }
}
