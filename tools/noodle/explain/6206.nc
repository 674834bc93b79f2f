$ noodle shell
error 6206: 10000 messages wait for node/work/vm_pool on beta
