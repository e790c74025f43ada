import type { Btf } from "./btf.ts";
import { KINDS } from "./kinds.ts";
import type { BtfType } from "./type.ts";

const quoted = (name: string): string => `'${name === "" ? "(anon)" : name}'`;

/**
 * One type, as `bpftool btf dump ... format raw` prints it; members and values follow on lines of their own.
 *
 * @example
 * formatType(btf, btf.type(1)); // "[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=SIGNED"
 */
export function formatType(btf: Btf, type: BtfType): string {
  const head = `[${type.id}] ${KINDS[type.kind].text} ${quoted(type.name)}`;
  const lines = <T>(list: readonly T[], line: (each: T) => string) => list.map((each) => `\n\t${line(each)}`).join("");
  switch (type.kind) {
    case "void":
      return "void";
    case "int": {
      const encoding = type.encoding === "" ? "(none)" : type.encoding.toUpperCase();
      return `${head} size=${type.size} bits_offset=${type.bitOffset} nr_bits=${type.bits} encoding=${encoding}`;
    }
    case "ptr":
    case "typedef":
    case "volatile":
    case "const":
    case "restrict":
    case "type_tag":
      return `${head} type_id=${type.type}`;
    case "array":
      return `${head} type_id=${type.type} index_type_id=${type.indexType} nr_elems=${type.length}`;
    case "struct":
    case "union": {
      const members = lines(type.members, ({ name, type: id, bitOffset, bitSize }) => {
        const width = bitSize > 0 ? ` bitfield_size=${bitSize}` : "";
        return `${quoted(name)} type_id=${id} bits_offset=${bitOffset}${width}`;
      });
      return `${head} size=${type.size} vlen=${type.members.length}${members}`;
    }
    case "enum":
    case "enum64": {
      const suffix = type.kind === "enum" ? "" : type.signed ? "LL" : "ULL";
      const values = [...type.values].map(({ name, value }) => `\n\t${quoted(name)} val=${value}${suffix}`).join("");
      const encoding = type.signed ? "SIGNED" : "UNSIGNED";
      return `${head} encoding=${encoding} size=${type.size} vlen=${type.values.length}${values}`;
    }
    case "fwd":
      return `${head} fwd_kind=${type.of}`;
    case "func":
      return `${head} type_id=${type.type} linkage=${type.linkage}`;
    case "func_proto": {
      const params = lines(type.params, ({ name, type: id }) => `${quoted(name)} type_id=${id}`);
      return `${head} ret_type_id=${type.type} vlen=${type.params.length}${params}`;
    }
    case "var":
      return `${head} type_id=${type.type}, linkage=${type.linkage}`;
    case "datasec": {
      const vars = lines(type.vars, ({ type: id, offset, size }) => {
        const of = btf.type(id);
        return `type_id=${id} offset=${offset} size=${size} (${KINDS[of.kind].text} ${quoted(of.name)})`;
      });
      return `${head} size=${type.size} vlen=${type.vars.length}${vars}`;
    }
    case "float":
      return `${head} size=${type.size}`;
    case "decl_tag":
      return `${head} type_id=${type.type} component_idx=${type.component}`;
  }
}

/** All own types of a BTF, one after the other, as `bpftool btf dump ... format raw` prints them. */
export function dumpBtf(btf: Btf): string {
  let text = "";
  for (const type of btf.types()) text += `${formatType(btf, type)}\n`;
  return text;
}
