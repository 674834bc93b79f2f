$ noodle node
error 6001: message frame is malformed
