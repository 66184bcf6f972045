/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/probe.h"

#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "base/json.h"
#include "base/jw.h"
#include "base/num.h"
#include "cli/probe_plugin.h"
#include "cli/probe_snmp.h"
#include "probe/dhcp/dhcp_check.h"
#include "probe/host/host.h"
#include "probe/prober.h"
#include "probe/spec.h"
#include "probe/tls_session.h"

enum {
	EXIT_NO = 1,
	EXIT_USE = 2,
	EXIT_RUN = 3,
	HOST_MAX = 255,
	RESOLVERS_MAX = 512,
	LINE_OCTETS = 16384,
	OPTIONS_MAX = 96,
	GIVEN_MAX = 32,
	SECRET_MAX = 1024
};

/* A parameter's option, and what was said. */
struct given {
	const char *option;
	const char *value; /* NULL = a flag */
};

struct request {
	struct check_spec spec;
	char name[HOST_MAX + 1];
	const char *resolvers;
	const char *authorities;
	const char *data;
	char found_resolvers[RESOLVERS_MAX];
	struct arena *arena; /* holds what the spec points to */
	struct given given[GIVEN_MAX];
	size_t given_count;
	char *const *words; /* plugin: its arguments, ended by NULL */
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

static void print_usage(void)
{
	(void)fputs(
		"usage: fengsui probe KIND TARGET [options]\n"
		"  TARGET            address, name, HOST:PORT, URL, or an item of this machine\n"
		"  --port N          --path PATH       --tls             --resolver ADDR[:PORT]\n"
		"  --ca FILE         --data DIR        where `host disk` looks\n"
		"       fengsui probe plugin NAME [--path FOLDER] [--timeout MS] -- ARGUMENTS\n",
		stderr);
	for (unsigned kind = 0; kind < CHECK_KIND_COUNT; kind++) {
		const struct check_form *form = &check_forms[kind];
		(void)fprintf(stderr, "  %-8s", check_kind_ids[kind]);
		for (size_t i = 0; i < form->param_count; i++) {
			(void)fprintf(stderr, " --%s", form->params[i].option);
		}
		(void)fputs("\n", stderr);
	}
}

enum option_id {
	OPT_PORT = 1,
	OPT_PATH,
	OPT_CA,
	OPT_RESOLVER,
	OPT_DATA,
	OPT_TLS,
	OPT_PARAM, /* and from here on, the parameters' */
};

static const struct option fixed_options[] = { { "port", 1, NULL, OPT_PORT },
	{ "path", 1, NULL, OPT_PATH }, { "ca", 1, NULL, OPT_CA },
	{ "resolver", 1, NULL, OPT_RESOLVER }, { "data", 1, NULL, OPT_DATA },
	{ "tls", 0, NULL, OPT_TLS } };

static bool is_known(const struct option *options, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(options[i].name, name) == 0) {
			return true;
		}
	}
	return false;
}

/* The fixed ones, and one for each parameter any kind has. */
static void list_options(struct option ret_options[OPTIONS_MAX])
{
	size_t n = sizeof(fixed_options) / sizeof(fixed_options[0]);
	memset(ret_options, 0, OPTIONS_MAX * sizeof(*ret_options));
	memcpy(ret_options, fixed_options, sizeof(fixed_options));
	for (unsigned kind = 0; kind < CHECK_KIND_COUNT; kind++) {
		const struct check_form *form = &check_forms[kind];
		for (size_t i = 0; i < form->param_count && n < OPTIONS_MAX - 1; i++) {
			const struct check_param *param = &form->params[i];
			if (!is_known(ret_options, n, param->option)) {
				ret_options[n] = (struct option) { param->option,
					param->type != CHECK_PARAM_FLAG, NULL,
					OPT_PARAM + (int)n };
				n++;
			}
		}
	}
}

static bool take_port(struct request *request, struct slice text)
{
	uint64_t value = 0;
	if (num_u64(text, UINT16_MAX, &value) < 0 || value == 0) {
		return false;
	}
	request->spec.port = (uint16_t)value;
	return true;
}

static bool take_option(struct request *request, int id, const char *text)
{
	switch (id) {
	case OPT_PORT:
		return take_port(request, slice_str(text));
	case OPT_PATH:
		request->spec.path = text;
		return true;
	case OPT_CA:
		request->authorities = text;
		return true;
	case OPT_RESOLVER:
		request->resolvers = text;
		return true;
	case OPT_DATA:
		request->data = text;
		return true;
	default:
		request->spec.use_tls = true;
		return id == OPT_TLS;
	}
}

static int take_options(struct request *request, int argc, char **argv)
{
	struct option options[OPTIONS_MAX];
	int at = 0;
	list_options(options);
	optind = 0; /* glibc: begin anew, argv[0] is the word "probe" */
	for (int id = 0; (id = getopt_long(argc, argv, "", options, &at)) != -1;) {
		if (id == '?') {
			return EXIT_USE;
		}
		if (id > OPT_PARAM && request->given_count < GIVEN_MAX) {
			request->given[request->given_count++] =
				(struct given) { options[at].name, optarg };
		} else if (!take_option(request, id, optarg)) {
			return complain(optarg, "an option's value is not usable");
		}
	}
	return 0;
}

