$ noodle node
error 6015: no handshake from 10.0.0.7:51012 within 5s
