/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/snmp/poll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/map.h"
#include "probe/snmp/poll_priv.h"
#include "proto/beroid.h"
#include "sys/clock.h"

enum { PORT_DEFAULT = 161, ADDR_KEY_OCTETS = 23 };

int64_t poll_now_us(void)
{
	return clock_mono_us();
}

const char *poll_end_text(enum poll_end end)
{
	static const char *const text[] = { "ok", "timeout", "dead", "error", "garbage",
		"denied" };
	return text[end];
}

static void put_addr_key(
	const struct probe_addr *addr, uint16_t port, uint8_t key[ADDR_KEY_OCTETS])
{
	memcpy(key, addr->octet, 16);
	memcpy(key + 16, &addr->scope_id, 4);
	key[20] = addr->family;
	key[21] = (uint8_t)(port >> 8);
	key[22] = (uint8_t)port;
}

struct poll_device *poll_find(
	const struct poller *poller, const struct probe_addr *addr, uint16_t port)
{
	uint8_t key[ADDR_KEY_OCTETS];
	put_addr_key(addr, port, key);
	return map_get(poller->by_addr, slice_of(key, sizeof(key)));
}

void poll_job_free(struct poll_job *job)
{
	free(job);
}

static void on_soon(uv_timer_t *timer)
{
	struct poller *poller = timer->data;
	/* Answers may bring new jobs; those that end at once come on the next turn. */
	struct poll_job *ended = poller->ended;
	poller->ended = NULL;
	poller->ended_end = &poller->ended;
	while (ended != NULL) {
		struct poll_job *job = ended;
		ended = job->next;
		if (!poller->closing) {
			job->done(job->user, &job->answer);
		}
		poll_job_free(job);
	}
	if (!poller->closing) {
		poll_flush(poller);
	}
}

void poll_soon(struct poller *poller)
{
	if (!poller->closing && !uv_is_active((uv_handle_t *)&poller->soon)) {
		(void)uv_timer_start(&poller->soon, on_soon, 0, 0);
	}
}

void poll_end_job(struct poller *poller, uint32_t at, enum poll_end end)
{
	struct poll_device *device = &poller->devices[at];
	struct poll_job *job = device->jobs;
	poll_stop_waiting(poller, at);
	device->stage = POLL_IDLE;
	device->jobs = job->next;
	device->queued--;
	job->next = NULL;
	job->answer.end = end;
	job->answer.took_us =
		job->answer.began_us == 0 ? 0 : poll_now_us() - job->answer.began_us;
	poller->stats.timeouts += end == POLL_TIMEOUT;
	poller->stats.values += job->answer.values;
	*poller->ended_end = job;
	poller->ended_end = &job->next;
	poll_soon(poller);
	if (device->jobs != NULL) {
		poll_begin_next(poller, at);
	}
}

void poll_begin_next(struct poller *poller, uint32_t at)
{
	struct poll_device *device = &poller->devices[at];
	while (device->jobs != NULL && device->stage == POLL_IDLE) {
		enum breaker_say say = breaker_ask(&device->breaker, poll_now_us() / 1000);
		if (say == BREAKER_REFUSE) {
			poll_end_job(poller, at, POLL_DEAD);
			return; /* which begins the one behind it */
		}
		bool is_new = device->v3 != NULL && !session_is_known(device->v3);
		device->stage = is_new                 ? POLL_DISCOVER
				: say == BREAKER_PROBE ? POLL_PROBE
						       : POLL_JOB;
		device->attempt = 0;
		walk_choose(device);
		poll_send(poller, at);
	}
}

static int watch(struct poller *poller, unsigned i)
{
	struct poll_family *family = &poller->by_family[i];
	family->poller = poller;
	if (family->fd < 0) {
		return 0;
	}
	int rc = uv_poll_init(poller->loop, &family->poll, family->fd);
	if (rc < 0) {
		return rc;
	}
	family->poll.data = family;
	poller->handles++;
	return uv_poll_start(&family->poll, UV_READABLE, poll_readable);
}

static int open_sockets(struct poller *poller, const struct poll_config *config)
{
	int given[2] = { config->fd4, config->fd6 };
	int opened = 0;
	int rc = 0;
	for (unsigned i = 0; i < 2; i++) {
		poller->by_family[i].fd = given[i];
		int error = given[i] >= 0 ? 0
					  : poll_open_socket(
						    i == 0 ? 4 : 6, &poller->by_family[i].fd);
		rc = error < 0 ? error : rc;
		opened += poller->by_family[i].fd >= 0;
	}
	/* A machine without one of the families polls the other. */
	return opened > 0 ? 0 : rc;
}

