$ noodle cert show --ca ca n1/node.crt
error 8012: the certificate of n1 was valid until 2026-01-31T10:00:00Z
