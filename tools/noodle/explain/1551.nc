$ noodle swap shop shop2.nc
error 1551: 1 actors stay on the old version: field `owner` of `Cart` has no initial value: give it one, or write `on migrate`
