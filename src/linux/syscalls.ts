import { sysSetfsuid, sysSetgid, sysSetresuid, sysSetuid } from "./credentials.ts";
import { sysExit, sysExitGroup, sysWait4 } from "./exit.ts";
import { sysDup, sysDup2, sysDup3, sysFcntl, sysFlock, sysIoctl, sysLseek } from "./fs/descriptors.ts";
import { sysChdir, sysFchdir, sysGetcwd, sysGetdents64 } from "./fs/directory.ts";
import { sysMount, sysUmount } from "./fs/mount-calls.ts";
import * as names from "./fs/names.ts";
import * as stat from "./fs/stat.ts";
import { sysStatfs } from "./fs/statfs.ts";
import { sysSync, sysSyncFileRange, sysSyncfs } from "./fs/sync-calls.ts";
import { sysFtruncate, sysTruncate } from "./fs/truncate.ts";
import { sysFutex } from "./futex.ts";
import { sysGetpid, sysGetppid, sysGettid, sysSchedYield, sysSetpgid, sysSetpriority, sysSetsid } from "./identity.ts";
import { sysBrk, sysMmap, sysMunmap } from "./mm/map-calls.ts";
import { sysClose, sysCreat, sysOpen, sysOpenat, sysOpenat2 } from "./open.ts";
import {
  sysFdatasync,
  sysFsync,
  sysPread64,
  sysPwrite64,
  sysRead,
  sysReadv,
  sysSendfile,
  sysWrite,
  sysWritev,
} from "./read-write.ts";
import { sysRtSigreturn } from "./signal-deliver.ts";
import { sysKill, sysTgkill } from "./signal-send.ts";
import { sysNanosleep } from "./sleep.ts";
import { sysAccept4, sysBind, sysListen, sysShutdown, sysSocket } from "./socket.ts";
import type { SyscallHandler } from "./task.ts";

/** What Linux executes, by number. Calls that carry more than registers (`execve`, `clone`, `pipe2`) bring their own. */
export const HANDLERS: (SyscallHandler | undefined)[] = [];
HANDLERS[0] = sysRead;
HANDLERS[1] = sysWrite;
HANDLERS[2] = sysOpen;
HANDLERS[3] = sysClose;
HANDLERS[4] = (t, a, b) => stat.sysStat(t, a, b);
HANDLERS[5] = (t, a, b) => stat.sysFstat(t, a, b);
HANDLERS[6] = (t, a, b) => stat.sysLstat(t, a, b);
HANDLERS[8] = sysLseek;
HANDLERS[16] = sysIoctl;
HANDLERS[17] = sysPread64;
HANDLERS[18] = sysPwrite64;
HANDLERS[19] = sysReadv;
HANDLERS[20] = sysWritev;
HANDLERS[21] = stat.sysAccess;
HANDLERS[32] = sysDup;
HANDLERS[33] = sysDup2;
HANDLERS[35] = sysNanosleep;
HANDLERS[40] = sysSendfile;
HANDLERS[41] = sysSocket;
HANDLERS[48] = sysShutdown;
HANDLERS[49] = (t, fd, port) => sysBind(t, fd, port);
HANDLERS[50] = sysListen;
HANDLERS[72] = sysFcntl;
HANDLERS[73] = sysFlock;
HANDLERS[74] = sysFsync;
HANDLERS[75] = sysFdatasync;
HANDLERS[76] = sysTruncate;
HANDLERS[77] = sysFtruncate;
HANDLERS[79] = (t, a, b) => sysGetcwd(t, a, b);
HANDLERS[80] = sysChdir;
HANDLERS[81] = sysFchdir;
HANDLERS[82] = names.sysRename;
HANDLERS[83] = names.sysMkdir;
HANDLERS[84] = names.sysRmdir;
HANDLERS[85] = sysCreat;
HANDLERS[86] = names.sysLink;
HANDLERS[87] = names.sysUnlink;
HANDLERS[88] = names.sysSymlink;
HANDLERS[89] = (t, a, b, c) => names.sysReadlink(t, a, b, c);
HANDLERS[90] = stat.sysChmod;
HANDLERS[92] = stat.sysChown;
HANDLERS[122] = sysSetfsuid;
HANDLERS[137] = (t, path) => sysStatfs(t, path);
HANDLERS[162] = (t) => sysSync(t);
HANDLERS[165] = sysMount;
HANDLERS[166] = sysUmount;
HANDLERS[217] = (t, a, b, c) => sysGetdents64(t, a, b, c);
HANDLERS[9] = sysMmap;
HANDLERS[11] = sysMunmap;
HANDLERS[12] = sysBrk;
HANDLERS[15] = sysRtSigreturn;
HANDLERS[24] = sysSchedYield;
HANDLERS[39] = sysGetpid;
HANDLERS[60] = sysExit;
HANDLERS[61] = (t, pid, _status, options) => sysWait4(t, pid, options);
HANDLERS[62] = sysKill;
HANDLERS[105] = sysSetuid;
HANDLERS[106] = sysSetgid;
HANDLERS[109] = sysSetpgid;
HANDLERS[110] = sysGetppid;
HANDLERS[112] = sysSetsid;
HANDLERS[117] = sysSetresuid;
HANDLERS[141] = sysSetpriority;
HANDLERS[202] = sysFutex;
HANDLERS[186] = sysGettid;
HANDLERS[234] = sysTgkill;
HANDLERS[231] = sysExitGroup;
HANDLERS[257] = sysOpenat;
HANDLERS[258] = names.sysMkdirat;
HANDLERS[262] = (t, a, b, c, d) => stat.sysNewfstatat(t, a, b, c, d);
HANDLERS[263] = names.sysUnlinkat;
HANDLERS[264] = names.sysRenameat;
HANDLERS[269] = stat.sysFaccessat;
HANDLERS[277] = sysSyncFileRange;
HANDLERS[288] = sysAccept4;
HANDLERS[292] = sysDup3;
HANDLERS[306] = (t, fd) => sysSyncfs(t, fd);
HANDLERS[316] = names.sysRenameat2;
HANDLERS[332] = (t, a, b, c) => stat.sysStatx(t, a, b, c);
HANDLERS[437] = sysOpenat2;
