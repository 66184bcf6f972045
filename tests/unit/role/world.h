/* SPDX-License-Identifier: Apache-2.0 */
/** The parent and core, played by the test around the real program of a role. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "model/signal.h"
#include "sys/ipc.h"

struct json;

enum { WORLD_PATIENCE_MS = 15000 };

struct child {
	enum ipc_role role;
	const char *program;
	const char *argument[4]; /* passed on; NULL = none */
	pid_t pid;
	int control;
	int core;
	struct arena *arena; /* of what was taken */
	uint8_t *room;
};

/** A fresh folder with tail, share and site in it; kept until world_folder_drop. */
void world_folder_make(char ret_path[64]);
void world_folder_drop(const char *path);
void world_file_make(const char *folder, const char *name, const char *text);
int world_folder_open(const char *folder, const char *name);

/** Fork the program; give handles with child_give, then child_go. */
void child_start(struct child *child);
void child_give(struct child *child, const char *handle, int own_fd);
/** With a channel to core; waits for ready in strict. */
void child_go(struct child *child);
/** Without core and without waiting. */
void child_let_go(struct child *child);
/** Say stop and see it end well. */
void child_stop(struct child *child);
/** End it at once, as a crash would. */
void child_kill(struct child *child);

/** Of one that has ended by itself. */
void child_fini(struct child *child);

/** A new channel to core in place of the old. */
void child_core_renew(struct child *child);

/** The next frame of this type from the role to core or parent, others passed over. */
struct ipc_frame child_take(struct child *child, enum ipc_role at, enum msg_type type);
/** Does anything of this type come to core within the time? */
bool child_hears(struct child *child, enum msg_type type, int within_ms);
void child_say(struct child *child, enum msg_type type, struct slice payload, int own_fd);

/** The next signal of this class; texts last until child_stop. */
struct signal child_signal(struct child *child, const char *class);
void child_confirm(struct child *child, uint32_t count);
/** The role's counters of now. */
const struct json *child_status(struct child *child);
/** One of them. */
int64_t child_counter(struct child *child, const char *name);
void child_wait_counter(struct child *child, const char *name, int64_t least);

int64_t world_now_ms(void);
/** A socket on a free port of 127.0.0.1, or on this one; a stream listens. */
int world_socket(int type, uint16_t *port);
