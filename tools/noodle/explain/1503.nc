$ noodle run truncated.nbc
error 1503: NBC structure is malformed
