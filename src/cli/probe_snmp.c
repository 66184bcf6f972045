/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe_snmp.h"

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "probe/check.h"
#include "probe/snmp/poll.h"
#include "probe/spec.h"
#include "proto/beroid.h"
#include "proto/mib_table.h"
#include "proto/snmp_json.h"
#include "proto/usm.h"
#include "sys/rand.h"

enum { EXIT_NO = 1, EXIT_USE = 2, EXIT_RUN = 3, OUTPUT_OCTETS = 64 * 1024 * 1024 };

static const char usage[] =
	"usage: fengsui probe snmp TARGET[:PORT] [options]\n"
	"  --community TEXT   version 2c (\"public\")      --v1        version 1\n"
	"  --v3 USER          version 3, with\n"
	"    --auth md5|sha1|sha224|sha256|sha384|sha512   --auth-password TEXT\n"
	"    --priv aes128|aes192|aes256                   --priv-password TEXT\n"
	"  --oid OID          what to ask for, again for more\n"
	"  --walk             everything below it          --timeout MS  the first wait\n";

struct question {
	struct poll_target target;
	struct usm_user user;
	const char *user_name;
	const char *auth_password;
	const char *priv_password;
	const char *oids[POLL_NAMES_MAX];
	size_t oid_count;
	bool walk;
	struct buf names[POLL_NAMES_MAX];
	struct slice encoded[POLL_NAMES_MAX];
};

struct reply {
	uv_loop_t *loop;
	bool come;
	struct poll_answer answer;
};

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "fengsui: probe snmp: %s (%s)\n", why, what);
	return EXIT_USE;
}

enum option_id {
	OPT_COMMUNITY = 1,
	OPT_V1,
	OPT_V3,
	OPT_AUTH,
	OPT_AUTH_PASSWORD,
	OPT_PRIV,
	OPT_PRIV_PASSWORD,
	OPT_OID,
	OPT_WALK,
	OPT_TIMEOUT
};

static bool take_v3(struct question *question, int id, const char *text)
{
	switch (id) {
	case OPT_V3:
		question->target.version = SNMP_V3;
		question->user_name = text;
		return true;
	case OPT_AUTH:
		return usm_auth_parse(slice_str(text), &question->user.auth) == 0;
	case OPT_PRIV:
		return usm_priv_parse(slice_str(text), &question->user.priv) == 0;
	case OPT_AUTH_PASSWORD:
		question->auth_password = text;
		return true;
	default:
		question->priv_password = text;
		return true;
	}
}

static bool take_option(struct question *question, int id, const char *text)
{
	uint64_t number = 0;
	switch (id) {
	case OPT_COMMUNITY:
		question->target.community = slice_str(text);
		return question->target.community.n <= POLL_COMMUNITY_MAX;
	case OPT_V1:
		question->target.version = SNMP_V1;
		return true;
	case OPT_OID:
		if (question->oid_count == POLL_NAMES_MAX) {
			return false;
		}
		question->oids[question->oid_count++] = text;
		return true;
	case OPT_WALK:
		question->walk = true;
		return true;
	case OPT_TIMEOUT:
		if (num_u64(slice_str(text), CHECK_TIMEOUT_MAX_MS, &number) < 0) {
			return false;
		}
		question->target.wait_ms = (uint16_t)number;
		return true;
	default:
		return take_v3(question, id, text);
	}
}

