/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What the parent opens once and hands to its children: the data folder, the
 * master key, listening sockets, raw sockets, program files.  All of it
 * before root is given up; a restarted child gets the same descriptors again.
 *
 * Layer: role.
 */
#pragma once

#include "base/attr.h"
#include "base/diag.h"
#include "role/config.h"
#include "schema/messages.h"

enum { HANDLES_MAX = 32 };

struct handles {
	size_t count;
	struct {
		char name[32];
		int fd;
	} item[HANDLES_MAX];
	int program[IPC_ROLE_COUNT_]; /* executable of each role, -1 = not built */
	int control;  /* listening socket of the command line, data/run/control.sock */
	unsigned uid; /* who the platform runs as from now on */
	unsigned gid;
	unsigned cage_uid;    /* who plugins run as */
	const char *cage_why; /* why there is no cage, NULL = there is; static */
};

/**
 * Open everything the configuration names; as root also give the data folder
 * to the user it runs as, and find out who that is: the folder's owner, or
 * user "fengsui" when that is root.
 *
 * Owns:    *ret; close with handles_close.
 * Returns: 0 or a negative error with one sentence in diag.
 */
NODISCARD int handles_open(const struct config *config, struct handles *ret, struct diag *diag);
void handles_close(struct handles *handles);

/** Owns:    fd is the handles' from now on. */
void handles_keep(struct handles *handles, const char *name, int fd);

/** Descriptor by name, or -1. */
int handles_get(const struct handles *handles, const char *name);
