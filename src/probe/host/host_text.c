/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/host/host_text.h"

#include <string.h>

#include "base/err.h"
#include "base/num.h"

enum { RTF_UP_BIT = 1, RTF_GATEWAY_BIT = 2, NETDEV_FIELDS = 16 };

/* The next word between blanks; false at the end. */
static bool next_word(struct slice *text, struct slice *ret_word)
{
	size_t i = 0;
	while (i < text->n && (text->p[i] == ' ' || text->p[i] == '\t')) {
		i++;
	}
	size_t start = i;
	while (i < text->n && text->p[i] != ' ' && text->p[i] != '\t') {
		i++;
	}
	*ret_word = (struct slice) { text->p + start, i - start };
	*text = slice_skip(*text, i);
	return ret_word->n > 0;
}

/* The next line without its LF; false at the end. */
static bool next_line(struct slice *text, struct slice *ret_line)
{
	struct slice rest = { 0 };
	if (text->n == 0) {
		return false;
	}
	if (!slice_cut(*text, '\n', ret_line, &rest)) {
		*ret_line = *text;
		rest = (struct slice) { 0 };
	}
	*text = rest;
	return true;
}

int host_read_load(struct slice text, struct host_sample *sample)
{
	for (unsigned i = 0; i < 3; i++) {
		struct slice word;
		if (!next_word(&text, &word) || num_double(word, &sample->load[i]) < 0) {
			return E_FORMAT;
		}
	}
	return 0;
}

int host_read_memory(struct slice text, struct host_sample *sample)
{
	static const struct {
		const char *name;
		size_t offset;
	} wanted[] = {
		{ "MemTotal", offsetof(struct host_sample, memory_octets) },
		{ "MemAvailable", offsetof(struct host_sample, memory_available_octets) },
	};
	unsigned found = 0;
	struct slice line;
	while (next_line(&text, &line)) {
		struct slice name;
		struct slice value;
		struct slice word;
		uint64_t kib = 0;
		if (!slice_cut(line, ':', &name, &value)) {
			continue;
		}
		for (size_t i = 0; i < 2; i++) {
			if (slice_is(name, wanted[i].name) && next_word(&value, &word) &&
				num_u64(word, UINT64_MAX / 1024, &kib) == 0) {
				kib *= 1024;
				memcpy((uint8_t *)sample + wanted[i].offset, &kib, sizeof(kib));
				found |= 1u << i;
			}
		}
	}
	return found == 3 ? 0 : E_FORMAT;
}

static int read_interface(struct slice name, struct slice fields, struct host_interface *ret)
{
	uint64_t value[NETDEV_FIELDS] = { 0 };
	for (unsigned i = 0; i < NETDEV_FIELDS; i++) {
		struct slice word;
		if (!next_word(&fields, &word) || num_u64(word, UINT64_MAX, &value[i]) < 0) {
			return E_FORMAT;
		}
	}
	*ret = (struct host_interface) { .rx_octets = value[0],
		.rx_errors = value[2],
		.rx_dropped = value[3],
		.tx_octets = value[8],
		.tx_errors = value[10],
		.tx_dropped = value[11] };
	memcpy(ret->name, name.p, name.n);
	ret->name[name.n] = '\0';
	return 0;
}

int host_read_interfaces(struct slice text, struct host_sample *sample)
{
	struct slice line;
	sample->interface_count = 0;
	sample->interfaces_refused = 0;
	while (next_line(&text, &line)) {
		struct slice name;
		struct slice fields;
		/* The two head lines have bars and no colon. */
		if (!slice_cut(line, ':', &name, &fields)) {
			continue;
		}
		name = slice_trim(name);
		if (name.n == 0 || name.n > HOST_INTERFACE_NAME_MAX) {
			return E_FORMAT;
		}
		if (sample->interface_count == HOST_INTERFACES_MAX) {
			sample->interfaces_refused++;
			continue;
		}
		int rc = read_interface(
			name, fields, &sample->interfaces[sample->interface_count]);
		if (rc < 0) {
			return rc;
		}
		sample->interface_count++;
	}
	return 0;
}

static bool read_hex32(struct slice word, uint32_t *ret_value)
{
	uint32_t value = 0;
	for (size_t i = 0; i < word.n; i++) {
		unsigned c = word.p[i] | 0x20u;
		unsigned digit = c >= '0' && c <= '9'   ? c - '0'
				 : c >= 'a' && c <= 'f' ? c - 'a' + 10
							: 16;
		if (digit == 16 || word.n > 8) {
			return false;
		}
		value = value << 4 | digit;
	}
	*ret_value = value;
	return word.n > 0;
}

/* Iface Destination Gateway Flags …; addresses are the machine's own order in hexadecimal. */
static bool read_gateway(struct slice line, struct probe_addr *ret_addr)
{
	struct slice word[4];
	uint32_t to = 0;
	uint32_t by = 0;
	uint32_t flags = 0;
	for (unsigned i = 0; i < 4; i++) {
		if (!next_word(&line, &word[i])) {
			return false;
		}
	}
	if (!read_hex32(word[1], &to) || !read_hex32(word[2], &by) ||
		!read_hex32(word[3], &flags) || to != 0 || (flags & RTF_GATEWAY_BIT) == 0 ||
		(flags & RTF_UP_BIT) == 0) {
		return false;
	}
	*ret_addr = (struct probe_addr) { .family = 4 };
	memcpy(ret_addr->octet, &by, 4);
	return true;
}

static void add_unique(struct probe_addr *list, unsigned *count, const struct probe_addr *addr)
{
	for (unsigned i = 0; i < *count; i++) {
		if (probe_addr_eq(&list[i], addr)) {
			return;
		}
	}
	if (*count < HOST_SUGGESTED_MAX) {
		list[(*count)++] = *addr;
	}
}

struct host_suggestion host_suggest(struct slice route_text, struct slice resolv_text)
{
	struct host_suggestion found = { 0 };
	struct probe_addr addr;
	struct slice line;
	struct slice word;
	while (next_line(&route_text, &line)) {
		if (read_gateway(line, &addr)) {
			add_unique(found.gateways, &found.gateway_count, &addr);
		}
	}
	while (next_line(&resolv_text, &line)) {
		line = slice_trim(line);
		if (next_word(&line, &word) && slice_is(word, "nameserver") &&
			next_word(&line, &word) && probe_addr_parse(word, &addr) == 0) {
			add_unique(found.resolvers, &found.resolver_count, &addr);
		}
	}
	return found;
}
