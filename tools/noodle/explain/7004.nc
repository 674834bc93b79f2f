$ noodle run app
error 7004: dependency `tables` not found at `../tables`
