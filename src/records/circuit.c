/* SPDX-License-Identifier: Apache-2.0 */
#include "records/circuit.h"

#include "records/sql.h"

int circuits_of_incident(struct db *db, int64_t incident_id, struct stmt **ret_stmt)
{
	return sql_query(db,
		"SELECT c.id, c.name, c.operator, c.number, c.fault_phone FROM circuit c"
		" WHERE c.retired_at_ms IS NULL AND EXISTS (SELECT 1 FROM alert x"
		" WHERE x.incident_id = $1 AND " CIRCUIT_HAS_ALERT
		") ORDER BY c.name, c.id LIMIT $2",
		ret_stmt, SQL_INT(incident_id), SQL_INT(CIRCUITS_SHOWN_MAX));
}
