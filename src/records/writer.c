/* SPDX-License-Identifier: Apache-2.0 */
#include "records/writer.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/err.h"
#include "sys/clock.h"

struct queue {
	struct command *first;
	struct command *last;
	size_t count;
};

struct writer {
	struct writer_conf conf;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t asked;
	struct queue waiting;
	struct queue answered;
	struct writer_stats stats;
	bool stopping;
};

static void push(struct queue *queue, struct command *command)
{
	command->next = NULL;
	if (queue->last != NULL) {
		queue->last->next = command;
	} else {
		queue->first = command;
	}
	queue->last = command;
	queue->count++;
}

static struct command *pop(struct queue *queue)
{
	struct command *command = queue->first;
	if (command != NULL) {
		queue->first = command->next;
		queue->last = queue->first != NULL ? queue->last : NULL;
		queue->count--;
	}
	return command;
}

/* Waits for commands; 0 only when stopping and nothing is left. */
static size_t take(struct writer *writer, struct command *commands[BATCH_COMMANDS_MAX])
{
	size_t count = 0;
	(void)pthread_mutex_lock(&writer->lock);
	while (writer->waiting.count == 0 && !writer->stopping) {
		(void)pthread_cond_wait(&writer->asked, &writer->lock);
	}
	while (count < BATCH_COMMANDS_MAX && writer->waiting.count > 0) {
		commands[count++] = pop(&writer->waiting);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return count;
}

static void give(
	struct writer *writer, struct command *const *commands, size_t count, int64_t took_ms)
{
	(void)pthread_mutex_lock(&writer->lock);
	for (size_t i = 0; i < count; i++) {
		push(&writer->answered, commands[i]);
	}
	writer->stats.commands += count;
	writer->stats.batches++;
	if (took_ms > writer->stats.longest_ms) {
		writer->stats.longest_ms = took_ms;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	if (writer->conf.wake != NULL) {
		writer->conf.wake(writer->conf.wake_arg);
	}
}

static void *work(void *arg)
{
	struct writer *writer = arg;
	struct command *commands[BATCH_COMMANDS_MAX];
	for (size_t n = take(writer, commands); n > 0; n = take(writer, commands)) {
		int64_t began_ms = clock_mono_ms();
		batch_run(writer->conf.batch, commands, n);
		give(writer, commands, n, clock_mono_ms() - began_ms);
	}
	return NULL;
}

int writer_start(const struct writer_conf *conf, struct writer **ret_writer)
{
	struct writer *writer = calloc(1, sizeof(*writer));
	if (writer == NULL) {
		abort();
	}
	writer->conf = *conf;
	if (writer->conf.queue_max == 0) {
		writer->conf.queue_max = WRITER_QUEUE_MAX;
	}
	(void)pthread_mutex_init(&writer->lock, NULL);
	(void)pthread_cond_init(&writer->asked, NULL);
	int error = pthread_create(&writer->thread, NULL, work, writer);
	if (error != 0) {
		free(writer);
		return -error;
	}
	*ret_writer = writer;
	return 0;
}

int writer_submit(struct writer *writer, struct command *command)
{
	int error = 0;
	(void)pthread_mutex_lock(&writer->lock);
	if (writer->waiting.count >= writer->conf.queue_max) {
		writer->stats.refused++;
		error = E_BUSY;
	} else {
		push(&writer->waiting, command);
		(void)pthread_cond_signal(&writer->asked);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return error;
}

size_t writer_deliver(struct writer *writer)
{
	(void)pthread_mutex_lock(&writer->lock);
	struct queue answered = writer->answered;
	writer->answered = (struct queue) { 0 };
	(void)pthread_mutex_unlock(&writer->lock);
	size_t count = answered.count;
	for (struct command *c = pop(&answered); c != NULL; c = pop(&answered)) {
		c->done(c);
	}
	return count;
}

void writer_stats(struct writer *writer, struct writer_stats *ret_stats)
{
	(void)pthread_mutex_lock(&writer->lock);
	*ret_stats = writer->stats;
	ret_stats->waiting = writer->waiting.count;
	(void)pthread_mutex_unlock(&writer->lock);
}

struct writer *writer_stop(struct writer *writer)
{
	if (writer != NULL) {
		(void)pthread_mutex_lock(&writer->lock);
		writer->stopping = true;
		(void)pthread_cond_signal(&writer->asked);
		(void)pthread_mutex_unlock(&writer->lock);
		(void)pthread_join(writer->thread, NULL);
		(void)writer_deliver(writer);
		(void)pthread_mutex_destroy(&writer->lock);
		(void)pthread_cond_destroy(&writer->asked);
		free(writer);
	}
	return NULL;
}
