/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "sys/password.h"

struct place {
	struct password_job job;
	bool ok;
	char new_hash[PASSWORD_HASH_MAX];
};

/* A ring: places [answered, worked) await delivery, [worked, asked) the thread. */
struct password_lane {
	uv_async_t wake;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct place places[PASSWORD_LANE_QUEUE_MAX];
	uint64_t asked;
	uint64_t worked;
	uint64_t answered; /* the loop's thread alone */
	uint64_t refused;
	bool stopping;
};

static void work(struct place *place)
{
	const struct password_job *job = &place->job;
	struct slice to_hash = job->new_password;
	if (job->stored_hash.n > 0 || to_hash.n == 0) {
		place->ok = password_verify(job->stored_hash, job->password);
		if (place->ok && to_hash.n == 0 && password_outdated(job->stored_hash)) {
			to_hash = job->password;
		}
	}
	if (to_hash.n > 0 && password_hash(to_hash, place->new_hash) < 0) {
		place->new_hash[0] = '\0';
	}
}

static void *run(void *arg)
{
	struct password_lane *lane = arg;
	(void)pthread_mutex_lock(&lane->lock);
	for (;;) {
		while (lane->worked == lane->asked && !lane->stopping) {
			(void)pthread_cond_wait(&lane->more, &lane->lock);
		}
		if (lane->stopping) {
			break;
		}
		struct place *place = &lane->places[lane->worked % PASSWORD_LANE_QUEUE_MAX];
		(void)pthread_mutex_unlock(&lane->lock);
		work(place);
		(void)pthread_mutex_lock(&lane->lock);
		lane->worked++;
		(void)uv_async_send(&lane->wake);
	}
	(void)pthread_mutex_unlock(&lane->lock);
	return NULL;
}

static void deliver(struct password_lane *lane, uint64_t until)
{
	while (lane->answered < until) {
		/* The place is free for a new job before done is called, which may ask one. */
		struct place place = lane->places[lane->answered % PASSWORD_LANE_QUEUE_MAX];
		(void)pthread_mutex_lock(&lane->lock);
		lane->answered++;
		(void)pthread_mutex_unlock(&lane->lock);
		place.job.done(place.job.ctx, place.ok, slice_str(place.new_hash));
		explicit_bzero(&place, sizeof(place));
	}
}

static void on_wake(uv_async_t *async)
{
	struct password_lane *lane = async->data;
	(void)pthread_mutex_lock(&lane->lock);
	uint64_t until = lane->worked;
	(void)pthread_mutex_unlock(&lane->lock);
	deliver(lane, until);
}

static void on_closed(uv_handle_t *handle)
{
	struct password_lane *lane = handle->data;
	(void)pthread_mutex_destroy(&lane->lock);
	(void)pthread_cond_destroy(&lane->more);
	free(lane);
}

int password_lane_start(uv_loop_t *loop, struct password_lane **ret_lane)
{
	struct password_lane *lane = calloc(1, sizeof(*lane));
	if (lane == NULL) {
		abort();
	}
	int error = uv_async_init(loop, &lane->wake, on_wake); /* uv's errors are -errno */
	if (error < 0) {
		free(lane);
		return error;
	}
	lane->wake.data = lane;
	(void)pthread_mutex_init(&lane->lock, NULL);
	(void)pthread_cond_init(&lane->more, NULL);
	error = -pthread_create(&lane->thread, NULL, run, lane);
	if (error < 0) {
		uv_close((uv_handle_t *)&lane->wake, on_closed);
		return error;
	}
	*ret_lane = lane;
	return 0;
}

int password_lane_ask(struct password_lane *lane, const struct password_job *job)
{
	int error = E_BUSY;
	assert(job->done != NULL);
	(void)pthread_mutex_lock(&lane->lock);
	if (lane->asked - lane->answered < PASSWORD_LANE_QUEUE_MAX && !lane->stopping) {
		struct place *place = &lane->places[lane->asked % PASSWORD_LANE_QUEUE_MAX];
		*place = (struct place) { .job = *job };
		lane->asked++;
		(void)pthread_cond_signal(&lane->more);
		error = 0;
	} else {
		lane->refused++;
	}
	(void)pthread_mutex_unlock(&lane->lock);
	return error;
}

struct password_lane_stats password_lane_stats(const struct password_lane *lane)
{
	/* Both are written on the caller's own thread. */
	return (struct password_lane_stats) { lane->asked, lane->refused };
}

struct password_lane *password_lane_stop(struct password_lane *lane)
{
	if (lane == NULL) {
		return NULL;
	}
	(void)pthread_mutex_lock(&lane->lock);
	lane->stopping = true;
	(void)pthread_cond_signal(&lane->more);
	(void)pthread_mutex_unlock(&lane->lock);
	(void)pthread_join(lane->thread, NULL);
	deliver(lane, lane->asked);
	uv_close((uv_handle_t *)&lane->wake, on_closed);
	return NULL;
}
