/* SPDX-License-Identifier: Apache-2.0 */
#include "probe/host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/diag.h"
#include "base/err.h"
#include "probe/host/host_text.h"
#include "sys/clock.h"

enum { TEXT_MAX = 64 * 1024, RATES_MAX = HOST_INTERFACES_MAX };

enum { FILE_LOAD, FILE_MEMORY, FILE_INTERFACES, FILES };

static const char *const file_names[FILES] = { "loadavg", "meminfo", "net/dev" };

struct rate {
	char name[HOST_INTERFACE_NAME_MAX + 1];
	int64_t at_mono_ms;
	uint64_t rx_octets, tx_octets;
};

struct host {
	int file[FILES];
	int data;
	int control; /* a socket, to ask about interfaces */
	unsigned cpus;
	struct rate rates[RATES_MAX];
};

struct host *host_close(struct host *host)
{
	if (host != NULL) {
		for (unsigned i = 0; i < FILES; i++) {
			if (host->file[i] >= 0) {
				(void)close(host->file[i]);
			}
		}
		if (host->data >= 0) {
			(void)close(host->data);
		}
		if (host->control >= 0) {
			(void)close(host->control);
		}
		free(host);
	}
	return NULL;
}

static int open_files(struct host *host, const char *proc, struct diag *diag)
{
	int dir = open(proc, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0) {
		return diag_set(diag, -errno, 0, 0, "cannot open %s", proc);
	}
	int rc = 0;
	for (unsigned i = 0; i < FILES && rc == 0; i++) {
		host->file[i] = openat(dir, file_names[i], O_RDONLY | O_CLOEXEC);
		if (host->file[i] < 0) {
			rc = diag_set(
				diag, -errno, 0, 0, "cannot open %s/%s", proc, file_names[i]);
		}
	}
	(void)close(dir);
	return rc;
}

