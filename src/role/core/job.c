/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "role/core/core.h"
#include "sys/clock.h"

/* Memory of one command; a body of 1 MiB and what is made of it fits well. */
enum { JOB_MAX_OCTETS = 64 * 1024 * 1024 };
/* Between tries; and how many a job gets once the store took something else meanwhile. */
enum { HELD_PAUSE_MS = 500, TRIES_BESIDE_OTHERS = 20 };

struct job *job_create(struct core *core, uint64_t trace)
{
	struct job *job = calloc(1, sizeof(*job));
	if (job == NULL) {
		abort();
	}
	job->core = core;
	job->arena = arena_create(JOB_MAX_OCTETS);
	job->trace = trace;
	command_init(&job->command);
	(void)snprintf(job->command.trace, sizeof(job->command.trace), "%016llx",
		(unsigned long long)trace);
	return job;
}

void job_drop(struct job *job)
{
	command_fini(&job->command);
	job->arena = arena_destroy(job->arena);
	free(job);
}

/* ---- tried again until the store takes them */

static void clean(struct command *command)
{
	command->status = 0;
	command->commit_seq = 0;
	command->replayed = false;
	buf_clear(&command->answer);
	command->diag = (struct diag) { 0 };
}

/* In the order of their numbers: one that failed goes before those that came after it. */
static void hold(struct job *job)
{
	struct core *core = job->core;
	struct job **at = &core->held;
	while (*at != NULL && (*at)->number < job->number) {
		at = &(*at)->next;
	}
	job->next = *at;
	*at = job;
	core->held_count++;
}

static bool worth_another_try(struct job *job)
{
	struct core *core = job->core;
	/* That the queue or the disk is full is no fault of this one. */
	bool full = job->command.status == E_BUSY || job->command.status == -ENOSPC;
	if (job->number == 0 || (job->command.status != E_STORE && !full)) {
		return false;
	}
	if (core->held_count >= JOBS_HELD_MAX) {
		core->refused++;
		return false;
	}
	if (full) {
		return true;
	}
	if (job->tries++ == 0) {
		job->failed_seq = core->last_seq;
		log_event(LOG_WARNING, "store.refused", F_STR("why", job->command.diag.text));
	}
	/* The store works, and this is what it does not take: it must not stop all behind it. */
	return job->tries < TRIES_BESIDE_OTHERS || core->last_seq == job->failed_seq;
}

static void end(struct job *job)
{
	struct core *core = job->core;
	if (!worth_another_try(job)) {
		job->finish(job);
		return;
	}
	core->held_until_ms =
		core->held_count == 0 ? clock_mono_ms() + HELD_PAUSE_MS : core->held_until_ms;
	clean(&job->command);
	hold(job);
}

static void on_done(struct command *command)
{
	/* The command is the job's first member. */
	struct job *job = (struct job *)command;
	if (command->status >= 0 && command->commit_seq > 0) {
		core_committed(job->core, command->commit_seq);
	}
	end(job);
}

static void submit(struct job *job)
{
	int error = writer_submit(job->core->writer, &job->command);
	if (error < 0) {
		job->core->refused++;
		job->command.status = error;
		end(job);
	}
}

void job_submit(struct job *own_job, int (*run)(struct txn *, void *), void *arg,
	void (*finish)(struct job *))
{
	own_job->finish = finish;
	own_job->command.run = run;
	own_job->command.arg = arg;
	own_job->command.done = on_done;
	if (own_job->number != 0 && own_job->core->held_count > 0 &&
		own_job->core->held_count < JOBS_HELD_MAX) {
		hold(own_job);
	} else {
		submit(own_job);
	}
}

void job_submit_sure(struct job *own_job, int (*run)(struct txn *, void *), void *arg,
	void (*finish)(struct job *))
{
	own_job->number = ++own_job->core->numbered;
	job_submit(own_job, run, arg, finish);
}

void job_turn(struct core *core)
{
	if (core->held == NULL || clock_mono_ms() < core->held_until_ms) {
		return;
	}
	/* A full queue keeps the rest in its order for the next turn. */
	while (core->held != NULL && writer_submit(core->writer, &core->held->command) == 0) {
		struct job *job = core->held;
		core->held = job->next;
		core->held_count--;
		job->next = NULL;
	}
}

struct writer *job_stop(struct core *core)
{
	core->ending = true;
	return writer_stop(core->writer);
}

void job_forget(struct core *core)
{
	while (core->held != NULL) {
		struct job *job = core->held;
		core->held = job->next;
		job_drop(job);
	}
	core->held_count = 0;
}
