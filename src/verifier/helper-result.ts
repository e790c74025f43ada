/** What a helper's call leaves in r0. */
import { resolveSize } from "../btf/struct-walk.ts";
import { isComposite } from "../btf/type.ts";
import { REG } from "../isa/constants.ts";
import { syncBounds } from "./bounds.ts";
import { setStructPointer } from "./btf-pointers.ts";
import { dropContradiction } from "./contradiction.ts";
import { type Environment, registerAt } from "./environment.ts";
import type { HelperCall, PerCpu } from "./helper-call.ts";
import { set } from "./int64.ts";
import { setExchanged } from "./kernel-pointers.ts";
import {
  ALLOC,
  AUX,
  EXTRA,
  ID,
  MAYBE_NULL,
  markPointer,
  markUnknown,
  RCU,
  RDONLY,
  REF,
  RINGBUF,
  S32_MAX,
  S32_MIN,
  SMAX,
  SMIN,
  TRUSTED,
  TYPE,
  TYPES,
  U32_MAX,
  U32_MIN,
  UMAX,
  UMIN,
} from "./registers.ts";
import { reject } from "./rejection.ts";
import { hasLock } from "./special-fields.ts";

const MAX_ERRNO = 4095;

/** Sets r0 by the helper's return type. */
export function setResult(env: Environment, call: HelperCall): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  const { row, signature } = call;
  switch (signature.returns) {
    case "void":
      return;
    case "integer":
      markUnknown(w, r);
      if (row.result === "size_or_errno") limitResult(env, call.greatestSize);
      else if (row.result === "cpu") setCpuRange(env);
      return;
    case "ptr_to_map_value":
    case "ptr_to_map_value_or_null": {
      const map = env.maps[call.map!];
      // An array has every element below its size.
      const element = row.name === "map_lookup_elem" && call.key !== undefined && call.key < map.maxEntries;
      const surely = element || signature.returns === "ptr_to_map_value";
      markPointer(w, r, surely ? TYPES.MAP_VALUE : TYPES.MAP_VALUE | MAYBE_NULL);
      w[r + AUX] = call.map!;
      w[r + EXTRA] = call.mapLookup;
      if (surely && hasLock(env, map)) w[r + ID] = env.newId();
      break;
    }
    case "ptr_to_socket_or_null":
      markPointer(w, r, TYPES.SOCKET | MAYBE_NULL);
      break;
    case "ptr_to_tcp_sock_or_null":
      markPointer(w, r, TYPES.TCP_SOCK | MAYBE_NULL);
      break;
    case "ptr_to_sock_common_or_null":
      markPointer(w, r, TYPES.SOCK_COMMON | MAYBE_NULL);
      break;
    case "ptr_to_ringbuf_mem_or_null":
      markPointer(w, r, TYPES.MEM | RINGBUF | MAYBE_NULL);
      w[r + AUX] = call.allocated;
      break;
    case "ptr_to_dynptr_mem_or_null":
      markPointer(w, r, TYPES.MEM | MAYBE_NULL);
      w[r + AUX] = call.allocated;
      // The memory is the dynptr's, and gone with it.
      w[r + EXTRA] = call.dynptr!.id;
      w[r + REF] = call.dynptr!.reference;
      break;
    case "ptr_to_mem_or_btf_id_rdonly":
      setVariable(env, call.variable!, 0);
      break;
    case "ptr_to_mem_or_btf_id_rdonly_or_null":
      setVariable(env, call.variable!, MAYBE_NULL);
      break;
    case "ptr_to_btf_id":
    case "ptr_to_btf_id_or_null":
    case "ptr_to_btf_id_trusted": {
      if (call.exchange) {
        setExchanged(env, call.exchange);
        break;
      }
      if (row.struct === undefined) reject("not_modelled", `what bpf_${row.name} returns`);
      const nullable = signature.returns === "ptr_to_btf_id_or_null" ? MAYBE_NULL : 0;
      setStructPointer(env, r, signature.returns === "ptr_to_btf_id_trusted" ? TRUSTED : nullable, row.struct!);
    }
  }
  if (w[r + TYPE] & MAYBE_NULL) w[r + ID] = env.newId();
}

/** One CPU's own variable: a structure, or plain memory that may be read. */
function setVariable(env: Environment, { btf, id, allocated }: PerCpu, nullable: number): void {
  const kernel = env.btfAt(btf);
  const w = env.words;
  const r = registerAt(REG.R0);
  const type = kernel.resolve(id);
  if (isComposite(type)) {
    markPointer(w, r, TYPES.BTF_ID | (allocated ? ALLOC | RCU : nullable));
    w[r + AUX] = id;
    w[r + EXTRA] = btf;
    return;
  }
  const size = resolveSize(kernel, id)?.size;
  if (size === undefined) reject("symbol_result", type.name, -22);
  markPointer(w, r, TYPES.MEM | RDONLY | nullable);
  w[r + AUX] = size!;
}

/** The result is at most the size that was passed, or an errno. */
function limitResult(env: Environment, greatest: number): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  set(w, r + SMAX, greatest, 0);
  set(w, r + SMIN, -MAX_ERRNO, -1);
  w[r + S32_MAX] = greatest;
  w[r + S32_MIN] = -MAX_ERRNO;
  syncBounds(w, r);
  dropContradiction(env.log, w, r, "retval");
}

function setCpuRange(env: Environment): void {
  const w = env.words;
  const r = registerAt(REG.R0);
  const last = env.cpus - 1;
  for (const [min, max] of [
    [SMIN, SMAX],
    [UMIN, UMAX],
  ]) {
    set(w, r + min, 0, 0);
    set(w, r + max, last, 0);
  }
  w[r + S32_MIN] = w[r + U32_MIN] = 0;
  w[r + S32_MAX] = w[r + U32_MAX] = last;
  syncBounds(w, r);
}
