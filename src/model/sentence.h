/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Machine-made sentences: a code and JSON arguments, rendered in the reader's
 * language (schema/sentences.toml).
 *
 * Layer: model.  Threading: reentrant.
 */
#pragma once

#include "base/slice.h"
#include "model/name.h"

struct buf;
struct json;

/**
 * Append the sentence.  An unknown code is put as it is; an argument that is
 * missing shows as "—".
 *
 * Shape:   args is an object of strings and numbers, or NULL.
 */
void sentence_put(struct buf *buf, enum lang lang, struct slice code, const struct json *args);
