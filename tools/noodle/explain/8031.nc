$ noodle drain n1
error 8031: alice may not cluster.admin node/n1: no rule allows it
