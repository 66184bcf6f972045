/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "cli/probe_snmp.h"
#include "probe/host/host.h"
#include "probe/prober.h"
#include "probe/spec.h"
#include "probe/tls_session.h"
#include "proto/dnsmsg.h"

enum {
	EXIT_NO = 1,
	EXIT_USE = 2,
	EXIT_RUN = 3,
	HOST_MAX = 255,
	RESOLVERS_MAX = 512,
	LINE_OCTETS = 16384
};

static const char usage[] =
	"usage: fengsui probe icmp|tcp|http|tls|dns|host|snmp TARGET [options]\n"
	"  TARGET            address, name, HOST:PORT, a URL (http), the server (dns),\n"
	"                    or load, memory, disk, clock, interface:NAME (host)\n"
	"  --port N          --timeout MS      --warn-ms MS      --resolver ADDR[:PORT]\n"
	"  --path PATH       --host NAME       --status N        --expect TEXT\n"
	"  --tls             --insecure        --ca FILE         --warn-days N\n"
	"  --query NAME      --type TYPE       --rcode N         --ad          --aa\n"
	"  --data DIR        where `host disk` looks\n";

struct request {
	struct check_spec spec;
	char name[HOST_MAX + 1];
	const char *resolvers;
	const char *authorities;
	const char *data;
	char found_resolvers[RESOLVERS_MAX];
};

struct answer {
	uv_loop_t *loop;
	bool come;
	struct check_result result;
};

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "fengsui: probe: %s (%s)\n", why, what);
	return EXIT_USE;
}

static bool number(const char *text, uint64_t max, uint64_t *ret_value)
{
	return num_u64(slice_str(text), max, ret_value) == 0;
}

enum option_id {
	OPT_PORT = 1,
	OPT_TIMEOUT,
	OPT_WARN_MS,
	OPT_STATUS,
	OPT_RCODE,
	OPT_WARN_DAYS,
	OPT_PATH,
	OPT_HOST,
	OPT_EXPECT,
	OPT_CA,
	OPT_RESOLVER,
	OPT_QUERY,
	OPT_TYPE,
	OPT_DATA,
	OPT_TLS,
	OPT_INSECURE,
	OPT_AD,
	OPT_AA
};

static bool take_number(struct check_spec *spec, enum option_id id, const char *text)
{
	static const uint32_t max[] = { [OPT_PORT] = 65535,
		[OPT_TIMEOUT] = CHECK_TIMEOUT_MAX_MS,
		[OPT_WARN_MS] = CHECK_TIMEOUT_MAX_MS,
		[OPT_STATUS] = 599,
		[OPT_RCODE] = 15,
		[OPT_WARN_DAYS] = 36500 };
	uint64_t value = 0;
	if (!number(text, max[id], &value)) {
		return false;
	}
	switch ((int)id) {
	case OPT_PORT:
		spec->port = (uint16_t)value;
		break;
	case OPT_TIMEOUT:
		spec->timeout_ms = (uint32_t)value;
		break;
	case OPT_WARN_MS:
		spec->warn_latency_ms = (uint32_t)value;
		break;
	case OPT_WARN_DAYS:
		spec->warn_days = (uint16_t)value;
		break;
	default:
		spec->expect_status = (uint16_t)value;
		break;
	}
	return true;
}

static bool take_flag(struct check_spec *spec, int id)
{
	switch (id) {
	case OPT_TLS:
		spec->use_tls = true;
		return true;
	case OPT_INSECURE:
		spec->accept_untrusted = true;
		return true;
	case OPT_AD:
		spec->want_ad = true;
		return true;
	case OPT_AA:
		spec->want_aa = true;
		return true;
	default:
		return false;
	}
}

static bool take_text(struct request *request, int id, const char *text)
{
	const char **into[] = { [OPT_PATH] = &request->spec.path,
		[OPT_HOST] = &request->spec.host_header,
		[OPT_EXPECT] = &request->spec.expect_text,
		[OPT_CA] = &request->authorities,
		[OPT_RESOLVER] = &request->resolvers,
		[OPT_QUERY] = &request->spec.query_name,
		[OPT_DATA] = &request->data };
	if (id == OPT_TYPE) {
		return dnsmsg_type_parse(slice_str(text), &request->spec.dns_type) == 0;
	}
	*into[id] = text;
	return true;
}

