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
import { bashreadline } from "./user/bashreadline.ts";
import { gethostlatency } from "./user/gethostlatency.ts";
import { sslsniff } from "./user/sslsniff.ts";

/** bcc's tools by name. */
export const TOOLS = {
  bashreadline,
  bindsnoop,
  biolatency,
  biosnoop,
  biotop,
  bitesize,
  cachestat,
  capable,
  execsnoop,
  exitsnoop,
  ext4dist,
  fileslower,
  filetop,
  gethostlatency,
  killsnoop,
  mountsnoop,
  oomkill,
  opensnoop,
  solisten,
  sslsniff,
  statsnoop,
  tcpaccept,
  tcpconnect,
  tcplife,
  tcpretrans,
  tcpstates,
  tcptop,
  vfsstat,
} as const;
