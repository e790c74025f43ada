import type { StructRow } from "./row.ts";

/** Whose rights a task has. */
export interface Rights {
  readonly uid: number;
  readonly gid: number;
}

/** All capabilities that Linux 6.18 has: those of root. */
const ALL_CAPABILITIES = (1n << 41n) - 1n;

/** What `struct cred` is of a task. */
export const CRED: StructRow<Rights> = {
  struct: "cred",
  write(w, { uid, gid }) {
    w.int("usage.counter", 1);
    for (const member of ["uid", "suid", "euid", "fsuid"]) w.int(`${member}.val`, uid);
    for (const member of ["gid", "sgid", "egid", "fsgid"]) w.int(`${member}.val`, gid);
    const capabilities = uid === 0 ? ALL_CAPABILITIES : 0n;
    for (const member of ["cap_permitted", "cap_effective"]) {
      w.int(`${member}.val`, capabilities);
      // Before Linux 6.3 it was two words.
      w.int(`${member}.cap[0]`, Number(capabilities & 0xffff_ffffn));
      w.int(`${member}.cap[1]`, Number(capabilities >> 32n));
    }
  },
};