static int take_options(struct request *request, int argc, char **argv)
{
	static const struct option options[] = { { "port", 1, NULL, OPT_PORT },
		{ "timeout", 1, NULL, OPT_TIMEOUT }, { "warn-ms", 1, NULL, OPT_WARN_MS },
		{ "status", 1, NULL, OPT_STATUS }, { "rcode", 1, NULL, OPT_RCODE },
		{ "warn-days", 1, NULL, OPT_WARN_DAYS }, { "path", 1, NULL, OPT_PATH },
		{ "host", 1, NULL, OPT_HOST }, { "expect", 1, NULL, OPT_EXPECT },
		{ "ca", 1, NULL, OPT_CA }, { "resolver", 1, NULL, OPT_RESOLVER },
		{ "query", 1, NULL, OPT_QUERY }, { "type", 1, NULL, OPT_TYPE },
		{ "data", 1, NULL, OPT_DATA }, { "tls", 0, NULL, OPT_TLS },
		{ "insecure", 0, NULL, OPT_INSECURE }, { "ad", 0, NULL, OPT_AD },
		{ "aa", 0, NULL, OPT_AA }, { NULL, 0, NULL, 0 } };
	optind = 0; /* glibc: begin anew, argv[0] is the word "probe" */
	for (int id = 0; (id = getopt_long(argc, argv, "", options, NULL)) != -1;) {
		bool good = id >= OPT_PORT && id <= OPT_WARN_DAYS
				    ? take_number(&request->spec, (enum option_id)id, optarg)
			    : id >= OPT_PATH && id <= OPT_DATA ? take_text(request, id, optarg)
							       : take_flag(&request->spec, id);
		if (!good) {
			return id == '?' ? EXIT_USE
					 : complain(optarg, "an option's value is not usable");
		}
	}
	return 0;
}

static bool take_target(struct request *request, struct slice text)
{
	struct slice host;
	struct slice port;
	uint64_t value = 0;
	if (!spec_cut_port(text, &host, &port)) {
		return false;
	}
	if (port.n > 0) {
		if (num_u64(port, 65535, &value) < 0 || value == 0) {
			return false;
		}
		request->spec.port = (uint16_t)value;
	}
	if (probe_addr_parse(host, &request->spec.addr) == 0) {
		return true;
	}
	if (host.n == 0 || host.n > HOST_MAX || memchr(host.p, ':', host.n) != NULL) {
		return false;
	}
	memcpy(request->name, host.p, host.n);
	request->name[host.n] = '\0';
	request->spec.name = request->name;
	return true;
}

static bool take_url(struct request *request, const char *url)
{
	struct slice text = slice_str(url);
	bool is_https = slice_starts(text, SLICE("https://"));
	request->spec.use_tls = request->spec.use_tls || is_https;
	if (is_https || slice_starts(text, SLICE("http://"))) {
		text = slice_skip(text, is_https ? 8 : 7);
	}
	const uint8_t *slash = memchr(text.p, '/', text.n);
	if (slash != NULL) {
		if (request->spec.path == NULL) {
			request->spec.path = url + (slash - (const uint8_t *)url);
		}
		text.n = (size_t)(slash - text.p);
	}
	return take_target(request, text);
}

/* What a kind cannot do without. */
static const char *missing(struct check_spec *spec)
{
	if (spec->kind == CHECK_TLS && spec->port == 0) {
		spec->port = 443;
	}
	if (spec->kind == CHECK_TCP && spec->port == 0) {
		return "tcp needs a port";
	}
	if (spec->kind == CHECK_DNS && spec->query_name == NULL) {
		return "dns needs --query NAME";
	}
	return NULL;
}

static int take_arguments(struct request *request, int argc, char **argv)
{
	int rc = take_options(request, argc, argv);
	if (rc != 0) {
		return rc;
	}
	struct check_spec *spec = &request->spec;
	if (argc - optind != 2 || check_kind_parse(slice_str(argv[optind]), &spec->kind) < 0) {
		(void)fputs(usage, stderr);
		return EXIT_USE;
	}
	const char *target = argv[optind + 1];
	if (spec->kind == CHECK_HOST) {
		spec->path = target;
		return 0;
	}
	bool read = spec->kind == CHECK_HTTP ? take_url(request, target)
					     : take_target(request, slice_str(target));
	if (!read) {
		return complain(target, "the target cannot be read");
	}
	const char *why = missing(spec);
	return why != NULL ? complain(target, why) : 0;
}

/* The machine's own resolvers, for a name typed by a person who gave none. */
static void find_resolvers(struct request *request)
{
	AUTO_BUF struct buf text;
	AUTO_BUF struct buf list;
	buf_init(&text, 65536);
	buf_init(&list, RESOLVERS_MAX - 1);
	int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	uint8_t *at = buf_reserve(&text, 65536);
	ssize_t n = fd >= 0 && at != NULL ? read(fd, at, 65536) : 0;
	if (n > 0) {
		buf_commit(&text, (size_t)n);
	}
	if (fd >= 0) {
		(void)close(fd);
	}
	struct host_suggestion found = host_suggest((struct slice) { 0 }, buf_slice(&text));
	for (unsigned i = 0; i < found.resolver_count; i++) {
		bool six = found.resolvers[i].family == 6;
		buf_put_str(&list, i > 0 ? "," : "");
		buf_put_str(&list, six ? "[" : "");
		probe_addr_put(&list, &found.resolvers[i]);
		buf_put_str(&list, six ? "]" : "");
	}
	if (list.n > 0 && !list.failed) {
		memcpy(request->found_resolvers, list.p, list.n + 1);
		request->resolvers = request->found_resolvers;
	}
}

