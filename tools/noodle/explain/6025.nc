$ noodle node
error 6025: datagram 4711 of 77ab... came before
