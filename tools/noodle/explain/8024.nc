$ noodle nodes
error 8024: the token is for `staging`, not for `production`
