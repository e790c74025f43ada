import type { Bio, BlockRequest } from "../block/request.ts";
import { BLOCK_DEVICE, GENDISK, REQUEST_QUEUE } from "./block-device.ts";
import type { StructRow } from "./row.ts";

/** What `struct bio` is of a wish to read or write. */
export const BIO: StructRow<Bio> = {
  struct: "bio",
  write(w, bio) {
    w.int("bi_opf", bio.flags);
    w.int("bi_iter.bi_sector", bio.sector);
    w.int("bi_iter.bi_size", bio.bytes);
    w.int("bi_vcnt", Math.ceil(bio.bytes / 4096));
    w.pointer("bi_bdev", bio.partition, BLOCK_DEVICE);
  },
};

/** What `struct request` is of a request to a disk. */
export const REQUEST: StructRow<BlockRequest> = {
  struct: "request",
  write(w, request) {
    w.pointer("q", request.disk, REQUEST_QUEUE);
    w.int("cmd_flags", request.flags);
    w.int("__data_len", request.bytes);
    w.int("__sector", request.sector);
    w.pointer("bio", request.bios[0], BIO);
    w.pointer("biotail", request.bios.at(-1), BIO);
    w.pointer("part", request.partition, BLOCK_DEVICE);
    // In releases that had the disk here, too.
    w.pointer("rq_disk", request.disk, GENDISK);
    w.int("start_time_ns", request.startNs);
    w.int("io_start_time_ns", request.issueNs);
    w.int("nr_phys_segments", Math.ceil(request.bytes / 4096));
  },
};
