/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The root half's one lasting work: a network namespace in which plugins may
 * be run.  It belongs to a user namespace of the platform's own user, so that
 * who has given up root can still enter it and is somebody there alone.
 *
 * Layer: role.  Threading: before the loop; the caller is root.
 */
#pragma once

#include "role/config.h"
#include "role/handles.h"

/**
 * Make it where plugins may be run: h gets "cage_user" and "cage_net", which
 * keep it alive, and cage_uid; the folder of plugins is opened in any case.
 *
 *	this machine  fs-cageN 198.18.86.1+4N ── cage0 198.18.86.2+4N  the cage
 *
 * Without it h->cage_why says why not: cage.off cage.not_root cage.no_plugins
 * cage.no_program cage.no_namespace cage.no_link cage.no_rules.
 */
void cage_room_make(const struct config *config, struct handles *h);
