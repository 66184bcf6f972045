// SPDX-License-Identifier: Apache-2.0
// One EventSource a browser: the tab holding the lock listens and tells the others. Browsers allow
// six HTTP/1.1 connections an origin, so a stream for each tab would freeze the seventh.
import { reactive } from 'vue';
import { serverIs } from './clock';

export interface Change {
  seq: number;
  topic: string;
  id: number;
  version: number;
}

export type Wire = { kind: 'change'; change: Change } | { kind: 'resync' } | { kind: 'beat'; at: number } | { kind: 'end' };

/** Whether an event is news. Several changes may share one commit, so equal seqs are told apart by record. */
export class Order {
  private last = 0;
  private atLast = new Set<string>();

  take(event: Change): boolean {
    const name = `${event.topic}/${event.id}/${event.version}`;
    if (event.seq < this.last || (event.seq === this.last && this.atLast.has(name))) {
      return false;
    }
    if (event.seq > this.last) {
      this.last = event.seq;
      this.atLast.clear();
    }
    this.atLast.add(name);
    return true;
  }

  reset(): void {
    this.last = 0;
    this.atLast.clear();
  }
}

const STALE_MS = 20_000;
const DEAD_MS = 60_000;

export const live = reactive({ state: 'off' as 'live' | 'stale' | 'off', lastAt: 0 });
const listeners = new Set<(changes: Change[]) => void>();
const resyncers = new Set<() => void>();
let queue: Change[] = [];
const order = new Order();
let source: EventSource | null = null;
let channel: BroadcastChannel | null = null;
let release: (() => void) | null = null;
let running = false;
let wait = 1000;

function flush(): void {
  const batch = queue;
  queue = [];
  for (const listener of listeners) {
    listener(batch);
  }
}

function accept(wire: Wire): void {
  live.lastAt = Date.now();
  live.state = 'live';
  if (wire.kind === 'end') {
    stopStream();
    return;
  }
  if (wire.kind === 'resync') {
    order.reset();
    resyncers.forEach((f) => f());
    return;
  }
  if (wire.kind !== 'change') {
    return;
  }
  if (order.take(wire.change)) {
    if (queue.length === 0) {
      setTimeout(flush, 120);
    }
    queue.push(wire.change);
  }
}

function tell(wire: Wire): void {
  accept(wire);
  channel?.postMessage(wire);
}

function parse(text: string): Change | null {
  try {
    const raw = JSON.parse(text) as Partial<Change>;
    return typeof raw.seq === 'number' && typeof raw.topic === 'string' ? { seq: raw.seq, topic: raw.topic, id: raw.id ?? 0, version: raw.version ?? 0 } : null;
  } catch {
    return null;
  }
}

/** The server's clock, of a greeting or a beat. */
function clockOf(text: string): number {
  try {
    const told = JSON.parse(text) as { now_ms?: number; now?: number };
    return Number(told.now_ms ?? told.now ?? 0);
  } catch {
    return 0;
  }
}

function open(): void {
  source = new EventSource('/api/v1/stream');
  source.addEventListener('open', () => {
    wait = 1000;
    tell({ kind: 'beat', at: 0 });
  });
  const onBeat = (e: Event): void => {
    const at = clockOf((e as MessageEvent<string>).data);
    if (at > 0) {
      serverIs(at);
    }
    tell({ kind: 'beat', at });
  };
  source.addEventListener('hello', onBeat);
  source.addEventListener('beat', onBeat);
  source.addEventListener('resync', () => tell({ kind: 'resync' }));
  const onChange = (e: Event): void => {
    const change = parse((e as MessageEvent<string>).data);
    if (change) {
      tell({ kind: 'change', change });
    }
  };
  source.addEventListener('change', onChange);
  source.addEventListener('message', onChange);
  source.addEventListener('error', () => {
    if (source?.readyState === EventSource.CLOSED && running) {
      setTimeout(() => running && open(), wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, 30_000);
    }
  });
}

function lead(): Promise<void> {
  open();
  return new Promise((resolve) => {
    release = resolve;
  });
}

function watch(): void {
  if (!running) {
    return;
  }
  const silent = Date.now() - live.lastAt;
  const open = !source || source.readyState === EventSource.OPEN;
  live.state = silent > DEAD_MS ? 'off' : silent > STALE_MS || !open ? 'stale' : 'live';
  setTimeout(watch, 1000);
}

export function startStream(): void {
  if (running) {
    return;
  }
  running = true;
  live.lastAt = Date.now();
  if ('BroadcastChannel' in window && navigator.locks) {
    channel = new BroadcastChannel('fengsui');
    channel.onmessage = (e: MessageEvent<Wire>) => accept(e.data);
    void navigator.locks.request('fengsui.stream', () => (running ? lead() : undefined));
  } else {
    open();
  }
  watch();
}

export function stopStream(): void {
  running = false;
  source?.close();
  source = null;
  channel?.close();
  channel = null;
  release?.();
  release = null;
  live.state = 'off';
}

/** Sign-out ends the stream in every tab. */
export function endStreamEverywhere(): void {
  channel?.postMessage({ kind: 'end' } satisfies Wire);
  stopStream();
}

export function onChanges(f: (changes: Change[]) => void): () => void {
  listeners.add(f);
  return () => listeners.delete(f);
}

export function onResync(f: () => void): () => void {
  resyncers.add(f);
  return () => resyncers.delete(f);
}
