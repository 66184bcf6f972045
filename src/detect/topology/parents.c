/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which set cuts a device off?  Its nearer neighbours, when taking them out
 * leaves no way: asked once for each different set, within a budget that is
 * O((V+E) log V).  Where they do not, the last device that every way passes:
 * in an undirected graph that is where the device's block hangs on the rest
 * (Tarjan, "Depth-first search and linear graph algorithms", 1972, section 3).
 */
#include "detect/topology/parents.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

#define NONE UINT32_MAX

enum { BUDGET_FACTOR = 16 };

struct node {
	int64_t id;
	uint32_t first; /* of its neighbours */
	uint32_t degree;
	uint32_t distance;
	uint32_t dominator; /* NONE = the points themselves */
	bool point;
	uint32_t seen; /* stamp of the last walk that came by */
	uint32_t nearer[TOPOLOGY_PARENTS_MAX];
	size_t nearer_count; /* TOPOLOGY_PARENTS_MAX + 1 = too many */
};

struct graph {
	struct arena *scratch;
	struct node *nodes;
	uint32_t count;
	uint32_t *edges;
	size_t edge_count;
	uint32_t *queue;
	uint32_t stamp;
	size_t budget;
	size_t coarse;
};

/* ---- nodes and edges */

static int id_order(const void *a, const void *b)
{
	const struct node *x = a;
	const struct node *y = b;
	return (x->id > y->id) - (x->id < y->id);
}

static bool is_way(const struct topology_ask *ask, const struct topology_link *link)
{
	return link->mark == TOPOLOGY_DRAWN ||
	       (link->mark == TOPOLOGY_FOUND && link->confidence >= ask->least);
}

static uint32_t node_of(const struct graph *graph, int64_t id)
{
	struct node key = { .id = id };
	const struct node *found =
		bsearch(&key, graph->nodes, graph->count, sizeof(*graph->nodes), id_order);
	return found != NULL ? (uint32_t)(found - graph->nodes) : NONE;
}

static void nodes_read(struct graph *graph, const struct topology_ask *ask)
{
	const struct topology *topology = ask->topology;
	size_t room = 2 * topology->link_count + ask->point_count +
		      (TOPOLOGY_PARENTS_MAX + 1) * ask->order_count;
	struct node *nodes = arena_take(graph->scratch, (room + 1) * sizeof(*nodes));
	size_t count = 0;
	for (size_t i = 0; i < topology->link_count; i++) {
		nodes[count++].id = topology->links[i].device_a;
		nodes[count++].id = topology->links[i].device_b;
	}
	for (size_t i = 0; i < ask->point_count; i++) {
		nodes[count++].id = ask->points[i];
	}
	for (size_t i = 0; i < ask->order_count; i++) {
		nodes[count++].id = ask->orders[i].device;
		for (size_t k = 0; k < ask->orders[i].count && k < TOPOLOGY_PARENTS_MAX; k++) {
			nodes[count++].id = ask->orders[i].parent[k];
		}
	}
	if (count > 0) {
		qsort(nodes, count, sizeof(*nodes), id_order);
	}
	for (size_t i = 0; i < count; i++) {
		if (graph->count == 0 || nodes[graph->count - 1].id != nodes[i].id) {
			nodes[graph->count++] = (struct node) {
				.id = nodes[i].id, .distance = NONE, .dominator = NONE
			};
		}
	}
	graph->nodes = nodes;
}

static void edges_read(struct graph *graph, const struct topology_ask *ask)
{
	const struct topology *topology = ask->topology;
	uint32_t *from =
		arena_take(graph->scratch, (2 * topology->link_count + 1) * sizeof(*from));
	for (size_t i = 0; i < topology->link_count; i++) {
		if (is_way(ask, &topology->links[i])) {
			from[graph->edge_count++] = node_of(graph, topology->links[i].device_a);
			from[graph->edge_count++] = node_of(graph, topology->links[i].device_b);
		}
	}
	for (size_t i = 0; i < graph->edge_count; i++) {
		graph->nodes[from[i]].degree++;
	}
	for (uint32_t v = 1; v < graph->count; v++) {
		graph->nodes[v].first = graph->nodes[v - 1].first + graph->nodes[v - 1].degree;
	}
	graph->edges = arena_take(graph->scratch, (graph->edge_count + 1) * sizeof(uint32_t));
	uint32_t *filled = arena_take(graph->scratch, (graph->count + 1) * sizeof(*filled));
	for (size_t i = 0; i < graph->edge_count; i++) {
		graph->edges[graph->nodes[from[i]].first + filled[from[i]]++] = from[i ^ 1];
	}
	for (size_t i = 0; i < ask->point_count; i++) {
		graph->nodes[node_of(graph, ask->points[i])].point = true;
	}
}

