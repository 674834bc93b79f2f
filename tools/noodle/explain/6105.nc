$ noodle node
error 6105: this node was declared dead as incarnation 4; it commits nothing until it has rejoined
