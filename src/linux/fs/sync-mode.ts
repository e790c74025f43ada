/** Writing without, and with, waiting for the end: `enum writeback_sync_modes`. */
export const WB_SYNC_NONE = 0;
export const WB_SYNC_ALL = 1;