static uint32_t neighbour(const struct graph *graph, uint32_t v, uint32_t at)
{
	return graph->edges[graph->nodes[v].first + at];
}

/* ---- distance and nearer neighbours */

static int u32_order(const void *a, const void *b)
{
	const uint32_t *x = a;
	const uint32_t *y = b;
	return (*x > *y) - (*x < *y);
}

static void nearer_add(struct node *node, uint32_t parent)
{
	size_t known = node->nearer_count < TOPOLOGY_PARENTS_MAX ? node->nearer_count
								 : TOPOLOGY_PARENTS_MAX;
	for (size_t i = 0; i < known; i++) {
		if (node->nearer[i] == parent) {
			return; /* two links between the same two */
		}
	}
	if (known < TOPOLOGY_PARENTS_MAX) {
		node->nearer[known] = parent;
	}
	node->nearer_count = known + 1;
}

static void distances(struct graph *graph)
{
	size_t tail = 0;
	for (uint32_t v = 0; v < graph->count; v++) {
		if (graph->nodes[v].point) {
			graph->nodes[v].distance = 0;
			graph->queue[tail++] = v;
		}
	}
	for (size_t head = 0; head < tail; head++) {
		uint32_t v = graph->queue[head];
		for (uint32_t i = 0; i < graph->nodes[v].degree; i++) {
			struct node *node = &graph->nodes[neighbour(graph, v, i)];
			if (node->distance == NONE) {
				node->distance = graph->nodes[v].distance + 1;
				graph->queue[tail++] = neighbour(graph, v, i);
			}
			if (node->distance == graph->nodes[v].distance + 1) {
				nearer_add(node, v);
			}
		}
	}
	for (uint32_t v = 0; v < graph->count; v++) {
		struct node *node = &graph->nodes[v];
		if (node->nearer_count <= TOPOLOGY_PARENTS_MAX) {
			qsort(node->nearer, node->nearer_count, sizeof(uint32_t), u32_order);
		}
	}
}

/* ---- the last device every way passes */

struct search {
	uint32_t *order; /* of discovery, 0 = not yet */
	uint32_t *low;
	uint32_t *next;   /* neighbour to look at */
	uint32_t *parent; /* in the search tree; NONE = the points' common root */
	uint32_t *stack;  /* of devices whose block is not closed */
	size_t stacked;
	uint32_t clock;
};

static void lower(uint32_t *low, uint32_t value)
{
	*low = value < *low ? value : *low;
}

static void enter(struct graph *graph, struct search *search, uint32_t v, uint32_t parent)
{
	search->order[v] = ++search->clock;
	/* The common root is older than all and a neighbour of every point. */
	search->low[v] = graph->nodes[v].point ? 0 : search->order[v];
	search->parent[v] = parent;
	search->stack[search->stacked++] = v;
}

/* v is done; where nothing below it reaches above u, u cuts off what is stacked down to v. */
static void leave(struct graph *graph, struct search *search, uint32_t v)
{
	uint32_t u = search->parent[v];
	if (u != NONE && search->low[v] < search->order[u]) {
		lower(&search->low[u], search->low[v]);
		return;
	}
	uint32_t popped = NONE;
	while (popped != v) {
		popped = search->stack[--search->stacked];
		graph->nodes[popped].dominator = u;
	}
}

static void walk(struct graph *graph, struct search *search, uint32_t point)
{
	uint32_t v = point;
	enter(graph, search, v, NONE);
	while (v != NONE) {
		if (search->next[v] == graph->nodes[v].degree) {
			uint32_t up = search->parent[v];
			leave(graph, search, v);
			v = up;
			continue;
		}
		uint32_t w = neighbour(graph, v, search->next[v]++);
		if (search->order[w] == 0) {
			enter(graph, search, w, v);
			v = w;
		} else if (w != search->parent[v]) {
			lower(&search->low[v], search->order[w]);
		}
	}
}

static void dominators(struct graph *graph)
{
	size_t octets = (graph->count + 1) * sizeof(uint32_t);
	struct search search = { .order = arena_take(graph->scratch, octets),
		.low = arena_take(graph->scratch, octets),
		.next = arena_take(graph->scratch, octets),
		.parent = arena_take(graph->scratch, octets),
		.stack = arena_take(graph->scratch, octets) };
	for (uint32_t v = 0; v < graph->count; v++) {
		if (graph->nodes[v].point && search.order[v] == 0) {
			walk(graph, &search, v);
		}
	}
}

