$ noodle sim --scenario partition.toml --seed 7
error 6141: no_false_death: node 3 declared node 5 dead at 12.402 s; seed 7
