/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/source_priv.h"
#include "base/arena.h"
#include "base/err.h"

enum { READ_OCTETS = 256 * 1024 };

struct export_source {
	struct source source;
	FILE *file;
	struct arena *arena;
	struct buf window; /* read and not yet given, from `at` on */
	size_t at;
	struct diag why; /* of the last line that could not be read */
};

static struct export_source *own(struct source *source)
{
	return (struct export_source *)(void *)source;
}

/* One line without its line feed, borrowed from the window: 1, 0 at the end, < 0. */
static int read_line(struct export_source *s, struct slice *ret_line)
{
	size_t looked = 0;
	for (;;) {
		struct slice rest = slice_of(s->window.p + s->at, s->window.n - s->at);
		const uint8_t *feed =
			rest.n > looked ? memchr(rest.p + looked, '\n', rest.n - looked) : NULL;
		if (feed != NULL) {
			*ret_line = slice_of(rest.p, (size_t)(feed - rest.p));
			s->at += ret_line->n + 1;
			return 1;
		}
		looked = rest.n;
		if (looked > AUDIT_LINE_MAX_OCTETS) {
			return E_LIMIT;
		}
		if (s->at > 0 && rest.n > 0) {
			memmove(s->window.p, rest.p, rest.n);
		}
		s->window.n = rest.n;
		s->at = 0;
		uint8_t *room = buf_reserve(&s->window, READ_OCTETS);
		size_t got = room != NULL ? fread(room, 1, READ_OCTETS, s->file) : 0;
		buf_commit(&s->window, got);
		if (got == 0) {
			return ferror(s->file) != 0 ? -EIO : looked > 0 ? E_SHORT : 0;
		}
	}
}

/* A line that is none becomes AUDIT_ITEM_DAMAGE with its reason; reading goes on. */
static int export_fetch(
	struct source *source, enum source_stream stream, struct audit_item *ret_item)
{
	(void)stream;
	struct export_source *s = own(source);
	if (source->done[0]) {
		return 0;
	}
	struct slice line = { 0 };
	int got = read_line(s, &line);
	if (got == 0) {
		return 0;
	}
	source->at++;
	struct audit_item item = { 0 };
	arena_reset(s->arena);
	s->why.text[0] = '\0';
	if (got < 0) {
		/* No line feed any more: nothing after it can be trusted to be a line. */
		source->done[0] = true;
		(void)diag_set(&s->why, got, 0, 0, "%s",
			got == E_SHORT ? "the file ends within a line" : err_text(got));
	} else {
		got = audit_export_parse(s->arena, line, &item, &s->why);
	}
	if (got < 0) {
		item = (struct audit_item) { .kind = AUDIT_ITEM_DAMAGE,
			.seq = source->at,
			.text = slice_str(s->why.text) };
	}
	*ret_item = item;
	return 1;
}

static void export_close(struct source *source)
{
	struct export_source *s = own(source);
	(void)fclose(s->file);
	buf_fini(&s->window);
	s->arena = arena_destroy(s->arena);
	free(s);
}

static const struct source_ops ops = { .fetch = export_fetch, .close = export_close };

int source_open_export(const char *path, struct source **ret_source, struct diag *diag)
{
	FILE *file = fopen(path, "rbe");
	if (file == NULL) {
		int error = errno == ENOENT ? E_ABSENT : -errno;
		return diag_set(diag, error, 0, 0, "cannot read %s: %s", path, err_text(error));
	}
	struct export_source *s = calloc(1, sizeof(*s));
	if (s == NULL) {
		abort();
	}
	s->source.ops = &ops;
	s->source.in_order = true;
	s->file = file;
	s->arena = arena_create(0);
	buf_init(&s->window, AUDIT_LINE_MAX_OCTETS + 2 * READ_OCTETS);
	*ret_source = &s->source;
	return 0;
}
