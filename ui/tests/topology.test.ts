// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { crossings, distances, fitted, folded, layout, neighbours, NODE, spaced, troublePath, wayTo, type Layout, type TopoLink, type TopoNode } from '../src/model/topology';
import { campus, link, node } from './campus';

const total = (l: Layout, nodes: TopoNode[], links: TopoLink[]): number => l.layers.slice(1).reduce((sum, layer, i) => sum + crossings(l.layers[i] ?? [], layer, neighbours(nodes, links)), 0);

describe('the layers', () => {
  it('are steps from the core', () => {
    const { nodes, links, core } = campus(3, 2);
    const l = layout(nodes, links, core);
    expect(l.layers.map((x) => x.length)).toEqual([2, 3, 6, 1]);
    expect(l.places.get(9001)?.layer).toBe(3);
  });
  it('take a part that nothing joins to the core from its busiest device', () => {
    const d = distances([node(1), node(5), node(6), node(7)], [link(5, 6), link(6, 7)], [1]);
    expect([...d.entries()].sort()).toEqual([[1, 0], [5, 1], [6, 0], [7, 1]]);
  });
  it('do not follow a link struck out by hand', () => {
    const d = distances([node(1), node(2), node(3)], [link(1, 2), link(2, 3), link(1, 3, { mark: 'struck' })], [1]);
    expect(d.get(3)).toBe(2);
  });
});

describe('the order in a layer', () => {
  it('counts crossings', () => {
    const near = neighbours([node(1), node(2), node(3), node(4)], [link(1, 4), link(2, 3)]);
    expect(crossings([1, 2], [3, 4], near)).toBe(1);
    expect(crossings([1, 2], [4, 3], near)).toBe(0);
  });
  it('crosses nothing where nothing need cross', () => {
    const nodes = [1, 2, 3, 4, 5, 6, 7].map((i) => node(i));
    const links = [link(1, 2), link(1, 3), link(2, 7), link(2, 5), link(3, 4), link(3, 6)];
    expect(total(layout(nodes, links, [1]), nodes, links)).toBe(0);
  });
  it('crosses no more than as it came, whatever the campus', () => {
    const { nodes, links, core } = campus(8, 6);
    const mixed = links.map((l, i) => (l.b >= 1000 && l.b < 9000 ? link(10 + ((i * 5) % 8), l.b) : l));
    const l = layout(nodes, mixed, core);
    const asIs = { ...l, layers: l.layers.map((x) => [...x].sort((a, b) => a - b)) };
    expect(total(l, nodes, mixed)).toBeLessThan(total(asIs, nodes, mixed) / 2);
  });
  it('does not depend on the order of the input', () => {
    const { nodes, links, core } = campus(5, 4);
    const a = layout(nodes, links, core);
    const b = layout([...nodes].reverse(), [...links].reverse(), core);
    expect([...b.places.entries()].sort()).toEqual([...a.places.entries()].sort());
  });
  it('stays when a device comes or goes', () => {
    const { nodes, links, core } = campus(5, 4);
    const before = layout(nodes, links, core);
    const after = layout([...nodes, node(1500)], [...links, link(12, 1500)], core, before);
    after.layers.forEach((layer, i) => expect(layer.filter((id) => id !== 1500)).toEqual(before.layers[i]));
    const at = after.layers[2]?.indexOf(1500) ?? -1;
    expect([1008, 1009, 1010, 1011]).toContain(after.layers[2]?.[at - 1]);
    const gone = layout(nodes.filter((n) => n.id !== 1003), links.filter((l) => l.b !== 1003), core, before);
    gone.layers.forEach((layer, i) => expect(layer).toEqual(before.layers[i]?.filter((id) => id !== 1003)));
  });
});

describe('a place', () => {
  it('put by hand is kept, and nothing covers it', () => {
    const { nodes, links, core } = campus(3, 3);
    const free = layout(nodes, links, core);
    const taken = free.places.get(1004);
    const put = nodes.map((n) => (n.id === 9001 ? { ...n, saved: { x: taken?.x ?? 0, y: taken?.y ?? 0 } } : n));
    const l = layout(put, links, core);
    expect(l.places.get(9001)).toMatchObject({ x: taken?.x, y: taken?.y, byHand: true });
    const all = [...l.places.values()];
    for (const a of all) {
      expect(all.filter((b) => a !== b && Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height)).toEqual([]);
    }
  });
  it('is inside the map', () => {
    const { nodes, links, core } = campus(4, 4);
    const l = layout(nodes.map((n) => (n.id === 2 ? { ...n, saved: { x: -4000, y: 900 } } : n)), links, core);
    l.places.forEach((p) => expect(p.x > l.left && p.x < l.left + l.width && p.y > l.top && p.y < l.top + l.height).toBe(true));
  });
  it('is as near to what it hangs on as its neighbours let it', () => {
    expect(spaced([0, 0, 0])).toEqual([-132, 0, 132]);
    expect(spaced([0, 500])).toEqual([0, 500]);
    expect(spaced([500, 0])).toEqual([184, 316]);
  });
  it('of nothing is an empty map', () => expect(layout([], [], []).places.size).toBe(0));
  it('of 500 switches is found in a moment', () => {
    const { nodes, links, core } = campus(24, 20);
    const begin = performance.now();
    layout(nodes, links, core);
    expect(performance.now() - begin).toBeLessThan(1000);
  });
});

describe('trouble', () => {
  const { nodes, links, core } = campus(3, 2);
  const sick = nodes.map((n) => (n.id === 11 ? { ...n, state: 'down' as const } : [1002, 1003].includes(n.id) ? { ...n, state: 'unreachable' as const } : n));
  it('is drawn from the last living device down to what is cut off', () => {
    const path = [...troublePath(sick, links, core)].map((l) => `${l.a}-${l.b}`).sort();
    expect(path).toEqual(['1-11', '11-1002', '11-1003', '2-11']);
  });
  it('is nowhere when all is well', () => expect(troublePath(nodes, links, core).size).toBe(0));
  it('has one way to it', () => {
    expect(wayTo(nodes, links, core, 9001)).toEqual([9001, 1000, 10, 1]);
    expect(wayTo(nodes, links, core, 4711)).toEqual([]);
  });
});

describe('a crowd of leaves', () => {
  const { nodes, links, core } = campus(2, 30);
  it('is one box that says how many', () => {
    const f = folded(nodes, links, core, 12, new Set());
    expect(f.nodes.filter((n) => n.stands).map((n) => [n.id, n.stands])).toEqual([[-10, 29], [-11, 30]]);
    expect(f.links.some((l) => l.b === 1005)).toBe(false);
  });
  it('is shown when opened', () => {
    const f = folded(nodes, links, core, 12, new Set([11]));
    expect(f.nodes.filter((n) => n.stands).map((n) => n.id)).toEqual([-10]);
  });
  it('never hides what is in trouble or put by hand', () => {
    const odd = nodes.map((n) => (n.id === 1005 ? { ...n, state: 'down' as const } : n.id === 1006 ? { ...n, saved: { x: 1, y: 1 } } : n));
    const f = folded(odd, links, core, 12, new Set());
    expect(f.nodes.map((n) => n.id)).toEqual(expect.arrayContaining([1005, 1006]));
  });
});

describe('a name', () => {
  it.each([['sw1', 'sw1'], ['图书馆一号汇聚交换机', '图书馆一号…'], ['distribution-1', 'distributio…']])('%s fits its box as %s', (name, want) => expect(fitted(name, 12)).toBe(want));
});
