$ noodle context use prod
error 8050: no context `prod`; did you mean `production`?
