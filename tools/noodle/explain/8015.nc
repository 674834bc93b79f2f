$ noodle cert node n2 --ca ca
error 8015: ca/ca.key can be read by others (mode 644); chmod 600 it
