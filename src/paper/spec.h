/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Kinds of papers as data: templates/paper/kinds/KIND.json says which fields
 * a kind has and what stands on it; with the data of one paper it becomes a
 * form.
 *
 *   {"pages": 1, "dense": true, "fields": {"unit": ["text", "责任单位"], …}, "paper": [ BLOCK, … ]}
 *
 * BLOCK is one of these, with "if" or "unless" naming a field:
 *   {"head": TITLE, "mark": TEXT}        number, mark, title; red head with 发文字号
 *   {"to": TEXT}  {"text": TEXT}         a paragraph without and with indent
 *   {"section": TEXT}  {"item": TEXT}    一、…  （一）…
 *   {"line": [LABEL, TEXT]}              "LABEL：TEXT。", nothing without TEXT
 *   {"row": [LABEL, TEXT, …]}            a ruled row; left out when no TEXT says anything
 *   {"box": [LABEL, LINES]}              ruled, to be written in by hand
 *   {"table": LIST, "columns": [[HEAD, SHARE, TEXT], …]}
 *   {"each": LIST, "do": [ BLOCK, … ]}
 *   {"blank": LABEL}                     a line to sign on
 *   {"big": TEXT}  {"code": TEXT}        large letters; a QR code
 *   {"gap": THOUSANDTHS}  {"sign": [ISSUER, DATE]}  {"imprint": [CC, OFFICE, DATE]}  {"foot": true}
 *
 * Layer: paper.  Threading: reentrant.
 */
#pragma once

#include "base/attr.h"
#include "base/slice.h"

struct arena;
struct diag;
struct form;
struct json;

struct spec {
	const struct json *root;
	const struct json *fields;
	unsigned pages; /* it must fit; 0 = any */
};

/** A one-page paper that does not fit is made with shorter texts: steps 0 (all of it) to SPEC_SHORTER_MAX. */
enum { SPEC_SHORTER_MAX = 7 };

/** Of a paper of any length: 0 as it is meant, SPEC_TIGHT with less air and whole texts. */
enum { SPEC_TIGHT = 1 };

/** Returns: 0, or E_UNSUPPORTED with diag for a kind nobody described. */
NODISCARD int spec_find(
	struct slice kind, struct arena *arena, struct spec *ret_spec, struct diag *diag);

/** Ids of the kinds; NULL past the last. */
const char *spec_kind(unsigned index);

/** Data that says in every field what belongs there; lists have two items.  Returns: 0 or as json_parse. */
NODISCARD int spec_example(
	const struct spec *spec, struct arena *arena, const struct json **ret_data);

/**
 * The form of one paper; data has passed fill_check.
 *
 * Owns:    *ret_form in the arena.
 * Returns: 0, or as fill_text, or E_LIMIT, with diag.
 */
NODISCARD int spec_form(const struct spec *spec, const struct json *data, unsigned shorter,
	struct arena *arena, struct form **ret_form, struct diag *diag);
