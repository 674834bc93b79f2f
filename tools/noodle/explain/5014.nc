$ noodle node
error 5014: no space left for the store /var/lib/noodle/n1/store; nothing was written
