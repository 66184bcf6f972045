/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The three services' own turns, called with each whole line.
 *
 * Layer: proto.  Threading: one owner.
 */
#pragma once

#include "proto/mailtalk.h"

/** One line without its end.  Returns: what next. */
enum talk_step mailtalk_smtp_line(struct mailtalk *talk, struct slice line, struct buf *out);
enum talk_step mailtalk_imap_line(struct mailtalk *talk, struct slice line, struct buf *out);
enum talk_step mailtalk_pop3_line(struct mailtalk *talk, struct slice line, struct buf *out);

/** Ask what it can do: the first thing after the greeting, and after TLS. */
void mailtalk_smtp_ask(struct mailtalk *talk, struct buf *out);
void mailtalk_imap_ask(struct mailtalk *talk, struct buf *out);
void mailtalk_pop3_ask(struct mailtalk *talk, struct buf *out);

/** It is over; the line says why.  Returns: TALK_DONE. */
enum talk_step mailtalk_end(struct mailtalk *talk, enum talk_end end, struct slice line);

/** May user and password stand in a line?  They may not hold what would end it. */
bool mailtalk_can_login(const struct mailtalk *talk);

/** Is the word among those of the line, whatever its case? */
bool mailtalk_has_word(struct slice line, struct slice word);
