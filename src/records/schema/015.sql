-- SPDX-License-Identifier: Apache-2.0
-- One whose cause is back is given time to answer, until then; nothing is told of it meanwhile.
ALTER TABLE affected ADD COLUMN settles_ms {INT};
