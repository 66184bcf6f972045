/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/icmp/ping.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/err.h"
#include "probe/icmp/ping_priv.h"
#include "sys/clock.h"

void ping_list_init(struct ping_list *list)
{
	*list = (struct ping_list) { PING_NONE, PING_NONE };
}

void ping_list_append(struct ping *ping, struct ping_list *list, uint32_t at)
{
	struct ping_slot *slot = &ping->slots[at];
	slot->next = PING_NONE;
	slot->prev = list->tail;
	if (list->tail == PING_NONE) {
		list->head = at;
	} else {
		ping->slots[list->tail].next = at;
	}
	list->tail = at;
}

void ping_list_remove(struct ping *ping, struct ping_list *list, uint32_t at)
{
	struct ping_slot *slot = &ping->slots[at];
	if (slot->prev == PING_NONE) {
		list->head = slot->next;
	} else {
		ping->slots[slot->prev].next = slot->next;
	}
	if (slot->next == PING_NONE) {
		list->tail = slot->prev;
	} else {
		ping->slots[slot->next].prev = slot->prev;
	}
}

int64_t ping_clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };
	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

uint64_t ping_cookie(const struct ping *ping, uint32_t at)
{
	const struct ping_slot *slot = &ping->slots[at];
	uint8_t text[24] = { 0 };
	memcpy(text, slot->addr.octet, 16);
	memcpy(text + 16, &at, 4);
	memcpy(text + 20, &slot->generation, 4);
	return digest_siphash(ping->key, slice_of(text, sizeof(text)));
}

static struct ping_list *list_of(struct ping *ping, const struct ping_slot *slot)
{
	if (slot->state == PING_SENT) {
		return &ping->wheel[slot->tick % PING_WHEEL];
	}
	return &ping->by_family[slot->addr.family == 4 ? 0 : 1].queue;
}

void ping_result_init(const struct ping *ping, uint32_t at, struct check_result *result)
{
	struct check_spec spec = { .id = ping->slots[at].check_id };
	check_result_init(result, &spec, clock_unix_ms());
}

void ping_finish(struct ping *ping, uint32_t at, enum check_state state, const char *code,
	struct check_result *result)
{
	struct ping_slot *slot = &ping->slots[at];
	struct check_sink sink = slot->sink;
	ping_list_remove(ping, list_of(ping, slot), at);
	slot->state = PING_FREE;
	/* To the end of the list: a slot rests as long as possible before it is used again. */
	ping_list_append(ping, &ping->free, at);
	ping->stats.inflight--;
	check_result_set(result, state, code);
	sink.done(sink.user, sink.tag, result);
}

static uint64_t now_tick(const struct ping *ping)
{
	return uv_now(ping->loop) / PING_TICK_MS;
}

static void on_expiry(uv_timer_t *timer);

/* One shot at the next bucket that holds anything: no tick while nothing is in flight. */
static void arm_expiry(struct ping *ping)
{
	for (uint64_t tick = ping->wheel_tick; tick < ping->wheel_tick + PING_WHEEL; tick++) {
		if (ping->wheel[tick % PING_WHEEL].head != PING_NONE) {
			uint64_t at_ms = (tick + 1) * PING_TICK_MS;
			uint64_t now_ms = uv_now(ping->loop);
			ping->expiry_tick = tick;
			(void)uv_timer_start(&ping->expiry, on_expiry,
				at_ms > now_ms ? at_ms - now_ms : 0, 0);
			return;
		}
	}
	ping->expiry_tick = UINT64_MAX;
	(void)uv_timer_stop(&ping->expiry);
}

static void expire_bucket(struct ping *ping, uint64_t tick)
{
	struct ping_list *bucket = &ping->wheel[tick % PING_WHEEL];
	uint32_t at = bucket->head;
	while (at != PING_NONE) {
		/* The sink may start requests; they wait in the queue, never in the wheel. */
		uint32_t next = ping->slots[at].next;
		if (ping->slots[at].tick <= tick) {
			struct check_result result;
			ping_result_init(ping, at, &result);
			check_result_arg_int(&result, "timeout_ms", ping->slots[at].timeout_ms);
			ping->stats.timed_out++;
			ping_finish(ping, at, CHECK_DOWN, "icmp.timeout", &result);
		}
		if (ping->closing) {
			return;
		}
		at = next;
	}
}

static void on_expiry(uv_timer_t *timer)
{
	struct ping *ping = timer->data;
	uint64_t until = now_tick(ping);
	/* After a long stop of the loop one round of the wheel sees every bucket. */
	if (until > ping->wheel_tick + PING_WHEEL) {
		ping->wheel_tick = until - PING_WHEEL;
	}
	/* Replies may be waiting in the socket, one for every slot: read before calling anyone late. */
	for (unsigned i = 0; i < 2; i++) {
		if (ping->by_family[i].fd >= 0 && !ping->closing) {
			ping_receive(&ping->by_family[i], ping->slot_count / PING_BATCH + 1);
		}
	}
	while (ping->wheel_tick < until && !ping->closing) {
		expire_bucket(ping, ping->wheel_tick);
		ping->wheel_tick++;
	}
	if (!ping->closing) {
		arm_expiry(ping);
	}
}

