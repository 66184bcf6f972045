// SPDX-License-Identifier: Apache-2.0
// Where each device of the map stands: in layers by distance from the core, in an order that
// crosses few links, as it stood before where nothing forces it to move, and where a person has
// put it. Pure, so that the same devices give the same map.
import type { CheckState } from './states';

export interface TopoNode {
  id: number;
  name: string;
  state: CheckState;
  watched: boolean; // false: a neighbour nobody watches
  saved?: Point | null; // put there by hand
  stands?: number; // a group: how many devices it stands for
}
export interface TopoLink {
  a: number;
  b: number;
  portA: string;
  portB: string;
  confidence: 'possible' | 'likely' | 'certain';
  mark: 'found' | 'drawn' | 'struck';
  shared: boolean;
  wires: number;
  sources: string[];
}
export interface Point {
  x: number;
  y: number;
}
export interface Place extends Point {
  id: number;
  layer: number;
  order: number; // within its layer, from the left
  byHand: boolean;
}
export interface Layout {
  places: Map<number, Place>;
  layers: number[][]; // ids, from the core outwards, each from the left
  left: number; // of the frame; the core stands around 0, 0
  top: number;
  width: number;
  height: number;
}

export const GAP_X = 132;
export const GAP_Y = 116;
export const NODE = { width: 116, height: 40 };
const MARGIN = 24;
const BOW = 44; // above the uppermost layer
const SWEEPS = 6;

export function rowY(row: number): number {
  return row * GAP_Y;
}

type Near = Map<number, number[]>;

/** Struck links lead nowhere; nor do links to what is not on the map. */
export function neighbours(nodes: TopoNode[], links: TopoLink[]): Near {
  const near: Near = new Map(nodes.map((n) => [n.id, []]));
  for (const link of links) {
    const a = near.get(link.a);
    const b = near.get(link.b);
    if (a && b && link.mark !== 'struck' && link.a !== link.b && !a.includes(link.b)) {
      a.push(link.b);
      b.push(link.a);
    }
  }
  near.forEach((list) => list.sort((x, y) => x - y));
  return near;
}

function spread(near: Near, from: number[], distance: Map<number, number>): void {
  const queue = from.filter((id) => near.has(id) && !distance.has(id));
  queue.forEach((id) => distance.set(id, 0));
  for (let i = 0; i < queue.length; i++) {
    const at = queue[i] as number;
    for (const next of near.get(at) ?? []) {
      if (!distance.has(next)) {
        distance.set(next, (distance.get(at) ?? 0) + 1);
        queue.push(next);
      }
    }
  }
}

/** Steps from the core. A part that nothing joins to it begins at its own busiest device; what has no
    link at all stands below everything. */
export function distances(nodes: TopoNode[], links: TopoLink[], core: number[]): Map<number, number> {
  const near = neighbours(nodes, links);
  const distance = new Map<number, number>();
  spread(near, core, distance);
  const busiest = [...near.keys()].sort((x, y) => (near.get(y)?.length ?? 0) - (near.get(x)?.length ?? 0) || x - y);
  const alone = busiest.filter((id) => near.get(id)?.length === 0 && !distance.has(id));
  busiest.filter((id) => near.get(id)?.length).forEach((id) => spread(near, [id], distance));
  const below = distance.size ? Math.max(...distance.values()) + 1 : 0;
  alone.forEach((id) => distance.set(id, below));
  return distance;
}

/** Crossings between two neighbouring layers, counted by a tree of sums: O(E log V). */
export function crossings(upper: number[], lower: number[], near: Near): number {
  const at = new Map(lower.map((id, i) => [id, i]));
  const ends = upper.flatMap((id) => (near.get(id) ?? []).flatMap((n) => at.get(n) ?? []).sort((x, y) => x - y));
  const sums = new Array<number>(lower.length + 1).fill(0);
  let crossed = 0;
  ends.forEach((end, before) => {
    let notAfter = 0;
    for (let i = end + 1; i > 0; i -= i & -i) {
      notAfter += sums[i] ?? 0;
    }
    crossed += before - notAfter;
    for (let i = end + 1; i <= lower.length; i += i & -i) {
      sums[i] = (sums[i] ?? 0) + 1;
    }
  });
  return crossed;
}

function total(layers: number[][], near: Near): number {
  return layers.slice(1).reduce((sum, layer, i) => sum + crossings(layers[i] ?? [], layer, near), 0);
}

