$ noodle node
error 6021: 256 handshakes are open; 10.0.0.9:40112 was refused
