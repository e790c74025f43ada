import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import { DROP } from "./drop-reason.ts";
import type { NetNamespace } from "./namespace.ts";
import { ACK, FIN, RST, SYN } from "./protocol.ts";
import { selectSocket } from "./reuseport.ts";
import { skLookup } from "./sk-lookup.ts";
import type { Skb } from "./skb.ts";
import { before, type Listener, RequestSock, TCP, TcpSock, TimeWaitSock } from "./sock.ts";
import { input } from "./tcp/input.ts";
import { answers, establish, listen, synAck } from "./tcp/listen.ts";
import { answerTo, resetFor } from "./tcp/output.ts";
import * as tracing from "./tracing.ts";

/** `tcp_v4_rcv` and `tcp_v6_rcv`: to the connection, the handshake or the listener that a segment is for. */
export function tcpReceive(t: Task, skb: Skb, netns: NetNamespace, six: boolean): void {
  t.enter(six ? F.tcp_v6_rcv : F.tcp_v4_rcv, 350, skb);
  t.leave(lookUp(t, skb, netns, six) ? 0 : 1);
}

function lookUp(t: Task, skb: Skb, netns: NetNamespace, six: boolean): boolean {
  const { network } = t.linux;
  if (skb.wrong !== 0) {
    network.drop(t, skb, skb.wrong);
    return false;
  }
  const one = skb.assigned ?? netns.established.find(skb.daddr, skb.dport, skb.saddr, skb.sport);
  if (one instanceof TcpSock && one.listener !== undefined) {
    toListener(t, one.listener, skb, six);
    return true;
  }
  if (one instanceof TcpSock) {
    const refused = network.filter(t, one, skb);
    if (refused !== 0) network.drop(t, skb, refused, one);
    else toSocket(t, one, skb, six);
    return true;
  }
  if (one instanceof RequestSock) {
    toRequest(t, one, skb, netns, six);
    return true;
  }
  if (one instanceof TimeWaitSock) {
    if (one.until > t.cpu.now && !(skb.flags & SYN && before(one.rcvNxt, skb.seq))) {
      toTimeWait(t, one, skb, netns);
      return true;
    }
    // Forgotten, or a new connection of the same ports takes its place.
    netns.removeTimeWait(one);
  }
  const listener = listenerFor(t, skb, netns);
  if (listener !== undefined) {
    toListener(t, listener, skb, six);
    return true;
  }
  if (!(skb.flags & RST)) sendReset(t, skb, netns, six);
  network.drop(t, skb, DROP.NO_SOCKET);
  return false;
}

/** `__inet_lookup_listener`: who listens, as programs, addresses and the sockets that share a port decide. */
function listenerFor(t: Task, skb: Skb, netns: NetNamespace): Listener | undefined {
  const chosen = skLookup(t, skb, netns);
  if (chosen === "refused") return undefined;
  const first = netns.listener(skb.daddr, skb.dport)?.sk;
  const sk = chosen ?? (first && selectSocket(t, skb, first));
  return sk instanceof TcpSock ? sk.listener : undefined;
}

/** `tcp_v4_do_rcv` for a connection. */
function toSocket(t: Task, sk: TcpSock, skb: Skb, six: boolean): void {
  if (sk.locked) {
    sk.backlog.push(skb);
    return;
  }
  t.enter(six ? F.tcp_v6_do_rcv : F.tcp_v4_do_rcv, 30, sk, skb);
  if (sk.state === TCP.ESTABLISHED) t.enter(F.tcp_rcv_established, 200, sk, skb);
  else t.enter(F.tcp_rcv_state_process, 250, sk, skb);
  const { tcp } = t.linux.network;
  tracing.probe(t, sk, skb);
  const outer = tcp.begin(t);
  input(tcp, sk, skb);
  tcp.end(outer);
  t.leave(0, 2);
}

