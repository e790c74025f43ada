import type { KernelText } from "./row.ts";

/** Block layer. */
export const BLOCK_TEXT = {
  blk_mq_end_request: [0xb01850, 64, 28],
  blk_update_request: [0xb00130, 944, 224],
  bio_endio: [0xaeb9c0, 384, 109],
  submit_bio: [0xaf3fe0, 224, 162],
  submit_bio_noacct: [0xaf3af0, 1248, 625],
  blk_mq_submit_bio: [0xb04be0, 1920, 1392],
  blk_finish_plug: [0xaf34b0, 80, 40],
  __blk_flush_plug: [0xaf3180, 336, 238],
  blk_mq_flush_plug_list: [0xb047c0, 400, 69],
} as const satisfies KernelText;