static int take_options(struct question *question, int argc, char **argv)
{
	static const struct option options[] = { { "community", 1, NULL, OPT_COMMUNITY },
		{ "v1", 0, NULL, OPT_V1 }, { "v3", 1, NULL, OPT_V3 },
		{ "auth", 1, NULL, OPT_AUTH }, { "auth-password", 1, NULL, OPT_AUTH_PASSWORD },
		{ "priv", 1, NULL, OPT_PRIV }, { "priv-password", 1, NULL, OPT_PRIV_PASSWORD },
		{ "oid", 1, NULL, OPT_OID }, { "walk", 0, NULL, OPT_WALK },
		{ "timeout", 1, NULL, OPT_TIMEOUT }, { NULL, 0, NULL, 0 } };
	optind = 0; /* glibc: begin anew, argv[0] is the word "snmp" */
	for (int id = 0; (id = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		if (id == '?') {
			return EXIT_USE;
		}
		if (!take_option(question, id, optarg)) {
			return complain(optarg, "an option's value is not usable");
		}
	}
	return argc - optind == 1 ? 0 : ((void)fputs(usage, stderr), EXIT_USE);
}

static bool take_target(struct question *question, const char *text)
{
	struct slice host;
	struct slice port;
	uint64_t number = 0;
	char name[256] = { 0 };
	if (!spec_cut_port(slice_str(text), &host, &port) || host.n >= sizeof(name) ||
		(port.n > 0 && num_u64(port, 65535, &number) < 0)) {
		return false;
	}
	question->target.port = (uint16_t)number;
	if (probe_addr_parse(host, &question->target.addr) == 0) {
		return true;
	}
	memcpy(name, host.p, host.n);
	struct addrinfo *found = NULL;
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM };
	if (getaddrinfo(name, NULL, &hints, &found) != 0) {
		return false;
	}
	question->target.addr = probe_addr_of_sockaddr(found->ai_addr);
	freeaddrinfo(found);
	return true;
}

static int take_user(struct question *question)
{
	const char *auth = question->auth_password != NULL ? question->auth_password
							   : getenv("FENGSUI_SNMP_AUTH");
	const char *priv = question->priv_password != NULL ? question->priv_password
							   : getenv("FENGSUI_SNMP_PRIV");
	if (question->target.version != SNMP_V3) {
		return 0;
	}
	question->target.user = &question->user;
	int rc = usm_user_set(&question->user, slice_str(question->user_name), slice_str(auth),
		slice_str(priv));
	if (rc == E_RANGE) {
		return complain(question->user_name, "a password has at least 8 characters");
	}
	return rc < 0 ? complain(question->user_name,
				"this digest and cipher do not go together")
		      : 0;
}

static int take_names(struct question *question)
{
	static const char *const usual[] = { "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0",
		"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0" };
	if (question->oid_count == 0) {
		question->oid_count = question->walk ? 1 : 4;
		memcpy(question->oids, usual, sizeof(usual));
		question->oids[0] = question->walk ? "1.3.6.1.2.1" : usual[0];
	}
	for (size_t i = 0; i < question->oid_count; i++) {
		buf_init(&question->names[i], POLL_NAME_OCTETS_MAX);
		if (beroid_put_parsed(&question->names[i], slice_str(question->oids[i])) < 0) {
			return complain(question->oids[i], "this is no object identifier");
		}
		question->encoded[i] = buf_slice(&question->names[i]);
	}
	return 0;
}

static void on_done(void *user, const struct poll_answer *answer)
{
	struct reply *reply = user;
	reply->answer = *answer;
	reply->come = true;
	uv_stop(reply->loop);
}

static void put_values(struct jw *jw, const struct mib_table *table)
{
	struct oid at = { 0 };
	const struct mib_value *value = NULL;
	jw_key(jw, "values");
	jw_array(jw);
	while (mib_table_next(table, at, &at, &value)) {
		snmp_json_put_object(jw, at, value);
	}
	jw_end(jw);
}

static void put_detail(struct jw *jw, const struct poll_answer *answer)
{
	static const char *const faults[] = { "partial", "not_increasing", "malformed",
		"wrong_name", "too_much", "sliced" };
	AUTO_BUF struct buf detail;
	buf_init(&detail, 256);
	buf_printf(&detail, "snmp.%s values=%u requests=%u", poll_end_text(answer->end),
		answer->values, answer->requests);
	if (answer->end == POLL_ERROR) {
		buf_printf(&detail, " error_status=%d", answer->error_status);
	}
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if ((answer->faults & 1u << i) != 0) {
			buf_printf(&detail, " %s", faults[i]);
		}
	}
	jw_kv_str(jw, "detail", buf_slice(&detail));
}

