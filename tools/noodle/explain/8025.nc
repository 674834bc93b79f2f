$ noodle token delegate alice.token --cap 'cluster.admin'
error 8025: the parent does not hold cluster.admin:*
