/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/err.h"
#include "base/num.h"
#include "proto/beroid.h"
#include "sim.h"

enum { WORDS_MAX = 8, PATH_OCTETS = 1024 };

/* 400 Gbit/s in octets: what a port may be told to carry. */
#define RATE_MAX UINT64_C(50000000000)

struct line {
	struct sim *sim;
	struct slice words[WORDS_MAX];
	size_t count;
	struct buf *answer;
};

static bool fail(struct line *line, const char *why)
{
	buf_put_str(line->answer, "error ");
	buf_put_str(line->answer, why);
	return false;
}

static bool take_number(struct slice word, uint64_t max, uint64_t *ret_value)
{
	return num_u64(word, max, ret_value) == 0;
}

static bool take_address(struct slice word, uint32_t *ret_address)
{
	char text[16] = { 0 };
	struct in_addr address;
	if (word.n >= sizeof(text)) {
		return false;
	}
	memcpy(text, word.p, word.n);
	if (inet_pton(AF_INET, text, &address) != 1) {
		return false;
	}
	*ret_address = ntohl(address.s_addr);
	return true;
}

static const struct recording *recording_of(struct sim *sim, struct slice word)
{
	char path[PATH_OCTETS] = { 0 };
	if (word.n >= sizeof(path)) {
		return NULL;
	}
	memcpy(path, word.p, word.n);
	for (struct recording *r = sim->recordings; r != NULL; r = r->next) {
		if (strcmp(r->path, path) == 0) {
			return r;
		}
	}
	struct diag_list diags;
	diag_list_init(&diags);
	struct recording *read = recording_load(path, &diags);
	diag_list_fini(&diags);
	if (read != NULL) {
		read->next = sim->recordings;
		sim->recordings = read;
	}
	return read;
}

/* add ADDR RECORDING [COUNT] */
static bool do_add(struct line *line)
{
	uint32_t address = 0;
	uint64_t count = 1;
	if (line->count < 3 || !take_address(line->words[1], &address) ||
		(line->count > 3 && !take_number(line->words[3], SIM_DEVICES_MAX, &count))) {
		return fail(line, "add ADDR RECORDING [COUNT]");
	}
	const struct recording *recording = recording_of(line->sim, line->words[2]);
	if (recording == NULL) {
		return fail(line, "the recording cannot be read");
	}
	int rc = sim_add(line->sim, address, (uint32_t)count, recording);
	return rc == 0 || fail(line, err_text(rc));
}

/* sink ADDR:PORT [v1|v2c] */
static bool do_sink(struct line *line)
{
	struct slice host;
	struct slice port;
	uint64_t number = 0;
	uint32_t address = 0;
	if (line->count < 2 || !slice_cut(line->words[1], ':', &host, &port) ||
		!take_address(host, &address) || !take_number(port, 65535, &number)) {
		return fail(line, "sink ADDR:PORT [v1|v2c]");
	}
	line->sim->sink = address;
	line->sim->sink_port = (uint16_t)number;
	line->sim->trap_version = line->count > 2 && slice_is(line->words[2], "v1") ? 0 : 1;
	return true;
}

static bool do_stats(struct line *line)
{
	const struct sim *sim = line->sim;
	buf_printf(line->answer, "ok devices %zu asked %llu answered %llu strangers %llu",
		sim->count, (unsigned long long)sim->asked, (unsigned long long)sim->answered,
		(unsigned long long)sim->strangers);
	return false;
}

static bool do_end(struct line *line)
{
	line->sim->ended = true;
	return true;
}

/* Settings of a device with one number. */
static bool set_number(struct device *device, struct slice name, uint64_t value)
{
	if (slice_is(name, "delay")) {
		device->delay_ms = (uint32_t)value;
	} else if (slice_is(name, "jitter")) {
		device->jitter_ms = (uint32_t)value;
	} else if (slice_is(name, "loss")) {
		device->loss_percent = (uint8_t)(value < 100 ? value : 100);
	} else if (slice_is(name, "rate")) {
		device->rate = (uint32_t)value;
	} else if (slice_is(name, "toobig")) {
		device->varbinds_max = (uint16_t)value;
	} else if (slice_is(name, "octets")) {
		device->octets_max = (uint16_t)(value < 484 ? 484 : value);
	} else if (slice_is(name, "uptime")) {
		device->uptime_ticks = value;
		device->boot_ms = sim_now_ms();
	} else {
		return false;
	}
	return true;
}

/* Settings that are on (1) or off (0). */
static bool set_switch(struct device *device, struct slice name, bool on)
{
	bool *const places[] = { &device->dead, &device->v1_only, &device->backwards,
		&device->loops, &device->garbage, &device->twice };
	static const char *const names[] = { "dead", "v1only", "backwards", "loop", "garbage",
		"twice" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_is(name, names[i])) {
			*places[i] = on;
			return true;
		}
	}
	return false;
}

/* set ADDR NAME VALUE [COUNT] */
static bool do_set(struct line *line)
{
	uint32_t address = 0;
	uint64_t value = 0;
	uint64_t count = 1;
	if (line->count < 4 || !take_address(line->words[1], &address) ||
		!take_number(line->words[3], UINT32_MAX, &value) ||
		(line->count > 4 && !take_number(line->words[4], SIM_DEVICES_MAX, &count))) {
		return fail(line, "set ADDR NAME VALUE [COUNT]");
	}
	for (uint32_t i = 0; i < count; i++) {
		struct device *device = sim_find(line->sim, address + i);
		if (device == NULL) {
			return fail(line, "no such device");
		}
		if (!set_number(device, line->words[2], value) &&
			!set_switch(device, line->words[2], value != 0)) {
			return fail(line, "no such setting");
		}
	}
	return true;
}

