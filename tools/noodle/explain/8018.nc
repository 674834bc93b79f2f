$ noodle cert show --ca ca n1/node.crt
error 8018: ca/revocations: the signature does not match
