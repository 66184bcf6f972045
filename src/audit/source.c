/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/source_priv.h"
#include "base/err.h"

int source_open(const char *store, struct source **ret_source, struct diag *diag)
{
	struct slice conf = slice_str(store);
	if (slice_starts(conf, SLICE("sqlite:"))) {
		return source_open_sqlite(store + sizeof("sqlite:") - 1, ret_source, diag);
	}
	if (slice_starts(conf, SLICE("postgresql://")) ||
		slice_starts(conf, SLICE("postgres://"))) {
		return source_open_postgres(store, ret_source, diag);
	}
	return diag_set(diag, E_INPUT, 0, 0,
		"\"%.*s\" names neither sqlite:PATH nor postgresql://",
		(int)(conf.n < 60 ? conf.n : 60), store);
}

struct source *source_close(struct source *source)
{
	if (source != NULL) {
		source->ops->close(source);
	}
	return NULL;
}

/* Have each stream's next item at hand, as far as there is one. */
static void fill(struct source *source)
{
	for (unsigned k = 0; k < SOURCE_STREAMS; k++) {
		if (source->has[k] || source->done[k]) {
			continue;
		}
		struct audit_item *held = &source->held[k];
		int got = source->ops->fetch(source, (enum source_stream)k, held);
		if (got < 0) {
			*held = (struct audit_item) { .kind = AUDIT_ITEM_DAMAGE,
				.seq = source->at,
				.n = (int64_t)k,
				.text = slice_str(source->diag.text) };
		}
		source->has[k] = got != 0;
		source->done[k] = got <= 0;
	}
}

static int give(struct source *source, enum source_stream stream, struct audit_item *ret_item)
{
	*ret_item = source->held[stream];
	source->has[stream] = false;
	if (stream == SOURCE_ENTRIES && ret_item->seq > source->at) {
		source->at = ret_item->seq;
	}
	return 1;
}

int source_next(struct source *source, struct audit_item *ret_item)
{
	if (source->in_order) {
		return source->ops->fetch(source, SOURCE_ENTRIES, ret_item);
	}
	fill(source);
	for (unsigned k = 0; k < SOURCE_STREAMS; k++) {
		if (source->has[k] && source->held[k].kind == AUDIT_ITEM_DAMAGE) {
			return give(source, (enum source_stream)k, ret_item);
		}
	}
	/* After an entry come its values, then the heads that close with it. */
	bool more = source->has[SOURCE_ENTRIES];
	if (source->has[SOURCE_PERSONAL] &&
		(!more || source->held[SOURCE_PERSONAL].seq <= source->at)) {
		return give(source, SOURCE_PERSONAL, ret_item);
	}
	if (source->has[SOURCE_HEADS] &&
		(!more || source->held[SOURCE_HEADS].seq <= source->at)) {
		return give(source, SOURCE_HEADS, ret_item);
	}
	return more ? give(source, SOURCE_ENTRIES, ret_item) : 0;
}

void source_put_name(struct buf *sql, struct slice name)
{
	buf_put_byte(sql, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"') {
			buf_put_byte(sql, '"');
		}
		buf_put_byte(sql, name.p[i]);
	}
	buf_put_byte(sql, '"');
}
