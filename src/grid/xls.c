/* SPDX-License-Identifier: Apache-2.0 */
/*
 * .xls and .et (the same format, of WPS), through libfreexl, which opens files
 * by name: it gets that of a memory file.
 */
#include <errno.h>
#include <freexl.h>
#include <iconv.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "grid/read_priv.h"

/* Of workbooks since 1997, and of older ones in Chinese and in Latin letters. */
static const char *const charsets[] = { "UTF-16LE", "CP936", "CP950", "CP1252" };

/* Kept open to the end: what is loaded stays loaded. */
static iconv_t held[sizeof(charsets) / sizeof(charsets[0])];

int gridread_init(void)
{
	for (size_t i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		if (held[i] == NULL) {
			held[i] = iconv_open("UTF-8", charsets[i]);
		}
		if (held[i] == (iconv_t)-1) {
			held[i] = NULL;
			return -errno;
		}
	}
	return 0;
}

static struct slice cell_text(const FreeXL_CellValue *cell, char room[32])
{
	switch (cell->type) {
	case FREEXL_CELL_INT:
		return number_text(cell->value.int_value, room);
	case FREEXL_CELL_DOUBLE:
		return number_text(cell->value.double_value, room);
	case FREEXL_CELL_TEXT:
	case FREEXL_CELL_SST_TEXT:
	case FREEXL_CELL_DATE:
	case FREEXL_CELL_DATETIME:
	case FREEXL_CELL_TIME:
		return slice_str(cell->value.text_value);
	default:
		return (struct slice) { 0 };
	}
}

static void sheet_take(const void *book, struct tablet *t)
{
	unsigned rows = 0;
	unsigned short columns = 0;
	if (freexl_worksheet_dimensions(book, &rows, &columns) != FREEXL_OK) {
		return;
	}
	unsigned short width = columns < GRID_COLUMNS_MAX ? columns : GRID_COLUMNS_MAX;
	for (unsigned r = 0; r < rows && !t->full; r++) {
		for (unsigned short c = 0; c < width; c++) {
			char room[32];
			FreeXL_CellValue cell = { 0 };
			if (freexl_get_cell_value(book, r, c, &cell) == FREEXL_OK) {
				tablet_put(t, r + 1, c, slice_trim(cell_text(&cell, room)));
			}
		}
	}
}

static enum gridread_problem book_take(const void *book, struct buf *out)
{
	unsigned sheets = 0;
	enum gridread_problem problem = GRIDREAD_FINE;
	if (freexl_get_info(book, FREEXL_BIFF_SHEET_COUNT, &sheets) != FREEXL_OK) {
		return GRIDREAD_BROKEN;
	}
	for (unsigned i = 0; i < sheets && i < GRID_SHEETS_MAX && problem == GRIDREAD_FINE;
		i++) {
		AUTO_ARENA struct arena *arena = arena_create(0);
		const char *name = NULL;
		struct tablet t;
		tablet_init(&t, arena);
		if (freexl_select_active_worksheet(book, (unsigned short)i) != FREEXL_OK) {
			continue;
		}
		(void)freexl_get_worksheet_name(book, (unsigned short)i, &name);
		sheet_take(book, &t);
		problem = t.full ? GRIDREAD_TOO_LARGE : GRIDREAD_FINE;
		tablet_write(&t, slice_str(name), out);
	}
	return problem;
}

/* An .xlsx with a password is a file of this kind with a part of this name. */
static bool has_password(struct slice octets)
{
	static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
	return slice_find(octets, slice_of(name, sizeof(name) - 1)) != SIZE_MAX;
}

static int memory_file(struct slice octets)
{
	int fd = memfd_create("sheet", MFD_CLOEXEC);
	for (size_t done = 0; fd >= 0 && done < octets.n;) {
		ssize_t n = write(fd, octets.p + done, octets.n - done);
		if (n <= 0) {
			(void)close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	return fd;
}

enum gridread_problem xls_read(struct slice octets, struct buf *out)
{
	char path[48];
	const void *book = NULL;
	if (has_password(octets)) {
		return GRIDREAD_PASSWORD;
	}
	int fd = memory_file(octets);
	if (fd < 0) {
		return GRIDREAD_TOO_LARGE;
	}
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int opened = freexl_open(path, &book);
	unsigned password = FREEXL_UNKNOWN;
	enum gridread_problem problem = opened == FREEXL_OK ? GRIDREAD_FINE : GRIDREAD_BROKEN;
	if (opened == FREEXL_BIFF_OBFUSCATED ||
		(opened == FREEXL_OK &&
			freexl_get_info(book, FREEXL_BIFF_PASSWORD, &password) == FREEXL_OK &&
			password == FREEXL_BIFF_OBFUSCATED)) {
		problem = GRIDREAD_PASSWORD;
	}
	if (problem == GRIDREAD_FINE) {
		problem = book_take(book, out);
	}
	if (book != NULL) {
		(void)freexl_close(book);
	}
	(void)close(fd);
	return problem;
}
