import { biolatency } from "./block/biolatency.ts";
import { biosnoop } from "./block/biosnoop.ts";
import { biotop } from "./block/biotop.ts";
import { bitesize } from "./block/bitesize.ts";
import { cachestat } from "./file/cachestat.ts";
import { ext4dist } from "./file/ext4dist.ts";
import { fileslower } from "./file/fileslower.ts";
import { filetop } from "./file/filetop.ts";
import { opensnoop } from "./file/opensnoop.ts";
import { statsnoop } from "./file/statsnoop.ts";
import { vfsstat } from "./file/vfsstat.ts";
import { argdist } from "./functions/argdist.ts";
import { funccount } from "./functions/funccount.ts";
import { funclatency } from "./functions/funclatency.ts";
import { stackcount } from "./functions/stackcount.ts";
import { trace } from "./functions/trace.ts";
import { hardirqs } from "./interrupts/hardirqs.ts";
import { softirqs } from "./interrupts/softirqs.ts";
import { drsnoop } from "./memory/drsnoop.ts";
import { llcstat } from "./memory/llcstat.ts";
import { memleak } from "./memory/memleak.ts";
import { slabratetop } from "./memory/slabratetop.ts";
import { bindsnoop } from "./network/bindsnoop.ts";
import { solisten } from "./network/solisten.ts";
import { tcpaccept } from "./network/tcpaccept.ts";
import { tcpconnect } from "./network/tcpconnect.ts";
import { tcplife } from "./network/tcplife.ts";
import { tcpretrans } from "./network/tcpretrans.ts";
import { tcpstates } from "./network/tcpstates.ts";
import { tcptop } from "./network/tcptop.ts";
import { capable } from "./process/capable.ts";
import { execsnoop } from "./process/execsnoop.ts";
import { exitsnoop } from "./process/exitsnoop.ts";
import { killsnoop } from "./process/killsnoop.ts";
import { mountsnoop } from "./process/mountsnoop.ts";
import { oomkill } from "./process/oomkill.ts";
import { syscount } from "./process/syscount.ts";
import { cpudist } from "./scheduler/cpudist.ts";
import { offcputime } from "./scheduler/offcputime.ts";
import { profile } from "./scheduler/profile.ts";
import { runqlat } from "./scheduler/runqlat.ts";
import { runqlen } from "./scheduler/runqlen.ts";
import { wakeuptime } from "./scheduler/wakeuptime.ts";
import { bashreadline } from "./user/bashreadline.ts";
import { gethostlatency } from "./user/gethostlatency.ts";
import { sslsniff } from "./user/sslsniff.ts";

/** bcc's tools by name. */
export const TOOLS = {
  argdist,
  bashreadline,
  bindsnoop,
  biolatency,
  biosnoop,
  biotop,
  bitesize,
  cachestat,
  capable,
  cpudist,
  drsnoop,
  execsnoop,
  exitsnoop,
  ext4dist,
  fileslower,
  filetop,
  funccount,
  funclatency,
  gethostlatency,
  hardirqs,
  killsnoop,
  llcstat,
  memleak,
  mountsnoop,
  offcputime,
  oomkill,
  opensnoop,
  profile,
  runqlat,
  runqlen,
  slabratetop,
  softirqs,
  solisten,
  sslsniff,
  stackcount,
  statsnoop,
  syscount,
  tcpaccept,
  tcpconnect,
  tcplife,
  tcpretrans,
  tcpstates,
  tcptop,
  trace,
  vfsstat,
  wakeuptime,
} as const;
