$ noodle run from_the_future.nbc
error 1501: NBC format version not supported
