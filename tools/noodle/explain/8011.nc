$ noodle cert show --ca ca n1/node.crt
error 8011: the certificate of n1 was not signed by this cluster's CA
