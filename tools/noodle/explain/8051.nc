$ noodle context show broken
error 8051: context `broken` has no nodes
