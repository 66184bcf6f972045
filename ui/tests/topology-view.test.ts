// SPDX-License-Identifier: Apache-2.0
import { createSSRApp, h } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { describe, expect, it } from 'vitest';
import TopologyList from '../src/components/TopologyList.vue';
import TopologyView from '../src/components/TopologyView.vue';
import { addWords } from '../src/i18n';
import { zhDesk } from '../src/i18n/zh/desk';
import { layout, troublePath } from '../src/model/topology';
import { campus, link } from './campus';

addWords(zhDesk);
const made = campus(3, 20);
const sick = { ...made, nodes: made.nodes.map((n) => (n.id === 11 ? { ...n, state: 'down' as const } : n)) };
const count = (html: string, what: RegExp): number => [...html.matchAll(what)].length;

describe('the map', () => {
  it('draws each device and link, the crowd as one box', async () => {
    const html = await renderToString(createSSRApp({ render: () => h(TopologyView, made) }));
    expect(html).toContain('另有 20 台');
    expect(count(html, /data-node="/g)).toBe(2 + 3 + 3 + 2); // cores, distributions, groups, 1000 and its telephone
    expect(html).toContain('aria-label="1号楼汇聚，正常');
    expect(count(html, /tabindex="0"/g)).toBe(1);
    expect(html).not.toMatch(/\sstyle="/);
  });
  it('shows the path of a fault', async () => {
    const html = await renderToString(createSSRApp({ render: () => h(TopologyView, sick) }));
    expect(count(html, /topo-bad/g)).toBe(2);
    expect(html).toContain('1 台中断或不可达');
  });
  it('of nothing says what to do', async () => {
    const html = await renderToString(createSSRApp({ render: () => h(TopologyView, { nodes: [], links: [], core: [] }) }));
    expect(html).toContain('还没有发现链路');
  });
});

describe('the list', () => {
  it('says each link of each device with its evidence', async () => {
    const links = [...sick.links, link(1, 10, { mark: 'struck', sources: ['lldp', 'hand'] })];
    const html = await renderToString(createSSRApp({ render: () => h(TopologyList, { nodes: sick.nodes, links, layout: layout(sick.nodes, links, sick.core), trouble: troublePath(sick.nodes, links, sick.core) }) }));
    expect(count(html, /class="topo-item/g)).toBe(sick.nodes.length);
    expect(html).toContain('MAC 地址表');
    expect(html).toContain('人工删除');
    expect(html).toContain('未纳入监测');
    expect(count(html, />故障路径</g)).toBe(4); // two links, told at both ends
  });
});
