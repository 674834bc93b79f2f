$ noodle node
error 6002: message frame is too large
