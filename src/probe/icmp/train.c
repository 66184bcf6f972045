/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/icmp/train.h"

#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "probe/icmp/rtt.h"

/* One round.  In the set's row until its last echo is sent, in flight until that is answered. */
struct train {
	struct train_set *set;
	struct train *next; /* in the row */
	struct train *prev_open;
	struct train *next_open;
	struct check_spec spec; /* without texts: they are not the engine's business */
	struct check_sink sink;
	uint64_t due_ms;
	unsigned warn_loss;
	unsigned count;
	unsigned answered;
	struct rtt_round round;
	struct check_result last_bad;
	bool replied;
};

/* All wait the same moment between echoes, so the row is in order by itself. */
struct train_set {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct ping *ping;
	struct train *first;
	struct train **last;
	struct train *open;
	uint32_t count;
};

static void open_list_remove(struct train *train)
{
	struct train_set *set = train->set;
	if (train->prev_open != NULL) {
		train->prev_open->next_open = train->next_open;
	} else {
		set->open = train->next_open;
	}
	if (train->next_open != NULL) {
		train->next_open->prev_open = train->prev_open;
	}
	set->count--;
}

static void judge(const struct train *train, struct check_result *result)
{
	const struct check_spec *spec = &train->spec;
	struct rtt_summary seen = rtt_summarise(&train->round);
	if (!train->replied) {
		*result = train->last_bad;
		check_result_perf(result, "rtt", (double)NAN, "us");
	} else {
		check_result_init(result, spec, train->last_bad.at_unix_ms);
		result->latency_us = seen.median_us;
		check_result_perf(result, "rtt", (double)seen.median_us, "us");
		check_result_perf(result, "rtt_min", (double)seen.min_us, "us");
		check_result_perf(result, "rtt_max", (double)seen.max_us, "us");
		if (seen.jitter_us >= 0) {
			check_result_perf(result, "jitter", (double)seen.jitter_us, "us");
		}
	}
	check_result_perf(result, "loss", seen.loss_percent, "%");
	if (!train->replied) {
		return;
	}
	bool slow = spec->warn_latency_ms != 0 &&
		    seen.median_us > (int64_t)spec->warn_latency_ms * 1000;
	check_result_arg_int(result, "sent", train->round.sent);
	check_result_arg_int(result, "lost", seen.lost);
	check_result_arg_int(result, "loss", seen.loss_percent);
	if (seen.loss_percent >= train->warn_loss) {
		check_result_set(result, CHECK_DEGRADED, "icmp.loss");
	} else {
		check_result_set(result, slow ? CHECK_DEGRADED : CHECK_UP,
			slow ? "icmp.slow" : "icmp.ok");
	}
}

static void finish(struct train *train)
{
	struct check_result result;
	struct check_sink sink = train->sink;
	judge(train, &result);
	open_list_remove(train);
	free(train);
	sink.done(sink.user, sink.tag, &result);
}

/* The tag is the place of the echo in its round; the train is the user. */
static void on_echo(void *user, uint64_t tag, const struct check_result *result)
{
	struct train *train = user;
	bool came = result->state == CHECK_UP || result->state == CHECK_DEGRADED;
	train->round.rtt_us[tag] = came ? result->latency_us : -1;
	train->replied = train->replied || came;
	if (came) {
		train->last_bad.at_unix_ms = result->at_unix_ms;
	} else {
		train->last_bad = *result;
	}
	if (++train->answered == train->count) {
		finish(train);
	}
}

static int send_one(struct train *train)
{
	struct check_spec spec = train->spec;
	spec.warn_latency_ms = 0; /* judged over the round */
	unsigned at = train->round.sent;
	int rc =
		ping_start(train->set->ping, &spec, (struct check_sink) { on_echo, train, at });
	if (rc == 0) {
		train->round.sent++;
	}
	return rc;
}

static void on_due(uv_timer_t *timer);

static void row_append(struct train_set *set, struct train *train)
{
	train->due_ms = uv_now(set->loop) + TRAIN_GAP_MS;
	train->next = NULL;
	*set->last = train;
	set->last = &train->next;
	if (!uv_is_active((uv_handle_t *)&set->timer)) {
		(void)uv_timer_start(&set->timer, on_due, TRAIN_GAP_MS, 0);
	}
}

/* A full engine shortens the round: what was not sent is not lost. */
static void step(struct train *train)
{
	if (send_one(train) < 0) {
		train->count = train->round.sent;
		if (train->answered == train->count) {
			finish(train);
		}
	} else if (train->round.sent < train->count) {
		row_append(train->set, train);
	}
}

static void on_due(uv_timer_t *timer)
{
	struct train_set *set = timer->data;
	uint64_t now_ms = uv_now(set->loop);
	while (set->first != NULL && set->first->due_ms <= now_ms) {
		struct train *train = set->first;
		set->first = train->next;
		set->last = set->first == NULL ? &set->first : set->last;
		step(train);
	}
	if (set->first != NULL) {
		(void)uv_timer_start(&set->timer, on_due, set->first->due_ms - now_ms, 0);
	}
}

int train_start(struct train_set *set, const struct check_spec *spec, struct check_sink sink)
{
	int64_t count = check_spec_number(spec, ICMP_COUNT);
	if (count <= 1) {
		return ping_start(set->ping, spec, sink);
	}
	struct train *train = set->count < TRAIN_SET_MAX ? calloc(1, sizeof(*train)) : NULL;
	if (train == NULL) {
		return E_BUSY;
	}
	train->set = set;
	train->spec = (struct check_spec) { .id = spec->id,
		.kind = spec->kind,
		.addr = spec->addr,
		.timeout_ms = spec->timeout_ms,
		.warn_latency_ms = spec->warn_latency_ms };
	train->warn_loss = (unsigned)check_spec_number(spec, ICMP_WARN_LOSS);
	train->sink = sink;
	train->count = count < RTT_MAX ? (unsigned)count : RTT_MAX;
	int rc = send_one(train);
	if (rc < 0) {
		free(train);
		return rc;
	}
	train->next_open = set->open;
	if (set->open != NULL) {
		set->open->prev_open = train;
	}
	set->open = train;
	set->count++;
	row_append(set, train);
	return 0;
}

uint32_t train_set_count(const struct train_set *set)
{
	return set->count;
}

struct train_set *train_set_create(uv_loop_t *loop, struct ping *ping)
{
	struct train_set *set = calloc(1, sizeof(*set));
	if (set == NULL) {
		return NULL;
	}
	set->loop = loop;
	set->ping = ping;
	set->last = &set->first;
	(void)uv_timer_init(loop, &set->timer);
	set->timer.data = set;
	return set;
}

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void train_set_close(struct train_set *set)
{
	while (set->open != NULL) {
		struct train *train = set->open;
		set->open = train->next_open;
		free(train);
	}
	uv_close((uv_handle_t *)&set->timer, on_closed);
}
