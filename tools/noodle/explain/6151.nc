$ noodle exec ':leases'
error 6151: lease `leader` with token 17 ran out; 18 was given since
