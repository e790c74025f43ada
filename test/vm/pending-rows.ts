/**
 * Rows of the instruction table that have no cases in `opcodes/`, each with why. A row that runs must not stand here: the
 * test of the tables fails when one of these does.
 */
export const PENDING_ROWS: Readonly<Record<string, string>> = {
  addr_space_cast: "casts pointers of arenas, a map type that is not implemented",
  ld_btf_id: "names a variable of Linux by BTF id, and these tests have none: linux-names.test.ts runs it",
  call_kfunc: "names a function of Linux by BTF id, and these tests have none: linux-names.test.ts runs it",
};
