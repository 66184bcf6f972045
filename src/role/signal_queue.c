/* SPDX-License-Identifier: Apache-2.0 */
#include "role/signal_queue.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/log.h"
#include "model/signal.h"
#include "role/runtime.h"
#include "sys/rand.h"

enum { SIGNAL_OCTETS_MAX = 16384 };

struct item {
	uint64_t trace; /* follows it through core to the mail */
	size_t n;
	uint8_t json[];
};

struct signal_queue {
	struct runtime *rt;
	struct item *items[SIGNAL_QUEUE_MAX]; /* a ring */
	size_t first;
	size_t count;
	size_t under_way; /* of these, sent and not confirmed; they come first */
	bool up;
	bool full; /* said once, until there is room again */
	uint64_t sent;
	uint64_t refused;
};

struct signal_queue *signal_queue_create(struct runtime *rt)
{
	struct signal_queue *queue = calloc(1, sizeof(*queue));
	if (queue == NULL) {
		abort();
	}
	queue->rt = rt;
	return queue;
}

static struct item **at(struct signal_queue *queue, size_t i)
{
	return &queue->items[(queue->first + i) % SIGNAL_QUEUE_MAX];
}

static void drop_first(struct signal_queue *queue)
{
	free(queue->items[queue->first]);
	queue->items[queue->first] = NULL;
	queue->first = (queue->first + 1) % SIGNAL_QUEUE_MAX;
	queue->count--;
	queue->full = false;
}

struct signal_queue *signal_queue_destroy(struct signal_queue *queue)
{
	while (queue != NULL && queue->count > 0) {
		drop_first(queue);
	}
	free(queue);
	return NULL;
}

/* What a slow core cannot take now goes when it confirms, or with a new channel. */
static void send_waiting(struct signal_queue *queue)
{
	while (queue->up && queue->under_way < queue->count) {
		const struct item *item = *at(queue, queue->under_way);
		struct msg_signal msg = { .json = slice_of(item->json, item->n) };
		int error = RUNTIME_SEND(
			queue->rt, IPC_CORE, signal, MSG_SIGNAL, 0, item->trace, &msg, -1);
		if (error < 0) {
			return;
		}
		queue->under_way++;
		queue->sent++;
	}
}

int signal_queue_put(struct signal_queue *queue, const struct signal *signal)
{
	AUTO_BUF struct buf json;
	buf_init(&json, SIGNAL_OCTETS_MAX);
	signal_put_json(&json, signal);
	struct item *item = !json.failed && queue->count < SIGNAL_QUEUE_MAX
				    ? malloc(sizeof(*item) + json.n)
				    : NULL;
	if (item == NULL) {
		queue->refused++;
		if (!queue->full) {
			queue->full = true;
			log_event(LOG_WARNING, "signal.refused",
				F_SLICE("key", signal->dedup_key),
				F_INT("queued", queue->count));
		}
		return E_LIMIT;
	}
	item->trace = rand_u64();
	item->n = json.n;
	memcpy(item->json, json.p, json.n);
	*at(queue, queue->count) = item;
	queue->count++;
	send_waiting(queue);
	return 0;
}

void signal_queue_taken(struct signal_queue *queue, const struct ipc_frame *frame)
{
	struct msg_signal_taken msg = { 0 };
	if (msg_signal_taken_decode(frame->payload, &msg) < 0) {
		return;
	}
	for (uint32_t i = 0; i < msg.count && queue->under_way > 0; i++) {
		drop_first(queue);
		queue->under_way--;
	}
	send_waiting(queue);
}

void signal_queue_peer(struct signal_queue *queue, bool up)
{
	queue->up = up;
	queue->under_way = 0;
	send_waiting(queue);
}

size_t signal_queue_count(const struct signal_queue *queue)
{
	return queue->count;
}

void signal_queue_status(const struct signal_queue *queue, struct jw *jw)
{
	jw_kv_int(jw, "signals_queued", (int64_t)queue->count);
	jw_kv_int(jw, "signals_sent", (int64_t)queue->sent);
	jw_kv_int(jw, "signals_refused", (int64_t)queue->refused);
}
