import { irqExit } from "../interrupts.ts";
import type { Linux } from "../linux.ts";
import { F } from "../symbols.ts";
import type { Task } from "../task.ts";
import type { DropReason } from "./drop-reason.ts";
import { ipXmit } from "./ip-output.ts";
import type { NetNamespace } from "./namespace.ts";
import type { Skb } from "./skb.ts";
import { type RequestSock, type Sock, TCP, type TcpSock } from "./sock.ts";
import { SOCK_OPS, sockOps } from "./sock-ops.ts";
import { verdictReady } from "./sockmap.ts";
import { rearm } from "./tcp/clock.ts";
import type { TcpHost } from "./tcp/host.ts";
import { SYNACK_RETRIES, SYNACK_TIMEOUT, synAck } from "./tcp/listen.ts";
import { expire, isRetransmission } from "./tcp/timers.ts";
import { TimerWheel } from "./timer-wheel.ts";
import * as tracing from "./tracing.ts";

/**
 * TCP of the machine itself: the protocol's steps happen inside functions of Linux, on a CPU, and raise tracepoints.
 * Everything is entered by `run`, which says on whose behalf.
 */
export class MachineTcp implements TcpHost {
  readonly #linux: Linux;
  readonly #sockets: TimerWheel<TcpSock>;
  readonly #requests: TimerWheel<RequestSock>;
  #task: Task | undefined;

