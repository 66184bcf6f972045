/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/civil.h"

enum { LINE_MAX_OCTETS = 4096, VALUE_MAX_OCTETS = 512 };

static const char *const level_text[] = { "error", "warning", "notice", "info", "debug" };

/* Set once before threads start. */
static const char *process = "fengsui";
static enum log_level least = LOG_NOTICE;

void log_init(const char *process_name, enum log_level level)
{
	process = process_name;
	least = level;
}

static void put_value(struct buf *line, struct slice text)
{
	static const char digit[] = "0123456789abcdef";
	bool quote = text.n == 0;
	for (size_t i = 0; i < text.n; i++) {
		quote = quote || text.p[i] <= ' ' || text.p[i] == '"' || text.p[i] == '=' ||
			text.p[i] == '\\';
	}
	if (!quote && text.n <= VALUE_MAX_OCTETS) {
		buf_put(line, text);
		return;
	}
	buf_put_byte(line, '"');
	for (size_t i = 0; i < text.n && i < VALUE_MAX_OCTETS; i++) {
		uint8_t c = text.p[i];
		if (c == '"' || c == '\\') {
			buf_put_byte(line, '\\');
			buf_put_byte(line, c);
		} else if (c < ' ' || c == 0x7f) {
			buf_put_str(line, "\\x");
			buf_put_byte(line, (uint8_t)digit[c >> 4]);
			buf_put_byte(line, (uint8_t)digit[c & 15]);
		} else {
			buf_put_byte(line, c);
		}
	}
	buf_put_str(line, text.n > VALUE_MAX_OCTETS ? "…\"" : "\"");
}

void log_fields(enum log_level level, const char *name, const struct log_field *fields)
{
	if (level > least) {
		return;
	}
	AUTO_BUF struct buf line;
	buf_init(&line, LINE_MAX_OCTETS);
	struct timespec now = { 0 };
	(void)clock_gettime(CLOCK_REALTIME, &now);
	civil_put_rfc3339(&line, (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
	buf_printf(&line, " %s %s name=%s", level_text[level], process, name);
	for (const struct log_field *f = fields; f->name != NULL; f++) {
		size_t before = line.n;
		buf_printf(&line, " %s=", f->name);
		if (f->is_number) {
			buf_put_i64(&line, f->number);
		} else {
			put_value(&line, f->text);
		}
		if (line.failed) {
			line.failed = false;
			line.n = before;
			break;
		}
	}
	buf_put_byte(&line, '\n');
	/* Nowhere to report a failed write of the log itself. */
	ssize_t written UNUSED = write(STDERR_FILENO, line.p, line.n);
}