static int print(const struct poll_answer *answer)
{
	static const enum check_state states[] = { [POLL_OK] = CHECK_UP,
		[POLL_TIMEOUT] = CHECK_DOWN,
		[POLL_DEAD] = CHECK_DOWN,
		[POLL_ERROR] = CHECK_DEGRADED,
		[POLL_GARBAGE] = CHECK_DOWN,
		[POLL_DENIED] = CHECK_DEGRADED };
	AUTO_BUF struct buf line;
	AUTO_BUF struct buf code;
	struct jw jw;
	buf_init(&line, OUTPUT_OCTETS);
	buf_init(&code, 64);
	buf_printf(&code, "snmp.%s", poll_end_text(answer->end));
	jw_init(&jw, &line);
	jw_object(&jw);
	jw_kv_str(&jw, "state", slice_str(check_state_text(states[answer->end])));
	jw_kv_str(&jw, "code", buf_slice(&code));
	jw_key(&jw, "latency_ms");
	if (answer->round_trip_us >= 0) {
		jw_double(&jw, (double)answer->round_trip_us / 1000.0);
	} else {
		jw_null(&jw);
	}
	put_detail(&jw, answer);
	jw_key(&jw, "perfdata");
	jw_object(&jw);
	if (answer->round_trip_us >= 0) {
		jw_key(&jw, "rtt");
		jw_object(&jw);
		jw_kv_int(&jw, "value", answer->round_trip_us);
		jw_kv_str(&jw, "unit", SLICE("us"));
		jw_end(&jw);
	}
	jw_end(&jw);
	put_values(&jw, answer->table);
	jw_end(&jw);
	if (line.failed || printf("%.*s\n", SLICE_FMT(buf_slice(&line))) < 0) {
		return EXIT_RUN;
	}
	return answer->end == POLL_OK ? 0 : EXIT_NO;
}

static int ask(const struct question *question, uv_loop_t *loop, struct reply *reply,
	struct mib_table *table)
{
	struct poll_config config = { .devices_max = 1, .fd4 = -1, .fd6 = -1 };
	struct poller *poller = NULL;
	uint32_t device = 0;
	rand_octets(config.seed, sizeof(config.seed));
	int rc = poll_create(loop, &config, &poller);
	if (rc < 0) {
		return rc;
	}
	struct poll_ask what = { .names = question->encoded,
		.count = question->oid_count,
		.table = table,
		.done = on_done,
		.user = reply };
	rc = poll_add(poller, &question->target, &device);
	if (rc == 0) {
		rc = question->walk ? poll_walk(poller, device, &what)
				    : poll_get(poller, device, &what);
	}
	while (rc == 0 && !reply->come && uv_run(loop, UV_RUN_ONCE) != 0) {
	}
	poll_close(poller);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	return rc == 0 && !reply->come ? E_CLOSED : rc;
}

static int run(const struct question *question)
{
	uv_loop_t loop;
	struct reply reply = { .loop = &loop };
	AUTO_MIB_TABLE struct mib_table *table = mib_table_create();
	int rc = uv_loop_init(&loop);
	if (rc == 0) {
		rc = ask(question, &loop, &reply, table);
		(void)uv_loop_close(&loop);
	}
	if (rc < 0) {
		(void)fprintf(stderr, "fengsui: probe snmp: %s\n", err_text(rc));
		return EXIT_RUN;
	}
	(void)mib_table_seal(table);
	return print(&reply.answer);
}

int cli_probe_snmp(int argc, char **argv)
{
	struct question question = { .target = { .version = SNMP_V2C,
					     .community = SLICE("public") } };
	int rc = take_options(&question, argc, argv);
	if (rc == 0 && !take_target(&question, argv[optind])) {
		rc = complain(argv[optind], "the target cannot be read");
	}
	rc = rc != 0 ? rc : take_user(&question);
	rc = rc != 0 ? rc : take_names(&question);
	rc = rc != 0 ? rc : run(&question);
	for (size_t i = 0; i < question.oid_count; i++) {
		buf_fini(&question.names[i]);
	}
	return rc;
}
