/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The SNMP poller: any number of devices over one socket a family, one request
 * under way to each.  A device sets its own pace; one that is dead or slow
 * holds up nobody but itself.
 *
 * Layer: probe.  Threading: the loop's thread.  Parsers: proto/snmp.h, proto/usm.h.
 * Fuzz target: fuzz/snmp_reply.c.
 */
#pragma once

#include <stdint.h>
#include <uv.h>

#include "base/attr.h"
#include "base/slice.h"
#include "probe/addr.h"
#include "proto/snmp.h"

struct mib_table;
struct poller;
struct usm_user;

enum {
	POLL_DEVICES_LIMIT = 60000,
	POLL_NAMES_MAX = 64,          /* objects of a GET, columns of a walk */
	POLL_NAME_OCTETS_MAX = 160,   /* encoded; a column with longer ones is given up */
	POLL_QUEUE_MAX = 8,           /* jobs waiting for one device */
	POLL_VALUES_MAX = 256 * 1024, /* of one walk */
	POLL_COMMUNITY_MAX = 64,
	POLL_REPEATS_DEFAULT = 2,
};

struct poll_config {
	uint32_t devices_max; /* 1..POLL_DEVICES_LIMIT; about 300 octets each */
	int fd4;              /* bound and non-blocking, or -1 to open one; taken over */
	int fd6;
	uint8_t seed[16]; /* secret octets */
};

struct poll_target {
	struct probe_addr addr;
	uint16_t port; /* 0 = 161 */
	enum snmp_version version;
	struct slice community;      /* versions 1 and 2c */
	const struct usm_user *user; /* version 3; borrowed while the device is there */
	uint16_t wait_ms; /* for the first answer, doubling; 0 = PACE_WAIT_FIRST_MS */
	uint8_t repeats;  /* after the first sending; 0 = POLL_REPEATS_DEFAULT */
};

enum poll_end {
	POLL_OK,
	POLL_TIMEOUT,
	POLL_DEAD,    /* the breaker is open: not asked, or only by its one question */
	POLL_ERROR,   /* the agent said error_status */
	POLL_GARBAGE, /* answers came and could not be read */
	POLL_DENIED,  /* version 3: user, password or level are not accepted */
};

/** What of version 3 an agent does not accept: which counter of RFC 3414 section 5 it reports. */
enum poll_denial {
	POLL_DENIED_NOT,
	POLL_DENIED_LEVEL,  /* usmStatsUnsupportedSecLevels */
	POLL_DENIED_WINDOW, /* usmStatsNotInTimeWindows, after its clock was taken over */
	POLL_DENIED_USER,   /* usmStatsUnknownUserNames */
	POLL_DENIED_ENGINE, /* usmStatsUnknownEngineIDs: another one each time it is asked */
	POLL_DENIED_DIGEST, /* usmStatsWrongDigests: the authentication password or algorithm */
	/* usmStatsDecryptionErrors, or silence to all that is encrypted: the privacy password or
	 * algorithm.  A wrong key of AES makes noise, which many agents drop without a word. */
	POLL_DENIED_PRIVACY,
};

/** What was odd on the way; the values that came before it stand. */
enum poll_fault {
	POLL_PARTIAL = 1,        /* some objects are not there */
	POLL_NOT_INCREASING = 2, /* a column went in circles and was left */
	POLL_MALFORMED = 4,      /* some values could not be read */
	POLL_WRONG_NAME = 8,     /* answered what was not asked */
	POLL_TOO_MUCH = 16,      /* past POLL_VALUES_MAX, or the table is full */
	POLL_SLICED = 32,        /* tooBig or silence: asked in smaller pieces */
};

struct poll_answer {
	uint32_t device;
	enum poll_end end;
	unsigned faults;         /* of enum poll_fault */
	int32_t error_status;    /* POLL_ERROR */
	enum poll_denial denial; /* POLL_DENIED */
	uint32_t requests;       /* sent, repeats included */
	uint32_t repeats;
	uint32_t values;
	int64_t began_us; /* monotonic: when it was first sent */
	int64_t took_us;
	int64_t round_trip_us;   /* of the last answer; -1 = none came */
	struct mib_table *table; /* as given; not sealed */
};

/** One job.  names are encoded identifiers, copied; of a walk the columns' own. */
struct poll_ask {
	const struct slice *names;
	size_t count;            /* 1..POLL_NAMES_MAX */
	struct mib_table *table; /* values go here; the caller keeps it */
	/* Not 0: of the bridge of this VLAN alone, as devices of Cisco's have one each: the
	 * community with "@vlan" behind it, of version 3 the context "vlan-N". */
	uint16_t vlan;
	/** Called once for each job taken, never from inside the taking. */
	void (*done)(void *user, const struct poll_answer *answer);
	void *user;
};

struct poll_stats {
	uint64_t sent;
	uint64_t received;
	uint64_t repeats;
	uint64_t values;
	uint64_t timeouts;  /* jobs */
	uint64_t malformed; /* datagrams */
	uint64_t strangers; /* answers nobody waits for: late, twice, or forged */
	uint64_t refused;   /* jobs: a device's queue was full */
	uint64_t unsent;    /* the socket was full: as if lost on the way */
	uint64_t kernel_dropped;
	uint32_t under_way;
	uint32_t dead; /* breakers open */
	uint32_t devices;
};

/**
 * Owns:    *ret_poller; end it with poll_close.
 * Returns: 0, E_RANGE for a bad devices_max, or -errno.
 */
NODISCARD int poll_create(
	uv_loop_t *loop, const struct poll_config *config, struct poller **ret_poller);

/**
 * Returns: 0; E_LIMIT past devices_max; E_EXISTS for an address and port that is
 *          there; E_UNSUPPORTED without a socket of its family; E_INPUT for a
 *          community too long or a missing user.
 */
NODISCARD int poll_add(
	struct poller *poller, const struct poll_target *target, uint32_t *ret_device);

/** Its next job is asked for, if only by one question, however long it has been silent. */
void poll_wake(struct poller *poller, uint32_t device);

/** Its jobs are forgotten without an answer. */
void poll_remove(struct poller *poller, uint32_t device);

/**
 * GET these objects, in as many requests as it takes.
 *
 * Returns: 0; E_BUSY when POLL_QUEUE_MAX wait; E_INPUT for a count or name out of range.
 */
NODISCARD int poll_get(struct poller *poller, uint32_t device, const struct poll_ask *ask);

/** Walk these columns side by side, by GETBULK (version 1: GETNEXT).  Returns: as poll_get. */
NODISCARD int poll_walk(struct poller *poller, uint32_t device, const struct poll_ask *ask);

struct poll_stats poll_stats(const struct poller *poller);

/** Forget all jobs without answers; the memory goes on the next turns of the loop. */
void poll_close(struct poller *poller);

/** "ok", "timeout" …; static. */
const char *poll_end_text(enum poll_end end);
