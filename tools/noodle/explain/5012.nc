$ noodle audit verify --data n1
error 5012: the store n1/store is damaged: block checksum mismatch in 000012.sst
