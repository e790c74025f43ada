// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const HUGE_MEMORY_EVENTS = {
  mm_khugepaged_collapse_file: [
    754,
    "struct mm_struct * mm 8 8; unsigned long hpfn 16 8; unsigned long index 24 8; unsigned long addr 32 8; bool is_shmem 40 1; __data_loc char[] filename 44 4; int nr 48 4s; int result 52 4s",
    '"mm=%p, hpage_pfn=0x%lx, index=%ld, addr=%lx, is_shmem=%d, filename=%s, nr=%d, result=%s", REC->mm, REC->hpfn, REC->index, REC->addr, REC->is_shmem, __get_str(filename), REC->nr, __print_symbolic(REC->result, {0, "failed"}, {1, "succeeded"}, {2, "pmd_null"}, {3, "pmd_none"}, {4, "page_pmd_mapped"}, {5, "exceed_none_pte"}, {6, "exceed_swap_pte"}, {7, "exceed_shared_pte"}, {8, "pte_non_present"}, {9, "pte_uffd_wp"}, {10, "pte_mapped_hugepage"}, {11, "lack_referenced_page"}, {12, "page_null"}, {13, "scan_aborted"}, {14, "not_suitable_page_count"}, {15, "page_not_in_lru"}, {16, "page_locked"}, {17, "page_not_anon"}, {18, "page_compound"}, {19, "no_process_for_page"}, {20, "vma_null"}, {21, "vma_check_failed"}, {22, "not_suitable_address_range"}, {23, "could_not_delete_page_from_lru"}, {24, "alloc_huge_page_failed"}, {25, "ccgroup_charge_failed"}, {26, "truncated"}, {27, "page_has_private"}, {28, "store_failed"}, {29, "copy_poisoned_page"}, {30, "page_filled"})',
  ],
  mm_khugepaged_scan_file: [
    755,
    "struct mm_struct * mm 8 8; unsigned long pfn 16 8; __data_loc char[] filename 24 4; int present 28 4s; int swap 32 4s; int result 36 4s",
    '"mm=%p, scan_pfn=0x%lx, filename=%s, present=%d, swap=%d, result=%s", REC->mm, REC->pfn, __get_str(filename), REC->present, REC->swap, __print_symbolic(REC->result, {0, "failed"}, {1, "succeeded"}, {2, "pmd_null"}, {3, "pmd_none"}, {4, "page_pmd_mapped"}, {5, "exceed_none_pte"}, {6, "exceed_swap_pte"}, {7, "exceed_shared_pte"}, {8, "pte_non_present"}, {9, "pte_uffd_wp"}, {10, "pte_mapped_hugepage"}, {11, "lack_referenced_page"}, {12, "page_null"}, {13, "scan_aborted"}, {14, "not_suitable_page_count"}, {15, "page_not_in_lru"}, {16, "page_locked"}, {17, "page_not_anon"}, {18, "page_compound"}, {19, "no_process_for_page"}, {20, "vma_null"}, {21, "vma_check_failed"}, {22, "not_suitable_address_range"}, {23, "could_not_delete_page_from_lru"}, {24, "alloc_huge_page_failed"}, {25, "ccgroup_charge_failed"}, {26, "truncated"}, {27, "page_has_private"}, {28, "store_failed"}, {29, "copy_poisoned_page"}, {30, "page_filled"})',
  ],
  mm_collapse_huge_page_swapin: [
    756,
    "struct mm_struct * mm 8 8; int swapped_in 16 4s; int referenced 20 4s; int ret 24 4s",
    '"mm=%p, swapped_in=%d, referenced=%d, ret=%d", REC->mm, REC->swapped_in, REC->referenced, REC->ret',
  ],
  mm_collapse_huge_page_isolate: [
    757,
    "unsigned long pfn 8 8; int none_or_zero 16 4s; int referenced 20 4s; int status 24 4s",
    '"scan_pfn=0x%lx, none_or_zero=%d, referenced=%d, status=%s", REC->pfn, REC->none_or_zero, REC->referenced, __print_symbolic(REC->status, {0, "failed"}, {1, "succeeded"}, {2, "pmd_null"}, {3, "pmd_none"}, {4, "page_pmd_mapped"}, {5, "exceed_none_pte"}, {6, "exceed_swap_pte"}, {7, "exceed_shared_pte"}, {8, "pte_non_present"}, {9, "pte_uffd_wp"}, {10, "pte_mapped_hugepage"}, {11, "lack_referenced_page"}, {12, "page_null"}, {13, "scan_aborted"}, {14, "not_suitable_page_count"}, {15, "page_not_in_lru"}, {16, "page_locked"}, {17, "page_not_anon"}, {18, "page_compound"}, {19, "no_process_for_page"}, {20, "vma_null"}, {21, "vma_check_failed"}, {22, "not_suitable_address_range"}, {23, "could_not_delete_page_from_lru"}, {24, "alloc_huge_page_failed"}, {25, "ccgroup_charge_failed"}, {26, "truncated"}, {27, "page_has_private"}, {28, "store_failed"}, {29, "copy_poisoned_page"}, {30, "page_filled"})',
  ],
  mm_collapse_huge_page: [
    758,
    "struct mm_struct * mm 8 8; int isolated 16 4s; int status 20 4s",
    '"mm=%p, isolated=%d, status=%s", REC->mm, REC->isolated, __print_symbolic(REC->status, {0, "failed"}, {1, "succeeded"}, {2, "pmd_null"}, {3, "pmd_none"}, {4, "page_pmd_mapped"}, {5, "exceed_none_pte"}, {6, "exceed_swap_pte"}, {7, "exceed_shared_pte"}, {8, "pte_non_present"}, {9, "pte_uffd_wp"}, {10, "pte_mapped_hugepage"}, {11, "lack_referenced_page"}, {12, "page_null"}, {13, "scan_aborted"}, {14, "not_suitable_page_count"}, {15, "page_not_in_lru"}, {16, "page_locked"}, {17, "page_not_anon"}, {18, "page_compound"}, {19, "no_process_for_page"}, {20, "vma_null"}, {21, "vma_check_failed"}, {22, "not_suitable_address_range"}, {23, "could_not_delete_page_from_lru"}, {24, "alloc_huge_page_failed"}, {25, "ccgroup_charge_failed"}, {26, "truncated"}, {27, "page_has_private"}, {28, "store_failed"}, {29, "copy_poisoned_page"}, {30, "page_filled"})',
  ],
  mm_khugepaged_scan_pmd: [
    759,
    "struct mm_struct * mm 8 8; unsigned long pfn 16 8; int referenced 24 4s; int none_or_zero 28 4s; int status 32 4s; int unmapped 36 4s",
    '"mm=%p, scan_pfn=0x%lx, referenced=%d, none_or_zero=%d, status=%s, unmapped=%d", REC->mm, REC->pfn, REC->referenced, REC->none_or_zero, __print_symbolic(REC->status, {0, "failed"}, {1, "succeeded"}, {2, "pmd_null"}, {3, "pmd_none"}, {4, "page_pmd_mapped"}, {5, "exceed_none_pte"}, {6, "exceed_swap_pte"}, {7, "exceed_shared_pte"}, {8, "pte_non_present"}, {9, "pte_uffd_wp"}, {10, "pte_mapped_hugepage"}, {11, "lack_referenced_page"}, {12, "page_null"}, {13, "scan_aborted"}, {14, "not_suitable_page_count"}, {15, "page_not_in_lru"}, {16, "page_locked"}, {17, "page_not_anon"}, {18, "page_compound"}, {19, "no_process_for_page"}, {20, "vma_null"}, {21, "vma_check_failed"}, {22, "not_suitable_address_range"}, {23, "could_not_delete_page_from_lru"}, {24, "alloc_huge_page_failed"}, {25, "ccgroup_charge_failed"}, {26, "truncated"}, {27, "page_has_private"}, {28, "store_failed"}, {29, "copy_poisoned_page"}, {30, "page_filled"}), REC->unmapped',
  ],
} as const satisfies EventRows;
