/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON lines as an intrusion detector writes them: parse each, read every
 * value, write it again.  Ours against jansson, five alternating pairs, on
 * output that is equal octet for octet and on equal sums of what was read.
 * CPU time of the thread, so a busy neighbour disturbs less.
 */
#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/jw.h"
#include "json_peer.h"

enum { CORPUS_OCTETS = 40 * 1000 * 1000, CORPUS_MAX = CORPUS_OCTETS + 100000, RUNS = 5 };

struct result {
	struct buf out; /* every line written again */
	uint64_t sum;   /* over every value */
	double seconds;
};

static uint32_t next(uint64_t *seed, uint32_t below)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((*seed >> 33) % below);
}

static void put_head(struct jw *jw, uint64_t *seed, const char *kind)
{
	AUTO_BUF struct buf text;
	buf_init(&text, 100);
	buf_printf(&text, "2025-%02u-%02uT%02u:%02u:%02u.%06u+0800", next(seed, 12) + 1,
		next(seed, 28) + 1, next(seed, 24), next(seed, 60), next(seed, 60),
		next(seed, 1000000));
	jw_kv_str(jw, "timestamp", buf_slice(&text));
	jw_kv_int(jw, "flow_id", (int64_t)next(seed, 1u << 30) << 30 | next(seed, 1u << 30));
	jw_kv_str(jw, "in_iface", SLICE("ens1f0"));
	jw_kv_str(jw, "event_type", slice_str(kind));
	buf_clear(&text);
	buf_printf(&text, "10.%u.%u.%u", next(seed, 64), next(seed, 256), next(seed, 256));
	jw_kv_str(jw, "src_ip", buf_slice(&text));
	jw_kv_int(jw, "src_port", 1024 + next(seed, 64000));
	buf_clear(&text);
	buf_printf(&text, "203.0.113.%u", next(seed, 256));
	jw_kv_str(jw, "dest_ip", buf_slice(&text));
	jw_kv_int(jw, "dest_port", next(seed, 2) != 0 ? 443 : 80);
	jw_kv_str(jw, "proto", SLICE("TCP"));
	jw_kv_str(jw, "pkt_src", SLICE("wire/pcap"));
}

static void put_flow(struct jw *jw, uint64_t *seed)
{
	jw_key(jw, "flow");
	jw_object(jw);
	jw_kv_int(jw, "pkts_toserver", next(seed, 4000));
	jw_kv_int(jw, "pkts_toclient", next(seed, 4000));
	jw_kv_int(jw, "bytes_toserver", next(seed, 4000000));
	jw_kv_int(jw, "bytes_toclient", next(seed, 400000000));
	jw_kv_str(jw, "start", SLICE("2025-03-01T08:00:00.000001+0800"));
	/* Quarters print alike in every writer. */
	jw_key(jw, "age");
	jw_double(jw, next(seed, 1000) + 0.25);
	jw_kv_str(jw, "state", next(seed, 3) != 0 ? SLICE("closed") : SLICE("established"));
	jw_kv_bool(jw, "alerted", next(seed, 2) != 0);
	jw_end(jw);
}

static void put_http(struct jw *jw, uint64_t *seed)
{
	static const char *const hosts[] = { "library.example.edu.cn", "jw.example.edu.cn",
		"mirror.example.org", "cas.example.edu.cn" };
	jw_key(jw, "http");
	jw_object(jw);
	jw_kv_str(jw, "hostname", slice_str(hosts[next(seed, 4)]));
	AUTO_BUF struct buf url;
	buf_init(&url, 200);
	buf_printf(&url, "/catalog/search?q=%u&page=%u&lang=zh-CN&token=%08x%08x",
		next(seed, 100000), next(seed, 40), next(seed, 1u << 31), next(seed, 1u << 31));
	jw_kv_str(jw, "url", buf_slice(&url));
	jw_kv_str(jw, "http_user_agent",
		SLICE("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
		      "Chrome/1"
		      "24.0.0.0 Safari/537.36"));
	jw_kv_str(jw, "http_content_type", SLICE("text/html"));
	jw_kv_str(jw, "http_method", next(seed, 4) != 0 ? SLICE("GET") : SLICE("POST"));
	jw_kv_str(jw, "protocol", SLICE("HTTP/1.1"));
	jw_kv_int(jw, "status", next(seed, 8) != 0 ? 200 : 404);
	jw_kv_int(jw, "length", next(seed, 200000));
	jw_end(jw);
}

static void put_alert(struct jw *jw, uint64_t *seed)
{
	jw_key(jw, "alert");
	jw_object(jw);
	jw_kv_str(jw, "action", SLICE("allowed"));
	jw_kv_int(jw, "gid", 1);
	jw_kv_int(jw, "signature_id", 9000000 + next(seed, 5000));
	jw_kv_int(jw, "rev", next(seed, 9));
	jw_kv_str(jw, "signature",
		next(seed, 2) != 0 ? SLICE("CAMPUS 后台登录页面口令猜测 password guessing at "
					   "the \"admin\" page")
				   : SLICE("CAMPUS outgoing connection to a listed address"));
	jw_kv_str(jw, "category", SLICE("Attempted Administrator Privilege Gain"));
	jw_kv_int(jw, "severity", 1 + next(seed, 3));
	jw_key(jw, "tags");
	jw_array(jw);
	jw_str(jw, SLICE("教学区"));
	jw_str(jw, SLICE("login"));
	jw_null(jw);
	jw_end(jw);
	jw_end(jw);
	jw_kv_str(jw, "payload_printable",
		SLICE("POST /admin/login HTTP/1.1\r\nHost: "
		      "jw.example.edu.cn\r\nContent-Length: 31\r\n"
		      "\r\nuser=root&pass=\"letmein\"&go=1..."));
}

