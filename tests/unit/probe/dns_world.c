/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "world.h"

enum { WIRE_MAX = 1500 };

struct dns_world {
	struct server tcp;
	int udp;
	uv_thread_t thread;
	struct dns_script script;
	atomic_uint asked;
	atomic_bool silent;
	atomic_bool over;
};

/* Header and question of the query, then the script's records. */
static size_t answer(
	const struct dns_world *world, const uint8_t *query, size_t n, bool cut, uint8_t *out)
{
	const struct dns_script *script = &world->script;
	size_t end = 12;
	while (end < n && query[end] != 0) {
		end += query[end] + 1u;
	}
	end += 5;
	assert_true(end <= n);
	memcpy(out, query, end);
	out[2] = (uint8_t)(0x80 | script->flags[0] | (cut ? 2 : 0));
	out[3] = script->flags[1];
	memset(out + 6, 0, 6);
	if (cut) {
		return end;
	}
	out[7] = script->answers;
	if (script->record_octets > 0) {
		memcpy(out + end, script->record, script->record_octets);
	}
	return end + script->record_octets;
}

static void send_to(const struct dns_world *world, const uint8_t *wire, size_t n,
	const struct sockaddr_in *to)
{
	(void)!sendto(world->udp, wire, n, 0, (const struct sockaddr *)to, sizeof(*to));
}

static void send_false(const struct dns_world *world, const uint8_t *good, size_t n,
	const struct sockaddr_in *to)
{
	uint8_t wire[WIRE_MAX];
	static const size_t spoilt[] = { 0, 2, 13 }; /* id, direction, question */
	for (size_t i = 0; i < 3; i++) {
		memcpy(wire, good, n);
		wire[spoilt[i]] ^= spoilt[i] == 2 ? 0x80 : 1;
		wire[n - 1] ^= 1;
		send_to(world, wire, n, to);
	}
}

static void serve_udp(void *user)
{
	struct dns_world *world = user;
	uint8_t query[WIRE_MAX];
	uint8_t wire[WIRE_MAX];
	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(
			world->udp, query, sizeof(query), 0, (struct sockaddr *)&from, &len);
		if (atomic_load(&world->over)) {
			return;
		}
		if (n < 12) {
			continue;
		}
		atomic_fetch_add(&world->asked, 1);
		size_t octets = answer(world, query, (size_t)n, world->script.cut, wire);
		if (world->script.noise_first) {
			send_to(world, (const uint8_t *)"noise", 5, &from);
			send_to(world, wire, 0, &from);
		}
		if (world->script.forge_first) {
			send_false(world, wire, octets, &from);
		}
		if (!world->script.silent && !atomic_load(&world->silent)) {
			send_to(world, wire, octets, &from);
		}
	}
}

static void serve_tcp(int fd, void *arg)
{
	const struct dns_world *world = arg;
	uint8_t query[WIRE_MAX];
	uint8_t wire[WIRE_MAX + 2];
	ssize_t n = 0;
	/* The prefix and the message may come apart. */
	while (n < 2 || n < 2 + (query[0] << 8 | query[1])) {
		ssize_t got = recv(fd, query + n, sizeof(query) - (size_t)n, 0);
		if (got <= 0) {
			return;
		}
		n += got;
	}
	size_t octets = answer(world, query + 2, (size_t)n - 2, false, wire + 2);
	if (world->script.tcp_garbage) {
		memset(wire + 2, 0xff, octets);
	}
	wire[0] = (uint8_t)(octets >> 8);
	wire[1] = (uint8_t)octets;
	for (size_t i = 0; world->script.tcp_drip && i < octets + 2; i++) {
		(void)!send(fd, wire + i, 1, MSG_NOSIGNAL);
		(void)usleep(1000);
	}
	if (!world->script.tcp_drip) {
		(void)!send(fd, wire, octets + 2, MSG_NOSIGNAL);
	}
}

struct dns_world *dns_world_start(const struct dns_script *script)
{
	struct dns_world *world = calloc(1, sizeof(*world));
	assert_non_null(world);
	world->script = *script;
	server_start(&world->tcp, serve_tcp, world);
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
		.sin_port = htons(world->tcp.port) };
	world->udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(world->udp, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(uv_thread_create(&world->thread, serve_udp, world), 0);
	return world;
}

void dns_world_stop(struct dns_world *world)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
		.sin_port = htons(world->tcp.port) };
	atomic_store(&world->over, true);
	send_to(world, (const uint8_t *)"", 0, &at);
	assert_int_equal(uv_thread_join(&world->thread), 0);
	(void)close(world->udp);
	server_stop(&world->tcp);
	free(world);
}

uint16_t dns_world_port(const struct dns_world *world)
{
	return world->tcp.port;
}

unsigned dns_world_asked(const struct dns_world *world)
{
	return atomic_load(&world->asked);
}

void dns_world_silence(struct dns_world *world)
{
	atomic_store(&world->silent, true);
}