function mean(values: number[]): number | null {
  return values.length ? values.reduce((a, b) => a + b, 0) / values.length : null;
}

/** A layer put in the order of what its devices hang on; those that hang on nothing keep their place. */
function byBarycentre(layer: number[], other: number[], near: Near): number[] {
  const at = new Map(other.map((id, i) => [id, (i + 0.5) / other.length]));
  const keyed = layer.map((id, i) => ({ id, i, key: mean((near.get(id) ?? []).flatMap((n) => at.get(n) ?? [])) ?? (i + 0.5) / layer.length }));
  return keyed.sort((x, y) => x.key - y.key || x.i - y.i).map((k) => k.id);
}

/** As it was before; a new device goes to where its upper neighbours are. */
function firstOrder(layer: number[], upper: number[], near: Near, before: Layout | undefined): number[] {
  const at = new Map(upper.map((id, i) => [id, i]));
  const old = layer.filter((id) => before?.places.has(id));
  const was = (id: number): number => before?.places.get(id)?.order ?? 0;
  const order = old.sort((x, y) => was(x) - was(y) || x - y);
  const means = new Map(layer.map((id) => [id, mean((near.get(id) ?? []).flatMap((n) => at.get(n) ?? [])) ?? upper.length]));
  const over = (id: number): number => means.get(id) ?? upper.length;
  const fresh = layer.filter((id) => !before?.places.has(id)).sort((x, y) => over(x) - over(y) || x - y);
  if (old.length === 0) {
    return fresh;
  }
  for (const id of fresh) {
    const place = order.findIndex((o) => over(o) > over(id));
    order.splice(place < 0 ? order.length : place, 0, id);
  }
  return order;
}

function ordered(ids: number[][], near: Near, before: Layout | undefined): number[][] {
  let best: number[][] = [];
  for (const layer of ids) {
    best.push(firstOrder(layer, best[best.length - 1] ?? [], near, before));
  }
  let least = total(best, near);
  let now = best;
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const next = now.map((layer) => [...layer]);
    const down = sweep % 2 === 0;
    for (let k = 1; k < next.length; k++) {
      const i = down ? k : next.length - 1 - k;
      next[i] = byBarycentre(next[i] ?? [], next[down ? i - 1 : i + 1] ?? [], near);
    }
    const crossed = total(next, near);
    if (crossed < least) { // only what is better moves anything
      best = next;
      least = crossed;
    }
    now = next;
  }
  return best;
}

function covers(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < NODE.width + 8 && Math.abs(a.y - b.y) < NODE.height + 8;
}

/** Places nearest to those wished for, in the same order and a gap apart (pool adjacent violators). */
export function spaced(wish: number[]): number[] {
  const blocks: { sum: number; count: number }[] = [];
  wish.forEach((x, i) => {
    blocks.push({ sum: x - i * GAP_X, count: 1 });
    for (let last = blocks.length - 1; last > 0; last--) {
      const a = blocks[last - 1];
      const b = blocks[last];
      if (!a || !b || a.sum / a.count <= b.sum / b.count) {
        break;
      }
      a.sum += b.sum;
      a.count += b.count;
      blocks.pop();
    }
  });
  return blocks.flatMap((b) => new Array<number>(b.count).fill(b.sum / b.count)).map((x, i) => Math.round(x + i * GAP_X));
}

/** What all boxes and the bows between devices of one layer need. */
function frame(places: Place[]): { left: number; top: number; width: number; height: number } {
  const xs = places.map((p) => p.x);
  const ys = places.map((p) => p.y);
  const left = Math.min(0, ...xs) - NODE.width / 2 - MARGIN;
  const top = Math.min(0, ...ys) - NODE.height / 2 - BOW;
  return { left, top, width: Math.max(0, ...xs) + NODE.width / 2 + MARGIN - left, height: Math.max(0, ...ys) + NODE.height / 2 + MARGIN - top };
}

/** Lay the map out around the core, which stands at 0, 0, so that a place by hand keeps its sense.
    `before` is the layout now on the screen, if there is one. */
