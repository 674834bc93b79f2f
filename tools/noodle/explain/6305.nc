$ noodle exec ':inspect node/mosh'
error 6305: no actor `node/mosh`; did you mean `node/mesh`?
