$ noodle run newer.nbc
error 1532: native function `list.shuffle` is not known to this node
