/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every kind of paper has alike: its data, its sheet, and the parts they
 * share.
 *
 * Layer: paper.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"
#include "paper/sheet.h"

struct arena;
struct json;

struct kind {
	struct arena *arena;
	struct sheet *sheet;
	const struct json *data;
};

/** Text of a member; empty when absent. */
struct slice kind_text(const struct kind *kind, const char *name);
PRINTF_LIKE(2, 3) struct slice kind_printf(const struct kind *kind, const char *format, ...);
/** 一 … 九十九; figures beyond. */
struct slice kind_numeral(const struct kind *kind, unsigned n);

/** 编号 at the left, mark at the right, two lines, the school over the title, one line. */
void kind_head(const struct kind *kind, struct slice mark, struct slice title);
/** "一、…", counted by *section. */
void kind_section(const struct kind *kind, unsigned *section, const char *name);
/** "label：value。" as a paragraph; nothing when the value is empty. */
void kind_line(const struct kind *kind, const char *label, struct slice value);
/** Each problem with its facts, under （一） （二） … */
void kind_problems(const struct kind *kind);
/** 联系方式 and 备注 as paragraphs under one section, when there are any. */
void kind_contact(const struct kind *kind, unsigned *section);
/** Check code, basis and QR code. */
void kind_foot(const struct kind *kind);

/** The kinds.  Drawing errors are the sheet's to tell. */
void notice_write(const struct kind *kind);
void report_write(const struct kind *kind);
void brief_write(const struct kind *kind);
void slip_write(const struct kind *kind, const char *title);
