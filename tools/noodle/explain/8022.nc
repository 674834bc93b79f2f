$ noodle token show --ca ca token.txt
error 8022: the token of alice was valid until 2026-01-31T10:00:00Z