/** `tcp_check_req`: the handshake's last packet makes a socket, if the listener has room for it. */
function toRequest(t: Task, request: RequestSock, skb: Skb, netns: NetNamespace, six: boolean): void {
  const { network } = t.linux;
  const { listener } = request;
  t.enter(F.tcp_check_req, 150, listener.sk, skb, request, 0);
  switch (answers(request, skb)) {
    case "again":
      network.tcp.run(t, () => network.tcp.answer(synAck(request, listener.sk), netns));
      network.drop(t, skb, DROP.TCP_INVALID_SYN, listener.sk);
      t.leave(0);
      return;
    case "reset":
      network.tcp.forget(request);
      network.drop(t, skb, DROP.TCP_RESET, listener.sk);
      t.leave(0);
      return;
    case "no":
      if (!(skb.flags & RST)) network.tcp.run(t, () => network.tcp.answer(resetFor(skb), netns));
      network.drop(t, skb, DROP.TCP_INVALID_ACK_SEQUENCE, listener.sk);
      t.leave(0);
      return;
    default:
  }
  t.enter(six ? F.tcp_v6_syn_recv_sock : F.tcp_v4_syn_recv_sock, 600, listener.sk, skb, request);
  if (listener.full) {
    listener.overflows++;
    network.drop(t, skb, DROP.TCP_LISTEN_OVERFLOW, listener.sk);
    t.leave(undefined, 2);
    return;
  }
  network.tcp.forget(request);
  const child = network.tcpSock(netns, listener.sk.family);
  establish(child, request);
  child.cgroup = listener.sk.cgroup;
  child.filter = listener.sk.filter;
  child.callbacks = listener.sk.callbacks;
  child.mark = listener.sk.mark;
  child.priority = listener.sk.priority;
  child.cpu = t.cpu;
  child.state = TCP.LISTEN;
  netns.established.add(child);
  const outer = network.tcp.begin(t);
  network.tcp.setState(child, TCP.SYN_RECV);
  network.tcp.end(outer);
  t.leave(child);
  t.leave(child);
  const refused = network.filter(t, child, skb);
  if (refused !== 0) {
    network.drop(t, skb, refused, child);
    return;
  }
  t.enter(F.tcp_child_process, 80, listener.sk, child, skb);
  t.enter(F.tcp_rcv_state_process, 250, child, skb);
  listener.ready.push(child);
  const inner = network.tcp.begin(t);
  input(network.tcp, child, skb);
  network.tcp.end(inner);
  t.leave(0);
  network.wakeOne(t, listener.sk);
  t.leave(0);
}

/** `tcp_conn_request`: a SYN for a listener. */
function toListener(t: Task, listener: Listener, skb: Skb, six: boolean): void {
  const { network } = t.linux;
  const { sk } = listener;
  const refused = network.filter(t, sk, skb);
  if (refused !== 0) {
    network.drop(t, skb, refused, sk);
    return;
  }
  t.enter(six ? F.tcp_v6_do_rcv : F.tcp_v4_do_rcv, 30, sk, skb);
  t.enter(F.tcp_rcv_state_process, 150, sk, skb);
  t.enter(F.tcp_conn_request, 500, undefined, undefined, sk, skb);
  const { tcp } = network;
  const outer = tcp.begin(t);
  const request = listen(tcp, listener, skb);
  if (request !== undefined) {
    sk.netns.established.add(request);
    t.enter(six ? F.tcp_v6_send_synack : F.tcp_v4_send_synack, 150, sk, undefined, undefined, request);
    tcp.answer(synAck(request, sk), sk.netns);
    t.leave(0);
    network.consume(t, skb);
  }
  tcp.end(outer);
  t.leave(0, 3);
}

/** `tcp_timewait_state_process`: the end of the other side, and packets that come late. */
function toTimeWait(t: Task, trace: TimeWaitSock, skb: Skb, netns: NetNamespace): void {
  const { network } = t.linux;
  if (skb.flags & RST) {
    netns.removeTimeWait(trace);
    network.drop(t, skb, DROP.TCP_RESET);
    return;
  }
  if (trace.substate === TCP.FIN_WAIT2 && skb.length > 0 && before(trace.rcvNxt, skb.endSeq)) {
    // Data for a socket that nobody has any more.
    netns.removeTimeWait(trace);
    network.tcp.run(t, () => network.tcp.answer(resetFor(skb), netns));
    network.drop(t, skb, DROP.TCP_ABORT_ON_DATA);
    return;
  }
  if (trace.substate === TCP.FIN_WAIT2 && skb.flags & FIN && skb.endSeq === (trace.rcvNxt + 1) >>> 0) {
    trace.substate = TCP.TIME_WAIT;
    trace.rcvNxt = skb.endSeq;
  } else if (skb.flags === ACK && skb.length === 0) {
    network.consume(t, skb);
    return;
  }
  const answer = answerTo(skb);
  answer.flags = ACK;
  answer.seq = trace.sndNxt;
  answer.ack = trace.rcvNxt;
  network.tcp.run(t, () => network.tcp.answer(answer, netns));
  network.consume(t, skb);
}

/** `tcp_v4_send_reset`: there is nobody here. */
function sendReset(t: Task, skb: Skb, netns: NetNamespace, six: boolean): void {
  const { tcp } = t.linux.network;
  t.enter(six ? F.tcp_v6_send_response : F.tcp_v4_send_reset, 200, undefined, skb, 0);
  tracing.sendReset(t, undefined, skb, 1);
  tcp.run(t, () => tcp.answer(resetFor(skb), netns));
  t.leave(undefined);
}
