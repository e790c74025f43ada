/**
 * Stores through pointers to structures of Linux: only some members of a few of them.
 *
 * Behaviour and messages: `bpf_tcp_ca_btf_struct_access` and `_nf_conntrack_btf_struct_access` of Linux 6.18.
 */
import type { Btf } from "../btf/btf.ts";
import { pathOf } from "../btf/member-path.ts";
import { sizeOf } from "../btf/size.ts";
import { WRITABLE_STRUCTS } from "../programs/struct-writes.ts";
import { DUMMY_OPERATIONS } from "./attach-target.ts";
import type { Environment } from "./environment.ts";
import { reject } from "./rejection.ts";

/** Members whose every byte may be where a store begins; elsewhere it is the first one. */
const WHOLE: ReadonlySet<string> = new Set(["inet_conn.icsk_ca_priv"]);

/** Checks a store of `size` bytes at an offset of structure `id`. */
export function checkStructWrite(env: Environment, btf: Btf, id: number, offset: number, size: number): void {
  if (env.attach?.struct === DUMMY_OPERATIONS) {
    checkDummyWrite(btf, id, offset, size);
    return;
  }
  const writable = WRITABLE_STRUCTS[env.type];
  if (writable === undefined || btf !== env.kernel || !writable.names.includes(btf.type(id).name)) {
    reject("struct_write");
    return;
  }
  const { name, members } = writable;
  for (const member of members) {
    const found = pathOf(btf, id, member);
    if (found === undefined) continue;
    const start = found.bitOffset / 8;
    const end = start + (sizeOf(btf, found.type) ?? 0);
    const begins = WHOLE.has(member) ? offset >= start && offset < end : offset === start;
    if (!begins) continue;
    if (offset + size > end) reject("struct_write_beyond", offset, size, name, end);
    return;
  }
  reject("struct_write_member", name, offset);
}

const DUMMY_STATE = "bpf_dummy_ops_state";

/** Programs that Linux tests itself with may write their state. */
function checkDummyWrite(btf: Btf, id: number, offset: number, size: number): void {
  const type = btf.type(id);
  if (type.name !== DUMMY_STATE || type.kind !== "struct") reject("struct_write_only", DUMMY_STATE);
  else if (offset + size > type.size) reject("struct_write_outside", offset, size);
}
