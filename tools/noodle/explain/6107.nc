$ noodle nodes drain gama
error 6107: no node is called `gama`; did you mean `gamma`?
