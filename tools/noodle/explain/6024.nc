$ noodle node
error 6024: datagram of 10.0.0.9:7700: no key opens it
