/* SPDX-License-Identifier: Apache-2.0 */
/** A real SMTP server on a free port of 127.0.0.1 that does as its mode says. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct sink {
	char folder[64];
	pid_t pid;
	uint16_t port;
};

/** script = lab/smtp_sink.py; with tls it has a fresh self-signed certificate for 127.0.0.1, FOLDER/cert. */
void sink_start(struct sink *sink, const char *script, bool tls);
void sink_stop(struct sink *sink);
void sink_mode(const struct sink *sink, const char *mode);
/** A file of the sink's folder: "000001.eml", "cert".  False when it is not there. */
bool sink_read(const struct sink *sink, const char *name, char *ret_text, size_t room);
/** Messages kept. */
unsigned sink_count(const struct sink *sink);