static void put_line(struct buf *corpus, uint64_t *seed)
{
	struct jw jw;
	jw_init(&jw, corpus);
	jw_object(&jw);
	switch (next(seed, 4)) {
	case 0:
		put_head(&jw, seed, "alert");
		put_alert(&jw, seed);
		put_http(&jw, seed);
		break;
	case 1:
		put_head(&jw, seed, "flow");
		put_flow(&jw, seed);
		break;
	default:
		put_head(&jw, seed, "http");
		put_http(&jw, seed);
	}
	jw_end(&jw);
	buf_put_byte(corpus, '\n');
}

static double now(void)
{
	struct timespec at;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void fail(const char *why)
{
	fprintf(stderr, "bench-json: %s\n", why);
	exit(3);
}

static uint64_t our_leaf(const struct json *value)
{
	int64_t i = 0;
	double d = 0;
	bool b = false;
	if (json_int(value, &i)) {
		return (uint64_t)i;
	}
	if (json_double(value, &d)) {
		return (uint64_t)d;
	}
	return json_bool(value, &b) ? (uint64_t)b : json_str(value).n;
}

/* The corpus nests two levels of containers in a line. */
static uint64_t our_sum(const struct json *value) // NOLINT(misc-no-recursion)
{
	uint64_t sum = our_leaf(value);
	for (const struct json *at = json_first(value); at != NULL; at = json_next(at)) {
		sum = sum * 31 + json_name(at).n + our_sum(at);
	}
	return sum;
}

static void run_ours(struct slice corpus, struct result *result)
{
	AUTO_ARENA struct arena *arena = arena_create(0);
	double start = now();
	struct slice line = { 0 };
	while (slice_cut(corpus, '\n', &line, &corpus)) {
		const struct json *root = NULL;
		if (json_parse(arena, line, 0, &root, NULL) < 0) {
			fail("our reader refuses a line");
		}
		result->sum += our_sum(root);
		struct jw jw;
		jw_init(&jw, &result->out);
		jw_value(&jw, root);
		buf_put_byte(&result->out, '\n');
		arena_reset(arena);
	}
	result->seconds = now() - start;
}

static void run_peer(struct slice corpus, struct result *result)
{
	double start = now();
	struct slice line = { 0 };
	while (slice_cut(corpus, '\n', &line, &corpus)) {
		if (!peer_rewrite(line, &result->out, &result->sum)) {
			fail("the peer refuses a line");
		}
	}
	result->seconds = now() - start;
}

static int by_value(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;
	return (*x > *y) - (*x < *y);
}

static double median(double *values)
{
	qsort(values, RUNS, sizeof(*values), by_value);
	return values[RUNS / 2];
}

static void run_pair(struct slice corpus, struct result *ours, struct result *peer, bool swap)
{
	struct result *both[] = { ours, peer };
	for (size_t i = 0; i < 2; i++) {
		both[i]->sum = 0;
		buf_clear(&both[i]->out);
	}
	if (swap) {
		run_peer(corpus, peer);
		run_ours(corpus, ours);
	} else {
		run_ours(corpus, ours);
		run_peer(corpus, peer);
	}
	if (!slice_eq(buf_slice(&ours->out), buf_slice(&peer->out)) ||
		!slice_eq(buf_slice(&ours->out), corpus) || ours->sum != peer->sum) {
		fail("the two do not agree");
	}
}

int main(void)
{
	AUTO_BUF struct buf corpus;
	buf_init(&corpus, CORPUS_MAX);
	uint64_t seed = 20250301;
	size_t lines = 0;
	for (; corpus.n < CORPUS_OCTETS; lines++) {
		put_line(&corpus, &seed);
	}
	struct result ours = { .sum = 0 };
	struct result peer = { .sum = 0 };
	buf_init(&ours.out, CORPUS_MAX);
	buf_init(&peer.out, CORPUS_MAX);
	double our_rate[RUNS];
	double peer_rate[RUNS];
	double ratio[RUNS];
	/* Once unmeasured, so that no run pays for fresh pages. */
	run_pair(buf_slice(&corpus), &ours, &peer, false);
	for (size_t i = 0; i < RUNS; i++) {
		run_pair(buf_slice(&corpus), &ours, &peer, i % 2 != 0);
		our_rate[i] = (double)corpus.n / 1e6 / ours.seconds;
		peer_rate[i] = (double)corpus.n / 1e6 / peer.seconds;
		ratio[i] = our_rate[i] / peer_rate[i];
		fprintf(stderr, "pair %zu: ours %.0f MB/s, jansson %.0f MB/s, ratio %.2f\n",
			i + 1, our_rate[i], peer_rate[i], ratio[i]);
	}
	double o = median(our_rate);
	double p = median(peer_rate);
	double r = median(ratio);
	printf("{\"bench\":\"json\",\"metric\":\"MB/s\",\"better\":\"higher\",\"ours\":%.1f,"
	       "\"peer\":%.1f,\"ratio\":%.2f,\"unit\":\"MB/s\",\"runs\":%d}\n",
		o, p, r, RUNS);
	printf("\n%zu lines, %.1f MB: parse, read every value, write again (CPU time)\n", lines,
		(double)corpus.n / 1e6);
	printf("%-10s %10s\n%-10s %10.1f MB/s\n%-10s %10.1f MB/s\n%-10s %10.2f\n", "program",
		"median", "fengsui", o, "jansson", p, "ratio", r);
	buf_fini(&ours.out);
	buf_fini(&peer.out);
	return 0;
}
