// SPDX-License-Identifier: Apache-2.0
// The map as the server has it, as the components draw it.
import { neighbours, type TopoLink, type TopoNode } from '@/model/topology';
import { api, ok } from './client';
import type { Topology, TopologyLink, TopologyNode, TopologyWord } from './schema';

export type { Topology, TopologyLink, TopologyNode, TopologyWord };
export type WordKind = TopologyWord['kind'];
export interface Points {
  how: 'none' | 'word' | 'station' | 'gateway';
  devices: number[];
}
export interface Stranger {
  device: number;
  port: string;
  name: string;
  address: string;
  source: string;
}
export interface Proof {
  source: string;
  device: number;
  port: string;
}

export const topologyOf = (): Promise<Topology> => ok(api.GET('/api/v1/topology'));
export const pointsOf = (map: Topology): Points => (map.points as Points | null) ?? { how: 'none', devices: [] };
export const strangersOf = (map: Topology): Stranger[] => map.strangers as unknown as Stranger[];
export const proofsOf = (link: TopologyLink): Proof[] => link.evidence as unknown as Proof[];

export const nameOf = (node: TopologyNode): string => node.asset?.name ?? node.name;

/* Ids of checks are below this; those of neighbours nobody watches begin here. */
const STRANGERS = 1e12;
export const isStranger = (id: number): boolean => id >= STRANGERS;
export const hearerOf = (map: Topology, id: number): number | undefined => strangersOf(map)[id - STRANGERS]?.device;

export function nodesOf(map: Topology, strangers: boolean): TopoNode[] {
  const own = map.nodes.map((n) => ({ id: n.id, name: nameOf(n), state: n.state, watched: true, saved: typeof n.x === 'number' && typeof n.y === 'number' ? { x: n.x, y: n.y } : null }));
  return strangers ? [...own, ...strangersOf(map).map((s, i) => ({ id: STRANGERS + i, name: s.name || s.address || '?', state: 'unknown' as const, watched: false }))] : own;
}

export function linksOf(map: Topology, strangers: boolean): TopoLink[] {
  const own = map.links.map((l) => ({ a: l.a, b: l.b, portA: l.name_a, portB: l.name_b, confidence: l.confidence, mark: l.mark, shared: l.shared, wires: l.wires, sources: [...new Set(proofsOf(l).map((p) => p.source))] }));
  return strangers ? [...own, ...strangersOf(map).map((s, i) => ({ a: s.device, b: STRANGERS + i, portA: s.port, portB: '', confidence: 'likely' as const, mark: 'found' as const, shared: false, wires: 1, sources: [s.source] }))] : own;
}

const CANDIDATES = 40;

/* Of the devices with most links the one that is nearest to the farthest: the middle of a tree. */
function middle(map: Topology): number[] {
  const near = neighbours(nodesOf(map, false), linksOf(map, false));
  const busy = [...near].filter(([, list]) => list.length > 0).sort((x, y) => y[1].length - x[1].length || x[0] - y[0]).slice(0, CANDIDATES);
  const far = (from: number): number => {
    const seen = new Map([[from, 0]]);
    for (const [id, steps] of seen) { // a Map is walked over what is added meanwhile too
      (near.get(id) ?? []).filter((n) => !seen.has(n)).forEach((n) => seen.set(n, steps + 1));
    }
    return Math.max(...seen.values()) - seen.size; // of several parts the largest
  };
  const best = busy.map(([id]) => ({ id, far: far(id) })).sort((x, y) => x.far - y.far)[0];
  return best ? [best.id] : [];
}

/** Where the picture begins: the monitoring points' own devices, else the middle of it. */
export function coreOf(map: Topology): number[] {
  const there = new Set(map.nodes.map((n) => n.id));
  const points = pointsOf(map).devices.filter((id) => there.has(id));
  if (points.length) {
    return points;
  }
  return middle(map);
}
