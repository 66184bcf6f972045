/* SPDX-License-Identifier: Apache-2.0 */
/**
 * `fengsui admin`: accounts of a platform that stands still, for its first
 * start and for when nobody can get in any more.  Works on the store itself,
 * so it refuses while the platform runs; whoever may read the data folder may
 * do this, and every act says in the log which user of the machine did.
 *
 * Layer: cli.
 */
#pragma once

/** init | user | token | reset-password | reset-second-factor */
int cli_admin(int argc, char **argv);
