import { sysClose, sysOpenat } from "./open.ts";
import { sysExitGroup, sysWait4 } from "./process.ts";
import { sysRead, sysWrite } from "./read-write.ts";
import { sysNanosleep } from "./sleep.ts";
import { sysAccept4, sysBind, sysListen, sysSocket } from "./socket.ts";
import type { SyscallHandler } from "./task.ts";

/** What Linux executes, by number. Calls that carry more than registers (`execve`, `clone`, `pipe2`) bring their own. */
export const HANDLERS: (SyscallHandler | undefined)[] = [];
HANDLERS[0] = sysRead;
HANDLERS[1] = sysWrite;
HANDLERS[3] = sysClose;
HANDLERS[35] = sysNanosleep;
HANDLERS[41] = sysSocket;
HANDLERS[49] = sysBind;
HANDLERS[50] = sysListen;
HANDLERS[61] = sysWait4;
HANDLERS[231] = sysExitGroup;
HANDLERS[257] = sysOpenat;
HANDLERS[288] = sysAccept4;
