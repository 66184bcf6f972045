/* SPDX-License-Identifier: Apache-2.0 */
#include "role/config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <yaml.h>

#include "base/err.h"

static const struct {
	const char *key;
	size_t offset;
	const char *initial;
} keys[] = {
	{ "data", offsetof(struct config, data), "/var/lib/fengsui" },
	{ "listen", offsetof(struct config, listen), "127.0.0.1:8640" },
	{ "tls_listen", offsetof(struct config, tls_listen), "" },
	{ "tls_cert", offsetof(struct config, tls_cert), "" },
	{ "tls_key", offsetof(struct config, tls_key), "" },
	{ "store", offsetof(struct config, store), "sqlite" },
	{ "sandbox", offsetof(struct config, sandbox), "strict" },
	{ "key_file", offsetof(struct config, key_file), "" },
	{ "syslog", offsetof(struct config, syslog), "127.0.0.1:5514" },
	{ "traps", offsetof(struct config, traps), "127.0.0.1:5162" },
	{ "plugins", offsetof(struct config, plugins), "" },
	{ "share", offsetof(struct config, share), "" },
};

enum { KEY_COUNT = sizeof(keys) / sizeof(keys[0]) };

static char *place_of(struct config *config, size_t key)
{
	return (char *)config + keys[key].offset;
}

void config_init(struct config *config)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		(void)snprintf(place_of(config, i), CONFIG_TEXT_MAX, "%s", keys[i].initial);
	}
}

int config_set(struct config *config, const char *key, struct slice value, struct diag *diag)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].key, key) != 0) {
			continue;
		}
		if (value.n >= CONFIG_TEXT_MAX ||
			(value.n > 0 && memchr(value.p, '\0', value.n) != NULL)) {
			return diag_set(
				diag, E_LIMIT, 0, 0, "the value of '%s' is too long", key);
		}
		if (strcmp(key, "sandbox") == 0 && !slice_is(value, "strict") &&
			!slice_is(value, "relaxed")) {
			return diag_set(
				diag, E_INPUT, 0, 0, "sandbox is 'strict' or 'relaxed'");
		}
		(void)snprintf(place_of(config, i), CONFIG_TEXT_MAX, "%.*s", SLICE_FMT(value));
		return 0;
	}
	return diag_set(diag, E_ABSENT, 0, 0, "unknown key '%s'", key);
}

struct reading {
	struct config *config;
	struct diag_list *diags;
	const char *path;
	char key[64];
	bool has_key;
	unsigned depth;
	bool bad;
};

static void complain(struct reading *r, const yaml_mark_t *mark, const char *text)
{
	struct diag diag = { .line = mark->line + 1, .offset = mark->index };
	(void)snprintf(diag.source, sizeof(diag.source), "%s", r->path);
	(void)snprintf(diag.text, sizeof(diag.text), "%s", text);
	diag_list_add(r->diags, &diag);
	r->bad = true;
}

static void scalar_take(struct reading *r, const yaml_event_t *event)
{
	struct slice text = slice_of(event->data.scalar.value, event->data.scalar.length);
	if (!r->has_key) {
		(void)snprintf(r->key, sizeof(r->key), "%.*s", SLICE_FMT(text));
		r->has_key = true;
		return;
	}
	struct diag diag = { 0 };
	if (config_set(r->config, r->key, text, &diag) < 0) {
		complain(r, &event->start_mark, diag.text);
	}
	r->has_key = false;
}

static void event_take(struct reading *r, const yaml_event_t *event)
{
	switch ((int)event->type) {
	case YAML_SCALAR_EVENT:
		if (r->depth == 1) {
			scalar_take(r, event);
		} else {
			complain(r, &event->start_mark, "the file must be one flat mapping");
		}
		break;
	case YAML_MAPPING_START_EVENT:
		if (++r->depth > 1) {
			complain(r, &event->start_mark, "the mapping must be flat");
		}
		break;
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		break;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_ALIAS_EVENT:
		complain(r, &event->start_mark, "lists and aliases are not used here");
		break;
	default:
		break;
	}
}

int config_read(const char *path, struct config *config, struct diag_list *diags)
{
	FILE *file = fopen(path, "re");
	if (file == NULL) {
		return -errno;
	}
	yaml_parser_t parser;
	struct reading r = { .config = config, .diags = diags, .path = path };
	if (yaml_parser_initialize(&parser) == 0) {
		(void)fclose(file);
		return -ENOMEM;
	}
	yaml_parser_set_input_file(&parser, file);
	for (bool end = false; !end;) {
		yaml_event_t event;
		if (yaml_parser_parse(&parser, &event) == 0) {
			complain(&r, &parser.problem_mark,
				parser.problem != NULL ? parser.problem : "not YAML");
			break;
		}
		event_take(&r, &event);
		end = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&parser);
	(void)fclose(file);
	return r.bad ? E_FORMAT : 0;
}