void ping_wait(struct ping *ping, uint32_t at)
{
	struct ping_slot *slot = &ping->slots[at];
	if (ping->expiry_tick == UINT64_MAX) {
		ping->wheel_tick = now_tick(ping);
	}
	/* From when it left: the loop's own time stands still while we are kept from running. */
	uint64_t sent_ms = (uint64_t)slot->sent_mono_ns / 1000000;
	/* A bucket is over when its last moment has passed: never early. */
	slot->tick = (sent_ms + slot->timeout_ms) / PING_TICK_MS;
	slot->state = PING_SENT;
	ping_list_append(ping, &ping->wheel[slot->tick % PING_WHEEL], at);
	/* A time-out beyond one round is looked at, and left, once a round. */
	uint64_t look = ping->wheel_tick + (slot->tick - ping->wheel_tick) % PING_WHEEL;
	if (ping->expiry_tick == UINT64_MAX || look < ping->expiry_tick) {
		arm_expiry(ping);
	}
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct ping_family *family = poll->data;
	(void)events;
	(void)status; /* an error on a raw socket is read off, and counted, by the next recvmmsg */
	ping_receive(family, PING_BATCHES);
}

int ping_start(struct ping *ping, const struct check_spec *spec, struct check_sink sink)
{
	struct ping_family *family = &ping->by_family[spec->addr.family == 4 ? 0 : 1];
	if (spec->addr.family != family->family || family->fd < 0) {
		return E_UNSUPPORTED;
	}
	uint32_t at = ping->free.head;
	if (at == PING_NONE) {
		ping->stats.refused++;
		return E_BUSY;
	}
	ping_list_remove(ping, &ping->free, at);
	struct ping_slot *slot = &ping->slots[at];
	slot->sink = sink;
	slot->addr = spec->addr;
	slot->check_id = spec->id;
	slot->timeout_ms = spec->timeout_ms != 0 ? spec->timeout_ms : CHECK_TIMEOUT_DEFAULT_MS;
	if (slot->timeout_ms > CHECK_TIMEOUT_MAX_MS) {
		slot->timeout_ms = CHECK_TIMEOUT_MAX_MS;
	}
	slot->warn_latency_ms = spec->warn_latency_ms;
	slot->generation++;
	slot->state = PING_QUEUED;
	ping_list_append(ping, &family->queue, at);
	ping->stats.inflight++;
	ping_flush_soon(ping);
	return 0;
}

struct ping_stats ping_stats(const struct ping *ping)
{
	return ping->stats;
}

static void on_closed(uv_handle_t *handle)
{
	struct ping *ping = handle->type == UV_POLL ? ((struct ping_family *)handle->data)->ping
						    : handle->data;
	if (--ping->handles == 0) {
		free(ping->slots);
		free(ping);
	}
}

void ping_close(struct ping *ping)
{
	ping->closing = true;
	uv_close((uv_handle_t *)&ping->pace, on_closed);
	uv_close((uv_handle_t *)&ping->expiry, on_closed);
	for (unsigned i = 0; i < 2; i++) {
		if (ping->by_family[i].fd >= 0) {
			uv_close((uv_handle_t *)&ping->by_family[i].poll, on_closed);
		}
	}
}

static int open_family(struct ping *ping, unsigned i, int fd)
{
	struct ping_family *family = &ping->by_family[i];
	*family = (struct ping_family) { .ping = ping, .fd = -1, .family = i == 0 ? 4 : 6 };
	ping_list_init(&family->queue);
	if (fd < 0) {
		return 0;
	}
	int rc = ping_prepare_socket(fd, family->family, ping->id);
	if (rc == 0) {
		rc = uv_poll_init(ping->loop, &family->poll, fd);
	}
	if (rc < 0) {
		return rc;
	}
	family->poll.data = family;
	family->fd = fd;
	ping->handles++;
	return uv_poll_start(&family->poll, UV_READABLE, on_readable);
}

int ping_create(uv_loop_t *loop, const struct ping_config *config, struct ping **ret_ping)
{
	if (config->inflight_max == 0 || config->inflight_max > PING_INFLIGHT_LIMIT) {
		return E_RANGE;
	}
	struct ping *ping = calloc(1, sizeof(*ping));
	struct ping_slot *slots = calloc(config->inflight_max, sizeof(*slots));
	if (ping == NULL || slots == NULL) {
		free(ping);
		free(slots);
		return UV_ENOMEM;
	}
	ping->loop = loop;
	ping->slots = slots;
	ping->slot_count = config->inflight_max;
	ping->rate_per_s = config->rate_per_s != 0 ? config->rate_per_s : PING_RATE_DEFAULT;
	ping->expiry_tick = UINT64_MAX;
	memcpy(ping->key, config->key, sizeof(ping->key));
	ping->id = (uint16_t)digest_siphash(ping->key, SLICE("identifier"));
	ping_list_init(&ping->free);
	for (unsigned i = 0; i < PING_WHEEL; i++) {
		ping_list_init(&ping->wheel[i]);
	}
	for (uint32_t at = 0; at < ping->slot_count; at++) {
		ping_list_append(ping, &ping->free, at);
	}
	(void)uv_timer_init(loop, &ping->pace);
	(void)uv_timer_init(loop, &ping->expiry);
	ping->pace.data = ping;
	ping->expiry.data = ping;
	ping->handles = 2;
	int rc = open_family(ping, 0, config->fd4);
	if (rc == 0) {
		rc = open_family(ping, 1, config->fd6);
	}
	if (rc < 0) {
		ping_close(ping);
		return rc;
	}
	*ret_ping = ping;
	return 0;
}
