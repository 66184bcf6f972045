/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "role/core/core.h"

/* Memory of one command; a body of 1 MiB and what is made of it fits well. */
enum { JOB_MAX_OCTETS = 64 * 1024 * 1024 };

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
	(void)snprintf(job->command.trace, sizeof(job->command.trace), "%016llx", (unsigned long long)trace);
	return job;
}

void job_drop(struct job *job)
{
	command_fini(&job->command);
	job->arena = arena_destroy(job->arena);
	free(job);
}

static void on_done(struct command *command)
{
	/* The command is the job's first member. */
	struct job *job = (struct job *)command;
	if (command->status >= 0 && command->commit_seq > 0) {
		core_committed(job->core, command->commit_seq);
	}
	job->finish(job);
}

void job_submit(struct job *own_job, int (*run)(struct txn *, void *), void *arg, void (*finish)(struct job *))
{
	own_job->finish = finish;
	own_job->command.run = run;
	own_job->command.arg = arg;
	own_job->command.done = on_done;
	int error = writer_submit(own_job->core->writer, &own_job->command);
	if (error < 0) {
		own_job->core->refused++;
		own_job->command.status = error;
		finish(own_job);
	}
}
