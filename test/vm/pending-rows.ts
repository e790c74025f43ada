/**
 * Rows of the instruction table that have no cases in `opcodes/`, each with why. A row that runs must not stand here: the
 * test of the tables fails when one of these does.
 */
export const PENDING_ROWS: Readonly<Record<string, string>> = {
  addr_space_cast: "casts pointers of arenas, a map type that is not implemented",
  ldabsb: "not executed yet",
  ldabsh: "not executed yet",
  ldabsw: "not executed yet",
  ldindb: "not executed yet",
  ldindh: "not executed yet",
  ldindw: "not executed yet",
  ld_btf_id: "names a variable of Linux by BTF id: there is no BTF of the machine yet",
  ld_func: "the address of a callback, which only helpers take",
  may_goto: "not executed yet",
  call_kfunc: "names a function of Linux by BTF id: there is no BTF of the machine yet",
  callx: "not executed yet; Linux refuses it",
};