/* A secret's file, without its end of line; what others see in the list of processes is none. */
static bool put_file(struct jw *jw, const char *path)
{
	char text[SECRET_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;
	if (fd >= 0) {
		(void)close(fd);
	}
	if (n > 0) {
		jw_str(jw, slice_trim(slice_of(text, (size_t)n)));
	}
	explicit_bzero(text, sizeof(text));
	return n > 0;
}

static bool put_value(struct jw *jw, const struct check_param *param, const char *text)
{
	uint64_t number = 0;
	jw_key(jw, param->name);
	switch (param->type) {
	case CHECK_PARAM_INT:
		jw_int(jw, num_u64(slice_str(text), INT64_MAX, &number) == 0 ? (int64_t)number
									     : -1);
		return true;
	case CHECK_PARAM_FLAG:
		jw_bool(jw, true);
		return true;
	case CHECK_PARAM_SECRET:
		return put_file(jw, text);
	case CHECK_PARAM_TEXT:
	case CHECK_PARAM_NAME:
	case CHECK_PARAM_CHOICE:
	case CHECK_PARAM_KEPT:
		break;
	}
	jw_str(jw, slice_str(text));
	return true;
}

/* The options as the parameters the desk would send; those of other kinds are passed over. */
static int take_params(struct request *request)
{
	AUTO_BUF struct buf text;
	struct jw jw;
	struct diag diag = { 0 };
	const struct json *params = NULL;
	const struct check_form *form = &check_forms[request->spec.kind];
	buf_init(&text, LINE_OCTETS);
	jw_init(&jw, &text);
	jw_object(&jw);
	for (size_t i = 0; i < request->given_count; i++) {
		const struct given *given = &request->given[i];
		for (size_t k = 0; k < form->param_count; k++) {
			bool meant = strcmp(form->params[k].option, given->option) == 0;
			if (meant && !put_value(&jw, &form->params[k], given->value)) {
				return complain(given->value, "the file cannot be read");
			}
		}
	}
	jw_end(&jw);
	int rc = json_parse(
		request->arena, arena_dup(request->arena, buf_slice(&text)), 0, &params, &diag);
	rc = rc < 0 ? rc : spec_read_params(request->arena, params, &request->spec, &diag);
	return rc < 0 ? complain(diag.text, "an option's value is not usable, or is missing")
		      : 0;
}

static bool take_target(struct request *request, struct slice text)
{
	struct slice host;
	struct slice port;
	if (!spec_cut_port(text, &host, &port) || (port.n > 0 && !take_port(request, port))) {
		return false;
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

static int take_arguments(struct request *request, int argc, char **argv)
{
	int rc = take_options(request, argc, argv);
	if (rc != 0) {
		return rc;
	}
	struct check_spec *spec = &request->spec;
	bool known = argc - optind >= 2 &&
		     check_kind_parse(slice_str(argv[optind]), &spec->kind) == 0;
	if (known && spec->kind == CHECK_PLUGIN && request->given_count < GIVEN_MAX) {
		request->given[request->given_count++] =
			(struct given) { "plugin", argv[optind + 1] };
		request->words = argv + optind + 2;
		return take_params(request);
	}
	if (!known || argc - optind != 2) {
		print_usage();
		return EXIT_USE;
	}
	const char *target = argv[optind + 1];
	enum check_target form = check_forms[spec->kind].target;
	if (form == CHECK_TARGET_OWN) {
		spec->path = target;
		return take_params(request);
	}
	bool read = form == CHECK_TARGET_URL ? take_url(request, target)
					     : take_target(request, slice_str(target));
	rc = read ? take_params(request) : complain(target, "the target cannot be read");
	if (rc == 0 && spec_complete(spec) < 0) {
		rc = complain(target, "a port is missing, or does not belong there");
	}
	return rc;
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

int cli_probe_print(const struct check_result *result)
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
	return rc < 0 ? rc : cli_probe_print(&answer.result);
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
	if (kind == CHECK_DHCP) {
		config->dhcp4 = dhcp_socket();
	}
	if (kind == CHECK_TLS || request->spec.use_tls || request->spec.tls_mode != 0) {
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
	if (config->dhcp4 >= 0) {
		(void)close(config->dhcp4);
	}
}

static int open_and_run(struct request *request)
{
	struct prober_config config = { .fd4 = -1,
		.fd6 = -1,
		.dhcp4 = -1,
		.ping_inflight_max = 1,
		.stream_max = 1,
		.dns_max = 1,
		.ask_max = 1,
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
	request.arena = arena_create(0);
	/* A service that hangs up in the middle of a dialogue is a result, not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	int rc = take_arguments(&request, argc, argv);
	if (rc == 0 && request.resolvers == NULL && request.spec.name != NULL) {
		find_resolvers(&request);
	}
	if (rc == 0 && request.spec.kind == CHECK_PLUGIN) {
		rc = cli_probe_plugin(&request.spec, request.words);
	} else {
		rc = rc == 0 ? open_and_run(&request) : rc;
	}
	request.arena = arena_destroy(request.arena);
	return rc;
}