export function layout(nodes: TopoNode[], links: TopoLink[], core: number[], before?: Layout): Layout {
  const near = neighbours(nodes, links);
  const distance = distances(nodes, links, core);
  const ids: number[][] = [];
  for (const node of [...nodes].sort((x, y) => x.id - y.id)) {
    (ids[distance.get(node.id) ?? 0] ??= []).push(node.id);
  }
  const layers = ordered(ids, near, before);
  const saved = new Map(nodes.flatMap((n) => (n.saved ? [[n.id, n.saved] as const] : [])));
  const places = new Map<number, Place>();
  layers.forEach((layer, row) => {
    const wish = layer.map((id, i) => mean((near.get(id) ?? []).flatMap((n) => {
      const up = places.get(n);
      return up && up.layer < row ? [up.x] : [];
    })) ?? (i - (layer.length - 1) / 2) * GAP_X);
    let shift = 0; // past what a person has put in the way
    spaced(wish).forEach((x, order) => {
      const id = layer[order] as number;
      const own = saved.get(id);
      const at = { x: x + shift, y: rowY(row) };
      while (!own && [...saved.values()].some((s) => covers(s, at))) {
        at.x += GAP_X / 2;
        shift += GAP_X / 2;
      }
      places.set(id, { id, layer: row, order, byHand: own !== undefined, ...(own ?? at) });
    });
  });
  return { places, layers, ...frame([...places.values()]) };
}

const BAD: CheckState[] = ['down', 'unreachable'];

/** Links between what is down or cut off and the last device that lives, on the way from the core. */
export function troublePath(nodes: TopoNode[], links: TopoLink[], core: number[]): Set<TopoLink> {
  const distance = distances(nodes, links, core);
  const bad = new Set(nodes.filter((n) => BAD.includes(n.state)).map((n) => n.id));
  return new Set(links.filter((link) => {
    const a = distance.get(link.a);
    const b = distance.get(link.b);
    if (link.mark === 'struck' || a === undefined || b === undefined || a === b) {
      return false;
    }
    return bad.has(a > b ? link.a : link.b);
  }));
}

/** One way from the core to a device, the device first; of equal ways the one by the least ids. */
export function wayTo(nodes: TopoNode[], links: TopoLink[], core: number[], id: number): number[] {
  const distance = distances(nodes, links, core);
  const near = neighbours(nodes, links);
  const way = near.has(id) ? [id] : [];
  for (let at: number | undefined = way[0]; at !== undefined && (distance.get(at) ?? 0) > 0;) {
    const here: number = distance.get(at) ?? 0;
    at = (near.get(at) ?? []).find((n) => distance.get(n) === here - 1);
    if (at !== undefined) {
      way.push(at);
    }
  }
  return way;
}

/**
 * Leaves beyond `most` under one device become one box, unless they are in trouble, put by hand
 * or opened: a distribution switch with a hundred healthy access points is one line to read.
 */
export function folded(nodes: TopoNode[], links: TopoLink[], core: number[], most: number, open: Set<number>): { nodes: TopoNode[]; links: TopoLink[] } {
  const near = neighbours(nodes, links);
  const leaves = new Map<number, TopoNode[]>();
  for (const node of nodes) {
    const up = near.get(node.id) ?? [];
    const plain = up.length === 1 && !core.includes(node.id) && !BAD.includes(node.state) && node.state !== 'degraded' && !node.saved;
    if (plain && !open.has(up[0] as number)) {
      leaves.set(up[0] as number, [...(leaves.get(up[0] as number) ?? []), node]);
    }
  }
  const gone = new Set<number>();
  const groups: TopoNode[] = [];
  const ties: TopoLink[] = [];
  leaves.forEach((list, parent) => {
    if (list.length > most) {
      list.forEach((n) => gone.add(n.id));
      groups.push({ id: -parent, name: '', state: 'up', watched: true, stands: list.length });
      ties.push({ a: parent, b: -parent, portA: '', portB: '', confidence: 'certain', mark: 'found', shared: false, wires: list.length, sources: [] });
    }
  });
  return {
    nodes: [...nodes.filter((n) => !gone.has(n.id)), ...groups],
    links: [...links.filter((l) => !gone.has(l.a) && !gone.has(l.b)), ...ties],
  };
}

/** A name that fits its box: Han take two columns. */
export function fitted(name: string, columns: number): string {
  let used = 0;
  let cut = '';
  for (const c of name) {
    used += /[\u2e80-\uffff]/.test(c) ? 2 : 1;
    if (used > columns) {
      return `${cut.slice(0, -1)}…`;
    }
    cut += c;
  }
  return name;
}
