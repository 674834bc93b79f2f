$ noodle cert init --ca ca
error 8016: ca/ca.key exists already; `noodle cert rotate ca` makes a new one
