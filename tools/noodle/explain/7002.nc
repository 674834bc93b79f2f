$ noodle run /root/secret.nc
error 7002: cannot read `/root/secret.nc`: Permission denied