/* ---- do the nearer neighbours cut it off? */

static bool in_set(const struct node *node, uint32_t v)
{
	for (size_t i = 0; i < node->nearer_count; i++) {
		if (node->nearer[i] == v) {
			return true;
		}
	}
	return false;
}

/* Every other neighbour is cut off by this device itself. */
static bool plain_cut(const struct graph *graph, uint32_t v)
{
	const struct node *node = &graph->nodes[v];
	for (uint32_t i = 0; i < node->degree; i++) {
		uint32_t w = neighbour(graph, v, i);
		if (!in_set(node, w) && graph->nodes[w].dominator != v) {
			return false;
		}
	}
	return true;
}

/* Stamp what the points reach without the set.  False when the budget is spent. */
static bool flood_without(struct graph *graph, const struct node *set)
{
	size_t cost = graph->count + graph->edge_count;
	if (cost > graph->budget) {
		return false;
	}
	graph->budget -= cost;
	graph->stamp++;
	size_t tail = 0;
	for (uint32_t v = 0; v < graph->count; v++) {
		if (graph->nodes[v].point && !in_set(set, v)) {
			graph->nodes[v].seen = graph->stamp;
			graph->queue[tail++] = v;
		}
	}
	for (size_t head = 0; head < tail; head++) {
		uint32_t v = graph->queue[head];
		for (uint32_t i = 0; i < graph->nodes[v].degree; i++) {
			uint32_t w = neighbour(graph, v, i);
			if (graph->nodes[w].seen != graph->stamp && !in_set(set, w)) {
				graph->nodes[w].seen = graph->stamp;
				graph->queue[tail++] = w;
			}
		}
	}
	return true;
}

static int set_order(const struct node *x, const struct node *y)
{
	if (x->nearer_count != y->nearer_count) {
		return x->nearer_count > y->nearer_count ? 1 : -1;
	}
	for (size_t i = 0; i < x->nearer_count; i++) {
		if (x->nearer[i] != y->nearer[i]) {
			return x->nearer[i] > y->nearer[i] ? 1 : -1;
		}
	}
	return 0;
}

static int node_set_order(const void *a, const void *b)
{
	const struct node *x = *(struct node *const *)a;
	const struct node *y = *(struct node *const *)b;
	int order = set_order(x, y);
	return order != 0 ? order : id_order(x, y);
}

static void use_dominator(struct node *node)
{
	node->nearer[0] = node->dominator;
	node->nearer_count = node->dominator != NONE;
}

/* The last flood stands for all that have the same set, since they come one after another. */
static void settle(struct graph *graph, struct node *node, const struct node **flooded)
{
	if (node->nearer_count == 1) {
		use_dominator(node); /* the one neighbour, when it cuts off */
		return;
	}
	if (node->nearer_count > TOPOLOGY_PARENTS_MAX) {
		use_dominator(node);
		graph->coarse++;
		return;
	}
	if (plain_cut(graph, (uint32_t)(node - graph->nodes))) {
		return;
	}
	if (*flooded == NULL || set_order(*flooded, node) != 0) {
		struct node *copy = arena_take(graph->scratch, sizeof(*copy));
		*copy = *node;
		*flooded = copy;
		if (!flood_without(graph, node)) {
			*flooded = NULL;
			use_dominator(node);
			graph->coarse++;
			return;
		}
	}
	if (node->seen == graph->stamp) {
		use_dominator(node);
	}
}

static size_t log2_of(size_t n)
{
	size_t log = 1;
	while (n > 1) {
		n /= 2;
		log++;
	}
	return log;
}

static void settle_all(struct graph *graph)
{
	struct node **list =
		arena_take(graph->scratch, (graph->count + 1) * sizeof(struct node *));
	size_t count = 0;
	for (uint32_t v = 0; v < graph->count; v++) {
		if (graph->nodes[v].nearer_count > 0) {
			list[count++] = &graph->nodes[v];
		}
	}
	if (count > 0) {
		qsort(list, count, sizeof(struct node *), node_set_order);
	}
	graph->budget =
		BUDGET_FACTOR * (graph->count + graph->edge_count) * log2_of(graph->count);
	const struct node *flooded = NULL;
	for (size_t i = 0; i < count; i++) {
		settle(graph, list[i], &flooded);
	}
}

/* ---- a person's word */

struct desk {
	struct graph *graph;
	struct topology_parent *items;
};

