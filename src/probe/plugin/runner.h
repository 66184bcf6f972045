/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs plugins: programs of others that answer by exit code and output.  No
 * shell, a bare environment, a process group and limits for each, bounded
 * output, and an end to everything a plugin leaves behind.  The same code
 * works in the cage and for the command line.
 *
 * Layer: probe.  Threading: the loop's thread; it owns SIGCHLD.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"

struct plugin_runner;

enum {
	PLUGIN_FOLDERS_MAX = 4,
	PLUGIN_NAME_MAX = 64,
	PLUGIN_ARGS_MAX = 64, /* the program's own name not counted */
	PLUGIN_ARGS_OCTETS_MAX = 16 * 1024,
	PLUGIN_KEPT_MAX =
		64 * 1024,        /* octets kept of stdout and of stderr; the rest is counted */
	PLUGIN_RUNNING_MAX = 128, /* at once */
	PLUGIN_WAITING_MAX = 4096, /* for a place among those */
};

/* What each plugin may use. */
enum {
	PLUGIN_MEMORY_OCTETS_MAX = 1024 * 1024 * 1024, /* RLIMIT_AS */
	PLUGIN_FILES_MAX = 256,
	PLUGIN_PROCESSES_MAX = 1024, /* of all plugins together, RLIMIT_NPROC counts by user */
};

/** How a plugin came to its end, or why it never began. */
enum plugin_how {
	PLUGIN_ENDED,        /* code: its exit code */
	PLUGIN_SIGNALLED,    /* code: the signal it died by */
	PLUGIN_TIMED_OUT,    /* it and its group were killed */
	PLUGIN_ABSENT,       /* no such program, or not one that can be executed */
	PLUGIN_SETUID,       /* set-uid or set-gid: not supported */
	PLUGIN_OUTSIDE,      /* its name or link leads out of the plugin folders */
	PLUGIN_REFUSED,      /* arguments that cannot be passed on */
	PLUGIN_BUSY,         /* too many wait */
	PLUGIN_FAILED,       /* the machine could not start it */
	PLUGIN_UNREGISTERED, /* the cage knows no such address */
	PLUGIN_UNREACHED,    /* the cage has no way there: loopback, IPv6 */
	PLUGIN_UNAVAILABLE,  /* there is no cage */
	PLUGIN_HOW_COUNT,
};

struct plugin_end {
	enum plugin_how how;
	int code;
	int64_t latency_us; /* from its start to its end, -1 = never began */
	struct slice out;   /* at most PLUGIN_KEPT_MAX octets each, borrowed */
	struct slice err;
	uint64_t discarded; /* octets of both beyond that */
};

/** args: NUL-ended texts one after the other, without the program's name. */
struct plugin_ask {
	struct slice program;
	struct slice args;
	uint32_t timeout_ms;
};

/** Called once per started plugin, never from inside the start. */
struct plugin_sink {
	void (*done)(void *user, uint64_t tag, const struct plugin_end *end);
	void *user;
	uint64_t tag;
};

struct plugin_runner_config {
	int folders
		[PLUGIN_FOLDERS_MAX]; /* open folders, -1 = none; the first that has the name */
	int nothing;                  /* /dev/null, read and write */
	int children; /* /proc/self/task/TID/children, or -1: strays are not looked for */
	uint32_t running_max; /* 0 = PLUGIN_RUNNING_MAX */
	bool change_user;     /* to uid and gid, in each plugin */
	unsigned uid;
	unsigned gid;
};

struct plugin_runner_stats {
	uint32_t running;
	uint32_t waiting;
	uint64_t started;
	uint64_t timed_out;
	uint64_t signalled;
	uint64_t refused; /* absent, set-uid, outside, arguments */
	uint64_t busy;    /* refused because too many waited */
	uint64_t flooded; /* said more than is kept */
	uint64_t strays;  /* processes that had left their plugin's group, killed */
};

/**
 * Owns:    *ret_runner; end it with plugin_runner_close.  The descriptors stay the caller's.
 * Returns: 0, -ENOMEM or a loop's error.
 */
NODISCARD int plugin_runner_create(uv_loop_t *loop, const struct plugin_runner_config *config,
	struct plugin_runner **ret_runner);

/**
 * Run a plugin, or let it wait for a place.  Its time counts from its start.
 *
 * Source:  monitoring-plugins development guidelines, "Plugin output" and "timeouts".
 * Owns:    nothing: what is asked is copied.
 * Returns: PLUGIN_ENDED (0) when it will be told, otherwise why it is not begun
 *          (PLUGIN_ABSENT, SETUID, OUTSIDE, REFUSED, BUSY, FAILED).
 */
enum plugin_how plugin_runner_start(
	struct plugin_runner *runner, const struct plugin_ask *ask, struct plugin_sink sink);

struct plugin_runner_stats plugin_runner_stats(const struct plugin_runner *runner);

/** Kills what runs, tells nobody; memory goes on the loop's next turns. */
void plugin_runner_close(struct plugin_runner *runner);
