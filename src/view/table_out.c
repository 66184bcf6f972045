/* SPDX-License-Identifier: Apache-2.0 */
#include "view/table_out.h"

#include <stdio.h>

#include "base/civil.h"
#include "base/err.h"
#include "grid/xlsx_write.h"
#include "sys/memfd.h"
#include "view/view.h"

enum { FILE_MAX_OCTETS = 64 * 1024 * 1024 };

void table_out_begin(struct table_out *out, const struct view *view, const char *name,
	const unsigned *width, size_t columns)
{
	*out = (struct table_out) { 0 };
	buf_init(&out->csv, FILE_MAX_OCTETS);
	if (slice_is(view_param(view, "format"), "xlsx")) {
		out->xlsx = xlsx_out_create(slice_str(name), width, columns);
	} else {
		/* Without it WPS and Excel show Chinese as noise. */
		buf_put_str(&out->csv, "\xef\xbb\xbf");
	}
}

void table_out_row(struct table_out *out)
{
	if (out->xlsx != NULL) {
		xlsx_out_row(out->xlsx);
	} else if (out->column > 0) {
		buf_put_str(&out->csv, "\r\n");
	}
	out->column = 0;
}

static void put(struct table_out *out, struct slice text, enum xlsx_look look)
{
	if (out->xlsx != NULL) {
		xlsx_out_cell(out->xlsx, text, look);
	} else {
		buf_put_str(&out->csv, out->column > 0 ? "," : "");
		buf_put_csv(&out->csv, text);
	}
	out->column++;
}

void table_out_heading(struct table_out *out, struct slice text)
{
	put(out, text, XLSX_HEADING);
}

void table_out_cell(struct table_out *out, struct slice text)
{
	put(out, text, XLSX_PLAIN);
}

bool table_out_full(const struct table_out *out)
{
	return out->csv.failed;
}

int table_out_end(struct table_out *out, struct view *view, const char *name)
{
	AUTO_BUF struct buf file;
	bool is_xlsx = out->xlsx != NULL;
	struct slice octets = buf_slice(&out->csv);
	buf_init(&file, XLSX_OUT_MAX_OCTETS);
	if (is_xlsx) {
		int error = xlsx_out_end(out->xlsx, &file);
		octets = buf_slice(&file);
		out->csv.failed = error < 0;
	} else {
		buf_put_str(&out->csv, "\r\n");
		octets = buf_slice(&out->csv);
	}
	if (out->csv.failed) {
		return view_refuse(view, E_LIMIT, "answer.too_large", NULL);
	}
	struct civil day = civil_of_ms(view->now_ms, CIVIL_CHINA_OFFSET_MIN);
	(void)snprintf(view->media, sizeof(view->media), "%s",
		is_xlsx ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
			: "text/csv; charset=utf-8");
	(void)snprintf(view->file_name, sizeof(view->file_name), "%s-%04d%02u%02u.%s", name,
		(int)day.year, day.month, day.day, is_xlsx ? "xlsx" : "csv");
	return memfd_of(octets, &view->download_fd);
}

void table_out_fini(struct table_out *out)
{
	out->xlsx = xlsx_out_destroy(out->xlsx);
	buf_fini(&out->csv);
}
