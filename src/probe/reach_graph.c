/* SPDX-License-Identifier: Apache-2.0 */
/* Who hangs on whom, and the lists a check can stand in. */
#include <stdlib.h>

#include "base/err.h"
#include "base/map.h"
#include "probe/reach_priv.h"

static struct slice key_of(const int64_t *id)
{
	return slice_of(id, sizeof(*id));
}

struct node *reach_find(const struct reach *reach, int64_t id)
{
	return map_get(reach->by_id, key_of(&id));
}

void reach_append(struct reach *reach, unsigned which, struct node *node)
{
	struct node_list *list = &reach->list[which];
	struct node_link *link = &node->link[which];
	if (link->in) {
		return;
	}
	*link = (struct node_link) { .prev = list->last, .in = true };
	if (list->last != NULL) {
		list->last->link[which].next = node;
	} else {
		list->first = node;
	}
	list->last = node;
}

void reach_unlist(struct reach *reach, unsigned which, struct node *node)
{
	struct node_list *list = &reach->list[which];
	struct node_link *link = &node->link[which];
	if (!link->in) {
		return;
	}
	if (link->prev != NULL) {
		link->prev->link[which].next = link->next;
	} else {
		list->first = link->next;
	}
	if (link->next != NULL) {
		link->next->link[which].prev = link->prev;
	} else {
		list->last = link->prev;
	}
	*link = (struct node_link) { 0 };
}

struct reach *reach_create(const struct reach_config *config)
{
	struct reach *reach = calloc(1, sizeof(*reach));
	if (reach != NULL) {
		reach->config = *config;
		reach->by_id = map_create(config->checks_max, config->seed);
	}
	return reach;
}

static void node_free(struct node *node)
{
	free(node->children);
	free(node->result);
	free(node);
}

struct reach *reach_destroy(struct reach *reach)
{
	struct slice key;
	void *node = NULL;
	size_t cursor = 0;
	if (reach != NULL) {
		while (map_next(reach->by_id, &cursor, &key, &node)) {
			node_free(node);
		}
		(void)map_destroy(reach->by_id);
		free(reach);
	}
	return NULL;
}

static void forget(struct reach *reach, struct node *node)
{
	for (unsigned i = 0; i < LISTS; i++) {
		reach_unlist(reach, i, node);
	}
	free(node->result);
	*node = (struct node) { .id = node->id,
		.children = node->children,
		.child_count = node->child_count,
		.child_room = node->child_room,
		.parent_count = node->parent_count,
		.waiting = node->waiting,
		.misses = node->misses,
		.clean_since_ms = REACH_NEVER };
}

int reach_put(struct reach *reach, int64_t id, enum check_kind kind, bool fresh)
{
	struct node *node = reach_find(reach, id);
	bool known = node != NULL;
	if (!known) {
		node = calloc(1, sizeof(*node));
		if (node == NULL || map_put(reach->by_id, key_of(&id), node) < 0) {
			free(node);
			return E_LIMIT;
		}
		node->id = id;
		node->clean_since_ms = REACH_NEVER;
	} else if (fresh) {
		struct node *parents[REACH_PARENTS_MAX];
		memcpy(parents, node->parents, sizeof(parents));
		reach_release(reach, node);
		forget(reach, node);
		memcpy(node->parents, parents, sizeof(parents));
	}
	node->misses = kind == CHECK_ICMP ? FLAP_MISSES_PING : FLAP_MISSES_OTHER;
	return known;
}

static void child_drop(struct node *parent, const struct node *child)
{
	for (uint32_t i = 0; i < parent->child_count; i++) {
		if (parent->children[i] == child) {
			parent->children[i] = parent->children[--parent->child_count];
			return;
		}
	}
}

static int child_add(struct node *parent, struct node *child)
{
	if (parent->child_count == parent->child_room) {
		uint32_t room = parent->child_room != 0 ? 2 * parent->child_room : 4;
		struct node **children =
			realloc(parent->children, room * sizeof(*parent->children));
		if (children == NULL) {
			return E_LIMIT;
		}
		parent->children = children;
		parent->child_room = room;
	}
	parent->children[parent->child_count++] = child;
	return 0;
}

static void parents_drop(struct node *node)
{
	for (uint8_t i = 0; i < node->parent_count; i++) {
		child_drop(node->parents[i], node);
	}
	node->parent_count = 0;
}

void reach_cut(struct reach *reach, struct node *node)
{
	reach_release(reach, node);
	parents_drop(node);
	for (uint32_t i = 0; i < node->child_count; i++) {
		struct node *child = node->children[i];
		/* What it was waiting for will not come. */
		if (child->hold_until_ms != 0 || child->said == CHECK_UNREACHABLE) {
			reach_release(reach, child);
			reach_append(reach, LIST_JUDGE, child);
		}
		for (uint8_t k = 0; k < child->parent_count; k++) {
			if (child->parents[k] == node) {
				child->parents[k] = child->parents[--child->parent_count];
				break;
			}
		}
	}
	for (unsigned i = 0; i < LISTS; i++) {
		reach_unlist(reach, i, node);
	}
}

int reach_remove(struct reach *reach, int64_t id)
{
	struct node *node = map_take(reach->by_id, key_of(&id));
	if (node == NULL) {
		return E_ABSENT;
	}
	reach_cut(reach, node);
	node_free(node);
	return 0;
}

/* Is it among those the parents hang on? */
static int hangs_on(
	struct reach *reach, const struct node *node, struct node *const *parents, size_t count)
{
	struct node *stack[REACH_ANCESTORS_MAX];
	size_t depth = 0;
	size_t seen = 0;
	uint32_t visit = ++reach->visits;
	for (size_t i = 0; i < count; i++) {
		stack[depth++] = parents[i];
	}
	while (depth > 0) {
		struct node *at = stack[--depth];
		if (at == node) {
			return E_INPUT;
		}
		if (at->visit == visit) {
			continue;
		}
		at->visit = visit;
		if (++seen > REACH_ANCESTORS_MAX ||
			depth + at->parent_count > REACH_ANCESTORS_MAX) {
			return E_LIMIT;
		}
		for (uint8_t i = 0; i < at->parent_count; i++) {
			stack[depth++] = at->parents[i];
		}
	}
	return 0;
}

int reach_link(struct reach *reach, int64_t id, const int64_t *parents, size_t count)
{
	struct node *node = reach_find(reach, id);
	struct node *known[REACH_PARENTS_MAX];
	size_t found = 0;
	if (node == NULL || count > REACH_PARENTS_MAX) {
		return node == NULL ? E_ABSENT : E_LIMIT;
	}
	for (size_t i = 0; i < count; i++) {
		struct node *parent = reach_find(reach, parents[i]);
		bool twice = false;
		for (size_t k = 0; k < found; k++) {
			twice = twice || known[k] == parent;
		}
		if (parent != NULL && !twice) {
			known[found++] = parent;
		}
	}
	if (found == node->parent_count &&
		memcmp(known, node->parents, found * sizeof(known[0])) == 0) {
		return 0;
	}
	int error = hangs_on(reach, node, known, found);
	if (error < 0) {
		return error;
	}
	bool open = node->hold_until_ms != 0 || node->said == CHECK_UNREACHABLE;
	reach_release(reach, node);
	parents_drop(node);
	for (size_t i = 0; i < found && error == 0; i++) {
		error = child_add(known[i], node);
		if (error == 0) {
			node->parents[node->parent_count++] = known[i];
		}
	}
	/* A cause it had may be none any more. */
	if (open) {
		reach_append(reach, LIST_JUDGE, node);
	}
	return error;
}
