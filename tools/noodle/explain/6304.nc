$ noodle exec ':inspect'
error 6304: `:inspect` needs an actor: `:inspect node/mesh`
