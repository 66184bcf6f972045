/* SPDX-License-Identifier: Apache-2.0 */
#include "records/writer.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "fixture.h"
#include "house.h"

enum { COMMANDS = 200 };

struct asker {
	int fd;
	unsigned answered;
	int64_t highest;
};

static struct asker asker;

static void wake(void *arg)
{
	const struct asker *a = arg;
	uint64_t one = 1;
	(void)!write(a->fd, &one, sizeof(one));
}

static int change(struct txn *txn, void *arg)
{
	(void)arg;
	return txn_change(txn, "beat", 1, 1);
}

static int hold(struct txn *txn, void *arg)
{
	/* Keeps the writer busy until the test has filled the queue. */
	(void)txn;
	uint64_t one = 0;
	return read(*(int *)arg, &one, sizeof(one)) == (ssize_t)sizeof(one) ? 0 : E_STORE;
}

static void done(struct command *command)
{
	assert_int_equal(command->status, 0);
	assert_true(command->commit_seq > asker.highest);
	asker.highest = command->commit_seq;
	asker.answered++;
}

static struct writer *start(struct house *house, const char *conf, size_t queue_max)
{
	house_open(house, conf);
	asker = (struct asker) { .fd = eventfd(0, EFD_CLOEXEC) };
	struct writer_conf writer_conf = { house->batch, queue_max, wake, &asker };
	struct writer *writer = NULL;
	assert_int_equal(writer_start(&writer_conf, &writer), 0);
	return writer;
}

static void wait_answers(struct writer *writer, unsigned count)
{
	while (asker.answered < count) {
		struct pollfd fd = { asker.fd, POLLIN, 0 };
		assert_int_equal(poll(&fd, 1, 10000), 1);
		uint64_t n = 0;
		assert_int_equal(read(asker.fd, &n, sizeof(n)), sizeof(n));
		(void)writer_deliver(writer);
	}
}

static void answers_come_in_order_and_in_batches(const char *conf)
{
	struct house house;
	static struct command commands[COMMANDS + 1];
	struct writer *writer = start(&house, conf, 0);
	int gate = eventfd(0, EFD_CLOEXEC);
	for (size_t i = 0; i <= COMMANDS; i++) {
		command_init(&commands[i]);
		commands[i].run = i == 0 ? hold : change;
		commands[i].arg = &gate;
		commands[i].done = done;
		assert_int_equal(writer_submit(writer, &commands[i]), 0);
	}
	uint64_t one = 1;
	assert_int_equal(write(gate, &one, sizeof(one)), sizeof(one));
	wait_answers(writer, COMMANDS + 1);
	struct writer_stats stats = { 0 };
	writer_stats(writer, &stats);
	assert_int_equal(stats.commands, COMMANDS + 1);
	assert_true(
		stats.batches <= 1 + (COMMANDS + BATCH_COMMANDS_MAX) / BATCH_COMMANDS_MAX + 1);
	assert_int_equal(asker.highest, COMMANDS + 1);
	assert_null(writer_stop(writer));
	assert_int_equal(house_number(&house, "SELECT count(*) FROM change"), COMMANDS);
	(void)close(gate);
	(void)close(asker.fd);
	house_close(&house);
}

static void a_full_queue_refuses_and_counts(const char *conf)
{
	struct house house;
	struct command commands[4];
	struct writer *writer = start(&house, conf, 2);
	int gate = eventfd(0, EFD_CLOEXEC);
	int refused = 0;
	for (size_t i = 0; i < 4; i++) {
		command_init(&commands[i]);
		commands[i].run = i == 0 ? hold : change;
		commands[i].arg = &gate;
		commands[i].done = done;
		/* The first is being run, two wait, the fourth is refused. */
		refused = writer_submit(writer, &commands[i]);
		struct writer_stats stats = { .waiting = 1 };
		while (i == 0 && stats.waiting > 0) {
			writer_stats(writer, &stats);
		}
		assert_int_equal(refused, i == 3 ? E_BUSY : 0);
	}
	uint64_t one = 1;
	assert_int_equal(write(gate, &one, sizeof(one)), sizeof(one));
	struct writer_stats stats = { 0 };
	writer_stats(writer, &stats);
	assert_int_equal(stats.refused, 1);
	/* Stopping answers what was taken. */
	assert_null(writer_stop(writer));
	assert_int_equal(asker.answered, 3);
	(void)close(gate);
	(void)close(asker.fd);
	house_close(&house);
}

int main(void)
{
	static const struct fixture_case cases[] = {
		{ "answers come in order and in batches", answers_come_in_order_and_in_batches,
			false },
		{ "a full queue refuses and counts", a_full_queue_refuses_and_counts, false },
	};
	return fixture_both(cases, sizeof(cases) / sizeof(cases[0]));
}