/* Stamp and list the devices above; returns how many. */
static size_t above(struct desk *desk, const struct topology_order *order)
{
	struct graph *graph = desk->graph;
	size_t tail = 0;
	graph->stamp++;
	for (size_t i = 0; i < order->count; i++) {
		uint32_t v = node_of(graph, order->parent[i]);
		if (graph->nodes[v].seen != graph->stamp) {
			graph->nodes[v].seen = graph->stamp;
			graph->queue[tail++] = v;
		}
	}
	for (size_t head = 0; head < tail; head++) {
		const struct topology_parent *item = &desk->items[graph->queue[head]];
		for (size_t i = 0; i < item->count; i++) {
			uint32_t v = node_of(graph, item->parent[i]);
			if (graph->nodes[v].seen != graph->stamp) {
				graph->nodes[v].seen = graph->stamp;
				graph->queue[tail++] = v;
			}
		}
	}
	return tail;
}

static bool has_parent(const struct topology_parent *item, int64_t id)
{
	for (size_t i = 0; i < item->count; i++) {
		if (item->parent[i] == id) {
			return true;
		}
	}
	return false;
}

static void parent_drop(struct topology_parent *item, int64_t id)
{
	size_t kept = 0;
	for (size_t i = 0; i < item->count; i++) {
		if (item->parent[i] != id) {
			item->parent[kept++] = item->parent[i];
		}
	}
	item->count = kept;
}

static int i64_order(const void *a, const void *b)
{
	const int64_t *x = a;
	const int64_t *y = b;
	return (*x > *y) - (*x < *y);
}

/* Is the device above its own parents by a person's earlier word? */
static bool circular(const struct desk *desk, const struct topology_order *order, size_t count)
{
	bool found = false;
	for (size_t i = 0; i < count; i++) {
		const struct topology_parent *item = &desk->items[desk->graph->queue[i]];
		found = found ||
			(item->mark == TOPOLOGY_DRAWN && has_parent(item, order->device));
	}
	for (size_t i = 0; i < order->count; i++) {
		found = found || order->parent[i] == order->device;
	}
	return found;
}

/* What the links say gives way; what a person said before does not. */
static bool order_take(struct desk *desk, const struct topology_order *order)
{
	if (order->count > TOPOLOGY_PARENTS_MAX) {
		return false;
	}
	size_t count = above(desk, order);
	if (circular(desk, order, count)) {
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		parent_drop(&desk->items[desk->graph->queue[i]], order->device);
	}
	struct topology_parent *item = &desk->items[node_of(desk->graph, order->device)];
	item->mark = TOPOLOGY_DRAWN;
	item->count = order->count;
	for (size_t i = 0; i < order->count; i++) {
		item->parent[i] = order->parent[i];
	}
	qsort(item->parent, item->count, sizeof(int64_t), i64_order);
	return true;
}

static void orders(struct desk *desk, const struct topology_ask *ask, size_t *ret_refused)
{
	for (size_t i = 0; i < ask->order_count; i++) {
		*ret_refused += !order_take(desk, &ask->orders[i]);
	}
}

static void items_fill(const struct graph *graph, struct topology_parent *items)
{
	for (uint32_t v = 0; v < graph->count; v++) {
		const struct node *node = &graph->nodes[v];
		struct topology_parent *item = &items[v];
		item->device = node->id;
		item->distance = node->distance;
		item->mark = TOPOLOGY_FOUND;
		item->count = node->nearer_count;
		for (size_t i = 0; i < node->nearer_count; i++) {
			item->parent[i] = graph->nodes[node->nearer[i]].id;
		}
	}
}

int topology_parents(const struct topology_ask *ask, struct arena *arena,
	struct topology_parents *ret_parents)
{
	if (ask->order_count > TOPOLOGY_ORDERS_MAX || ask->point_count > TOPOLOGY_DEVICES_MAX) {
		return E_LIMIT;
	}
	AUTO_ARENA struct arena *scratch = arena_create(0);
	struct graph graph = { .scratch = scratch };
	nodes_read(&graph, ask);
	edges_read(&graph, ask);
	graph.queue = arena_take(scratch, (graph.count + 1) * sizeof(uint32_t));
	distances(&graph);
	dominators(&graph);
	settle_all(&graph);
	struct topology_parent *items = arena_take(arena, (graph.count + 1) * sizeof(*items));
	items_fill(&graph, items);
	struct desk desk = { &graph, items };
	size_t refused = 0;
	orders(&desk, ask, &refused);
	*ret_parents = (struct topology_parents) { items, graph.count, refused, graph.coarse };
	return 0;
}