static void free_poller(struct poller *poller)
{
	for (uint32_t i = 0; i < poller->devices_max; i++) {
		struct poll_device *device = &poller->devices[i];
		while (device->jobs != NULL) {
			struct poll_job *job = device->jobs;
			device->jobs = job->next;
			poll_job_free(job);
		}
		session_destroy(device->v3);
	}
	while (poller->ended != NULL) {
		struct poll_job *job = poller->ended;
		poller->ended = job->next;
		poll_job_free(job);
	}
	for (unsigned i = 0; i < 2; i++) {
		if (poller->by_family[i].fd >= 0) {
			(void)close(poller->by_family[i].fd);
		}
	}
	(void)map_destroy(poller->by_addr);
	poll_batch_destroy(poller->batch);
	free(poller->devices);
	free(poller);
}

static void on_closed(uv_handle_t *handle)
{
	struct poller *poller = handle->type == UV_POLL
					? ((struct poll_family *)handle->data)->poller
					: handle->data;
	if (--poller->handles == 0) {
		free_poller(poller);
	}
}

void poll_close(struct poller *poller)
{
	if (poller == NULL || poller->closing) {
		return;
	}
	poller->closing = true;
	uv_close((uv_handle_t *)&poller->soon, on_closed);
	uv_close((uv_handle_t *)&poller->clock, on_closed);
	for (unsigned i = 0; i < 2; i++) {
		if (poller->by_family[i].poll.data != NULL) {
			uv_close((uv_handle_t *)&poller->by_family[i].poll, on_closed);
		}
	}
}

int poll_create(uv_loop_t *loop, const struct poll_config *config, struct poller **ret_poller)
{
	if (config->devices_max == 0 || config->devices_max > POLL_DEVICES_LIMIT) {
		return E_RANGE;
	}
	struct poller *poller = calloc(1, sizeof(*poller));
	if (poller == NULL) {
		return -ENOMEM;
	}
	poller->loop = loop;
	poller->devices_max = config->devices_max;
	poller->devices = calloc(config->devices_max, sizeof(struct poll_device));
	poller->by_addr = map_create(config->devices_max, config->seed);
	poller->batch = poll_batch_create();
	poller->ended_end = &poller->ended;
	memcpy(&poller->nonce, config->seed, sizeof(poller->nonce));
	if (poller->devices == NULL) {
		abort();
	}
	for (uint32_t i = 0; i < config->devices_max; i++) {
		poller->devices[i].next = i + 1 < config->devices_max ? i + 1 : POLL_NONE;
	}
	for (size_t i = 0; i < POLL_WHEEL; i++) {
		poller->wheel[i] = POLL_NONE;
	}
	int rc = open_sockets(poller, config);
	if (rc < 0) {
		free_poller(poller);
		return rc;
	}
	(void)uv_timer_init(loop, &poller->soon);
	(void)uv_timer_init(loop, &poller->clock);
	poller->soon.data = poller;
	poller->clock.data = poller;
	poller->handles = 2;
	for (unsigned i = 0; i < 2 && rc == 0; i++) {
		rc = watch(poller, i);
	}
	if (rc < 0) {
		poll_close(poller);
		return rc;
	}
	*ret_poller = poller;
	return 0;
}

static int fill_device(struct poll_device *device, const struct poll_target *target)
{
	if (target->community.n > POLL_COMMUNITY_MAX ||
		(target->version == SNMP_V3 && target->user == NULL)) {
		return E_INPUT;
	}
	uint32_t next = device->next;
	*device = (struct poll_device) { .addr = target->addr,
		.port = target->port == 0 ? PORT_DEFAULT : target->port,
		.version = (uint8_t)target->version,
		.repeats = target->repeats == 0 ? POLL_REPEATS_DEFAULT : target->repeats,
		.next = next,
		.pace = { .first_ms = target->wait_ms },
		.community_n = (uint8_t)target->community.n };
	if (target->community.n > 0) {
		memcpy(device->community, target->community.p, target->community.n);
	}
	return target->version == SNMP_V3 ? session_create(target->user, &device->v3) : 0;
}

