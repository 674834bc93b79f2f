$ noodle swap shop shop2.nc
error 1550: Cart.add: is gone, or has another signature: messages for it would be refused
