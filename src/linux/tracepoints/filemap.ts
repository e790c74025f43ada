// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const FILEMAP_EVENTS = {
  file_check_and_advance_wb_err: [
    595,
    "struct file * file 8 8; unsigned long i_ino 16 8; dev_t s_dev 24 4; errseq_t old 28 4; errseq_t new 32 4",
    '"file=%p dev=%d:%d ino=0x%lx old=0x%x new=0x%x", REC->file, ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->old, REC->new',
  ],
  filemap_set_wb_err: [
    596,
    "unsigned long i_ino 8 8; dev_t s_dev 16 4; errseq_t errseq 20 4",
    '"dev=%d:%d ino=0x%lx errseq=0x%x", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->errseq',
  ],
  mm_filemap_fault: [
    597,
    "unsigned long i_ino 8 8; dev_t s_dev 16 4; unsigned long index 24 8",
    '"dev=%d:%d ino=%lx ofs=%lld", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, ((loff_t)REC->index) << 12',
  ],
  mm_filemap_map_pages: [
    598,
    "unsigned long i_ino 8 8; dev_t s_dev 16 4; unsigned long index 24 8; unsigned long last_index 32 8",
    '"dev=%d:%d ino=%lx ofs=%lld-%lld", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, ((loff_t)REC->index) << 12, ((((loff_t)REC->last_index + 1) << 12) - 1)',
  ],
  mm_filemap_get_pages: [
    599,
    "unsigned long i_ino 8 8; dev_t s_dev 16 4; unsigned long index 24 8; unsigned long last_index 32 8",
    '"dev=%d:%d ino=%lx ofs=%lld-%lld", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, ((loff_t)REC->index) << 12, ((((loff_t)REC->last_index + 1) << 12) - 1)',
  ],
  mm_filemap_add_to_page_cache: [
    600,
    "unsigned long pfn 8 8; unsigned long i_ino 16 8; unsigned long index 24 8; dev_t s_dev 32 4; unsigned char order 36 1",
    '"dev %d:%d ino %lx pfn=0x%lx ofs=%lu order=%u", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->pfn, REC->index << 12, REC->order',
  ],
  mm_filemap_delete_from_page_cache: [
    601,
    "unsigned long pfn 8 8; unsigned long i_ino 16 8; unsigned long index 24 8; dev_t s_dev 32 4; unsigned char order 36 1",
    '"dev %d:%d ino %lx pfn=0x%lx ofs=%lu order=%u", ((unsigned int) ((REC->s_dev) >> 20)), ((unsigned int) ((REC->s_dev) & ((1U << 20) - 1))), REC->i_ino, REC->pfn, REC->index << 12, REC->order',
  ],
} as const satisfies EventRows;
