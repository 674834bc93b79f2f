$ noodle node
error 6023: incarnation: 7 of 77ab... is over, 8 is known
