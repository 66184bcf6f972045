-- SPDX-License-Identifier: Apache-2.0
-- What a device that was found may be, and what that rests on: who made its
-- card, a guess and its grounds in bits.  live_key is the address in 32 hex
-- digits, to go by.
ALTER TABLE discovered ADD COLUMN live_maker {TEXT};
ALTER TABLE discovered ADD COLUMN live_guess {TEXT};
ALTER TABLE discovered ADD COLUMN live_guess_by {INT} NOT NULL DEFAULT 0;
ALTER TABLE discovered ADD COLUMN live_key {TEXT};

-- How many wait, and since when: of all, and of a unit.
CREATE INDEX discovered_waiting ON discovered (state, unit_id, found_at_ms);

-- The ports of a link somebody drew, as he wrote them: a device numbers its ports anew, and one that is
-- not asked by SNMP has no numbers.
ALTER TABLE topology_word ADD COLUMN port_name {TEXT};
ALTER TABLE topology_word ADD COLUMN other_port_name {TEXT};
