// Written by scripts/tracepoints/extract.ts.
import type { EventRows } from "./row.ts";

export const NET_EVENTS = {
  netif_receive_skb_list_exit: [2292, "int ret 8 4s", '"ret=%d", REC->ret'],
  netif_rx_exit: [2293, "int ret 8 4s", '"ret=%d", REC->ret'],
  netif_receive_skb_exit: [2294, "int ret 8 4s", '"ret=%d", REC->ret'],
  napi_gro_receive_exit: [2295, "int ret 8 4s", '"ret=%d", REC->ret'],
  napi_gro_frags_exit: [2296, "int ret 8 4s", '"ret=%d", REC->ret'],
  netif_rx_entry: [
    2297,
    "__data_loc char[] name 8 4; unsigned int napi_id 12 4; u16 queue_mapping 16 2; const void * skbaddr 24 8; bool vlan_tagged 32 1; u16 vlan_proto 34 2; u16 vlan_tci 36 2; u16 protocol 38 2; u8 ip_summed 40 1; u32 hash 44 4; bool l4_hash 48 1; unsigned int len 52 4; unsigned int data_len 56 4; unsigned int truesize 60 4; bool mac_header_valid 64 1; int mac_header 68 4s; unsigned char nr_frags 72 1; u16 gso_size 74 2; u16 gso_type 76 2",
    '"dev=%s napi_id=%#x queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d hash=0x%08x l4_hash=%d len=%u data_len=%u truesize=%u mac_header_valid=%d mac_header=%d nr_frags=%d gso_size=%d gso_type=%#x", __get_str(name), REC->napi_id, REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->hash, REC->l4_hash, REC->len, REC->data_len, REC->truesize, REC->mac_header_valid, REC->mac_header, REC->nr_frags, REC->gso_size, REC->gso_type',
  ],
  netif_receive_skb_list_entry: [
    2298,
    "__data_loc char[] name 8 4; unsigned int napi_id 12 4; u16 queue_mapping 16 2; const void * skbaddr 24 8; bool vlan_tagged 32 1; u16 vlan_proto 34 2; u16 vlan_tci 36 2; u16 protocol 38 2; u8 ip_summed 40 1; u32 hash 44 4; bool l4_hash 48 1; unsigned int len 52 4; unsigned int data_len 56 4; unsigned int truesize 60 4; bool mac_header_valid 64 1; int mac_header 68 4s; unsigned char nr_frags 72 1; u16 gso_size 74 2; u16 gso_type 76 2",
    '"dev=%s napi_id=%#x queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d hash=0x%08x l4_hash=%d len=%u data_len=%u truesize=%u mac_header_valid=%d mac_header=%d nr_frags=%d gso_size=%d gso_type=%#x", __get_str(name), REC->napi_id, REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->hash, REC->l4_hash, REC->len, REC->data_len, REC->truesize, REC->mac_header_valid, REC->mac_header, REC->nr_frags, REC->gso_size, REC->gso_type',
  ],
  netif_receive_skb_entry: [
    2299,
    "__data_loc char[] name 8 4; unsigned int napi_id 12 4; u16 queue_mapping 16 2; const void * skbaddr 24 8; bool vlan_tagged 32 1; u16 vlan_proto 34 2; u16 vlan_tci 36 2; u16 protocol 38 2; u8 ip_summed 40 1; u32 hash 44 4; bool l4_hash 48 1; unsigned int len 52 4; unsigned int data_len 56 4; unsigned int truesize 60 4; bool mac_header_valid 64 1; int mac_header 68 4s; unsigned char nr_frags 72 1; u16 gso_size 74 2; u16 gso_type 76 2",
    '"dev=%s napi_id=%#x queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d hash=0x%08x l4_hash=%d len=%u data_len=%u truesize=%u mac_header_valid=%d mac_header=%d nr_frags=%d gso_size=%d gso_type=%#x", __get_str(name), REC->napi_id, REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->hash, REC->l4_hash, REC->len, REC->data_len, REC->truesize, REC->mac_header_valid, REC->mac_header, REC->nr_frags, REC->gso_size, REC->gso_type',
  ],
  napi_gro_receive_entry: [
    2300,
    "__data_loc char[] name 8 4; unsigned int napi_id 12 4; u16 queue_mapping 16 2; const void * skbaddr 24 8; bool vlan_tagged 32 1; u16 vlan_proto 34 2; u16 vlan_tci 36 2; u16 protocol 38 2; u8 ip_summed 40 1; u32 hash 44 4; bool l4_hash 48 1; unsigned int len 52 4; unsigned int data_len 56 4; unsigned int truesize 60 4; bool mac_header_valid 64 1; int mac_header 68 4s; unsigned char nr_frags 72 1; u16 gso_size 74 2; u16 gso_type 76 2",
    '"dev=%s napi_id=%#x queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d hash=0x%08x l4_hash=%d len=%u data_len=%u truesize=%u mac_header_valid=%d mac_header=%d nr_frags=%d gso_size=%d gso_type=%#x", __get_str(name), REC->napi_id, REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->hash, REC->l4_hash, REC->len, REC->data_len, REC->truesize, REC->mac_header_valid, REC->mac_header, REC->nr_frags, REC->gso_size, REC->gso_type',
  ],
  napi_gro_frags_entry: [
    2301,
    "__data_loc char[] name 8 4; unsigned int napi_id 12 4; u16 queue_mapping 16 2; const void * skbaddr 24 8; bool vlan_tagged 32 1; u16 vlan_proto 34 2; u16 vlan_tci 36 2; u16 protocol 38 2; u8 ip_summed 40 1; u32 hash 44 4; bool l4_hash 48 1; unsigned int len 52 4; unsigned int data_len 56 4; unsigned int truesize 60 4; bool mac_header_valid 64 1; int mac_header 68 4s; unsigned char nr_frags 72 1; u16 gso_size 74 2; u16 gso_type 76 2",
    '"dev=%s napi_id=%#x queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d hash=0x%08x l4_hash=%d len=%u data_len=%u truesize=%u mac_header_valid=%d mac_header=%d nr_frags=%d gso_size=%d gso_type=%#x", __get_str(name), REC->napi_id, REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->hash, REC->l4_hash, REC->len, REC->data_len, REC->truesize, REC->mac_header_valid, REC->mac_header, REC->nr_frags, REC->gso_size, REC->gso_type',
  ],
  netif_rx: [
    2302,
    "void * skbaddr 8 8; unsigned int len 16 4; __data_loc char[] name 20 4",
    '"dev=%s skbaddr=%p len=%u", __get_str(name), REC->skbaddr, REC->len',
  ],
  netif_receive_skb: [
    2303,
    "void * skbaddr 8 8; unsigned int len 16 4; __data_loc char[] name 20 4",
    '"dev=%s skbaddr=%p len=%u", __get_str(name), REC->skbaddr, REC->len',
  ],
  net_dev_queue: [
    2304,
    "void * skbaddr 8 8; unsigned int len 16 4; __data_loc char[] name 20 4",
    '"dev=%s skbaddr=%p len=%u", __get_str(name), REC->skbaddr, REC->len',
  ],
  net_dev_xmit_timeout: [
    2305,
    "__data_loc char[] name 8 4; __data_loc char[] driver 12 4; int queue_index 16 4s",
    '"dev=%s driver=%s queue=%d", __get_str(name), __get_str(driver), REC->queue_index',
  ],
  net_dev_xmit: [
    2306,
    "void * skbaddr 8 8; unsigned int len 16 4; int rc 20 4s; __data_loc char[] name 24 4",
    '"dev=%s skbaddr=%p len=%u rc=%d", __get_str(name), REC->skbaddr, REC->len, REC->rc',
  ],
  net_dev_start_xmit: [
    2307,
    "__data_loc char[] name 8 4; u16 queue_mapping 12 2; const void * skbaddr 16 8; bool vlan_tagged 24 1; u16 vlan_proto 26 2; u16 vlan_tci 28 2; u16 protocol 30 2; u8 ip_summed 32 1; unsigned int len 36 4; unsigned int data_len 40 4; int network_offset 44 4s; bool transport_offset_valid 48 1; int transport_offset 52 4s; u8 tx_flags 56 1; u16 gso_size 58 2; u16 gso_segs 60 2; u16 gso_type 62 2",
    '"dev=%s queue_mapping=%u skbaddr=%p vlan_tagged=%d vlan_proto=0x%04x vlan_tci=0x%04x protocol=0x%04x ip_summed=%d len=%u data_len=%u network_offset=%d transport_offset_valid=%d transport_offset=%d tx_flags=%d gso_size=%d gso_segs=%d gso_type=%#x", __get_str(name), REC->queue_mapping, REC->skbaddr, REC->vlan_tagged, REC->vlan_proto, REC->vlan_tci, REC->protocol, REC->ip_summed, REC->len, REC->data_len, REC->network_offset, REC->transport_offset_valid, REC->transport_offset, REC->tx_flags, REC->gso_size, REC->gso_segs, REC->gso_type',
  ],
} as const satisfies EventRows;
