$ noodle repl
> while (true) { }
^C
error 1802: process was killed