int poll_add(struct poller *poller, const struct poll_target *target, uint32_t *ret_device)
{
	uint8_t key[ADDR_KEY_OCTETS];
	uint16_t port = target->port == 0 ? PORT_DEFAULT : target->port;
	put_addr_key(&target->addr, port, key);
	struct slice where = slice_of(key, sizeof(key));
	uint32_t at = poller->free;
	if (at == POLL_NONE) {
		return E_LIMIT;
	}
	if (target->addr.family != 4 && target->addr.family != 6) {
		return E_INPUT;
	}
	if (poller->by_family[target->addr.family == 6].fd < 0) {
		return E_UNSUPPORTED;
	}
	if (map_get(poller->by_addr, where) != NULL) {
		return E_EXISTS;
	}
	struct poll_device *device = &poller->devices[at];
	int rc = fill_device(device, target);
	if (rc < 0) {
		return rc;
	}
	rc = map_put(poller->by_addr, where, device);
	if (rc < 0) {
		session_destroy(device->v3);
		device->v3 = NULL;
		return rc;
	}
	poller->free = device->next;
	device->used = true;
	poller->stats.devices++;
	*ret_device = at;
	return 0;
}

void poll_wake(struct poller *poller, uint32_t at)
{
	if (at < poller->devices_max && poller->devices[at].used) {
		breaker_wake(&poller->devices[at].breaker);
	}
}

void poll_remove(struct poller *poller, uint32_t at)
{
	uint8_t key[ADDR_KEY_OCTETS];
	if (at >= poller->devices_max || !poller->devices[at].used) {
		return;
	}
	struct poll_device *device = &poller->devices[at];
	poll_stop_waiting(poller, at);
	put_addr_key(&device->addr, device->port, key);
	(void)map_take(poller->by_addr, slice_of(key, sizeof(key)));
	while (device->jobs != NULL) {
		struct poll_job *job = device->jobs;
		device->jobs = job->next;
		poll_job_free(job);
	}
	session_destroy(device->v3);
	*device = (struct poll_device) { .next = poller->free };
	poller->free = at;
	poller->stats.devices--;
}

static int take_job(
	struct poller *poller, uint32_t at, const struct poll_ask *ask, bool is_walk)
{
	if (at >= poller->devices_max || !poller->devices[at].used || ask->count == 0 ||
		ask->count > POLL_NAMES_MAX) {
		return E_INPUT;
	}
	struct poll_device *device = &poller->devices[at];
	if (device->queued == POLL_QUEUE_MAX) {
		poller->stats.refused++;
		return E_BUSY;
	}
	struct poll_job *job = calloc(1, sizeof(*job) + ask->count * sizeof(struct poll_name));
	if (job == NULL) {
		return -ENOMEM;
	}
	job->is_walk = is_walk;
	job->done = ask->done;
	job->user = ask->user;
	job->vlan = ask->vlan;
	job->count = ask->count;
	job->answer =
		(struct poll_answer) { .device = at, .table = ask->table, .round_trip_us = -1 };
	for (size_t i = 0; i < ask->count; i++) {
		struct slice name = ask->names[i];
		if (name.n > POLL_NAME_OCTETS_MAX || beroid_check(name) < 0) {
			poll_job_free(job);
			return E_INPUT;
		}
		memcpy(job->names[i].base, name.p, name.n);
		memcpy(job->names[i].last, name.p, name.n);
		job->names[i].base_n = job->names[i].last_n = (uint8_t)name.n;
	}
	struct poll_job **end = &device->jobs;
	while (*end != NULL) {
		end = &(*end)->next;
	}
	*end = job;
	device->queued++;
	if (device->stage == POLL_IDLE) {
		poll_begin_next(poller, at);
	}
	return 0;
}

int poll_get(struct poller *poller, uint32_t device, const struct poll_ask *ask)
{
	return take_job(poller, device, ask, false);
}

int poll_walk(struct poller *poller, uint32_t device, const struct poll_ask *ask)
{
	return take_job(poller, device, ask, true);
}

struct poll_stats poll_stats(const struct poller *poller)
{
	struct poll_stats stats = poller->stats;
	for (uint32_t i = 0; i < poller->devices_max; i++) {
		stats.dead += poller->devices[i].breaker.open;
	}
	return stats;
}
