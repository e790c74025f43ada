import type { Credentials } from "../credentials.ts";
import type { StructRow } from "./row.ts";

/** What `struct cred` is of a task's rights. */
export const CRED: StructRow<Credentials> = {
  struct: "cred",
  write(w, { uid, gid, euid, egid, suid, sgid, capabilities }) {
    w.int("usage.counter", 1);
    const ids = { uid, gid, euid, egid, suid, sgid, fsuid: euid, fsgid: egid };
    for (const [member, id] of Object.entries(ids)) w.int(`${member}.val`, id);
    for (const member of ["cap_permitted", "cap_effective"]) {
      w.int(`${member}.val`, capabilities);
      // Before Linux 6.3 it was two words.
      w.int(`${member}.cap[0]`, Number(capabilities & 0xffff_ffffn));
      w.int(`${member}.cap[1]`, Number(capabilities >> 32n));
    }
  },
};