static void put_detail(struct buf *buf, const struct check_result *result)
{
	buf_put_str(buf, result->code);
	for (size_t i = 0; i < result->arg_count; i++) {
		const struct check_arg *arg = &result->args[i];
		buf_printf(buf, " %s=", arg->name);
		if (arg->is_number) {
			buf_put_i64(buf, arg->number);
		} else {
			buf_put_str(buf, arg->text);
		}
	}
}

static int print(const struct check_result *result)
{
	AUTO_BUF struct buf line;
	AUTO_BUF struct buf detail;
	struct jw jw;
	buf_init(&line, LINE_OCTETS);
	buf_init(&detail, LINE_OCTETS);
	put_detail(&detail, result);
	jw_init(&jw, &line);
	jw_object(&jw);
	jw_kv_str(&jw, "state", slice_str(check_state_text(result->state)));
	jw_kv_str(&jw, "code", slice_str(result->code));
	jw_key(&jw, "latency_ms");
	if (result->latency_us >= 0) {
		jw_double(&jw, (double)result->latency_us / 1000.0);
	} else {
		jw_null(&jw);
	}
	jw_kv_str(&jw, "detail", buf_slice(&detail));
	jw_key(&jw, "args");
	check_result_put_args(&jw, result);
	jw_key(&jw, "perfdata");
	check_result_put_perf(&jw, result);
	jw_end(&jw);
	if (line.failed || printf("%.*s\n", SLICE_FMT(buf_slice(&line))) < 0) {
		return EXIT_RUN;
	}
	switch (result->state) {
	case CHECK_UP:
	case CHECK_DEGRADED:
		return 0;
	case CHECK_DOWN:
	case CHECK_UNREACHABLE:
		return EXIT_NO;
	case CHECK_UNKNOWN:
		break;
	}
	return EXIT_RUN;
}

static void on_done(void *user, uint64_t tag, const struct check_result *result)
{
	struct answer *answer = user;
	(void)tag;
	answer->result = *result;
	answer->come = true;
	uv_stop(answer->loop);
}

static int run(const struct request *request, struct prober_config *config)
{
	uv_loop_t loop;
	struct prober *prober = NULL;
	struct answer answer = { .loop = &loop };
	int rc = uv_loop_init(&loop);
	if (rc < 0) {
		return rc;
	}
	rc = prober_create(&loop, config, &prober);
	if (rc == 0) {
		rc = prober_start(
			prober, &request->spec, (struct check_sink) { on_done, &answer, 0 });
		while (rc == 0 && !answer.come && uv_run(&loop, UV_RUN_ONCE) != 0) {
		}
		prober_close(prober);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	if (rc == 0 && !answer.come) {
		rc = E_CLOSED;
	}
	return rc < 0 ? rc : print(&answer.result);
}

static int open_parts(
	const struct request *request, struct prober_config *config, struct diag *diag)
{
	enum check_kind kind = request->spec.kind;
	int rc = 0;
	if (kind == CHECK_ICMP) {
		/* Without the right to raw sockets the check says so itself. */
		config->fd4 = ping_socket(4);
		config->fd6 = ping_socket(6);
	}
	if (kind == CHECK_TLS || request->spec.use_tls) {
		rc = tls_client_create(request->authorities, &config->tls);
	}
	if (kind == CHECK_HOST) {
		const char *data = request->data != NULL ? request->data : "/";
		rc = host_open("/proc", data, &config->host, diag);
	}
	return rc;
}

static void close_parts(struct prober_config *config)
{
	(void)host_close(config->host);
	tls_client_destroy(config->tls);
	if (config->fd4 >= 0) {
		(void)close(config->fd4);
	}
	if (config->fd6 >= 0) {
		(void)close(config->fd6);
	}
}

static int open_and_run(struct request *request)
{
	struct prober_config config = { .fd4 = -1,
		.fd6 = -1,
		.ping_inflight_max = 1,
		.stream_max = 1,
		.dns_max = 1,
		.resolvers = request->resolvers };
	struct diag diag = { 0 };
	int rc = open_parts(request, &config, &diag);
	if (rc >= 0) {
		rc = run(request, &config);
	}
	close_parts(&config);
	if (rc < 0) {
		const char *why = diag.text[0] != '\0' ? diag.text : err_text(rc);
		(void)fprintf(stderr, "fengsui: probe: %s\n", why);
		return rc == E_INPUT ? EXIT_USE : EXIT_RUN;
	}
	return rc;
}

int cli_probe(int argc, char **argv)
{
	struct request request = { 0 };
	if (argc > 1 && strcmp(argv[1], "snmp") == 0) {
		return cli_probe_snmp(argc - 1, argv + 1);
	}
	int rc = take_arguments(&request, argc, argv);
	if (rc != 0) {
		return rc;
	}
	if (request.resolvers == NULL && request.spec.name != NULL) {
		find_resolvers(&request);
	}
	return open_and_run(&request);
}
