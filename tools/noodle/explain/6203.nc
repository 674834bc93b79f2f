$ noodle node
error 6203: node/work gave up: its children failed more than 5 times in 10000 ms; the last was node/work/vm_pool: error 1891
