$ noodle exec ':nods'
error 6303: no command `:nods`; did you mean `:nodes`?
