/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/decode_trap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/jw.h"
#include "base/num.h"
#include "proto/pcap.h"
#include "proto/trap.h"

enum { TRAP_PORT = 162, READ_OCTETS = 256 * 1024, LINE_OCTETS = 1024 * 1024 };

static const size_t file_octets_max = (size_t)4 * 1024 * 1024 * 1024;

struct job {
	const char *file;
	uint64_t port;
	struct buf line;
	uint64_t frame; /* from 1 */
	uint64_t bad;
};

static void name_bad(struct job *job, size_t offset, const char *why)
{
	job->bad++;
	(void)fprintf(stderr, "%s: frame %" PRIu64 ", octet %zu: %s\n", job->file, job->frame,
		offset, why);
}

static void put_address(struct jw *jw, const char *key, const struct pcap_udp *udp)
{
	char text[INET6_ADDRSTRLEN] = "";
	int family = udp->family == 4 ? AF_INET : AF_INET6;
	(void)inet_ntop(family, udp->src.p, text, sizeof(text));
	jw_kv_str(jw, key, slice_str(text));
}

static void put_trap(
	struct job *job, const struct pcap_frame *frame, const struct pcap_udp *udp)
{
	struct trap trap;
	struct jw jw;
	AUTO_BUF struct buf ts;
	buf_init(&ts, 64);
	int rc = trap_parse(udp->payload, &trap);
	if (rc < 0) {
		name_bad(job, frame->offset,
			rc == E_UNSUPPORTED ? "an SNMP message that is no trap" : err_text(rc));
		return;
	}
	buf_clear(&job->line);
	jw_init(&jw, &job->line);
	jw_object(&jw);
	civil_put_rfc3339(&ts, frame->at_unix_us / 1000);
	jw_kv_str(&jw, "ts", buf_slice(&ts));
	put_address(&jw, "src", udp);
	rc = trap_put_json(&jw, &trap);
	jw_end(&jw);
	buf_put_byte(&job->line, '\n');
	if (rc < 0) {
		name_bad(job, frame->offset, "an object of the trap cannot be read");
	}
	(void)fwrite(job->line.p, 1, job->line.n, stdout);
}

static void read_frames(struct job *job, struct slice file)
{
	static struct pcap pcap;
	struct pcap_frame frame;
	struct pcap_udp udp;
	int rc = pcap_open(file, &pcap);
	if (rc < 0) {
		name_bad(job, 0, rc == E_SHORT ? "the file is empty" : "this is no capture");
		return;
	}
	while ((rc = pcap_next(&pcap, &frame)) == 1) {
		job->frame++;
		int found = pcap_udp(&frame, &udp);
		if (found < 0) {
			name_bad(job, frame.offset, "the frame is cut off");
		} else if (found == 1 && udp.dst_port == job->port) {
			put_trap(job, &frame, &udp);
		}
	}
	if (rc < 0) {
		job->frame++;
		name_bad(job, file.n - pcap.rd.left.n,
			rc == E_SHORT ? "the file ends inside a record"
				      : "the record cannot be read");
	}
}

static int read_file(const char *path, struct buf *octets)
{
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	int error = errno;
	while (n > 0) {
		uint8_t *at = buf_reserve(octets, READ_OCTETS);
		n = at == NULL ? -1 : read(fd, at, READ_OCTETS);
		error = at == NULL ? EFBIG : errno;
		if (n > 0) {
			buf_commit(octets, (size_t)n);
		}
	}
	if (fd > STDIN_FILENO) {
		(void)close(fd);
	}
	return n == 0 ? 0 : -error;
}

static int usage(void)
{
	(void)fputs("usage: fengsui decode trap [--port N] FILE.pcap\n", stderr);
	return 2;
}

int cli_decode_trap(int argc, char **argv)
{
	struct job job = { .port = TRAP_PORT };
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--port") == 0 && i + 1 < argc) {
			if (num_u64(slice_str(argv[++i]), 65535, &job.port) < 0) {
				return usage();
			}
		} else if (job.file == NULL && (argv[i][0] != '-' || argv[i][1] == '\0')) {
			job.file = argv[i];
		} else {
			return usage();
		}
	}
	if (job.file == NULL) {
		return usage();
	}
	AUTO_BUF struct buf octets;
	buf_init(&octets, file_octets_max);
	int rc = read_file(job.file, &octets);
	if (rc < 0) {
		(void)fprintf(stderr, "%s: %s\n", job.file, strerror(-rc));
		return 1;
	}
	buf_init(&job.line, LINE_OCTETS);
	read_frames(&job, buf_slice(&octets));
	buf_fini(&job.line);
	return fflush(stdout) != 0 || job.bad > 0;
}
