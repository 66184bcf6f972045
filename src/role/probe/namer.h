/* SPDX-License-Identifier: Apache-2.0 */
/**
 * By what name the school's resolvers know a device that answered the sweep.
 *
 * Only who may be swept is asked about, and right before the question that is
 * looked at again: nobody of a range that is only listened to (students,
 * dormitories), although the question would go to a resolver and not to the
 * device, for such names are people's ("zhangsan-iphone") and the resolver's log
 * would tell of whom we asked.  A steady few a second, so that a resolver with
 * other work does not notice.
 *
 * Layer: role.  Threading: the loop's thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct jw;
struct namer;
struct network;
struct probe;
struct sweep_report;

struct namer_config {
	struct probe *probe;
	struct sweep_report *report; /* outlives the namer */
	bool (*may)(void *user, const struct network *address);
	void *user;
};

/** Owns: the result; release with namer_destroy. */
struct namer *namer_create(const struct namer_config *config);
/** Before the loop ends. */
void namer_stop(struct namer *namer);
/** After prober_close. */
struct namer *namer_destroy(struct namer *namer);

/** A school whose resolvers are not its own does not ask them. */
void namer_switch(struct namer *namer, bool on);
/** In its turn; one for which there is no room is asked about in the next round. */
void namer_put(struct namer *namer, const struct network *address);
void namer_status(const struct namer *namer, struct jw *jw);
