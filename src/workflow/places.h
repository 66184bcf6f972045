/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The places of a notice template: {{单位}} and its like, filled in for each
 * notice.  A text with a place nobody knows is refused where it is kept, so that
 * none goes out with a hole in it.
 *
 * Layer: workflow.  Threading: reentrant.  Fuzz target: fuzz/places.c.
 */
#pragma once

#include <stdbool.h>

#include "base/attr.h"
#include "base/slice.h"

struct buf;

enum place {
	PLACE_UNIT,    /* 单位 */
	PLACE_ASSET,   /* 系统 */
	PLACE_FINDING, /* 隐患 */
	PLACE_MANY,    /* 数量: how many findings */
	PLACE_CONTACT, /* 联系 */
	PLACE_PHONE,   /* 联系电话 */
	PLACE_NUMBER,  /* 编号: known when it is issued */
	PLACE_DUE,     /* 期限: known when it is issued */
	PLACE_COUNT,
};

enum { PLACE_NAME_MAX = 60 /* octets between the braces */ };

/** Are all places of the text known?  *ret_name is the first that is not, or empty. */
bool places_known(struct slice text, struct slice *ret_name);

/** The text with its places filled in; one whose value is empty stays as it is. */
void places_fill(struct slice text, const struct slice values[PLACE_COUNT], struct buf *out);
