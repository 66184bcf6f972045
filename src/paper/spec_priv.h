/* SPDX-License-Identifier: Apache-2.0 */
/** The kinds as text, generated from templates/paper/kinds by embed.py. */
#pragma once

struct spec_text {
	const char *id;
	const char *json;
};

extern const struct spec_text spec_texts[];
extern const unsigned spec_text_count;
