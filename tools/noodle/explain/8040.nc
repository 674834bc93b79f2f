$ noodle audit verify --data n1
error 8040: record 118 was changed: its hash does not match record 119
