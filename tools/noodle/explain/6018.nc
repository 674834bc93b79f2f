$ noodle node
error 6018: lane bulk of 77ab...: 65536 bytes beyond the credit
