/** States of a TCP connection by number, as the tools print them. */
export const TCP_STATES: Readonly<Record<number, string>> = {
  ...{ 1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT" },
  ...{ 7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV" },
};

/** What the program writes for the two addresses of `$sk`: local and remote, as texts. */
export const ADDRESSES = `
        $family = $sk->__sk_common.skc_family;
        $local = ntop($sk->__sk_common.skc_rcv_saddr);
        $remote = ntop($sk->__sk_common.skc_daddr);
        if ($family == 10) {
          $local = ntop($sk->__sk_common.skc_v6_rcv_saddr.in6_u.u6_addr8);
          $remote = ntop($sk->__sk_common.skc_v6_daddr.in6_u.u6_addr8);
        }
        $lport = (uint64)$sk->__sk_common.skc_num;
        $rport = (uint64)bswap($sk->__sk_common.skc_dport);`;

/** `4` or `6` of a family. */
export const ipVersion = (family: number): 4 | 6 => (family === 10 ? 6 : 4);

/** A condition that a family is the wanted one: option `-4` or `-6`. */
export const familyIs = (what: string, o: { readonly ipv4: boolean; readonly ipv6: boolean }): string | false =>
  o.ipv4 ? `${what} == 2` : o.ipv6 && `${what} == 10`;