  constructor(linux: Linux) {
    this.#linux = linux;
    const at = (time: number, run: (time: number) => void) => linux.at(time, run);
    this.#sockets = new TimerWheel(at, (due, time) => this.#interrupt(due, time));
    this.#requests = new TimerWheel(at, (due) => {
      const cpu = linux.cpus[0]!;
      linux.interrupt(cpu, linux.cpus[0]!.now, (t) => this.#timerSoftirq(t, () => this.#expireRequests(t, due)));
    });
  }

  get #t(): Task {
    return this.#task!;
  }

  /** Steps of the protocol while `t` executes. */
  run(t: Task, body: () => void): void {
    const outer = this.begin(t);
    body();
    this.end(outer);
  }

  /** The same without a function: what follows, up to `end` with what this gives, happens on behalf of `t`. */
  begin(t: Task): Task | undefined {
    const outer = this.#task;
    this.#task = t;
    return outer;
  }

  end(outer: Task | undefined): void {
    this.#task = outer;
  }

  now(): number {
    return this.#t.cpu.now;
  }

  isn(): number {
    return this.#linux.network.random.u32();
  }

  transmit(sk: TcpSock, skb: Skb): void {
    const t = this.#t;
    this.#linux.network.adopt(skb);
    t.enter(F.__tcp_transmit_skb, 250, sk, skb, 1);
    ipXmit(t, skb, sk.netns);
    t.leave(0);
  }

  reply(sk: TcpSock, skb: Skb): void {
    tracing.sendReset(this.#t, sk, skb, 0);
    this.answer(skb, sk.netns);
  }

  /** A segment that belongs to no socket of its own: it leaves by the way to its target. */
  answer(skb: Skb, netns: NetNamespace): void {
    ipXmit(this.#t, this.#linux.network.adopt(skb), netns);
  }

  setState(sk: TcpSock, state: number): void {
    const t = this.#t;
    const old = sk.state;
    if (old === TCP.SYN_RECV && state === TCP.ESTABLISHED) sockOps(t, sk, SOCK_OPS.passiveEstablished);
    t.enter(F.tcp_set_state, 20, sk, state);
    sockOps(t, sk, SOCK_OPS.state, old, state);
    tracing.setState(t, sk, old, state);
    sk.state = state;
    t.leave(undefined);
    if (state !== TCP.CLOSE || old === TCP.LISTEN) return;
    sk.netns.established.remove(sk);
    this.#sockets.disarm(sk);
  }

  connected(sk: TcpSock): void {
    const t = this.#t;
    t.enter(F.tcp_finish_connect, 150, sk);
    sockOps(t, sk, SOCK_OPS.activeEstablished);
    sk.waiters.wakeAll();
    sk.poll?.();
    t.leave(undefined);
  }

  readable(sk: TcpSock): void {
    if (sk.psock !== undefined) verdictReady(this.#t, sk, sk.psock);
    this.#linux.network.wakeReaders(this.#t, sk);
  }

  writable(sk: TcpSock): void {
    const t = this.#t;
    if (!sk.wantsRoom) return;
    sk.wantsRoom = false;
    t.enter(F.sk_stream_write_space, 40, sk);
    sk.waiters.wakeAll();
    sk.poll?.();
    t.leave(undefined);
  }

  timeWait(sk: TcpSock, state: number): void {
    const t = this.#t;
    t.enter(F.tcp_time_wait, 200, sk, state, 0);
    sk.rtoAt = sk.delackAt = sk.deadline = Number.POSITIVE_INFINITY;
    t.enter(F.tcp_done, 60, sk);
    this.setState(sk, TCP.CLOSE);
    sk.netns.addTimeWait(sk, state, t.cpu.now);
    sk.readShutdown = sk.writeShutdown = true;
    if (sk.dead) this.gone(sk);
    else this.readable(sk);
    t.leave(undefined, 2);
  }

  gone(sk: TcpSock): void {
    const t = this.#t;
    t.enter(F.inet_csk_destroy_sock, 150, sk);
    tracing.destroySock(t, sk);
    this.#linux.network.purge(t, sk);
    t.leave(undefined);
    this.#linux.objects.forget(sk);
  }

  arm(sk: TcpSock): void {
    this.#sockets.arm(sk);
  }

  armRequest(request: RequestSock): void {
    this.#requests.arm(request);
  }

  /** A handshake is over, one way or the other. */
  forget(request: RequestSock): void {
    if (request.done) return;
    request.done = true;
    request.deadline = Number.POSITIVE_INFINITY;
    this.#requests.disarm(request);
    request.listener.requests--;
    request.listener.sk.netns.established.remove(request);
  }

  retransmitted(sk: TcpSock, skb: Skb): void {
    const t = this.#t;
    t.enter(F.tcp_retransmit_skb, 60, sk, skb, 1);
    t.enter(F.__tcp_retransmit_skb, 120, sk, skb, 1);
    this.#linux.network.retransmits++;
    tracing.retransmitted(t, sk, skb);
    sockOps(t, sk, SOCK_OPS.retransmit, skb.seq, skb.segments, 0);
    t.leave(0, 2);
  }

  reset(sk: TcpSock): void {
    const t = this.#t;
    t.enter(F.tcp_reset, 60, sk, undefined);
    tracing.receiveReset(t, sk);
    t.leave(undefined);
  }

  drop(skb: Skb, reason: DropReason, sk?: Sock): void {
    this.#linux.network.drop(this.#t, skb, reason, sk);
  }

  consume(skb: Skb): void {
    this.#linux.network.consume(this.#t, skb);
  }

  /** Each CPU's timers expire on it. */
  #interrupt(due: readonly TcpSock[], time: number): void {
    for (const cpu of this.#linux.cpus) {
      const own = due.filter((sk) => (sk.cpu ?? this.#linux.cpus[0]) === cpu);
      if (own.length === 0) continue;
      this.#linux.interrupt(cpu, time, (t) =>
        this.#timerSoftirq(t, () => {
          for (const sk of own) this.#expire(t, sk);
        }),
      );
    }
  }

  #timerSoftirq(t: Task, body: () => void): void {
    t.enter(F.asm_sysvec_apic_timer_interrupt, 30);
    t.enter(F.sysvec_apic_timer_interrupt, 60);
    t.enter(F.__irq_exit_rcu, 30);
    t.enter(F.handle_softirqs, 60);
    t.enter(F.run_timer_softirq, 40);
    t.enter(F.__run_timers, 60);
    t.enter(F.call_timer_fn, 30);
    // What timers send within the machine is received when they are done.
    t.cpu.inSoftirq = true;
    body();
    t.cpu.inSoftirq = false;
    t.leave(undefined, 5);
    irqExit(t);
    t.leave(undefined, 2);
  }

  #expire(t: Task, sk: TcpSock): void {
    // Put off since then, or not needed any more: an answer has carried the acknowledgement.
    if (Math.min(sk.rtoAt, sk.delackAt) > t.cpu.now) {
      sk.deadline = Number.POSITIVE_INFINITY;
      rearm(this, sk);
      return;
    }
    this.run(t, () => {
      if (isRetransmission(this, sk)) {
        t.enter(F.tcp_write_timer, 40, undefined);
        t.enter(F.tcp_write_timer_handler, 40, sk);
        t.enter(F.tcp_retransmit_timer, 150, sk);
        expire(this, sk);
        t.leave(undefined, 3);
      } else {
        t.enter(F.tcp_delack_timer, 60, undefined);
        expire(this, sk);
        t.leave(undefined);
      }
    });
  }

  /** Who was answered and said no more is answered again, then forgotten. */
  #expireRequests(t: Task, due: readonly RequestSock[]): void {
    this.run(t, () => {
      for (const request of due) {
        if (request.done) continue;
        t.enter(F.reqsk_timer_handler, 80, undefined);
        if (request.retries >= SYNACK_RETRIES) this.forget(request);
        else {
          request.retries++;
          request.deadline = t.cpu.now + SYNACK_TIMEOUT * 2 ** request.retries;
          this.armRequest(request);
          this.answer(synAck(request, request.listener.sk), request.listener.sk.netns);
        }
        t.leave(undefined);
      }
    });
  }
}
