$ noodle cert show --ca ca n1/node.crt
error 8013: the certificate of n1 (serial 5b1c...) was revoked: stolen laptop
