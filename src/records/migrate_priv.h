/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The numbered migrations, embedded at build by schema/embed.py.
 *
 * Layer: records, seen by this folder only.
 */
#pragma once

/* migrate_texts[n - 1] brings version n - 1 to n; dialect words unfilled. */
extern const char *const migrate_texts[];
extern const unsigned migrate_count;
