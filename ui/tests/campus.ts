// SPDX-License-Identifier: Apache-2.0
// A small made-up campus for the map's tests: two cores, distributions, access, a telephone.
import type { TopoLink, TopoNode } from '../src/model/topology';

export const node = (id: number, name = `sw${id}`, more: Partial<TopoNode> = {}): TopoNode => ({ id, name, state: 'up', watched: true, ...more });
export const link = (a: number, b: number, more: Partial<TopoLink> = {}): TopoLink => ({ a, b, portA: 'GE1/0/1', portB: 'GE1/0/24', confidence: 'certain', mark: 'found', shared: false, wires: 1, sources: ['lldp'], ...more });

export interface Campus {
  nodes: TopoNode[];
  links: TopoLink[];
  core: number[];
}

export function campus(distributions: number, access: number): Campus {
  const nodes = [node(1, '核心一'), node(2, '核心二')];
  const links = [link(1, 2, { wires: 2 })];
  for (let d = 0; d < distributions; d++) {
    const id = 10 + d;
    nodes.push(node(id, `${d + 1}号楼汇聚`));
    links.push(link(1, id), link(2, id));
    for (let a = 0; a < access; a++) {
      const leaf = 1000 + d * access + a;
      nodes.push(node(leaf, `${d + 1}-${a + 1} 接入`));
      links.push(link(id, leaf, a === 0 ? { confidence: 'likely', sources: ['fdb'] } : {}));
    }
  }
  nodes.push(node(9001, '电话', { watched: false, state: 'unknown' }));
  links.push(link(1000, 9001, { portB: '', confidence: 'possible', shared: true }));
  return { nodes, links, core: [1, 2] };
}
