$ noodle node
error 6010: frame header of 10.0.0.7:7700: unknown lane 7
