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
import { execsnoop } from "./process/execsnoop.ts";

/** bcc's tools by name. */
export const TOOLS = {
  biolatency,
  biosnoop,
  biotop,
  bitesize,
  cachestat,
  execsnoop,
  ext4dist,
  fileslower,
  filetop,
  opensnoop,
  statsnoop,
  vfsstat,
} as const;
