/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every child role does alike: take its configuration, handles and peers
 * from the parent over descriptor 3, open what must be opened, put up its
 * fence, say ready, and run its loop until told to stop.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <uv.h>

#include "base/attr.h"
#include "base/diag.h"
#include "schema/messages.h"
#include "sys/fence.h"
#include "sys/ipc.h"

struct json;
struct jw;
struct runtime;

enum { RUNTIME_CONTROL_FD = 3, RUNTIME_HANDLES_MAX = 16, RUNTIME_PATHS_MAX = 32 };

/** How a role ends that will not work with what it was given, however often it is started. */
enum { RUNTIME_REFUSED = 3 };

/** What a role is; one constant each in its main file. */
struct role_spec {
	enum ipc_role self;
	int fence_groups; /* enum fence_group bits */
	/** Before the fence, single-threaded: open, load, start no thread.  May be NULL. */
	int (*prepare)(struct runtime *rt, struct diag *diag);
	/** Paths that stay reachable behind the fence; fills at most RUNTIME_PATHS_MAX.  May be NULL. */
	size_t (*paths)(struct runtime *rt, struct fence_path *paths);
	/** Before the system-call fence: start own threads.  May be NULL. */
	int (*threads)(struct runtime *rt, struct diag *diag);
	/** Behind the fence: start working. */
	int (*begin)(struct runtime *rt, struct diag *diag);
	/** A frame from a peer other than the parent, or one from the parent that is the role's own. */
	void (*frame)(struct runtime *rt, enum ipc_role from, struct ipc_frame *frame);
	/** A channel to this peer came up (or, with up = false, went away). */
	void (*peer)(struct runtime *rt, enum ipc_role peer, bool up);
	/** Members of the role's counters object.  May be NULL. */
	void (*status)(struct runtime *rt, struct jw *jw);
	/** Stop: close handles so that the loop ends. */
	void (*end)(struct runtime *rt);
};

struct runtime {
	uv_loop_t loop;
	const struct role_spec *role;
	void *self; /* the role's own state */
	const struct json *config;
	struct arena *config_arena;
	struct ipc *peers[IPC_ROLE_COUNT_];
	int early_fd[IPC_ROLE_COUNT_]; /* channels given before the role could answer */
	bool started;
	struct {
		char name[64];
		int fd;
	} handles[RUNTIME_HANDLES_MAX];
	size_t handle_count;
	uv_timer_t status_timer;
	bool stopping;
	bool relaxed;
	struct buf *out; /* for encoding one frame at a time */
};

/** The whole life of a role; the return value is main's. */
int runtime_main(int argc, char **argv, const struct role_spec *role, void *self);

/** Descriptor given under this name, or -1; stays the runtime's. */
int runtime_handle(const struct runtime *rt, const char *name);
/** Text of the role's configuration; empty when absent. */
const char *runtime_text(const struct runtime *rt, const char *key);

/**
 * Send to a peer by role.  Returns: as ipc_send; E_CLOSED without such a peer.
 */
NODISCARD int runtime_send(struct runtime *rt, enum ipc_role to, enum msg_type type,
	uint32_t req, uint64_t trace, struct slice payload, int own_fd);

/** Encode into rt->out and send: SEND(rt, IPC_CORE, signal, MSG_SIGNAL, 0, trace, &msg, -1). */
#define RUNTIME_SEND(rt, to, name, type, req, trace, msg, own_fd)                              \
	(buf_clear((rt)->out), msg_##name##_encode((msg), (rt)->out),                          \
		runtime_send_encoded((rt), (to), (type), (req), (trace), (own_fd)))

NODISCARD int runtime_send_encoded(struct runtime *rt, enum ipc_role to, enum msg_type type,
	uint32_t req, uint64_t trace, int own_fd);
