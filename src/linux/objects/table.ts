import { Disk, Partition } from "../block/disk.ts";
import { Bio, BlockRequest } from "../block/request.ts";
import { Cgroup } from "../cgroups.ts";
import { Cpu } from "../cpu.ts";
import { Credentials } from "../credentials.ts";
import { Dentry, Path } from "../fs/dentry.ts";
import { Inode } from "../fs/inode.ts";
import { Mount } from "../fs/mount.ts";
import { Filename, Nameidata } from "../fs/namei.ts";
import { SuperBlock } from "../fs/super-block.ts";
import { UserRegisters } from "../hooks/user-registers.ts";
import { AddressSpace } from "../mm/address-space.ts";
import { OomControl } from "../mm/oom.ts";
import { NetDevice } from "../net/device.ts";
import { NetNamespace } from "../net/namespace.ts";
import { Skb } from "../net/skb.ts";
import { Sock, TcpSock } from "../net/sock.ts";
import { UnixSkb } from "../net/unix-skb.ts";
import { OpenHow } from "../open.ts";
import { PageCache } from "../page-cache.ts";
import { FairQueue } from "../sched/fair.ts";
import { Binprm, Socket, SocketAddress } from "../security/arguments.ts";
import { Task } from "../task.ts";
import { BLOCK_DEVICE, REQUEST_QUEUE } from "./block-device.ts";
import { CGROUP } from "./cgroup.ts";
import { CRED } from "./cred.ts";
import { DENTRY, FILENAME, NAMEIDATA, OPEN_HOW, PATH } from "./dentry.ts";
import { FILE } from "./file.ts";
import { ADDRESS_SPACE, INODE } from "./inode.ts";
import { MM_STRUCT, OOM_CONTROL, VM_AREA_STRUCT } from "./memory.ts";
import { VFSMOUNT } from "./mount.ts";
import { PT_REGS } from "./pt-regs.ts";
import { BIO, REQUEST } from "./request.ts";
import type { AnyRow, StructRow } from "./row.ts";
import { CFS_RQ, RQ } from "./run-queue.ts";
import { LINUX_BINPRM, SOCKADDR, SOCKET } from "./security.ts";
import { NET, NET_DEVICE, SK_BUFF, SOCK, TCP_SOCK, UNIX_SKB } from "./sock.ts";
import { SUPER_BLOCK } from "./super-block.ts";
import { TASK_STRUCT } from "./task.ts";

/** A class of the simulation and the struct that its objects are on Linux. */
function row<T extends object>(type: abstract new (...args: never[]) => T, struct: StructRow<T>): [unknown, AnyRow] {
  return [type, struct];
}

/** Every class whose objects programs can see the address of, one line each. Other structs of theirs are reached from these. */
const ROWS: ReadonlyMap<unknown, AnyRow> = new Map([
  row(Task, TASK_STRUCT),
  row(Cgroup, CGROUP),
  row(Credentials, CRED),
  row(Cpu, RQ),
  row(FairQueue, CFS_RQ),
  row(AddressSpace, MM_STRUCT),
  row(OomControl, OOM_CONTROL),
  row(UserRegisters, PT_REGS),
  row(Inode, INODE),
  row(PageCache, ADDRESS_SPACE),
  row(Dentry, DENTRY),
  row(Path, PATH),
  row(Nameidata, NAMEIDATA),
  row(Filename, FILENAME),
  row(OpenHow, OPEN_HOW),
  row(Mount, VFSMOUNT),
  row(SuperBlock, SUPER_BLOCK),
  row(Disk, REQUEST_QUEUE),
  row(Partition, BLOCK_DEVICE),
  row(Bio, BIO),
  row(BlockRequest, REQUEST),
  row(NetNamespace, NET),
  row(NetDevice, NET_DEVICE),
  row(Sock, SOCK),
  row(TcpSock, TCP_SOCK),
  row(Skb, SK_BUFF),
  row(UnixSkb, UNIX_SKB),
  row(Socket, SOCKET),
  row(SocketAddress, SOCKADDR),
  row(Binprm, LINUX_BINPRM),
]);

/** Objects that are no instances of a class, by a member that only they have. */
const SHAPES: readonly (readonly [member: string, row: AnyRow])[] = [
  ["operations", FILE],
  ["present", VM_AREA_STRUCT],
];

/** The row of an object; undefined for one that programs cannot see. */
export function rowOf(object: object): AnyRow | undefined {
  return ROWS.get(object.constructor) ?? SHAPES.find(([member]) => member in object)?.[1];
}
