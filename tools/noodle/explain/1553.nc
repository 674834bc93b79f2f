$ noodle swap shop shop2.nc
error 1553: nothing that runs is named `shop`
