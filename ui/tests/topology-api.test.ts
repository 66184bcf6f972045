// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { coreOf, hearerOf, isStranger, linksOf, nodesOf, type Topology, type TopologyLink, type TopologyNode } from '../src/api/topology';
import { distances } from '../src/model/topology';

const node = (id: number, more: Partial<TopologyNode> = {}): TopologyNode => ({ id, lead: id, sysname: `sw-${id}`, address: `10.0.0.${id}`, is_read: true, distance: -1, parents: [], mark: 'found', name: `检测 ${id}`, state: 'up', ...more });
const wire = (a: number, b: number): TopologyLink => ({ id: a * 100 + b, a, b, port_a: 1, port_b: 2, name_a: `Gi${b}`, name_b: `Gi${a}`, confidence: 'certain', mark: 'found', wires: 1, shared: false, attachment: false, evidence: [{ source: 'lldp', device: a, port: `Gi${b}` }, { source: 'lldp', device: b, port: `Gi${a}` }] as never, from: 1 });
/* A core with two distribution switches of different size, and a device without a link. */
const links = [wire(1, 2), wire(1, 3), ...[4, 5, 6, 7, 8].map((id) => wire(2, id)), wire(3, 9)];
const map = (more: Partial<Topology> = {}): Topology => ({ strangers: [{ device: 9, port: 'Gi7', name: 'phone', address: '', source: 'lldp' }] as never, nodes: Array.from({ length: 10 }, (_, i) => node(i + 1)), links, gone: [], words: [], ...more });

describe('the map of the server', () => {
  it('begins at the monitoring points', () => expect(coreOf(map({ points: { how: 'word', devices: [3] } as never }))).toEqual([3]));
  it('without one at its middle, not at the device with most links', () => expect(coreOf(map())).toEqual([1]));
  it('calls a device by its asset, else by its check', () => {
    const own = map({ nodes: [node(1, { asset: { id: 5, name: '核心交换机' } }), node(2)] });
    expect(nodesOf(own, false).map((n) => n.name)).toEqual(['核心交换机', '检测 2']);
  });
  it('says each source of a link once', () => expect(linksOf(map(), false)[0]?.sources).toEqual(['lldp']));
  it('has neighbours nobody watches only when they are asked for', () => {
    expect(nodesOf(map(), false).every((n) => n.watched)).toBe(true);
    const stranger = nodesOf(map(), true).find((n) => !n.watched);
    expect(stranger?.name).toBe('phone');
    expect(isStranger(stranger?.id ?? 0) && hearerOf(map(), stranger?.id ?? 0)).toBe(9);
  });
  it('puts what has no link below everything', () => expect(distances(nodesOf(map(), false), linksOf(map(), false), [1]).get(10)).toBe(3));
});
