/* SPDX-License-Identifier: Apache-2.0 */
#include "api/events.h"

#include <stdlib.h>
#include <string.h>

#include "base/jw.h"

enum { ROOM_FIRST = 8 };

void events_fini(struct events *events)
{
	free(events->waiting);
	*events = (struct events) { 0 };
}

static void remove_at(struct events *events, size_t at)
{
	events->count--;
	memmove(&events->waiting[at], &events->waiting[at + 1],
		(events->count - at) * sizeof(events->waiting[0]));
}

static bool room_make(struct events *events)
{
	if (events->count < events->room) {
		return true;
	}
	size_t room = events->room == 0 ? ROOM_FIRST : events->room * 2;
	struct event *grown =
		room <= EVENTS_WAITING_MAX
			? realloc(events->waiting, room * sizeof(events->waiting[0]))
			: NULL;
	if (grown == NULL) {
		return false;
	}
	events->waiting = grown;
	events->room = room;
	return true;
}

void events_resync(struct events *events, int64_t seq)
{
	events->count = 0;
	events->resync_seq = seq > 0 ? seq : 1;
}

void events_put(struct events *events, const struct event *event)
{
	for (size_t i = 0; i < events->count; i++) {
		const struct event *have = &events->waiting[i];
		if (have->id == event->id && slice_is(slice_str(have->topic), event->topic)) {
			remove_at(events, i);
			events->coalesced++;
			break;
		}
	}
	if (!room_make(events)) {
		events->overflows++;
		events_resync(events, event->seq);
		return;
	}
	events->waiting[events->count++] = *event;
}

bool events_take(struct events *events, struct buf *out)
{
	if (events->resync_seq > 0) {
		buf_printf(out, "id: %lld\nevent: resync\ndata: {\"seq\":%lld}\n\n",
			(long long)events->resync_seq, (long long)events->resync_seq);
		events->resync_seq = 0;
		return true;
	}
	if (events->count == 0) {
		return false;
	}
	const struct event *e = &events->waiting[0];
	buf_printf(out, "id: %lld\ndata: ", (long long)e->seq);
	struct jw jw;
	jw_init(&jw, out);
	jw_object(&jw);
	jw_kv_int(&jw, "seq", e->seq);
	jw_kv_str(&jw, "topic", slice_str(e->topic));
	jw_kv_int(&jw, "id", e->id);
	jw_kv_int(&jw, "version", e->version);
	jw_end(&jw);
	buf_put_str(out, "\n\n");
	remove_at(events, 0);
	return true;
}
