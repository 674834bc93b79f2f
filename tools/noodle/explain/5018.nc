$ noodle audit tail --data /var/lib/other
error 5018: /var/lib/other/store is a RocksDB database, but not one of noodle
