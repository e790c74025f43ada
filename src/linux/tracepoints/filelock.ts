// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const FILELOCK_EVENTS = {
  leases_conflict: [
    1118,
    "void * lease 8 8; void * breaker 16 8; unsigned int l_fl_flags 24 4; unsigned int b_fl_flags 28 4; unsigned char l_fl_type 32 1; unsigned char b_fl_type 33 1; bool conflict 34 1",
    '"conflict %d: lease=%p fl_flags=%s fl_type=%s; breaker=%p fl_flags=%s fl_type=%s", REC->conflict, REC->lease, __print_flags(REC->l_fl_flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->l_fl_type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->breaker, __print_flags(REC->b_fl_flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->b_fl_type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" })',
  ],
  generic_add_lease: [
    1119,
    "unsigned long i_ino 8 8; int wcount 16 4s; int rcount 20 4s; int icount 24 4s; dev_t s_dev 28 4; fl_owner_t owner 32 8; unsigned int flags 40 4; unsigned char type 44 1",
    '"dev=0x%x:0x%x ino=0x%lx wcount=%d rcount=%d icount=%d fl_owner=%p fl_flags=%s fl_type=%s", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->wcount, REC->rcount, REC->icount, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" })',
  ],
  time_out_leases: [
    1120,
    "struct file_lease * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int flags 48 4; unsigned char type 52 1; unsigned long break_time 56 8; unsigned long downgrade_time 64 8",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_flags=%s fl_type=%s fl_break_time=%lu fl_downgrade_time=%lu", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->break_time, REC->downgrade_time',
  ],
  generic_delete_lease: [
    1121,
    "struct file_lease * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int flags 48 4; unsigned char type 52 1; unsigned long break_time 56 8; unsigned long downgrade_time 64 8",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_flags=%s fl_type=%s fl_break_time=%lu fl_downgrade_time=%lu", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->break_time, REC->downgrade_time',
  ],
  break_lease_unblock: [
    1122,
    "struct file_lease * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int flags 48 4; unsigned char type 52 1; unsigned long break_time 56 8; unsigned long downgrade_time 64 8",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_flags=%s fl_type=%s fl_break_time=%lu fl_downgrade_time=%lu", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->break_time, REC->downgrade_time',
  ],
  break_lease_block: [
    1123,
    "struct file_lease * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int flags 48 4; unsigned char type 52 1; unsigned long break_time 56 8; unsigned long downgrade_time 64 8",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_flags=%s fl_type=%s fl_break_time=%lu fl_downgrade_time=%lu", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->break_time, REC->downgrade_time',
  ],
  break_lease_noblock: [
    1124,
    "struct file_lease * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int flags 48 4; unsigned char type 52 1; unsigned long break_time 56 8; unsigned long downgrade_time 64 8",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_flags=%s fl_type=%s fl_break_time=%lu fl_downgrade_time=%lu", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->break_time, REC->downgrade_time',
  ],
  flock_lock_inode: [
    1125,
    "struct file_lock * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int pid 48 4; unsigned int flags 52 4; unsigned char type 56 1; loff_t fl_start 64 8s; loff_t fl_end 72 8s; int ret 80 4s",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_pid=%u fl_flags=%s fl_type=%s fl_start=%lld fl_end=%lld ret=%d", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, REC->pid, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->fl_start, REC->fl_end, REC->ret',
  ],
  locks_remove_posix: [
    1126,
    "struct file_lock * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int pid 48 4; unsigned int flags 52 4; unsigned char type 56 1; loff_t fl_start 64 8s; loff_t fl_end 72 8s; int ret 80 4s",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_pid=%u fl_flags=%s fl_type=%s fl_start=%lld fl_end=%lld ret=%d", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, REC->pid, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->fl_start, REC->fl_end, REC->ret',
  ],
  fcntl_setlk: [
    1127,
    "struct file_lock * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int pid 48 4; unsigned int flags 52 4; unsigned char type 56 1; loff_t fl_start 64 8s; loff_t fl_end 72 8s; int ret 80 4s",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_pid=%u fl_flags=%s fl_type=%s fl_start=%lld fl_end=%lld ret=%d", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, REC->pid, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->fl_start, REC->fl_end, REC->ret',
  ],
  posix_lock_inode: [
    1128,
    "struct file_lock * fl 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; struct file_lock_core * blocker 32 8; fl_owner_t owner 40 8; unsigned int pid 48 4; unsigned int flags 52 4; unsigned char type 56 1; loff_t fl_start 64 8s; loff_t fl_end 72 8s; int ret 80 4s",
    '"fl=%p dev=0x%x:0x%x ino=0x%lx fl_blocker=%p fl_owner=%p fl_pid=%u fl_flags=%s fl_type=%s fl_start=%lld fl_end=%lld ret=%d", REC->fl, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->blocker, REC->owner, REC->pid, __print_flags(REC->flags, "|", { 1, "FL_POSIX" }, { 2, "FL_FLOCK" }, { 4, "FL_DELEG" }, { 8, "FL_ACCESS" }, { 16, "FL_EXISTS" }, { 32, "FL_LEASE" }, { 64, "FL_CLOSE" }, { 128, "FL_SLEEP" }, { 256, "FL_DOWNGRADE_PENDING" }, { 512, "FL_UNLOCK_PENDING" }, { 1024, "FL_OFDLCK" }, { 4096, "FL_RECLAIM"}), __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->fl_start, REC->fl_end, REC->ret',
  ],
  locks_get_lock_context: [
    1129,
    "unsigned long i_ino 8 8; dev_t s_dev 16 4; unsigned char type 20 1; struct file_lock_context * ctx 24 8",
    '"dev=0x%x:0x%x ino=0x%lx type=%s ctx=%p", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, __print_symbolic(REC->type, { 0, "F_RDLCK" }, { 1, "F_WRLCK" }, { 2, "F_UNLCK" }), REC->ctx',
  ],
} as const satisfies EventRows;
