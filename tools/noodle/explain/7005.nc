$ noodle run app
error 7005: dependency `tables` is version 2.0.0, `^1.2` is needed