static bool do_reboot(struct line *line, struct device *device)
{
	device_reboot(device, sim_now_ms());
	sim_trap(line->sim, device, 0, 0);
	return true;
}

/* community ADDR TEXT */
static bool do_community(struct line *line, struct device *device)
{
	if (line->count < 3 || line->words[2].n >= sizeof(device->community)) {
		return fail(line, "community ADDR TEXT");
	}
	memset(device->community, 0, sizeof(device->community));
	memcpy(device->community, line->words[2].p, line->words[2].n);
	return true;
}

/* port ADDR IFINDEX up|down */
static bool do_port(struct line *line, struct device *device)
{
	uint64_t index = 0;
	if (line->count < 4 || !take_number(line->words[2], UINT32_MAX, &index)) {
		return fail(line, "port ADDR IFINDEX up|down");
	}
	unsigned oper = slice_is(line->words[3], "up") ? 1 : 2;
	return sim_set_port(line->sim, device, (uint32_t)index, oper) ||
	       fail(line, "no such port");
}

/* flap ADDR IFINDEX PERIOD_MS TIMES */
static bool do_flap(struct line *line, struct device *device)
{
	uint64_t index = 0;
	uint64_t period_ms = 0;
	uint64_t times = 0;
	if (line->count < 5 || !take_number(line->words[2], UINT32_MAX, &index) ||
		!take_number(line->words[3], 3600000, &period_ms) ||
		!take_number(line->words[4], 1000000, &times) || period_ms == 0 || times == 0) {
		return fail(line, "flap ADDR IFINDEX PERIOD_MS TIMES");
	}
	/* Down first, and up again in the end. */
	struct sim_later later = { .act = SIM_FLAP,
		.due_ms = sim_now_ms(),
		.from = device->address,
		.if_index = (uint32_t)index,
		.period_ms = (uint32_t)period_ms,
		.times = (uint32_t)times * 2 };
	return sim_do_later(line->sim, &later) == 0 || fail(line, "too much to do later");
}

/* rate ADDR IFINDEX IN OUT */
static bool do_rate(struct line *line, struct device *device)
{
	uint64_t index = 0;
	uint64_t rate[PORT_WAYS] = { 0 };
	if (line->count < 5 || !take_number(line->words[2], UINT32_MAX, &index) ||
		!take_number(line->words[3], RATE_MAX, &rate[PORT_IN]) ||
		!take_number(line->words[4], RATE_MAX, &rate[PORT_OUT])) {
		return fail(line, "rate ADDR IFINDEX IN OUT");
	}
	return device_set_rate(device, (uint32_t)index, rate, sim_now_ms()) ||
	       fail(line, "no such port");
}

/* value ADDR OID NUMBER */
static bool do_value(struct line *line, struct device *device)
{
	AUTO_BUF struct buf name;
	uint64_t number = 0;
	buf_init(&name, BEROID_OCTETS_MAX);
	if (line->count < 4 || beroid_put_parsed(&name, line->words[2]) < 0 ||
		!take_number(line->words[3], UINT32_MAX, &number)) {
		return fail(line, "value ADDR OID NUMBER");
	}
	int rc = device_set_value(device, buf_slice(&name), number);
	return rc == 0 || fail(line, rc == E_ABSENT ? "no such object" : err_text(rc));
}

/* vlan ADDR NUMBER RECORDING */
static bool do_vlan(struct line *line, struct device *device)
{
	uint64_t number = 0;
	if (line->count < 4 || !take_number(line->words[2], UINT16_MAX, &number) ||
		device->vlan_count == DEVICE_VLANS_MAX) {
		return fail(line, "vlan ADDR NUMBER RECORDING");
	}
	const struct recording *recording = recording_of(line->sim, line->words[3]);
	if (recording == NULL) {
		return fail(line, "the recording cannot be read");
	}
	device->vlans[device->vlan_count++] =
		(struct device_vlan) { (uint16_t)number, recording };
	return true;
}

static bool do_line(struct line *line)
{
	static const struct {
		const char *name;
		bool (*run)(struct line *line);
	} plain[] = { { "add", do_add }, { "set", do_set }, { "sink", do_sink },
		{ "stats", do_stats }, { "end", do_end } };
	static const struct {
		const char *name;
		bool (*run)(struct line *line, struct device *device);
	} about[] = { { "reboot", do_reboot }, { "community", do_community },
		{ "port", do_port }, { "flap", do_flap }, { "rate", do_rate },
		{ "value", do_value }, { "vlan", do_vlan } };
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (slice_is(line->words[0], plain[i].name)) {
			return plain[i].run(line);
		}
	}
	uint32_t address = 0;
	struct device *device = line->count > 1 && take_address(line->words[1], &address)
					? sim_find(line->sim, address)
					: NULL;
	for (size_t i = 0; i < sizeof(about) / sizeof(about[0]); i++) {
		if (slice_is(line->words[0], about[i].name)) {
			return device != NULL ? about[i].run(line, device)
					      : fail(line, "no such device");
		}
	}
	return fail(line, "no such word");
}

void sim_control(struct sim *sim, struct slice text, struct buf *answer)
{
	struct line line = { .sim = sim, .answer = answer };
	struct slice left = slice_trim(text);
	while (left.n > 0 && line.count < WORDS_MAX) {
		struct slice word;
		if (!slice_cut(left, ' ', &word, &left)) {
			left = (struct slice) { 0 };
		}
		if (word.n > 0) {
			line.words[line.count++] = word;
		}
	}
	if (line.count == 0 || line.words[0].p[0] == '#') {
		return;
	}
	if (do_line(&line)) {
		buf_put_str(answer, "ok");
	}
	buf_put_byte(answer, '\n');
}