int host_open(
	const char *proc, const char *data_path, struct host **ret_host, struct diag *diag)
{
	struct host *host = calloc(1, sizeof(*host));
	if (host == NULL) {
		return -ENOMEM;
	}
	for (unsigned i = 0; i < FILES; i++) {
		host->file[i] = -1;
	}
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	host->cpus = cpus > 0 ? (unsigned)cpus : 1;
	host->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	host->data = open(data_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;
	if (host->data < 0) {
		rc = diag_set(diag, -errno, 0, 0, "cannot open %s", data_path);
	} else {
		rc = open_files(host, proc, diag);
	}
	if (rc < 0) {
		(void)host_close(host);
		return rc;
	}
	*ret_host = host;
	return 0;
}

/* The whole text, from its beginning: the kernel makes it anew at offset 0. */
static int read_file(int fd, struct buf *text)
{
	buf_clear(text);
	for (;;) {
		uint8_t *at = buf_reserve(text, 4096);
		if (at == NULL) {
			return E_LIMIT;
		}
		ssize_t n = pread(fd, at, 4096, (off_t)text->n);
		if (n < 0) {
			return -errno;
		}
		if (n == 0) {
			return 0;
		}
		buf_commit(text, (size_t)n);
	}
}

static void ask_flags(const struct host *host, struct host_interface *interface)
{
	struct ifreq request;
	memset(&request, 0, sizeof(request));
	memcpy(request.ifr_name, interface->name, sizeof(interface->name));
	if (host->control >= 0 && ioctl(host->control, SIOCGIFFLAGS, &request) == 0) {
		interface->up = (request.ifr_flags & IFF_UP) != 0;
		interface->running = interface->up && (request.ifr_flags & IFF_RUNNING) != 0;
	}
}

static void read_clock(struct host_clock *ret_clock)
{
	struct timex timex = { .modes = 0 }; /* asks, changes nothing */
	int state = adjtimex(&timex);
	*ret_clock = (struct host_clock) {
		.synchronised =
			state >= 0 && state != TIME_ERROR && (timex.status & STA_UNSYNC) == 0,
		.estimated_error_us = timex.esterror,
		.maximum_error_us = timex.maxerror,
		.offset_us =
			(timex.status & STA_NANO) != 0 ? timex.offset / 1000 : timex.offset,
	};
}

int host_sample(struct host *host, struct host_sample *ret_sample)
{
	static int (*const readers[FILES])(struct slice, struct host_sample *) = {
		host_read_load, host_read_memory, host_read_interfaces
	};
	struct host_sample sample = { .at_mono_ms = clock_mono_ms(), .cpus = host->cpus };
	AUTO_BUF struct buf text;
	buf_init(&text, TEXT_MAX);
	for (unsigned i = 0; i < FILES; i++) {
		int rc = read_file(host->file[i], &text);
		if (rc == 0) {
			rc = readers[i](buf_slice(&text), &sample);
		}
		if (rc < 0) {
			return rc;
		}
	}
	for (unsigned i = 0; i < sample.interface_count; i++) {
		ask_flags(host, &sample.interfaces[i]);
	}
	struct statvfs disk;
	if (fstatvfs(host->data, &disk) < 0) {
		return -errno;
	}
	sample.disk_octets = (uint64_t)disk.f_blocks * disk.f_frsize;
	sample.disk_available_octets = (uint64_t)disk.f_bavail * disk.f_frsize;
	read_clock(&sample.clock);
	*ret_sample = sample;
	return 0;
}

static void judge_level(struct check_result *result, const struct check_spec *spec,
	double level, const uint32_t usual[2], const char *code)
{
	uint32_t warn = spec->warn_level != 0 ? spec->warn_level : usual[0];
	uint32_t bad = spec->bad_level != 0 ? spec->bad_level : usual[1];
	bool is_bad = bad != 0 && level > bad;
	bool is_warn = warn != 0 && level > warn;
	check_result_arg_int(result, "level", (int64_t)level);
	check_result_set(result,
		is_bad    ? CHECK_DOWN
		: is_warn ? CHECK_DEGRADED
			  : CHECK_UP,
		is_bad || is_warn ? code : "host.ok");
}

static double percent_used(uint64_t total, uint64_t available)
{
	return total == 0 || available > total
		       ? 0.0
		       : 100.0 * (double)(total - available) / (double)total;
}

static void check_load(const struct host_sample *sample, const struct check_spec *spec,
	struct check_result *result)
{
	check_result_perf(result, "load1", sample->load[0], "");
	check_result_perf(result, "load5", sample->load[1], "");
	check_result_perf(result, "load15", sample->load[2], "");
	judge_level(result, spec, 100.0 * sample->load[1] / sample->cpus,
		(uint32_t[]) { 200, 0 }, "host.load_high");
}

static void check_memory(const struct host_sample *sample, const struct check_spec *spec,
	struct check_result *result)
{
	check_result_perf(result, "available", (double)sample->memory_available_octets, "B");
	judge_level(result, spec,
		percent_used(sample->memory_octets, sample->memory_available_octets),
		(uint32_t[]) { 90, 98 }, "host.memory_full");
}

static void check_disk(const struct host_sample *sample, const struct check_spec *spec,
	struct check_result *result)
{
	check_result_perf(result, "available", (double)sample->disk_available_octets, "B");
	judge_level(result, spec,
		percent_used(sample->disk_octets, sample->disk_available_octets),
		(uint32_t[]) { 85, 95 }, "host.disk_full");
}

static void check_clock(const struct host_sample *sample, const struct check_spec *spec,
	struct check_result *result)
{
	const struct host_clock *clock = &sample->clock;
	check_result_perf(result, "maximum_error", (double)clock->maximum_error_us, "us");
	check_result_perf(result, "estimated_error", (double)clock->estimated_error_us, "us");
	check_result_perf(result, "offset", (double)clock->offset_us, "us");
	if (!clock->synchronised) {
		check_result_set(result, CHECK_DEGRADED, "host.clock_unsynchronised");
		return;
	}
	judge_level(result, spec, (double)clock->maximum_error_us / 1000.0,
		(uint32_t[]) { 1000, 10000 }, "host.clock_wrong");
}

/* Where the last counters of this interface are kept; NULL when the table is full. */
static struct rate *rate_of(struct host *host, const char *name)
{
	for (unsigned i = 0; i < RATES_MAX; i++) {
		struct rate *rate = &host->rates[i];
		if (rate->name[0] == '\0') {
			memcpy(rate->name, name, sizeof(rate->name));
			return rate;
		}
		if (strcmp(rate->name, name) == 0) {
			return rate;
		}
	}
	return NULL;
}

static void put_rates(struct host *host, const struct host_interface *interface,
	int64_t at_mono_ms, struct check_result *result)
{
	struct rate *rate = rate_of(host, interface->name);
	if (rate == NULL) {
		return;
	}
	int64_t ms = at_mono_ms - rate->at_mono_ms;
	/* No rate without a past, and none over counters that went back (the interface is new). */
	if (rate->at_mono_ms != 0 && ms > 0 && interface->rx_octets >= rate->rx_octets &&
		interface->tx_octets >= rate->tx_octets) {
		double per_s = 1000.0 / (double)ms;
		check_result_perf(result, "rx",
			(double)(interface->rx_octets - rate->rx_octets) * per_s, "B/s");
		check_result_perf(result, "tx",
			(double)(interface->tx_octets - rate->tx_octets) * per_s, "B/s");
	}
	rate->at_mono_ms = at_mono_ms;
	rate->rx_octets = interface->rx_octets;
	rate->tx_octets = interface->tx_octets;
}

static void check_interface(struct host *host, const struct host_sample *sample,
	const char *name, struct check_result *result)
{
	check_result_arg(result, "interface", slice_str(name));
	for (unsigned i = 0; i < sample->interface_count; i++) {
		const struct host_interface *interface = &sample->interfaces[i];
		if (strcmp(interface->name, name) != 0) {
			continue;
		}
		put_rates(host, interface, sample->at_mono_ms, result);
		check_result_perf(result, "rx_errors", (double)interface->rx_errors, "");
		check_result_perf(result, "tx_errors", (double)interface->tx_errors, "");
		check_result_perf(result, "rx_dropped", (double)interface->rx_dropped, "");
		check_result_perf(result, "tx_dropped", (double)interface->tx_dropped, "");
		check_result_set(result, interface->running ? CHECK_UP : CHECK_DOWN,
			interface->running ? "host.ok" : "host.interface_down");
		return;
	}
	check_result_set(result, CHECK_DOWN, "host.interface_absent");
}

void host_check(
	struct host *host, const struct check_spec *spec, struct check_result *ret_result)
{
	static const struct {
		const char *item;
		void (*check)(const struct host_sample *, const struct check_spec *,
			struct check_result *);
	} items[] = {
		{ "load", check_load },
		{ "memory", check_memory },
		{ "disk", check_disk },
		{ "clock", check_clock },
	};
	struct slice item = slice_str(spec->path);
	struct host_sample sample;
	check_result_init(ret_result, spec, clock_unix_ms());
	int rc = host_sample(host, &sample);
	if (rc < 0) {
		check_result_arg(ret_result, "reason", slice_str(err_text(rc)));
		check_result_set(ret_result, CHECK_UNKNOWN, "host.unreadable");
		return;
	}
	if (slice_starts(item, SLICE("interface:"))) {
		check_interface(
			host, &sample, spec->path + sizeof("interface:") - 1, ret_result);
		return;
	}
	for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++) {
		if (slice_is(item, items[i].item)) {
			items[i].check(&sample, spec, ret_result);
			return;
		}
	}
	check_result_set(ret_result, CHECK_UNKNOWN, "host.no_such_item");
}
