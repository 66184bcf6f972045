/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/password.h"

#include <argon2.h>
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "sys/rand.h"

enum { MEMORY_KIB = 65536, PASSES = 3, LANES = 1, SALT_OCTETS = 16, TAG_OCTETS = 32 };

/* What a hash made here begins with: the numbers above, as RFC 9106 users write them. */
#define PREFIX "$argon2id$v=19$m=65536,t=3,p=1$"

int password_hash(struct slice password, char ret_hash[PASSWORD_HASH_MAX])
{
	uint8_t salt[SALT_OCTETS];
	char encoded[PASSWORD_HASH_MAX];
	if (password.n > PASSWORD_MAX_OCTETS) {
		return E_LIMIT;
	}
	rand_octets(salt, sizeof(salt));
	int bad = argon2id_hash_encoded(PASSES, MEMORY_KIB, LANES, password.p, password.n, salt,
		sizeof(salt), TAG_OCTETS, encoded, sizeof(encoded));
	if (bad != ARGON2_OK) {
		return -ENOMEM; /* sizes and parameters are ours */
	}
	memcpy(ret_hash, encoded, sizeof(encoded));
	return 0;
}

/* The cost of one check, and nothing else. */
static void spend(struct slice password)
{
	static const uint8_t salt[SALT_OCTETS] = { 0 };
	uint8_t tag[TAG_OCTETS];
	struct slice cut = slice_head(password, PASSWORD_MAX_OCTETS);
	(void)argon2id_hash_raw(
		PASSES, MEMORY_KIB, LANES, cut.p, cut.n, salt, sizeof(salt), tag, sizeof(tag));
	explicit_bzero(tag, sizeof(tag));
}

bool password_verify(struct slice stored_hash, struct slice password)
{
	char hash[PASSWORD_HASH_MAX];
	bool whole =
		stored_hash.n < sizeof(hash) && slice_starts(stored_hash, SLICE("$argon2id$"));
	if (!whole || password.n > PASSWORD_MAX_OCTETS) {
		spend(password);
		return false;
	}
	memcpy(hash, stored_hash.p, stored_hash.n);
	hash[stored_hash.n] = '\0';
	return argon2id_verify(hash, password.p, password.n) == ARGON2_OK;
}

bool password_outdated(struct slice stored_hash)
{
	return !slice_starts(stored_hash, SLICE(PREFIX));
}
